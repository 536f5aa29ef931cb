//! The mails that a signup may cause, without a reader: they hold nothing that a stranger typed. Knows no database.

use super::door::{Emblem, Letters};
use crate::content::fields::{Field, Template, without_marks};
use crate::content::words::{self, fill};
use crate::content::{Parts, filled, heading};
use crate::domain::newsletter::{Newsletter, is_rtl};
use crate::templates::email::{Envelope, Look, NoticeHtml, NoticeText};
use crate::templates::{TemplateError, Templates};

/// Both mails of a newsletter.
pub fn letters(
    newsletter: &Newsletter,
    templates: &Templates,
    logo: Option<&Emblem>,
) -> Result<Letters, TemplateError> {
    Ok(Letters {
        confirmation: confirmation(newsletter, templates, logo)?,
        notice: notice(newsletter, templates, logo)?,
        logo: logo.cloned(),
    })
}

/// "Please confirm": one button, and its address once more as text.
pub fn confirmation(
    newsletter: &Newsletter,
    templates: &Templates,
    logo: Option<&Emblem>,
) -> Result<Parts, TemplateError> {
    let words = &words::of(&newsletter.language).confirmation;
    let mail = Mail {
        subject: words.subject,
        lead: words.lead,
        button: words.button,
        url: Field::ConfirmUrl,
        or_open: words.or_open,
        ignore: words.ignore,
        reason: words.reason,
    };
    mail.parts(newsletter, templates, logo)
}

/// "You are subscribed already", for whoever asks again: the answer on the page is the same for all.
pub fn notice(newsletter: &Newsletter, templates: &Templates, logo: Option<&Emblem>) -> Result<Parts, TemplateError> {
    let words = words::of(&newsletter.language);
    let mail = Mail {
        subject: words.already.subject,
        lead: words.already.lead,
        button: words.already.change,
        url: Field::PreferencesUrl,
        or_open: words.confirmation.or_open,
        ignore: words.already.ignore,
        reason: words.confirmation.reason,
    };
    mail.parts(newsletter, templates, logo)
}

/// A mail with one button.
struct Mail {
    subject: &'static str,
    lead: &'static str,
    button: &'static str,
    url: Field,
    or_open: &'static str,
    ignore: &'static str,
    reason: &'static str,
}

impl Mail {
    fn parts(
        &self,
        newsletter: &Newsletter,
        templates: &Templates,
        logo: Option<&Emblem>,
    ) -> Result<Parts, TemplateError> {
        // All of it is the program's own words, so the mail is in their language.
        let language = words::of(&newsletter.language).language;
        let dir = if is_rtl(language) { "rtl" } else { "ltr" };
        let name = without_marks(&newsletter.name);
        let say = |sentence: &str| fill(sentence, &[("newsletter", &name)]);
        let (subject, lead, reason, url) = (say(self.subject), say(self.lead), say(self.reason), self.url.to_string());
        let postal_address = without_marks(&newsletter.postal_address);
        let postal_address = postal_address.lines().map(str::trim).collect::<Vec<_>>().join(", ");

        let html = templates.render(&NoticeHtml {
            envelope: Envelope {
                language,
                dir,
                words_language: language,
                words_dir: dir,
                subject: &subject,
                preheader: "",
                newsletter: &name,
                postal_address: &postal_address,
                look: Look::of(&newsletter.design, logo.map(Emblem::as_logo)),
            },
            lead: &lead,
            button: self.button,
            url: &url,
            or_open: self.or_open,
            ignore: self.ignore,
            reason: &reason,
        })?;
        let text = templates.render(&NoticeText {
            header: newsletter.design.header.as_deref().unwrap_or_default(),
            heading: &heading(&subject, '='),
            lead: &filled(&lead),
            button: self.button,
            url: &url,
            ignore: &filled(self.ignore),
            reason: &filled(&reason),
            footer_line: &newsletter.design.footer.as_deref().map(filled).unwrap_or_default(),
            publisher: &filled(&format!("{name}, {postal_address}")),
        })?;
        Ok(Parts {
            title: subject.clone(),
            subject,
            preheader: String::new(),
            html: Template::new(html),
            text: Template::new(text),
            language: language.to_owned(),
            words: 0,
        })
    }
}
