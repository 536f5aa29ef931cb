//! The reader that a preview is made for: a made-up one, whose links open and change nothing.

use crate::cli::{Context, wiring};
use crate::config::Config;
use crate::content::fields::{Field, Piece, Template};
use crate::domain::DeliveryId;
use crate::domain::address::EmailAddress;
use crate::domain::delivery::DeliveryKind;
use crate::domain::image::Shown;
use crate::domain::newsletter::Newsletter;
use crate::message::{Content, Profile, Recipient, Skeleton};
use crate::store::revisions::NewRevision;
use crate::token::{Purpose, TEST_NUMBER};

/// The made-up reader whose values stand in a preview. Their links open and change nothing.
pub(super) struct Reader<'a> {
    pub(super) context: &'a Context,
    pub(super) config: &'a Config,
    pub(super) newsletter: &'a Newsletter,
    pub(super) slug: &'a str,
    pub(super) address: &'a EmailAddress,
    pub(super) name: Option<&'a str>,
}

impl Reader<'_> {
    /// The message as a relay would get it.
    pub(super) fn message(&self, revision: &NewRevision, images: &[Shown]) -> anyhow::Result<Vec<u8>> {
        let content = Content {
            kind: DeliveryKind::Test,
            subject: revision.subject.clone(),
            html: Template::new(revision.html.as_str()),
            text: Template::new(revision.plain.as_str()),
            language: revision.language.clone(),
            slug: revision.slug.clone(),
            digest: [0; 32],
        };
        let signers = wiring::signer(self.config, &self.newsletter.slug)?.into_iter().collect();
        let profile = Profile { signers, unsigned_headers: Vec::new() };
        let skeleton = Skeleton::build(self.newsletter, &wiring::public_url(self.config), &content, &profile)?;
        let embedded: Vec<_> =
            images.iter().filter(|shown| shown.embedded).map(|shown| (*shown.image).clone()).collect();
        let skeleton = skeleton.with_images(&embedded);
        let recipient = Recipient {
            delivery: DeliveryId(i64::try_from(TEST_NUMBER)?),
            subscription: None,
            consent: None,
            request: None,
            format: crate::domain::subscriber::Format::Html,
            address: self.address,
            name: self.name,
            subscribed_at: None,
            date: self.context.now(),
        };
        let mut bytes = Vec::new();
        skeleton.fill(&self.config.keys, &recipient, &mut bytes)?;
        Ok(bytes)
    }

    /// A part with the reader's values in it.
    pub(super) fn fill(&self, part: &str, html: bool) -> String {
        let mut text = String::new();
        for piece in Template::new(part).pieces() {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Field(field) if html => text.push_str(&escaped(&self.value(&field))),
                Piece::Field(field) => text.push_str(&self.value(&field)),
            }
        }
        text
    }

    fn value(&self, field: &Field) -> String {
        let url = wiring::public_url(self.config);
        let link = |letter: char, purpose| format!("{url}/{letter}/{}", self.config.keys.seal(purpose, TEST_NUMBER));
        match field {
            Field::Name { fallback } => self.name.or(fallback.as_deref()).unwrap_or_default().to_owned(),
            Field::UnsubscribeUrl => link('u', Purpose::Unsubscribe),
            Field::PreferencesUrl => link('p', Purpose::Preferences),
            Field::ConfirmUrl => link('c', Purpose::Confirm),
            Field::RefuseUrl => link('n', Purpose::Refuse),
            Field::AddressUrl => link('a', Purpose::Address),
            Field::StopUrl => link('s', Purpose::Stop),
            Field::DataUrl => link('d', Purpose::Data),
            Field::Shown(field) => self.value(field),
            Field::Address => self.address.to_string(),
            Field::SubscribedOn => {
                self.context.now().to_jiff().to_zoned(self.newsletter.time_zone.clone()).date().to_string()
            }
            Field::WebUrl => format!("{url}/{}/{}", self.newsletter.slug, self.slug),
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
