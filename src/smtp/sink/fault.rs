//! Recipients whose name says what goes wrong. The names are a contract with tests and documentation.

/// What a recipient's local part asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum InjectedFault {
    #[default]
    None,
    /// `tempfail-`: 451 at RCPT.
    TempFail,
    /// `permfail-`: 550 5.1.1 at RCPT.
    PermFail,
    /// `full-`: 452 4.2.2 at RCPT.
    Full,
    /// `defer2-`: 451 at RCPT twice, then 250.
    DeferTwice,
    /// `slow-`: every reply from RCPT on takes its time.
    Slow,
    /// `drop-data-`: the connection ends with the 354, so that the message surely did not arrive.
    DropData,
    /// `drop-dot-`: the message is taken, and the connection ends without an answer.
    DropDot,
    /// `421-`: 421 at MAIL when RCPT was pipelined behind it, else at RCPT; and the connection ends.
    Closing,
}

const NAMES: [(&str, InjectedFault); 8] = [
    ("tempfail-", InjectedFault::TempFail),
    ("permfail-", InjectedFault::PermFail),
    ("full-", InjectedFault::Full),
    ("defer2-", InjectedFault::DeferTwice),
    ("slow-", InjectedFault::Slow),
    ("drop-data-", InjectedFault::DropData),
    ("drop-dot-", InjectedFault::DropDot),
    ("421-", InjectedFault::Closing),
];

impl InjectedFault {
    /// The fault that an address asks for.
    pub(super) fn of(address: &str) -> Self {
        let named = |name: &str| {
            address.as_bytes().get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
        };
        NAMES.iter().find(|(name, _)| named(name)).map_or(Self::None, |(_, fault)| *fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_only_at_the_front() {
        assert_eq!(InjectedFault::of("Drop-Dot-1@example.org"), InjectedFault::DropDot);
        assert_eq!(InjectedFault::of("421-x@example.org"), InjectedFault::Closing);
        assert_eq!(InjectedFault::of("anna+full-x@example.org"), InjectedFault::None);
        assert_eq!(InjectedFault::of("full@example.org"), InjectedFault::None);
        assert_eq!(InjectedFault::of(""), InjectedFault::None);
    }
}
