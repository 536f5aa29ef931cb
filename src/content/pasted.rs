//! An editor's own HTML before it joins the tree, where a newsletter allows it: elements that mailboxes do not know become
//! those that they do, colours go, what is no element is text. The sanitiser of `html::raw` has the last word. Knows no
//! Markdown.

use std::collections::HashMap;
use std::ops::Range;

use super::fields;
use super::html::escape;
use super::html::raw;
use super::links;
use super::tags::{TagAt, tags, unescape};

/// What is to be told of a tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The element does not work in mails.
    Element(String),
    /// Its colours are left out.
    Colours,
    /// Its address is left out, and why.
    Address(String),
    Unknown(String),
}

/// Elements and what they become: the name, and what stands around their content.
const RENAMED: &[(&str, &str, &str, &str)] = &[
    ("address", "div", "", ""),
    ("article", "div", "", ""),
    ("aside", "div", "", ""),
    ("details", "div", "", ""),
    ("fieldset", "div", "", ""),
    ("header", "div", "", ""),
    ("hgroup", "div", "", ""),
    ("main", "div", "", ""),
    ("nav", "div", "", ""),
    ("section", "div", "", ""),
    ("center", "div", "", ""),
    ("summary", "p", "<strong>", "</strong>"),
    ("legend", "p", "<strong>", "</strong>"),
    ("h1", "h2", "", ""),
    ("dir", "ul", "", ""),
    ("menu", "ul", "", ""),
    ("acronym", "abbr", "", ""),
    ("bdi", "span", "", ""),
    ("bdo", "span", "", ""),
    ("big", "span", "", ""),
    ("data", "span", "", ""),
    ("font", "span", "", ""),
    ("label", "span", "", ""),
    ("nobr", "span", "", ""),
    ("picture", "span", "", ""),
    ("strike", "s", "", ""),
    ("tt", "code", "", ""),
    ("xmp", "pre", "", ""),
];
/// What falls out without a word: it holds or describes what stays.
const SILENT: &[&str] = &[
    "body", "col", "colgroup", "head", "html", "meta", "noscript", "rb", "rp", "rt", "ruby", "source", "title", "track",
];
/// Elements of HTML that no mailbox shows.
const DROPPED: &[&str] = &[
    "applet", "area", "audio", "base", "blink", "button", "canvas", "datalist", "dialog", "embed", "form", "frame",
    "frameset", "iframe", "input", "link", "map", "marquee", "math", "meter", "noembed", "noframes", "object",
    "optgroup", "option", "output", "param", "progress", "script", "search", "select", "slot", "style", "svg",
    "template", "textarea", "video",
];
/// Within a drawing or a formula, which is told as a whole.
const WITHIN_DROPPED: &[&str] = &[
    "circle", "clippath", "defs", "ellipse", "filter", "g", "line", "lineargradient", "mask", "path", "polygon",
    "polyline", "rect", "stop", "symbol", "text", "tspan", "use", "mi", "mn", "mo", "mrow", "msup", "msub", "mfrac",
    "mtext", "mglyph", "semantics", "annotation",
];

/// What takes all that follows along when it falls out, as far as its end: without one, to the end of the issue.
const SWALLOWING: &[&str] = &[
    "iframe", "math", "noembed", "noframes", "object", "script", "select", "style", "svg", "template", "textarea",
    "title",
];

/// Which of the tags of one run or block are none after all. One that swallows what follows and never ends is a word, as in
/// `List<object>`; so is a part of a drawing outside of one.
pub(super) fn words_among<'a>(tags: &[TagAt<'a>]) -> Vec<bool> {
    let names: Vec<String> = tags.iter().map(full_name).collect();
    let closing = names.iter().enumerate().filter(|(index, _)| tags[*index].closes);
    let last: HashMap<&str, usize> = closing.map(|(index, name)| (name.as_str(), index)).collect();
    let mut drawing_ends = 0;
    let is_word = |(index, tag): (usize, &TagAt<'a>)| {
        let name = names[index].as_str();
        let ends = last.get(name).copied().filter(|last| *last > index);
        if !tag.closes && matches!(name, "svg" | "math") {
            drawing_ends = ends.unwrap_or_default().max(drawing_ends);
        }
        let is_swallowing = SWALLOWING.contains(&name) && !tag.inside.trim_end().ends_with('/');
        let is_astray = WITHIN_DROPPED.contains(&name) && index >= drawing_ends;
        !tag.closes && (is_swallowing && ends.is_none() || is_astray)
    };
    tags.iter().enumerate().map(is_word).collect()
}

/// HTML in which everything has a place in a mail, or falls out without leaving half of itself behind. `tell` is called
/// with the place of each tag of which something is to be said.
pub(super) fn fitted(html: &str, tell: &mut dyn FnMut(usize, Told)) -> String {
    let comments = comments(html);
    let is_seen = |tag: &TagAt<'_>| !comments.iter().any(|comment| comment.contains(&tag.start));
    let tags: Vec<_> = tags(html).filter(is_seen).collect();
    // Of a tag amid words, its paragraph says what it is.
    let is_one = matches!(tags[..], [TagAt { start: 0, end, .. }] if end == html.len());
    let words = if is_one { vec![false] } else { words_among(&tags) };
    let mut out = String::with_capacity(html.len());
    let mut from = 0;
    for (tag, is_word) in tags.iter().zip(words) {
        out.push_str(&html[from..tag.start]);
        from = tag.end;
        push_tag(&html[tag.start..tag.end], tag, is_word, &mut out, tell);
    }
    out.push_str(&html[from..]);
    out
}

/// Where the comments stand: the editor's own notes.
fn comments(html: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(start) = html[from..].find("<!--").map(|at| from + at) {
        from = html[start + 4..].find("-->").map_or(html.len(), |at| start + 4 + at + 3);
        all.push(start..from);
    }
    all
}

pub(super) fn without_comments(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut from = 0;
    for comment in comments(html) {
        out.push_str(&html[from..comment.start]);
        from = comment.end;
    }
    out + &html[from..]
}

/// Whether a tag is one of HTML. `<T>` of `Vec<T>` is none.
pub(super) fn is_element(tag: &str) -> bool {
    let Some(found) = tags(tag).next().filter(|found| found.start == 0) else { return true };
    is_known(&full_name(&found)) && !is_type(&found)
}

/// `Just<Base>` names a type: elements are typed in small letters, or all in capitals.
fn is_type(tag: &TagAt<'_>) -> bool {
    let is_mixed = tag.name.starts_with(|c: char| c.is_ascii_uppercase()) && tag.name.contains(char::is_lowercase);
    is_mixed && !tag.closes && tag.inside.trim().is_empty()
}

fn is_known(name: &str) -> bool {
    name.contains(':')
        || raw::TAGS.contains(&name)
        || RENAMED.iter().any(|(known, ..)| *known == name)
        || SILENT.contains(&name)
        || DROPPED.contains(&name)
        || WITHIN_DROPPED.contains(&name)
}

/// The name with all that belongs to it: Word writes `<o:p>`, components are called `<my-part>`.
fn full_name(tag: &TagAt<'_>) -> String {
    let is_end = |c: char| c.is_whitespace() || c == '/';
    let rest = tag.inside.split(is_end).next().unwrap_or_default();
    format!("{}{rest}", tag.name).to_ascii_lowercase()
}

fn push_tag(written: &str, tag: &TagAt<'_>, is_word: bool, out: &mut String, tell: &mut dyn FnMut(usize, Told)) {
    let name = full_name(tag);
    if is_word || !is_known(&name) || is_type(tag) {
        if !tag.closes {
            tell(tag.start, Told::Unknown(written.to_owned()));
        }
        out.push_str(&escape(written));
        return;
    }
    if DROPPED.contains(&name.as_str()) && !tag.closes {
        tell(tag.start, Told::Element(name.clone()));
    }
    let renamed = RENAMED.iter().find(|(known, ..)| *known == name);
    let (shown, before, after) = renamed.map_or((tag.name, "", ""), |(_, shown, open, close)| (*shown, *open, *close));
    if tag.closes && renamed.is_none() {
        out.push_str(written);
        return;
    }
    if tag.closes {
        out.push_str(&format!("{after}</{shown}>"));
        return;
    }
    let inside = attributes(tag, &name, tell);
    let centred = if name == "center" { " style=\"text-align:center\"" } else { "" };
    out.push_str(&format!("<{shown}{centred}{inside}>{before}"));
}

/// The attributes of a tag, without classes (which mean nothing in a mail) and without colours: a mail is light or dark
/// as its reader has it, and half a pair of colours is white on white.
fn attributes(tag: &TagAt<'_>, name: &str, tell: &mut dyn FnMut(usize, Told)) -> String {
    let mut out = String::with_capacity(tag.inside.len());
    let mut from = 0;
    for Attribute { name: attribute, value, range } in attributes_of(tag.inside) {
        let kept = match attribute.to_ascii_lowercase().as_str() {
            "class" | "bgcolor" | "color" => None,
            "style" => Some(without_colours(value)),
            "href" if name == "a" && !is_field(value) => {
                if let Err(refused) = links::link(&unescape(value)) {
                    tell(tag.start, Told::Address(refused.message));
                }
                continue;
            }
            "src" if name == "img" => {
                if let Err(refused) = links::image(&unescape(value)) {
                    tell(tag.start, Told::Address(refused.message));
                }
                continue;
            }
            _ => continue,
        };
        if kept.as_ref().is_none_or(|kept| kept != value) && !attribute.eq_ignore_ascii_case("class") {
            tell(tag.start, Told::Colours);
        }
        out.push_str(tag.inside[from..range.start].trim_end());
        let kept = kept.filter(|kept| !kept.trim().is_empty());
        out.push_str(&kept.map(|kept| format!(" style=\"{}\"", kept.replace('"', "'"))).unwrap_or_default());
        from = range.end;
    }
    out.push_str(&tag.inside[from..]);
    out
}

fn is_field(value: &str) -> bool {
    value.contains(fields::is_private)
}

fn without_colours(style: &str) -> String {
    let is_colour = |declaration: &&str| {
        let property = declaration.split(':').next().unwrap_or_default().trim().to_ascii_lowercase();
        property == "color" || property.starts_with("background")
    };
    let kept: Vec<&str> = style.split(';').filter(|declaration| !is_colour(declaration)).collect();
    kept.join(";")
}

/// An attribute as it was typed.
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    range: Range<usize>,
}

/// The attributes of what stands in a tag behind its name.
pub(super) fn attributes_of(inside: &str) -> Vec<Attribute<'_>> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(start) = inside[from..].find(|c: char| !c.is_whitespace() && c != '/').map(|at| from + at) {
        let name_end = inside[start..].find(|c: char| c.is_whitespace() || matches!(c, '=' | '/'));
        let name_end = name_end.map_or(inside.len(), |at| start + at).max(start + 1);
        let name_end = inside.ceil_char_boundary(name_end);
        let rest = inside[name_end..].trim_start();
        let Some(value) = rest.strip_prefix('=').map(str::trim_start) else {
            all.push(Attribute { name: &inside[start..name_end], value: "", range: start..name_end });
            from = name_end;
            continue;
        };
        let at = inside.len() - value.len();
        let (value, end) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let len = value[1..].find(quote).unwrap_or(value.len() - 1);
                (&value[1..=len], (at + len + 2).min(inside.len()))
            }
            _ => {
                let len = value.find(char::is_whitespace).unwrap_or(value.len());
                (&value[..len], at + len)
            }
        };
        all.push(Attribute { name: &inside[start..name_end], value, range: start..end });
        from = end;
    }
    all
}

/// The value of an attribute, read as HTML reads it.
pub(super) fn attribute(inside: &str, name: &str) -> Option<String> {
    let found = attributes_of(inside).into_iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))?;
    Some(unescape(found.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(html: &str) -> (String, Vec<Told>) {
        let mut all = Vec::new();
        let fitted = fitted(html, &mut |_, told| all.push(told));
        (fitted, all)
    }

    #[test]
    fn what_mailboxes_know_is_left_alone() {
        for html in [
            "<b>x</b> <br/> <br /> a < b && c > d",
            "<p align=\"center\"><img src=\"https://example.org/a.png\" width=\"80\" alt=\"A <b>\"></p>",
            "<a href='https://example.org/?a=1&amp;b=2'>x</a><!-- <T> -->",
            "<span style=\"font-size:18px\">x</span><o:p></o:p>",
        ] {
            assert_eq!(fit(html), (html.to_owned(), vec![]));
        }
    }

    #[test]
    fn nothing_is_left_by_halves() {
        for (html, fitted, told) in [
            ("<div style=\"color:#fff;background:#000\" class=x>x</div>", "<div>x</div>", vec![Told::Colours]),
            (
                "<td bgcolor=red style='text-align:left; BACKGROUND-COLOR : red'>x</td>",
                "<td style=\"text-align:left\">x</td>",
                vec![Told::Colours, Told::Colours],
            ),
            ("<font color=\"red\">x</font>", "<span>x</span>", vec![Told::Colours]),
            (
                "<details open><summary>Sum</summary>Hidden</details>",
                "<div open><p><strong>Sum</strong></p>Hidden</div>",
                vec![],
            ),
            ("Just<Base>", "Just&lt;Base&gt;", vec![Told::Unknown("<Base>".to_owned())]),
            ("<B>y</B><BR><Div id=\"a\">z</Div>", "<B>y</B><BR><Div id=\"a\">z</Div>", vec![]),
            (
                "<p>a List<object> of it</p>",
                "<p>a List&lt;object&gt; of it</p>",
                vec![Told::Unknown("<object>".to_owned())],
            ),
            ("<p>Map<text></p>", "<p>Map&lt;text&gt;</p>", vec![Told::Unknown("<text>".to_owned())]),
            (
                "<p><svg><path d=\"M0\"/><text>x</text></svg></p>",
                "<p><svg><path d=\"M0\"/><text>x</text></svg></p>",
                vec![Told::Element("svg".to_owned())],
            ),
            ("<center>x</center>", "<div style=\"text-align:center\">x</div>", vec![]),
            ("<iframe src=x></iframe>", "<iframe src=x></iframe>", vec![Told::Element("iframe".to_owned())]),
            (
                "Vec<T> and <my-part>x</my-part>",
                "Vec&lt;T&gt; and &lt;my-part&gt;x&lt;/my-part&gt;",
                vec![Told::Unknown("<T>".to_owned()), Told::Unknown("<my-part>".to_owned())],
            ),
        ] {
            assert_eq!(fit(html), (fitted.to_owned(), told), "{html}");
        }
    }

    #[test]
    fn addresses_are_looked_at() {
        for (html, count) in [
            ("<a href=\"https://example.org\">x</a>", 0),
            ("<a href=\"\u{E000}unsubscribe_url\u{E001}\">x</a>", 0),
            ("<a href=\"/x\">x</a>", 1),
            ("<a href=javascript:alert(1)>x</a>", 1),
            ("<a name=\"x\">x</a>", 0),
            ("<img src=pier.png>", 1),
            ("<img src=\"https://example.org/a.png\">", 0),
        ] {
            let told = fit(html).1;
            assert_eq!(told.iter().filter(|told| matches!(told, Told::Address(_))).count(), count, "{html}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_html_is_read(html in "(</?[a-z]{1,6}|style=\"|class='|color:red;|href=|[<>\"'=/ ;]|\\PC){0,30}") {
            let _ = fit(&html);
        }
    }
}
