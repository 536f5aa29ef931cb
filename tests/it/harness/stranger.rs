//! A checker of raw mails that was written without knowledge of this program. It is no part of the project: it stands in
//! the folder that `CORANTO_JUDGES` names, or beside the clone. Knows no mail.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{environment, skip};

/// What it says of a mail.
pub(crate) struct Verdict {
    pub(crate) is_good: bool,
    pub(crate) said: String,
}

/// Asks it. `None` when it is not here, which has then been said.
pub(crate) fn checks(mail: &[u8]) -> Option<Verdict> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/judges");
    let script = environment("CORANTO_JUDGES").map_or_else(beside, PathBuf::from).join("message_checks.py");
    if !script.is_file() {
        skip("stranger", "there is no message_checks.py in CORANTO_JUDGES, nor in ../shared/judges");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mail.eml");
    std::fs::write(&file, mail).unwrap();
    match Command::new("python3").arg(&script).arg(&file).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            Some(Verdict { is_good: output.status.success(), said })
        }
        Err(_) => {
            skip("python3", "it did not start");
            None
        }
    }
}
