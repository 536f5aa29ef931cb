//! The configuration: every mistake at once with its place, the environment laid over, secrets never shown.

mod environment;
mod hooks;
mod mailboxes;
mod mistakes;
mod pages;
mod reference;
mod relays;
mod signatures;
mod values;

use std::path::Path;

use coranto::config::{Config, ConfigErrors};

/// A configuration that is right; the key is 32 bytes of no worth.
const GOOD: &str = r#"
public_url = "https://news.example.com"
secret_key = "1:1111111111111111111111111111111111111111111111111111111111111111"

[newsletters.week]
name = "The Week"
from = "week@news.example.com"
postal_address = "1 Example Street, Example"
time_zone = "Europe/Prague"
slot = "Fri 09:00"

[[relays]]
name = "main"
host = "smtp.example.com"
username = "week"
password = "hunter2"

[[relays]]
name = "spare-one"
host = "127.0.0.1"
tls = "none"
"#;

fn parse(text: &str, env: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    let env: Vec<_> = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::parse(text, "coranto.toml", Path::new("/srv/news"), &env)
}

/// What a person would read.
fn refused(text: &str, env: &[(&str, &str)]) -> String {
    parse(text, env).err().expect("the configuration is refused").to_string()
}
