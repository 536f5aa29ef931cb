//! "Did you mean": the known word nearest to a mistyped one.

use strsim::osa_distance;

/// Edits between a mistyped word and the one meant.
const DISTANCE_MAX: usize = 2;
/// A longer word is no slip of the finger, and comparing it costs.
const WORD_BYTES_MAX: usize = 40;

/// The word of `known` that `typed` most resembles, if any does.
pub(super) fn nearest<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    if typed.len() > WORD_BYTES_MAX {
        return None;
    }
    let typed = typed.to_lowercase().replace('-', "_");
    let by_distance = known.iter().map(|word| (osa_distance(&typed, word), *word)).min();
    by_distance.filter(|(distance, word)| *distance <= DISTANCE_MAX.min(word.len() / 2)).map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let known = ["title", "summary", "send_at", "image_alt", "lang"];
        for (typed, meant) in [
            ("sumary", Some("summary")),
            ("Title", Some("title")),
            ("tilte", Some("title")),
            ("send-at", Some("send_at")),
            ("language", None),
            ("template", None),
            ("x", None),
        ] {
            assert_eq!(nearest(typed, &known), meant, "{typed}");
        }
        assert_eq!(nearest(&"t".repeat(10_000), &known), None);
    }
}
