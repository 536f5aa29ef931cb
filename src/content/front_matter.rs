//! What stands above an issue's text: its title, its time, its summary. Owns the keys and their meaning; knows neither
//! the newsletter nor what is queued.

mod entries;
mod send_at;

use url::Url;

use super::fields::is_private;
use super::links::image_file;
use super::problem::{Position, Problem};
use crate::domain::issue::Visibility;
use crate::domain::language_tag::is_language_tag;
use crate::domain::nearest::nearest;
use entries::{FrontMatterEntry, FrontMatterValue};
pub use send_at::SendAt;

/// Front matter is a dozen short lines; more is a mistake or an attack.
const FRONT_MATTER_BYTES_MAX: usize = 16 * 1024;
/// RFC 5322 allows more by folding, mailboxes show some 80 characters.
const ONE_LINE_CHARS_MAX: usize = 300;
/// A title stands in the first lines of a file.
const HEAD_LINES_MAX: usize = 40;
/// Shown in the place of a title that is not there yet.
const UNTITLED: &str = "Untitled";
/// A summary is a sentence or two.
const SUMMARY_CHARS_MAX: usize = 1000;

const KEYS: &[&str] = &[
    "title", "subject", "summary", "send_at", "draft", "newsletter", "author", "lang", "image", "image_alt", "web",
    "correction",
];

/// What an editor wrote above the text. Absent is `None`; nothing here is guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// The title, and the subject unless there is one.
    pub title: String,
    /// The subject, when it is to differ from the title.
    pub subject: Option<String>,
    /// One or two sentences for the preheader, the feed and the archive.
    pub summary: Option<String>,
    /// When it is to go out.
    pub send_at: Option<SendAt>,
    /// A draft is never scheduled.
    pub draft: bool,
    /// The newsletter's slug, where there are several.
    pub newsletter: Option<String>,
    pub author: Option<String>,
    /// BCP 47, when it differs from the newsletter's.
    pub lang: Option<String>,
    /// For the web version and for those who share it.
    pub image: Option<Cover>,
    pub image_alt: Option<String>,
    /// Who may find it on the web, when that is not everyone.
    pub web: Option<Visibility>,
    /// What was wrong in an earlier text: a note on the web version.
    pub correction: Option<String>,
    /// Where the keys stand, for advice about them.
    pub places: KeyPositions,
}

/// The image that stands for an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cover {
    Web(Url),
    /// A file beside the issue.
    File(String),
}

impl Cover {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Web(url) => url.as_str(),
            Self::File(name) => name,
        }
    }
}

/// Where keys of the front matter stand in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPositions(Vec<(String, Position)>);

impl KeyPositions {
    /// The value of `key`, or the first character of the file when it is not there.
    pub fn of(&self, key: &str) -> Position {
        self.0.iter().find(|(name, _)| name == key).map_or(Position::START, |(_, at)| *at)
    }
}

pub(super) struct Split<'a> {
    /// What could be read above the text.
    pub(super) front: FrontMatter,
    pub(super) body: &'a str,
    pub(super) errors: Vec<Problem>,
    /// What does not, such as an unknown key.
    pub(super) warnings: Vec<Problem>,
}

/// Cuts a file into front matter and text.
pub(super) fn split(source: &str) -> Split<'_> {
    let (mut front, mut warnings) = (FrontMatter::default(), Vec::new());
    let (block, body) = Block::find(source);
    let entries = block.and_then(|block| match block.syntax {
        Syntax::Yaml => Ok((entries::yaml(block.inside)?, block.syntax)),
        Syntax::Toml => Ok((entries::toml(block.inside)?, block.syntax)),
    });
    let errors = match entries {
        Ok((entries, syntax)) => front.take(entries, syntax, &mut warnings),
        Err(problem) => vec![problem],
    };
    Split { front, body, errors, warnings }
}

/// What seems to be the title of a file whose front matter cannot be read.
pub(super) fn title_of(source: &str) -> String {
    let of = |line: &str| {
        let value = line.trim().strip_prefix("title")?.trim_start().strip_prefix([':', '='])?.trim();
        let value = value.trim_matches(['"', '\'']);
        (!value.is_empty()).then(|| value.chars().take(ONE_LINE_CHARS_MAX).collect())
    };
    source.lines().take(HEAD_LINES_MAX).find_map(of).unwrap_or_else(|| UNTITLED.to_owned())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Yaml,
    Toml,
}

struct Block<'a> {
    syntax: Syntax,
    inside: &'a str,
}

impl<'a> Block<'a> {
    /// The front matter, and the text below it; without one that ends, all there is.
    fn find(source: &'a str) -> (Result<Self, Problem>, &'a str) {
        let mut lines = source.split_inclusive('\n');
        let first = lines.next().unwrap_or_default();
        let (syntax, fence) = match first.trim_end() {
            "---" => (Syntax::Yaml, "---"),
            "+++" => (Syntax::Toml, "+++"),
            _ => {
                let problem =
                    Problem::error(Position::START, "no-front-matter", "the file does not begin with its title");
                let hint = "put three lines on top: ---, then title: What it is about, then --- again";
                return (Err(problem.hint(hint)), source);
            }
        };
        let start = first.len();
        let mut end = start;
        for line in lines {
            if line.trim_end() == fence {
                return (Ok(Self { syntax, inside: &source[start..end] }), &source[end + line.len()..]);
            }
            end += line.len();
            if end - start > FRONT_MATTER_BYTES_MAX {
                break;
            }
        }
        let message = format!("the front matter that begins here with {fence} does not end");
        let hint =
            format!("put {fence} on a line of its own below the last key (at most {FRONT_MATTER_BYTES_MAX} bytes)");
        (Err(Problem::error(Position::START, "front-matter-open", message).hint(hint)), &source[start..])
    }
}

impl FrontMatter {
    /// Takes over what is in order; what is not is told.
    fn take(&mut self, entries: Vec<FrontMatterEntry>, syntax: Syntax, warnings: &mut Vec<Problem>) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut title_seen = false;
        for entry in entries {
            title_seen |= entry.key == "title";
            self.places.0.push((entry.key.clone(), entry.at));
            if !KEYS.contains(&entry.key.as_str()) {
                warnings.push(unknown_key(&entry));
            } else if let Err(problem) = self.set(&entry, syntax) {
                problems.push(problem);
            }
        }
        if !title_seen {
            let problem = Problem::error(Position::START, "title-missing", "the front matter has no `title`");
            problems.push(problem.hint("add a line: title: What the issue is about"));
        }
        problems
    }

    fn set(&mut self, entry: &FrontMatterEntry, syntax: Syntax) -> Result<(), Problem> {
        match entry.key.as_str() {
            "title" => {
                self.title = one_line(entry)?.ok_or_else(|| {
                    Problem::error(entry.at, "title-missing", "`title` is empty").hint("write what the issue is about")
                })?;
            }
            "subject" => self.subject = one_line(entry)?,
            "summary" => self.summary = plain(entry, SUMMARY_CHARS_MAX)?.map(|text| squeeze(&text)),
            "send_at" => self.send_at = text(entry)?.map(|typed| SendAt::parse(typed, entry.at)).transpose()?,
            "draft" => self.draft = boolean(entry, syntax)?,
            "newsletter" => self.newsletter = one_line(entry)?,
            "author" => self.author = one_line(entry)?,
            "lang" => self.lang = one_line(entry)?.map(|tag| language(tag, entry)).transpose()?,
            "image" => self.image = one_line(entry)?.map(|typed| image(&typed, entry)).transpose()?,
            "image_alt" => self.image_alt = one_line(entry)?,
            "web" => self.web = one_line(entry)?.map(|typed| visibility(&typed, entry)).transpose()?,
            "correction" => self.correction = plain(entry, SUMMARY_CHARS_MAX)?.map(|text| squeeze(&text)),
            _ => {}
        }
        Ok(())
    }

    /// What stands in the mailbox's list.
    pub fn subject(&self) -> &str {
        self.subject.as_deref().unwrap_or(&self.title)
    }
}

fn unknown_key(entry: &FrontMatterEntry) -> Problem {
    let message = format!("`{}` is not a key of the front matter and is left out", entry.key.escape_debug());
    Problem::warning(entry.key_at, "unknown-key", message).hint(match nearest(&entry.key, KEYS.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the keys are {}", KEYS.join(", ")),
    })
}

/// The value as text; an empty one counts as absent.
fn text(entry: &FrontMatterEntry) -> Result<Option<&str>, Problem> {
    match &entry.value {
        FrontMatterValue::Null => Ok(None),
        FrontMatterValue::Text(text) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
        FrontMatterValue::Bool(_) | FrontMatterValue::Other => {
            let message = format!("`{}` must be text", entry.key);
            Err(Problem::error(entry.at, "wrong-type", message).hint("put the value in quotation marks"))
        }
    }
}

fn plain(entry: &FrontMatterEntry, chars_max: usize) -> Result<Option<String>, Problem> {
    let Some(text) = text(entry)? else { return Ok(None) };
    let key = &entry.key;
    if text.contains("{{") {
        let message = format!("merge fields do nothing in `{key}`");
        return Err(Problem::error(entry.at, "field-in-front-matter", message)
            .hint("use them in the text below the front matter"));
    }
    // An escape such as "\uE000" brings in what the file itself may not contain.
    if text.contains(is_private) {
        let message = format!("`{key}` has a private-use character, which no reader can see");
        return Err(Problem::error(entry.at, "character", message).hint("take it out"));
    }
    let length = text.chars().count();
    if length > chars_max {
        let message = format!("`{key}` is {length} characters long, at most {chars_max} are allowed");
        return Err(Problem::error(entry.at, "too-long", message).hint("say the rest in the text"));
    }
    Ok(Some(text.to_owned()))
}

/// Text for a header or a heading: without line ends or other control characters.
fn one_line(entry: &FrontMatterEntry) -> Result<Option<String>, Problem> {
    let text = plain(entry, ONE_LINE_CHARS_MAX)?;
    if text.as_ref().is_some_and(|text| text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')))
    {
        let message = format!("`{}` must be one line", entry.key);
        return Err(Problem::error(entry.at, "not-one-line", message).hint("write it on one line, without tabs"));
    }
    Ok(text)
}

/// A summary may be written over several lines; it is read as one.
fn squeeze(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn boolean(entry: &FrontMatterEntry, syntax: Syntax) -> Result<bool, Problem> {
    match &entry.value {
        FrontMatterValue::Bool(value) => Ok(*value),
        _ => {
            let assign = if syntax == Syntax::Yaml { ": " } else { " = " };
            let message = format!("`{}` is either true or false", entry.key);
            Err(Problem::error(entry.at, "wrong-type", message).hint(format!("write {}{assign}true", entry.key)))
        }
    }
}

fn language(tag: String, entry: &FrontMatterEntry) -> Result<String, Problem> {
    if is_language_tag(&tag) {
        return Ok(tag);
    }
    let message = format!("{tag:?} is not a language tag");
    Err(Problem::error(entry.at, "lang", message).hint("write a tag such as en, pt-BR, ar or ja"))
}

fn image(typed: &str, entry: &FrontMatterEntry) -> Result<Cover, Problem> {
    if let Some(name) = image_file(typed) {
        return Ok(Cover::File(name));
    }
    Url::parse(typed).ok().filter(|url| matches!(url.scheme(), "http" | "https")).map(Cover::Web).ok_or_else(|| {
        let message = format!("image {typed:?} is neither a file nor an http or https address");
        Problem::error(entry.at, "image", message).hint(
            "write the name of a file beside the issue, or the whole address, such as https://example.org/picture.jpg",
        )
    })
}

fn visibility(typed: &str, entry: &FrontMatterEntry) -> Result<Visibility, Problem> {
    typed.parse().map_err(|_| {
        let message = format!("`web` is public, unlisted or none, not {typed:?}");
        let hint = "public: in the archive and the feeds; unlisted: at its address alone; none: in mailboxes alone";
        Problem::error(entry.at, "web", message).hint(hint)
    })
}
