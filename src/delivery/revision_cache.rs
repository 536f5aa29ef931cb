//! Revisions ready to be filled: the skeletons of what is being sent, built once per revision and relay.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::HEXLOWER;

use super::route::Routes;
use super::settings::{EngineSettings, NewsletterSettings, RelaySettings};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::extra_header::Filling;
use crate::domain::image::Image;
use crate::domain::newsletter::UncertainPolicy;
use crate::domain::subscriber::Format;
use crate::domain::{NewsletterId, RevisionId};
use crate::message::{Content, FillError, Filled, Marks, Profile, Recipient, Skeleton, SkeletonError, Template};
use crate::store::claimed::Claimed;
use crate::store::{Db, StoreError, images, newsletters, revisions};
use crate::token::Mark;

/// Skeletons kept: revisions going out at once, times relays. One costs about what its mail weighs.
const KEPT_MAX: usize = 32;

/// A revision for one relay.
#[derive(Debug)]
pub(super) struct CompiledRevision {
    skeleton: Skeleton,
    /// What is done with a mail of it whose fate is unknown.
    pub(super) uncertain: UncertainPolicy,
    /// Whether filling it costs private-key operations, which do not belong on the reactor.
    pub(super) signs: bool,
}

/// Why a mail cannot be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum ComposeError {
    #[error("its content is not in the database")]
    Missing,
    #[error("its newsletter is not in the configuration")]
    Newsletter,
    #[error("the reader is gone")]
    Reader,
    #[error("the address {0} cannot be written to")]
    Address(String),
    #[error("the program made a mistake while making it; its log says where")]
    Crashed,
    #[error(transparent)]
    Skeleton(#[from] SkeletonError),
    #[error(transparent)]
    Fill(#[from] FillError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ComposeError {
    /// Whether another reader's mail may be made all the same. Every other fault is that of what was to be sent.
    pub(super) fn is_readers(&self) -> bool {
        matches!(self, Self::Reader | Self::Address(_))
    }
}

/// Revision and lane to skeleton, oldest first.
type Kept = VecDeque<((RevisionId, usize), Arc<CompiledRevision>)>;

pub(super) struct RevisionCache {
    db: Db,
    settings: Arc<EngineSettings>,
    newsletters: Vec<NewsletterSettings>,
    kept: Mutex<Kept>,
}

impl RevisionCache {
    /// For the newsletters of `settings`; one that has no number yet gets its row.
    pub(super) async fn new(db: Db, settings: Arc<EngineSettings>, now: Timestamp) -> Result<Self, StoreError> {
        let mut known = settings.newsletters.clone();
        for entry in known.iter_mut().filter(|entry| entry.newsletter.id == NewsletterId::NONE) {
            let newsletter = std::slice::from_mut(&mut entry.newsletter);
            db.write(async |tx| newsletters::register(tx, newsletter, now).await).await?;
        }
        Ok(Self { db, settings, newsletters: known, kept: Mutex::default() })
    }

    /// Which relays carry which newsletter's mail.
    pub(super) fn routes(&self) -> Routes {
        let relays: Vec<&str> = self.settings.relays.iter().map(|relay| relay.name.as_str()).collect();
        let newsletters = self.newsletters.iter().map(|entry| (entry.newsletter.id, entry.relays.as_slice()));
        Routes::new(newsletters, &relays)
    }

    fn entry(&self, newsletter: NewsletterId) -> Option<&NewsletterSettings> {
        self.newsletters.iter().find(|entry| entry.newsletter.id == newsletter)
    }

    /// The policy of a newsletter for mails whose fate is unknown.
    pub(super) fn uncertain_policy(&self, newsletter: NewsletterId) -> UncertainPolicy {
        self.entry(newsletter).map_or(UncertainPolicy::Hold, |entry| entry.newsletter.uncertain)
    }

    /// The skeleton of `revision` for the relay that is the `lane`-th.
    pub(super) async fn get(
        &self,
        revision: RevisionId,
        lane: usize,
        relay: &RelaySettings,
    ) -> Result<Arc<CompiledRevision>, ComposeError> {
        let key = (revision, lane);
        if let Some((_, letter)) = self.lock().iter().find(|(known, _)| *known == key) {
            return Ok(Arc::clone(letter));
        }
        let mut tx = self.db.read().await?;
        let revision = revisions::get(&mut tx, revision).await?.ok_or(ComposeError::Missing)?;
        let images = images::embedded_in(&mut tx, revision.id).await?;
        drop(tx);
        let entry = self.entry(revision.newsletter_id).ok_or(ComposeError::Newsletter)?;
        let content = Content {
            kind: revision.kind,
            subject: revision.subject,
            html: Template::from(revision.html),
            text: Template::from(revision.plain),
            language: revision.language,
            slug: revision.slug,
            digest: digest(&revision.digest),
        };
        let signers = if relay.signs { Vec::new() } else { entry.signers.clone() };
        let signs = !signers.is_empty();
        let filling =
            Filling { newsletter: &entry.newsletter.slug, issue: content.slug.as_deref(), kind: content.kind };
        let mut extra_headers = relay.extra_headers.block(&filling);
        extra_headers.push_str(&entry.extra_headers.block(&filling));
        let (unsigned_headers, provider) = (relay.unsigned_headers.clone(), relay.provider);
        let profile = Profile { signers, unsigned_headers, extra_headers, provider };
        let skeleton = Skeleton::build(&entry.newsletter, &self.settings.public_url, &content, &profile)?;
        let images: Vec<_> = images.into_iter().map(Image::from).collect();
        let skeleton = skeleton.with_images(&images);
        let letter = Arc::new(CompiledRevision { skeleton, uncertain: entry.newsletter.uncertain, signs });
        let mut kept = self.lock();
        kept.push_back((key, Arc::clone(&letter)));
        if kept.len() > KEPT_MAX {
            kept.pop_front();
        }
        Ok(letter)
    }

    /// Writes the mail for the reader of `row` into `out`. Costs a private-key operation per signature.
    pub(super) fn fill(
        &self,
        letter: &CompiledRevision,
        row: &Claimed,
        date: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<(EmailAddress, Filled), ComposeError> {
        let email = row.email.as_deref().ok_or(ComposeError::Reader)?;
        let address = EmailAddress::stored(email).map_err(|_| ComposeError::Address(masked(email)))?;
        let issue = row.issue_id.map(|id| id.0);
        let mail = row.subscription_id.map(|id| Mark::of_mail(id.0, row.subscription_mark, issue));
        let marks =
            Marks { subscription: row.subscription_mark, consent: row.consent_mark, request: row.request_mark, mail };
        let recipient = Recipient {
            delivery: row.id,
            subscription: row.subscription_id,
            consent: row.consent_id,
            request: row.request_id,
            marks,
            format: row.format.unwrap_or(Format::Html),
            address: &address,
            name: row.name.as_deref(),
            subscribed_at: row.subscribed_at,
            date,
        };
        let filled = letter.skeleton.fill(&self.settings.keys, &recipient, out)?;
        Ok((address, filled))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stands in a revision's `digest`, as bytes; the boundary is derived from it.
fn digest(hex: &str) -> [u8; 32] {
    HEXLOWER.decode(hex.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok()).unwrap_or_default()
}

/// An address that could not be parsed, for a log.
fn masked(text: &str) -> String {
    text.chars().take(1).chain("***".chars()).collect()
}
