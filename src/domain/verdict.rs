//! What a relay's reply means: for the recipient, for the relay, for the issue (Postfix's rule of blame).

pub use super::reply::{Reply, Stage};

/// What follows from a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Taken.
    Accepted,
    /// Try this recipient again later; it counts as a try.
    Defer,
    /// "Slow down": try again, it does not count, and the rate goes down.
    SlowDown,
    /// This recipient is refused for good.
    Fail {
        /// The address itself is dead (5.1.1 and its kin), as opposed to a refusal of this mail.
        dead_address: bool,
    },
    /// Refused for who we are or what we send, not for whom we send it to: a run of these stops the issue.
    Policy {
        /// 5yz: this recipient fails; otherwise it is tried again.
        permanent: bool,
    },
    /// The relay's fault: it backs off, and no recipient loses a try.
    RelayFault,
}

/// What `reply` at `stage` means.
pub fn judge(stage: Stage, reply: &Reply) -> Verdict {
    if reply.is_positive() || (reply.code == 354 && stage == Stage::Data) {
        return Verdict::Accepted;
    }
    if asks_to_slow_down(reply) {
        return Verdict::SlowDown;
    }
    let permanent = (500..600).contains(&reply.code);
    match stage {
        Stage::Session | Stage::Mail | Stage::Unknown => Verdict::RelayFault,
        // Authentication went missing, or the command itself was not understood: nobody's address is to blame.
        _ if matches!(reply.code, 530 | 535 | 500..=504) => Verdict::RelayFault,
        Stage::Recipient if permanent && is_policy(reply) => Verdict::Policy { permanent },
        Stage::Recipient if permanent => Verdict::Fail { dead_address: is_dead_address(reply) },
        Stage::Recipient => Verdict::Defer,
        Stage::Data | Stage::Dot if is_policy(reply) => Verdict::Policy { permanent },
        Stage::Data | Stage::Dot if permanent => Verdict::Fail { dead_address: is_dead_address(reply) },
        Stage::Data | Stage::Dot => Verdict::Defer,
    }
}

/// 421 anywhere, X.7.x on a temporary refusal (rate and reputation limits), and SES's 454 "Throttling failure".
/// 451 4.7.1 is also what greylisting says; waiting without counting is right for it too.
fn asks_to_slow_down(reply: &Reply) -> bool {
    match (reply.code, reply.enhanced) {
        (421, _) => true,
        (450..=452, Some((4, 7, _))) => true,
        (454, _) => {
            reply.text.to_ascii_lowercase().contains("thrott") || reply.text.to_ascii_lowercase().contains("rate")
        }
        _ => false,
    }
}

/// RFC 3463 3.8: X.7.z is security or policy.
fn is_policy(reply: &Reply) -> bool {
    matches!(reply.enhanced, Some((_, 7, _)))
}

/// RFC 3463 3.2: no such mailbox, no such system, mailbox moved, domain takes no mail (RFC 7505).
fn is_dead_address(reply: &Reply) -> bool {
    matches!(reply.enhanced, Some((5, 1, 1 | 2 | 6 | 10)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u16, enhanced: Option<(u8, u16, u16)>, text: &str) -> Reply {
        Reply { code, enhanced, text: text.to_owned() }
    }

    #[test]
    fn blame_falls_by_stage() {
        let down = reply(451, Some((4, 3, 0)), "try later");
        assert_eq!(judge(Stage::Session, &down), Verdict::RelayFault);
        assert_eq!(judge(Stage::Mail, &down), Verdict::RelayFault);
        assert_eq!(judge(Stage::Recipient, &down), Verdict::Defer);
        assert_eq!(judge(Stage::Dot, &down), Verdict::Defer);
        assert_eq!(judge(Stage::Mail, &reply(550, Some((5, 7, 1)), "sender not allowed")), Verdict::RelayFault);
    }

    #[test]
    fn a_dead_address_is_told_from_a_refusal() {
        let unknown = reply(550, Some((5, 1, 1)), "no such user");
        assert_eq!(judge(Stage::Recipient, &unknown), Verdict::Fail { dead_address: true });
        assert_eq!(judge(Stage::Recipient, &reply(550, None, "no")), Verdict::Fail { dead_address: false });
        assert_eq!(judge(Stage::Dot, &reply(550, Some((5, 7, 26)), "DMARC")), Verdict::Policy { permanent: true });
        assert_eq!(judge(Stage::Recipient, &reply(452, Some((4, 2, 2)), "full")), Verdict::Defer);
    }

    #[test]
    fn slow_down_is_heard_everywhere() {
        for (code, enhanced, text) in [
            (421, None, "too many connections"),
            (450, Some((4, 7, 28)), "rate"),
            (451, Some((4, 7, 1)), "greylisted"),
            (452, Some((4, 7, 0)), "wait"),
            (454, None, "Throttling failure: Maximum sending rate exceeded."),
        ] {
            assert_eq!(judge(Stage::Dot, &reply(code, enhanced, text)), Verdict::SlowDown, "{code}");
        }
        assert_eq!(judge(Stage::Recipient, &reply(530, Some((5, 7, 0)), "authenticate")), Verdict::RelayFault);
    }
}
