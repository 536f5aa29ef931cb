//! MAIL, RCPT and DATA: in one write where the server offers PIPELINING (RFC 2920), else one by one. Every combination
//! of answers leaves the session either in step or unusable. Must not know whose mail it is.

use std::io::Write;

use super::fault::Fault;
use super::session::{Broken, EnvelopeOutcome, Session, State};
use crate::domain::address::EmailAddress;
use crate::domain::reply::{Reply, Stage};

/// "Service not available, closing transmission channel" (RFC 5321 4.2.2): nothing follows it.
const CLOSING: u16 = 421;
const START_MAIL_INPUT: u16 = 354;

impl Session {
    /// Why this server cannot carry a message, as far as it has said what it offers.
    pub fn cannot_carry(&self, recipient: &EmailAddress, message_bytes: usize) -> Option<EnvelopeOutcome> {
        match self.capabilities.size_bytes_max {
            Some(size_bytes_max) if message_bytes as u64 > size_bytes_max => {
                Some(EnvelopeOutcome::TooLarge { size_bytes_max })
            }
            _ if recipient.needs_smtputf8() && !self.capabilities.smtputf8 => Some(EnvelopeOutcome::NeedsSmtpUtf8),
            _ => None,
        }
    }

    /// Offers an envelope: one sender (empty for `<>`), one recipient, and the size of the message to come. A server that
    /// offers DSN (RFC 3461) is given `envelope_id`, and asked to report failures alone, with the header of the message.
    pub async fn envelope(
        &mut self,
        sender: &str,
        recipient: &EmailAddress,
        message_bytes: usize,
        envelope_id: Option<&str>,
    ) -> Result<EnvelopeOutcome, Broken> {
        if !self.is_usable() {
            return Err(Broken::Unusable);
        }
        let envelope_id = envelope_id.filter(|_| self.capabilities.dsn);
        if !sender.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>')) {
            return Err(Broken::InvalidSender);
        }
        if let Some(refusal) = self.cannot_carry(recipient, message_bytes) {
            return Ok(refusal);
        }

        self.state = State::Unusable;
        self.envelopes += 1;
        if let Err(fault) = self.wire.expect_silence().await {
            let last_words = if matches!(fault, Fault::Unsolicited) { self.wire.last_words().await } else { None };
            return Err(Broken::Idle { fault, last_words });
        }
        if self.capabilities.pipelining {
            self.in_one_write(sender, recipient, message_bytes, envelope_id).await
        } else {
            self.one_by_one(sender, recipient, message_bytes, envelope_id).await
        }
    }

    async fn in_one_write(
        &mut self,
        sender: &str,
        recipient: &EmailAddress,
        message_bytes: usize,
        envelope_id: Option<&str>,
    ) -> Result<EnvelopeOutcome, Broken> {
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        let reset = std::mem::take(&mut self.needs_reset);
        if reset {
            line.extend_from_slice(b"RSET\r\n");
        }
        self.write_mail(&mut line, sender, recipient, message_bytes, envelope_id);
        write_rcpt(&mut line, recipient, envelope_id.is_some());
        line.extend_from_slice(b"DATA\r\n");
        let sent = self.wire.send(&line, self.deadlines.command).await;
        self.line = line;
        if let Err(fault) = sent {
            return self.broke_off(fault).await;
        }

        if reset && let Some(refusal) = self.answer(Stage::Session).await? {
            return Err(Broken::Lost { stage: Stage::Session, fault: Fault::Unexpected(refusal) });
        }
        // The first refusal is the outcome; what follows only decides what the session is still fit for.
        let mut refused = self.answer(Stage::Mail).await?.map(|reply| (Stage::Mail, reply));
        if is_closing(refused.as_ref()) {
            return Ok(outcome(refused));
        }
        let rcpt = match self.answer(Stage::Recipient).await {
            Err(_) if refused.is_some() => return Ok(outcome(refused)),
            answer => answer?,
        };
        let recipient_taken = rcpt.is_none();
        let closing = rcpt.as_ref().is_some_and(|reply| reply.code == CLOSING);
        refused = refused.or(rcpt.map(|reply| (Stage::Recipient, reply)));
        if closing {
            return Ok(outcome(refused));
        }
        let data = match self.wire.reply(self.deadlines.data).await {
            Err(_) if refused.is_some() => return Ok(outcome(refused)),
            Err(fault) => return Err(Broken::Lost { stage: Stage::Data, fault }),
            Ok(reply) => reply.summary(),
        };
        match refused {
            None => self.after_data(data, recipient),
            Some(refused) => {
                // A dot now would deliver an empty mail if the server took the recipient without the sender.
                let in_step = match data.code {
                    START_MAIL_INPUT => !recipient_taken && self.lone_dot().await,
                    code => code >= 400 && code != CLOSING,
                };
                if in_step {
                    self.clean();
                }
                Ok(outcome(Some(refused)))
            }
        }
    }

    async fn one_by_one(
        &mut self,
        sender: &str,
        recipient: &EmailAddress,
        message_bytes: usize,
        envelope_id: Option<&str>,
    ) -> Result<EnvelopeOutcome, Broken> {
        let mut line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.needs_reset)
            && let Some(refusal) = self.ask(b"RSET\r\n", Stage::Session).await?
        {
            return Err(Broken::Lost { stage: Stage::Session, fault: Fault::Unexpected(refusal) });
        }
        for stage in [Stage::Mail, Stage::Recipient] {
            line.clear();
            if stage == Stage::Mail {
                self.write_mail(&mut line, sender, recipient, message_bytes, envelope_id);
            } else {
                write_rcpt(&mut line, recipient, envelope_id.is_some());
            }
            if let Some(reply) = self.ask(&line, stage).await? {
                if reply.code != CLOSING {
                    self.clean();
                }
                return Ok(EnvelopeOutcome::Refused { stage, reply });
            }
        }
        self.line = line;
        let lost = |fault| Broken::Lost { stage: Stage::Data, fault };
        let data = self.wire.command(b"DATA\r\n", self.deadlines.data).await.map_err(lost)?.summary();
        self.after_data(data, recipient)
    }

    /// What the answer to DATA means when sender and recipient were taken.
    fn after_data(&mut self, data: Reply, recipient: &EmailAddress) -> Result<EnvelopeOutcome, Broken> {
        match data.code {
            START_MAIL_INPUT => {
                self.state = State::Body { eight_bit: recipient.needs_smtputf8() };
                Ok(EnvelopeOutcome::Ready)
            }
            code if code >= 400 => {
                if code != CLOSING {
                    self.clean();
                }
                Ok(EnvelopeOutcome::Refused { stage: Stage::Data, reply: data })
            }
            _ => Err(Broken::Lost { stage: Stage::Data, fault: Fault::Unexpected(data) }),
        }
    }

    /// The conversation is in step, but the server may hold half an envelope.
    fn clean(&mut self) {
        self.needs_reset = true;
        self.state = State::Idle;
    }

    /// RFC 2920 3.1: 354 after every recipient was refused is answered with a lone dot, whatever comes back.
    async fn lone_dot(&mut self) -> bool {
        match self.wire.command(b".\r\n", self.deadlines.dot).await {
            Ok(reply) => reply.code != CLOSING,
            Err(_) => false,
        }
    }

    async fn ask(&mut self, command: &[u8], stage: Stage) -> Result<Option<Reply>, Broken> {
        let reply = self.wire.command(command, self.deadlines.command).await;
        refusal(stage, reply.map(|reply| reply.summary()))
    }

    async fn answer(&mut self, stage: Stage) -> Result<Option<Reply>, Broken> {
        let reply = self.wire.reply(self.deadlines.command).await;
        refusal(stage, reply.map(|reply| reply.summary()))
    }

    /// The write failed: the server closed, perhaps with a word of its own.
    async fn broke_off(&mut self, fault: Fault) -> Result<EnvelopeOutcome, Broken> {
        match self.wire.last_words().await {
            Some(reply) if reply.code >= 400 => Ok(EnvelopeOutcome::Refused { stage: Stage::Mail, reply }),
            _ => Err(Broken::Lost { stage: Stage::Mail, fault }),
        }
    }

    fn write_mail(
        &self,
        line: &mut Vec<u8>,
        sender: &str,
        recipient: &EmailAddress,
        message_bytes: usize,
        envelope_id: Option<&str>,
    ) {
        line.extend_from_slice(b"MAIL FROM:<");
        line.extend_from_slice(sender.as_bytes());
        line.push(b'>');
        if self.capabilities.size {
            write!(line, " SIZE={message_bytes}").expect("a Vec takes every write");
        }
        if recipient.needs_smtputf8() {
            line.extend_from_slice(b" SMTPUTF8");
        }
        if let Some(id) = envelope_id {
            line.extend_from_slice(b" RET=HDRS ENVID=");
            write_xtext(line, id);
        }
        line.extend_from_slice(b"\r\n");
    }
}

/// With the parameters of RFC 3461 where `dsn` says that they may be given. An address of another script has another type
/// there (RFC 6533), and goes without.
fn write_rcpt(line: &mut Vec<u8>, recipient: &EmailAddress, dsn: bool) {
    line.extend_from_slice(b"RCPT TO:<");
    line.extend_from_slice(recipient.as_str().as_bytes());
    line.push(b'>');
    if dsn {
        line.extend_from_slice(b" NOTIFY=FAILURE");
        if recipient.as_str().is_ascii() {
            line.extend_from_slice(b" ORCPT=rfc822;");
            write_xtext(line, recipient.as_str());
        }
    }
    line.extend_from_slice(b"\r\n");
}

/// Printable ASCII as it is but for `+` and `=`, everything else as `+` and two digits (RFC 3461 4).
fn write_xtext(line: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'!'..=b'~' if !matches!(byte, b'+' | b'=') => line.push(byte),
            _ => write!(line, "+{byte:02X}").expect("a Vec takes every write"),
        }
    }
}

/// Nothing for a positive answer, the refusal for 4yz and 5yz; anything else cannot be an answer.
fn refusal(stage: Stage, reply: Result<Reply, Fault>) -> Result<Option<Reply>, Broken> {
    match reply {
        Ok(reply) if reply.is_positive() => Ok(None),
        Ok(reply) if reply.code >= 400 => Ok(Some(reply)),
        Ok(reply) => Err(Broken::Lost { stage, fault: Fault::Unexpected(reply) }),
        Err(fault) => Err(Broken::Lost { stage, fault }),
    }
}

fn is_closing(refused: Option<&(Stage, Reply)>) -> bool {
    refused.is_some_and(|(_, reply)| reply.code == CLOSING)
}

fn outcome(refused: Option<(Stage, Reply)>) -> EnvelopeOutcome {
    refused.map_or(EnvelopeOutcome::Ready, |(stage, reply)| EnvelopeOutcome::Refused { stage, reply })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xtext_is_spelled_by_the_standard() {
        for (text, spelled) in [
            ("anna@example.org", "anna@example.org"),
            ("anna+week=2@example.org", "anna+2Bweek+3D2@example.org"),
            ("\"a b\"@example.org", "\"a+20b\"@example.org"),
            ("é", "+C3+A9"),
            ("", ""),
        ] {
            let mut line = Vec::new();
            write_xtext(&mut line, text);
            assert_eq!(String::from_utf8(line).unwrap(), spelled);
        }
    }

    #[test]
    fn a_recipient_of_another_script_has_no_original_address() {
        let line = |address: &str, dsn| {
            let mut line = Vec::new();
            write_rcpt(&mut line, &address.parse().unwrap(), dsn);
            String::from_utf8(line).unwrap()
        };
        assert_eq!(line("a+b@example.org", false), "RCPT TO:<a+b@example.org>\r\n");
        assert_eq!(
            line("a+b@example.org", true),
            "RCPT TO:<a+b@example.org> NOTIFY=FAILURE ORCPT=rfc822;a+2Bb@example.org\r\n"
        );
        assert_eq!(line("jörg@example.org", true), "RCPT TO:<jörg@example.org> NOTIFY=FAILURE\r\n");
    }
}
