//! One newsletter as strangers meet it: its settings, its row, and the mails they may cause. Knows no request.

use super::mail_kind::MailKind;
use crate::clock::Timestamp;
use crate::content::{Parts, prose};
use crate::domain::delivery::DeliveryKind;
use crate::domain::image::PlacedImage;
use crate::domain::newsletter::Newsletter;
use crate::domain::{NewsletterId, RevisionId};
use crate::images::{ImageCache, ImageError};
use crate::store::revisions::NewRevision;
use crate::store::{Db, StoreError, images, newsletters, revisions};
use crate::templates::email::Logo;
use crate::words::Language;

/// The mails that a request may cause. They hold nothing that a stranger typed: else the form were a way to send
/// anything to anyone.
#[derive(Clone, Debug)]
pub struct SystemMails {
    pub own: Vec<(MailKind, Language, Parts)>,
    /// The logo that they show.
    pub logo: Option<NewsletterLogo>,
}

/// A newsletter's logo, and where mails find it.
#[derive(Clone, Debug)]
pub struct NewsletterLogo {
    shown: PlacedImage,
    address: String,
}

impl NewsletterLogo {
    /// The logo of a newsletter that has one. Reads its file.
    pub fn of(newsletter: &Newsletter, public_url: &str, gallery: &ImageCache) -> Result<Option<Self>, ImageError> {
        let Some(path) = &newsletter.design.logo else { return Ok(None) };
        let shown = PlacedImage::logo(gallery.open(path)?, newsletter.images);
        let address = shown.address(public_url, newsletter.from.address.domain());
        Ok(Some(Self { shown, address }))
    }

    /// The last part of its address on the web, behind `i/`.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.shown.image.digest, self.shown.image.format)
    }

    /// As it is shown, in CSS pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.shown.width, self.shown.height)
    }

    pub(super) fn shown(&self) -> &PlacedImage {
        &self.shown
    }

    pub(super) fn as_logo(&self) -> Logo<'_> {
        Logo { src: &self.address, width: self.shown.width, height: self.shown.height }
    }
}

/// A newsletter that people sign up for. Its mails are rendered and stored once, when it opens: a request renders nothing.
#[derive(Clone, Debug)]
pub struct SignupList {
    pub newsletter: Newsletter,
    pub id: NewsletterId,
    /// The logo, where it has one.
    pub logo: Option<NewsletterLogo>,
    /// What the newsletter is, at length: HTML; may be empty.
    pub about: String,
    /// What its operator adds to the privacy page: HTML; may be empty.
    pub privacy: String,
    own: Vec<(MailKind, Language, RevisionId)>,
}

impl SignupList {
    /// Finds or makes the newsletter's row and stores its mails.
    pub async fn open(
        db: &Db,
        newsletter: Newsletter,
        mails: &SystemMails,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let slug = newsletter.slug.clone();
        let logo = mails.logo.clone();
        let [about, privacy] = [&newsletter.about, &newsletter.privacy]
            .map(|text| text.as_deref().map(|text| prose(text, &newsletter)).unwrap_or_default());
        db.write(async |tx| {
            let id = newsletters::ensure(tx, &slug, now).await?;
            let mut own = Vec::with_capacity(mails.own.len());
            for (letter, language, parts) in &mails.own {
                let stored = revisions::ensure(tx, id, &revision(letter.kind(), parts), now).await?;
                own.push((*letter, *language, stored));
            }
            if let Some(NewsletterLogo { shown, .. }) = &logo {
                images::ensure(tx, &shown.image, now).await?;
                for (.., revision) in &own {
                    images::attach(tx, *revision, shown).await?;
                }
            }
            Ok(Self { newsletter, id, logo, about, privacy, own })
        })
        .await
    }

    /// A mail in every language that there is.
    pub(super) fn mails(&self, letter: MailKind) -> Vec<(Language, RevisionId)> {
        let of_it = self.own.iter().filter(|(known, ..)| *known == letter);
        of_it.map(|(_, language, revision)| (*language, *revision)).collect()
    }

    /// A mail in a language; where that is missing, in another.
    pub(super) fn mail(&self, letter: MailKind, language: Language) -> RevisionId {
        let of = |wanted: Option<Language>| {
            self.own.iter().find(|(known, spoken, _)| *known == letter && wanted.is_none_or(|wanted| wanted == *spoken))
        };
        // No row has the number 0: the database refuses a mail that is missing, and none goes out in its place.
        of(Some(language)).or_else(|| of(None)).map_or(RevisionId(0), |(.., revision)| *revision)
    }
}

pub(super) fn revision(kind: DeliveryKind, parts: &Parts) -> NewRevision {
    NewRevision {
        kind,
        slug: None,
        title: parts.title.clone(),
        subject: parts.subject.clone(),
        preheader: parts.preheader.clone(),
        language: parts.language.clone(),
        html: parts.html.as_str().to_owned(),
        plain: parts.text.as_str().to_owned(),
        source: String::new(),
    }
}
