//! Files that say themselves when they are to go out (`send_at`) are followed: seen, queued, and kept up with while
//! they may still change. Other files are queued by a command alone.
//!
//! What a person said by a command stands until the file says something else of its time: that is why the issue keeps
//! what its file asked for.

use std::collections::HashMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::error::QueueError;
use super::folder::{IssueFolder, name_parts};
use super::followed::{FollowUp, Followed, NextLook};
use super::notice::FollowNotice;
use super::publisher::Publisher;
use super::source::{SourceError, SourceFault};
use crate::domain::NewsletterId;
use crate::domain::issue::IssueState;
use crate::domain::moment::moment;
use crate::domain::newsletter::Newsletter;
use crate::store::{StoreError, issues};

/// What was last seen of a newsletter's files, so that one that did not change is not read again.
#[derive(Debug)]
pub struct FileWatcher {
    /// Other newsletters in the same folder.
    other_newsletters: Vec<(NewsletterId, String)>,
    /// The slugs of all newsletters that this process knows.
    known: Vec<String>,
    files: HashMap<PathBuf, Seen>,
    looked: bool,
    /// What was last said of the folder itself.
    said: Option<String>,
}

#[derive(Debug)]
struct Seen {
    stamp: Stamp,
    step: NextLook,
    /// What was last said of it, in this state of the file.
    said: Option<String>,
    /// The images that it shows, and their states; one that is not there has none.
    images: Vec<(PathBuf, Option<Stamp>)>,
}

impl Seen {
    fn new(stamp: Stamp, step: NextLook) -> Self {
        Self { stamp, step, said: None, images: Vec::new() }
    }

    /// Whether an image changed, came or went since the file was read.
    fn shows_something_else(&self) -> bool {
        self.images.iter().any(|(path, stamp)| Stamp::at(path) != *stamp)
    }
}

/// Tells two states of a file apart: size, inode, and the times of its last change in content and otherwise, so that a
/// copy with an old date and a change of permissions are noticed too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp([i64; 4], [u64; 2]);

impl Stamp {
    fn at(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().map(|data| Self::of(&data))
    }

    fn of(data: &Metadata) -> Self {
        Self([data.mtime(), data.mtime_nsec(), data.ctime(), data.ctime_nsec()], [data.len(), data.ino()])
    }
}

impl FileWatcher {
    /// A follower of the files of `newsletter`, which is one of `all`. In a folder that several of them share, a new file
    /// is only followed if it names its newsletter.
    pub fn new(newsletter: &Newsletter, all: &[Newsletter]) -> Self {
        // By its true name where it exists, so that two spellings of one folder are one.
        let folder = |one: &Newsletter| std::fs::canonicalize(&one.issues).unwrap_or_else(|_| one.issues.clone());
        let others = all.iter().filter(|one| one.slug != newsletter.slug && folder(one) == folder(newsletter));
        Self {
            other_newsletters: others.map(|one| (one.id, one.slug.clone())).collect(),
            known: all.iter().map(|one| one.slug.clone()).collect(),
            files: HashMap::new(),
            looked: false,
            said: None,
        }
    }

    /// Looks at every file once, and adds to `notices` what there is to say. What is wrong with one file is told once per
    /// change of it, and stops no other; an error is the database's, which is away.
    pub async fn look(&mut self, publisher: &Publisher<'_>, notices: &mut Vec<FollowNotice>) -> Result<(), StoreError> {
        let newsletter = publisher.newsletter();
        let folder = IssueFolder::of(newsletter);
        let files = match folder.files() {
            Ok(files) => files,
            Err(error) => {
                let why = format!("the issues cannot be listed: {error}");
                if self.said.as_ref() != Some(&why) {
                    notices.push(FollowNotice::Ignored { path: newsletter.issues.clone(), why: why.clone() });
                }
                self.said = Some(why);
                return Ok(());
            }
        };
        self.said = None;
        self.miss(publisher, &files, notices).await?;
        let due: Vec<_> = files.iter().filter_map(|path| self.due(path).map(|due| (path, due))).collect();
        for (path, (stamp, before)) in due {
            let images = images(folder, path);
            let (step, notice) = match self.follow(publisher, path, &files, before == NextLook::Again).await {
                Ok(done) => done,
                Err(QueueError::Store(error)) if error.is_transient() => return Err(error),
                Err(error) => {
                    (step_after(&error), Some(FollowNotice::Ignored { path: path.clone(), why: words(&error) }))
                }
            };
            let seen = self.files.entry(path.clone()).or_insert(Seen::new(stamp, step));
            (seen.stamp, seen.step, seen.images) = (stamp, step, images);
            if let Some(notice) = notice {
                let said = Some(notice.to_string());
                if seen.said != said {
                    seen.said = said;
                    notices.push(notice);
                }
            }
        }
        self.looked = true;
        Ok(())
    }

    /// The file's stamp and what was to be done with it, if it is to be read now.
    fn due(&mut self, path: &Path) -> Option<(Stamp, NextLook)> {
        let stamp = Stamp::of(&std::fs::metadata(path).ok()?);
        match self.files.get(path) {
            Some(seen) if seen.stamp == stamp && seen.shows_something_else() => Some((stamp, NextLook::Settle)),
            Some(seen) if seen.stamp == stamp => (seen.step != NextLook::Rest).then_some((stamp, seen.step)),
            // What was there before the process is read at once, for it may be due.
            None if !self.looked => Some((stamp, NextLook::Settle)),
            _ => {
                self.files.insert(path.to_owned(), Seen::new(stamp, NextLook::Settle));
                None
            }
        }
    }

    /// Forgets files that are gone, and says which of them still have an issue on the queue.
    async fn miss(
        &mut self,
        publisher: &Publisher<'_>,
        files: &[PathBuf],
        notices: &mut Vec<FollowNotice>,
    ) -> Result<(), StoreError> {
        let gone: Vec<PathBuf> = self.files.keys().filter(|path| files.binary_search(path).is_err()).cloned().collect();
        for path in gone {
            let slug = name_parts(&path).map(|(_, slug)| slug);
            let renamed = files.iter().any(|file| name_parts(file).map(|(_, slug)| slug) == slug);
            if let Some(slug) = slug.filter(|_| !renamed)
                && let Some(issue) =
                    issues::find(&mut publisher.db.read().await?, publisher.newsletter().id, &slug).await?
                && issue.state == IssueState::Queued
                && let Some(due_at) = issue.due_at
            {
                let at = moment(due_at, &publisher.newsletter().time_zone);
                let why = format!(
                    "the file is gone, but its issue still goes out on {at}; `coranto issues unschedule {slug}` if it is not to"
                );
                notices.push(FollowNotice::Ignored { path: path.clone(), why });
            }
            self.files.remove(&path);
        }
        Ok(())
    }

    async fn follow(&self, publisher: &Publisher<'_>, path: &Path, files: &[PathBuf], again: bool) -> FollowUp {
        let newsletter = publisher.newsletter();
        let source = match IssueFolder::of(newsletter).read(path) {
            // The other newsletter's follower takes it.
            Err(SourceError { why: SourceFault::Newsletter { named, .. }, .. })
                if self.other_newsletters.iter().any(|(_, slug)| *slug == named) =>
            {
                return Ok((NextLook::Rest, None));
            }
            Err(SourceError { why: SourceFault::Newsletter { named, .. }, .. }) if !self.known.contains(&named) => {
                let why = format!(
                    "not queued: its front matter says newsletter {named:?}, which this server does not know; \
                     restart `coranto serve` if coranto.toml has it by now"
                );
                return Ok((NextLook::Rest, Some(FollowNotice::Ignored { path: path.to_owned(), why })));
            }
            read => read?,
        };
        let front = &source.issue.front;
        let asks = front.send_at.is_some() && !front.draft;
        let left = |why: String| FollowNotice::Ignored { path: path.to_owned(), why };
        if front.newsletter.is_none() && !self.other_newsletters.is_empty() {
            match self.whose(publisher, &source.slug).await? {
                Whose::Ours => {}
                Whose::Theirs => return Ok((NextLook::Rest, None)),
                Whose::Unclear if !asks => return Ok((NextLook::Rest, None)),
                Whose::Unclear => {
                    let others: Vec<_> = self.other_newsletters.iter().map(|(_, slug)| slug.as_str()).collect();
                    let why = format!(
                        "not queued: the folder also has the issues of {}; say whose this one is with a line `newsletter: {}`",
                        others.join(", "),
                        newsletter.slug
                    );
                    return Ok((NextLook::Rest, Some(left(why))));
                }
            }
        }
        let namesake =
            |other: &&PathBuf| *other != path && name_parts(other).is_some_and(|(_, slug)| slug == source.slug);
        if asks && let Some(other) = files.iter().find(namesake) {
            let why = format!("not followed: {} makes the same slug; give one of them another name", other.display());
            return Ok((NextLook::Again, Some(left(why))));
        }
        Followed { publisher, source: &source, path, asks }.keep_up(again).await
    }

    /// An issue that the database knows stays its newsletter's when another comes to share the folder.
    async fn whose(&self, publisher: &Publisher<'_>, slug: &str) -> Result<Whose, StoreError> {
        let issues = issues::named(&mut publisher.db.read().await?, slug).await?;
        let is_of = |newsletter: NewsletterId| issues.iter().any(|issue| issue.newsletter_id == newsletter);
        Ok(match (is_of(publisher.newsletter().id), self.other_newsletters.iter().any(|(id, _)| is_of(*id))) {
            (true, false) => Whose::Ours,
            (false, true) => Whose::Theirs,
            _ => Whose::Unclear,
        })
    }
}

/// Whose a file is that does not say so, in a folder of several newsletters.
enum Whose {
    Ours,
    Theirs,
    Unclear,
}

/// The images of an issue as they are now; none of one that cannot be read.
fn images(folder: IssueFolder<'_>, path: &Path) -> Vec<(PathBuf, Option<Stamp>)> {
    let Ok(source) = folder.read(path) else { return Vec::new() };
    let around = path.parent().unwrap_or(Path::new(""));
    let files = source.issue.images().into_iter().map(|name| around.join(name));
    files.map(|file| (file.clone(), Stamp::at(&file))).collect()
}

/// What may have gone by itself is tried again; the rest waits until the file changes.
fn step_after(error: &QueueError) -> NextLook {
    match error {
        QueueError::Raced
        | QueueError::Store(_)
        | QueueError::Source(SourceError { why: SourceFault::Unreadable(_), .. }) => NextLook::Again,
        _ => NextLook::Rest,
    }
}

fn words(error: &QueueError) -> String {
    let mut words = format!("not queued as it is now: {error}");
    if let QueueError::Source(error) = error {
        for problem in error.problems().iter().filter(|problem| problem.is_error()) {
            words.push_str(&format!("\n  {problem}"));
        }
    }
    words
}
