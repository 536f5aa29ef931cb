//! What a mail server says, and where in the conversation. Knows nothing of what follows from it: that is `cause`.

use super::string_enum;

/// An SMTP reply: its code, its enhanced code (RFC 3463) if it bears one, its text on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    /// `X.Y.Z` of RFC 2034.
    pub enhanced: Option<(u8, u16, u16)>,
    /// Everything it said, lines joined by a space, without the codes.
    pub text: String,
}

impl Reply {
    /// 2yz.
    pub fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// Whether the server goes along: 2yz, or 354 to DATA.
    pub fn accepts(&self, stage: Stage) -> bool {
        self.is_positive() || (self.code == 354 && stage == Stage::Data)
    }

    /// 5yz.
    pub fn is_permanent(&self) -> bool {
        (500..600).contains(&self.code)
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.enhanced {
            Some((class, subject, detail)) => write!(f, "{} {class}.{subject}.{detail} {}", self.code, self.text),
            None => write!(f, "{} {}", self.code, self.text),
        }
    }
}

impl std::str::FromStr for Reply {
    type Err = NotAReply;

    /// Reads a reply as people pass it on: one line or several, with the code on each or on the first alone. Without a code
    /// of three digits the enhanced one says as much.
    fn from_str(text: &str) -> Result<Self, NotAReply> {
        let mut reply: Option<Self> = None;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (code, rest) = split_code(line);
            let (enhanced, rest) = split_enhanced(rest);
            let class = enhanced.map(|(class, ..)| u16::from(class) * 100 + 50);
            match &mut reply {
                None => {
                    let code = code.or(class).ok_or(NotAReply)?;
                    let enhanced = enhanced.filter(|(class, ..)| u16::from(*class) == code / 100);
                    reply = Some(Self { code, enhanced, text: rest.to_owned() });
                }
                Some(reply) => {
                    reply.text.push(' ');
                    reply.text.push_str(if enhanced == reply.enhanced { rest } else { line });
                }
            }
        }
        reply.ok_or(NotAReply)
    }
}

/// Text that says neither `550` nor `5.1.1` where a reply does.
#[derive(Debug, thiserror::Error)]
#[error("a reply begins with its code, such as `550 5.1.1 No such user`")]
pub struct NotAReply;

/// `550-rest` and `550 rest`.
fn split_code(line: &str) -> (Option<u16>, &str) {
    let is_code = line.len() >= 3 && line.as_bytes()[..3].iter().all(u8::is_ascii_digit);
    let ends = line.as_bytes().get(3).is_none_or(|byte| matches!(byte, b' ' | b'-' | b'\t'));
    let code = (is_code && ends).then(|| line[..3].parse().ok()).flatten().filter(|code| (200..600).contains(code));
    match code {
        Some(code) => (Some(code), line[3..].trim_start_matches('-').trim_start()),
        None => (None, line),
    }
}

fn split_enhanced(text: &str) -> (Option<(u8, u16, u16)>, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let numbers: Option<Vec<u16>> = word.split('.').map(|part| part.parse().ok().filter(|_| part.len() <= 3)).collect();
    match numbers.as_deref() {
        Some([class @ (2 | 4 | 5), subject, detail]) => {
            (u8::try_from(*class).ok().map(|class| (class, *subject, *detail)), rest.trim_start())
        }
        _ => (None, text),
    }
}

string_enum! {
    /// Where in the conversation a reply came.
    Stage: "stage" {
        /// Connecting, TLS, the greeting, EHLO, AUTH.
        Session = "session",
        Mail = "mail",
        Recipient = "rcpt",
        Data = "data",
        /// The answer to the final dot.
        Dot = "dot",
        /// A report does not say.
        Unknown = "unknown",
    }
}

impl Stage {
    /// Where a reply came, as far as its own words say: Postfix adds `(in reply to RCPT TO command)`, Exim writes `after
    /// RCPT TO`, qmail `does not like recipient`, the DragonFly Mail Agent `did not like our RCPT TO`.
    pub fn named_in(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        match () {
            () if says(&[
                "in reply to rcpt", "after rcpt", ">>> rcpt", "[rcpt_to]", "our rcpt", "not like recipient",
            ]) =>
            {
                Self::Recipient
            }
            () if says(&["rejected our recipient", "response to rcpt", "error to rcpt", "sent rcpt"]) => {
                Self::Recipient
            }
            () if says(&["end of data", "after end of message", "after i sent the message"]) => Self::Dot,
            () if says(&[
                "in reply to mail", "after mail from", ">>> mail", "our mail from", "not like sender", "to mail from",
            ]) =>
            {
                Self::Mail
            }
            () if says(&["in reply to data", ">>> data", "after data", "our data"]) => Self::Data,
            () if says(&[
                "refused to talk to me", "in reply to ehlo", "in reply to helo", "initial connection",
                "my name was rejected",
            ]) =>
            {
                Self::Session
            }
            () => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_read_as_people_pass_them_on() {
        for (text, code, enhanced, said) in [
            ("550 5.1.1 No such user", 550, Some((5, 1, 1)), "No such user"),
            ("550-5.1.1 No such\n550 5.1.1 user", 550, Some((5, 1, 1)), "No such user"),
            ("550-first\r\n550 second", 550, None, "first second"),
            ("550", 550, None, ""),
            ("5.1.1 unknown", 550, Some((5, 1, 1)), "unknown"),
            ("450 5.1.1 unknown", 450, None, "unknown"),
            ("421 10.0.0.1 is busy", 421, None, "10.0.0.1 is busy"),
        ] {
            let reply: Reply = text.parse().unwrap();
            assert_eq!((reply.code, reply.enhanced, reply.text.as_str()), (code, enhanced, said), "{text:?}");
        }
        for text in ["", "no such user", "5501 x", "600 x"] {
            assert!(text.parse::<Reply>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn words_name_the_stage() {
        assert_eq!(Stage::named_in("550 no (in reply to RCPT TO command)"), Stage::Recipient);
        assert_eq!(Stage::named_in("550 no (in reply to end of DATA command)"), Stage::Dot);
        assert_eq!(Stage::named_in("550 no"), Stage::Unknown);
    }
}
