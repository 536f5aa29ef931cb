//! `coranto preview`: one part of an issue as a reader would get it. Needs no database and sends nothing.

use std::path::PathBuf;

use super::shelf::{Shelf, show};
use super::{Context, Exit, wiring};
use crate::content::fields::{Field, Piece, Template};
use crate::domain::DeliveryId;
use crate::domain::address::EmailAddress;
use crate::domain::delivery::DeliveryKind;
use crate::domain::newsletter::Newsletter;
use crate::message::{Content, Profile, Recipient, Skeleton};
use crate::publishing::LibraryError;
use crate::store::revisions::NewRevision;
use crate::token::{Purpose, TEST_NUMBER};

/// Prints one part of an issue as a reader would get it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  coranto preview issues/2026-11-27-a-note.md --text
  coranto preview issues/2026-11-27-a-note.md --html > note.html
  coranto preview issues/2026-11-27-a-note.md --eml > note.eml")]
#[group(id = "part", required = true, multiple = false)]
pub(super) struct Part {
    /// The HTML part.
    #[arg(long)]
    html: bool,
    /// The text part.
    #[arg(long)]
    text: bool,
    /// The whole message, headers, signature and all.
    #[arg(long)]
    eml: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file.
    file: PathBuf,
    #[command(flatten)]
    part: Part,
    /// The reader's address.
    #[arg(long, default_value = "reader@example.org")]
    to: EmailAddress,
    /// The reader's name; without one, fallbacks show.
    #[arg(long)]
    name: Option<String>,
    /// The newsletter, where there are several.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let shelf = Shelf::new(&config)?;
    let (newsletter, draft) = shelf.read(&args.file, args.newsletter.as_deref())?;
    let library = shelf.library(newsletter);
    let date = |draft: &crate::publishing::Draft| draft.named_date.unwrap_or_else(|| library.date_of(context.now()));
    let rendered = match draft.and_then(|draft| library.render(&draft, date(&draft))) {
        Ok(rendered) => rendered,
        Err(LibraryError::Content { problems, .. }) => {
            for problem in &problems {
                show(&args.file, problem, context)?;
            }
            return Ok(Exit::Problems);
        }
        Err(other) => return Err(other.into()),
    };
    let revision = rendered.revision;
    let slug = revision.slug.clone().unwrap_or_default();
    let reader = Reader { args: &args, context, config: &config, newsletter, slug };
    let bytes = match (args.part.html, args.part.text) {
        (true, _) => reader.fill(&revision.html, true)?.into_bytes(),
        (_, true) => reader.fill(&revision.plain, false)?.into_bytes(),
        _ => reader.message(revision)?,
    };
    context.output.write(&bytes)?;
    Ok(Exit::Ok)
}

/// The made-up reader whose values stand in a preview. Their links open and change nothing.
struct Reader<'a> {
    args: &'a Args,
    context: &'a Context,
    config: &'a crate::config::Config,
    newsletter: &'a Newsletter,
    slug: String,
}

impl Reader<'_> {
    /// The message as a relay would get it.
    fn message(&self, revision: NewRevision) -> anyhow::Result<Vec<u8>> {
        let content = Content {
            kind: DeliveryKind::Test,
            subject: revision.subject,
            html: Template::from(revision.html),
            text: Template::from(revision.plain),
            language: revision.language,
            slug: revision.slug,
            digest: [0; 32],
        };
        let signers = wiring::signer(self.config, &self.newsletter.slug)?.into_iter().collect();
        let profile = Profile { signers, unsigned_headers: Vec::new() };
        let skeleton = Skeleton::build(self.newsletter, &wiring::public_url(self.config), &content, &profile)?;
        let recipient = Recipient {
            delivery: DeliveryId(i64::try_from(TEST_NUMBER)?),
            subscription: None,
            consent: None,
            request: None,
            format: crate::domain::subscriber::Format::Html,
            address: &self.args.to,
            name: self.args.name.as_deref(),
            subscribed_at: None,
            date: self.context.now(),
        };
        let mut bytes = Vec::new();
        skeleton.fill(&self.config.keys, &recipient, &mut bytes)?;
        Ok(bytes)
    }

    /// A part with the reader's values in it.
    fn fill(&self, part: &str, html: bool) -> anyhow::Result<String> {
        let mut text = String::new();
        for piece in Template::new(part).pieces() {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Field(field) if html => text.push_str(&escaped(&self.value(&field))),
                Piece::Field(field) => text.push_str(&self.value(&field)),
            }
        }
        Ok(text)
    }

    fn value(&self, field: &Field) -> String {
        let url = wiring::public_url(self.config);
        let link = |letter: char, purpose| format!("{url}/{letter}/{}", self.config.keys.seal(purpose, TEST_NUMBER));
        match field {
            Field::Name { fallback } => self.args.name.clone().or_else(|| fallback.clone()).unwrap_or_default(),
            Field::UnsubscribeUrl => link('u', Purpose::Unsubscribe),
            Field::PreferencesUrl => link('p', Purpose::Preferences),
            Field::ConfirmUrl => link('c', Purpose::Confirm),
            Field::RefuseUrl => link('n', Purpose::Refuse),
            Field::AddressUrl => link('a', Purpose::Address),
            Field::StopUrl => link('s', Purpose::Stop),
            Field::DataUrl => link('d', Purpose::Data),
            Field::Address => self.args.to.to_string(),
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
