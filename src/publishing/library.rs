//! The folder of issues: names, reading, rendering. Reads files; writes nothing.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::{Date, DateTime};

use super::compose::{Composition, IssueImages, composed};
use super::page::page;
use super::pictures::{ImageResolver, weight};
use crate::clock::Timestamp;
use crate::content::problem::Position;
use crate::content::{self, Problem, SOURCE_BYTES_MAX, SendAt};
use crate::domain::delivery::DeliveryKind;
use crate::domain::image::{Image, PlacedImage};
use crate::domain::issue::is_slug;
use crate::domain::newsletter::Newsletter;
use crate::domain::reserved::is_reserved_for_issues;
use crate::images::{ImageCache, ImageError};
use crate::store::pages::NewPage;
use crate::store::revisions::NewRevision;
use crate::templates::Templates;

/// What [`Library::asked`] says of a file that is not finished.
pub(super) const ASKED_DRAFT: &str = "draft";

/// What is needed to render an issue of one newsletter.
#[derive(Clone, Copy)]
pub struct Library<'a> {
    pub newsletter: &'a Newsletter,
    pub public_url: &'a str,
    pub templates: &'a Templates,
    pub gallery: &'a ImageCache,
}

/// An issue's file, read and checked; nothing of it is stored yet.
#[derive(Debug)]
pub struct Draft {
    pub path: PathBuf,
    /// The file name after its date.
    pub slug: String,
    /// The date in the file name.
    pub named_date: Option<Date>,
    /// The text with its front matter.
    pub issue: content::IssueFile,
    pub(super) source: String,
}

/// An issue rendered for a date, and what an editor should look at.
#[derive(Debug)]
pub struct RenderedIssue {
    pub revision: NewRevision,
    pub images: Vec<PlacedImage>,
    pub page: NewPage,
    pub words: usize,
    /// Hints: nothing that stops it.
    pub warnings: Vec<Problem>,
}

/// Why a file is no issue.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// It cannot be read.
    #[error("{path}: {source}", path = .path.display())]
    Read { path: PathBuf, source: std::io::Error },
    /// Its name is not one an issue can have.
    #[error("{path}: the name makes no slug; name it like 2026-11-27-a-short-title.md", path = .path.display())]
    Name { path: PathBuf },
    /// The address that its name makes is another page's.
    #[error("{path}: {slug:?} is the address of another page of the web server; give the file another name", path = .path.display())]
    Reserved { path: PathBuf, slug: String },
    #[error("{path}: {count} to fix before it can go out", path = .path.display(), count = .problems.iter().filter(|problem| problem.is_error()).count())]
    Content { path: PathBuf, problems: Vec<Problem> },
    #[error("{path}: its front matter says newsletter {named:?}, this is {this:?}", path = .path.display())]
    Newsletter {
        path: PathBuf,
        named: String,
        /// Whose folder it is in.
        this: String,
    },
}

impl LibraryError {
    /// Refuses a file that is not there, or that cannot be looked at.
    pub fn of_missing(path: &Path) -> Result<(), Self> {
        let looked = std::fs::metadata(path).map(drop);
        looked.map_err(|source| Self::Read { path: path.to_owned(), source })
    }

    /// What is wrong with the content, each with its place.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Content { problems, .. } => problems,
            _ => &[],
        }
    }
}

impl Library<'_> {
    /// The issues' files, by name. A folder that is missing has none.
    pub fn files(&self) -> Result<Vec<PathBuf>, LibraryError> {
        let folder = &self.newsletter.issues;
        let read = |source| LibraryError::Read { path: folder.clone(), source };
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(read(error)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(read)?.path();
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['.', '#', '~', '_']));
            if !hidden && path.extension().is_some_and(|extension| extension == "md") && path.is_file() {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    /// Reads a file and checks its encoding and front matter.
    pub fn read(&self, path: &Path) -> Result<Draft, LibraryError> {
        let (draft, mut problems) = self.read_so_far(path)?;
        if problems.is_empty() {
            return Ok(draft);
        }
        problems.extend(draft.issue.warnings);
        problems.sort_by_key(|problem| (problem.line, problem.column));
        Err(LibraryError::Content { path: path.to_owned(), problems })
    }

    /// The same of a file that is no issue yet: what can be read of it, and what stops it.
    pub fn read_so_far(&self, path: &Path) -> Result<(Draft, Vec<Problem>), LibraryError> {
        let (named_date, slug) = name_parts(path).ok_or_else(|| LibraryError::Name { path: path.to_owned() })?;
        if is_reserved_for_issues(&slug) {
            return Err(LibraryError::Reserved { path: path.to_owned(), slug });
        }
        let bytes = read_bounded(path).map_err(|source| LibraryError::Read { path: path.to_owned(), source })?;
        let (issue, problems) = content::read_so_far(&bytes);
        if let Some(named) = issue.front.newsletter.as_ref().filter(|named| **named != self.newsletter.slug) {
            let (named, this) = (named.clone(), self.newsletter.slug.clone());
            return Err(LibraryError::Newsletter { path: path.to_owned(), named, this });
        }
        let source = String::from_utf8_lossy(&bytes).into_owned();
        Ok((Draft { path: path.to_owned(), slug, named_date, issue, source }, problems))
    }

    /// An issue from what its file was when it was queued; the file may have changed since, or be gone.
    pub(super) fn stored(&self, slug: &str, source: String) -> Result<Draft, LibraryError> {
        let path = self.newsletter.issues.join(format!("{slug}.md"));
        match content::read(source.as_bytes()) {
            Ok(issue) => Ok(Draft { path, slug: slug.to_owned(), named_date: None, issue, source }),
            Err(problems) => Err(LibraryError::Content { path, problems }),
        }
    }

    /// Where a draft's file is, if it lies outside the newsletter's folder.
    pub(super) fn file_outside(&self, draft: &Draft) -> Option<String> {
        let whole = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).ok();
        let file = whole(&draft.path)?;
        let folder = file.parent()?;
        let is_inside = whole(&self.newsletter.issues).is_some_and(|issues| issues == folder);
        (!is_inside).then(|| file.display().to_string())
    }

    /// Renders an issue as it looks when it goes out on `date`.
    pub fn render(&self, draft: &Draft, date: Date) -> Result<RenderedIssue, LibraryError> {
        self.render_with(draft, date, HashMap::new())
    }

    /// The same with images that are at hand, by their names; the others are looked for beside the file.
    pub(super) fn render_with(
        &self,
        draft: &Draft,
        date: Date,
        images: HashMap<String, Arc<Image>>,
    ) -> Result<RenderedIssue, LibraryError> {
        let (rendered, problems) = self.render_so_far(draft, date, images);
        match rendered.filter(|_| !problems.iter().any(Problem::is_error)) {
            Some(rendered) => Ok(RenderedIssue { warnings: problems, ..rendered }),
            None => Err(LibraryError::Content { path: draft.path.clone(), problems }),
        }
    }

    /// The same of an issue that cannot go out, as far as it can be shown; nothing where a layout does not work.
    pub(super) fn render_so_far(
        &self,
        draft: &Draft,
        date: Date,
        images: HashMap<String, Arc<Image>>,
    ) -> (Option<RenderedIssue>, Vec<Problem>) {
        let Self { newsletter, public_url, .. } = *self;
        let (issue, slug) = (&draft.issue, draft.slug.as_str());
        let finder = ImageResolver::new(newsletter, public_url, self.gallery, &draft.path).with(images);
        let logo = finder.logo();
        let no_logo = logo.as_ref().err().map(|error| self.no_logo(error));
        let art = IssueImages { pictures: &finder, logo: logo.ok().flatten() };
        let Composition { parts, mut problems } =
            composed(issue, newsletter, public_url, slug, date, self.templates, &art);
        problems.extend(no_logo);
        let (page, of_page) = page(issue, newsletter, public_url, slug, &finder.fetched());
        if !problems.iter().any(Problem::is_error) {
            problems.extend(of_page.into_iter().filter(Problem::is_error));
        }
        let images = finder.into_shown();
        problems.extend(weight(&images));
        let rendered = parts.map(|parts| RenderedIssue {
            revision: NewRevision {
                kind: DeliveryKind::Issue,
                slug: Some(slug.to_owned()),
                title: parts.title,
                subject: parts.subject,
                preheader: parts.preheader,
                language: parts.language,
                html: parts.html.as_str().to_owned(),
                plain: parts.text.as_str().to_owned(),
                source: draft.source.clone(),
            },
            images,
            page,
            words: parts.words,
            warnings: Vec::new(),
        });
        (rendered, problems)
    }

    fn no_logo(&self, error: &ImageError) -> Problem {
        let path = self.newsletter.design.logo.as_deref().unwrap_or(Path::new("")).display();
        let message = format!("the newsletter's logo {path} cannot be used: {error}");
        Problem::error(Position::START, "logo", message).hint(error.hint())
    }

    /// The date that `at` is in the newsletter's zone.
    pub fn date_of(&self, at: Timestamp) -> Date {
        at.to_jiff().to_zoned(self.newsletter.time_zone.clone()).date()
    }

    /// The instant that a front matter's civil time means: in the newsletter's zone unless it has an offset.
    pub fn instant(&self, at: DateTime) -> Timestamp {
        let zoned = self.newsletter.time_zone.to_ambiguous_zoned(at).compatible();
        zoned.map_or(Timestamp(i64::MAX), |zoned| Timestamp::from_jiff(zoned.timestamp()))
    }

    /// What a file says of its time, in a form that is kept with the issue and compared with later: `draft`, `next`, an
    /// instant, or nothing.
    pub fn asked(&self, draft: &Draft) -> String {
        match &draft.issue.front.send_at {
            _ if draft.issue.front.draft => ASKED_DRAFT.to_owned(),
            None => String::new(),
            Some(send_at) => self.wanted(send_at).map_or_else(|| "next".to_owned(), |at| at.to_string()),
        }
    }

    /// When a file wants to go out, if it says so; `None` for `next`.
    pub fn wanted(&self, send_at: &SendAt) -> Option<Timestamp> {
        match send_at {
            SendAt::Next => None,
            SendAt::At { civil, offset: Some(offset) } => {
                Some(offset.to_timestamp(*civil).map_or(Timestamp(i64::MAX), Timestamp::from_jiff))
            }
            SendAt::At { civil, offset: None } => Some(self.instant(*civil)),
        }
    }
}

/// Date and slug of a file's name: `2026-11-27-a-short-title.md`. A name without a date is a slug as a whole.
pub fn name_parts(path: &Path) -> Option<(Option<Date>, String)> {
    let stem = path.file_stem()?.to_str()?;
    let dated = stem.get(..10).and_then(|date| date.parse::<Date>().ok()).filter(|_| stem.get(10..11) == Some("-"));
    let slug = if dated.is_some() { &stem[11..] } else { stem };
    is_slug(slug).then(|| (dated, slug.to_owned()))
}

/// Reads no more than one byte over the limit: `content::read` then says that the file is too large.
fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(SOURCE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_the_name_after_its_date() {
        let parts = |name: &str| name_parts(Path::new(name)).map(|(date, slug)| (date.is_some(), slug));
        assert_eq!(parts("issues/2026-11-27-the-calendar.md"), Some((true, "the-calendar".to_owned())));
        assert_eq!(parts("the-calendar.md"), Some((false, "the-calendar".to_owned())));
        assert_eq!(parts("2026-13-27-x.md"), Some((false, "2026-13-27-x".to_owned())));
        for wrong in ["2026-11-27-.md", "A b.md", "../x y.md", "Capital.md"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
