//! Recipients whose name says what goes wrong. The names are a contract with tests and documentation.

/// What a recipient's local part asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
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

const NAMES: [(&str, Fault); 8] = [
    ("tempfail-", Fault::TempFail),
    ("permfail-", Fault::PermFail),
    ("full-", Fault::Full),
    ("defer2-", Fault::DeferTwice),
    ("slow-", Fault::Slow),
    ("drop-data-", Fault::DropData),
    ("drop-dot-", Fault::DropDot),
    ("421-", Fault::Closing),
];

impl Fault {
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
        assert_eq!(Fault::of("Drop-Dot-1@example.org"), Fault::DropDot);
        assert_eq!(Fault::of("421-x@example.org"), Fault::Closing);
        assert_eq!(Fault::of("anna+full-x@example.org"), Fault::None);
        assert_eq!(Fault::of("full@example.org"), Fault::None);
        assert_eq!(Fault::of(""), Fault::None);
    }
}
