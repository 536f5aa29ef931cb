//! The welcome mail: what a reader gets for confirming, where the newsletter wants it; with the latest issue in it, where
//! it wants that. Rendered and stored before the confirmation's transaction; knows no request.

use std::collections::HashMap;

use super::door::Door;
use crate::clock::Timestamp;
use crate::content::fields::{Field, Template, without_marks};
use crate::content::pictures::Picture;
use crate::content::{self, Letter, Parts, Rendered, Target, addresses, filled, heading, in_heading, in_heading_with};
use crate::domain::RevisionId;
use crate::domain::delivery::DeliveryKind;
use crate::domain::design::Welcome;
use crate::domain::image;
use crate::domain::newsletter::{Newsletter, is_rtl};
use crate::store::pages::Latest;
use crate::store::{Db, StoreError, images, pages, revisions};
use crate::templates::email::{Envelope, Footer, Look};
use crate::templates::welcome::{LatestHtml, LatestText, WelcomeHtml, WelcomeText};
use crate::templates::{TemplateError, Templates};
use crate::words::Words;

/// Stores the welcome mail of a newsletter as it is now; none where it sends none. A template that cannot be rendered is
/// logged: whoever confirms has confirmed all the same.
pub async fn welcome(
    db: &Db,
    door: &Door,
    templates: &Templates,
    public_url: &str,
    now: Timestamp,
) -> Result<Option<RevisionId>, StoreError> {
    let latest = match door.newsletter.welcome {
        Welcome::None => return Ok(None),
        Welcome::Mail => None,
        Welcome::Latest => latest(db, door, public_url).await?,
    };
    let parts = match parts(door, latest.as_ref(), templates, public_url) {
        Ok(parts) => parts,
        Err(error) => {
            tracing::error!(newsletter = door.newsletter.slug, %error, "the welcome mail cannot be made, so none is sent");
            return Ok(None);
        }
    };
    let revision = super::door::revision(DeliveryKind::Welcome, &parts);
    let id = db
        .write(async |tx| {
            let id = revisions::ensure(tx, door.id, &revision, now).await?;
            for shown in door.logo.iter().map(super::door::Emblem::shown) {
                images::attach(tx, id, shown).await?;
            }
            for (name, digest, size) in latest.iter().flat_map(|issue| &issue.images) {
                images::attach_stored(tx, id, name, digest, *size).await?;
            }
            Ok::<_, StoreError>(id)
        })
        .await?;
    Ok(Some(id))
}

/// An issue that went out, rendered once more from its source.
struct Issue {
    title: String,
    web_url: String,
    rendered: Rendered,
    images: Vec<(String, String, (i64, i64))>,
}

/// The latest issue that the public may read. One whose source cannot be read any more is left out.
async fn latest(db: &Db, door: &Door, public_url: &str) -> Result<Option<Issue>, StoreError> {
    let mut tx = db.read().await?;
    let Some(Latest { slug, title, source, revision_id }) = pages::latest_public(&mut tx, door.id).await? else {
        return Ok(None);
    };
    let rows = images::of_revision(&mut tx, revision_id).await?;
    drop(tx);
    let size = |pixels: i64| u32::try_from(pixels).unwrap_or(image::COLUMN_PX);
    let pictures: HashMap<String, Picture> = rows
        .iter()
        .map(|row| {
            let address = image::url(public_url, &row.digest, row.format);
            (row.name.clone(), Picture { address, width: size(row.width), height: size(row.height) })
        })
        .collect();
    let web_url = door.newsletter.issue_url(public_url, &slug);
    let letter = Letter { newsletter: &door.newsletter, web_url: &web_url, pictures: &pictures };
    let rendered = content::read(source.as_bytes()).and_then(|issue| content::render(&issue, &letter, Target::Mail));
    let images = rows.into_iter().filter(|row| row.name != image::LOGO);
    let images = images.map(|row| (row.name, row.digest, (row.width, row.height))).collect();
    Ok(rendered.ok().map(|rendered| Issue { title, web_url, rendered, images }))
}

fn parts(door: &Door, latest: Option<&Issue>, templates: &Templates, public_url: &str) -> Result<Parts, TemplateError> {
    let (newsletter, words) = (&door.newsletter, Words::of_mail(&door.newsletter.language));
    let said = Said::of(words, newsletter, public_url);
    let home_url = newsletter.home_url(public_url);
    let postal_address = postal_line(newsletter);
    let templates = templates.of(&newsletter.slug);
    let description = without_marks(newsletter.description.as_deref().unwrap_or_default());
    let latest_title = latest.map(|issue| in_heading(&issue.title)).unwrap_or_default();
    let html = templates.email(words, &WelcomeHtml {
        envelope: Envelope {
            language: words.tag(),
            dir: words.direction(),
            words_language: words.tag(),
            words_dir: words.direction(),
            subject: &said.subject,
            preheader: "",
            newsletter: &said.name,
            brand: &in_heading(&said.name),
            home_url: &home_url,
            postal_address: &postal_address,
            look: Look::of(&newsletter.design, door.logo.as_ref().map(super::door::Emblem::as_logo)),
        },
        title: &in_heading_with(&said.subject, &said.name),
        lead: &said.lead,
        description: &description,
        latest: latest.map(|issue| LatestHtml {
            intro: &said.intro,
            language: &issue.rendered.language,
            dir: if is_rtl(&issue.rendered.language) { "rtl" } else { "ltr" },
            title: &latest_title,
            web_url: &issue.web_url,
            read_on_web: &said.read_on_web,
            body: &issue.rendered.html,
        }),
        reason: &said.reason,
        footer: said.footer(),
    })?;
    let title = latest.map(|issue| heading(&issue.title, '-'));
    let mut text = templates.email(words, &WelcomeText {
        newsletter: &said.name,
        home_url: &home_url,
        header: newsletter.design.header.as_deref().unwrap_or_default(),
        heading: &heading(&said.subject, '='),
        lead: &filled(&said.lead),
        description: &filled(&description),
        latest: latest.zip(title.as_deref()).map(|(issue, title)| LatestText {
            intro: &said.intro,
            heading: title,
            web_url: &issue.web_url,
            read_on_web: &said.read_on_web,
            body: &issue.rendered.text,
            links_heading: &said.links_heading,
            links: &issue.rendered.links,
        }),
        reason: &filled(&said.reason),
        footer: said.footer(),
        footer_line: &newsletter.design.footer.as_deref().map(filled).unwrap_or_default(),
        publisher: &filled(&format!("{}, {postal_address}", said.name)),
    })?;
    if addresses::are_odd(&html, &text) {
        text.push_str(&format!("{home_url}\n"));
    }
    Ok(Parts {
        title: said.subject.clone(),
        subject: said.subject,
        preheader: String::new(),
        html: Template::new(html),
        text: Template::new(text),
        language: words.tag().to_owned(),
        words: 0,
    })
}

fn postal_line(newsletter: &Newsletter) -> String {
    without_marks(&newsletter.postal_address).lines().map(str::trim).collect::<Vec<_>>().join(", ")
}

/// What the mail says in its newsletter's language.
struct Said {
    name: String,
    subject: String,
    lead: String,
    intro: String,
    read_on_web: String,
    links_heading: String,
    reason: String,
    unsubscribe: String,
    unsubscribe_url: String,
    preferences: String,
    preferences_url: String,
    forwarded: String,
    forwarded_link: String,
    subscribe_url: String,
}

impl Said {
    fn of(words: Words, newsletter: &Newsletter, public_url: &str) -> Self {
        let name = without_marks(&newsletter.name).into_owned();
        Self {
            subject: words.mail_welcome_subject(&name),
            lead: words.mail_welcome_lead(&name),
            intro: words.mail_welcome_latest(),
            read_on_web: words.read_on_web(),
            links_heading: heading(&words.links(), '-'),
            reason: words.reason(&name, &Field::Address.to_string(), &Field::SubscribedOn.to_string()),
            unsubscribe: words.way_out(),
            unsubscribe_url: Field::UnsubscribeUrl.to_string(),
            preferences: words.change_preferences(),
            preferences_url: Field::PreferencesUrl.to_string(),
            forwarded: words.forwarded(),
            forwarded_link: words.forwarded_link(),
            subscribe_url: format!("{}subscribe", newsletter.home_url(public_url)),
            name,
        }
    }

    fn footer(&self) -> Footer<'_> {
        Footer {
            unsubscribe: &self.unsubscribe,
            unsubscribe_url: &self.unsubscribe_url,
            preferences: &self.preferences,
            preferences_url: &self.preferences_url,
            forwarded: &self.forwarded,
            forwarded_link: &self.forwarded_link,
            subscribe_url: &self.subscribe_url,
        }
    }
}
