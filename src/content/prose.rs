//! A text of the operator's for a page: Markdown without front matter and without anything of a reader's. Knows no page.

use super::fields::{Piece, Template};
use super::html::escape;
use super::pictures::NoPictures;
use super::rendered::{RenderContext, render};
use super::source::read;
use super::target::Target;
use crate::domain::newsletter::Newsletter;

/// A text of a newsletter's settings as HTML. One that cannot be read as Markdown stands there as it was typed.
pub fn prose(text: &str, newsletter: &Newsletter) -> String {
    let as_issue = format!("---\ntitle: {}\n---\n\n{text}\n", newsletter.slug);
    let letter = RenderContext { newsletter, web_url: "", pictures: &NoPictures };
    let html = read(as_issue.as_bytes()).and_then(|issue| render(&issue, &letter, Target::Web));
    let Ok(rendered) = html else { return format!("<p>{}</p>", escape(text)) };
    let pieces = Template::new(rendered.html);
    let whole = pieces.pieces().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text),
        Piece::Field(_) => None,
    });
    whole.collect()
}
