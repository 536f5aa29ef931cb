//! Bodies of webhooks, through the door that `serve` opens. The first byte says whose; whoever signs has signed.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coranto::clock::Timestamp;
use coranto::domain::hook::{Hook, MailService};
use coranto::https::{Fetch, Fetching, Unheard};
use coranto::inbound::Intake;
use coranto::inbound::hooks::{HookDoor, HookOutcome, HookSettings};
use coranto::secret::Secret;
use coranto::store::notices::{NoticeFilter, page};
use coranto::store::{Db, migrate};
use hyper::HeaderMap;
use tokio::runtime::Runtime;

use crate::KEYS;

const NOW: Timestamp = Timestamp(1_795_000_000_000);
const SECRET: &str = "a secret of a provider";
/// Without a signature of the whole body, and those whose signature is made here. Mailgun, SendGrid, Postal and Amazon
/// sign with keys or forms that a body of any bytes cannot have.
const SERVICES: [(&str, MailService); 6] = [
    ("postmark", MailService::Postmark),
    ("brevo", MailService::Brevo),
    ("sparkpost", MailService::SparkPost),
    ("mailjet", MailService::Mailjet),
    ("resend", MailService::Resend),
    ("generic", MailService::Generic),
];

struct Nowhere;

impl Fetch for Nowhere {
    fn fetch<'a>(&'a self, _url: &'a url::Url, _bytes_max: usize) -> Fetching<'a> {
        Box::pin(async { Err(Unheard::Late) })
    }
}

struct Place {
    runtime: Runtime,
    door: HookDoor,
    db: Db,
}

static PLACE: LazyLock<Place> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("a runtime starts");
    let db = runtime.block_on(async {
        let db = Db::open_passing().await.expect("a database opens");
        migrate::run(&db).await.expect("the schema is made");
        db
    });
    let settings = SERVICES.map(|(name, provider)| {
        let signs = matches!(provider, MailService::Resend | MailService::Generic);
        let secret = signs.then(|| Secret::new(SECRET));
        let hook = Hook { name: name.to_owned(), provider, topics: Vec::new(), public_key: None, secret, login: None };
        HookSettings { hook, relays: Vec::new() }
    });
    let intake = Intake::new(db.clone(), KEYS.clone(), Duration::from_secs(3600));
    let door = HookDoor::new(settings.to_vec(), intake, Arc::new(Nowhere));
    Place { runtime, door, db }
});

/// What a provider tells. Nothing of it is about an email of ours, so nothing may follow from it.
pub fn hook_json(bytes: &[u8]) {
    let Some((first, body)) = bytes.split_first() else { return };
    let (name, _) = SERVICES[usize::from(*first) % SERVICES.len()];
    PLACE.runtime.block_on(async {
        let told = PLACE.door.take(name, signed(body), body.to_vec(), NOW).await.expect("the database answers");
        assert_ne!(told, HookOutcome::Forged, "{name}");
        let mut tx = PLACE.db.read().await.expect("the database answers");
        let kept = page(&mut tx, &NoticeFilter::default(), 1).await.expect("the database answers");
        assert!(kept.iter().all(|one| one.settle_at.is_none() && one.subscription_id.is_none()), "{kept:?}");
    });
}

/// As Standard Webhooks has it.
fn signed(body: &[u8]) -> HeaderMap {
    let seconds = (NOW.0 / 1000).to_string();
    let message = [b"1.", seconds.as_bytes(), b".", body].concat();
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), &message);
    let signature = format!("v1,{}", STANDARD.encode(signature));
    let mut headers = HeaderMap::new();
    for prefix in ["webhook", "svix"] {
        for (name, value) in [("id", "1"), ("timestamp", seconds.as_str()), ("signature", signature.as_str())] {
            let name: hyper::header::HeaderName = format!("{prefix}-{name}").parse().expect("it is a name");
            headers.insert(name, value.parse().expect("it is a value"));
        }
    }
    headers
}
