//! The mails that a signup may cause, without a reader: they hold nothing that a stranger typed. Knows no database.

use super::door::{Emblem, Letters};
use super::letter::Letter;
use crate::content::fields::{Field, Template, without_marks};
use crate::content::{Parts, in_heading_with};
use crate::domain::newsletter::Newsletter;
use crate::templates::email::{Envelope, NoticeEmail, Rendered, Ways};
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
    /// A mail in a language: one link. All of it is the program's own words.
    fn mail(&self, letter: Letter, language: Language) -> Result<Parts, TemplateError> {
        let words = Words::of_mail(language.tag());
        let name = without_marks(&self.newsletter.name);
        let subject = subject(letter, words, &name);
        let logo = self.logo.map(Emblem::as_logo);
        let mut envelope = Envelope::of(self.newsletter, words, self.public_url, &subject, logo);
        envelope.ways = ways(letter);
        let url = link(letter);
        let email = NoticeEmail {
            envelope,
            mail: letter.as_str(),
            host: self.host(),
            title_html: in_heading_with(&subject, &name),
            url: url.to_string(),
            url_shown: Field::Shown(Box::new(url)).to_string(),
        };
        let rendered = self.templates.of(&self.newsletter.slug).email(&email)?;
        Ok(parts(&subject, words, rendered))
    }

    /// Where the signup page is, as people say it.
    fn host(&self) -> &str {
        let behind = self.public_url.split_once("://").map_or(self.public_url, |(_, behind)| behind);
        behind.split('/').next().unwrap_or_default()
    }
}

/// A mail in the program's own words alone.
pub(super) fn parts(subject: &str, words: Words, rendered: Rendered) -> Parts {
    Parts {
        title: subject.to_owned(),
        subject: subject.to_owned(),
        preheader: String::new(),
        html: Template::new(rendered.html),
        text: Template::new(rendered.text),
        language: words.tag().to_owned(),
        words: 0,
    }
}

fn subject(letter: Letter, words: Words, name: &str) -> String {
    match letter {
        Letter::Confirm => words.mail_confirm_subject(name),
        Letter::Already => words.mail_already_subject(name),
        Letter::Link => words.mail_link_subject(name),
        Letter::Stored | Letter::Data => words.mail_data_subject(name),
        Letter::NewAddress => words.mail_new_address_subject(name),
        Letter::OldAddress => words.mail_old_address_subject(name),
    }
}

/// What the mail's link is about.
fn link(letter: Letter) -> Field {
    match letter {
        Letter::Confirm => Field::ConfirmUrl,
        Letter::Already | Letter::Link | Letter::Stored => Field::PreferencesUrl,
        Letter::Data => Field::DataUrl,
        Letter::NewAddress => Field::AddressUrl,
        Letter::OldAddress => Field::StopUrl,
    }
}

/// Which ways out a mail offers.
fn ways(letter: Letter) -> Ways {
    let (leaves, refuses) = match letter {
        // To an address that whoever may have typed into a form.
        Letter::Confirm | Letter::Already | Letter::Link | Letter::Stored => (true, true),
        // To a reader.
        Letter::Data | Letter::OldAddress => (true, false),
        // To an address that another reader named: whom a link to leave would unsubscribe is that reader.
        Letter::NewAddress => (false, true),
    };
    Ways {
        unsubscribe_url: leaves.then(|| Field::UnsubscribeUrl.to_string()),
        refuse_url: refuses.then(|| Field::RefuseUrl.to_string()),
        ..Ways::default()
    }
}
