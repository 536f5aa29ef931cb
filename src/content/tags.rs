//! The tags of HTML that was sanitised or that we wrote. The one scanner; knows no element.

/// The entities that the sanitiser and we write.
pub(super) fn unescape(text: &str) -> String {
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{A0}")
        .replace("&#39;", "'");
    text.replace("&amp;", "&")
}

/// A tag of a text.
pub(super) struct TagAt<'a> {
    pub(super) name: &'a str,
    pub(super) closes: bool,
    /// What stands behind the name.
    pub(super) inside: &'a str,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The tags of a text, with quoted attribute values skipped.
pub(super) fn tags(html: &str) -> impl Iterator<Item = TagAt<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + html[from..].find('<')?;
            let closes = html[start + 1..].starts_with('/');
            let name_at = start + 1 + usize::from(closes);
            let name_len = html[name_at..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(html.len() - name_at);
            from = name_at + name_len;
            if name_len == 0 {
                continue;
            }
            let mut quote = None;
            let end = html[from..].char_indices().find_map(|(at, c)| {
                match (quote, c) {
                    (None, '>') => return Some(from + at),
                    (None, '"' | '\'') => quote = Some(c),
                    (Some(open), c) if open == c => quote = None,
                    _ => {}
                }
                None
            });
            let close = end.unwrap_or(html.len());
            let tag = TagAt {
                name: &html[name_at..name_at + name_len],
                closes,
                inside: &html[from..close],
                start,
                end: end.map_or(html.len(), |end| end + 1),
            };
            from = tag.end;
            return Some(tag);
        }
    })
}

/// An attribute of a tag that the sanitiser or a layout wrote: ` name="value"`.
pub(super) fn attribute(inside: &str, name: &str) -> Option<String> {
    let (_, rest) = inside.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| unescape(value))
}
