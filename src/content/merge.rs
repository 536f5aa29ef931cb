//! What an editor may write between `{{` and `}}`: a closed grammar, no filter, no expression. Knows no reader's values.

use super::fields::{FIELD_END, FIELD_START, Field};

/// A fallback is a word or two.
const FALLBACK_BYTES_MAX: usize = 100;

/// What other systems write behind a bar.
const FILTERS: &[&str] = &[
    "append", "capitalize", "capfirst", "default", "downcase", "escape", "first", "fallback", "html", "join", "lower",
    "lowercase", "prepend", "raw", "replace", "safe", "slice", "strip", "title", "titlecase", "trim", "truncate",
    "upcase", "upper", "uppercase", "url_encode", "urlencode",
];

/// The names an editor may use.
pub const NAMES: &[&str] = &["name", "unsubscribe_url", "preferences_url", "web_url"];

/// Why the text between `{{` and `}}` is not a merge field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    #[error("there is no merge field `{0}`")]
    Unknown(String),
    #[error("a merge field without a name")]
    Empty,
    /// A fallback behind a field that always has a value.
    #[error("only `name` takes a fallback; `{0}` always has a value")]
    NeedsNoFallback(String),
    /// `{{ name | }}`, or a fallback that is no plain words.
    #[error(
        "what stands after `name |` must be 1 to {FALLBACK_BYTES_MAX} bytes of plain text, without quotation marks or filters"
    )]
    BadFallback,
}

/// Reads what stands between the braces: a name, or `name | words for those without one`.
pub fn parse(inner: &str) -> Result<Field, FieldError> {
    let (name, fallback) = match inner.split_once('|') {
        Some((name, fallback)) => (name.trim(), Some(fallback.trim())),
        None => (inner.trim(), None),
    };
    let field = match name {
        "" => return Err(FieldError::Empty),
        "name" => return Ok(Field::Name { fallback: fallback.map(checked_fallback).transpose()? }),
        "unsubscribe_url" => Field::UnsubscribeUrl,
        "preferences_url" => Field::PreferencesUrl,
        "web_url" => Field::WebUrl,
        _ => return Err(FieldError::Unknown(name.to_owned())),
    };
    match fallback {
        Some(_) => Err(FieldError::NeedsNoFallback(name.to_owned())),
        None => Ok(field),
    }
}

fn checked_fallback(text: &str) -> Result<String, FieldError> {
    let quoted = text.starts_with(['"', '\'']) && text.ends_with(['"', '\'']);
    // `default: "x"` and `upper` do something in other systems, and are words here.
    let (first, rest) = text.split_at(text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len()));
    let is_call = rest.trim_start().starts_with([':', '(']) && rest.contains(['"', '\'']) || FILTERS.contains(&text);
    let is_filter = is_call || FILTERS.contains(&first) && rest.trim_start().starts_with([':', '(']);
    let foreign = |c: char| matches!(c, '|' | '{' | '}' | FIELD_START | FIELD_END) || c.is_control();
    if text.is_empty() || text.len() > FALLBACK_BYTES_MAX || quoted || is_filter || text.contains(foreign) {
        return Err(FieldError::BadFallback);
    }
    Ok(text.to_owned())
}

/// Whether a field's value is a URL, so that it may be where a link leads.
pub fn is_url(field: &Field) -> bool {
    !matches!(field, Field::Name { .. } | Field::Address | Field::SubscribedOn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_closed() {
        let name = |fallback: Option<&str>| Ok(Field::Name { fallback: fallback.map(str::to_owned) });
        assert_eq!(parse(" name "), name(None));
        assert_eq!(parse("name"), name(None));
        assert_eq!(parse(" name | there "), name(Some("there")));
        assert_eq!(parse(" name | dear friend "), name(Some("dear friend")));
        assert_eq!(parse("name|读者"), name(Some("读者")));
        assert_eq!(parse("unsubscribe_url"), Ok(Field::UnsubscribeUrl));
        assert_eq!(parse(" web_url "), Ok(Field::WebUrl));
        assert_eq!(parse("  "), Err(FieldError::Empty));
        for unknown in
            ["7*7", "confirm_url", "address", "Name", "name.first", "get_env(name=\"PATH\")", "__tera_context"]
        {
            assert_eq!(parse(unknown), Err(FieldError::Unknown(unknown.to_owned())));
        }
        assert_eq!(parse("web_url | x"), Err(FieldError::NeedsNoFallback("web_url".to_owned())));
        let long = format!("name | {}", "x".repeat(101));
        assert_eq!(parse("name | friend (or foe)"), name(Some("friend (or foe)")));
        for bad in [
            "name | default: \"friend\"", "name | default:'friend'", "name | default(\"friend\")", "name|upper",
            "name | capitalize", "name | fallback: friend",
        ] {
            assert_eq!(parse(bad), Err(FieldError::BadFallback), "{bad}");
        }
        for bad in ["name |", "name | a | b", "name | \"there\"", "name | a{b", "name | \u{E000}x", &long] {
            assert_eq!(parse(bad), Err(FieldError::BadFallback), "{bad}");
        }
    }
}
