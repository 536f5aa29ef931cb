//! The nine providers and our own format, as they would call: payloads in their shape, signed by keys made here.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coranto::clock::Timestamp;
use coranto::domain::hook::{Hook, MailService};
use coranto::https::{Fetch, Fetching, Unheard};
use coranto::inbound::Intake;
use coranto::inbound::hooks::{HookDoor, HookOutcome, HookSettings};
use coranto::secret::Secret;
use hyper::HeaderMap;
use serde_json::{Value, json};
use url::Url;

use crate::inbound::post::{HOUR, Post};

pub(super) const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:coranto";
pub(super) const CERTIFICATE: &str =
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";
pub(super) const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";
pub(super) const MINUTE: Duration = Duration::from_secs(60);

/// What providers sign with.
pub(super) struct Keys {
    rsa: RsaKeyPair,
    ecdsa: EcdsaKeyPair,
    secret: &'static str,
}

pub(super) static THEIRS: LazyLock<Keys> = LazyLock::new(|| Keys::new(SECRET));
pub(super) static FOREIGN: LazyLock<Keys> = LazyLock::new(|| Keys::new("whsec_YW5vdGhlciBzZWNyZXQgb2Ygc29tZWJvZHk="));

impl Keys {
    fn new(secret: &'static str) -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
        let ecdsa = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref()).unwrap();
        Self { rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(), ecdsa, secret }
    }

    fn rsa(&self, message: &[u8]) -> String {
        let mut signature = vec![0; self.rsa.public_modulus_len()];
        self.rsa.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
        STANDARD.encode(signature)
    }

    fn public(&self, provider: MailService) -> String {
        let der = match provider {
            MailService::SendGrid => AsDer::<PublicKeyX509Der<'_>>::as_der(self.ecdsa.public_key()).unwrap(),
            _ => AsDer::<PublicKeyX509Der<'_>>::as_der(self.rsa.public_key()).unwrap(),
        };
        STANDARD.encode(&*der)
    }

    /// A certificate of their key, by an authority of its own.
    pub(super) fn certificate(&self) -> String {
        let ca_key = rcgen::KeyPair::generate().unwrap();
        let ca = rcgen::CertificateParams::new(vec!["An authority".to_owned()]).unwrap();
        let issuer = rcgen::Issuer::new(ca, ca_key);
        let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&self.rsa).unwrap();
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(&*pkcs8));
        let key = rcgen::KeyPair::from_pem_and_sign_algo(&pem, &rcgen::PKCS_RSA_SHA256).unwrap();
        let params = rcgen::CertificateParams::new(vec!["sns.amazonaws.com".to_owned()]).unwrap();
        params.signed_by(&key, &issuer).unwrap().pem()
    }
}

/// What stands in for the internet: it has one certificate, and writes down what it is asked for.
#[derive(Default)]
pub(super) struct Internet {
    pub(super) asked: Mutex<Vec<String>>,
    pub(super) is_away: std::sync::atomic::AtomicBool,
}

impl Fetch for Internet {
    fn fetch<'a>(&'a self, url: &'a Url, _bytes_max: usize) -> Fetching<'a> {
        self.asked.lock().unwrap().push(url.to_string());
        let is_away = self.is_away.load(std::sync::atomic::Ordering::SeqCst);
        Box::pin(async move { if is_away { Err(Unheard::Late) } else { Ok(THEIRS.certificate().into_bytes()) } })
    }
}

/// The hook of a provider, called as the provider is.
pub(super) fn hook(provider: MailService, with_login: bool) -> Hook {
    use coranto::domain::hook::Authenticity;
    let needs = provider.authenticity();
    Hook {
        name: provider.as_str().to_owned(),
        provider,
        topics: if needs == Authenticity::Topics { vec![TOPIC.to_owned()] } else { Vec::new() },
        public_key: (needs == Authenticity::PublicKey).then(|| THEIRS.public(provider)),
        secret: (needs == Authenticity::Secret).then(|| Secret::new(SECRET)),
        login: (needs == Authenticity::Login && with_login).then(|| ("hook".to_owned(), Secret::new("a password"))),
    }
}

/// All hooks in front of what `post` sent.
pub(super) struct Hooked {
    pub(super) post: Post,
    pub(super) door: HookDoor,
    pub(super) internet: Arc<Internet>,
}

impl Hooked {
    pub(super) fn new(post: Post) -> Self {
        Self::with(post, true, &["main"])
    }

    /// With or without a login where nothing is signed, and with these relays for every provider.
    pub(super) fn with(post: Post, with_login: bool, relays: &[&str]) -> Self {
        let internet = Arc::new(Internet::default());
        let relays: Vec<String> = relays.iter().map(|&one| one.to_owned()).collect();
        let of = |provider: &MailService| HookSettings { hook: hook(*provider, with_login), relays: relays.clone() };
        let intake = Intake::new(post.stage.db.clone(), post.stage.keys.clone(), HOUR);
        let fetch: Arc<dyn Fetch> = internet.clone();
        let door = HookDoor::new(MailService::ALL.iter().map(of).collect(), intake, fetch);
        Self { post, door, internet }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.post.stage.clock.now()
    }

    pub(super) async fn take(&self, provider: MailService, request: Request) -> HookOutcome {
        self.door.take(provider.as_str(), request.headers, request.body, self.now()).await.unwrap()
    }

    /// Brings what a provider tells, as it would.
    pub(super) async fn tell(&self, provider: MailService, what: Told<'_>) -> HookOutcome {
        self.take(provider, signed(provider, &what.body(provider), self.now(), &THEIRS)).await
    }

    /// The token of what a reader got.
    pub(super) fn token(&self, local: &str) -> String {
        let id = self.post.letter(local).field("message-id");
        id.trim_matches(['<', '>']).split('@').next().unwrap().to_owned()
    }
}

/// What a provider sends.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn set(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, value.parse().unwrap());
    }
}

/// `body`, signed as this provider signs.
pub(super) fn signed(provider: MailService, body: &Value, at: Timestamp, keys: &Keys) -> Request {
    let seconds = (at.0 / 1000).to_string();
    let mut request = Request { headers: HeaderMap::new(), body: body.to_string().into_bytes() };
    let hmac = |key: &[u8], message: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    match provider {
        MailService::Ses => request.body = envelope(body, at, keys).to_string().into_bytes(),
        MailService::SendGrid => {
            let message = [seconds.as_bytes(), &request.body].concat();
            let signature = STANDARD.encode(keys.ecdsa.sign(&SystemRandom::new(), &message).unwrap());
            request.set("x-twilio-email-event-webhook-signature", &signature);
            request.set("x-twilio-email-event-webhook-timestamp", &seconds);
        }
        MailService::Postal => {
            let signature = keys.rsa(&request.body);
            request.set("x-postal-signature-256", &signature);
        }
        MailService::Mailgun => {
            let mut body = body.clone();
            let token = body["event-data"]["id"].as_str().unwrap_or("no id").to_owned();
            let signature = hmac(keys.secret.as_bytes(), format!("{seconds}{token}").as_bytes());
            let signature = data_encoding::HEXLOWER.encode(signature.as_ref());
            body["signature"] = json!({ "timestamp": seconds, "token": token, "signature": signature });
            request.body = body.to_string().into_bytes();
        }
        MailService::Resend | MailService::Generic => {
            let id = body["id"].as_str().or(body["data"]["email_id"].as_str()).unwrap_or("no id");
            let key = STANDARD.decode(keys.secret.trim_start_matches("whsec_")).unwrap();
            let message = [id.as_bytes(), b".", seconds.as_bytes(), b".", &request.body].concat();
            let signature = format!("v1,AAAA v1,{}", STANDARD.encode(hmac(&key, &message).as_ref()));
            request.set("svix-id", id);
            request.set("svix-timestamp", &seconds);
            request.set("svix-signature", &signature);
        }
        _ if std::ptr::eq(keys, &raw const *THEIRS) => {
            let login = format!("Basic {}", STANDARD.encode("hook:a password"));
            request.set("authorization", &login);
        }
        _ => {
            let login = format!("Basic {}", STANDARD.encode("hook:another password"));
            request.set("authorization", &login);
        }
    }
    request
}

/// A notification with `message` in it.
fn envelope(message: &Value, at: Timestamp, keys: &Keys) -> Value {
    let id = message["mail"]["messageId"].as_str().unwrap_or("no id");
    seal(
        json!({
            "Type": "Notification",
            "MessageId": format!("sns-{id}"),
            "TopicArn": TOPIC,
            "Subject": "Amazon SES Email Event Notification",
            "Message": message.to_string(),
            "Timestamp": at.to_jiff().to_string(),
            "SignatureVersion": "2",
            "SigningCertURL": CERTIFICATE,
            "UnsubscribeURL": "http://127.0.0.1:1/unsubscribe",
        }),
        keys,
    )
}

/// The envelope with its signature.
pub(super) fn seal(mut envelope: Value, keys: &Keys) -> Value {
    let names: &[&str] = match envelope["Type"].as_str() {
        Some("Notification") => &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
        _ => &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
    };
    let lines = names.iter().filter_map(|name| Some(format!("{name}\n{}\n", envelope[*name].as_str()?)));
    let text: String = lines.collect();
    envelope["Signature"] = json!(keys.rsa(text.as_bytes()));
    envelope
}

/// What is told, whoever tells it.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) what: What,
    pub(super) id: &'a str,
    pub(super) token: &'a str,
    pub(super) to: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Dead,
    Complaint,
    Wish,
    /// Something that means nothing to us.
    Opened,
    /// A bounce without the names that say of what.
    Missing,
}

impl Told<'_> {
    /// In the shape of this provider.
    pub(super) fn body(self, provider: MailService) -> Value {
        let Self { what, id, token, to } = self;
        let reply = format!("550 5.1.1 <{to}>: Recipient address rejected: User unknown");
        let kind = |names: [&'static str; 4]| match what {
            What::Dead | What::Missing => names[0],
            What::Complaint => names[1],
            What::Wish => names[2],
            What::Opened => names[3],
        };
        let body = match provider {
            MailService::Ses => json!({
                "eventType": kind(["Bounce", "Complaint", "Subscription", "Open"]),
                "mail": { "messageId": id, "destination": [to], "tags": { "coranto": [token] } },
                "bounce": { "bounceType": "Permanent", "bounceSubType": "General",
                    "bouncedRecipients": [{ "emailAddress": to, "status": "5.1.1", "diagnosticCode": format!("smtp; {reply}") }] },
                "complaint": { "complaintFeedbackType": "abuse", "complainedRecipients": [{ "emailAddress": "other@example.net" }] },
                "subscription": { "newTopicPreferences": { "unsubscribeAll": true } },
            }),
            MailService::SendGrid => json!([{
                "event": kind(["bounce", "spamreport", "unsubscribe", "open"]), "type": "bounce", "email": to,
                "sg_event_id": id, "coranto": token, "status": "5.1.1", "reason": reply,
            }]),
            MailService::Mailgun => json!({ "event-data": {
                "event": kind(["failed", "complained", "unsubscribed", "opened"]), "id": id, "recipient": to, "severity": "permanent",
                "reason": "bounce", "user-variables": { "coranto": token },
                "delivery-status": { "code": 550, "enhanced-code": "5.1.1", "message": reply },
            } }),
            MailService::Postmark => json!({
                "RecordType": kind(["Bounce", "SpamComplaint", "SubscriptionChange", "Open"]), "Type": "HardBounce", "ID": id,
                "Email": to, "Recipient": to, "Details": reply, "Metadata": { "coranto": token }, "SuppressSending": true,
                "Origin": "Recipient",
            }),
            MailService::Resend => json!({
                "type": match what {
                    What::Wish => "email.opened",
                    _ => kind(["email.bounced", "email.complained", "", "email.opened"]),
                },
                "data": { "email_id": id, "to": [to], "headers": [{ "name": "X-Coranto-Id", "value": token }],
                    "bounce": { "type": "Permanent", "subType": "General", "message": reply } },
            }),
            MailService::Brevo => json!({
                "event": kind(["hard_bounce", "spam", "unsubscribe", "opened"]), "email": to, "reason": reply, "message-id": id,
                "ts_epoch": 1, "X-Mailin-custom": token,
            }),
            MailService::SparkPost => json!([{ "msys": { "message_event": {
                "type": kind(["bounce", "spam_complaint", "list_unsubscribe", "open"]), "event_id": id, "rcpt_to": to,
                "bounce_class": "10", "raw_reason": reply, "rcpt_meta": { "coranto": token },
            } } }]),
            MailService::Mailjet => json!({
                "event": kind(["bounce", "spam", "unsub", "open"]), "email": to, "MessageID": id, "time": 1, "CustomID": token,
                "hard_bounce": true, "error": "user unknown", "comment": reply,
            }),
            MailService::Postal => json!({
                "event": match what {
                    What::Complaint | What::Wish => "MessageLoaded",
                    _ => kind(["MessageDeliveryFailed", "", "", "MessageLoaded"]),
                },
                "uuid": id,
                "payload": { "status": "HardFail", "output": reply,
                    "message": { "to": to, "message_id": format!("{token}@news.example.org") } },
            }),
            MailService::Generic => json!({
                "id": id, "type": kind(["bounce", "complaint", "unsubscribe", "opened"]), "recipient": to, "token": token,
                "status": "5.1.1", "diagnostic": reply,
            }),
        };
        if what == What::Missing { without(body) } else { body }
    }
}

/// The names of kinds stay, all that they are about is gone.
fn without(body: Value) -> Value {
    const KINDS: [&str; 8] =
        ["event", "eventType", "RecordType", "Type", "type", "msys", "message_event", "event-data"];
    match body {
        Value::Array(all) => all.into_iter().map(without).collect(),
        Value::Object(all) => {
            let kept = all.into_iter().filter(|(name, _)| KINDS.contains(&name.as_str()));
            kept.map(|(name, value)| (name, without(value))).collect()
        }
        other => other,
    }
}
