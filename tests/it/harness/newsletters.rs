//! The newsletter that tests stand on: a setting that is new has its value here, and nowhere else. Knows no scenario.

use std::time::Duration;

use coranto::domain::NewsletterId;
use coranto::domain::delivery::RETRY_FOR;
use coranto::domain::design::{Design, ImagesBy, Welcome};
use coranto::domain::newsletter::{Mailbox, Newsletter, UncertainPolicy};

/// A newsletter that says of itself no more than it must; a test says what is different.
pub(crate) fn newsletter(slug: &str, name: &str, from: &str) -> Newsletter {
    let from = Mailbox { name: name.to_owned(), address: from.parse().expect("it is an address") };
    Newsletter {
        id: NewsletterId::NONE,
        slug: slug.to_owned(),
        name: name.to_owned(),
        list_id: format!("{slug}.{}", from.address.domain()),
        from,
        reply_to: None,
        description: None,
        about: None,
        author: None,
        publisher: None,
        privacy: None,
        postal_address: "1 Example Street, 10000 Example".to_owned(),
        language: "en".to_owned(),
        time_zone: jiff::tz::TimeZone::UTC,
        slots: Vec::new(),
        grace: Duration::from_secs(6 * 3600),
        issues: "issues".into(),
        return_path: None,
        hears_mail: false,
        allow_html: false,
        html_bytes_max: 102 * 1024,
        indexed: true,
        uncertain: UncertainPolicy::Resend,
        retry_for: RETRY_FOR,
        design: Design::default(),
        images: ImagesBy::Link,
        welcome: Welcome::None,
    }
}
