//! An issue that was sent, and the mail that comes back about it.

use std::time::Duration;

use coranto::clock::Clock;
use coranto::domain::IssueId;
use coranto::domain::notice::NoticeSource;
use coranto::domain::policy::Policy;
use coranto::domain::subscriber::{EndedBy, SubscriptionState};
use coranto::inbound::{self, Intake, Receipt, Report, Settled};
use coranto::store::notices::{self, Notice, NoticeFilter};
use coranto::store::{Db, subscriptions};

use crate::delivery::stage::DeliveryFixture;
use crate::harness::acts;

pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600);

/// Readers who got an issue.
pub(crate) struct Post {
    pub(crate) stage: DeliveryFixture,
    pub(crate) issue: IssueId,
    pub(crate) intake: Intake,
}

/// What a reader got of the last issue.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    /// The envelope sender.
    pub(crate) from: String,
    pub(crate) text: String,
}

impl Letter {
    /// A header field's value.
    pub(crate) fn field(&self, name: &str) -> String {
        let head = self.text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
        let wanted = format!("{}:", name.to_ascii_lowercase());
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&wanted));
        line.unwrap_or_else(|| panic!("no {name}"))[wanted.len()..].trim().to_owned()
    }

    /// The header, as reports quote it.
    pub(crate) fn header(&self) -> &str {
        self.text.split("\r\n\r\n").next().unwrap()
    }
}

impl Post {
    pub(crate) async fn new(db: Db, readers: &[&str]) -> Self {
        Self::of(DeliveryFixture::new(db).await, readers).await
    }

    /// The same, sent today: a program that takes reports in goes by the machine's clock.
    pub(crate) async fn of_today(db: Db, readers: &[&str]) -> Self {
        let mut stage = DeliveryFixture::new(db).await;
        stage.clock = Clock::fixed(Clock::system().now());
        Self::of(stage, readers).await
    }

    /// The same, sent by an engine with settings of its own.
    pub(crate) async fn of<S: AsRef<str>>(stage: DeliveryFixture, readers: &[S]) -> Self {
        stage.readers(readers).await;
        let issue = Self::issue_of(&stage, "first").await;
        let intake = Intake::new(stage.db.clone(), stage.keys.clone(), HOUR);
        Self { stage, issue, intake }
    }

    async fn issue_of(stage: &DeliveryFixture, slug: &str) -> IssueId {
        let issue = stage.issue(slug).await;
        let now = stage.clock.now();
        stage
            .db
            .write(async |tx| {
                acts::started(tx, issue, now).await;
                Ok::<_, coranto::store::StoreError>(())
            })
            .await
            .unwrap();
        stage.finish(issue).await;
        issue
    }

    /// Another issue, to whoever may be mailed now.
    pub(crate) async fn next_issue(&mut self, slug: &str) {
        self.issue = Self::issue_of(&self.stage, slug).await;
    }

    /// The latest mail that a reader got.
    pub(crate) fn letter(&self, local: &str) -> Letter {
        let message = self.stage.mails(local).pop().unwrap_or_else(|| panic!("{local} got nothing"));
        Letter { from: message.from, text: String::from_utf8(message.data).unwrap() }
    }

    /// Brings mails in as one batch.
    pub(crate) async fn bring(&self, mails: &[(Option<&str>, &str)]) -> Vec<Receipt> {
        let mut reports = Vec::new();
        for (recipient, text) in mails {
            let report = Report {
                source: NoticeSource::Pipe,
                recipient: recipient.map(str::to_owned),
                null_sender: false,
                bytes: text.as_bytes().to_vec(),
            };
            reports.push(report.read().await);
        }
        self.intake.receive(&reports, self.stage.clock.now()).await.unwrap()
    }

    pub(crate) async fn bring_one(&self, recipient: Option<&str>, text: &str) -> Receipt {
        self.bring(&[(recipient, text)]).await.remove(0)
    }

    pub(crate) async fn notices(&self) -> Vec<Notice> {
        notices::page(&mut self.stage.db.read().await.unwrap(), &NoticeFilter::default(), 1000).await.unwrap()
    }

    pub(crate) async fn settle(&self) -> Settled {
        self.stage.clock.advance(HOUR);
        inbound::settle(&self.stage.db, None, &Policy::default(), self.stage.clock.now()).await.unwrap()
    }

    pub(crate) async fn suppressed(&self) -> i64 {
        let mut tx = self.stage.db.read().await.unwrap();
        tx.sql("SELECT COUNT(*) FROM suppressions").fetch_one::<(i64,)>().await.unwrap().0
    }

    /// Where a reader's subscription stands, and who ended it.
    pub(crate) async fn standing(&self, local: &str) -> (SubscriptionState, Option<EndedBy>) {
        let id = self.stage.subscription(local).await;
        let mut tx = self.stage.db.read().await.unwrap();
        let found = subscriptions::get(&mut tx, id).await.unwrap().unwrap();
        (found.state, found.ended_by)
    }

    /// How many events of a kind there are.
    pub(crate) async fn events(&self, kind: &str) -> i64 {
        let mut tx = self.stage.db.read().await.unwrap();
        let sql = "SELECT COUNT(*) FROM events WHERE kind = $1";
        tx.sql(sql).bind(kind).fetch_one::<(i64,)>().await.unwrap().0
    }
}

/// A delivery report (RFC 3464) as Postfix writes it, to `to`, with `copy` as the header of the mail that it speaks of.
pub(crate) fn bounce(to: &str, about: &str, status: &str, said: &str, copy: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\r\n\r\n\
         --b1\r\nContent-Type: text/plain\r\n\r\nThis is the mail system at host mx.example.\r\n\r\n<{about}>: host \
         mail.example said: {said} (in reply to RCPT TO command)\r\n\r\n--b1\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {about}\r\nAction: failed\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; {said}\r\n\r\n--b1\r\nContent-Type: text/rfc822-headers\r\n\r\n{copy}\r\n\r\n--b1--\r\n"
    )
}

/// The same of a mailbox that does not exist.
pub(crate) fn dead(to: &str, about: &str, copy: &str) -> String {
    bounce(to, about, "5.1.1", &format!("550 5.1.1 <{about}>: Recipient address rejected: User unknown"), copy)
}

/// A feedback report (RFC 5965) about the mail whose header is `copy`.
pub(crate) fn complaint(to: &str, kind: &str, copy: &str) -> String {
    format!(
        "From: feedback@provider.example\r\nTo: {to}\r\nSubject: FW: An issue\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"b1\"\r\n\r\n\
         --b1\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report.\r\n\r\n\
         --b1\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: Test/1\r\nVersion: 1\r\n\
         \r\n--b1\r\nContent-Type: message/rfc822\r\n\r\n{copy}\r\n\r\nText\r\n--b1--\r\n"
    )
}

/// What a person writes.
pub(crate) fn letter(to: &str, extra: &str, subject: &str, text: &str) -> String {
    format!("From: Anna <anna@example.net>\r\nTo: {to}\r\n{extra}Subject: {subject}\r\n\r\n{text}\r\n")
}
