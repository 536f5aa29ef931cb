//! Whether everything is held, and whether a copy that is put back would be noticed.

use super::{CheckName, Finding};
use crate::config::Config;
use crate::store::{Db, installation};
use crate::witness::WitnessFolder;

pub(super) async fn look(db: &Db, config: &Config) -> Vec<Finding> {
    let known = match db.read().await {
        Ok(mut tx) => installation::get(&mut tx).await.ok().flatten(),
        Err(_) => None,
    };
    let mut all = Vec::new();
    if let Some(why) = known.as_ref().filter(|known| known.held_at.is_some()).and_then(|known| known.held_why.as_ref())
    {
        let hint = "`coranto status` says what to look at; `coranto release` lifts the hold";
        all.push(Finding::fail(&CheckName::Hold.here(), format!("nothing goes out: {why}"), hint));
    }
    let folder = WitnessFolder::new(&config.server.state);
    let (shown, state) = (folder.path().display(), CheckName::State.here());
    all.push(match folder.is_writable() {
        Ok(()) => Finding::ok(&state, format!("a copy of the database that is put back is noticed, by {shown}")),
        Err(error) => Finding::warn(
            &state,
            format!("{shown} cannot be written ({error}): a copy of the database that is put back is not noticed"),
            "set `state` under [server] to a folder that the server's user can write",
        ),
    });
    all
}
