//! Rust text taken apart just far enough for the house rules: code, comments, string literals. Knows no rule.

/// One source file, split by kind. Each part keeps its line breaks, so that line numbers hold in all of them.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// With comments and the insides of literals blanked.
    pub(super) code: String,
    /// With all but the comments blanked.
    pub(super) comments: String,
    /// The text of each string literal and the line it begins on.
    pub(super) strings: Vec<(usize, String)>,
}

/// Where the reader is.
enum Place {
    Code,
    LineComment,
    BlockComment { depth: usize },
    Text { hashes: Option<usize> },
}

impl Source {
    pub(super) fn parse(text: &str) -> Self {
        let mut source = Self::default();
        let mut place = Place::Code;
        let mut rest = text;
        let mut line = 1;
        while let Some(next) = rest.chars().next() {
            let (length, after) = match place {
                Place::Code => source.code_step(rest, line),
                Place::LineComment => (next.len_utf8(), if next == '\n' { Place::Code } else { Place::LineComment }),
                Place::BlockComment { depth } => block_comment_step(rest, next, depth),
                Place::Text { hashes } => source.text_step(rest, next, hashes),
            };
            let (taken, left) = rest.split_at(length);
            let is_code = matches!(place, Place::Code) && matches!(after, Place::Code);
            let is_comment = matches!(place, Place::LineComment | Place::BlockComment { .. });
            for character in taken.chars() {
                let blank = if character == '\n' { '\n' } else { ' ' };
                source.code.push(if is_code { character } else { blank });
                source.comments.push(if is_comment { character } else { blank });
            }
            line += taken.matches('\n').count();
            (place, rest) = (after, left);
        }
        source
    }

    /// How many bytes of code to take, and where that leads.
    fn code_step(&mut self, rest: &str, line: usize) -> (usize, Place) {
        if rest.starts_with("//") {
            return (2, Place::LineComment);
        }
        if rest.starts_with("/*") {
            return (2, Place::BlockComment { depth: 1 });
        }
        if rest.starts_with('"') {
            self.strings.push((line, String::new()));
            return (1, Place::Text { hashes: None });
        }
        // A raw string, unless the letter ends a longer name.
        let begins_word =
            !self.code.ends_with(|last: char| last.is_alphanumeric() || last == '_') || self.code.ends_with('b');
        if begins_word && let Some(raw) = rest.strip_prefix('r') {
            let hashes = raw.len() - raw.trim_start_matches('#').len();
            if raw[hashes..].starts_with('"') {
                self.strings.push((line, String::new()));
                return (2 + hashes, Place::Text { hashes: Some(hashes) });
            }
        }
        // A character literal, which a quote may be in; a lifetime has no second quote.
        if let Some(inside) = rest.strip_prefix('\'') {
            let escaped = inside.strip_prefix('\\');
            let end = match escaped {
                Some(inside) => inside.char_indices().skip(1).find(|(_, c)| *c == '\'').map(|(at, _)| at + 3),
                None => {
                    inside.chars().next().filter(|c| inside[c.len_utf8()..].starts_with('\'')).map(|c| c.len_utf8() + 2)
                }
            };
            if let Some(end) = end {
                return (end, Place::Code);
            }
        }
        (rest.chars().next().map_or(1, char::len_utf8), Place::Code)
    }

    fn text_step(&mut self, rest: &str, next: char, hashes: Option<usize>) -> (usize, Place) {
        let end = format!("\"{}", "#".repeat(hashes.unwrap_or(0)));
        if rest.starts_with(&end) {
            return (end.len(), Place::Code);
        }
        let length = match (hashes, next) {
            (None, '\\') => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            _ => next.len_utf8(),
        };
        if let Some((_, text)) = self.strings.last_mut() {
            text.push_str(&rest[..length]);
        }
        (length, Place::Text { hashes })
    }
}

fn block_comment_step(rest: &str, next: char, depth: usize) -> (usize, Place) {
    if rest.starts_with("/*") {
        (2, Place::BlockComment { depth: depth + 1 })
    } else if rest.starts_with("*/") {
        (2, if depth == 1 { Place::Code } else { Place::BlockComment { depth: depth - 1 } })
    } else {
        (next.len_utf8(), Place::BlockComment { depth })
    }
}

/// The names in `code`, with their line.
pub(super) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().enumerate().flat_map(|(number, line)| {
        line.split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| !word.is_empty())
            .map(move |word| (number + 1, word))
    })
}

/// The first names of the paths that begin with `root::`, alone or in a group, with their line.
pub(super) fn paths_from(code: &str, root: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let start = format!("{root}::");
    for (at, _) in code.match_indices(&start) {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let line = 1 + code[..at].matches('\n').count();
        let rest = &code[at + start.len()..];
        let first_name = |text: &str| {
            text.trim_start().split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("").to_owned()
        };
        let Some(group) = rest.strip_prefix('{') else {
            found.push((line, first_name(rest)));
            continue;
        };
        let mut depth = 1_usize;
        let mut item = 0;
        for (end, character) in group.char_indices() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 || (depth == 1 && character == ',') {
                found.push((line, first_name(&group[item..end])));
                item = end + 1;
            }
            if depth == 0 {
                break;
            }
        }
    }
    found.retain(|(_, name)| !name.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_taken_apart() {
        let source = Source::parse(
            "let a = \"x // \\\" y\"; // said \"so\"\nlet b = r#\"raw \" text\"#; /* a /* b */ c */ f('\"', '\\'', 'a);",
        );
        assert_eq!(source.strings, [(1, "x // \\\" y".to_owned()), (2, "raw \" text".to_owned())]);
        assert_eq!(
            source.comments.split_whitespace().collect::<Vec<_>>(),
            ["said", "\"so\"", "a", "/*", "b", "*/", "c", "*/"]
        );
        let code = source.code.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(code, "let a = ; let b = ; f('\"', '\\'', 'a);");
        assert_eq!(source.code.lines().count(), 2);
    }

    #[test]
    fn paths_are_found_alone_and_in_groups() {
        let code = "use crate::store::{Db, Tx};\nuse crate::{\n    domain::{address, x},\n    smtp,\n};\nlet a = mycrate::web::x + crate::clock::now();";
        let expected =
            [(1, "store"), (2, "domain"), (2, "smtp"), (6, "clock")].map(|(line, name)| (line, name.to_owned()));
        assert_eq!(paths_from(code, "crate"), expected);
    }
}
