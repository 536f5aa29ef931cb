//! Amazon SNS: the envelope that SES's words come in, its signature, and the confirmation of a subscription. No URL that it
//! names is asked as it is: that of the certificate must be the one that Amazon has for this topic's region, and that of the
//! confirmation is built here.

use std::fmt::Write as _;

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use url::Url;

use super::proof::{DAY, is_timely_at};
use crate::clock::Timestamp;

/// Amazon's tokens have some 200 characters.
const TOKEN_MAX: usize = 4096;

/// What SNS sends.
#[derive(Debug)]
pub(super) struct Envelope<'a>(&'a Value);

/// What an envelope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EnvelopeKind {
    Notification,
    /// It asks whether the topic is wanted.
    Confirmation,
    /// The subscription ended.
    End,
}

impl<'a> Envelope<'a> {
    /// What came, if it is an envelope of one of the topics, and of today. Why not, otherwise.
    pub(super) fn open(
        body: &'a Value,
        topics: &[String],
        now: Timestamp,
    ) -> Result<(EnvelopeKind, Self), &'static str> {
        let envelope = Self(body);
        let kind = match envelope.text("Type") {
            "Notification" => EnvelopeKind::Notification,
            "SubscriptionConfirmation" => EnvelopeKind::Confirmation,
            "UnsubscribeConfirmation" => EnvelopeKind::End,
            _ => return Err("it is no envelope of SNS: raw delivery is not signed, so switch it off"),
        };
        if !topics.iter().any(|topic| topic == envelope.topic()) {
            return Err("it is of a topic that `topics` does not name");
        }
        let at = envelope.text("Timestamp").parse::<jiff::Timestamp>().map(Timestamp::from_jiff);
        match at {
            Ok(at) if is_timely_at(at, DAY, now) => Ok((kind, envelope)),
            _ => Err("it is older than a day"),
        }
    }

    fn text(&self, name: &str) -> &'a str {
        self.0[name].as_str().unwrap_or_default()
    }

    fn topic(&self) -> &'a str {
        self.text("TopicArn")
    }

    pub(super) fn id(&self) -> &'a str {
        self.text("MessageId")
    }

    pub(super) fn message(&self) -> &'a str {
        self.text("Message")
    }

    /// Where Amazon serves this topic.
    fn host(&self) -> String {
        let mut parts = self.topic().split(':').skip(1);
        let (partition, region) = (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default());
        let end = if partition == "aws-cn" { ".cn" } else { "" };
        format!("sns.{region}.amazonaws.com{end}")
    }

    /// Where the certificate is that signed it; none when the envelope names a place that is not Amazon's for this topic.
    pub(super) fn certificate_url(&self) -> Option<Url> {
        let named = self.text("SigningCertURL");
        let start = format!("https://{}/SimpleNotificationService-", self.host());
        let name = named.strip_prefix(&start)?.strip_suffix(".pem")?;
        let is_plain = !name.is_empty() && name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_plain { Url::parse(named).ok() } else { None }
    }

    /// Where the subscription is confirmed, made from the topic, which is ours.
    pub(super) fn confirmation_url(&self) -> Option<Url> {
        let token = self.text("Token");
        let is_plain = (1..=TOKEN_MAX).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
        let mut url = Url::parse(&format!("https://{}/", self.host())).ok().filter(|_| is_plain)?;
        url.query_pairs_mut()
            .append_pair("Action", "ConfirmSubscription")
            .append_pair("TopicArn", self.topic())
            .append_pair("Token", token);
        Some(url)
    }

    /// Whether the key of this certificate signed it.
    pub(super) fn is_signed(&self, key: &[u8]) -> bool {
        let Ok(signature) = STANDARD.decode(self.text("Signature")) else { return false };
        let algorithm = match self.text("SignatureVersion") {
            "2" => &RSA_PKCS1_2048_8192_SHA256,
            "1" => {
                tracing::warn!(
                    topic = self.topic(),
                    "SNS signs this topic with SHA-1; set its attribute SignatureVersion to 2"
                );
                &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY
            }
            _ => return false,
        };
        UnparsedPublicKey::new(algorithm, key).verify(self.signed().as_bytes(), &signature).is_ok()
    }

    /// The text that is signed: names and values, a line each.
    fn signed(&self) -> String {
        let names: &[&str] = match self.text("Type") {
            "Notification" => &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
            _ => &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
        };
        let mut text = String::new();
        for name in names {
            if let Some(value) = self.0[*name].as_str() {
                let _ = write!(text, "{name}\n{value}\n");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:coranto";

    fn certificate_url(named: &str) -> Option<String> {
        let body = json!({ "TopicArn": TOPIC, "SigningCertURL": named });
        Envelope(&body).certificate_url().map(String::from)
    }

    #[test]
    fn a_certificate_is_fetched_from_amazon_alone() {
        let right = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";
        assert_eq!(certificate_url(right).as_deref(), Some(right));
        for wrong in [
            "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-01.pem",
            "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-01.pem",
            "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-01.pem",
            "https://evil.example/sns.eu-west-1.amazonaws.com/SimpleNotificationService-01.pem",
            "https://evil.example#sns.eu-west-1.amazonaws.com/SimpleNotificationService-01.pem",
            "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-01.pem",
            "https://sns.evil.amazonaws.com/SimpleNotificationService-01.pem",
            "https://bucket.s3.eu-west-1.amazonaws.com/SimpleNotificationService-01.pem",
            "https://sns.eu-west-1.amazonaws.com/../SimpleNotificationService-01.pem",
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-01.pem?x=.pem",
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-../evil.pem",
            "https://sns.eu-west-1.amazonaws.com\\@evil.example/SimpleNotificationService-01.pem",
            "https://127.0.0.1/SimpleNotificationService-01.pem",
            "https://SNS.eu-west-1.amazonaws.com.evil.example./SimpleNotificationService-01.pem",
            "file:///etc/SimpleNotificationService-01.pem",
            "",
        ] {
            assert_eq!(certificate_url(wrong), None, "{wrong}");
        }
        let china = json!({ "TopicArn": TOPIC.replace("aws:", "aws-cn:").replace("eu-west-1", "cn-north-1"),
            "SigningCertURL": "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-01.pem" });
        assert!(Envelope(&china).certificate_url().is_some());
    }

    #[test]
    fn both_versions_of_the_signature_hold_and_nothing_else_does() {
        // Made with OpenSSL, which still signs with SHA-1.
        let key = crate::https::public_key(include_bytes!("../../../tests/fixtures/sns/certificate.pem")).unwrap();
        let envelopes: Value =
            serde_json::from_str(include_str!("../../../tests/fixtures/sns/envelopes.json")).unwrap();
        for envelope in envelopes.as_array().unwrap() {
            assert!(Envelope(envelope).is_signed(&key), "{envelope}");
            for (name, value) in [
                ("Message", "hallo"),
                ("SignatureVersion", "3"),
                ("Signature", "AAAA"),
                ("Subject", "one more"),
                ("Type", "X"),
            ] {
                let mut other = envelope.clone();
                other[name] = json!(value);
                assert!(!Envelope(&other).is_signed(&key), "{name}");
            }
            let swapped = if envelope["SignatureVersion"] == "1" { "2" } else { "1" };
            let mut other = envelope.clone();
            other["SignatureVersion"] = json!(swapped);
            assert!(!Envelope(&other).is_signed(&key));
        }
        assert!(crate::https::public_key(b"no certificate").is_none());
    }

    #[test]
    fn a_subscription_is_confirmed_where_we_say() {
        let body = json!({ "TopicArn": TOPIC, "Token": "a&Action=x#", "SubscribeURL": "http://127.0.0.1/" });
        let url = Envelope(&body).confirmation_url().unwrap();
        assert_eq!(url.host_str(), Some("sns.eu-west-1.amazonaws.com"));
        assert_eq!(url.query_pairs().filter(|(name, _)| name == "Action").count(), 1);
        assert!(Envelope(&json!({ "TopicArn": TOPIC, "Token": "" })).confirmation_url().is_none());
    }
}
