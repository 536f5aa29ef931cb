//! Words and numbers as a terminal shows them. Knows no command.

use std::io::{self, Write as _};

use crate::domain::characters::is_control;
pub(super) use crate::figures::count;

/// A line to stderr. That nobody reads it is no reason to fail.
pub(super) fn message(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// `text` without what could steer a terminal: names and replies come from strangers.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if is_control(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_cannot_steer_the_terminal() {
        assert_eq!(printable("Anna\u{1b}[2J\u{202e}x"), "Anna\u{fffd}[2J\u{fffd}x");
    }
}
