//! The mails that a signup may cause, without a reader: they hold nothing that a stranger typed. Knows no database.

use super::list::{NewsletterLogo, SystemMails};
use super::mail_kind::MailKind;
use crate::content::fields::{Field, Template, without_marks};
use crate::content::{Parts, in_heading_with};
use crate::domain::newsletter::Newsletter;
use crate::templates::email::{EmailFrame, EmailLinks, NoticeEmail, RenderedEmail};
use crate::templates::{TemplateError, Templates};
use crate::words::{Language, Words};

/// All mails of a newsletter.
pub fn letters(
    newsletter: &Newsletter,
    public_url: &str,
    templates: &Templates,
    logo: Option<&NewsletterLogo>,
) -> Result<SystemMails, TemplateError> {
    let press = SystemMailRenderer { newsletter, public_url, templates, logo };
    let mut own = Vec::with_capacity(MailKind::ALL.len() * Language::ALL.len());
    // The newsletter's own language may be the one that tests are read in.
    let its = Some(Language::of(&newsletter.language)).filter(|its| !Language::ALL.contains(its));
    for language in Language::ALL.into_iter().chain(its) {
        for letter in MailKind::ALL {
            own.push((letter, language, press.mail(letter, language)?));
        }
    }
    Ok(SystemMails { own, logo: logo.cloned() })
}

/// What every mail of a newsletter is made with.
struct SystemMailRenderer<'a> {
    newsletter: &'a Newsletter,
    public_url: &'a str,
    templates: &'a Templates,
    logo: Option<&'a NewsletterLogo>,
}

impl SystemMailRenderer<'_> {
    /// A mail in a language: one link. All of it is the program's own words.
    fn mail(&self, letter: MailKind, language: Language) -> Result<Parts, TemplateError> {
        let words = Words::of_mail(language.tag());
        let name = without_marks(&self.newsletter.name);
        let subject = subject(letter, words, &name);
        let logo = self.logo.map(NewsletterLogo::as_logo);
        let mut envelope = EmailFrame::of(self.newsletter, words, self.public_url, &subject, logo);
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
pub(super) fn parts(subject: &str, words: Words, rendered: RenderedEmail) -> Parts {
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

fn subject(letter: MailKind, words: Words, name: &str) -> String {
    match letter {
        MailKind::Confirm => words.mail_confirm_subject(name),
        MailKind::Already => words.mail_already_subject(name),
        MailKind::Link => words.mail_link_subject(name),
        MailKind::Stored | MailKind::Data => words.mail_data_subject(name),
        MailKind::NewAddress => words.mail_new_address_subject(name),
        MailKind::OldAddress => words.mail_old_address_subject(name),
    }
}

/// What the mail's link is about.
fn link(letter: MailKind) -> Field {
    match letter {
        MailKind::Confirm => Field::ConfirmUrl,
        MailKind::Already | MailKind::Link | MailKind::Stored => Field::PreferencesUrl,
        MailKind::Data => Field::DataUrl,
        MailKind::NewAddress => Field::AddressUrl,
        MailKind::OldAddress => Field::StopUrl,
    }
}

/// Which ways out a mail offers.
fn ways(letter: MailKind) -> EmailLinks {
    let (leaves, refuses) = match letter {
        // To an address that whoever may have typed into a form.
        MailKind::Confirm | MailKind::Already | MailKind::Link | MailKind::Stored => (true, true),
        // To a reader.
        MailKind::Data | MailKind::OldAddress => (true, false),
        // To an address that another reader named: whom a link to leave would unsubscribe is that reader.
        MailKind::NewAddress => (false, true),
    };
    EmailLinks {
        unsubscribe_url: leaves.then(|| Field::UnsubscribeUrl.to_string()),
        refuse_url: refuses.then(|| Field::RefuseUrl.to_string()),
        ..EmailLinks::default()
    }
}
