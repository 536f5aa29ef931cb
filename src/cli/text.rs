//! Words and numbers as a terminal shows them. Knows no command.

use std::io::{self, Write as _};

use crate::domain::characters::is_control;

/// A line to stderr. That nobody reads it is no reason to fail.
pub(super) fn message(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// `text` without what could steer a terminal: names and replies come from strangers.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if is_control(c) { '\u{fffd}' } else { c }).collect()
}

/// A count with its noun: `1 reader`, `2,000 readers`.
pub(super) fn count(number: u64, noun: &str) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match (noun, number) {
        ("", _) => grouped,
        (_, 1) => format!("1 {noun}"),
        _ => format!("{grouped} {noun}s"),
    }
}

/// A size of disks and messages: `77 GiB`, `1.5 GiB`, `400 MiB`.
pub(super) fn size(bytes: u64) -> String {
    const GIB: u64 = 1 << 30;
    match bytes {
        bytes if bytes >= 10 * GIB => format!("{} GiB", count(bytes / GIB, "")),
        // Rounded down: there is never less than is said.
        bytes if bytes >= GIB => format!("{}.{} GiB", bytes / GIB, bytes % GIB * 10 / GIB),
        bytes => format!("{} MiB", bytes >> 20),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_well() {
        assert_eq!(count(0, "reader"), "0 readers");
        assert_eq!(count(1, "reader"), "1 reader");
        assert_eq!(count(1_234_567, "reader"), "1,234,567 readers");
        assert_eq!(count(100, ""), "100");
    }

    #[test]
    fn sizes_have_the_unit_that_reads_best() {
        const MIB: u64 = 1 << 20;
        for (bytes, said) in [
            (0, "0 MiB"),
            (1023 * MIB, "1023 MiB"),
            (1024 * MIB, "1.0 GiB"),
            (10_239 * MIB, "9.9 GiB"),
            (78_522 * MIB, "76 GiB"),
            (4096 * 1024 * MIB, "4,096 GiB"),
        ] {
            assert_eq!(size(bytes), said);
        }
    }

    #[test]
    fn a_stranger_cannot_steer_the_terminal() {
        assert_eq!(printable("Anna\u{1b}[2J\u{202e}x"), "Anna\u{fffd}[2J\u{fffd}x");
    }
}
