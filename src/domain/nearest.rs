//! "Did you mean": the known word nearest to a mistyped one. Domains of addresses are guessed in [`super::typo`].

use strsim::osa_distance;

/// A longer word is no slip of the finger, and comparing it costs.
const WORD_BYTES_MAX: usize = 40;
/// A shorter word is a part of too many others.
const PART_BYTES_MIN: usize = 4;

/// Which of `known` was probably meant by `typed`: the nearest, when it is near, or one of which it is a whole part.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if typed.len() > WORD_BYTES_MAX {
        return None;
    }
    let letters = |word: &str| word.to_lowercase().replace('-', "_");
    let has_part = |whole: &str, part: &str| part.len() >= PART_BYTES_MIN && whole.split('_').any(|word| word == part);
    let typed = letters(typed);
    let distances = known.into_iter().filter_map(|name| {
        let known = letters(name);
        let edits = osa_distance(&typed, &known);
        let is_near = edits <= (1 + typed.len() / 4).min(known.len() / 2);
        (is_near || has_part(&known, &typed) || has_part(&typed, &known)).then_some((edits, name))
    });
    distances.min_by_key(|(edits, _)| *edits).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_meant_and_the_far_is_not() {
        let settings = ["listen", "trusted_proxies", "time_zone", "slot"];
        let front_matter = ["title", "summary", "send_at", "image_alt", "lang"];
        let messages = ["leave_button", "leave_heading", "signup_lead", "tag_line_of_nobody"];
        for (known, typed, meant) in [
            (&settings[..], "listen", Some("listen")),
            (&settings, "lsiten", Some("listen")),
            (&settings, "listen_address", Some("listen")),
            (&settings, "timezone", Some("time_zone")),
            (&settings, "trusted_proxy", Some("trusted_proxies")),
            (&settings, "proxies", Some("trusted_proxies")),
            (&settings, "slots", Some("slot")),
            (&settings, "colour", None),
            (&settings, "", None),
            (&front_matter, "sumary", Some("summary")),
            (&front_matter, "Title", Some("title")),
            (&front_matter, "tilte", Some("title")),
            (&front_matter, "send-at", Some("send_at")),
            (&front_matter, "language", None),
            (&front_matter, "template", None),
            (&front_matter, "x", None),
            (&messages, "leave_buton", Some("leave_button")),
            (&messages, "signup-lead", Some("signup_lead")),
            (&messages, "leave_headings", Some("leave_heading")),
            (&messages, "tagline", None),
            (&messages, "x", None),
        ] {
            assert_eq!(nearest(typed, known.iter().copied()), meant, "{typed}");
        }
        assert_eq!(nearest(&"t".repeat(10_000), front_matter), None);
    }
}
