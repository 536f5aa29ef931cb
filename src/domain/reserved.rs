//! Words that the web server's own addresses begin with: a slug of that name would hide a page, or be hidden by one. The
//! one list of them; a test holds it to the routes. Knows no page.

use crate::token::Purpose;

/// What stands first in an address, and what is to stand there one day: no newsletter is called so.
/// The letters of readers' links are those of [`Purpose::path`].
const OF_THE_SITE: [&str; 12] =
    ["admin", "api", "assets", "embed", "favicon", "healthz", "hooks", "i", "metrics", "readyz", "robots", "static"];

/// What stands below a newsletter: no issue is called so.
const OF_A_NEWSLETTER: [&str; 6] = ["challenge", "embed", "feed", "link", "privacy", "subscribe"];

/// Whether a newsletter cannot have this slug. Those of its own pages count too: `/privacy/` would be taken for the page.
pub fn is_reserved_for_newsletters(slug: &str) -> bool {
    let is_of_links = Purpose::ALL.iter().any(|purpose| purpose.path().split('/').nth(1) == Some(slug));
    is_of_links || OF_THE_SITE.contains(&slug) || OF_A_NEWSLETTER.contains(&slug)
}

/// Whether an issue cannot have this slug.
pub fn is_reserved_for_issues(slug: &str) -> bool {
    OF_A_NEWSLETTER.contains(&slug)
}
