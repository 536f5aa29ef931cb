//! Whether this process may work on the database as the user who it runs as. What root makes beside another user's
//! database, such as SQLite's log, that user's server cannot open.

use std::fs;
use std::path::Path;

use super::system_user;
use super::{Exit, Failure};
use crate::config::Config;

/// Stops root on an SQLite file, or in a folder for one, that belongs to somebody else.
pub(super) fn check(config: &Config) -> Result<(), Failure> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let Some(file) = config.database.sqlite_file() else { return Ok(()) };
    match owner_of(file) {
        None | Some(0) => Ok(()),
        Some(uid) => {
            let users = system_user::all(Path::new("/")).unwrap_or_default();
            let user = users.into_iter().find(|user| user.uid == uid).map_or(format!("#{uid}"), |user| user.name);
            Err(refusal(file, &user, &typed(std::env::args().skip(1))))
        }
    }
}

fn refusal(file: &Path, user: &str, typed: &str) -> Failure {
    let (name, sudo) = match user.strip_prefix('#') {
        Some(uid) => (format!("the user {uid}"), format!("'{user}'")),
        None => (user.to_owned(), user.to_owned()),
    };
    Failure::new(format!("the database {} is {name}'s, and you are root", file.display()))
        .hint(format!("run it as {name}: sudo -u {sudo} coranto {typed}"))
        .exit(Exit::NotAllowed)
}

/// The owner of the file, or of the folder that it would be made in.
fn owner_of(file: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    fs::metadata(file).or_else(|_| fs::metadata(folder)).ok().map(|found| found.uid())
}

/// The words of a command, as a shell reads them.
fn typed(words: impl Iterator<Item = String>) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:@,+".contains(c);
    let quoted = |word: String| match !word.is_empty() && word.chars().all(is_plain) {
        true => word,
        false => format!("'{}'", word.replace('\'', r"'\''")),
    };
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_can_be_pasted() {
        let words = ["issues", "move", "first", "2098-12-06 18:00", "--note=it's", ""].map(str::to_owned);
        assert_eq!(typed(words.into_iter()), r"issues move first '2098-12-06 18:00' '--note=it'\''s' ''");
        let said = refusal(Path::new("/var/lib/coranto/coranto.db"), "coranto", "status").to_string();
        assert_eq!(
            said,
            "the database /var/lib/coranto/coranto.db is coranto's, and you are root\n  \
             hint: run it as coranto: sudo -u coranto coranto status"
        );
        assert!(refusal(Path::new("x"), "#1001", "status").to_string().contains("sudo -u '#1001' coranto status"));
    }
}
