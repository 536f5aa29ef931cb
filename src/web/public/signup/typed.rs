//! What came with a form or a JSON object, as it came. Decides nothing.

use serde::Deserialize;
use url::Url;

use super::super::super::form::Form;
use super::super::super::site::Site;
use crate::words::Language;

/// A tag for reports is a word, not a text.
const SRC_BYTES_MAX: usize = 64;

/// What was typed, and what the page sent with it. In JSON nothing else may be given.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct SignupForm {
    pub(super) email: String,
    #[serde(default)]
    pub(super) name: Option<String>,
    /// The field that people do not see: programs fill it in.
    #[serde(default)]
    pub(super) website: String,
    /// When the form was shown.
    #[serde(default)]
    pub(super) stamp: String,
    /// A challenge's solution, under the name that an ALTCHA widget gives it.
    #[serde(default)]
    pub(super) altcha: String,
    /// Since when the reader waits.
    #[serde(default)]
    pub(super) wait: String,
    /// Whether the address is meant as it is.
    #[serde(default)]
    pub(super) as_typed: bool,
    /// From where the reader came, in the words of whoever put the form there.
    #[serde(default)]
    pub(super) src: String,
    /// The tag of the language that its reader chose.
    #[serde(default)]
    pub(super) lang: String,
    /// Where a form on another site wants its reader sent afterwards.
    #[serde(skip)]
    pub(super) redirect: String,
}

impl SignupForm {
    pub(super) fn of(fields: &Form) -> Self {
        let field = |name| fields.get(name).to_owned();
        Self {
            email: field("email"),
            name: Some(field("name")),
            website: field("website"),
            stamp: field("stamp"),
            altcha: field("altcha"),
            wait: field("wait"),
            as_typed: !fields.get("as_typed").is_empty(),
            src: field("src"),
            lang: field("lang"),
            redirect: field("redirect"),
        }
    }

    /// What a link to the form may say beforehand: where the reader came from, and the language.
    pub(super) fn asked(query: Option<&str>) -> Self {
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let of = |wanted| pairs.clone().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
        Self { src: of("src").unwrap_or_default(), lang: of("lang").unwrap_or_default(), ..Self::default() }
    }

    /// The language that its reader chose, if it is one of those that there are.
    pub(super) fn language(&self) -> Option<Language> {
        Language::chosen(&self.lang)
    }

    /// The address in what people paste.
    pub(super) fn address(&self) -> &str {
        bare(&self.email)
    }

    /// What the record says of how the request came: the face, and the tag if it is one.
    pub(super) fn source(&self, face: &str) -> String {
        match self.tag() {
            "" => face.to_owned(),
            tag => format!("{face}?src={tag}"),
        }
    }

    /// The tag, when it is a word of letters, digits, `-`, `_` and `.`; else nothing.
    pub(super) fn tag(&self) -> &str {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if self.src.len() <= SRC_BYTES_MAX && self.src.bytes().all(is_word) { &self.src } else { "" }
    }
}

/// The address in what people paste.
pub(in crate::web) fn bare(typed: &str) -> &str {
    let typed = typed.trim();
    let typed = typed.strip_prefix("mailto:").unwrap_or(typed);
    typed.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(typed)
}

/// The page that the form wants its reader sent to, if it is one of those.
pub(super) fn allowed<'a>(site: &'a Site, typed: &SignupForm) -> Option<&'a Url> {
    let wanted = Url::parse(&typed.redirect).ok()?;
    site.embedding.redirects.iter().find(|page| **page == wanted)
}
