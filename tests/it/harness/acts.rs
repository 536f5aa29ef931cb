//! Who acts in tests, where it does not matter.

use coranto::clock::Timestamp;
use coranto::domain::IssueId;
use coranto::domain::actor::{Actor, By};
use coranto::domain::consent::ConsentKind;
use coranto::store::Tx;
use coranto::store::consents::ConsentDetails;
use coranto::store::subscriptions::ConsentEntry;

/// Somebody at the command line.
pub(crate) fn actor() -> Actor {
    Actor::Command("test".to_owned())
}

/// The program itself.
pub(crate) fn by(now: Timestamp) -> By<'static> {
    Actor::scheduler(now)
}

/// What is written down with a change that is only made to set a scene: it leaves no event.
pub(crate) fn entry(now: Timestamp) -> ConsentEntry<'static> {
    ConsentEntry {
        by: by(now),
        consent: ConsentKind::Added,
        event: None,
        wording: "",
        client: None,
        source: "test",
        typed: ConsentDetails::default(),
    }
}

/// Says of an issue that was stored as going out that it began then.
pub(crate) async fn started(tx: &mut Tx, issue: IssueId, at: Timestamp) {
    let changed =
        tx.sql("UPDATE issues SET started_at = $2 WHERE id = $1").bind(issue).bind(at).execute().await.unwrap();
    assert_eq!(changed, 1);
}
