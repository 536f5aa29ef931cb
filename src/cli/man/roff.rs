//! Text as man(7) takes it: escapes, paragraphs, and what little Markdown the table of settings has. Knows no page.

/// Plain text; what begins a line is never taken for a request.
pub(super) fn text(plain: &str) -> String {
    let lines = plain.lines().map(str::trim_end).map(line);
    lines.collect::<Vec<_>>().join("\n")
}

/// A section of lines that stay as they are.
pub(super) fn examples(lines: &str) -> String {
    let lines = lines.lines().map(|one| line(one.strip_prefix("  ").unwrap_or(one)));
    format!(".SH EXAMPLES\n.nf\n{}\n.fi\n", lines.collect::<Vec<_>>().join("\n"))
}

/// Markdown of one paragraph: code and strong words become bold, a link its words.
pub(super) fn markdown(paragraph: &str) -> String {
    let mut out = String::new();
    let mut rest = paragraph;
    while let Some(at) = rest.find(['`', '*', '[']) {
        let (before, from) = rest.split_at(at);
        out.push_str(&escaped(before));
        let (bold, after) = if let Some((inside, after)) = between(from, "`", "`") {
            (Some(inside), after)
        } else if let Some((inside, after)) = between(from, "**", "**") {
            (Some(inside), after)
        } else if let Some((inside, after)) = link(from) {
            out.push_str(&markdown(inside));
            (None, after)
        } else {
            out.push_str(&escaped(&from[..1]));
            (None, &from[1..])
        };
        if let Some(inside) = bold {
            out.push_str(&format!("\\fB{}\\fR", escaped(inside)));
        }
        rest = after;
    }
    out.push_str(&escaped(rest));
    guarded(out)
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str)> {
    text.strip_prefix(open)?.split_once(close)
}

fn link(text: &str) -> Option<(&str, &str)> {
    let (inside, rest) = between(text, "[", "](")?;
    let (_target, after) = rest.split_once(')')?;
    Some((inside, after))
}

fn line(plain: &str) -> String {
    guarded(escaped(plain))
}

fn escaped(plain: &str) -> String {
    plain.replace('\\', "\\e").replace('-', "\\-")
}

/// A dot or an apostrophe at the beginning would make a request of the line.
fn guarded(line: String) -> String {
    if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_for_a_request() {
        assert_eq!(text("one\n.two \\n-x\n'three"), "one\n\\&.two \\en\\-x\n\\&'three");
        assert_eq!(examples("  coranto x\n\n    --y\n"), ".SH EXAMPLES\n.nf\ncoranto x\n\n  \\-\\-y\n.fi\n");
    }

    #[test]
    fn the_markdown_of_settings_becomes_words() {
        for (written, made) in [
            ("`a-b` is **not** c", "\\fBa\\-b\\fR is \\fBnot\\fR c"),
            ("see [the `x`](y.md#z), * and [", "see the \\fBx\\fR, * and ["),
            ("`[[relays]]` tables", "\\fB[[relays]]\\fR tables"),
            (".5 of it", "\\&.5 of it"),
        ] {
            assert_eq!(markdown(written), made);
        }
    }
}
