//! What the file of an issue says beside what is queued. Both may be right at the same time; an editor must see when
//! they differ, wherever an issue is shown. Compares; changes nothing.
//!
//! A file differs when queueing it again would change the mail or the page. A layout or a setting that changed meanwhile
//! is no change of the file.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::folder::{IssueFolder, name_parts};
use super::publisher::Renderer;
use super::render::RenderedIssue;
use super::source::{Source, SourceError, SourceFault};
use crate::clock::Timestamp;
use crate::content::Problem;
use crate::domain::issue::IssueState;
use crate::domain::moment::short;
use crate::domain::newsletter::Newsletter;
use crate::store::issues::Issue;
use crate::store::pages::NewPage;
use crate::store::{Db, StoreError, Tx, images, issues, pages, revisions};

/// An issue's file beside its queued text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueuedFile {
    /// The file; none where it is gone, or not known on this machine.
    pub path: Option<PathBuf>,
    /// When the queued text was stored.
    pub text_of: Timestamp,
    /// How the two differ, if they do.
    pub differs: Option<Difference>,
    /// The same in a sentence with what to do; none where there is nothing to be done.
    pub note: Option<String>,
}

/// How a file differs from what is queued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Difference {
    Changed,
    /// It says something that stops it.
    Broken {
        problem: Problem,
    },
    /// It says that it is not finished.
    Draft,
    /// It is not there any more.
    Gone,
    /// Several files make the issue's slug.
    Ambiguous {
        files: Vec<PathBuf>,
    },
    /// It cannot be read.
    Unreadable {
        why: String,
    },
}

/// What is stored of an issue's text.
#[derive(Clone, Debug)]
struct Stored {
    digest: String,
    source: String,
    text_of: Timestamp,
    /// Names and digests of its images.
    images: Vec<(String, String)>,
    page: Option<NewPage>,
}

/// A file that asks to be queued by itself, and cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stuck {
    pub path: PathBuf,
    /// What it is wrong with it.
    pub problem: Problem,
}

/// How the file of each of `issues` stands, in their order; none of an issue that is over, was never queued, or whose
/// folder is not on this machine.
pub async fn look(db: &Db, renderer: &Renderer<'_>, issues: &[Issue]) -> Result<Vec<Option<QueuedFile>>, StoreError> {
    let mut stored = Vec::with_capacity(issues.len());
    let mut tx = db.read().await?;
    for issue in issues {
        stored.push(if is_compared(issue.state) { load(&mut tx, issue).await? } else { None });
    }
    drop(tx);
    let files = IssueFolder::of(renderer.newsletter).files();
    let of = |(issue, stored): (&Issue, Option<Stored>)| match (stored, &files) {
        (Some(stored), Ok(files)) => compare(renderer, files, issue, &stored),
        _ => None,
    };
    Ok(issues.iter().zip(stored).map(of).collect())
}

/// The files from today on that ask to be queued by themselves, are not known to the database, and cannot be.
pub async fn stuck(db: &Db, renderer: &Renderer<'_>, now: Timestamp) -> Result<Vec<Stuck>, StoreError> {
    let newsletter = renderer.newsletter;
    let (folder, today) = (IssueFolder::of(newsletter), newsletter.date_of(now));
    let mut stuck = Vec::new();
    for path in folder.files().unwrap_or_default() {
        let Some((Some(date), slug)) = name_parts(&path).filter(|(date, _)| date.is_some_and(|date| date >= today))
        else {
            continue;
        };
        if issues::find(&mut db.read().await?, newsletter.id, &slug).await?.is_some() {
            continue;
        }
        let rendered = match folder.read(&path) {
            Ok(source) if source.issue.front.draft || source.issue.front.send_at.is_none() => continue,
            Ok(source) => renderer.render(&source, date).map(drop),
            Err(error) => Err(error),
        };
        let Err(SourceError { why: SourceFault::Content(problems), .. }) = rendered else { continue };
        if let Some(problem) = problems.into_iter().find(Problem::is_error) {
            stuck.push(Stuck { path, problem });
        }
    }
    Ok(stuck)
}

fn is_compared(state: IssueState) -> bool {
    match state {
        IssueState::Queued | IssueState::Preparing | IssueState::Sending | IssueState::Paused | IssueState::Held => {
            true
        }
        IssueState::Draft | IssueState::Sent | IssueState::Stopped => false,
    }
}

async fn load(tx: &mut Tx, issue: &Issue) -> Result<Option<Stored>, StoreError> {
    let Some(revision) = revisions::get(tx, issue.revision_id).await? else { return Ok(None) };
    let source = revisions::source(tx, issue.revision_id).await?.unwrap_or_default();
    let shown = images::of_revision(tx, issue.revision_id).await?;
    Ok(Some(Stored {
        digest: revision.digest,
        source,
        text_of: revision.created_at,
        images: shown.into_iter().map(|image| (image.name, image.digest)).collect(),
        page: pages::of_revision(tx, issue.revision_id).await?,
    }))
}

/// What there is to say of one issue, from the newsletter's files and what is stored.
fn compare(renderer: &Renderer<'_>, files: &[PathBuf], issue: &Issue, stored: &Stored) -> Option<QueuedFile> {
    // A machine without the folder cannot say that a file is gone.
    if issue.file.is_none() && !IssueFolder::of(renderer.newsletter).is_here() {
        return None;
    }
    let (path, differs) = match file_of(IssueFolder::of(renderer.newsletter), files, issue) {
        Found::None => (None, Some(Difference::Gone)),
        Found::Several(files) => (None, Some(Difference::Ambiguous { files })),
        Found::One(path) => {
            let differs = difference(renderer, &path, issue, stored);
            (Some(path), differs)
        }
    };
    let standing = QueuedFile { path, text_of: stored.text_of, differs, note: None };
    let note = standing.differs.as_ref().and_then(|differs| words(renderer.newsletter, issue, &standing, differs));
    Some(QueuedFile { note, ..standing })
}

enum Found {
    None,
    One(PathBuf),
    Several(Vec<PathBuf>),
}

fn file_of(folder: IssueFolder<'_>, files: &[PathBuf], issue: &Issue) -> Found {
    let is_its = |path: &&PathBuf| name_parts(path).is_some_and(|(_, slug)| slug == issue.slug);
    // Of a folder that newsletters share, each has what does not name another.
    let is_ours =
        |path: &&PathBuf| !folder.read(path).is_err_and(|error| matches!(error.why, SourceFault::Newsletter { .. }));
    let mut found: Vec<PathBuf> = files.iter().filter(is_its).filter(is_ours).cloned().collect();
    let elsewhere = issue.file.as_ref().map(PathBuf::from).filter(|path| path.is_file());
    match (found.len(), elsewhere) {
        (0, Some(path)) => Found::One(path),
        (0, None) => Found::None,
        (1, _) => Found::One(found.remove(0)),
        _ => Found::Several(found),
    }
}

fn difference(renderer: &Renderer<'_>, path: &Path, issue: &Issue, stored: &Stored) -> Option<Difference> {
    let broken = |problems: Vec<Problem>| {
        let problem = problems.into_iter().find(Problem::is_error)?;
        Some(Difference::Broken { problem })
    };
    let source = match IssueFolder::of(renderer.newsletter).read(path) {
        Ok(source) => source,
        Err(SourceError { why: SourceFault::Content(problems), .. }) => return broken(problems),
        Err(SourceError { why: SourceFault::Unreadable(error), .. })
            if error.kind() == std::io::ErrorKind::NotFound =>
        {
            return Some(Difference::Gone);
        }
        Err(error) => return Some(Difference::Unreadable { why: error.to_string() }),
    };
    let same_source = source.text == stored.source;
    if same_source && source.issue.images().is_empty() {
        return None;
    }
    if source.issue.front.draft {
        return Some(Difference::Draft);
    }
    match rendered(renderer, &source, issue) {
        Err(SourceError { why: SourceFault::Content(problems), .. }) => broken(problems),
        Err(error) => Some(Difference::Unreadable { why: error.to_string() }),
        Ok(rendered) if same_source => shows_others(&rendered, stored).then_some(Difference::Changed),
        Ok(rendered) => {
            let is_same = rendered.revision.digest() == stored.digest && stored.page.as_ref() == Some(&rendered.page);
            (!is_same).then_some(Difference::Changed)
        }
    }
}

/// As it would be stored if it were queued again where it stands.
fn rendered(renderer: &Renderer<'_>, source: &Source, issue: &Issue) -> Result<RenderedIssue, SourceError> {
    let at = issue.due_at.or(issue.started_at).unwrap_or(issue.created_at);
    renderer.render(source, renderer.newsletter.date_of(at))
}

/// Whether an image is another than it was.
fn shows_others(rendered: &RenderedIssue, stored: &Stored) -> bool {
    rendered.images.iter().any(|shown| {
        let was = stored.images.iter().find(|(name, _)| *name == shown.name);
        was.is_some_and(|(_, digest)| *digest != shown.image.digest)
    })
}

fn words(newsletter: &Newsletter, issue: &Issue, standing: &QueuedFile, differs: &Difference) -> Option<String> {
    let text = format!("the text of {}", short(standing.text_of, &newsletter.time_zone));
    let file = standing.path.as_ref().map_or_else(|| "FILE".to_owned(), |path| path.display().to_string());
    let waits = issue.state == IssueState::Held;
    let goes_out = if waits { String::new() } else { format!("; {text} goes out") };
    Some(match differs {
        // Queueing takes the file as it is then.
        Difference::Changed | Difference::Draft if waits => return None,
        Difference::Changed if matches!(issue.state, IssueState::Preparing | IssueState::Sending) => {
            format!("the file has changed since it was queued{goes_out}: coranto issues correct {file}")
        }
        Difference::Changed => format!("the file has changed since it was queued ({text}): coranto queue {file}"),
        Difference::Broken { problem: Problem { line, column, message, .. } } => {
            format!("the file cannot go out as it is ({line}:{column} {message}){goes_out}")
        }
        Difference::Draft => "the file says `draft: true`: `coranto serve` takes the issue off the queue".to_owned(),
        Difference::Gone if waits => "the file is gone; without it there is nothing to queue".to_owned(),
        Difference::Gone => format!("the file is gone{goes_out}"),
        Difference::Ambiguous { files } => {
            let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
            format!("{} make its slug: give all but one another name{goes_out}", names.join(" and "))
        }
        Difference::Unreadable { why } => format!("the file cannot be read ({why}){goes_out}"),
    })
}
