//! What a server offers in its reply to EHLO (RFC 5321 4.1.1.1). Knows nothing of sockets.

use lettre::transport::smtp::authentication::Mechanism;

use super::reply::RawReply;

/// What the server offers. After TLS begins only the second EHLO counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// RFC 2920: commands may be sent without waiting for each answer.
    pub pipelining: bool,
    /// RFC 6531: local parts outside ASCII.
    pub smtputf8: bool,
    /// RFC 3461.
    pub dsn: bool,
    /// RFC 6152: 8BITMIME. Told, never used: bodies are encoded.
    pub eight_bit: bool,
    /// RFC 2034.
    pub enhanced_status_codes: bool,
    /// RFC 3207.
    pub starttls: bool,
    /// RFC 1870; absent when there is no fixed limit.
    pub size_bytes_max: Option<u64>,
    /// RFC 1870: whether `SIZE=` may be given at all.
    pub size: bool,
    /// RFC 9422.
    pub limits: ServerLimits,
    /// RFC 4954: the mechanisms among them that we know.
    pub(super) mechanisms: Vec<Mechanism>,
    /// Whether AUTH is offered at all, with whatever mechanisms.
    pub auth: bool,
}

/// The limits that a server declares (RFC 9422).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerLimits {
    /// Messages on one connection, refused ones too.
    pub mails_max: Option<u32>,
    pub recipients_max: Option<u32>,
}

impl Capabilities {
    pub(super) fn from_reply(reply: &RawReply) -> Self {
        let mut found = Self::default();
        // The first line is the server's name and greeting.
        for line in reply.lines.iter().skip(1) {
            // AUTH=LOGIN is an old spelling that some servers still add.
            let mut words = line.split([' ', '\t', '=']).filter(|word| !word.is_empty());
            let Some(keyword) = words.next() else { continue };
            match keyword.to_ascii_uppercase().as_str() {
                "PIPELINING" => found.pipelining = true,
                "SMTPUTF8" => found.smtputf8 = true,
                "DSN" => found.dsn = true,
                "8BITMIME" => found.eight_bit = true,
                "ENHANCEDSTATUSCODES" => found.enhanced_status_codes = true,
                "STARTTLS" => found.starttls = true,
                "SIZE" => {
                    found.size = true;
                    found.size_bytes_max = words.next().and_then(|size| size.parse().ok()).filter(|size| *size > 0);
                }
                "AUTH" => {
                    found.auth = true;
                    found.mechanisms.extend(words.filter_map(mechanism));
                }
                "LIMITS" => found.limits = limits(line),
                _ => {}
            }
        }
        found
    }
}

fn mechanism(word: &str) -> Option<Mechanism> {
    [Mechanism::Plain, Mechanism::Login, Mechanism::Xoauth2]
        .into_iter()
        .find(|mechanism| mechanism.to_string().eq_ignore_ascii_case(word))
}

fn limits(line: &str) -> ServerLimits {
    let value = |name: &str| {
        line.split_ascii_whitespace().find_map(|word| {
            let (key, value) = word.split_once('=')?;
            if key.eq_ignore_ascii_case(name) { value.parse().ok().filter(|value| *value > 0) } else { None }
        })
    };
    ServerLimits { mails_max: value("MAILMAX"), recipients_max: value("RCPTMAX") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(lines: &[&str]) -> Capabilities {
        Capabilities::from_reply(&RawReply { code: 250, lines: lines.iter().map(ToString::to_string).collect() })
    }

    #[test]
    fn keywords_are_found_in_any_case() {
        let found = offered(&[
            "mx.example PIPELINING", "size 35882577", "Pipelining", "AUTH LOGIN plain CRAM-MD5", "8BITMIME",
            "LIMITS RCPTMAX=20 MAILMAX=5",
        ]);
        assert!(found.pipelining && found.size && found.auth && found.eight_bit && !found.dsn && !found.starttls);
        assert_eq!(found.size_bytes_max, Some(35_882_577));
        assert_eq!(found.mechanisms, [Mechanism::Login, Mechanism::Plain]);
        assert_eq!(found.limits, ServerLimits { mails_max: Some(5), recipients_max: Some(20) });
    }

    #[test]
    fn the_greeting_line_offers_nothing() {
        assert_eq!(offered(&["PIPELINING"]), Capabilities::default());
        assert_eq!(offered(&["x", "SIZE 0"]).size_bytes_max, None);
        assert_eq!(offered(&["x", "SIZE"]).size_bytes_max, None);
        assert_eq!(offered(&["x", "AUTH=LOGIN"]).mechanisms, [Mechanism::Login]);
    }
}
