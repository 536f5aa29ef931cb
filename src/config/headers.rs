//! `headers`, `headers_issues` and `headers_transactional`, of a relay or a newsletter.

use std::cell::RefCell;

use super::reader::Section;
use crate::domain::delivery::DeliveryKind;
use crate::domain::extra_header::{EXTRA_HEADERS_MAX, ExtraHeader, ExtraHeaderError, ExtraHeaders, Scope};

/// The three keys, and which mails each is for.
pub(super) const KEYS: [(&str, Scope); 3] =
    [("headers", Scope::All), ("headers_issues", Scope::Issues), ("headers_transactional", Scope::Transactional)];

/// Reads all three. A field that one mail would bear twice is refused where it stands the second time.
pub(super) fn read(section: &Section<'_>) -> ExtraHeaders {
    let all = RefCell::new(ExtraHeaders::default());
    for (key, scope) in KEYS {
        section.each_text(key, |text| {
            let field: ExtraHeader =
                text.parse().map_err(|error: ExtraHeaderError| (error.to_string(), Some(error.hint().to_owned())))?;
            let one = ExtraHeaders(vec![(scope, field)]);
            if let Some(name) = one.clash(&all.borrow()) {
                return Err((format!("an email would have {name} twice"), Some("keep one of the two".to_owned())));
            }
            all.borrow_mut().0.extend(one.0);
            Ok(())
        });
    }
    let all = all.into_inner();
    if let Some(why) = too_many(&all, &ExtraHeaders::default()) {
        section.refuse(KEYS[0].0, why, Some("take some out"));
    }
    all
}

/// Why the fields of a newsletter and of its relay are too many together.
pub(super) fn too_many(one: &ExtraHeaders, other: &ExtraHeaders) -> Option<String> {
    let count = |kind: &DeliveryKind| one.count(*kind) + other.count(*kind);
    let most = DeliveryKind::ALL.iter().map(count).max().unwrap_or_default();
    (most > EXTRA_HEADERS_MAX)
        .then(|| format!("an email would have {most} extra fields, and {EXTRA_HEADERS_MAX} are allowed"))
}
