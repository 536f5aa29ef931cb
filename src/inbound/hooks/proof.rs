//! What shows that a request comes from its provider: signatures, and the user and password in its URL. Pure.

use std::time::Duration;

use aws_lc_rs::{constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;

use crate::clock::Timestamp;
use crate::secret::Secret;

/// Providers that try again for hours sign once.
pub(super) const DAY: Duration = Duration::from_secs(24 * 3600);
/// Standard Webhooks sign every try anew.
const MINUTES: Duration = Duration::from_secs(5 * 60);
/// So far may a provider's clock be ahead.
const AHEAD: Duration = Duration::from_secs(5 * 60);

/// A header field's value.
pub(super) fn field<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Whether `seconds` since 1970 lie within `past`.
pub(super) fn is_timely(seconds: &str, past: Duration, now: Timestamp) -> bool {
    let Some(at) = seconds.trim().parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1000)) else {
        return false;
    };
    is_timely_at(Timestamp(at), past, now)
}

/// The same of a moment.
pub(super) fn is_timely_at(at: Timestamp, past: Duration, now: Timestamp) -> bool {
    at >= now.minus(past) && at <= now.plus(AHEAD)
}

/// Whether `signature` in hexadecimal is that of `message`.
pub(super) fn is_hmac_hex(secret: &Secret, message: &[u8], signature: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().trim().as_bytes());
    let signature = data_encoding::HEXLOWER_PERMISSIVE.decode(signature.trim().as_bytes());
    signature.is_ok_and(|signature| hmac::verify(&key, message, &signature).is_ok())
}

/// Standard Webhooks: `id.timestamp.body`, by a key behind `whsec_`, in a list of `v1,` signatures. The id of the request when
/// one of them holds.
pub(super) fn standard<'a>(secret: &Secret, headers: &'a HeaderMap, body: &[u8], now: Timestamp) -> Option<&'a str> {
    let either =
        |name: &str| field(headers, &format!("webhook-{name}")).or_else(|| field(headers, &format!("svix-{name}")));
    let (id, timestamp, signatures) = (either("id")?, either("timestamp")?, either("signature")?);
    let secret = secret.expose().trim();
    // A secret of our own making may be any text.
    let key = match secret.strip_prefix("whsec_") {
        Some(encoded) => STANDARD.decode(encoded).ok()?,
        None => secret.as_bytes().to_vec(),
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let message = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
    let mut signatures = signatures.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok());
    let holds = signatures.any(|signature| hmac::verify(&key, &message, &signature).is_ok());
    (holds && is_timely(timestamp, MINUTES, now)).then_some(id)
}

/// Whether the request bears this user and password (RFC 7617).
pub(super) fn is_login((username, password): &(String, Secret), headers: &HeaderMap) -> bool {
    let given = field(headers, "authorization").and_then(|value| value.split_once(' '));
    let given = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
    let Some(given) = given.and_then(|(_, text)| STANDARD.decode(text.trim()).ok()) else { return false };
    let wanted = format!("{username}:{}", password.expose().trim());
    constant_time::verify_slices_are_equal(&given, wanted.as_bytes()).is_ok()
}
