//! What `--json` tells of the program's nouns: each shape as it is spelled, and every key of it explained.

use coranto::clock::Timestamp;
use coranto::domain::account::{AccountState, MemberRole, SignInMethod};
use coranto::domain::consent::ConsentKind;
use coranto::domain::delivery::{DeliveryState, Reason};
use coranto::domain::issue::IssueState;
use coranto::domain::subscriber::{EndedBy, Format, SubscriptionState};
use coranto::domain::{
    AccountId, ConsentId, DeliveryId, IssueId, NewsletterId, RevisionId, SessionId, SubscriberId, SubscriptionId,
};
use coranto::resources::{
    AccountResource, ConsentResource, DeliveryResource, EventResource, IssueResource, ListedIssue, ReaderResource,
    SentRevision, SessionResource, ShownIssue, ShownReader,
};
use coranto::store::accounts::Account;
use coranto::store::consents;
use coranto::store::events::LoggedEvent;
use coranto::store::issues::Issue;
use coranto::store::ledger::{LedgerRow, Totals};
use coranto::store::members::NewsletterRole;
use coranto::store::sessions::AccountSession;
use coranto::store::subscriptions::Subscription;
use serde::Serialize;
use serde_json::{Value, json};

use super::reference::assert_names;
use crate::harness::newsletters::newsletter;

/// 2026-11-27 08:00 in UTC.
const AT: Timestamp = Timestamp(1_795_766_400_000);

fn issue() -> Issue {
    Issue {
        id: IssueId(1),
        newsletter_id: NewsletterId(1),
        slug: "the-long-way-round".to_owned(),
        title: "The long way round".to_owned(),
        state: IssueState::Sent,
        revision_id: RevisionId(3),
        due_at: Some(AT),
        on_slot: true,
        beside: false,
        asked: "next".to_owned(),
        file: None,
        note: String::new(),
        created_at: AT,
        started_at: Some(AT),
        finished_at: None,
    }
}

fn event() -> LoggedEvent {
    LoggedEvent {
        id: 1,
        at: AT,
        kind: "issue.started".to_owned(),
        actor: "scheduler".to_owned(),
        data: r#"{"readers":20}"#.to_owned(),
    }
}

fn delivery() -> LedgerRow {
    LedgerRow {
        id: DeliveryId(1),
        email: Some("anna@example.org".to_owned()),
        state: DeliveryState::Failed,
        due_at: None,
        attempts: 1,
        first_at: Some(AT),
        final_at: Some(AT),
        relay: Some("main".to_owned()),
        reply: Some("550 5.1.1 No such user".to_owned()),
        reason: Some(Reason::Refused),
        revision_id: Some(RevisionId(3)),
    }
}

fn reader() -> Subscription {
    Subscription {
        id: SubscriptionId(1),
        newsletter_id: NewsletterId(1),
        subscriber_id: SubscriberId(1),
        email: "anna@example.org".parse().unwrap(),
        name: Some("Anna".to_owned()),
        state: SubscriptionState::Unsubscribed,
        language: None,
        format: Format::Html,
        source: "form".to_owned(),
        created_at: AT,
        confirmed_at: Some(AT),
        paused_until: None,
        left_at: Some(AT),
        left_from: Some(SubscriptionState::Active),
        ended_by: Some(EndedBy::Reader),
        suppressed: None,
    }
}

fn consent() -> consents::Consent {
    consents::Consent {
        id: ConsentId(1),
        subscription_id: SubscriptionId(1),
        kind: ConsentKind::Confirmed,
        at: AT,
        wording: "1".to_owned(),
        client: None,
        source: "form".to_owned(),
        spelling: None,
        name: None,
        language: None,
        mark: None,
    }
}

/// That a resource is spelled like this, and that its keys are explained under a heading.
#[track_caller]
fn assert_spelled(resource: &impl Serialize, heading: &str, wanted: &Value) {
    let value = serde_json::to_value(resource).unwrap();
    assert_eq!(value, *wanted);
    assert_names("values.md", heading, value.as_object().unwrap().keys());
}

const WHEN: &str = "2026-11-27T08:00:00Z";

#[test]
fn an_issue_has_one_spelling() {
    let (issue, event) = (issue(), event());
    let newsletter = newsletter("week", "The Week", "week@news.example.org");
    let totals = Totals { readers: 20, sent: 20, first_pass_ended_at: Some(AT), ..Totals::default() };
    let mut wanted = json!({
        "slug": "the-long-way-round", "newsletter": "week", "title": "The long way round", "state": "sent", "due_at": WHEN,
        "on_slot": true, "beside": false, "note": "", "started_at": WHEN, "first_pass_ended_at": WHEN, "finished_at": null,
        "totals": {
            "readers": 20, "pending": 0, "deferred": 0, "suspended": 0, "claimed": 0, "in_flight": 0, "sent": 20, "failed": 0,
            "uncertain": 0, "skipped": 0,
        },
    });
    let issue = IssueResource::of(&issue, &totals, &newsletter);
    assert_spelled(&issue, "Issues", &wanted);
    let revision = SentRevision { revision: 3, sent: 20 };
    assert_spelled(&revision, "Issues", &json!({ "revision": 3, "sent": 20 }));
    let event = EventResource::from(&event);
    let spelled = json!({ "at": WHEN, "kind": "issue.started", "actor": "scheduler", "data": { "readers": 20 } });
    assert_spelled(&event, "Events", &spelled);
    let listed = ListedIssue { issue, file: None };
    wanted["file"] = Value::Null;
    assert_spelled(&listed, "Issues", &wanted);
    wanted["revisions"] = json!([{ "revision": 3, "sent": 20 }]);
    wanted["events"] = json!([spelled]);
    assert_spelled(&ShownIssue { issue: listed, revisions: vec![revision], events: vec![event] }, "Issues", &wanted);
}

#[test]
fn a_delivery_has_one_spelling() {
    let wanted = json!({
        "email": "anna@example.org", "state": "failed", "due_at": null, "attempts": 1, "first_at": WHEN, "final_at": WHEN,
        "relay": "main", "reply": "550 5.1.1 No such user", "reason": "refused", "revision": 3,
    });
    assert_spelled(&DeliveryResource::from(&delivery()), "Deliveries", &wanted);
}

#[test]
fn a_reader_has_one_spelling() {
    let (reader, consent) = (reader(), consent());
    let mut wanted = json!({
        "email": "anna@example.org", "name": "Anna", "state": "unsubscribed", "language": null, "source": "form",
        "created_at": WHEN, "confirmed_at": WHEN, "paused_until": null, "left_at": WHEN, "ended_by": "reader",
        "suppressed": null,
    });
    assert_spelled(&ReaderResource::from(&reader), "Subscriptions", &wanted);
    let spelled = json!({ "kind": "confirmed", "at": WHEN, "wording": "1", "client": null, "source": "form" });
    assert_spelled(&ConsentResource::from(&consent), "Consents", &spelled);
    wanted["consents"] = json!([spelled]);
    let shown = ShownReader { reader: ReaderResource::from(&reader), consents: vec![ConsentResource::from(&consent)] };
    assert_spelled(&shown, "Subscriptions", &wanted);
}

#[test]
fn an_account_and_a_session_have_one_spelling() {
    let account = Account {
        id: AccountId(1),
        email: "anna@example.org".parse().unwrap(),
        name: "Anna".to_owned(),
        operator: true,
        state: AccountState::Active,
        created_at: AT,
    };
    let roles = [NewsletterRole { newsletter_id: NewsletterId(1), slug: "week".to_owned(), role: MemberRole::Owner }];
    let wanted = json!({
        "email": "anna@example.org", "name": "Anna", "state": "active", "operator": true,
        "roles": [{ "newsletter": "week", "role": "owner" }], "created_at": WHEN,
    });
    assert_spelled(&AccountResource::of(&account, &roles), "Accounts", &wanted);
    let session = AccountSession {
        id: SessionId(1),
        account_id: AccountId(1),
        method: SignInMethod::Password,
        strong_at: AT,
        created_at: AT,
        seen_at: AT,
        network: "192.0.2.0/24".to_owned(),
        agent: "Firefox".to_owned(),
    };
    let wanted = json!({
        "method": "password", "created_at": WHEN, "seen_at": WHEN, "network": "192.0.2.0/24", "agent": "Firefox",
    });
    assert_spelled(&SessionResource::from(&session), "Accounts", &wanted);
}
