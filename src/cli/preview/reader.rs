//! The reader that a preview is made for: a made-up one, whose links open and change nothing.

use super::args::Args;
use crate::cli::Context;
use crate::clock::Timestamp;
use crate::config::Config;
use crate::content::fields::Template;
use crate::domain::DeliveryId;
use crate::domain::delivery::DeliveryKind;
use crate::domain::newsletter::Newsletter;
use crate::domain::subscriber::Format;
use crate::message::{Content, Marks, Profile, Recipient, Skeleton};
use crate::publishing::RenderedIssue;
use crate::token::TEST_NUMBER;
use crate::wiring;

/// One issue, as one made-up reader gets it.
pub(super) struct SampleReader<'a> {
    config: &'a Config,
    html: Template,
    text: Template,
    skeleton: Skeleton,
    recipient: Recipient<'a>,
}

impl<'a> SampleReader<'a> {
    /// For the reader that `args` describe: who subscribed today, and is sent the issue at `at`.
    pub(super) fn new(
        args: &'a Args,
        context: &Context,
        config: &'a Config,
        newsletter: &Newsletter,
        rendered: &RenderedIssue,
        at: Timestamp,
    ) -> anyhow::Result<Self> {
        let revision = &rendered.revision;
        let content = Content {
            kind: DeliveryKind::Test,
            subject: revision.subject.clone(),
            html: Template::new(revision.html.as_str()),
            text: Template::new(revision.plain.as_str()),
            language: revision.language.clone(),
            slug: revision.slug.clone(),
            digest: [0; 32],
        };
        let signers = wiring::signers(config, &newsletter.slug)?;
        let profile = Profile { signers, ..Profile::default() };
        let skeleton = Skeleton::build(newsletter, &wiring::public_url(config), &content, &profile)?;
        let embedded = rendered.images.iter().filter(|shown| shown.embedded).map(|shown| (*shown.image).clone());
        let skeleton = skeleton.with_images(&embedded.collect::<Vec<_>>());
        let recipient = Recipient {
            delivery: DeliveryId(i64::try_from(TEST_NUMBER)?),
            subscription: None,
            consent: None,
            request: None,
            marks: Marks::default(),
            format: Format::Html,
            address: &args.to,
            name: args.name.as_deref(),
            subscribed_at: Some(context.now()),
            date: at,
        };
        Ok(Self { config, html: content.html, text: content.text, skeleton, recipient })
    }

    /// The message as a relay would get it.
    pub(super) fn message(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.skeleton.fill(&self.config.keys, &self.recipient, &mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn html(&self) -> anyhow::Result<String> {
        Ok(self.skeleton.read(&self.html, true, &self.config.keys, &self.recipient)?)
    }

    pub(super) fn text(&self) -> anyhow::Result<String> {
        Ok(self.skeleton.read(&self.text, false, &self.config.keys, &self.recipient)?)
    }
}
