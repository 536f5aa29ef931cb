//! Language tags as BCP 47 writes them. Whether one is registered is not our question.

/// RFC 5646 4.4.1 asks to allow for 35.
const TAG_BYTES_MAX: usize = 35;

/// Whether `text` has the form of a language tag: `en`, `pt-BR`, `zh-Hant-TW`.
pub fn is_language_tag(text: &str) -> bool {
    let mut subtags = text.split('-');
    let primary = subtags.next().unwrap_or_default();
    text.len() <= TAG_BYTES_MAX
        && (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags.all(|tag| (1..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_a_language_and_short_parts() {
        for tag in ["en", "gsw", "pt-BR", "zh-Hant-TW", "en-XA", "sl-rozaj-biske-1994"] {
            assert!(is_language_tag(tag), "{tag}");
        }
        for text in ["", "e", "English", "en-", "-en", "en-\u{fc}", "en_GB", "<b>", "e1", "en-abcdefghi", "en GB"] {
            assert!(!is_language_tag(text), "{text}");
        }
        assert!(!is_language_tag(&format!("en{}", "-a".repeat(20))), "longer than tags are");
    }
}
