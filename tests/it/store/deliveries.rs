//! From a row that is due to one on the wire: claim, skip, take off, look again, and back.

use coranto::domain::consent::ConsentKind;
use coranto::domain::delivery::DeliveryState::{self, Claimed, Failed, InFlight, Pending, Sent, Skipped, Uncertain};
use coranto::domain::delivery::{DeliveryKind, Reason};
use coranto::domain::event::Event;
use coranto::domain::issue::IssueState;
use coranto::domain::subscriber::SubscriptionState::{self, Active, Paused, Unsubscribed};
use coranto::domain::{DeliveryId, RevisionId, SubscriptionId};
use coranto::store::consents::{self, ConsentDetails, NewConsent};
use coranto::store::deliveries::NewDelivery;
use coranto::store::{Db, claimed, deliveries, issues, settlement, subscriptions};

use super::ground::{Entry, NOW, StoreFixture, minute};
use crate::harness::acts;
use crate::harness::database::both_databases;

/// A claimed row of an issue, never tried, to each kind of reader: active, left, paused, pending, suppressed.
async fn claimed_of_each_kind(
    ground: &mut StoreFixture,
    revision_id: Option<RevisionId>,
) -> Vec<(DeliveryId, SubscriptionId)> {
    let entry = Entry { revision_id, attempts: 0, first_at: None, ..ground.entry(Claimed, ground.live) };
    let issue = revision_id.is_none().then_some(ground.issue);
    let bears = revision_id.map_or(0, |revision| revision.0);
    let mut rows = Vec::new();
    for state in [Active, Unsubscribed, Paused, SubscriptionState::Pending] {
        let reader = ground.reader(&format!("{state}{bears}"), state).await;
        rows.push((ground.put(issue, Some(reader), &entry).await, reader));
    }
    let reader = ground.suppressed(&format!("suppressed{bears}")).await;
    rows.push((ground.put(issue, Some(reader), &entry).await, reader));
    rows
}

fn ids(rows: &[(DeliveryId, SubscriptionId)]) -> Vec<DeliveryId> {
    rows.iter().map(|(id, _)| *id).collect()
}

fn sorted(mut ids: Vec<DeliveryId>) -> Vec<DeliveryId> {
    ids.sort_unstable();
    ids
}

both_databases! {
    async fn the_queue_is_as_deep_as_what_waits(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let live = ground.live;
        for state in DeliveryState::ALL {
            ground.row(*state, live).await;
        }
        assert_eq!(deliveries::depth(&mut ground.tx).await.unwrap(), (1, 3));
    }

    async fn a_small_mail_waits_until_it_is_due(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let reader = ground.reader("anna", SubscriptionState::Pending).await;
        let confirmation = ground.content(DeliveryKind::Confirmation, "confirm").await;
        let new = NewDelivery { subscription: Some(reader), recipient: None, revision: confirmation, request: None, due_at: minute(2) };
        let (issue, tx) = (ground.issue, &mut ground.tx);
        assert!(!deliveries::any_due(tx, None, minute(9)).await.unwrap());
        let id = deliveries::add(tx, &new).await.unwrap();
        assert!(!deliveries::any_due(tx, None, minute(1)).await.unwrap());
        assert!(deliveries::any_due(tx, None, minute(2)).await.unwrap());
        assert!(!deliveries::any_due(tx, Some(issue), minute(9)).await.unwrap(), "it is of no issue");
        let added = ground.get(id).await;
        assert_eq!((added.state, added.due_at, added.revision_id), (Pending, Some(minute(2)), Some(confirmation)));
        assert_eq!((added.attempts, added.claimed_by, added.first_at), (0, None, None));
        ground.row(Pending, ground.live).await;
        assert!(deliveries::any_due(&mut ground.tx, Some(issue), NOW).await.unwrap());
        assert!(!deliveries::any_due(&mut ground.tx, Some(issue), minute(-11)).await.unwrap());
    }

    async fn a_newer_small_mail_takes_the_place_of_those_that_wait(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let reader = ground.reader("anna", Active).await;
        let other = ground.reader("boris", Active).await;
        let confirmation = ground.content(DeliveryKind::Confirmation, "confirm").await;
        let notice = ground.content(DeliveryKind::Notice, "notice").await;
        let mut rows = Vec::new();
        for state in DeliveryState::ALL {
            let entry = Entry { revision_id: Some(confirmation), ..ground.entry(*state, ground.live) };
            rows.push(ground.put(None, Some(reader), &entry).await);
        }
        let waiting = ground.entry(Pending, ground.live);
        let of_other_kind = Entry { revision_id: Some(notice), ..waiting.clone() };
        let of_confirmation = Entry { revision_id: Some(confirmation), ..waiting };
        let kept = [
            ground.put(None, Some(reader), &of_other_kind).await,
            ground.put(None, Some(other), &of_confirmation).await,
            ground.put(Some(ground.issue), Some(reader), &of_confirmation).await,
        ];
        let tx = &mut ground.tx;
        assert_eq!(deliveries::supersede(tx, reader, DeliveryKind::Confirmation, NOW).await.unwrap(), 2);
        assert_eq!(ground.states(&kept).await, [Pending; 3]);
        assert_eq!(ground.states(&rows).await, [Skipped, Skipped, InFlight, Sent, Failed, Uncertain, Skipped]);
        let skipped = ground.get(rows[1]).await;
        assert_eq!((skipped.reason, skipped.final_at), (Some(Reason::Superseded), Some(NOW)));
        assert_eq!((skipped.due_at, skipped.claimed_by), (None, None));
    }

    async fn a_claim_takes_the_rows_longest_due_and_each_once(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let mut rows = Vec::new();
        for at in [0, -5, -3, 1] {
            let entry = Entry { due_at: Some(minute(at)), ..ground.entry(Pending, ground.live) };
            rows.push(ground.row_like(&entry).await);
        }
        let entry = ground.entry(Pending, ground.live);
        let small = ground.put(None, None, &entry).await;
        let (live, dead, issue) = (ground.live, ground.dead, Some(ground.issue));
        let first = deliveries::claim(&mut ground.tx, live, issue, NOW, 2).await.unwrap();
        assert_eq!(sorted(first), sorted(vec![rows[1], rows[2]]));
        let claimed = ground.get(rows[1]).await;
        assert_eq!((claimed.state, claimed.claimed_by, claimed.due_at), (Claimed, Some(live), Some(minute(-5))));
        assert_eq!(deliveries::claim(&mut ground.tx, dead, issue, NOW, 9).await.unwrap(), [], "its lease has ended");
        assert_eq!(deliveries::claim(&mut ground.tx, live, issue, NOW, 9).await.unwrap(), [rows[0]]);
        assert_eq!(deliveries::claim(&mut ground.tx, live, issue, NOW, 9).await.unwrap(), []);
        assert_eq!(deliveries::claim(&mut ground.tx, live, None, NOW, 9).await.unwrap(), [small]);
        assert_eq!(ground.get(rows[0]).await.claimed_by, Some(live));
        assert_eq!(ground.state(rows[3]).await, Pending);
    }

    async fn one_row_is_claimed_only_while_it_is_pending(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        for state in DeliveryState::ALL {
            let id = ground.row(*state, ground.dead).await;
            let (before, live) = (ground.get(id).await, ground.live);
            assert_eq!(deliveries::claim_one(&mut ground.tx, live, id).await.unwrap(), *state == Pending, "{state}");
            if *state == Pending {
                let expected = Entry { state: Claimed, claimed_by: Some(live), ..before };
                assert_eq!(ground.get(id).await, expected);
            } else {
                assert_eq!(ground.get(id).await, before);
            }
        }
    }

    async fn claimed_rows_say_all_that_is_needed_to_send_them(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (live, issue, older) = (ground.live, ground.issue, ground.older);
        let anna = ground.reader("anna", Active).await;
        let boris = ground.reader("boris", SubscriptionState::Pending).await;
        for (reader, kind) in [(anna, ConsentKind::Asked), (boris, ConsentKind::Asked), (boris, ConsentKind::Asked)] {
            let new = NewConsent { subscription: reader, kind, wording: "form", client: None, source: "form", typed: ConsentDetails::default() };
            consents::append(&mut ground.tx, &new, NOW).await.unwrap();
        }
        let latest = consents::latest(&mut ground.tx, boris, ConsentKind::Asked).await.unwrap().unwrap().id;
        let entry = Entry { revision_id: Some(older), ..ground.entry(Claimed, live) };
        let of_issue = ground.put(Some(issue), Some(anna), &entry).await;
        let small = ground.put(None, Some(boris), &entry).await;
        let new = NewDelivery { subscription: None, recipient: Some("editor@example.org"), revision: older, request: None, due_at: NOW };
        let test = deliveries::add(&mut ground.tx, &new).await.unwrap();
        let not_claimed = claimed::of(&mut ground.tx, live, &[test]).await.unwrap();
        assert!(not_claimed.is_empty(), "{not_claimed:?}");
        assert!(deliveries::claim_one(&mut ground.tx, live, test).await.unwrap());
        let others = ground.row(Claimed, ground.dead).await;
        let rows = claimed::of(&mut ground.tx, live, &[test, small, of_issue, others]).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [of_issue, small, test]);
        let [of_issue, small, test] = &rows[..] else { unreachable!("the line above") };
        assert_eq!((of_issue.issue_id, of_issue.subscription_id), (Some(issue), Some(anna)));
        assert_eq!((of_issue.email.as_deref(), of_issue.subscribed_at), (Some("anna@example.org"), Some(NOW)));
        assert_eq!((of_issue.revision_id, of_issue.attempts, of_issue.first_at), (Some(older), 1, Some(minute(-30))));
        assert_eq!(of_issue.consent_id, None, "an issue asks nothing");
        assert_eq!((small.issue_id, small.consent_id), (None, Some(latest)), "the latest question");
        assert_eq!((test.subscription_id, test.email.as_deref()), (None, Some("editor@example.org")));
    }

    async fn an_issue_skips_readers_who_may_not_be_mailed_each_with_the_reason(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let rows = claimed_of_each_kind(&mut ground, None).await;
        let (live, dead, ids) = (ground.live, ground.dead, ids(&rows));
        assert_eq!(deliveries::skip_unmailable(&mut ground.tx, dead, &ids, NOW).await.unwrap(), 0, "not its rows");
        assert_eq!(deliveries::skip_unmailable(&mut ground.tx, live, &ids[..1], NOW).await.unwrap(), 0, "not asked for");
        assert_eq!(deliveries::skip_unmailable(&mut ground.tx, live, &ids, NOW).await.unwrap(), 4);
        let mut reasons = Vec::new();
        for id in &ids {
            let row = ground.get(*id).await;
            let is_skipped = row.state == Skipped;
            assert_eq!(row.final_at, is_skipped.then_some(NOW));
            assert_eq!((row.due_at.is_none(), row.claimed_by.is_none()), (is_skipped, is_skipped));
            reasons.push(row.reason);
        }
        let (left, paused) = (Some(Reason::Unsubscribed), Some(Reason::Paused));
        assert_eq!(reasons, [None, left, paused, left, Some(Reason::Suppressed)]);
        assert_eq!(ground.state(ids[0]).await, Claimed);
    }

    async fn a_confirmation_is_skipped_when_it_has_no_use_and_a_notice_goes_to_whoever_can_be_reached(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let live = ground.live;
        let confirmation = ground.content(DeliveryKind::Confirmation, "confirm").await;
        let rows = ids(&claimed_of_each_kind(&mut ground, Some(confirmation)).await);
        assert_eq!(deliveries::skip_unmailable(&mut ground.tx, live, &rows, NOW).await.unwrap(), 4);
        assert_eq!(ground.states(&rows).await, [Skipped, Skipped, Skipped, Claimed, Skipped]);
        assert_eq!(ground.get(rows[0]).await.reason, Some(Reason::Superseded), "confirmed already");
        assert_eq!(ground.get(rows[4]).await.reason, Some(Reason::Suppressed));
        let notice = ground.content(DeliveryKind::Notice, "notice").await;
        let rows = ids(&claimed_of_each_kind(&mut ground, Some(notice)).await);
        assert_eq!(deliveries::skip_unmailable(&mut ground.tx, live, &rows, NOW).await.unwrap(), 1);
        assert_eq!(ground.states(&rows).await, [Claimed, Claimed, Claimed, Claimed, Skipped]);
        let welcome = ground.content(DeliveryKind::Welcome, "welcome").await;
        let rows = ids(&claimed_of_each_kind(&mut ground, Some(welcome)).await);
        assert_eq!(deliveries::skip_unmailable(&mut ground.tx, live, &rows, NOW).await.unwrap(), 4);
        assert_eq!(ground.states(&rows).await, [Claimed, Skipped, Skipped, Skipped, Skipped], "to who is a reader now");
        assert_eq!(ground.get(rows[1]).await.reason, Some(Reason::Unsubscribed));
        // Nobody's subscription forbids a test mail.
        let entry = ground.entry(Claimed, live);
        let test = ground.put(None, None, &entry).await;
        assert_eq!(deliveries::skip_unmailable(&mut ground.tx, live, &[test], NOW).await.unwrap(), 0);
    }

    async fn only_claimed_rows_of_a_live_worker_take_off(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (live, dead, content, older) = (ground.live, ground.dead, ground.revision, ground.older);
        let date = minute(-1);
        let mut rows = Vec::new();
        for state in DeliveryState::ALL {
            rows.push(ground.row(*state, live).await);
        }
        let of_dead = ground.row(Claimed, dead).await;
        rows.push(of_dead);
        let pinned = Entry { revision_id: Some(older), ..ground.entry(Claimed, live) };
        let pinned = ground.row_like(&pinned).await;
        rows.push(pinned);
        let unseen = Entry { first_at: None, attempts: 0, ..ground.entry(Claimed, live) };
        let unseen = ground.row_like(&unseen).await;
        rows.push(unseen);
        let claimed = rows[1];
        let before = ground.get(claimed).await;
        let tx = &mut ground.tx;
        let of_its_own = settlement::take_off(tx, dead, &[of_dead], content, date, NOW).await.unwrap();
        assert_eq!(of_its_own, [], "its lease is over");
        let taken = settlement::take_off(tx, live, &rows, content, date, NOW).await.unwrap();
        assert_eq!(sorted(taken), [claimed, unseen], "not those of others, nor what must bear something else");
        let first_at = before.first_at;
        assert_eq!(ground.get(claimed).await, Entry { state: InFlight, revision_id: Some(content), ..before });
        assert!(first_at.is_some(), "a second try keeps the date of the first");
        assert_eq!(ground.get(unseen).await.first_at, Some(date));
        let tx = &mut ground.tx;
        assert_eq!(settlement::take_off(tx, live, &[claimed], content, date, NOW).await.unwrap(), [], "once");
        assert_eq!(settlement::take_off(tx, live, &[pinned], older, date, NOW).await.unwrap(), [pinned]);
    }

    async fn only_to_mailable_readers_of_an_issue_that_goes_out(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (live, issue, content) = (ground.live, ground.issue, ground.revision);
        let rows = ids(&claimed_of_each_kind(&mut ground, None).await);
        let tx = &mut ground.tx;
        assert!(issues::advance(tx, issue, IssueState::Sending, IssueState::Paused, "", acts::by(NOW), &Event::IssueResumed).await.unwrap());
        assert_eq!(settlement::take_off(tx, live, &rows, content, NOW, NOW).await.unwrap(), []);
        assert!(issues::advance(tx, issue, IssueState::Paused, IssueState::Sending, "", acts::by(NOW), &Event::IssueResumed).await.unwrap());
        assert_eq!(settlement::take_off(tx, live, &rows, content, NOW, NOW).await.unwrap(), [rows[0]]);
        let welcome = ground.content(DeliveryKind::Welcome, "welcome").await;
        let rows = ids(&claimed_of_each_kind(&mut ground, Some(welcome)).await);
        let tx = &mut ground.tx;
        assert_eq!(settlement::take_off(tx, live, &rows, welcome, NOW, NOW).await.unwrap(), [rows[0]], "not to who left");
        let confirmation = ground.content(DeliveryKind::Confirmation, "confirm").await;
        let rows = ids(&claimed_of_each_kind(&mut ground, Some(confirmation)).await);
        let tx = &mut ground.tx;
        assert_eq!(settlement::take_off(tx, live, &rows, confirmation, NOW, NOW).await.unwrap(), [rows[3]]);
        let notice = ground.content(DeliveryKind::Notice, "notice").await;
        let rows = ids(&claimed_of_each_kind(&mut ground, Some(notice)).await);
        let taken = settlement::take_off(&mut ground.tx, live, &rows, notice, NOW, NOW).await.unwrap();
        assert_eq!(sorted(taken), rows[..4]);
    }

    async fn who_left_behind_the_take_off_is_seen_by_looking_again(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (live, dead, issue) = (ground.live, ground.dead, ground.issue);
        let stays = ground.row(InFlight, live).await;
        let reader = ground.reader("anna", Active).await;
        let entry = ground.entry(InFlight, live);
        let leaves = ground.put(Some(issue), Some(reader), &entry).await;
        let others = [ground.row(Claimed, live).await, ground.row(InFlight, dead).await];
        let all = [stays, leaves, others[0], others[1]];
        let tx = &mut ground.tx;
        assert_eq!(sorted(deliveries::look_again(tx, live, &all, NOW).await.unwrap()), [stays, leaves]);
        assert!(subscriptions::unsubscribe(tx, reader, &acts::entry(NOW)).await.unwrap());
        assert_eq!(deliveries::look_again(tx, live, &all, NOW).await.unwrap(), [stays]);
        assert_eq!(deliveries::look_again(tx, dead, &all, NOW).await.unwrap(), []);
        assert!(issues::advance(tx, issue, IssueState::Sending, IssueState::Paused, "", acts::by(NOW), &Event::IssueResumed).await.unwrap());
        assert_eq!(deliveries::look_again(tx, live, &all, NOW).await.unwrap(), []);
    }

    async fn refused_rows_are_pending_as_they_were(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (live, dead) = (ground.live, ground.dead);
        let claimed = ground.row(Claimed, live).await;
        let kept = [ground.row(Claimed, dead).await, ground.row(InFlight, live).await, ground.row(Claimed, live).await];
        let before = ground.get(claimed).await;
        let asked = [claimed, kept[0], kept[1]];
        assert_eq!(deliveries::refuse(&mut ground.tx, live, &asked).await.unwrap(), 1);
        assert_eq!(ground.get(claimed).await, Entry { state: Pending, claimed_by: None, ..before });
        assert_eq!(ground.states(&kept).await, [Claimed, InFlight, Claimed]);
    }

    async fn who_lost_count_puts_back_what_was_not_begun(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (live, dead) = (ground.live, ground.dead);
        let of_issue = [ground.row(Claimed, live).await, ground.row(InFlight, live).await, ground.row(Uncertain, live).await];
        let of_dead = ground.row(Claimed, dead).await;
        let entry = ground.entry(Claimed, live);
        let small = ground.put(None, None, &entry).await;
        assert_eq!(deliveries::release_claims(&mut ground.tx, live, true).await.unwrap(), 1);
        assert_eq!(ground.states(&of_issue).await, [Pending, InFlight, Uncertain]);
        assert_eq!(ground.states(&[of_dead, small]).await, [Claimed, Claimed]);
        assert_eq!(deliveries::release_claims(&mut ground.tx, live, false).await.unwrap(), 1);
        assert_eq!(ground.get(small).await, Entry { state: Pending, claimed_by: None, ..entry });
        assert_eq!(ground.state(of_dead).await, Claimed);
    }
}
