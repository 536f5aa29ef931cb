//! One reader's mail: the skeleton with that reader's values, signed. Owns the order of things on the wire and the
//! check that nobody's values stand in another's mail; must not know a relay.

use crate::content::fields::{Piece, Template};
use crate::domain::delivery::DeliveryKind;
use crate::domain::name::presentable;
use crate::domain::subscriber::Format;
use crate::token::{Keyring, Purpose};

use super::dkim::{self, SignError};
use super::error::FillError;
use super::headers::OwnHeaders;
use super::skeleton::Skeleton;
use super::splice::{EncodedPart, whole_lines};
use super::values::{Escape, Recipient, Values};
use super::verp;

/// What the envelope and the ledger need to know of a filled mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// `MAIL FROM`: names the delivery where there is a return path.
    pub envelope_sender: String,
    /// Names the delivery to whoever reports about it, where the relay passes such an id on (RFC 3461).
    pub envelope_id: String,
    pub message_id: String,
}

impl Skeleton {
    /// Writes the mail for `recipient` into `out`, which is emptied first and left empty when this fails: signatures,
    /// headers, blank line, body. It ends in CRLF, and no line begins with a dot, so what follows is the final dot.
    ///
    /// It costs a private-key operation per signer: call it where blocking is allowed.
    pub fn fill(&self, keys: &Keyring, recipient: &Recipient<'_>, out: &mut Vec<u8>) -> Result<Filled, FillError> {
        out.clear();
        let filled = self.write(keys, recipient, out);
        if filled.is_err() {
            out.clear();
        }
        filled
    }

    fn write(&self, keys: &Keyring, recipient: &Recipient<'_>, out: &mut Vec<u8>) -> Result<Filled, FillError> {
        // The person who typed the name into the form may be another than the recipient: nothing that a stranger typed goes into them.
        let for_strangers = matches!(self.places.kind, DeliveryKind::Confirmation | DeliveryKind::Request);
        // A name from before today's rules, or from a list, is shown as far as it does no harm.
        let name = recipient.name.filter(|_| !for_strangers).and_then(presentable);
        let name = name.as_deref();
        let recipient = &Recipient { name, ..*recipient };
        let mut values = Values::new(&self.places, keys, recipient);
        let token = keys.seal_row(Purpose::Message, recipient.delivery.0.cast_unsigned(), recipient.marks.mail);
        let message_id = self.headers.message_id(&token);

        let text_alone = recipient.format == Format::Plain || self.places.kind == DeliveryKind::Alarm;
        let mut head = String::with_capacity(self.headers.size_estimate());
        let unsubscribe_token = if self.headers.unsubscribe { Some(values.header_token()?) } else { None };
        self.headers.fill(
            &OwnHeaders {
                address: recipient.address,
                name,
                date: recipient.date,
                message_id: &message_id,
                unsubscribe_token: unsubscribe_token.as_deref(),
                text_alone: text_alone.then(|| self.text.encoding().as_str()),
            },
            &mut head,
        );

        out.reserve(self.size_estimate());
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(b"\r\n");
        let body_at = out.len();
        let mut scratch = String::new();
        if text_alone {
            self.text.fill(&mut values, &mut scratch, out)?;
        } else {
            write_part(&self.boundary, "plain", &self.text, &mut values, &mut scratch, out)?;
            self.write_html(&mut values, &mut scratch, out)?;
            for bytes in [b"--", self.boundary.as_bytes(), b"--\r\n"] {
                out.extend_from_slice(bytes);
            }
        }

        let links = if text_alone { self.text_links } else { self.links };
        if values.written() != links || !self.header_link_is_own(&head, unsubscribe_token.as_deref()) {
            return Err(FillError::WrongLinks);
        }
        self.sign(&head, body_at, recipient, &token, out)?;
        let envelope_id = verp::bounce_token(keys, recipient.delivery, recipient.marks.mail);
        let envelope_sender = match &self.return_path {
            Some(path) => path.address(&envelope_id),
            None => self.from_address.clone(),
        };
        Ok(Filled { envelope_sender, envelope_id, message_id })
    }

    /// A part as `recipient` will read it, from the same values that [`Self::fill`] writes, for who looks at it alone:
    /// lines end in LF, and it is not encoded. `part` is the revision's, and `html` says which of the two.
    pub fn read(
        &self,
        part: &Template,
        html: bool,
        keys: &Keyring,
        recipient: &Recipient<'_>,
    ) -> Result<String, FillError> {
        let mut values = Values::new(&self.places, keys, recipient);
        let mut text = String::new();
        let escape = if html { Escape::Html } else { Escape::Text };
        let lines = whole_lines(part);
        for piece in lines.pieces() {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Field(field) => values.append(&field, escape, &mut text)?,
            }
        }
        Ok(text)
    }

    /// The HTML part, together with the images that it shows if they travel with it.
    fn write_html(&self, values: &mut Values<'_>, scratch: &mut String, out: &mut Vec<u8>) -> Result<(), FillError> {
        let Some(related) = &self.related else {
            return write_part(&self.boundary, "html", &self.html, values, scratch, out);
        };
        for text in ["--", &self.boundary, "\r\n", &related.content_type()] {
            out.extend_from_slice(text.as_bytes());
        }
        write_part(&related.boundary, "html", &self.html, values, scratch, out)?;
        out.extend_from_slice(&related.parts);
        Ok(())
    }

    /// Puts before the message what is not signed, and then the signatures, RSA first: it is the one that everyone
    /// verifies.
    fn sign(
        &self,
        head: &str,
        body_at: usize,
        recipient: &Recipient<'_>,
        token: &str,
        out: &mut Vec<u8>,
    ) -> Result<(), SignError> {
        let mut first = self.extra_headers.clone().into_bytes();
        self.correlation.write(token, &mut first);
        if !self.signers.is_empty() {
            let body_hash = dkim::body_hash(&out[body_at..]);
            for signer in &self.signers {
                signer.sign(head, &body_hash, &self.unsigned_headers, recipient.date, &mut first)?;
            }
        }
        if !first.is_empty() {
            out.splice(0..0, first);
        }
        Ok(())
    }

    /// Whether the header's links are this reader's. Those of the body are counted, and their values come from one
    /// reader's `Values`; what is the same for all was searched for links when the skeleton was built.
    fn header_link_is_own(&self, head: &str, token: Option<&str>) -> bool {
        let link = format!("<{}/u/", self.places.public_url);
        let mut found = head.match_indices(&link).map(|(at, link)| &head[at + link.len()..]);
        match token {
            Some(token) => found.next().is_some_and(|rest| rest.starts_with(token)) && found.next().is_none(),
            None => found.next().is_none(),
        }
    }
}

fn write_part(
    boundary: &str,
    subtype: &str,
    part: &EncodedPart,
    values: &mut Values<'_>,
    scratch: &mut String,
    out: &mut Vec<u8>,
) -> Result<(), FillError> {
    for text in [
        "--",
        boundary,
        "\r\nContent-Type: text/",
        subtype,
        "; charset=utf-8\r\nContent-Transfer-Encoding: ",
        part.encoding().as_str(),
        "\r\n\r\n",
    ] {
        out.extend_from_slice(text.as_bytes());
    }
    part.fill(values, scratch, out)?;
    // This line end belongs to the boundary that follows (RFC 2046 5.1.1).
    out.extend_from_slice(b"\r\n");
    Ok(())
}
