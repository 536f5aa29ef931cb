//! Files and programs of somebody who is not root: mail servers refuse to work for root. Knows no program.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Debian's user without rights, and its group.
const NOBODY: u32 = 65534;

/// The tests' own user, or another where that is root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unprivileged {
    pub(crate) user: u32,
    pub(crate) group: u32,
}

/// Whether root runs the tests.
pub(crate) fn is_root() -> bool {
    let own = tempfile::tempdir().unwrap();
    fs::metadata(own.path()).unwrap().uid() == 0
}

/// A folder that everybody may enter.
pub(crate) fn open_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

impl Unprivileged {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let own = fs::metadata(folder.path()).unwrap();
        match own.uid() {
            0 => Self { user: NOBODY, group: NOBODY },
            user => Self { user, group: own.gid() },
        }
    }

    /// One who reaches a database of the tests: the file is handed over, and a socket is its owner's alone.
    pub(crate) fn with_database(url: &str) -> Self {
        let own = Self::new();
        if let Some(file) = url.strip_prefix("sqlite://") {
            own.hand_over(Path::new(file).parent().unwrap());
            return own;
        }
        let url = url::Url::parse(url).unwrap();
        let socket = url.query_pairs().find(|(name, _)| name == "host");
        match socket.and_then(|(_, folder)| fs::metadata(&*folder).ok()) {
            Some(folder) if is_root() => Self { user: folder.uid(), group: folder.gid() },
            _ => own,
        }
    }

    /// Gives a folder and all in it to this user.
    pub(crate) fn hand_over(self, folder: &Path) {
        if is_root() {
            let owner = format!("{}:{}", self.user, self.group);
            assert!(Command::new("chown").arg("-R").arg(owner).arg(folder).status().unwrap().success());
        }
    }

    /// Lets a command run as this user.
    pub(crate) fn runs(self, command: &mut Command) {
        if is_root() {
            command.uid(self.user).gid(self.group);
        }
    }

    /// The user's name.
    pub(crate) fn name(self) -> String {
        let said = Command::new("id").arg("-nu").arg(self.user.to_string()).output().unwrap();
        assert!(said.status.success(), "{said:?}");
        String::from_utf8(said.stdout).unwrap().trim().to_owned()
    }
}
