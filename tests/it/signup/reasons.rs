//! Every reason for which an address must not be mailed, at every list by which it might come in: what the operator, the
//! relay or the reader said holds. Who had everything erased, or asks long after mail came back, may come back by their own
//! word alone.

use coranto::domain::subscriber::SubscriptionState::{Active, Paused, Pending};
use coranto::domain::suppression::SuppressionReason;
use coranto::signup::{self, Added, AddressChange, AddressLink, Confirmation, Limits, NewReader, Rest};
use coranto::store::{Db, requests};

use super::SignupFixture;
use super::lists::{imported, suppressed};
use crate::harness::database::both_databases;

/// A list by which an address comes in, or comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Request,
    Confirm,
    AskToMove,
    ConfirmMove,
    Add,
    Import,
    Resume,
    PauseEnds,
    ComeBack,
}

const WAYS: &[Way] = &[
    Way::Request,
    Way::Confirm,
    Way::AskToMove,
    Way::ConfirmMove,
    Way::Add,
    Way::Import,
    Way::Resume,
    Way::PauseEnds,
    Way::ComeBack,
];

async fn suppress(ground: &SignupFixture, email: &str, reason: SuppressionReason) {
    let address = email.parse().unwrap();
    let act = ground.act(None);
    assert!(signup::suppress(ground.db(), ground.keys(), &address, reason, "test", &act).await.unwrap());
}

/// Tries one way in for an address that is suppressed; whether it let the address in.
async fn is_let_in(ground: &SignupFixture, way: Way, reason: SuppressionReason, email: &str) -> bool {
    let act = ground.act(None);
    let mails = ground.waiting().await;
    match way {
        Way::Request => {
            suppress(ground, email, reason).await;
            ground.request(email).await.unwrap();
            assert_eq!(ground.waiting().await > mails, ground.find(email).await.is_some());
            ground.state(email).await == Some(Pending)
        }
        Way::Confirm => {
            ground.request(email).await.unwrap();
            suppress(ground, email, reason).await;
            let confirmed = matches!(ground.confirm(email).await, Confirmation::Fresh(_));
            assert_eq!(ground.state(email).await, Some(if confirmed { Active } else { Pending }));
            confirmed
        }
        Way::AskToMove | Way::ConfirmMove => moves(ground, way, reason, email).await,
        Way::Add => {
            suppress(ground, email, reason).await;
            let reader = NewReader { email: email.parse().unwrap(), name: None, language: None };
            let added = signup::add(ground.db(), ground.keys(), ground.list.id, &reader, &act).await.unwrap();
            assert_eq!(
                matches!(added, Added::Suppressed(found) if found == reason),
                ground.find(email).await.is_none()
            );
            ground.find(email).await.is_some()
        }
        Way::Import => {
            suppress(ground, email, reason).await;
            imported(ground, &format!("email,status\n{email},active\n")).await;
            ground.state(email).await == Some(Active)
        }
        Way::Resume | Way::PauseEnds => {
            let id = ground.reader(email).await;
            signup::pause(ground.db(), id, Rest::Until(ground.now), &act).await.unwrap().unwrap();
            suppress(ground, email, reason).await;
            match way {
                Way::Resume => drop(signup::resume(ground.db(), id, &act).await.unwrap()),
                _ => assert_eq!(signup::resume_due(ground.db(), ground.now).await.unwrap(), 1),
            }
            // The reader's own wish is kept; whether they may be mailed is another matter.
            assert_ne!(ground.state(email).await, Some(Paused));
            is_mailable(ground, email).await
        }
        Way::ComeBack => {
            let id = ground.reader(email).await;
            ground.leave(email).await;
            suppress(ground, email, reason).await;
            let withdrawn = ground.withdrawn(id).await;
            signup::undo_unsubscribe(ground.db(), withdrawn, &act).await.unwrap();
            ground.state(email).await == Some(Active)
        }
    }
}

/// A reader moves to the address, which is suppressed before they ask or before they confirm.
async fn moves(ground: &SignupFixture, way: Way, reason: SuppressionReason, email: &str) -> bool {
    let act = ground.act(None);
    let old = format!("old-{email}");
    let id = ground.reader(&old).await;
    if way == Way::AskToMove {
        suppress(ground, email, reason).await;
    }
    let mails = ground.waiting().await;
    let asked = signup::ask_address(&ground.signup, &ground.list, id, &email.parse().unwrap(), &act).await.unwrap();
    assert_eq!(asked, AddressChange::Taken, "the answer tells nothing");
    if way == Way::AskToMove {
        return ground.waiting().await > mails;
    }
    suppress(ground, email, reason).await;
    let request = {
        let mut tx = ground.db().read().await.unwrap();
        requests::of_subscription(&mut tx, id).await.unwrap().last().unwrap().id
    };
    let moved = signup::confirm_address(&ground.signup, request, &act).await.unwrap();
    assert_eq!(matches!(moved, AddressLink::Fresh(_)), ground.find(email).await.is_some());
    ground.find(email).await.is_some()
}

async fn is_mailable(ground: &SignupFixture, email: &str) -> bool {
    let id = ground.find(email).await.unwrap().id;
    let mut tx = ground.db().read().await.unwrap();
    let sql = "SELECT COUNT(*) FROM mailable WHERE subscription_id = $1";
    let (count,): (i64,) = tx.sql(sql).bind(id).fetch_one().await.unwrap();
    count == 1
}

impl SignupFixture {
    async fn withdrawn(&self, of: coranto::domain::SubscriptionId) -> coranto::domain::ConsentId {
        let mut tx = self.db().read().await.unwrap();
        let kind = coranto::domain::consent::ConsentKind::Withdrawn;
        coranto::store::consents::latest(&mut tx, of, kind).await.unwrap().unwrap().id
    }
}

both_databases! {
    async fn no_reason_has_a_door_that_was_forgotten(db: Db) {
        let ground = SignupFixture::with_limits(db, Limits { requests_per_hour: 1000, ..Limits::default() }).await;
        for way in WAYS {
            for reason in SuppressionReason::ALL {
                let email = format!("{way:?}-{reason}@example.org").to_lowercase();
                let is_open = is_let_in(&ground, *way, *reason, &email).await;
                // Their own word, and no other's.
                let may = reason.lets_ask() && matches!(way, Way::Request | Way::Confirm);
                assert_eq!(is_open, may, "{way:?} where {reason} stands");
                let stays = if may && *way == Way::Confirm { None } else { Some(*reason) };
                assert_eq!(suppressed(&ground, &email).await, stays, "{way:?} takes {reason} back");
            }
        }
    }

    async fn without_a_reason_every_door_is_open(db: Db) {
        // The same walk where nothing stands: a list that is always shut would pass the other.
        let ground = SignupFixture::with_limits(db, Limits { requests_per_hour: 1000, ..Limits::default() }).await;
        ground.request("request@example.org").await.unwrap();
        assert_eq!(ground.state("request@example.org").await, Some(Pending));
        assert!(matches!(ground.confirm("request@example.org").await, Confirmation::Fresh(_)));
        imported(&ground, "email,status\nimport@example.org,active\n").await;
        assert_eq!(ground.state("import@example.org").await, Some(Active));
        assert!(is_mailable(&ground, "import@example.org").await);
        let id = ground.reader("back@example.org").await;
        ground.leave("back@example.org").await;
        signup::undo_unsubscribe(ground.db(), ground.withdrawn(id).await, &ground.act(None)).await.unwrap();
        assert_eq!(ground.state("back@example.org").await, Some(Active));
    }
}
