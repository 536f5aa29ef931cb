//! Straight marks to those of print: quotation marks, apostrophes, primes, dashes, ellipses, by the language. What is no
//! prose (code, addresses, flags, paths, escaped marks) stays as it was typed. Knows the tree and no output.

mod dashes;
mod edit;
mod quotes;

use super::tree::{Block, Document, Inline};
use edit::{Edit, NOTE, OPAQUE};
use quotes::Quotes;

/// Sets a whole document. Languages that have no straight marks of their own, or whose marks are the editor's to type,
/// are left alone.
pub(super) fn set(document: &mut Document, language: &str) {
    let Some(quotes) = Quotes::of(language) else { return };
    for blocks in std::iter::once(&mut document.blocks).chain(&mut document.notes) {
        of_blocks(blocks, quotes);
    }
}

/// Whether straight quotation marks become those of print in a language.
pub(super) fn sets_quotes(language: &str) -> bool {
    Quotes::of(language).is_some_and(Quotes::sets)
}

fn of_blocks(blocks: &mut [Block], quotes: &Quotes) {
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Plain(content) | Block::Heading { content, .. } => run(content, quotes),
            Block::Quote(blocks) => of_blocks(blocks, quotes),
            Block::List { items, .. } => items.iter_mut().for_each(|item| of_blocks(item, quotes)),
            Block::Table(table) => {
                table.head.iter_mut().chain(table.rows.iter_mut().flatten()).for_each(|cell| run(cell, quotes));
            }
            Block::Code(_) | Block::Rule | Block::Html { .. } => {}
        }
    }
}

/// Sets the words of one block: what stands beside a mark counts, though it is in bold or a link.
fn run(content: &mut [Inline], quotes: &Quotes) {
    alternatives(content, quotes);
    if !has_marks(content) {
        return;
    }
    let mut flat = String::new();
    flatten(content, &mut flat);
    let edits = edits(&flat, quotes);
    let mut edits = edits.iter().peekable();
    let mut from = 0;
    rewrite(content, &mut from, &mut edits);
}

fn edits(flat: &str, quotes: &Quotes) -> Vec<Edit> {
    let chars: Vec<(usize, char)> = flat.char_indices().collect();
    let mut edits = quotes.edits(&chars);
    dashes::edits(flat, &mut edits);
    edits.sort_by_key(|edit| edit.at);
    edits
}

/// One text by itself, such as what stands for a picture.
fn of_text(text: &str, quotes: &Quotes) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for edit in edits(text, quotes) {
        out.push_str(&text[from..edit.at]);
        out.push_str(edit.text);
        from = edit.at + edit.len;
    }
    out + &text[from..]
}

fn is_mark(text: &str) -> bool {
    text.contains(['"', '\'']) || text.contains("--") || text.contains("...")
}

fn has_marks(content: &[Inline]) -> bool {
    content.iter().any(|inline| match inline {
        Inline::Text(text) => is_mark(text),
        Inline::Emphasis(content)
        | Inline::Strong(content)
        | Inline::Strike(content)
        | Inline::Link { content, .. } => has_marks(content),
        _ => false,
    })
}

fn alternatives(content: &mut [Inline], quotes: &Quotes) {
    for inline in content {
        match inline {
            Inline::Image { alt, .. } if is_mark(alt) => *alt = of_text(alt, quotes),
            Inline::Emphasis(content)
            | Inline::Strong(content)
            | Inline::Strike(content)
            | Inline::Link { content, .. } => alternatives(content, quotes),
            _ => {}
        }
    }
}

fn flatten(content: &[Inline], flat: &mut String) {
    for inline in content {
        match inline {
            Inline::Text(text) => flat.push_str(text),
            Inline::Emphasis(content)
            | Inline::Strong(content)
            | Inline::Strike(content)
            | Inline::Link { content, .. } => flatten(content, flat),
            Inline::SoftBreak | Inline::HardBreak => flat.push('\n'),
            Inline::Note(_) => flat.push(NOTE),
            Inline::Html { .. } => {}
            Inline::Code(_) | Inline::Literal(_) | Inline::Image { .. } | Inline::Field(_) => flat.push(OPAQUE),
        }
    }
}

fn rewrite<'a>(
    content: &mut [Inline],
    from: &mut usize,
    edits: &mut std::iter::Peekable<impl Iterator<Item = &'a Edit>>,
) {
    for inline in content {
        match inline {
            Inline::Text(text) => {
                let end = *from + text.len();
                let mut out = String::new();
                let mut copied = 0;
                while let Some(edit) = edits.next_if(|edit| edit.at < end) {
                    let at = edit.at - *from;
                    out.push_str(&text[copied..at]);
                    out.push_str(edit.text);
                    copied = (at + edit.len).min(text.len());
                }
                if copied > 0 {
                    out.push_str(&text[copied..]);
                    *text = out;
                }
                *from = end;
            }
            Inline::Emphasis(content)
            | Inline::Strong(content)
            | Inline::Strike(content)
            | Inline::Link { content, .. } => rewrite(content, from, edits),
            Inline::SoftBreak | Inline::HardBreak => *from += 1,
            Inline::Note(_) => *from += NOTE.len_utf8(),
            Inline::Html { .. } => {}
            Inline::Code(_) | Inline::Literal(_) | Inline::Image { .. } | Inline::Field(_) => {
                *from += OPAQUE.len_utf8();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(language: &str, text: &str) -> String {
        Quotes::of(language).map_or_else(|| text.to_owned(), |quotes| of_text(text, quotes))
    }

    /// As it was typed, and as it is printed in English.
    const ENGLISH: &[(&str, &str)] = &[
        // Quotation marks.
        (r#""Yes," he said."#, "“Yes,” he said."),
        (r#"He's 'quoted', "double 'single' inside"."#, "He’s ‘quoted’, “double ‘single’ inside”."),
        (r#""'Nested,' she said.""#, "“‘Nested,’ she said.”"),
        (r#"'He said "yes".'"#, "‘He said “yes”.’"),
        (r#""Top 40" hits; in "2019" they"#, "“Top 40” hits; in “2019” they"),
        (r#"two paragraphs" here"#, "two paragraphs” here"),
        (r#""One paragraph"#, "“One paragraph"),
        (r#"He said: "no"--and left ("in 2019"). "Who?""#, "He said: “no”–and left (“in 2019”). “Who?”"),
        (r#""But I--" he said. "Well--"#, "“But I–” he said. “Well–"),
        (r#"She said--"never"--twice, pre-"war" and/or"peace""#, "She said–“never”–twice, pre-“war” and/or”peace”"),
        (r#"["bracketed"] {"braced"} ("a"/"b")"#, "[“bracketed”] {“braced”} (“a”/“b”)"),
        (r#"a " alone and ' alone"#, "a \" alone and ' alone"),
        ("\"Over\n\"lines\"", "“Over\n“lines”"),
        (r#"„Mixed" and “typed”"#, "„Mixed” and “typed”"),
        (r#""(So)" she said, "..." "…and""#, "“(So)” she said, “…” “…and”"),
        // Apostrophes.
        ("It's the dogs' dinner, isn't it", "It’s the dogs’ dinner, isn’t it"),
        ("Rock 'n' roll of the '90s, class of '68, 'tis 'em", "Rock ’n’ roll of the ’90s, class of ’68, ’tis ’em"),
        ("'Twas so. O'Brien's 1990s' hits; 'cause 'til", "’Twas so. O’Brien’s 1990s’ hits; ’cause ’til"),
        ("the 'round' table and 'cause' as words", "the ‘round’ table and ‘cause’ as words"),
        ("1'000'000 francs", "1’000’000 francs"),
        // Primes.
        (r#"6'2" x 3'4" tall"#, "6′2″ x 3′4″ tall"),
        (r#"5'10" tall, 3" nails"#, "5′10″ tall, 3″ nails"),
        (r#"a 6' fence, "a 3" nail", "a 3" by 5" board""#, "a 6′ fence, “a 3″ nail”, “a 3″ by 5″ board”"),
        (r#"He is 6'2" and said "no"."#, "He is 6′2″ and said “no”."),
        (r#""He is 6'2"""#, "“He is 6′2″”"),
        (r#"'Top 40' and 'in 2019' hits"#, "‘Top 40’ and ‘in 2019’ hits"),
        (r#"50° 5' 12" N, a 27" screen."#, "50° 5′ 12″ N, a 27″ screen."),
        // Dashes and ellipses.
        ("wait -- no --- yes, 1--2, well---known", "wait – no — yes, 1–2, well—known"),
        ("Well... so....  ...and (...) a...b", "Well… so….  …and (…) a…b"),
        ("--Somebody", "–Somebody"),
        // What is no prose.
        ("use --flag, (--no-verify) or \"--all\" and --a-b=c", "use --flag, (--no-verify) or “--all” and --a-b=c"),
        ("a --> b <-- c, <!-- d -->", "a --> b <-- c, <!-- d -->"),
        (
            "go test ./... and ./a--b/c, /usr/a--b, a/b/c--d, C:\\a--b",
            "go test ./... and ./a--b/c, /usr/a--b, a/b/c--d, C:\\a--b",
        ),
        ("1...5 and x=a--b, example.org/a--b, std::a--b", "1...5 and x=a--b, example.org/a--b, std::a--b"),
        ("a->b, x<=y, (c) 1/2, 2*3*4, snake_case", "a->b, x<=y, (c) 1/2, 2*3*4, snake_case"),
        ("---- and ------", "–– and ——"),
    ];

    #[test]
    fn marks_are_those_of_print() {
        for (typed, printed) in ENGLISH {
            assert_eq!(set("en", typed), *printed, "of {typed}");
        }
    }

    /// One sentence in every language that is set.
    const LANGUAGES: &[(&str, &str, &str)] = &[
        ("en-GB", r#""A 'b' c" -- d's..."#, "“A ‘b’ c” – d’s…"),
        ("de", r#""A 'b' c" -- d's..."#, r#""A 'b' c" – d’s…"#),
        ("de", r#"„A" und "B", „C“ 6'2""#, r#"„A“ und "B", „C“ 6′2″"#),
        ("fr", r#""A 'b' c" -- l'eau..."#, r#""A 'b' c" – l’eau…"#),
        ("fr", r#"« A » et l'un"#, "« A » et l’un"),
        ("es", r#""A 'b' c" -- d..."#, "«A “b” c» – d…"),
        ("it", r#"L'"acqua" dell'altro"#, "L’«acqua» dell’altro"),
        ("pt-BR", r#""A 'b' c""#, "“A ‘b’ c”"),
        ("ru", r#""A 'b' c" -- d"#, "«A „b“ c» – d"),
        ("uk", r#""М'ята" -- тут"#, "«М’ята» – тут"),
        ("pl", r#"„A" i "B" -- d'Artagnan"#, r#"„A” i "B" – d’Artagnan"#),
        ("cs-CZ", r#""A" -- B..."#, r#""A" – B…"#),
        ("sv", r#""A 'b' c""#, "”A ’b’ c”"),
        ("nb", r#""A 'b' c""#, "«A ‘b’ c»"),
        ("ja", r#""A 'b' c" -- d..."#, r#""A 'b' c" -- d..."#),
        ("zh-CN", r#""A" -- ..."#, r#""A" -- ..."#),
        ("ar", r#""A" -- ..."#, r#""A" -- ..."#),
        ("he", r#"צה"ל"#, r#"צה"ל"#),
        ("x-unknown", r#""A" --"#, r#""A" –"#),
    ];

    #[test]
    fn marks_are_those_of_the_language() {
        for (language, typed, printed) in LANGUAGES {
            assert_eq!(set(language, typed), *printed, "{language}: {typed}");
        }
    }

    proptest::proptest! {
        /// Whatever is typed, only marks change; and what is set once stays as it is.
        #[test]
        fn only_marks_change(text in "([a-z0-9]|[\"' .,;:!?()\\[\\]/-]|\n|\\PC){0,30}") {
            let marks = ['"', '\'', '-', '.', '“', '”', '‘', '’', '′', '″', '–', '—', '…'];
            let words = |text: &str| text.chars().filter(|c| !marks.contains(c)).collect::<String>();
            let once = set("en", &text);
            proptest::prop_assert_eq!(words(&once), words(&text));
        }
    }
}
