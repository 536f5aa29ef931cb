//! The mails that a signup may cause, without a reader: they hold nothing that a stranger typed. Knows no database.

use super::door::{Emblem, Letters};
use super::letters::Letter;
use crate::content::fields::{Field, Template, without_marks};
use crate::content::{Parts, filled, heading};
use crate::domain::newsletter::Newsletter;
use crate::templates::email::{Envelope, Look, NoticeHtml, NoticeText};
use crate::templates::{TemplateError, Templates};
use crate::words::{Language, Words};

/// All mails of a newsletter.
pub fn letters(
    newsletter: &Newsletter,
    templates: &Templates,
    logo: Option<&Emblem>,
) -> Result<Letters, TemplateError> {
    let mut own = Vec::with_capacity(Letter::ALL.len() * Language::ALL.len());
    // The newsletter's own language may be the one that tests are read in.
    let its = Some(Language::of(&newsletter.language)).filter(|its| !Language::ALL.contains(its));
    for language in Language::ALL.into_iter().chain(its) {
        for letter in Letter::ALL {
            own.push((letter, language, mail(letter, language, newsletter, templates, logo)?));
        }
    }
    Ok(Letters { own, logo: logo.cloned() })
}

/// A mail in a language: one button, and its address once more as text.
pub fn mail(
    letter: Letter,
    language: Language,
    newsletter: &Newsletter,
    templates: &Templates,
    logo: Option<&Emblem>,
) -> Result<Parts, TemplateError> {
    let words = Words::of_mail(language.tag());
    let name = without_marks(&newsletter.name);
    let mail = match letter {
        Letter::Confirm => Mail {
            words,
            subject: words.mail_confirm_subject(&name),
            lead: words.mail_confirm_lead(&name),
            button: words.mail_confirm_button(),
            url: Field::ConfirmUrl,
            ignore: words.mail_confirm_ignore(),
            reason: words.mail_entered(&name),
        },
        Letter::Already => Mail {
            words,
            subject: words.mail_already_subject(&name),
            lead: words.mail_already_lead(&name),
            button: words.mail_already_change(),
            url: Field::PreferencesUrl,
            ignore: words.mail_already_ignore(),
            reason: words.mail_entered(&name),
        },
        Letter::Link => Mail {
            words,
            subject: words.mail_link_subject(&name),
            lead: words.mail_link_lead(&name),
            button: words.mail_link_button(),
            url: Field::PreferencesUrl,
            ignore: words.mail_already_ignore(),
            reason: words.mail_subscriber(&name),
        },
        Letter::Data => Mail {
            words,
            subject: words.mail_data_subject(&name),
            lead: words.mail_data_lead(&name),
            button: words.mail_data_button(),
            url: Field::DataUrl,
            ignore: words.mail_already_ignore(),
            reason: words.mail_subscriber(&name),
        },
        Letter::NewAddress => Mail {
            words,
            subject: words.mail_new_address_subject(&name),
            lead: words.mail_new_address_lead(&name),
            button: words.mail_new_address_button(),
            url: Field::AddressUrl,
            ignore: words.mail_confirm_ignore(),
            reason: words.mail_new_address_reason(&name),
        },
        Letter::OldAddress => Mail {
            words,
            subject: words.mail_old_address_subject(&name),
            lead: words.mail_old_address_lead(&name),
            button: words.mail_old_address_button(),
            url: Field::StopUrl,
            ignore: words.mail_old_address_ignore(),
            reason: words.mail_subscriber(&name),
        },
    };
    mail.parts(newsletter, templates, logo)
}

/// A mail with one button.
struct Mail {
    words: Words,
    subject: String,
    lead: String,
    button: String,
    url: Field,
    ignore: String,
    reason: String,
}

impl Mail {
    fn parts(
        self,
        newsletter: &Newsletter,
        templates: &Templates,
        logo: Option<&Emblem>,
    ) -> Result<Parts, TemplateError> {
        // All of it is the program's own words, so the mail is in their language.
        let (language, dir) = (self.words.tag(), self.words.direction());
        let name = without_marks(&newsletter.name);
        let url = self.url.to_string();
        let refuse_url = Field::RefuseUrl.to_string();
        // Of mails that whoever may type an address into a form can cause.
        let refuse =
            if self.reason == self.words.mail_entered(&name) { self.words.mail_refuse() } else { String::new() };
        let postal_address = without_marks(&newsletter.postal_address);
        let postal_address = postal_address.lines().map(str::trim).collect::<Vec<_>>().join(", ");

        let templates = templates.of(&newsletter.slug);
        let html = templates.render(&NoticeHtml {
            envelope: Envelope {
                language,
                dir,
                words_language: language,
                words_dir: dir,
                subject: &self.subject,
                preheader: "",
                newsletter: &name,
                postal_address: &postal_address,
                look: Look::of(&newsletter.design, logo.map(Emblem::as_logo)),
            },
            lead: &self.lead,
            button: &self.button,
            url: &url,
            or_open: &self.words.mail_or_open(),
            ignore: &self.ignore,
            reason: &self.reason,
            refuse: &refuse,
            refuse_url: &refuse_url,
        })?;
        let text = templates.render(&NoticeText {
            header: newsletter.design.header.as_deref().unwrap_or_default(),
            heading: &heading(&self.subject, '='),
            lead: &filled(&self.lead),
            button: &self.button,
            url: &url,
            ignore: &filled(&self.ignore),
            reason: &filled(&self.reason),
            refuse: &refuse,
            refuse_url: &refuse_url,
            footer_line: &newsletter.design.footer.as_deref().map(filled).unwrap_or_default(),
            publisher: &filled(&format!("{name}, {postal_address}")),
        })?;
        Ok(Parts {
            title: self.subject.clone(),
            subject: self.subject,
            preheader: String::new(),
            html: Template::new(html),
            text: Template::new(text),
            language: language.to_owned(),
            words: 0,
        })
    }
}
