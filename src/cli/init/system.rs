//! `coranto init --system`: the service of a machine. Settings are root's and the service reads them; data is the
//! service's, so that a command as that user can do all that the server can.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Answers, Args, Places, answers, first_date, first_issue, is_without_issues, toml, try_out};
use crate::cli::new::write_new;
use crate::cli::system_user::{self, SystemUser};
use crate::cli::{Context, Exit, Failure};
use crate::config;
use crate::private;
use crate::token::Keyring;

const USER: &str = "coranto";
const SETTINGS: &str = "etc/coranto";
const DATA: &str = "var/lib/coranto";
/// Apart from the data, so that a copy of the data that is put back does not bring it along.
const STATE: &str = "var/lib/coranto-state";

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    if !rustix::process::geteuid().is_root() {
        return Err(Failure::usage("--system is for root").hint("sudo coranto init --system").into());
    }
    let root = args.root.clone();
    let user = user(&root)?;
    let (settings, data) = (root.join(SETTINGS), root.join(DATA));
    let (file, key) = (settings.join(config::FILE), data.join("secret.key"));
    if let Some(there) = [&file, &key].into_iter().find(|path| path.exists()) {
        return Err(Failure::new(format!("{} exists already", there.display())).hint("nothing was changed").into());
    }
    let answers = answers(args, context)?;
    let places = Places {
        database: format!("sqlite:///{DATA}/coranto.db"),
        key: format!("/{DATA}/secret.key"),
        issues: format!("/{DATA}/issues"),
        state: Some(format!("/{STATE}")),
    };
    let text = toml(&answers, &places);
    try_out(&text, &places, &settings)?;

    let issues = data.join("issues");
    for (folder, owner, mode) in [
        (&settings, 0, 0o750),
        (&settings.join("templates"), 0, 0o750),
        (&data, user.uid, 0o750),
        (&issues, user.uid, 0o750),
        (&root.join(STATE), user.uid, 0o750),
    ] {
        private::folder(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        hand_over(folder, owner, &user, mode)?;
    }
    write_new(&key, &Keyring::generate(), true)?;
    hand_over(&key, user.uid, &user, 0o600)?;
    write_new(&file, &text, true)?;
    hand_over(&file, 0, &user, 0o640)?;
    let mut written = vec![file, key];
    if is_without_issues(&issues)? {
        let issue = issues.join(format!("{}-first-things.md", first_date(&answers, context.now())?));
        write_new(&issue, &first_issue(&answers.name), false)?;
        hand_over(&issue, user.uid, &user, 0o640)?;
        written.push(issue);
    }
    report(&written, &answers, context)
}

fn user(root: &Path) -> anyhow::Result<SystemUser> {
    let users = system_user::all(root).context("the users of the system cannot be read")?;
    let found = users.into_iter().find(|user| user.name == USER);
    let missing = || {
        Failure::new(format!("there is no user {USER}"))
            .hint(format!("the package makes it, or: sudo useradd --system --user-group --home-dir /{DATA} {USER}"))
    };
    Ok(found.ok_or_else(missing)?)
}

/// Gives a file or folder to `owner` and the service's group.
fn hand_over(path: &Path, owner: u32, user: &SystemUser, mode: u32) -> anyhow::Result<()> {
    let given = chown(path, Some(owner), Some(user.gid))
        .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(mode)));
    given.with_context(|| format!("{} cannot be given to {USER}", path.display()))
}

fn report(written: &[PathBuf], answers: &Answers, context: &Context) -> anyhow::Result<Exit> {
    let output = &context.output;
    if output.is_json() {
        output.json(&serde_json::json!({ "written": written, "slug": answers.slug }))?;
    } else {
        for path in written {
            output.line(path.display())?;
        }
    }
    output.note(format!(
        "\nNext:\n  \
         sudo editor /{SETTINGS}/{}       your relay, in the place of the sink\n  \
         sudo -u {USER} coranto doctor               what is left to set up\n  \
         sudo systemctl enable --now coranto        the pages, the schedule and delivery\n  \
         sudo -u {USER} coranto status\n\n\
         Every command that reads or writes the database runs as {USER}.",
        config::FILE,
    ));
    Ok(Exit::Ok)
}
