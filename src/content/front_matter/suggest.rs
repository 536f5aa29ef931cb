//! "Did you mean": the known word nearest to a mistyped one.

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
    let by_distance = known.iter().map(|word| (distance(&typed, word), *word)).min();
    by_distance.filter(|(distance, word)| *distance <= DISTANCE_MAX.min(word.len() / 2)).map(|(_, word)| word)
}

/// Levenshtein's distance, with a swap of neighbours as one edit.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
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
