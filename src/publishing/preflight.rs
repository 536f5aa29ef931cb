//! What can be told of an issue only once it stands in its layout: how large it is for the reader with the longest
//! values, and what its day makes wrong. Knows no database and no network.

use jiff::civil::Date;

use crate::content::fields::{Field, Piece, Template};
use crate::content::{IssueFile, Problem, RenderedText, advice};
use crate::domain::name::NAME_CHARS_MAX;
use crate::domain::newsletter::Newsletter;
use crate::token::{Purpose, TOKEN_LEN};

/// The longest address (RFC 5321 4.5.3.1), in bytes.
const ADDRESS_BYTES_MAX: usize = 254;
/// A character of a name in HTML: `&quot;` is the longest, or four bytes of another script.
const NAME_CHARACTER_BYTES_MAX: usize = 6;
/// A date written out in any language, in bytes.
const DATE_BYTES_MAX: usize = 64;
/// What stands above the footer in the text part (T1 of docs/email.md).
const SIGNATURE: &str = "\n-- \n";

/// An issue in its layout.
pub(super) struct Composed<'a> {
    pub(super) issue: &'a IssueFile,
    pub(super) newsletter: &'a Newsletter,
    pub(super) rendered: &'a RenderedText,
    /// The day on which it goes out.
    pub(super) date: Date,
    pub(super) html: &'a str,
    pub(super) text: &'a str,
    pub(super) public_url: &'a str,
}

/// Everything about the composed issue.
pub(super) fn of_parts(composed: &Composed<'_>) -> Vec<Problem> {
    let Composed { issue, rendered, newsletter, .. } = *composed;
    let mut problems = advice::of_day(issue, &rendered.language, composed.date);
    let filled_bytes = filled_bytes_max(composed.html, composed.public_url);
    problems.extend(advice::of_size(issue, composed.html, filled_bytes, newsletter.html_bytes_max));
    problems.extend(advice::of_length(rendered.count, &rendered.language));
    if problems.iter().all(|problem| problem.code != "footer-year") {
        problems.extend(of_footer(composed));
    }
    problems
}

/// What the day alone makes wrong, of an issue that cannot be laid out.
pub(super) fn of_day(issue: &IssueFile, newsletter: &Newsletter, date: Date) -> Vec<Problem> {
    advice::of_day(issue, issue.front.lang.as_deref().unwrap_or(&newsletter.language), date)
}

/// The layout's own copyright line, and those of the settings.
fn of_footer(composed: &Composed<'_>) -> Option<Problem> {
    let year = composed.date.year();
    let below = composed.html.split_once(composed.rendered.html.as_str()).map_or("", |(_, below)| below);
    let footer = composed.text.rsplit_once(SIGNATURE).map_or("", |(_, footer)| footer);
    let (_, old) = [below, footer].into_iter().find_map(|text| advice::outdated_year(text, year))?;
    Some(advice::of_footer_year(old, year))
}

/// How long a part is for the reader whose values are the longest that can be.
fn filled_bytes_max(part: &str, public_url: &str) -> usize {
    let link = public_url.len() + Purpose::Unsubscribe.path().len() + TOKEN_LEN;
    let longest = |field: &Field| match field {
        Field::Name { fallback } => {
            (NAME_CHARS_MAX * NAME_CHARACTER_BYTES_MAX).max(fallback.as_ref().map_or(0, String::len))
        }
        Field::Address => ADDRESS_BYTES_MAX,
        Field::SubscribedOn => DATE_BYTES_MAX,
        // Every other is a link of the reader's own.
        _ => link,
    };
    let template = Template::new(part);
    template
        .pieces()
        .map(|piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Field(field) => longest(&field),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_reader_is_counted() {
        let url = "https://news.example.com";
        let part = format!("<p>{}</p>", Field::UnsubscribeUrl);
        assert_eq!(filled_bytes_max(&part, url), 7 + url.len() + 3 + TOKEN_LEN);
        let part = format!("a{}", Field::Name { fallback: Some("there".to_owned()) });
        assert_eq!(filled_bytes_max(&part, url), 241);
        assert_eq!(filled_bytes_max("plain", url), 5);
    }
}
