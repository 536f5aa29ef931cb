//! What may become an issue: a slug, a text with its front matter, and pictures by name. A file of a folder is one way to
//! get it; a text that never was a file is another. Knows no path.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::clock::Timestamp;
use crate::content::{self, IssueFile, Problem, SendAt};
use crate::domain::image::Image;
use crate::domain::issue::is_slug;
use crate::domain::newsletter::Newsletter;
use crate::domain::reserved::is_reserved_for_issues;
use crate::images::{Folder, ImageCache, ImageError};

/// What [`Source::asked`] says of a text that is not finished.
pub(super) const ASKED_DRAFT: &str = "draft";

/// A text of one newsletter, read and checked; nothing of it is stored yet.
#[derive(Debug)]
pub struct Source {
    /// What people call it: the path of its file, or else its slug.
    pub name: String,
    pub slug: String,
    /// The day that it is named for.
    pub named_date: Option<Date>,
    /// The text with its front matter.
    pub issue: IssueFile,
    /// When it wants to go out, if it names a time.
    pub wanted: Option<Timestamp>,
    /// As it was written.
    pub(super) text: String,
    pub(super) pictures: SourcePictures,
    /// Where its file is, if that is not the newsletter's folder.
    pub(super) file: Option<String>,
}

/// Where the pictures of a source are.
#[derive(Debug)]
pub(super) enum SourcePictures {
    /// Beside its file.
    Beside(Folder),
    /// At hand, by their names.
    Named(HashMap<String, Arc<Image>>),
}

impl SourcePictures {
    pub(super) fn find(&self, name: &str, gallery: &ImageCache) -> Result<Arc<Image>, ImageError> {
        match self {
            Self::Beside(folder) => gallery.image(folder, name),
            Self::Named(images) => images.get(name).cloned().ok_or(ImageError::Missing),
        }
    }
}

/// Why something is no issue.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {why}")]
pub struct SourceError {
    /// The name of the source.
    pub name: String,
    pub why: SourceFault,
}

#[derive(Debug, thiserror::Error)]
pub enum SourceFault {
    /// Its file cannot be read.
    #[error("{0}")]
    Unreadable(std::io::Error),
    /// An issue cannot be called so.
    #[error("the name makes no slug; name it like 2026-11-27-a-short-title.md")]
    Name,
    /// The address that its slug makes is another page's.
    #[error("{0:?} is the address of another page of the web server; give it another name")]
    Reserved(String),
    #[error("{} to fix before it can go out", .0.iter().filter(|problem| problem.is_error()).count())]
    Content(Vec<Problem>),
    #[error("its front matter says newsletter {named:?}, this is {this:?}")]
    Newsletter {
        named: String,
        /// Whose it would be.
        this: String,
    },
}

impl SourceFault {
    pub(super) fn of(self, name: &str) -> SourceError {
        SourceError { name: name.to_owned(), why: self }
    }
}

impl SourceError {
    /// What is wrong with the content, each with its place.
    pub fn problems(&self) -> &[Problem] {
        match &self.why {
            SourceFault::Content(problems) => problems,
            _ => &[],
        }
    }
}

impl Source {
    /// A text that is no file, with its pictures by name.
    pub fn new(
        newsletter: &Newsletter,
        slug: &str,
        text: &str,
        pictures: HashMap<String, Arc<Image>>,
    ) -> Result<Self, SourceError> {
        let (source, problems) = Self::so_far(newsletter, (slug, slug), text.as_bytes())?;
        Self { pictures: SourcePictures::Named(pictures), ..source }.whole(problems)
    }

    /// What can be read of a text that is no issue yet, without its pictures, and what stops it.
    pub(super) fn so_far(
        newsletter: &Newsletter,
        (name, slug): (&str, &str),
        bytes: &[u8],
    ) -> Result<(Self, Vec<Problem>), SourceError> {
        let refused = |why: SourceFault| Err(why.of(name));
        if !is_slug(slug) {
            return refused(SourceFault::Name);
        }
        if is_reserved_for_issues(slug) {
            return refused(SourceFault::Reserved(slug.to_owned()));
        }
        let (issue, problems) = content::read_so_far(bytes);
        if let Some(named) = issue.front.newsletter.clone().filter(|named| *named != newsletter.slug) {
            return refused(SourceFault::Newsletter { named, this: newsletter.slug.clone() });
        }
        let source = Self {
            name: name.to_owned(),
            slug: slug.to_owned(),
            named_date: None,
            wanted: issue.front.send_at.as_ref().and_then(|send_at| instant(send_at, newsletter)),
            issue,
            text: String::from_utf8_lossy(bytes).into_owned(),
            pictures: SourcePictures::Named(HashMap::new()),
            file: None,
        };
        Ok((source, problems))
    }

    /// Refuses it with what stops it, and with all that could be better.
    pub(super) fn whole(self, mut problems: Vec<Problem>) -> Result<Self, SourceError> {
        if problems.is_empty() {
            return Ok(self);
        }
        problems.extend(self.issue.warnings);
        problems.sort_by_key(|problem| (problem.line, problem.column));
        Err(SourceFault::Content(problems).of(&self.name))
    }

    /// What it says of its time, in a form that is kept with the issue and compared with later: `draft`, `next`, an
    /// instant, or nothing.
    pub(super) fn asked(&self) -> String {
        match (&self.issue.front.send_at, self.wanted) {
            _ if self.issue.front.draft => ASKED_DRAFT.to_owned(),
            (_, Some(at)) => at.to_string(),
            (Some(_), None) => "next".to_owned(),
            (None, None) => String::new(),
        }
    }
}

/// When a front matter wants to go out, in the newsletter's zone unless it has an offset; `None` for `next`.
fn instant(send_at: &SendAt, newsletter: &Newsletter) -> Option<Timestamp> {
    match send_at {
        SendAt::Next => None,
        SendAt::At { civil, offset: Some(offset) } => {
            Some(offset.to_timestamp(*civil).map_or(Timestamp(i64::MAX), Timestamp::from_jiff))
        }
        SendAt::At { civil, offset: None } => Some(newsletter.instant(*civil)),
    }
}
