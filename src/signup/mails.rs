//! The mails that a signup may cause, without a reader: they hold nothing that a stranger typed. Knows no database.

use super::door::{Emblem, Letters};
use super::letters::Letter;
use crate::content::fields::{Field, Template, without_marks};
use crate::content::{Parts, addresses, filled, heading, in_heading, in_heading_with};
use crate::domain::newsletter::Newsletter;
use crate::templates::email::{Envelope, Look, NoticeHtml, NoticeText};
use crate::templates::{TemplateError, Templates};
use crate::words::{Language, Words};

/// All mails of a newsletter.
pub fn letters(
    newsletter: &Newsletter,
    public_url: &str,
    templates: &Templates,
    logo: Option<&Emblem>,
) -> Result<Letters, TemplateError> {
    let press = Press { newsletter, public_url, templates, logo };
    let mut own = Vec::with_capacity(Letter::ALL.len() * Language::ALL.len());
    // The newsletter's own language may be the one that tests are read in.
    let its = Some(Language::of(&newsletter.language)).filter(|its| !Language::ALL.contains(its));
    for language in Language::ALL.into_iter().chain(its) {
        for letter in Letter::ALL {
            own.push((letter, language, press.mail(letter, language)?));
        }
    }
    Ok(Letters { own, logo: logo.cloned() })
}

/// What every mail of a newsletter is made with.
struct Press<'a> {
    newsletter: &'a Newsletter,
    public_url: &'a str,
    templates: &'a Templates,
    logo: Option<&'a Emblem>,
}

impl Press<'_> {
    /// A mail in a language: one button, and its address once more as text.
    fn mail(&self, letter: Letter, language: Language) -> Result<Parts, TemplateError> {
        let words = Words::of_mail(language.tag());
        let name = without_marks(&self.newsletter.name);
        let mail = match letter {
            Letter::Confirm => Mail {
                words,
                subject: words.mail_confirm_subject(&name),
                lead: words.mail_confirm_lead(&name),
                button: words.mail_confirm_button(),
                url: Field::ConfirmUrl,
                ignore: words.mail_confirm_ignore(),
                reason: words.mail_entered(&name, self.host()),
                out: Out::LeaveOrRefuse,
            },
            Letter::Already => Mail {
                words,
                subject: words.mail_already_subject(&name),
                lead: words.mail_already_lead(&name),
                button: words.mail_already_change(),
                url: Field::PreferencesUrl,
                ignore: words.mail_already_ignore(),
                reason: words.mail_entered(&name, self.host()),
                out: Out::LeaveOrRefuse,
            },
            Letter::Link => Mail {
                words,
                subject: words.mail_link_subject(&name),
                lead: words.mail_link_lead(&name),
                button: words.mail_link_button(),
                url: Field::PreferencesUrl,
                ignore: words.mail_already_ignore(),
                reason: words.mail_subscriber(&name, self.host()),
                out: Out::LeaveOrRefuse,
            },
            Letter::Stored => {
                let lead = words.mail_stored_lead(&name);
                self.of_stored(words, &name, lead, Field::PreferencesUrl, Out::LeaveOrRefuse)
            }
            Letter::Data => self.of_stored(words, &name, words.mail_data_lead(&name), Field::DataUrl, Out::Leave),
            Letter::NewAddress => Mail {
                words,
                subject: words.mail_new_address_subject(&name),
                lead: words.mail_new_address_lead(&name),
                button: words.mail_new_address_button(),
                url: Field::AddressUrl,
                ignore: words.mail_confirm_ignore(),
                reason: words.mail_new_address_reason(&name, self.host()),
                out: Out::Refuse,
            },
            Letter::OldAddress => Mail {
                words,
                subject: words.mail_old_address_subject(&name),
                lead: words.mail_old_address_lead(&name),
                button: words.mail_old_address_button(),
                url: Field::StopUrl,
                ignore: words.mail_old_address_ignore(),
                reason: words.mail_subscriber(&name, self.host()),
                out: Out::Leave,
            },
        };
        self.print(&mail)
    }

    /// The way to what is stored about an address, whether issues go there or not.
    fn of_stored(&self, words: Words, name: &str, lead: String, url: Field, out: Out) -> Mail {
        Mail {
            words,
            subject: words.mail_data_subject(name),
            lead,
            button: words.mail_data_button(),
            url,
            ignore: words.mail_already_ignore(),
            reason: words.mail_stored_reason(name, self.host()),
            out,
        }
    }

    /// Where the signup page is, as people say it.
    fn host(&self) -> &str {
        let behind = self.public_url.split_once("://").map_or(self.public_url, |(_, behind)| behind);
        behind.split('/').next().unwrap_or_default()
    }

    fn print(&self, mail: &Mail) -> Result<Parts, TemplateError> {
        // All of it is the program's own words, so the mail is in their language.
        let (language, dir) = (mail.words.tag(), mail.words.direction());
        let newsletter = self.newsletter;
        let name = without_marks(&newsletter.name);
        let (url, home_url) = (mail.url.to_string(), newsletter.home_url(self.public_url));
        let ways = Ways::of(mail);
        let postal_address = without_marks(&newsletter.postal_address);
        let postal_address = postal_address.lines().map(str::trim).collect::<Vec<_>>().join(", ");

        let templates = self.templates.of(&newsletter.slug);
        let html = templates.email(mail.words, &NoticeHtml {
            envelope: Envelope {
                language,
                dir,
                words_language: language,
                words_dir: dir,
                subject: &mail.subject,
                preheader: "",
                newsletter: &name,
                brand: &in_heading(&name),
                home_url: &home_url,
                postal_address: &postal_address,
                look: Look::of(&newsletter.design, self.logo.map(Emblem::as_logo)),
            },
            title: &in_heading_with(&mail.subject, &name),
            lead: &mail.lead,
            button: &mail.button,
            url: &url,
            or_open: &mail.words.mail_or_open(),
            url_shown: &Field::Shown(Box::new(mail.url.clone())).to_string(),
            ignore: &mail.ignore,
            reason: &mail.reason,
            unsubscribe: &ways.unsubscribe,
            unsubscribe_url: &ways.unsubscribe_url,
            refuse: &ways.refuse,
            refuse_url: &ways.refuse_url,
        })?;
        let mut text = templates.email(mail.words, &NoticeText {
            newsletter: &name,
            home_url: &home_url,
            header: newsletter.design.header.as_deref().unwrap_or_default(),
            heading: &heading(&mail.subject, '='),
            lead: &filled(&mail.lead),
            button: &mail.button,
            or_open: &mail.words.mail_or_open(),
            url: &url,
            ignore: &filled(&mail.ignore),
            reason: &filled(&mail.reason),
            unsubscribe: &ways.unsubscribe,
            unsubscribe_url: &ways.unsubscribe_url,
            refuse: &ways.refuse,
            refuse_url: &ways.refuse_url,
            footer_line: &newsletter.design.footer.as_deref().map(filled).unwrap_or_default(),
            publisher: &filled(&format!("{name}, {postal_address}")),
        })?;
        if addresses::are_odd(&html, &text) {
            text.push_str(&format!("{home_url}\n"));
        }
        Ok(Parts {
            title: mail.subject.clone(),
            subject: mail.subject.clone(),
            preheader: String::new(),
            html: Template::new(html),
            text: Template::new(text),
            language: language.to_owned(),
            words: 0,
        })
    }
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
    out: Out,
}

/// Which ways out a mail offers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Out {
    /// To a reader.
    Leave,
    /// To an address that another reader named: whom a link to leave would unsubscribe is that reader.
    Refuse,
    /// To an address that whoever may have typed into a form.
    LeaveOrRefuse,
}

/// The words of the ways out and their addresses; empty for one that is not there.
struct Ways {
    unsubscribe: String,
    unsubscribe_url: String,
    refuse: String,
    refuse_url: String,
}

impl Ways {
    fn of(mail: &Mail) -> Self {
        let leave = if mail.out == Out::Refuse { String::new() } else { mail.words.way_out() };
        let refuse = if mail.out == Out::Leave { String::new() } else { mail.words.mail_refuse() };
        Self {
            unsubscribe: leave,
            unsubscribe_url: Field::UnsubscribeUrl.to_string(),
            refuse,
            refuse_url: Field::RefuseUrl.to_string(),
        }
    }
}
