//! docs/configuration.md, written from the table of keys, so that it cannot say anything else than the program does.

use std::fmt::Write as _;

use super::keys::{Absent, KEYS, Key, SECTIONS, ValueKind, is_repeatable};
use super::show::default;

const HEAD: &str = "\
# Configuration

Written by `coranto config reference` from the table in `src/config/keys.rs`; a test compares the two.

Coranto reads one file, `coranto.toml` in the folder it is started in, or else `/etc/coranto/coranto.toml`.
`--config FILE` or the variable `CORANTO_CONFIG` names another. `coranto init` writes the first one,
`coranto config check` says everything that is wrong with it, and `coranto config show` prints what is in force and
where each value came from.

```toml
public_url = \"https://news.example.com\"
database = \"sqlite://coranto.db\"
secret_key_file = \"secret.key\"

[server]
listen = \"127.0.0.1:8080\"

[newsletters.week]
name = \"The Week\"
from = \"The Week <week@news.example.com>\"
postal_address = \"1 Example Street, Example\"
time_zone = \"Europe/Prague\"
slot = \"Fri 09:00\"

[[relays]]
name = \"main\"
host = \"smtp.example.com\"
username = \"week\"
password_file = \"relay.password\"
```

Relative paths count from the folder of the file. A key that is not in this list is refused.

**Environment.** Every key is also a variable: `CORANTO__`, then the sections and the name in capitals with two
underscores between them. `CORANTO__SERVER__LISTEN=0.0.0.0:80` sets `listen` in `[server]`. In a newsletter's slug
`-` becomes `_`. A relay is meant by its name (`CORANTO__RELAYS__MAIN__PASSWORD`) or by its number in the file from 0.
One of several `[[newsletters.SLUG.dkim]]` is meant by its number too: `CORANTO__NEWSLETTERS__WEEK__DKIM__1__KEY`.
Lists are separated by commas. The environment is stronger than the file.

**Secrets.** Beside every secret stands `NAME_file`: a file that holds the secret. Prefer it; a password in the
configuration is read by everybody who may read the configuration. Secrets are never printed or logged.
";

/// What is said of a section of the file, in Markdown.
pub struct SectionReference {
    pub title: String,
    pub about: &'static str,
    pub keys: Vec<KeyReference>,
}

/// What is said of a key, in Markdown.
pub struct KeyReference {
    pub name: String,
    pub value: String,
    /// What holds when it is absent.
    pub absent: String,
    pub doc: &'static str,
}

/// Every section with its keys, in the order of the documentation.
pub fn sections() -> impl Iterator<Item = SectionReference> {
    SECTIONS.iter().map(|(section, about)| {
        let title = match *section {
            "" => "Top of the file".to_owned(),
            "relays.*" => "`[[relays]]`".to_owned(),
            section if is_repeatable(section) && !section.contains('*') => format!("`[[{section}]]`"),
            section => format!("`[{}]`", section.replace('*', "SLUG")),
        };
        let keys = KEYS.iter().filter(|key| key.section() == *section);
        let keys = keys.map(|key| KeyReference {
            name: name(key),
            value: key.kind.describe(),
            absent: absent(key),
            doc: key.doc,
        });
        SectionReference { title, about, keys: keys.collect() }
    })
}

/// The text of docs/configuration.md.
pub fn reference() -> String {
    let mut page = HEAD.to_owned();
    for SectionReference { title, about, keys } in sections() {
        // Writing to a String cannot fail.
        let _ = write!(page, "\n## {title}\n\n{about}\n\n| key | value | when absent | |\n| --- | --- | --- | --- |\n");
        for KeyReference { name, value, absent, doc } in keys {
            let _ = writeln!(page, "| {name} | {value} | {absent} | {doc} |");
        }
    }
    page
}

fn name(key: &Key) -> String {
    if key.kind.has_file() { format!("`{0}`, `{0}_file`", key.name()) } else { format!("`{}`", key.name()) }
}

fn absent(key: &Key) -> String {
    match key.absent {
        Absent::Refused => "**required**".to_owned(),
        Absent::Default(text) if key.kind == ValueKind::Secret => {
            format!("`{}_file = {}`", key.name(), default(key.kind, text))
        }
        Absent::Default(text) => format!("`{}`", default(key.kind, text)),
        Absent::Means(text) => text.to_owned(),
    }
}
