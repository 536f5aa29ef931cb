//! Files that say themselves when they are to go out (`send_at`) are followed: seen, queued, and kept up with while
//! they may still change. Other files are queued by a command alone.
//!
//! What a person said by a command stands until the file says something else of its time: that is why the issue keeps
//! what its file asked for.

use std::collections::HashMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::followed::{FollowUp, Followed, NextLook};
use super::library::{Library, LibraryError, name_parts};
use super::notice::FollowNotice;
use super::queue::{QueueContext, QueueError};
use crate::clock::Timestamp;
use crate::domain::NewsletterId;
use crate::domain::actor::Actor;
use crate::domain::issue::IssueState;
use crate::domain::moment::moment;
use crate::store::{Db, StoreError, issues};

/// What was last seen of a newsletter's files, so that one that did not change is not read again.
#[derive(Debug)]
pub struct FileWatcher {
    newsletter: NewsletterId,
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
    /// A follower of the files of `newsletter`. `other_newsletters` are other newsletters that keep theirs in the same folder:
    /// there, a new file is only followed if it names its newsletter. `known` are the slugs of all newsletters.
    pub fn new(newsletter: NewsletterId, other_newsletters: Vec<(NewsletterId, String)>, known: Vec<String>) -> Self {
        Self { newsletter, other_newsletters, known, files: HashMap::new(), looked: false, said: None }
    }

    /// Looks at every file once, and adds to `notices` what there is to say. What is wrong with one file is told once per
    /// change of it, and stops no other; an error is the database's, which is away.
    pub async fn look(
        &mut self,
        db: &Db,
        library: &Library<'_>,
        now: Timestamp,
        notices: &mut Vec<FollowNotice>,
    ) -> Result<(), StoreError> {
        let files = match library.files() {
            Ok(files) => files,
            Err(error) => {
                let why = format!("the issues cannot be listed: {error}");
                if self.said.as_ref() != Some(&why) {
                    notices.push(FollowNotice::Ignored { path: library.newsletter.issues.clone(), why: why.clone() });
                }
                self.said = Some(why);
                return Ok(());
            }
        };
        self.said = None;
        self.miss(db, library, &files, notices).await?;
        let due: Vec<_> = files.iter().filter_map(|path| self.due(path).map(|due| (path, due))).collect();
        for (path, (stamp, before)) in due {
            let images = images(library, path);
            let (step, notice) = match self.follow(db, library, path, &files, before == NextLook::Again, now).await {
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
        db: &Db,
        library: &Library<'_>,
        files: &[PathBuf],
        notices: &mut Vec<FollowNotice>,
    ) -> Result<(), StoreError> {
        let gone: Vec<PathBuf> = self.files.keys().filter(|path| files.binary_search(path).is_err()).cloned().collect();
        for path in gone {
            let slug = name_parts(&path).map(|(_, slug)| slug);
            let renamed = files.iter().any(|file| name_parts(file).map(|(_, slug)| slug) == slug);
            if let Some(slug) = slug.filter(|_| !renamed)
                && let Some(issue) = issues::find(&mut db.read().await?, self.newsletter, &slug).await?
                && issue.state == IssueState::Queued
                && let Some(due_at) = issue.due_at
            {
                let at = moment(due_at, &library.newsletter.time_zone);
                let why = format!(
                    "the file is gone, but its issue still goes out on {at}; `coranto issues unschedule {slug}` if it is not to"
                );
                notices.push(FollowNotice::Ignored { path: path.clone(), why });
            }
            self.files.remove(&path);
        }
        Ok(())
    }

    async fn follow(
        &self,
        db: &Db,
        library: &Library<'_>,
        path: &Path,
        files: &[PathBuf],
        again: bool,
        now: Timestamp,
    ) -> FollowUp {
        let draft = match library.read(path) {
            // The other newsletter's follower takes it.
            Err(LibraryError::Newsletter { named, .. })
                if self.other_newsletters.iter().any(|(_, slug)| *slug == named) =>
            {
                return Ok((NextLook::Rest, None));
            }
            Err(LibraryError::Newsletter { named, .. }) if !self.known.contains(&named) => {
                let why = format!(
                    "not queued: its front matter says newsletter {named:?}, which this server does not know; \
                     restart `coranto serve` if coranto.toml has it by now"
                );
                return Ok((NextLook::Rest, Some(FollowNotice::Ignored { path: path.to_owned(), why })));
            }
            read => read?,
        };
        let front = &draft.issue.front;
        let asks = front.send_at.is_some() && !front.draft;
        let left = |why: String| FollowNotice::Ignored { path: path.to_owned(), why };
        if front.newsletter.is_none() && !self.other_newsletters.is_empty() {
            match self.whose(db, &draft.slug).await? {
                Whose::Ours => {}
                Whose::Theirs => return Ok((NextLook::Rest, None)),
                Whose::Unclear if !asks => return Ok((NextLook::Rest, None)),
                Whose::Unclear => {
                    let others: Vec<_> = self.other_newsletters.iter().map(|(_, slug)| slug.as_str()).collect();
                    let why = format!(
                        "not queued: the folder also has the issues of {}; say whose this one is with a line `newsletter: {}`",
                        others.join(", "),
                        library.newsletter.slug
                    );
                    return Ok((NextLook::Rest, Some(left(why))));
                }
            }
        }
        let namesake =
            |other: &&PathBuf| *other != path && name_parts(other).is_some_and(|(_, slug)| slug == draft.slug);
        if asks && let Some(other) = files.iter().find(namesake) {
            let why = format!("not followed: {} makes the same slug; give one of them another name", other.display());
            return Ok((NextLook::Again, Some(left(why))));
        }
        let act = QueueContext { actor: &Actor::Scheduler, now, dry_run: false, again: false };
        Followed { db, library, newsletter: self.newsletter, draft: &draft, asks, act }.keep_up(again).await
    }

    /// An issue that the database knows stays its newsletter's when another comes to share the folder.
    async fn whose(&self, db: &Db, slug: &str) -> Result<Whose, StoreError> {
        let issues = issues::named(&mut db.read().await?, slug).await?;
        let is_of = |newsletter: NewsletterId| issues.iter().any(|issue| issue.newsletter_id == newsletter);
        Ok(match (is_of(self.newsletter), self.other_newsletters.iter().any(|(id, _)| is_of(*id))) {
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
fn images(library: &Library<'_>, path: &Path) -> Vec<(PathBuf, Option<Stamp>)> {
    let Ok(draft) = library.read(path) else { return Vec::new() };
    let folder = path.parent().unwrap_or(Path::new(""));
    let files = draft.issue.images().into_iter().map(|name| folder.join(name));
    files.map(|file| (file.clone(), Stamp::at(&file))).collect()
}

/// What may have gone by itself is tried again; the rest waits until the file changes.
fn step_after(error: &QueueError) -> NextLook {
    match error {
        QueueError::Raced | QueueError::Store(_) | QueueError::Library(LibraryError::Read { .. }) => NextLook::Again,
        _ => NextLook::Rest,
    }
}

fn words(error: &QueueError) -> String {
    let mut words = format!("not queued as it is now: {error}");
    if let QueueError::Library(error) = error {
        for problem in error.problems().iter().filter(|problem| problem.is_error()) {
            words.push_str(&format!("\n  {problem}"));
        }
    }
    words
}
