//! When a person is called for what comes back, and when an issue is paused for it.

use std::collections::BTreeMap;
use std::time::Duration;

use coranto::delivery::control;
use coranto::domain::alarm::AlarmName;
use coranto::domain::cause::{Cause, Certainty};
use coranto::domain::evidence::Trouble;
use coranto::domain::issue::IssueState;
use coranto::domain::notice::{Effect, NoticeEvidence, NoticeKind, NoticeSource};
use coranto::domain::policy::Policy;
use coranto::domain::storm::{CallBound, Calls};
use coranto::domain::{IssueId, NoticeId};
use coranto::inbound::{self, RelayHosts};
use coranto::store::alarms::{self, StandingAlarm};
use coranto::store::returns::{self, NewNotice};
use coranto::store::suspensions::{self, NewSuspension};
use coranto::store::{Db, StoreError, events, issue_sums, notices};

use super::post::{DAY, HOUR};
use crate::delivery::stage::DeliveryFixture;
use crate::harness::acts;
use crate::harness::database::both_databases;

/// Small numbers, both of which are reached at different readers: 3 of 60 are 5 %, 6 are 10 %.
const CALLS: Calls = Calls {
    complaints: CallBound { emails: 3, per_mille: 50 },
    ours: CallBound { emails: 3, per_mille: 50 },
    pause: CallBound { emails: 6, per_mille: 100 },
    relay: 4,
};

/// What a report says.
#[derive(Clone, Copy)]
struct ReportOf {
    kind: NoticeKind,
    cause: Cause,
    source: NoticeSource,
    host: Option<&'static str>,
}

const COMPLAINT: ReportOf =
    ReportOf { kind: NoticeKind::Complaint, cause: Cause::Unknown, source: NoticeSource::Mailbox, host: None };
const OURS: ReportOf =
    ReportOf { kind: NoticeKind::Bounce, cause: Cause::Auth, source: NoticeSource::Mailbox, host: None };

struct CallScene {
    stage: DeliveryFixture,
    issue: IssueId,
    seen: Option<NoticeId>,
    /// How many notices there are.
    said: u64,
}

impl CallScene {
    /// An issue that goes out and was accepted for `readers`.
    async fn new(db: Db, readers: usize) -> Self {
        let stage = DeliveryFixture::new(db).await;
        stage.crowd(readers).await;
        let mut scene = Self { stage, issue: IssueId(0), seen: None, said: 0 };
        scene.next("first").await;
        scene
    }

    async fn next(&mut self, slug: &str) {
        self.issue = self.stage.issue(slug).await;
        self.stage.execute("UPDATE deliveries SET state = 'sent', relay = 'main', final_at = due_at").await;
    }

    /// Brings what is said of the emails from `from` to `to`, in their order.
    async fn say(&mut self, range: std::ops::Range<usize>, what: ReportOf) {
        let (rows, now) = (self.stage.rows(self.issue).await, self.stage.clock.now());
        let mut new = Vec::new();
        for row in &rows[range] {
            self.said += 1;
            let mut fingerprint = [0; 16];
            fingerprint[..8].copy_from_slice(&self.said.to_be_bytes());
            new.push(NewNotice {
                source: what.source,
                fingerprint,
                kind: what.kind,
                cause: what.cause,
                certainty: Certainty::Likely,
                evidence: NoticeEvidence::Sealed,
                delivery: Some(row.id),
                issue: Some(self.issue),
                newsletter: Some(self.stage.newsletter),
                subscription: None,
                address_hash: None,
                relay: Some("main".to_owned()),
                host: what.host.map(str::to_owned),
                destination: "example.net".to_owned(),
                status: None,
                diagnostic: "550 5.7.26 not authenticated".to_owned(),
                rule: "test",
                settle_at: None,
                effect: Effect::None,
            });
        }
        let add = async |tx: &mut coranto::store::Tx| {
            for notice in &new {
                assert!(returns::add(tx, notice, now).await?.is_some());
            }
            Ok::<_, StoreError>(())
        };
        self.stage.db.write(add).await.unwrap();
    }

    /// Looks, as the settler does every few seconds.
    async fn look(&mut self) {
        let relays: RelayHosts = BTreeMap::from([("main".to_owned(), "smtp.relay.org".to_owned())]);
        let now = self.stage.clock.now();
        self.seen = Some(inbound::call(&self.stage.db, &CALLS, &relays, self.seen, now).await.unwrap());
    }

    async fn alarm(&self, name: AlarmName) -> Option<StandingAlarm> {
        let all = alarms::all(&mut self.stage.db.read().await.unwrap()).await.unwrap();
        all.into_iter().find(|one| one.name == name)
    }

    async fn state(&self) -> IssueState {
        self.stage.get(self.issue).await.state
    }
}

both_databases! {
    async fn complaints_call_a_person_at_both_numbers(db: Db) {
        let mut scene = CallScene::new(db, 61).await;
        scene.say(0..3, COMPLAINT).await;
        scene.look().await;
        assert!(scene.alarm(AlarmName::ComplaintsMany).await.is_none(), "3 of 61 are less than 5 %");
        scene.say(3..4, COMPLAINT).await;
        scene.look().await;
        let alarm = scene.alarm(AlarmName::ComplaintsMany).await.unwrap();
        assert_eq!((alarm.scope.as_str(), alarm.count), ("week/first", 1));
        assert_eq!(alarm.note, "4 complaints about 61 emails to example.net (6.56 %)");
        scene.look().await;
        assert_eq!(scene.alarm(AlarmName::ComplaintsMany).await.unwrap().count, 1, "nothing has come since");
        assert_eq!(scene.state().await, IssueState::Sending, "complaints pause nothing");
        // Another process looks at what came within a day, and no further back.
        scene.stage.clock.advance(DAY);
        scene.seen = None;
        scene.look().await;
        assert_eq!(scene.alarm(AlarmName::ComplaintsMany).await.unwrap().count, 1);
        scene.say(4..5, COMPLAINT).await;
        scene.seen = None;
        scene.look().await;
        assert_eq!(scene.alarm(AlarmName::ComplaintsMany).await.unwrap().count, 2);
    }

    async fn what_is_our_fault_calls_and_then_pauses_once(db: Db) {
        let mut scene = CallScene::new(db, 60).await;
        scene.say(0..2, OURS).await;
        scene.stage.clock.advance(HOUR);
        scene.say(2..4, OURS).await;
        scene.say(50..60, ReportOf { cause: Cause::Full, ..OURS }).await;
        scene.say(40..50, ReportOf { source: NoticeSource::Relay, ..OURS }).await;
        scene.look().await;
        assert!(scene.alarm(AlarmName::ReturnsOurs).await.is_none(), "two within the hour are too few");
        scene.say(4..5, OURS).await;
        scene.look().await;
        let alarm = scene.alarm(AlarmName::ReturnsOurs).await.unwrap();
        assert_eq!(alarm.scope, "week/first");
        let wanted = "3 of 60 emails to example.net (5 %) came back within an hour because of us, most for auth: 550 5.7.26";
        assert!(alarm.note.starts_with(wanted), "{}", alarm.note);
        scene.say(5..7, OURS).await;
        scene.look().await;
        assert_eq!(scene.state().await, IssueState::Sending, "five are too few to pause for");
        scene.say(7..8, OURS).await;
        scene.look().await;
        let issue = scene.stage.get(scene.issue).await;
        assert_eq!(issue.state, IssueState::Paused);
        assert_eq!(issue.note, "6 of 60 emails to example.net (10 %) came back within an hour because of us: auth");
        assert!(scene.alarm(AlarmName::IssuePaused).await.is_some());
        // Whoever resumes it has seen that.
        scene.stage.clock.advance(Duration::from_secs(60));
        let now = scene.stage.clock.now();
        control::resume(&scene.stage.db, scene.issue, acts::by(now)).await.unwrap();
        let resumed = events::last_of(&mut scene.stage.db.read().await.unwrap(), scene.issue, "issue.resumed").await.unwrap();
        assert_eq!(resumed, Some(now));
        scene.stage.clock.advance(Duration::from_secs(60));
        scene.say(8..13, OURS).await;
        scene.look().await;
        assert_eq!(scene.state().await, IssueState::Sending, "five since");
        scene.say(13..14, OURS).await;
        scene.look().await;
        assert_eq!(scene.state().await, IssueState::Paused, "six since");
    }

    async fn an_issue_that_is_over_is_not_paused(db: Db) {
        let mut scene = CallScene::new(db, 60).await;
        scene.stage.execute("UPDATE issues SET state = 'sent'").await;
        scene.say(0..10, OURS).await;
        scene.look().await;
        assert_eq!(scene.state().await, IssueState::Sent);
        assert!(scene.alarm(AlarmName::ReturnsOurs).await.is_some());
    }

    async fn a_relay_that_returns_all_it_took_calls_a_person(db: Db) {
        let mut scene = CallScene::new(db, 600).await;
        let own = |cause, host| ReportOf { cause, host: Some(host), ..OURS };
        scene.say(0..3, own(Cause::Relaying, "smtp.relay.org")).await;
        scene.look().await;
        assert!(scene.alarm(AlarmName::RelayRefuses).await.is_none(), "three are too few");
        // Somebody else's reply, another host and another cause: not all is the relay's.
        for (at, other) in [
            own(Cause::Auth, "mx.elsewhere.org"),
            own(Cause::NoMailbox, "smtp.relay.org"),
            ReportOf { cause: Cause::Sender, ..OURS },
        ].into_iter().enumerate() {
            scene.say(10 + at..11 + at, other).await;
            scene.say(20 + 3 * at..23 + 3 * at, own(Cause::Sender, "out7.relay.org")).await;
            scene.look().await;
            assert!(scene.alarm(AlarmName::RelayRefuses).await.is_none(), "{at}");
            scene.stage.clock.advance(HOUR + Duration::from_secs(1));
        }
        scene.say(30..34, own(Cause::Sender, "out7.relay.org")).await;
        scene.look().await;
        let alarm = scene.alarm(AlarmName::RelayRefuses).await.unwrap();
        assert_eq!((alarm.scope.as_str(), alarm.cleared_at), ("main", None));
        assert_eq!(alarm.note, "it took 4 emails and returned them within an hour; sender: 550 5.7.26 not authenticated");
        scene.stage.clock.advance(HOUR / 2);
        scene.look().await;
        assert_eq!(scene.alarm(AlarmName::RelayRefuses).await.unwrap().cleared_at, None);
        // Delivery ends what it says of a group by itself.
        scene.stage.clock.advance(HOUR);
        let now = scene.stage.clock.now();
        let new = NewSuspension {
            relay: "main",
            newsletter: None,
            destination: "",
            issue: None,
            trouble: Trouble::Refusal,
            cause: "auth",
            until: None,
            pauses: 0,
            reply: "550 5.7.1 no",
        };
        let (id, _) = scene.stage.db.write(async |tx| suspensions::suspend(tx, &new, now).await).await.unwrap();
        scene.look().await;
        assert_eq!(scene.alarm(AlarmName::RelayRefuses).await.unwrap().cleared_at, None, "a group waits");
        scene.stage.db.write(async |tx| suspensions::end(tx, id).await).await.unwrap();
        scene.look().await;
        assert_eq!(scene.alarm(AlarmName::RelayRefuses).await.unwrap().cleared_at, Some(now));
    }

    async fn what_came_since_is_found_by_number_and_by_time(db: Db) {
        let mut scene = CallScene::new(db, 5).await;
        let began = scene.stage.clock.now();
        scene.say(0..2, OURS).await;
        scene.say(2..3, ReportOf { source: NoticeSource::Relay, ..OURS }).await;
        scene.stage.clock.advance(HOUR);
        scene.say(3..4, COMPLAINT).await;
        let mut tx = scene.stage.db.read().await.unwrap();
        let all = notices::page(&mut tx, &notices::NoticeFilter::default(), 10).await.unwrap();
        assert_eq!(notices::last_until(&mut tx, began).await.unwrap(), all[1].id);
        assert_eq!(notices::last_until(&mut tx, began.minus(HOUR)).await.unwrap(), NoticeId(0));
        assert_eq!(notices::issues_after(&mut tx, NoticeId(0)).await.unwrap(), [(scene.issue, all[0].id)]);
        assert!(notices::issues_after(&mut tx, all[0].id).await.unwrap().is_empty());
        let refusers = notices::refusers(&mut tx, began.minus(HOUR)).await.unwrap();
        assert_eq!((refusers.len(), refusers[0].mails, refusers[0].cause), (1, 2, Cause::Auth));
        assert!(notices::refusers(&mut tx, began).await.unwrap().is_empty());
        let since = issue_sums::notices_since(&mut tx, scene.issue, began).await.unwrap();
        assert_eq!((since.len(), since[0].kind, since[0].mails), (1, NoticeKind::Complaint, 1));
        assert_eq!(Policy::default().calls, Calls::default());
    }
}
