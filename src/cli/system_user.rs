//! The system's users as `/etc/passwd` has them (passwd(5)). Users that a directory service adds are not found there.

use std::fs;
use std::io;
use std::path::Path;

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SystemUser {
    pub(super) name: String,
    pub(super) uid: u32,
    /// The number of the user's own group.
    pub(super) gid: u32,
}

/// The users of the system whose root is `root`.
pub(super) fn all(root: &Path) -> io::Result<Vec<SystemUser>> {
    Ok(fs::read_to_string(root.join("etc/passwd"))?.lines().filter_map(parse).collect())
}

fn parse(line: &str) -> Option<SystemUser> {
    let mut fields = line.split(':');
    let (name, _password) = (fields.next()?, fields.next()?);
    Some(SystemUser { name: name.to_owned(), uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_a_user_or_nothing() {
        let user = SystemUser { name: "coranto".to_owned(), uid: 998, gid: 997 };
        assert_eq!(parse("coranto:!*:998:997:Coranto:/var/lib/coranto:/usr/sbin/nologin"), Some(user));
        for broken in ["", "coranto", "coranto:x:998", "coranto:x:many:997:::", "# coranto"] {
            assert_eq!(parse(broken), None, "{broken}");
        }
    }
}
