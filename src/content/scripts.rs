//! Raised and lowered letters in plain text: `2⁸⁰`, `H₂O`, `x^n`, but `5th`. Knows no markup.

/// Where a run of letters stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Raised,
    Lowered,
}

const PLAIN: &str = "0123456789+-=()";
const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾";
const LOWERED: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎";
const ORDINALS: &[&str] = &[
    "st", "nd", "rd", "th", "er", "re", "e", "ème", "ère", "o", "os", "as", "tm", "sm", "®", "™", "mo", "me", "lle",
    "*", "†",
];

/// What stands for `text` behind `before`.
pub(super) fn written(script: Script, text: &str, before: &str) -> String {
    let trimmed = text.trim();
    let (others, sign) = match script {
        Script::Raised => (RAISED, '^'),
        Script::Lowered => (LOWERED, '_'),
    };
    let in_script = |c: char| {
        let c = if matches!(c, '−' | '–') { '-' } else { c };
        PLAIN.chars().zip(others.chars()).find(|(plain, _)| *plain == c).map(|(_, other)| other)
    };
    if let Some(written) = trimmed.chars().map(in_script).collect::<Option<String>>() {
        return written;
    }
    let is_ordinal = script == Script::Raised && ORDINALS.contains(&trimmed.to_lowercase().as_str());
    if is_ordinal || before.is_empty() || before.ends_with(char::is_whitespace) {
        return text.to_owned();
    }
    match trimmed.chars().count() {
        1 => format!("{sign}{trimmed}"),
        _ => format!("{sign}({trimmed})"),
    }
}

/// The number of a footnote.
pub(super) fn raised(number: usize) -> String {
    written(Script::Raised, &number.to_string(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meaning_is_kept() {
        for (script, before, text, expected) in [
            (Script::Raised, "2", "80", "⁸⁰"),
            (Script::Raised, "10", "-9", "⁻⁹"),
            (Script::Raised, "x", "n", "^n"),
            (Script::Raised, "e", "i pi", "^(i pi)"),
            (Script::Raised, "5", "th", "th"),
            (Script::Raised, "XX", "e", "e"),
            (Script::Raised, "Coranto", "TM", "TM"),
            (Script::Raised, "word", "[1]", "^([1])"),
            (Script::Raised, "a ", "note", "note"),
            (Script::Lowered, "H", "2", "₂"),
            (Script::Lowered, "x", "i", "_i"),
            (Script::Lowered, "log", "10", "₁₀"),
            (Script::Raised, "", "", ""),
        ] {
            assert_eq!(written(script, text, before), expected, "{before}{text}");
        }
        assert_eq!(raised(120), "¹²⁰");
    }
}
