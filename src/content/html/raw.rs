//! An editor's own HTML, where a newsletter allows it: sanitised for both targets, and read as text for the text part.
//!
//! The whole body passes the sanitiser, our own elements too, so that a tag of the editor's that closes one of ours
//! cannot shift what follows. Relative addresses fall out; marks of merge fields stay in.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use ammonia::{Builder, UrlRelative, UrlRelativeEvaluate};

use super::style::InlineStyle;
use crate::content::fields::{FIELD_END, FIELD_START, Field};
use crate::content::links;
use crate::content::merge;
use crate::content::scripts::{self, Script};
use crate::content::tags::{attribute, tags, unescape};
use crate::content::target::Target;
use crate::words::Words;

/// Elements within elements. The sanitiser takes the square of this.
const HTML_DEPTH_MAX: usize = 128;

pub(in crate::content) const TAGS: &[&str] = &[
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dfn", "div", "dl", "dt", "em",
    "figcaption", "figure", "footer", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol",
    "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "time", "tr", "u", "ul", "var", "wbr",
];
const STYLES: &[&str] = &[
    "border", "border-bottom", "border-collapse", "border-left", "border-right", "border-top", "color", "display",
    "font", "font-family", "font-size", "font-style", "font-weight", "height", "line-break", "line-height", "margin",
    "max-width", "mso-line-height-rule", "overflow-x", "padding", "padding-left", "padding-right", "text-align",
    "text-decoration", "vertical-align", "white-space", "width", "word-break",
];
const CLASSES: &[&str] = &["t", "m", "l", "q", "r", "f", "center", "end"];

/// HTML of which only harmless elements, attributes and addresses are left.
pub(super) fn sanitised(html: &str, target: Target) -> String {
    let mut builder = Builder::empty();
    let attributes = |names: &[&'static str]| names.iter().copied().collect::<HashSet<_>>();
    let mut generic = attributes(&["lang", "dir", "title", "class"]);
    // The policy of our pages lets no style attribute in.
    generic.insert(if target == Target::Web { "id" } else { "style" });
    builder
        .tags(TAGS.iter().copied().collect())
        .clean_content_tags(attributes(&["script", "style", "title", "svg", "math", "template", "iframe", "object"]))
        .generic_attributes(generic)
        .tag_attributes(HashMap::from([
            ("a", attributes(&["href"])),
            ("img", attributes(&["src", "alt", "width", "height"])),
            ("ol", attributes(&["start"])),
            ("div", attributes(&["role", "aria-label", "tabindex"])),
            ("tr", attributes(&["role"])),
            ("tbody", attributes(&["role"])),
            ("table", attributes(&["cellpadding", "cellspacing", "border", "width", "role"])),
            ("th", attributes(&["scope", "colspan", "rowspan", "role"])),
            ("td", attributes(&["colspan", "rowspan", "role"])),
            ("time", attributes(&["datetime"])),
        ]))
        .filter_style_properties(STYLES.iter().copied().collect())
        .url_schemes(attributes(&["http", "https", "mailto", "tel", "sms", "cid"]))
        .url_relative(UrlRelative::Custom(Box::new(OwnAddresses(target))))
        .attribute_filter(|element, name, value| match (element, name) {
            // The spelling that the text part has.
            ("a", "href") if !value.starts_with([FIELD_START, '#']) => links::link(value).ok().map(Cow::Owned),
            ("img", "src") if links::is_embedded(value) => Some(value.into()),
            ("img", "src") => links::image(value).ok().map(Cow::Owned),
            (_, "class") => {
                let kept: Vec<&str> = value.split_whitespace().filter(|class| CLASSES.contains(class)).collect();
                (!kept.is_empty()).then(|| kept.join(" ").into())
            }
            _ => Some(value.into()),
        })
        .link_rel(None);
    single_quotes(&builder.clean(html).to_string())
}

/// The sanitiser writes font names in double quotes, which some mailboxes take for the attribute's end. In a tag that it
/// wrote ` style="` begins that attribute and nothing else; in words it may be anything.
fn single_quotes(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut from = 0;
    for tag in tags(html) {
        let written = &html[tag.start..tag.end];
        let style = written.split_once(" style=\"").and_then(|(before, rest)| Some((before, rest.split_once('"')?)));
        if let Some((before, (style, rest))) = style {
            out.push_str(&html[from..tag.start]);
            out.push_str(&format!("{before} style=\"{}\"{rest}", style.replace("&quot;", "'")));
            from = tag.end;
        }
    }
    out.push_str(&html[from..]);
    out
}

/// An editor's own elements in the look of the house, where they bring none themselves.
pub(super) fn styled(html: &str, look: InlineStyle) -> String {
    let mut out = String::with_capacity(html.len());
    let mut from = 0;
    for tag in tags(html).filter(|tag| !tag.closes) {
        let Some((class, style)) = look.raw(&tag.name.to_ascii_lowercase()) else { continue };
        let has_style = attribute(tag.inside, "style").is_some();
        out.push_str(&html[from..tag.start + 1 + tag.name.len()]);
        if !class.is_empty() {
            out.push_str(&format!(" class=\"{class}\""));
        }
        if style.is_empty() {
            out.push_str(tag.inside);
        } else if has_style {
            let (before, after) = tag.inside.split_once(" style=\"").unwrap_or((tag.inside, ""));
            out.push_str(&format!("{before} style=\"{style};{after}"));
        } else {
            out.push_str(&format!(" style=\"{style}\"{}", tag.inside));
        }
        from = tag.start + 1 + tag.name.len() + tag.inside.len();
    }
    out.push_str(&html[from..]);
    out
}

/// A relative address stays only when it is a reader's own link, or one of our footnotes on the web.
struct OwnAddresses(Target);

impl UrlRelativeEvaluate<'_> for OwnAddresses {
    fn evaluate<'url>(&self, address: &'url str) -> Option<Cow<'url, str>> {
        let mark = address.strip_prefix(FIELD_START).and_then(|rest| rest.strip_suffix(FIELD_END));
        let ours = mark.and_then(Field::parse).is_some_and(|field| merge::is_url(&field));
        (ours || self.0 == Target::Web && address.starts_with("#note-")).then_some(Cow::Borrowed(address))
    }
}

/// Whether elements are nested deeper than the sanitiser should see.
pub(in crate::content) fn too_deep(html: &str) -> bool {
    const VOID: &[&str] =
        &["br", "hr", "img", "wbr", "input", "meta", "link", "area", "base", "col", "embed", "source"];
    let mut open: Vec<String> = Vec::new();
    for tag in tags(html) {
        let name = tag.name.to_ascii_lowercase();
        if tag.closes {
            // Closing what is not open closes nothing, here as in browsers.
            if let Some(at) = open.iter().rposition(|known| *known == name) {
                open.truncate(at);
            }
        } else if !VOID.contains(&name.as_str()) {
            open.push(name);
            if open.len() > HTML_DEPTH_MAX {
                return true;
            }
        }
    }
    false
}

/// A block of HTML as text: `number` gives the `[n]` of an address.
pub(in crate::content) fn text(html: &str, words: Words, number: &mut dyn FnMut(&str) -> String) -> String {
    let clean = sanitised(html, Target::Mail);
    let mut out = String::new();
    let mut open_link = None;
    let mut script = None;
    let mut from = 0;
    for tag in tags(&clean) {
        push_words(&clean[from..tag.start], &mut out);
        from = tag.end;
        match (tag.name, tag.closes) {
            ("a", false) => open_link = attribute(tag.inside, "href"),
            ("a", true) => {
                if let Some(address) = open_link.take() {
                    out.push_str(&format!("\u{A0}{}", number(&settled(&address))));
                }
            }
            ("img", _) => {
                if let Some(alt) = attribute(tag.inside, "alt").filter(|alt| !alt.trim().is_empty()) {
                    out.push_str(&format!("[{}: {alt}]", words.image()));
                }
            }
            ("sup", false) => script = Some((Script::Raised, out.len())),
            ("sub", false) => script = Some((Script::Lowered, out.len())),
            ("sup" | "sub", true) => {
                if let Some((script, at)) = script.take().filter(|(_, at)| *at <= out.len()) {
                    let text = out.split_off(at);
                    let written = scripts::written(script, &text, &out);
                    out.push_str(&written);
                }
            }
            ("td" | "th", _) => out.push(' '),
            ("p" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "blockquote" | "table" | "div" | "pre", _) => {
                new_line(&mut out, 2);
            }
            ("br" | "li" | "tr" | "dt" | "dd", _) => new_line(&mut out, 1),
            _ => {}
        }
    }
    push_words(&clean[from..], &mut out);
    out.trim().to_owned()
}

/// The words of HTML, without its tags.
pub(in crate::content) fn words_of(html: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for tag in tags(html) {
        push_words(&html[from..tag.start], &mut out);
        from = tag.end;
    }
    push_words(&html[from..], &mut out);
    out
}

/// What one tag amid a line of Markdown means to the text part.
pub(in crate::content) enum Tag {
    /// A link to this address.
    Opens(String),
    Closes,
    Breaks,
    /// A picture with these words for it.
    Picture(String),
    /// Letters are raised or lowered from here on.
    Script(Script),
    ScriptEnds,
    Other,
}

/// Reads one tag amid a line of Markdown.
pub(in crate::content) fn tag(tag: &str) -> Tag {
    let Some(found) = tags(tag).next() else { return Tag::Other };
    match (found.name.to_ascii_lowercase().as_str(), found.closes) {
        ("a", true) => Tag::Closes,
        ("a", false) => {
            let clean = sanitised(tag, Target::Mail);
            let address = tags(&clean).next().and_then(|tag| attribute(tag.inside, "href"));
            address.map_or(Tag::Other, |address| Tag::Opens(settled(&address)))
        }
        ("br", _) => Tag::Breaks,
        ("img", _) => {
            attribute(found.inside, "alt").filter(|alt| !alt.trim().is_empty()).map_or(Tag::Other, Tag::Picture)
        }
        ("sup", false) => Tag::Script(Script::Raised),
        ("sub", false) => Tag::Script(Script::Lowered),
        ("sup" | "sub", true) => Tag::ScriptEnds,
        _ => Tag::Other,
    }
}

/// The spelling that the HTML part has; what the sanitiser let through is an address.
fn settled(address: &str) -> String {
    links::link(address).unwrap_or_else(|_| address.to_owned())
}

fn new_line(out: &mut String, lines: usize) {
    let kept = out.trim_end_matches(' ').len();
    out.truncate(kept);
    let has = out.len() - out.trim_end_matches('\n').len();
    if !out.is_empty() {
        out.extend(std::iter::repeat_n('\n', lines.saturating_sub(has)));
    }
}

fn push_words(escaped: &str, out: &mut String) {
    let text = unescape(escaped);
    if text.starts_with(char::is_whitespace) && !out.is_empty() && !out.ends_with(['\n', ' ']) {
        out.push(' ');
    }
    for (index, word) in text.split_whitespace().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
    if text.ends_with(char::is_whitespace) && !out.is_empty() && !out.ends_with(['\n', ' ']) {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Tags that are kept, tags that are not, attributes, quotes, addresses, entities; parted by lines.
    const PIECES: &str = "<p>\n</p>\n<b>\n</b>\n<div>\n</div>\n<table>\n<tr>\n<td>\n</table>\n<a href=\"\n<a href='\n\
        <img src=\n<img title=\"\n<p style=\"\n<p style='\ncolor:red\nfont-family:&quot;A&quot;\nurl(x)\n<svg>\n</svg>\n\
        <math>\n<mtext>\n<mglyph>\n<style>\n</style>\n<script>\n</script>\n<noscript>\n<template>\n<title>\n</title>\n\
        <textarea>\n<!--\n-->\n--!>\n<![CDATA[\n]]>\njavascript:alert(1)\n&#106;avascript:x\nhttps://example.org/\n\
        mailto:a@example.org\ncid:x\ndata:text/html,x\nonerror=x\n style=\"\n class=\"t x\"\n\"\n'\n>\n/>\n<\n&\n&amp;\n\
        &lt;\n&quot;\n&#0;\n=\n \n\u{0}\n\u{E000}\n\u{E001}\né\n\u{202E}";

    /// A piece of which hostile HTML is made.
    fn piece() -> impl Strategy<Value = String> {
        let known: Vec<&str> = PIECES.split('\n').collect();
        prop_oneof![proptest::sample::select(known).prop_map(str::to_owned), "[a-z <>\"'=/&;\n]{0,6}"]
    }

    fn between_tags(html: &str) -> String {
        let mut out = String::new();
        let mut from = 0;
        for tag in tags(html) {
            out.push_str(&html[from..tag.start]);
            from = tag.end;
        }
        out + &html[from..]
    }

    #[test]
    fn words_that_look_like_a_style_stay_words() {
        let html = "x style=\"<p style='font-family:\"A B\"'>y</p>";
        assert_eq!(sanitised(html, Target::Mail), "x style=\"<p style=\"font-family:'A B'\">y</p>");
    }

    proptest! {
        /// What comes out is harmless, and read again (as a browser will) is still: nothing in it is taken
        /// for a tag that was words, or the other way round. The trees need not be equal: a link within a link cannot be
        /// written so that it is read as it was.
        #[test]
        fn what_is_read_again_is_still_harmless(pieces in proptest::collection::vec(piece(), 0..24)) {
            let html = pieces.concat();
            for target in [Target::Mail, Target::Web] {
                let once = sanitised(&html, target);
                let twice = sanitised(&once, target);
                let sorted = |html: &str| {
                    let mut words: Vec<char> = between_tags(html).chars().collect();
                    words.sort_unstable();
                    words
                };
                prop_assert_eq!(sorted(&twice), sorted(&once), "of {:?}", html);
                for tag in tags(&once).chain(tags(&twice)) {
                    prop_assert!(TAGS.contains(&tag.name), "{} of {:?}", tag.name, html);
                    for bad in [" href=\"javascript:", " src=\"javascript:", " src=\"data:", " href=\"data:"] {
                        prop_assert!(!tag.inside.contains(bad), "{} of {:?}", tag.inside, html);
                    }
                    // Every other piece is a value.
                    let names = tag.inside.split('"').step_by(2).collect::<String>();
                    prop_assert!(!names.contains("onerror"), "{} of {:?}", tag.inside, html);
                }
            }
        }
    }
}
