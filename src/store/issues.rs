//! Issues: what is to go out, when, and how far it has come. Content is in `revisions`, readers in `deliveries`.
//!
//! Whatever changes an issue's state follows an arrow of [`IssueState::may_become`], appends the event that says so, and
//! raises or clears the alarm: a state that the program put an issue into and a person must take it out of is one.

use super::column::{json_words, record, worded};
use super::events::{self, About};
use super::ledger::{self, Totals};
use super::{Result, Tx, alarms};
use crate::clock::Timestamp;
use crate::domain::actor::By;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::event::Event;
use crate::domain::issue::IssueState;
use crate::domain::{IssueId, NewsletterId, RevisionId};

record! {
    #[derive(Clone, Debug)]
    pub struct Issue {
        pub id: IssueId,
        pub newsletter_id: NewsletterId,
        /// Its name in addresses and commands; one per newsletter.
        pub slug: String,
        pub title: String,
        pub state: IssueState,
        /// The content that who has not got it yet will get.
        pub revision_id: RevisionId,
        /// When it is to go out.
        pub due_at: Option<Timestamp>,
        /// Whether that is one of the newsletter's slots.
        pub on_slot: bool,
        /// Whether another issue may go out at the same moment: a person said so.
        pub beside: bool,
        /// What its file said of its time when it was last queued or followed; empty for nothing.
        pub asked: String,
        /// Where its file was then, if that is outside the newsletter's folder.
        pub file: Option<String>,
        /// Why it stands where it stands, for a person; may be empty.
        pub note: String,
        /// When it was first seen.
        pub created_at: Timestamp,
        /// When its audience was frozen.
        pub started_at: Option<Timestamp>,
        /// When its last row became final.
        pub finished_at: Option<Timestamp>,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuePlace {
    /// When an issue in it goes out.
    pub due_at: Timestamp,
    /// Whether that is a slot.
    pub on_slot: bool,
    /// Whether another issue may have the same moment. Of all others the database allows one.
    pub beside: bool,
}

impl Issue {
    /// Its place on the queue, if it has one.
    pub fn place(&self) -> Option<QueuePlace> {
        let due_at = self.due_at.filter(|_| self.state == IssueState::Queued)?;
        Some(QueuePlace { due_at, on_slot: self.on_slot, beside: self.beside })
    }
}

/// What every [`Issue`] is read with; a condition follows.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, newsletter_id, slug, title, state, revision_id, due_at, on_slot, beside, asked, file, note, created_at,
                    started_at, finished_at
             FROM issues ",
            $rest
        )
    };
}

/// An issue to be stored.
#[derive(Clone, Debug)]
pub struct NewIssue<'a> {
    pub newsletter: NewsletterId,
    /// Its name in addresses and commands.
    pub slug: &'a str,
    pub title: &'a str,
    pub state: IssueState,
    pub revision: RevisionId,
    /// When it is to go out.
    pub due_at: Option<Timestamp>,
    /// Whether that is a slot.
    pub on_slot: bool,
    /// Whether another issue may have the same moment.
    pub beside: bool,
    pub note: &'a str,
}

/// Stores an issue; `None` when the newsletter has one of that slug already.
pub async fn insert(tx: &mut Tx, new: &NewIssue<'_>, by: By<'_>) -> Result<Option<IssueId>> {
    let row: Option<(IssueId,)> = tx
        .sql(
            "INSERT INTO issues (newsletter_id, slug, title, state, revision_id, due_at, on_slot, beside, asked, note, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, $10) ON CONFLICT (newsletter_id, slug) DO NOTHING RETURNING id",
        )
        .bind(new.newsletter)
        .bind(new.slug)
        .bind(new.title)
        .bind(new.state)
        .bind(new.revision)
        .bind(new.due_at)
        .bind(new.on_slot)
        .bind(new.beside)
        .bind(new.note)
        .bind(by.now)
        .fetch_optional()
        .await?;
    let Some((id,)) = row else { return Ok(None) };
    let event = match new.state {
        IssueState::Held => Event::IssueHeld { note: new.note.to_owned(), due_at: new.due_at },
        _ => Event::IssueQueued { revision: new.revision.0, due_at: new.due_at },
    };
    events::append(tx, by, about(new.newsletter, id), &event).await?;
    alarms::for_issue(tx, id, new.state, new.note, by).await?;
    Ok(Some(id))
}

fn about(newsletter: NewsletterId, issue: IssueId) -> About {
    About { newsletter: Some(newsletter), issue: Some(issue), ..About::default() }
}

/// The newsletter's issue of that slug.
pub async fn find(tx: &mut Tx, newsletter: NewsletterId, slug: &str) -> Result<Option<Issue>> {
    tx.sql(select!("WHERE newsletter_id = $1 AND slug = $2")).bind(newsletter).bind(slug).fetch_optional().await
}

/// An issue by its number.
pub async fn get(tx: &mut Tx, id: IssueId) -> Result<Option<Issue>> {
    tx.sql(select!("WHERE id = $1")).bind(id).fetch_optional().await
}

/// The newsletter's issues, those in `state` if one is given, those that are due last first, at most `limit`.
pub async fn list(tx: &mut Tx, newsletter: NewsletterId, state: Option<IssueState>, limit: i64) -> Result<Vec<Issue>> {
    tx.sql(select!(
        "WHERE newsletter_id = $1 AND ($2 IS NULL OR state = $2)
         ORDER BY COALESCE(due_at, created_at) DESC, id DESC LIMIT $3"
    ))
    .bind(newsletter)
    .bind(state)
    .bind(limit)
    .fetch_all()
    .await
}

/// The newsletter's issues that are to go out, go out, or wait for a person, however old, those that are due first first.
pub async fn open(tx: &mut Tx, newsletter: NewsletterId) -> Result<Vec<Issue>> {
    tx.sql(select!(
        "WHERE newsletter_id = $1 AND state IN ('queued', 'preparing', 'sending', 'paused', 'held')
         ORDER BY due_at, id"
    ))
    .bind(newsletter)
    .fetch_all()
    .await
}

/// The newsletter's issue that began last of those that are over.
pub async fn last_ended(tx: &mut Tx, newsletter: NewsletterId) -> Result<Option<Issue>> {
    tx.sql(select!(
        "WHERE newsletter_id = $1 AND state IN ('sent', 'stopped')
         ORDER BY COALESCE(started_at, created_at) DESC, id DESC LIMIT 1"
    ))
    .bind(newsletter)
    .fetch_optional()
    .await
}

/// The newsletter's issues that have begun to go out, the latest first, at most `limit`.
pub async fn begun(tx: &mut Tx, newsletter: NewsletterId, limit: i64) -> Result<Vec<Issue>> {
    tx.sql(select!("WHERE newsletter_id = $1 AND started_at IS NOT NULL ORDER BY started_at DESC, id DESC LIMIT $2"))
        .bind(newsletter)
        .bind(limit)
        .fetch_all()
        .await
}

/// Every issue in a state, those that are due first first.
pub async fn in_state(tx: &mut Tx, state: IssueState) -> Result<Vec<Issue>> {
    tx.sql(select!("WHERE state = $1 ORDER BY due_at, id")).bind(state).fetch_all().await
}

/// The queued issues whose time has come, of all newsletters, earliest first. None while the installation is held.
pub async fn due(tx: &mut Tx, now: Timestamp) -> Result<Vec<Issue>> {
    tx.sql(select!(
        "WHERE state = 'queued' AND due_at <= $1
           AND NOT EXISTS (SELECT 1 FROM installation h WHERE h.held_at IS NOT NULL) ORDER BY due_at, id"
    ))
    .bind(now)
    .fetch_all()
    .await
}

/// The newsletter's queued issues, those that are due first first.
pub async fn queued(tx: &mut Tx, newsletter: NewsletterId) -> Result<Vec<Issue>> {
    tx.sql(select!("WHERE newsletter_id = $1 AND state = 'queued' ORDER BY due_at, id"))
        .bind(newsletter)
        .fetch_all()
        .await
}

/// The issues of that slug, of all newsletters.
pub async fn named(tx: &mut Tx, slug: &str) -> Result<Vec<Issue>> {
    tx.sql(select!("WHERE slug = $1 ORDER BY newsletter_id")).bind(slug).fetch_all().await
}

/// Newsletter and slug of every issue.
pub async fn owners(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    tx.sql("SELECT n.slug, i.slug FROM issues i JOIN newsletters n ON n.id = i.newsletter_id ORDER BY i.id")
        .fetch_all()
        .await
}

/// The times that the newsletter's queued issues have taken.
pub async fn taken_times(tx: &mut Tx, newsletter: NewsletterId) -> Result<Vec<Timestamp>> {
    let rows: Vec<(Timestamp,)> = tx
        .sql("SELECT due_at FROM issues WHERE newsletter_id = $1 AND state = 'queued' AND due_at IS NOT NULL ORDER BY due_at")
        .bind(newsletter)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

/// Moves an issue from one state to another, with the event that says so; `false` if it was not in the first, or may not
/// become the second.
pub async fn advance(
    tx: &mut Tx,
    id: IssueId,
    from: IssueState,
    to: IssueState,
    note: &str,
    by: By<'_>,
    event: &Event,
) -> Result<bool> {
    let row: Option<(NewsletterId,)> = tx
        .sql(worded!(
            "UPDATE issues SET state = $3, note = $4 WHERE id = $1 AND state IN ",
            2,
            " RETURNING newsletter_id"
        ))
        .bind(id)
        .bind(sources(&[from], to))
        .bind(to)
        .bind(note)
        .fetch_optional()
        .await?;
    let Some((newsletter,)) = row else { return Ok(false) };
    if to == IssueState::Stopped {
        tx.sql("UPDATE issues SET stopped_at = $2 WHERE id = $1").bind(id).bind(by.now).execute().await?;
    }
    events::append(tx, by, about(newsletter, id), event).await?;
    alarms::for_issue(tx, id, to, note, by).await?;
    Ok(true)
}

/// Says anew why an issue stands where it stands; `false` if it stands elsewhere.
pub async fn note_why(tx: &mut Tx, id: IssueId, state: IssueState, note: &str) -> Result<bool> {
    let changed = tx
        .sql("UPDATE issues SET note = $3 WHERE id = $1 AND state = $2")
        .bind(id)
        .bind(state)
        .bind(note)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Holds an issue that is queued for `due_at`; `false` if it is not, or for another time by now.
pub async fn hold_due(tx: &mut Tx, id: IssueId, due_at: Timestamp, note: &str, by: By<'_>) -> Result<bool> {
    if !advance_due(tx, id, due_at, IssueState::Held, note).await? {
        return Ok(false);
    }
    let issue = get(tx, id).await?;
    let about = About { newsletter: issue.map(|issue| issue.newsletter_id), issue: Some(id), ..About::default() };
    events::append(tx, by, about, &Event::IssueHeld { note: note.to_owned(), due_at: Some(due_at) }).await?;
    alarms::for_issue(tx, id, IssueState::Held, note, by).await?;
    Ok(true)
}

/// Begins to freeze the audience of an issue that is queued for `due_at`; `false` if it is not, or for another time by
/// now. [`start`] ends it, with the event.
pub async fn prepare(tx: &mut Tx, id: IssueId, due_at: Timestamp) -> Result<bool> {
    advance_due(tx, id, due_at, IssueState::Preparing, "").await
}

async fn advance_due(tx: &mut Tx, id: IssueId, due_at: Timestamp, to: IssueState, note: &str) -> Result<bool> {
    let changed = tx
        .sql(worded!("UPDATE issues SET state = $4, note = $5 WHERE id = $1 AND due_at = $3 AND state IN ", 2, ""))
        .bind(id)
        .bind(sources(&[IssueState::Queued], to))
        .bind(due_at)
        .bind(to)
        .bind(note)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Lets an issue go out whose audience of `readers` is frozen; `false` if it was not being prepared.
pub async fn start(tx: &mut Tx, id: IssueId, readers: u64, by: By<'_>) -> Result<bool> {
    let event = Event::IssueStarted { readers };
    if !advance(tx, id, IssueState::Preparing, IssueState::Sending, "", by, &event).await? {
        return Ok(false);
    }
    tx.sql("UPDATE issues SET started_at = $2 WHERE id = $1").bind(id).bind(by.now).execute().await?;
    Ok(true)
}

/// The states of `from` that may become `to`, for `worded!`.
fn sources(from: &[IssueState], to: IssueState) -> String {
    json_words(IssueState::sources(from, to).map(IssueState::as_str))
}

/// Keeps what an issue's file says of its time.
pub async fn note_asked(tx: &mut Tx, id: IssueId, asked: &str) -> Result<()> {
    tx.sql("UPDATE issues SET asked = $2 WHERE id = $1").bind(id).bind(asked).execute().await?;
    Ok(())
}

/// Keeps where an issue's file is, if it is not in its newsletter's folder.
pub async fn note_file(tx: &mut Tx, id: IssueId, file: Option<&str>) -> Result<()> {
    tx.sql("UPDATE issues SET file = $2 WHERE id = $1").bind(id).bind(file).execute().await?;
    Ok(())
}

/// Notes, while an issue goes out, what stops a part of it. `false` if it is not going out.
pub async fn annotate(tx: &mut Tx, id: IssueId, note: &str) -> Result<bool> {
    let changed =
        tx.sql("UPDATE issues SET note = $2 WHERE id = $1 AND state = 'sending'").bind(id).bind(note).execute().await?;
    Ok(changed == 1)
}

/// Holds an issue's row until the transaction ends, so that nobody finishes or moves it meanwhile. `false` if there is
/// none.
pub async fn lock(tx: &mut Tx, id: IssueId) -> Result<bool> {
    Ok(tx.sql("UPDATE issues SET state = state WHERE id = $1").bind(id).execute().await? == 1)
}

/// When the first issue of all was sent to its last reader.
pub async fn first_finished(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let (at,) = tx.sql("SELECT MIN(finished_at) FROM issues WHERE state = 'sent'").fetch_one().await?;
    Ok(at)
}

/// Moves an issue from `sending` to `sent`, if every row of its ledger is final. Returns what became of its rows.
pub async fn finish(tx: &mut Tx, id: IssueId, by: By<'_>) -> Result<Option<Totals>> {
    // On PostgreSQL the next statement must begin after whoever puts rows back has committed.
    lock(tx, id).await?;
    let row: Option<(NewsletterId,)> = tx
        .sql(worded!(
            "UPDATE issues SET state = 'sent', finished_at = $3
             WHERE id = $1
               AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.issue_id = $1 AND d.state = 'pending')
               AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.issue_id = $1 AND d.state IN ('claimed', 'in_flight', 'uncertain'))
               AND state IN ",
            2,
            " RETURNING newsletter_id"
        ))
        .bind(id)
        .bind(sources(&[IssueState::Sending], IssueState::Sent))
        .bind(by.now)
        .fetch_optional()
        .await?;
    let Some((newsletter,)) = row else { return Ok(None) };
    let totals = ledger::totals(tx, id).await?;
    let Totals { readers, sent, failed, skipped, .. } = totals;
    events::append(tx, by, about(newsletter, id), &Event::IssueSent { readers, sent, failed, skipped }).await?;
    alarms::for_issue(tx, id, IssueState::Sent, "", by).await?;
    if is_failure(&totals)
        && let Some(scope) = alarms::issue_scope(tx, id).await?
    {
        let words = ledger::refusal(tx, id).await?.unwrap_or_default();
        let note = format!("{failed} of {readers} readers were refused; the last reply: {words}");
        alarms::raise(tx, &Alarm::new(AlarmName::IssueFailed, scope, &note), by).await?;
    }
    Ok(Some(totals))
}

/// Whether more readers were refused than a list of any age has: one in twenty, or everybody.
fn is_failure(totals: &Totals) -> bool {
    totals.failed > 0 && (totals.sent == 0 || totals.failed * 20 > totals.readers)
}

/// Gives an issue in state `state` new content; `false` if it was in another.
pub async fn revise(
    tx: &mut Tx,
    id: IssueId,
    state: IssueState,
    title: &str,
    revision: RevisionId,
    by: By<'_>,
) -> Result<bool> {
    if !put_content(tx, id, state, title, revision).await? {
        return Ok(false);
    }
    let issue = get(tx, id).await?;
    let about = About { newsletter: issue.map(|issue| issue.newsletter_id), issue: Some(id), ..About::default() };
    let event = match state {
        IssueState::Sending | IssueState::Sent => Event::IssueCorrected { revision: revision.0 },
        _ => Event::IssueRevised { revision: revision.0 },
    };
    events::append(tx, by, about, &event).await?;
    Ok(true)
}

/// The same without an event, for an issue that changes its place as well: that event names the content.
pub async fn put_content(
    tx: &mut Tx,
    id: IssueId,
    state: IssueState,
    title: &str,
    revision: RevisionId,
) -> Result<bool> {
    let changed = tx
        .sql("UPDATE issues SET title = $3, revision_id = $4 WHERE id = $1 AND state = $2")
        .bind(id)
        .bind(state)
        .bind(title)
        .bind(revision)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Puts an issue in state `from` into the queue; `false` if it was in another. One that is queued moves. A moment that
/// another issue has is refused as a key that exists.
pub async fn queue(tx: &mut Tx, id: IssueId, from: IssueState, place: QueuePlace, by: By<'_>) -> Result<bool> {
    let row: Option<(NewsletterId, RevisionId)> = tx
        .sql(worded!(
            "UPDATE issues SET state = 'queued', due_at = $3, on_slot = $4, beside = $5, note = '' WHERE id = $1 AND state IN ",
            2,
            " RETURNING newsletter_id, revision_id"
        ))
        .bind(id)
        .bind(sources(&[from], IssueState::Queued))
        .bind(place.due_at)
        .bind(place.on_slot)
        .bind(place.beside)
        .fetch_optional()
        .await?;
    let Some((newsletter, revision)) = row else { return Ok(false) };
    let event = Event::IssueQueued { revision: revision.0, due_at: Some(place.due_at) };
    events::append(tx, by, about(newsletter, id), &event).await?;
    alarms::for_issue(tx, id, IssueState::Queued, "", by).await?;
    Ok(true)
}

/// Lets another issue have the moment of one that is queued for `due_at` as well, until it is at its next place itself;
/// `false` if it is not, or for another time by now.
pub async fn make_way(tx: &mut Tx, id: IssueId, due_at: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE issues SET beside = $3 WHERE id = $1 AND state = 'queued' AND due_at = $2")
        .bind(id)
        .bind(due_at)
        .bind(true)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Moves an issue that is queued for `due_at` to another place, where its content is `revision`; `false` if it is not
/// queued, or for another time by now.
pub async fn shift(
    tx: &mut Tx,
    id: IssueId,
    due_at: Timestamp,
    to: QueuePlace,
    revision: RevisionId,
    by: By<'_>,
) -> Result<bool> {
    let row: Option<(NewsletterId,)> = tx
        .sql(
            "UPDATE issues SET due_at = $3, on_slot = $4, beside = $5, revision_id = $6
             WHERE id = $1 AND state = 'queued' AND due_at = $2 RETURNING newsletter_id",
        )
        .bind(id)
        .bind(due_at)
        .bind(to.due_at)
        .bind(to.on_slot)
        .bind(to.beside)
        .bind(revision)
        .fetch_optional()
        .await?;
    let Some((newsletter,)) = row else { return Ok(false) };
    events::append(tx, by, about(newsletter, id), &Event::IssueMoved { due_at: to.due_at }).await?;
    Ok(true)
}

/// Notes that the content changed after the issue had begun to go out; `false` if it had not.
pub async fn mark_corrected(tx: &mut Tx, id: IssueId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE issues SET corrected_at = $2 WHERE id = $1 AND started_at IS NOT NULL")
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}
