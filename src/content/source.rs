//! An issue's file: bytes to a checked issue. Knows neither its name nor its newsletter.

use std::borrow::Cow;

use super::fields::is_private;
use super::front_matter::{self, FrontMatter};
use super::problem::{LineIndex, Position, Problem};

/// Two hundred times a long essay; every later step is bounded by this.
pub const SOURCE_BYTES_MAX: usize = 1024 * 1024;
/// More of one kind in one file tell an editor nothing new.
const REFUSED_CHARACTERS_MAX: usize = 20;

/// An issue as its editor wrote it: its front matter is valid, its text is clean but not yet read as Markdown.
#[derive(Clone, Debug)]
pub struct IssueFile {
    /// What stands above the text.
    pub front: FrontMatter,
    /// What should be looked at, but does not stop the issue.
    pub warnings: Vec<Problem>,
    text: String,
    lines: LineIndex,
    body_at: usize,
}

impl IssueFile {
    /// The Markdown below the front matter. Lines end in `\n`.
    pub fn body(&self) -> &str {
        &self.text[self.body_at..]
    }

    /// Where a byte of the body stands in the file.
    pub fn place(&self, body_offset: usize) -> Position {
        self.lines.position(&self.text, self.body_at + body_offset)
    }
}

/// Reads an issue's file. All that is wrong with its encoding, or else with its front matter, is told at once.
pub fn read(source: &[u8]) -> Result<IssueFile, Vec<Problem>> {
    let (mut issue, mut problems) = read_so_far(source);
    if problems.is_empty() {
        return Ok(issue);
    }
    problems.append(&mut issue.warnings);
    problems.sort_by_key(|problem| (problem.line, problem.column));
    Err(problems)
}

/// The same of a file that is no issue yet: what can be read of it, to be looked at, and what stops it.
pub fn read_so_far(source: &[u8]) -> (IssueFile, Vec<Problem>) {
    let (text, refused) = decoded(source);
    let lines = LineIndex::of(&text);
    let front_matter::Split { mut front, body, mut warnings, mut errors } = front_matter::split(&text);
    if !refused.is_empty() {
        warnings.clear();
        errors = refused;
    }
    if !errors.is_empty() && front.title.is_empty() {
        front.title = front_matter::title_of(&text);
    }
    let body_at = text.len() - body.len();
    (IssueFile { front, warnings, lines, body_at, text }, errors)
}

/// The file as text with line ends as `\n`, and what of it is none. What is refused is replaced by U+FFFD.
fn decoded(source: &[u8]) -> (String, Vec<Problem>) {
    let mut refused = Vec::new();
    if source.len() > SOURCE_BYTES_MAX {
        let message = format!("the file has {} bytes, at most {SOURCE_BYTES_MAX} are allowed", source.len());
        let problem = Problem::error(Position::START, "file-too-large", message);
        refused.push(problem.hint("images and attachments do not belong into the file; link to them"));
    }
    let source = &source[..source.len().min(SOURCE_BYTES_MAX)];
    let text = match std::str::from_utf8(source) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) => {
            if refused.is_empty() {
                refused.push(not_utf8(source, error.valid_up_to()));
            }
            String::from_utf8_lossy(source)
        }
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if !text.contains(is_refused) {
        return (text, refused);
    }
    if refused.is_empty() {
        let lines = LineIndex::of(&text);
        let all = text.char_indices().filter(|&(_, c)| is_refused(c)).take(REFUSED_CHARACTERS_MAX);
        refused = all.map(|(at, c)| refused_character(lines.position(&text, at), c)).collect();
    }
    (text.replace(is_refused, "\u{FFFD}"), refused)
}

/// Control characters have no place in a mail. Private-use characters mean nothing to a reader, and mark merge fields.
pub(super) fn is_refused(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{FFFE}' | '\u{FFFF}') || is_private(c)
}

pub(super) fn refused_character(at: Position, c: char) -> Problem {
    let code = u32::from(c);
    let kind = if is_private(c) { "private-use character" } else { "control character" };
    let message = format!("U+{code:04X} is a {kind} that no reader can see");
    Problem::error(at, "character", message).hint("delete it; it may have come along with pasted text")
}

fn not_utf8(source: &[u8], valid: usize) -> Problem {
    let before = String::from_utf8_lossy(&source[..valid]);
    let at = LineIndex::of(&before).position(&before, before.len());
    let message = format!("the file is not UTF-8: byte 0x{:02X} begins no character", source[valid]);
    Problem::error(at, "not-utf8", message).hint("save the file with the encoding UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(source: &[u8]) -> Vec<String> {
        read(source).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn files_from_other_systems_are_read() {
        let issue = read("\u{FEFF}---\r\ntitle: Über\r\n---\r\nOne\r\ntwo\rthree".as_bytes()).unwrap();
        assert_eq!(issue.front.title, "Über");
        assert_eq!(issue.body(), "One\ntwo\nthree");
        assert_eq!(issue.place(4), Position { line: 5, column: 1 });
    }

    #[test]
    fn what_is_not_text_is_refused_with_its_place() {
        assert_eq!(
            errors(b"---\ntitle: caf\xE9\n---\n"),
            [
                "2:11: the file is not UTF-8: byte 0xE9 begins no character\n  hint: save the file with the encoding UTF-8"
            ]
        );
        let found = errors("---\ntitle: a\n---\nx\0y \u{E000}name\u{E001}\u{7}".as_bytes());
        assert_eq!(found.len(), 4);
        assert!(found[0].starts_with("4:2: U+0000 is a control character"), "{found:?}");
        assert!(found[1].starts_with("4:5: U+E000 is a private-use character"), "{found:?}");
        assert_eq!(errors(&vec![0; 5000]).len(), REFUSED_CHARACTERS_MAX);
    }

    #[test]
    fn what_is_no_issue_yet_is_read_so_far() {
        for (source, title, body) in [
            (&b"---\ntitle: caf\xE9\n---\nText"[..], "caf\u{FFFD}", "Text"),
            (b"---\ntitle: a: b\nsummary: S\n---\nText", "a: b", "Text"),
            (b"+++\ntitle = \"A\"\ndraft = maybe\n+++\nText", "A", "Text"),
            (b"---\ntitle: A\nsend_at: soon\n---\nText", "A", "Text"),
            (b"---\nsummary: S\n---\nText", "Untitled", "Text"),
            (b"---\ntitle: A\nText", "A", "title: A\nText"),
            (b"Text\x07", "Untitled", "Text\u{FFFD}"),
            (b"", "Untitled", ""),
        ] {
            let (issue, problems) = read_so_far(source);
            assert_eq!((issue.front.title.as_str(), issue.body()), (title, body), "{problems:?}");
            assert!(problems.iter().any(Problem::is_error));
            assert_eq!(read(source).unwrap_err().len(), problems.len() + issue.warnings.len());
        }
        let large = [&b"---\ntitle: A\n---\n"[..], &vec![b'x'; SOURCE_BYTES_MAX]].concat();
        assert_eq!(read_so_far(&large).0.body().len(), SOURCE_BYTES_MAX - 17);
    }

    #[test]
    fn the_size_limit_is_exact() {
        let mut source = b"---\ntitle: a\n---\n".to_vec();
        source.resize(SOURCE_BYTES_MAX, b'x');
        assert!(read(&source).is_ok());
        source.push(b'x');
        assert!(errors(&source)[0].starts_with("1:1: the file has 1048577 bytes, at most 1048576"));
    }
}
