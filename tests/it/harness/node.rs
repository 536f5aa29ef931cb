//! The judges that npm brings: found in `tests/judges/node_modules`, run by node. Knows no judge.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{find_program, skip};

/// Node with the packages of `tests/judges/package.json`.
pub(crate) struct Node {
    program: PathBuf,
    packages: PathBuf,
    chromium: PathBuf,
}

impl Node {
    /// `None` when node, Chromium or one of these packages is missing, which has then been said.
    pub(crate) fn find(packages: &[&str]) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = root.join("tests/judges/node_modules");
        let node = find_program(&["node", "nodejs"], &[]);
        let chromium = find_program(&["chromium", "chromium-browser", "google-chrome"], &[]);
        let missing = packages.iter().find(|name| !folder.join(name).is_dir());
        match (node, chromium, missing) {
            (Some(program), Some(chromium), None) => Some(Self { program, packages: folder, chromium }),
            (_, _, missing) => {
                let what = missing.map_or("node or chromium".to_owned(), |name| format!("the npm package {name}"));
                skip("judges", &format!("{what} is missing: `npm ci` in tests/judges brings the packages"));
                None
            }
        }
    }

    /// A script of the project, which finds the packages and the browser.
    pub(crate) fn script(&self, path: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
        command.env("NODE_PATH", &self.packages).env("CHROMIUM", &self.chromium);
        command
    }
}
