//! Whether a mail's HTML fits a mailbox, and where in the text it does not any more.

use super::prose;
use crate::content::html::raw::words_of;
use crate::content::problem::{Position, Problem};
use crate::content::source::IssueFile;

/// Gmail cuts a mail at 102 KB of HTML and hides the rest behind a link.
pub const HTML_BYTES_SHOWN: usize = 102 * 1024;
/// Letters before the cut that find its place in the text; so many are hardly twice in one text.
const LETTERS: usize = 40;

/// Whether Gmail shows all of an issue. `filled_bytes` is how long `html` is with the longest values of a reader. More than
/// `stop_bytes` stop it: an operator who raises that knows that Gmail's readers find the rest behind a link.
pub fn of_size(issue: &IssueFile, html: &str, filled_bytes: usize, stop_bytes: usize) -> Option<Problem> {
    if filled_bytes <= HTML_BYTES_SHOWN {
        return None;
    }
    let cut = html.floor_char_boundary(HTML_BYTES_SHOWN.saturating_sub(filled_bytes - html.len()));
    let (kilobytes, at) = (filled_bytes.div_ceil(1024), place(issue, &html[..cut]));
    let message =
        format!("the email's HTML has {kilobytes} KB; Gmail shows 102 KB, up to about here, and a link to the rest");
    let hint = "split the issue in two, or put part of it on the web and link to it";
    Some(if filled_bytes <= stop_bytes {
        Problem::warning(at, "html-clipped", message).hint(hint)
    } else {
        let raise = format!("{hint}; or raise `html_kb_max` of the newsletter, at present {}", stop_bytes / 1024);
        Problem::error(at, "html-too-large", message).hint(raise)
    })
}

/// Where the text stands that `html` ends with: its last letters are looked for in what the editor wrote.
fn place(issue: &IssueFile, html: &str) -> Position {
    let wanted = last_letters(html);
    let passages = prose::whole_passages(issue.body());
    let (mut letters, mut places) = (String::new(), Vec::new());
    for passage in &passages {
        for (offset, letter) in passage.text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
            letters.push(letter);
            places.extend(std::iter::repeat_n((passage, offset), letter.len_utf8()));
        }
    }
    let found = letters.find(&wanted).filter(|_| !wanted.is_empty()).map(|at| at + wanted.len() - 1);
    found.and_then(|at| places.get(at)).map_or(Position::START, |(passage, offset)| issue.place(passage.at(*offset)))
}

/// The last letters and digits that a reader of `html` sees.
fn last_letters(html: &str) -> String {
    let letters: Vec<char> = words_of(html).chars().filter(|c| c.is_alphanumeric()).collect();
    letters[letters.len().saturating_sub(LETTERS)..].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_letters_are_those_that_are_seen() {
        assert_eq!(last_letters("<p class=\"a\">One &amp; <b>two</b>, thr<a hre"), "Onetwothr");
        assert_eq!(last_letters(&format!("<p>{}xyz</p>", "ab".repeat(50))).len(), LETTERS);
        assert_eq!(last_letters(""), "");
    }
}
