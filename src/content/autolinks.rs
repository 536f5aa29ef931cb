//! Addresses that an editor typed as they are: where each begins and ends in the source. They are found before Markdown
//! is read, as GFM finds them, so that no emphasis and no typography takes them apart. Knows of Markdown only what would
//! read an address itself, or ends one.

use std::collections::HashSet;
use std::ops::Range;

use super::fields;
use super::links;

/// An address in the source.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Autolink {
    pub(super) range: Range<usize>,
    /// As it is read, where escapes or references were typed in it.
    pub(super) shown: Option<String>,
    /// Where it leads; nowhere where mailboxes would not follow, and then it is text.
    pub(super) to: Option<String>,
}

/// A label is a few words; without a bound, a text of brackets would take the square of its length.
const LABEL_BYTES_MAX: usize = 200;
/// What ends a sentence is no part of an address.
const NOT_LAST: &[char] = &['.', ',', ':', ';', '!', '?', '\'', '"', '’', '*', '_', '~', '…', '–', '\\', '|'];
/// What may stand directly before `www.`
const BEFORE_WWW: &[char] =
    &['*', '_', '~', '(', '[', '{', '"', '\'', '“', '‘', '„', '‚', '«', '|', '>', '—', '–', ':'];
/// Character references that stand for what no address holds.
const ENDING_REFERENCES: &[&str] = &["&quot;", "&lt;", "&gt;", "&nbsp;", "&apos;", "&#34;", "&#39;", "&#160;"];

/// The addresses of a source, in its order.
pub(super) struct Autolinks<'a> {
    source: &'a str,
    /// What the source gives an address for: `[label]: address`.
    labels: HashSet<String>,
    from: usize,
    cursors: [Cursor; 3],
}

/// The next place of what an address has in it.
struct Cursor {
    needle: &'static str,
    next: Option<usize>,
}

impl<'a> Autolinks<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let cursors = ["://", "www.", "@"].map(|needle| Cursor { needle, next: source.find(needle) });
        let label = |line: &'a str| {
            line.trim_start().strip_prefix('[')?.split_once("]:").map(|(label, _)| label.to_lowercase())
        };
        let labels = source.lines().filter_map(label).collect();
        Self { source, labels, from: 0, cursors }
    }

    /// Leaves out what is before `from`: it was read as something else.
    pub(super) fn skip_to(&mut self, from: usize) {
        self.from = self.from.max(from);
    }

    /// The needle that comes next, and its place.
    fn candidate(&mut self) -> Option<(&'static str, usize)> {
        let (source, from) = (self.source, self.from);
        for cursor in &mut self.cursors {
            if cursor.next.is_some_and(|at| at < from) {
                cursor.next = source[from..].find(cursor.needle).map(|at| from + at);
            }
        }
        self.cursors.iter().filter_map(|cursor| Some((cursor.needle, cursor.next?))).min_by_key(|(_, at)| *at)
    }

    fn read(&self, needle: &str, at: usize) -> Option<Autolink> {
        match needle {
            "://" => self.with_scheme(at),
            "www." => self.without_scheme(at),
            _ => self.mailbox(at),
        }
    }

    fn with_scheme(&self, at: usize) -> Option<Autolink> {
        let before = &self.source[self.from..at];
        let lower = |len: usize| before.get(before.len().checked_sub(len)?..).map(str::to_ascii_lowercase);
        let web = [("https", 5), ("http", 4)].into_iter().find(|(name, len)| lower(*len).as_deref() == Some(*name));
        let len = match web {
            Some((_, len)) => len,
            None => scheme_len(before),
        };
        let start = at - len;
        if len == 0 || self.source[..start].ends_with(|c: char| c.is_ascii_alphanumeric()) {
            return None;
        }
        let range = start..self.end(start, at + 3);
        let is_address =
            self.source[at + 3..range.end.max(at + 3)].starts_with(|c: char| c.is_alphanumeric() || c == '[');
        (is_address || web.is_none() && range.end > at + 3).then(|| self.bare(range, ""))
    }

    fn without_scheme(&self, at: usize) -> Option<Autolink> {
        let before = self.source[..at].chars().next_back();
        if !before.is_none_or(|c| c.is_whitespace() || BEFORE_WWW.contains(&c) || is_unspaced(c)) {
            return None;
        }
        let range = at..self.end(at, at);
        let host = self.source[range.clone()].split(['/', '?', '#', ':']).next().unwrap_or_default();
        let is_host = host.matches('.').count() >= 2 && has_top_level(host);
        is_host.then(|| self.bare(range, "https://"))
    }

    fn mailbox(&self, at: usize) -> Option<Autolink> {
        let is_local = |c: char| (c.is_alphanumeric() && !is_unspaced(c)) || ".+-_".contains(c);
        let before = &self.source[self.from..at];
        let local = before.rsplit(|c| !is_local(c)).next().unwrap_or_default();
        let local = local.trim_start_matches(['.', '+', '-', '_']);
        let after = &self.source[at + 1..];
        let len = after.find(|c: char| !(is_local(c) && c != '+')).unwrap_or(after.len());
        let domain = after[..len].trim_end_matches(['.', '-', '_']);
        let (end, start) = (at + 1 + domain.len(), at - local.len());
        let next = self.source[end..].chars().next();
        // `git@host:path`, `a@b@c`, `user@host/path` are no mailboxes; nor is `chart@2x.png`.
        let is_path = match next {
            Some('/' | '@') => true,
            Some(':') => {
                !self.source[end + 1..].starts_with(|c: char| c.is_whitespace()) && end + 1 < self.source.len()
            }
            _ => false,
        };
        let is_scale = domain.split_once("x.").is_some_and(|(digits, _)| digits.parse::<u8>().is_ok());
        let is_mailbox = !local.is_empty() && !local.ends_with('.') && domain.contains('.') && !domain.contains("..");
        let is_first = !self.source[..start].ends_with(['/', '@']);
        if !is_mailbox || !has_top_level(domain) || is_path || is_scale || !is_first {
            return None;
        }
        let scheme = "mailto:";
        let has_scheme = self.source[self.from..start].ends_with(scheme);
        let start = if has_scheme { start - scheme.len() } else { start };
        Some(self.bare(start..end, if has_scheme { "" } else { scheme }))
    }

    fn bare(&self, range: Range<usize>, scheme: &str) -> Autolink {
        let typed = &self.source[range.clone()];
        let shown = typed.contains(['\\', '&']).then(|| read(typed)).filter(|read| read != typed);
        let to = links::link(&format!("{scheme}{}", shown.as_deref().unwrap_or(typed))).ok();
        Autolink { range, shown, to }
    }

    /// Where an address ends that begins at `start` and of which `from` on can be told what it holds.
    fn end(&self, start: usize, from: usize) -> usize {
        let before = &self.source[..start];
        let rest = &self.source[from..];
        let mut open: Vec<char> = Vec::new();
        let mut last = None;
        let mut chars = rest.char_indices();
        let mut end = rest.len();
        while let Some((at, c)) = chars.next() {
            let after = &rest[at + c.len_utf8()..];
            let ends = match c {
                '"' | '\'' => before.ends_with(c),
                '*' | '~' => before.ends_with(&[c, c][..]) && after.starts_with(c) && closes_twice(before, c),
                '\\' => {
                    let escaped =
                        after.starts_with(|c: char| c.is_ascii_punctuation() && !matches!(c, '<' | '>' | '`'));
                    if escaped {
                        chars.next();
                    }
                    !escaped
                }
                '(' | '[' => {
                    open.push(c);
                    false
                }
                ')' => {
                    let closes = open.last() == Some(&'(');
                    if closes {
                        open.pop();
                    }
                    !closes && before.ends_with('(')
                }
                ']' => open.pop_if(|open| *open == '[').is_none(),
                '|' => in_table(self.source, start),
                '&' => ENDING_REFERENCES.iter().any(|reference| rest[at..].starts_with(reference)),
                '{' => after.starts_with('{'),
                c => ends(c) || is_unspaced(c) && last.is_some_and(|last: char| last.is_ascii_alphanumeric()),
            };
            if ends {
                end = at;
                break;
            }
            last = Some(c);
        }
        from + kept(&rest[..end]).len()
    }

    fn is_label(&self, text: &str) -> bool {
        !self.labels.is_empty() && self.labels.contains(&text.to_lowercase())
    }

    /// Whether Markdown itself reads what stands there: as a link's address, in `<...>`, `](...)` and `[label]: ...`, or as
    /// the label itself, where the source says where `[https://example.org]` leads.
    fn is_taken(&self, range: &Range<usize>) -> bool {
        let before = &self.source[..range.start];
        let after = &self.source[range.end..];
        if before.ends_with('<') {
            let inside = after.split(['>', '<', ' ', '\n']).next().unwrap_or_default();
            return after[inside.len()..].starts_with('>');
        }
        if before.ends_with('[') && after.starts_with(']') && self.is_label(&self.source[range.clone()]) {
            return true;
        }
        let before = before.trim_end_matches(' ');
        let line = before.rsplit('\n').next().unwrap_or_default().trim_start_matches(['>', ' ']);
        // A destination that its line does not close is none.
        let rest = after.trim_start();
        let is_open = rest.len() < after.len() && !rest.starts_with([')', '"', '\'', '(']) || after.is_empty();
        // What follows `[words][label]` is in brackets of its own.
        let near = &before[before.floor_char_boundary(before.len().saturating_sub(LABEL_BYTES_MAX))..];
        let label = near.strip_suffix("](").and_then(|before| before.rsplit_once('['));
        let is_beside = label.is_some_and(|(words, label)| words.ends_with(']') && self.is_label(label));
        before.ends_with("](") && !is_open && !is_beside
            || line.starts_with('[') && !line.starts_with("[^") && line.find("]:") == line.len().checked_sub(2)
    }
}

impl Iterator for Autolinks<'_> {
    type Item = Autolink;

    fn next(&mut self) -> Option<Autolink> {
        loop {
            let (needle, at) = self.candidate()?;
            match self.read(needle, at) {
                Some(bare) => {
                    self.from = bare.range.end;
                    if !self.is_taken(&bare.range) {
                        return Some(bare);
                    }
                }
                None => self.from = at + 1,
            }
        }
    }
}

/// How many of the last characters are a scheme other than those of the web.
fn scheme_len(before: &str) -> usize {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let scheme = before.rsplit(|c| !is_scheme(c)).next().unwrap_or_default();
    let scheme = scheme.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    if scheme.len() > 1 { scheme.len() } else { 0 }
}

/// Whether the two marks before an address open, so that the next two of them close.
fn closes_twice(before: &str, mark: char) -> bool {
    !before.trim_end_matches(mark).ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// Whether a host ends as one does: in letters, not in the number of a version.
fn has_top_level(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_named = last.chars().count() >= 2 && last.chars().all(char::is_alphabetic) && !last.contains(is_unspaced);
    is_named || last.starts_with("xn--") || last.chars().count() >= 2 && last.chars().all(is_unspaced)
}

/// What no address holds: spaces, brackets of HTML, code, quotation marks, what our marks are made of, and the
/// punctuation of scripts that write no spaces.
fn ends(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '`' | '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '—')
        || fields::is_private(c)
        || ('\u{3000}'..='\u{303F}').contains(&c)
        || ('\u{FF00}'..='\u{FFEF}').contains(&c)
}

/// Letters of scripts that part no words, or let them run on behind Latin ones: after those they are the sentence's.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{2FFF}' | '\u{3003}'..='\u{3007}'
        | '\u{3020}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// How much of what was found is address: a bracket that closes what began before it is not, nor is a reference.
fn kept(found: &str) -> &str {
    let mut rest = found;
    loop {
        let mut shorter = rest;
        if let Some(at) = shorter.rfind('&').filter(|_| shorter.ends_with(';')) {
            let name = &shorter[at + 1..shorter.len() - 1];
            let is_reference = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#');
            shorter = if is_reference { &shorter[..at] } else { shorter };
        }
        // `?q="x"` holds both of its marks.
        let is_value = |quote: char| {
            let is_pair = shorter.ends_with(quote) && shorter.matches(quote).count().is_multiple_of(2);
            is_pair && shorter.contains(&format!("={quote}"))
        };
        if !is_value('"') && !is_value('\'') {
            shorter = shorter.trim_end_matches(NOT_LAST);
        }
        let unbalanced = [('(', ')'), ('[', ']'), ('{', '}')].into_iter().any(|(open, close)| {
            shorter.ends_with(close) && shorter.matches(close).count() > shorter.matches(open).count()
        });
        shorter = if unbalanced { &shorter[..shorter.len() - 1] } else { shorter };
        if shorter == rest {
            return rest;
        }
        rest = shorter;
    }
}

/// An address without what Markdown would have taken out of it.
fn read(typed: &str) -> String {
    let mut out = String::with_capacity(typed.len());
    let mut chars = typed.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => {}
            _ => out.push(c),
        }
    }
    out.replace("&amp;", "&")
}

/// Whether a line of the block around `at` says that it is a table.
fn in_table(source: &str, at: usize) -> bool {
    let from = source[..at].rfind("\n\n").map_or(0, |at| at + 2);
    let to = source[at..].find("\n\n").map_or(source.len(), |end| at + end);
    let is_rule = |line: &str| {
        line.contains("-")
            && line.contains('|')
            && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t' | '>'))
    };
    source[from..to].lines().any(is_rule)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(source: &str) -> Vec<&str> {
        Autolinks::new(source).map(|bare| &source[bare.range]).collect()
    }

    /// A text and the addresses in it; `«` and `»` stand around each.
    const ADDRESSES: &[&str] = &[
        // What typography or emphasis would take for itself.
        "See «https://example.org/a--b/c.html» and «https://en.wikipedia.org/wiki/Moore's_law», or not.",
        "«https://example.org/wait...what» end, «https://example.org/a---b».",
        "«https://example.org/__init__.py» and «https://example.org/_a_/b» and «https://example.org/*x*/y», «https://example.org/~user~/z».",
        "«https://example.org/?q=\"x\"&r='y'» and «https://example.org/Moore’s_law»",
        "**«https://example.org/a_b»** and _«https://example.org/c»_ and ~~«https://example.org/d»~~ *«https://example.org/e»*.",
        "**«https://example.org/a»**and so on, ~~«https://example.org/b»~~。",
        // Where a sentence ends.
        "(see «https://example.org/x_(y)»). \"«https://example.org/q»\". «https://example.org/a,b;c».",
        "(«https://example.org/x»)and [«https://example.org/y»], {«https://example.org/z»}!",
        "“«https://example.org/»”, ‘«https://example.org/»’ «https://example.org/»… «https://example.org/»?!",
        "«https://example.org/x»—which «https://example.org/Michelson–Morley» – so «https://example.org/a»–",
        "Is it «https://example.org»? Yes: «http://a.example»; «http://b.example».",
        "«https://example.org/?a=1&amp;b=2» &quot;«https://example.org/»&quot; «https://example.org/&copy=1» «https://example.org/x»&copy;",
        "«https://example.org/x»\\\nnext «https://example.org/a\\_b» `code «https://example.org/c»`",
        "«https://example.org/a»<br>«https://example.org/b»</p>",
        // Markdown's own.
        "[a](https://example.org/a) [b](https://example.org/b \"t\") [c](https://example.org/c\n) [d](«https://example.org/d»\nand [e](«https://example.org/e»",
        "[a][B c](«https://example.org/a») and [a][d](https://example.org/b)\n\n[b c]: https://example.org",
        "in [https://example.org] and [«https://example.org/x»]: é[https://example.org]\n\n[https://example.org]: https://example.org/y",
        // Scripts.
        "见«https://example.org/详情»。参见«https://example.org/abc»这里。«https://zh.wikipedia.org/wiki/中文»",
        "これは«https://example.org/»。次、«https://ja.wikipedia.org/wiki/メイン»（例）",
        "주소는 «https://example.org/abc»에서 «https://bücher.example/ü?x=ß#ö» «https://例え.jp/»",
        // What Markdown reads itself, and what is none.
        "[text](https://example.org/a--b) <https://example.org/b> [«https://example.org/c»](https://example.org/c) ![x]( https://example.org/i.png)",
        "[r1]: https://example.org/ref--x \"Title\"\n[^1]: «https://example.org/note--x».",
        "xhttps://example.org https:// http:// :// https://. https://…",
        "«ftp://ftp.example.org/a--b» «git+ssh://git@example.org/x» «irc://irc.example.org/x», a://b",
        "| a | b |\n|---|---|\n| «https://example.org/in--table»|«https://example.org/b» |",
        "«https://example.org/a|b» is no table",
        "«https://example.org/»{{ name }} {{ web_url }}",
        // Without a scheme.
        "«www.example.org/path». (www.x) www.example «www.example.co.uk»! awww.example.org «www.example.org»\nno.www.example.org",
        "写信«www.example.org»。",
        // Mailboxes.
        "Write to «anna@example.org», or «a.b+c@example.co.uk». Also <anna@example.org>; _«a_b@example.org»_ (mailto:x) «mailto:x@example.org».",
        "联系«yifeng.ruan@gmail.com»。«élise@example.org» «post@bücher.example»",
        "react@18.2.0 git@github.com:owner/repo.git @name a@b user@localhost chart@2x.png x@example.org/path a@b@example.org",
        "Mail:«a@example.org» «a@example.org»: and [a](mailto:b@example.org)",
    ];

    #[test]
    fn addresses_end_where_the_sentence_does() {
        for marked in ADDRESSES {
            // The signs of the table are quotation marks elsewhere.
            let source: String = marked.chars().filter(|c| !matches!(c, '«' | '»')).collect();
            let expected: Vec<&str> =
                marked.split('«').skip(1).map(|rest| rest.split('»').next().unwrap_or_default()).collect();
            assert_eq!(found(&source), expected, "{marked}");
        }
    }

    #[test]
    fn addresses_lead_where_they_say() {
        for (source, shown, to) in [
            ("https://example.org/a--b", None, Some("https://example.org/a--b")),
            ("www.example.org/x", None, Some("https://www.example.org/x")),
            ("a@example.org", None, Some("mailto:a@example.org")),
            ("mailto:a@example.org", None, Some("mailto:a@example.org")),
            ("https://example.org/?a&amp;b", Some("https://example.org/?a&b"), Some("https://example.org/?a&b")),
            ("https://example.org/a\\_b", Some("https://example.org/a_b"), Some("https://example.org/a_b")),
            ("ftp://example.org/a--b", None, None),
            ("https://bücher.example/", None, Some("https://xn--bcher-kva.example/")),
        ] {
            let bare = Autolinks::new(source).next().unwrap_or_else(|| panic!("{source}"));
            assert_eq!((bare.shown.as_deref(), bare.to.as_deref()), (shown, to), "{source}");
        }
    }

    proptest! {
        /// Whatever is around it, and whatever Markdown means by what it holds, an address is found whole.
        #[test]
        fn an_address_between_spaces_is_found_whole(
            before in "[ a-z.,*_(\"'-]{0,12}",
            path in "[a-z0-9]([a-zA-Z0-9_~/.*'=&?%-]{0,30}[a-zA-Z0-9/])?",
            after in "[.,:!?]{0,2}( [a-z]{0,5})?",
        ) {
            let source = format!("{before} https://example.org/{path}{after}");
            prop_assert_eq!(found(&source), vec![format!("https://example.org/{path}")]);
        }

        #[test]
        fn any_text_is_read(source in "(https?://|www\\.|@|[a-z]|[\\[\\]()<>\"'*_~`|\\\\&;.: \n]|\\PC){0,40}") {
            let mut end = 0;
            for bare in Autolinks::new(&source) {
                prop_assert!(bare.range.start >= end && bare.range.start < bare.range.end);
                end = bare.range.end;
            }
        }
    }
}
