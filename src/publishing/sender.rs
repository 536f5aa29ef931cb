//! Whether receivers refuse the sender of a newsletter, by what the server saw when it looked last. Asks nobody.

use super::publisher::Publisher;
use crate::domain::checkup::{CheckName, FindingHealth};
use crate::store::{StoreError, Tx, checkups, ledger};

/// To so many readers an issue goes without a look at its sender.
const UNASKED_MAX: i64 = 100;

/// Why a person should say whether an issue goes out from this sender to many readers, if they should. The server looks
/// daily, and hourly while something fails; that nobody answered it is no reason.
pub(super) async fn trouble(tx: &mut Tx, publisher: &Publisher<'_>) -> Result<Option<String>, StoreError> {
    let newsletter = publisher.newsletter();
    let failing = checkups::all(tx).await?;
    let sender = newsletter.from.address.domain();
    let envelope = newsletter.return_path.as_ref().map_or(sender, |path| path.domain());
    let is_ours = |scope: &str| {
        scope == newsletter.slug
            || [sender, envelope].iter().any(|of| scope == *of || scope.ends_with(&format!(".{of}")))
    };
    let found = failing.iter().filter(|one| one.state == FindingHealth::Fail).find(|one| {
        let (name, scope) = one.id.split_once('/').unwrap_or((&one.id, ""));
        name.parse().is_ok_and(CheckName::is_of_sender) && is_ours(scope)
    });
    let Some(found) = found else { return Ok(None) };
    if ledger::audience(tx, newsletter.id).await? <= UNASKED_MAX {
        return Ok(None);
    }
    Ok(Some(format!("receivers would refuse it: {} fails; `coranto doctor` says what to set; then queue it", found.id)))
}
