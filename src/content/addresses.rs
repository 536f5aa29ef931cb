//! How many web addresses a mail has, in both parts together. Knows no layout.
//!
//! A widely used filter (rspamd, `URI_COUNT_ODD`) holds an odd number against a mail of two parts: where both say the
//! same, each address comes twice. Repeated links and images make ours odd at times, and then the text part repeats one.

use super::fields::{Piece, Template};
use super::merge;
use super::tags::{attribute, tags};

/// Whether the number is odd. Addresses that a link shows as its own text count once.
pub fn are_odd(html: &str, text: &str) -> bool {
    (in_html(html) + in_text(text)) % 2 == 1
}

fn in_html(html: &str) -> usize {
    let (mut count, mut from) = (0, 0);
    let mut is_shown = true;
    for tag in tags(html) {
        if is_shown {
            count += in_text(&html[from..tag.start]);
        }
        if matches!(tag.name, "a" | "title") {
            is_shown = tag.closes;
        }
        from = tag.end;
        let address = match tag.name {
            "a" => attribute(tag.inside, "href"),
            "img" => attribute(tag.inside, "src"),
            _ => None,
        };
        count += address.map_or(0, |address| in_text(&address));
    }
    count + in_text(&html[from..])
}

/// A reader's own links have no value yet; their marks stand for one address each.
fn in_text(text: &str) -> usize {
    let template = Template::new(text);
    let pieces = template.pieces();
    pieces
        .map(|piece| match piece {
            Piece::Text(text) => text.matches("https://").count() + text.matches("http://").count(),
            Piece::Field(field) => usize::from(merge::is_url(&field)),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::fields::Field;

    #[test]
    fn links_images_and_bare_addresses_count() {
        let mark = Field::UnsubscribeUrl.to_string();
        let html = format!(
            "<title>http://t.example</title><a class=\"l\" href=\"https://a.example\">https://a.example</a> http://b.example \
             <img src=\"https://c.example/i.png\" alt=\"x\"><img src=\"cid:1@x\"><a href=\"{mark}\">Leave</a> \
             <a href=\"mailto:a@example.org\">write</a>"
        );
        assert_eq!(in_html(&html), 4);
        assert_eq!(in_text(&format!("https://a.example {mark} \u{E000}name\u{E001}")), 2);
        assert!(!are_odd(&html, ""));
        assert!(are_odd(&html, "http://a.example"));
    }
}
