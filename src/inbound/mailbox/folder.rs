//! Names of folders and sets of mails as IMAP writes them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

/// A folder's name in modified UTF-7 (RFC 3501 5.1.3), between quotation marks.
pub(super) fn quoted(name: &str) -> String {
    let mut wire = String::from("\"");
    let mut foreign: Vec<u16> = Vec::new();
    for c in name.chars() {
        if !(' '..='~').contains(&c) {
            foreign.extend(c.encode_utf16(&mut [0; 2]).iter());
            continue;
        }
        flush(&mut foreign, &mut wire);
        match c {
            '&' => wire.push_str("&-"),
            '"' | '\\' => wire.extend(['\\', c]),
            _ => wire.push(c),
        }
    }
    flush(&mut foreign, &mut wire);
    wire.push('"');
    wire
}

fn flush(foreign: &mut Vec<u16>, wire: &mut String) {
    if foreign.is_empty() {
        return;
    }
    let bytes: Vec<u8> = foreign.drain(..).flat_map(u16::to_be_bytes).collect();
    let _ = write!(wire, "&{}-", GeneralPurpose::new(&IMAP_MUTF7, NO_PAD).encode(bytes));
}

/// Numbers in rising order as a set: `1:3,7`.
pub(super) fn set_of(numbers: &[u32]) -> String {
    let mut set = String::new();
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*number) => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    for (first, last) in runs {
        let comma = if set.is_empty() { "" } else { "," };
        let _ = if first == last { write!(set, "{comma}{first}") } else { write!(set, "{comma}{first}:{last}") };
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sets_are_written_as_imap_has_them() {
        for (name, wire) in [
            ("INBOX", "\"INBOX\""),
            ("R&D \"x\" \\", "\"R&-D \\\"x\\\" \\\\\""),
            // RFC 3501 5.1.3 has these.
            ("~peter/mail/台北/日本語", "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\""),
            ("Zurück", "\"Zur&APw-ck\""),
        ] {
            assert_eq!(quoted(name), wire);
        }
        for (numbers, set) in
            [(&[][..], ""), (&[4], "4"), (&[1, 2, 3, 7, 9, 10], "1:3,7,9:10"), (&[u32::MAX], "4294967295")]
        {
            assert_eq!(set_of(numbers), set);
        }
    }
}
