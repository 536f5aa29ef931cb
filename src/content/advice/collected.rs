//! The links and images of a document, those in raw HTML too. Knows no rule.

use std::borrow::Cow;

use crate::content::html::raw;
use crate::content::pasted;
use crate::content::tags::tags;
use crate::content::tree::{self, Destination, Document, Inline, plain_text};

/// A link as it stands in the text.
pub(super) struct Link<'a> {
    /// Its address, or the mark of a field.
    pub(super) to: Cow<'a, str>,
    pub(super) shown: String,
    pub(super) has_field: bool,
    pub(super) has_picture: bool,
    pub(super) at: usize,
}

/// An image as it stands in the text.
pub(super) struct ImageUse<'a> {
    pub(super) source: Cow<'a, str>,
    /// None where raw HTML says nothing.
    pub(super) alt: Option<Cow<'a, str>>,
    /// Whether its width is known.
    pub(super) is_sized: bool,
    pub(super) at: usize,
}

/// All links, in the order in which they are read.
pub(super) fn links(document: &Document) -> Vec<Link<'_>> {
    let mut all = Vec::new();
    tree::each_run(document, &mut |run| links_of(run, &mut all));
    tree::each_html(document, &mut |html, at| links_of_html(html, at, &mut all));
    all.sort_by_key(|link| link.at);
    all
}

fn links_of<'a>(content: &'a [Inline], all: &mut Vec<Link<'a>>) {
    for (index, inline) in content.iter().enumerate() {
        match inline {
            Inline::Link { to, content, at } => {
                let to = match to {
                    Destination::Url(url) => Cow::Borrowed(url.as_str()),
                    Destination::Field(field) => Cow::Owned(field.to_string()),
                };
                all.push(link(to, content, *at));
            }
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strike(content) => {
                links_of(content, all);
            }
            Inline::Html { html, at } => {
                let Some(to) = opened(html) else { continue };
                let ends = |inline: &Inline| matches!(inline, Inline::Html { html, .. } if html.starts_with("</a"));
                let rest = &content[index + 1..];
                let end = rest.iter().position(ends).unwrap_or(rest.len());
                all.push(link(Cow::Owned(to), &rest[..end], *at));
            }
            _ => {}
        }
    }
}

fn link<'a>(to: Cow<'a, str>, content: &[Inline], at: usize) -> Link<'a> {
    let is_picture = |inline: &Inline| match inline {
        Inline::Image { .. } => true,
        Inline::Html { html, .. } => html.starts_with("<img"),
        _ => false,
    };
    Link {
        to,
        shown: one_line(&plain_text(content)),
        has_field: content.iter().any(|inline| matches!(inline, Inline::Field(_))),
        has_picture: content.iter().any(is_picture),
        at,
    }
}

/// Where a raw tag leads, if it opens a link.
fn opened(html: &str) -> Option<String> {
    let tag = tags(html).next().filter(|tag| !tag.closes && tag.name.eq_ignore_ascii_case("a"))?;
    pasted::attribute(tag.inside, "href")
}

fn links_of_html<'a>(html: &str, at: usize, all: &mut Vec<Link<'a>>) {
    let mut open: Option<(String, usize, usize, bool)> = None;
    for tag in tags(html) {
        match (tag.name.to_ascii_lowercase().as_str(), tag.closes) {
            ("a", false) => open = pasted::attribute(tag.inside, "href").map(|to| (to, tag.start, tag.end, false)),
            ("img", _) => {
                if let Some((.., has_picture)) = &mut open {
                    *has_picture = true;
                }
            }
            ("a", true) => {
                let Some((to, start, from, has_picture)) = open.take() else { continue };
                let shown = one_line(&raw::words_of(&html[from..tag.start]));
                all.push(Link { to: Cow::Owned(to), shown, has_field: false, has_picture, at: at + start });
            }
            _ => {}
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All images, in the order in which they are read.
pub(super) fn images(document: &Document) -> Vec<ImageUse<'_>> {
    let mut all = Vec::new();
    tree::each_run(document, &mut |run| images_of(run, &mut all));
    tree::each_html(document, &mut |html, at| images_of_html(html, at, &mut all));
    all.sort_by_key(|image| image.at);
    all
}

fn images_of<'a>(content: &'a [Inline], all: &mut Vec<ImageUse<'a>>) {
    for inline in content {
        match inline {
            Inline::Image { source, size, alt, at, .. } => all.push(ImageUse {
                source: Cow::Borrowed(source.as_str()),
                alt: Some(Cow::Borrowed(alt.as_str())).filter(|alt| !alt.trim().is_empty()),
                is_sized: size.is_some(),
                at: *at,
            }),
            Inline::Link { content, .. }
            | Inline::Emphasis(content)
            | Inline::Strong(content)
            | Inline::Strike(content) => images_of(content, all),
            Inline::Html { html, at } => images_of_html(html, *at, all),
            _ => {}
        }
    }
}

fn images_of_html<'a>(html: &str, at: usize, all: &mut Vec<ImageUse<'a>>) {
    for tag in tags(html).filter(|tag| tag.name.eq_ignore_ascii_case("img")) {
        let attribute = |name| pasted::attribute(tag.inside, name);
        all.push(ImageUse {
            source: Cow::Owned(attribute("src").unwrap_or_default()),
            alt: attribute("alt").map(Cow::Owned),
            is_sized: attribute("width").is_some(),
            at: at + tag.start,
        });
    }
}
