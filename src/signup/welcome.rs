//! The welcome mail: what a reader gets for confirming, where the newsletter wants it; with the latest issue in it, where
//! it wants that. Rendered and stored before the confirmation's transaction; knows no request.

use std::collections::HashMap;

use super::list::SignupList;
use super::mails;
use crate::clock::Timestamp;
use crate::content::fields::without_marks;
use crate::content::pictures::Picture;
use crate::content::{self, Parts, RenderContext, RenderedText, Target, in_heading, in_heading_with};
use crate::domain::RevisionId;
use crate::domain::delivery::DeliveryKind;
use crate::domain::design::Welcome;
use crate::domain::image;
use crate::domain::newsletter::is_rtl;
use crate::store::pages::Latest;
use crate::store::{Db, StoreError, images, pages, revisions};
use crate::templates::email::{EmailFrame, LatestEmail, WelcomeEmail};
use crate::templates::{TemplateError, Templates};
use crate::words::Words;

/// Stores the welcome mail of a newsletter as it is now; none where it sends none. A template that cannot be rendered is
/// logged: whoever confirms has confirmed all the same.
pub async fn welcome(
    db: &Db,
    list: &SignupList,
    templates: &Templates,
    public_url: &str,
    now: Timestamp,
) -> Result<Option<RevisionId>, StoreError> {
    let latest = match list.newsletter.welcome {
        Welcome::None => return Ok(None),
        Welcome::Mail => None,
        Welcome::Latest => latest(db, list, public_url).await?,
    };
    let parts = match parts(list, latest.as_ref(), templates, public_url) {
        Ok(parts) => parts,
        Err(error) => {
            tracing::error!(newsletter = list.newsletter.slug, %error, "the welcome email cannot be made, so none is sent");
            return Ok(None);
        }
    };
    let revision = super::list::revision(DeliveryKind::Welcome, &parts);
    let id = db
        .write(async |tx| {
            let id = revisions::ensure(tx, list.id, &revision, now).await?;
            for shown in list.logo.iter().map(super::list::NewsletterLogo::shown) {
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
    rendered: RenderedText,
    images: Vec<(String, String, (i64, i64))>,
}

/// The latest issue that the public may read. One whose source cannot be read any more is left out.
async fn latest(db: &Db, list: &SignupList, public_url: &str) -> Result<Option<Issue>, StoreError> {
    let mut tx = db.read().await?;
    let Some(Latest { slug, title, source, revision_id }) = pages::latest_public(&mut tx, list.id).await? else {
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
    let web_url = list.newsletter.issue_url(public_url, &slug);
    let letter = RenderContext { newsletter: &list.newsletter, web_url: &web_url, pictures: &pictures };
    let rendered = content::read(source.as_bytes()).and_then(|issue| content::render(&issue, &letter, Target::Mail));
    let images = rows.into_iter().filter(|row| row.name != image::LOGO);
    let images = images.map(|row| (row.name, row.digest, (row.width, row.height))).collect();
    Ok(rendered.ok().map(|rendered| Issue { title, web_url, rendered, images }))
}

fn parts(
    list: &SignupList,
    latest: Option<&Issue>,
    templates: &Templates,
    public_url: &str,
) -> Result<Parts, TemplateError> {
    let (newsletter, words) = (&list.newsletter, Words::of_mail(&list.newsletter.language));
    let name = without_marks(&newsletter.name);
    let subject = words.mail_welcome_subject(&name);
    let logo = list.logo.as_ref().map(super::list::NewsletterLogo::as_logo);
    let email = WelcomeEmail {
        envelope: EmailFrame::of(newsletter, words, public_url, &subject, logo).to_a_reader(),
        title_html: in_heading_with(&subject, &name),
        description: without_marks(newsletter.description.as_deref().unwrap_or_default()).into_owned(),
        latest: latest.map(|issue| LatestEmail {
            language: &issue.rendered.language,
            dir: if is_rtl(&issue.rendered.language) { "rtl" } else { "ltr" },
            title: &issue.title,
            title_html: in_heading(&issue.title),
            web_url: &issue.web_url,
            body: &issue.rendered.html,
            text: &issue.rendered.text,
            links: &issue.rendered.links,
        }),
    };
    let rendered = templates.of(&newsletter.slug).email(&email)?;
    Ok(mails::parts(&subject, words, rendered))
}
