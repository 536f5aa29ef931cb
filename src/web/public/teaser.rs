//! Issues as lists show them, and the form that stands beside them. Knows no page.

use super::super::frame::{PageContext, description};
use super::super::site::Site;
use crate::clock::Timestamp;
use crate::domain::newsletter::Newsletter;
use crate::signup::SignupList;
use crate::store::pages::ArchiveEntry;
use crate::templates::pages::{QuickForm, Teaser};
use crate::words::Words;

/// What a list, a preview and a search engine show of a summary.
const SUMMARY_CHARS_MAX: usize = 160;

/// An issue in a list.
pub(super) fn teaser(site: &Site, list: &SignupList, words: Words, entry: &ArchiveEntry) -> Teaser {
    Teaser {
        url: issue_path(site, list, &entry.slug),
        title: entry.title.clone(),
        language: entry.language.clone(),
        date: date(&list.newsletter, words, entry.published_at),
        datetime: entry.published_at.to_string(),
        summary: shortened(&entry.summary),
    }
}

pub(super) fn issue_path(site: &Site, list: &SignupList, slug: &str) -> String {
    list.newsletter.issue_url(site.public_url.path(), slug)
}

/// A path below a newsletter's.
pub(super) fn below(site: &Site, list: &SignupList, path: &str) -> String {
    site.path(&format!("{}/{path}", list.newsletter.slug))
}

/// The day of an instant where the newsletter is at home, written out.
pub(super) fn date(newsletter: &Newsletter, words: Words, at: Timestamp) -> String {
    words.date(at.to_jiff().to_zoned(newsletter.time_zone.clone()).date())
}

/// The form with one field.
pub(super) fn quick_form(site: &Site, list: &SignupList) -> QuickForm {
    // The hour alone, so that a page that may be kept changes once an hour and not with each look.
    let stamp = site.signup.stamp_of_hour(site.clock.now());
    stamped_form(&site.ground(Some(list)), &list.newsletter, stamp)
}

/// The same, shown at the time that `stamp` says.
pub(super) fn stamped_form(ground: &PageContext<'_>, newsletter: &Newsletter, stamp: String) -> QuickForm {
    QuickForm {
        action: ground.path(&format!("{}/subscribe", newsletter.slug)),
        newsletter: newsletter.name.clone(),
        description: description(newsletter),
        stamp,
    }
}

/// Whole words, up to what a list shows.
pub(super) fn shortened(text: &str) -> String {
    let Some((cut, _)) = text.char_indices().nth(SUMMARY_CHARS_MAX) else { return text.to_owned() };
    let end = text[..cut].rfind(' ').unwrap_or(cut);
    format!("{}…", text[..end].trim_end_matches(|c: char| !c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_summary_ends_with_a_word() {
        assert_eq!(shortened("Short."), "Short.");
        let long = shortened(&"word, ".repeat(50));
        assert!(long.ends_with("word…") && long.chars().count() <= SUMMARY_CHARS_MAX, "{long}");
        assert_eq!(shortened(&"字".repeat(300)).chars().count(), SUMMARY_CHARS_MAX + 1);
    }
}
