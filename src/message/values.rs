//! What differs from reader to reader: tokens, links, name, dates. Owns which token goes into which place and counts
//! them; must not know how a place is encoded.

use std::cell::OnceCell;

use crate::clock::Timestamp;
use crate::content::fields::Field;
use crate::domain::address::EmailAddress;
use crate::domain::delivery::DeliveryKind;
use crate::domain::subscriber::Format;
use crate::domain::{ConsentId, DeliveryId, RequestId, SubscriptionId};
use crate::token::{Keyring, Mark, Purpose, TEST_NUMBER};
use crate::words::Words;

use super::error::FillError;

/// Who a mail is for.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    /// The row of the ledger.
    pub delivery: DeliveryId,
    /// Whose links these are. A test mail may do without: its links then work and change nothing.
    pub subscription: Option<SubscriptionId>,
    /// What the confirmation link confirms.
    pub consent: Option<ConsentId>,
    /// What the other links of a system mail are about.
    pub request: Option<RequestId>,
    /// What binds each link to its row.
    pub marks: Marks,
    /// Which parts the mail has.
    pub format: Format,
    pub address: &'a EmailAddress,
    /// What the reader is called.
    pub name: Option<&'a str>,
    pub subscribed_at: Option<Timestamp>,
    /// The time of the first try, which later tries repeat.
    pub date: Timestamp,
}

/// The marks of the rows that a mail's links name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks {
    pub subscription: Option<Mark>,
    /// That of the question that is to be confirmed.
    pub consent: Option<Mark>,
    pub request: Option<Mark>,
    /// The mail's own: none where it belongs to no subscription.
    pub mail: Option<Mark>,
}

/// What all readers' values have in common.
#[derive(Debug)]
pub(super) struct LinkContext {
    pub(super) kind: DeliveryKind,
    /// Without a slash at its end.
    pub(super) public_url: String,
    pub(super) web_url: String,
    pub(super) time_zone: jiff::tz::TimeZone,
    pub(super) language: String,
}

/// What a value is written into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// Markup, an attribute's value included.
    Html,
    Text,
}

/// How many links of a purpose stand in a mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LinkCounts {
    pub(super) unsubscribe: usize,
    pub(super) preferences: usize,
    pub(super) confirm: usize,
    pub(super) refuse: usize,
    pub(super) request: usize,
}

impl LinkCounts {
    /// Counts a field, if it is a link that bears a token.
    pub(super) fn count(&mut self, field: &Field) {
        match field {
            Field::UnsubscribeUrl => self.unsubscribe += 1,
            Field::PreferencesUrl => self.preferences += 1,
            Field::ConfirmUrl => self.confirm += 1,
            Field::RefuseUrl => self.refuse += 1,
            Field::AddressUrl | Field::StopUrl | Field::DataUrl => self.request += 1,
            Field::Shown(field) => self.count(field),
            Field::Name { .. } | Field::Address | Field::SubscribedOn | Field::WebUrl => {}
        }
    }
}

/// One reader's values. Tokens are sealed when a place first asks for them: each costs two HMACs.
pub(super) struct Values<'a> {
    places: &'a LinkContext,
    keys: &'a Keyring,
    recipient: &'a Recipient<'a>,
    unsubscribe: OnceCell<String>,
    preferences: OnceCell<String>,
    confirm: OnceCell<String>,
    written: LinkCounts,
}

impl<'a> Values<'a> {
    pub(super) fn new(places: &'a LinkContext, keys: &'a Keyring, recipient: &'a Recipient<'a>) -> Self {
        Self {
            places,
            keys,
            recipient,
            unsubscribe: OnceCell::new(),
            preferences: OnceCell::new(),
            confirm: OnceCell::new(),
            written: LinkCounts::default(),
        }
    }

    /// What was written so far.
    pub(super) fn written(&self) -> LinkCounts {
        self.written
    }

    /// The token for the `List-Unsubscribe` header, counted as written.
    pub(super) fn header_token(&mut self) -> Result<String, FillError> {
        self.written.unsubscribe += 1;
        self.unsubscribe_token().map(str::to_owned)
    }

    fn unsubscribe_token(&self) -> Result<&str, FillError> {
        let number = self.number(self.recipient.subscription.map(|id| id.0), FillError::NoSubscription)?;
        Ok(self.unsubscribe.get_or_init(|| self.seal(Purpose::Unsubscribe, number, self.recipient.marks.subscription)))
    }

    /// Appends a field's value, escaped, and counts it.
    pub(super) fn append(&mut self, field: &Field, escape: Escape, out: &mut String) -> Result<(), FillError> {
        let recipient = self.recipient;
        match field {
            Field::UnsubscribeUrl => {
                self.written.unsubscribe += 1;
                let token = self.unsubscribe_token()?;
                self.push_link(Purpose::Unsubscribe, token, out);
            }
            Field::PreferencesUrl => {
                self.written.preferences += 1;
                let number = self.number(recipient.subscription.map(|id| id.0), FillError::NoSubscription)?;
                let mark = recipient.marks.subscription;
                let token = self.preferences.get_or_init(|| self.seal(Purpose::Preferences, number, mark));
                self.push_link(Purpose::Preferences, token, out);
            }
            Field::ConfirmUrl => {
                self.written.confirm += 1;
                let number = self.number(recipient.consent.map(|id| id.0), FillError::NoConsent)?;
                let token = self.confirm.get_or_init(|| self.seal(Purpose::Confirm, number, recipient.marks.consent));
                self.push_link(Purpose::Confirm, token, out);
            }
            Field::RefuseUrl => {
                self.written.refuse += 1;
                // Of the address and not of a row: it works when nothing is stored any more.
                let is_test = self.places.kind == DeliveryKind::Test;
                let tag = if is_test { TEST_NUMBER } else { self.keys.address_tag(&recipient.address.key()) };
                self.push_link(Purpose::Refuse, &self.keys.seal(Purpose::Refuse, tag), out);
            }
            Field::AddressUrl => self.request_url(Purpose::Address, out)?,
            Field::StopUrl => self.request_url(Purpose::Stop, out)?,
            Field::DataUrl => self.request_url(Purpose::Data, out)?,
            Field::WebUrl => out.push_str(&self.places.web_url),
            Field::Name { fallback } => {
                escaped(recipient.name.or(fallback.as_deref()).unwrap_or_default(), escape, out);
            }
            Field::Address => escaped(recipient.address.as_str(), escape, out),
            Field::SubscribedOn => self.subscribed_on(out),
            Field::Shown(field) => {
                const SCHEME: &str = "https://";
                let start = out.len();
                self.append(field, escape, out)?;
                if out[start..].starts_with(SCHEME) {
                    out.replace_range(start..start + SCHEME.len(), "");
                }
            }
        }
        Ok(())
    }

    fn request_url(&mut self, purpose: Purpose, out: &mut String) -> Result<(), FillError> {
        self.written.request += 1;
        let number = self.number(self.recipient.request.map(|id| id.0), FillError::NoRequest)?;
        self.push_link(purpose, &self.seal(purpose, number, self.recipient.marks.request), out);
        Ok(())
    }

    fn push_link(&self, purpose: Purpose, token: &str, out: &mut String) {
        out.extend([self.places.public_url.as_str(), purpose.path(), token]);
    }

    /// The day in the newsletter's zone, written out in the language of the sentence around it.
    fn subscribed_on(&self, out: &mut String) {
        let of_test = (self.places.kind == DeliveryKind::Test).then_some(self.recipient.date);
        let Some(at) = self.recipient.subscribed_at.or(of_test) else {
            out.push('–');
            return;
        };
        let day = at.to_jiff().to_zoned(self.places.time_zone.clone());
        out.push_str(&Words::of_mail(&self.places.language).date(day.date()));
    }

    /// A test mail's links name no row.
    fn seal(&self, purpose: Purpose, number: u64, mark: Option<Mark>) -> String {
        self.keys.seal_row(purpose, number, mark.filter(|_| number != TEST_NUMBER))
    }

    fn number(&self, id: Option<i64>, missing: FillError) -> Result<u64, FillError> {
        match id {
            Some(id) => Ok(id.cast_unsigned()),
            None if self.places.kind == DeliveryKind::Test => Ok(TEST_NUMBER),
            None => Err(missing),
        }
    }
}

/// Appends a reader's own words so that they are nothing but words: no control characters, no markup.
fn escaped(text: &str, escape: Escape, out: &mut String) {
    let words: String = text.chars().filter(|c| !c.is_control()).collect();
    match escape {
        Escape::Html => out.push_str(&crate::content::escape(&words)),
        Escape::Text => out.push_str(&words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_markup() {
        let mut html = String::new();
        escaped("<b onload='x'>R&D\r\n\"\u{0}", Escape::Html, &mut html);
        assert_eq!(html, "&lt;b onload=&#39;x&#39;&gt;R&amp;D&quot;");
        let mut text = String::new();
        escaped("<b>R&D\r\n\u{7}", Escape::Text, &mut text);
        assert_eq!(text, "<b>R&D");
    }
}
