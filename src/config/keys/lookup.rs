//! Finds keys by section and name, and what was probably meant by a name that is none. Knows no value.

use super::{KEYS, Key};
use crate::domain::nearest::nearest;

/// The key at `section` (with `*`) named `name`, and whether `name` is its `_file` form.
pub(crate) fn find(section: &str, name: &str) -> Option<(&'static Key, bool)> {
    KEYS.iter().filter(|key| key.section() == section).find_map(|key| {
        if key.name() == name {
            Some((key, false))
        } else {
            (key.kind.has_file() && name.strip_suffix("_file") == Some(key.name())).then_some((key, true))
        }
    })
}

/// Whether keys stand below `pattern`.
pub(crate) fn is_section(pattern: &str) -> bool {
    KEYS.iter().any(|key| key.path.strip_prefix(pattern).is_some_and(|rest| rest.starts_with('.')))
}

/// Whether a section may stand several times, as `[[name]]`.
pub(crate) fn is_repeatable(pattern: &str) -> bool {
    matches!(pattern, "newsletters.*.dkim" | "inbound.rules" | "inbound.hooks" | "inbound.mailboxes")
}

/// The pattern of what is called `name` below `section`: `*` where any name may stand.
pub(crate) fn below(section: &str, name: &str) -> String {
    let join = |name: &str| if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
    if is_section(&join("*")) { join("*") } else { join(name) }
}

/// What was probably meant by `name`, which is not a key of `section`.
pub(crate) fn suggest(section: &str, name: &str) -> Option<String> {
    let prefix = if section.is_empty() { String::new() } else { format!("{section}.") };
    let mut siblings: Vec<&str> = Vec::new();
    let mut files: Vec<String> = Vec::new();
    for key in KEYS {
        let Some(rest) = key.path.strip_prefix(&prefix) else { continue };
        siblings.extend(rest.split('.').next());
        if key.kind.has_file() && !rest.contains('.') {
            files.push(format!("{rest}_file"));
        }
    }
    siblings.extend(files.iter().map(String::as_str));
    if let Some(near) = nearest(name, siblings) {
        return Some(format!("did you mean {near}?"));
    }
    let elsewhere = KEYS.iter().find(|key| key.name() == name)?;
    Some(match elsewhere.section() {
        "" => format!("{name} stands at the top of the file, before any [section]"),
        "relays.*" => format!("{name} belongs in a [[relays]] table"),
        "inbound.rules" => format!("{name} belongs in a [[inbound.rules]] table"),
        "inbound.mailboxes" => format!("{name} belongs in an [[inbound.mailboxes]] table"),
        section => format!("{name} belongs in [{}]", section.replace('*', "SLUG")),
    })
}
