//! One mail server's conversation with the listener, in SMTP (RFC 5321) or LMTP (RFC 2033). A mail is answered when what
//! it says is committed, and not before. Nothing is ever passed on, and nothing is sent.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::address::{Known, known};
use super::limits::{ClientPlace, ListenerPlace};
use super::shared::{ListenerShared, Protocol};
use crate::domain::notice::NoticeSource;
use crate::inbound::receive::Receipt;
use crate::inbound::report::{ReadReport, Report};
use crate::smtp::server::command::{self, Command, Path};
use crate::smtp::server::{Body, BodyReader, Defect, LineStream};

/// A report is about one email: more addresses are a mistake, or a flood.
const RECIPIENTS_MAX: usize = 8;
/// Commands that fail before the connection is ended.
const MISTAKES_MAX: u32 = 20;
/// A report stands before the copy of our mail; more than this is read and dropped.
const KEPT_MAX: usize = 256 * 1024;
/// More than any report has.
pub(super) const MESSAGE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// How long one mail may take.
const MESSAGE_MAX: Duration = Duration::from_secs(600);

pub(super) struct ReportConversation<'a, T> {
    shared: &'a ListenerShared,
    protocol: Protocol,
    line: LineStream<T>,
    place: &'a ListenerPlace,
    /// Of a client that comes over the network, and not from this machine's mail server.
    client: Option<&'a ClientPlace>,
    greeted: bool,
    mistakes: u32,
    envelope: Option<Envelope>,
}

/// A transaction between MAIL and the end of DATA.
#[derive(Default)]
struct Envelope {
    is_null: bool,
    smtputf8: bool,
    to: Vec<(String, Known)>,
}

/// Whether the conversation goes on.
enum Next {
    Go,
    StartTls,
    Close,
    Drop,
}

impl<'a, T: AsyncRead + AsyncWrite + Unpin> ReportConversation<'a, T> {
    pub(super) fn new(
        shared: &'a ListenerShared,
        protocol: Protocol,
        line: LineStream<T>,
        place: &'a ListenerPlace,
        client: Option<&'a ClientPlace>,
    ) -> Self {
        Self { shared, protocol, line, place, client, greeted: false, mistakes: 0, envelope: None }
    }

    /// Talks until one side leaves, or until `stop`: then what is being taken is taken, and no more.
    pub(super) async fn run(mut self, stop: &CancellationToken) -> io::Result<()> {
        self.line.say(&format!("220 {} {} coranto\r\n", self.shared.host, self.protocol.greeting()));
        loop {
            let command = tokio::select! {
                biased;
                () = stop.cancelled() => {
                    self.line.say("421 4.3.2 Closing\r\n");
                    return self.line.leave().await;
                }
                () = self.place.wanted() => {
                    self.line.say("421 4.7.0 Others need this place\r\n");
                    return self.line.leave().await;
                }
                command = self.line.read_line() => command?,
            };
            let Some(command) = command else { return self.line.leave().await };
            match self.obey(&command).await? {
                Next::Go if self.mistakes < MISTAKES_MAX => {}
                Next::Go => {
                    self.line.say("421 4.7.0 Too many mistakes\r\n");
                    return self.line.leave().await;
                }
                Next::StartTls => {
                    let Some(tls) = &self.shared.tls else { return Ok(()) };
                    let line = self.line.encrypted(tls).await?;
                    self = Self { line, greeted: false, envelope: None, ..self };
                }
                Next::Close => return self.line.leave().await,
                Next::Drop => return Ok(()),
            }
        }
    }

    async fn obey(&mut self, line: &str) -> io::Result<Next> {
        let reply = match command::parse(line) {
            Command::Ehlo if self.protocol == Protocol::Smtp => return Ok(self.greet()),
            Command::Lhlo if self.protocol == Protocol::Lmtp => return Ok(self.greet()),
            Command::Helo if self.protocol == Protocol::Smtp => {
                (self.greeted, self.envelope) = (true, None);
                format!("250 {}\r\n", self.shared.host)
            }
            Command::Mail(path) => return Ok(self.mail(&path)),
            Command::Rcpt(path) => return Ok(self.rcpt(&path)),
            Command::Data => return self.data().await,
            Command::Rset => {
                self.envelope = None;
                self.place.set_busy(false);
                "250 2.0.0 Reset\r\n".to_owned()
            }
            Command::Noop => "250 2.0.0 Ok\r\n".to_owned(),
            Command::Help => "214 2.0.0 Reports about our mail come here, and nothing else\r\n".to_owned(),
            Command::Vrfy => "252 2.1.5 Send it and see\r\n".to_owned(),
            Command::Quit => {
                self.line.say("221 2.0.0 Bye\r\n");
                return Ok(Next::Close);
            }
            Command::StartTls => return Ok(self.start_tls()),
            Command::Auth { .. } => return Ok(self.mistake("502 5.5.1 Not offered\r\n")),
            Command::Malformed => return Ok(self.mistake("501 5.5.4 Syntax error in parameters\r\n")),
            Command::Ehlo | Command::Helo | Command::Lhlo | Command::Unknown => {
                return Ok(self.mistake("500 5.5.1 Command not recognised\r\n"));
            }
        };
        self.line.say(&reply);
        Ok(Next::Go)
    }

    fn greet(&mut self) -> Next {
        (self.greeted, self.envelope) = (true, None);
        self.place.set_busy(false);
        let host = &self.shared.host;
        let tls = if self.shared.tls.is_some() && !self.line.is_tls() { "250-STARTTLS\r\n" } else { "" };
        self.line.say(&format!(
            "250-{host}\r\n250-PIPELINING\r\n250-SIZE {MESSAGE_BYTES_MAX}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n{tls}\
             250 ENHANCEDSTATUSCODES\r\n"
        ));
        Next::Go
    }

    fn mail(&mut self, path: &Path<'_>) -> Next {
        if !self.greeted || self.envelope.is_some() {
            return self.mistake("503 5.5.1 Not now\r\n");
        }
        let refusal = path.parameters().find_map(|(name, value)| match name.to_ascii_uppercase().as_str() {
            "SIZE" => match value.parse::<u64>() {
                Ok(bytes) if bytes > MESSAGE_BYTES_MAX as u64 => Some("552 5.3.4 Message too large\r\n"),
                Ok(_) => None,
                Err(_) => Some("501 5.5.4 SIZE is not a number\r\n"),
            },
            "BODY" | "SMTPUTF8" => None,
            _ => Some("555 5.5.4 Unknown parameter\r\n"),
        });
        if let Some(refusal) = refusal {
            return self.mistake(refusal);
        }
        let smtputf8 = path.has("SMTPUTF8");
        self.envelope = Some(Envelope { is_null: path.address.is_empty(), smtputf8, to: Vec::new() });
        self.line.say("250 2.1.0 Ok\r\n");
        Next::Go
    }

    fn rcpt(&mut self, path: &Path<'_>) -> Next {
        let Some(envelope) = &self.envelope else { return self.mistake("503 5.5.1 MAIL first\r\n") };
        if !path.address.is_ascii() && !envelope.smtputf8 {
            return self.mistake("553 5.6.7 This address needs SMTPUTF8\r\n");
        }
        if envelope.to.len() == RECIPIENTS_MAX {
            self.line.say("452 4.5.3 Too many recipients\r\n");
            return Next::Go;
        }
        let Some(known) = known(self.shared.keys(), &self.shared.domains, path.address) else {
            return self.mistake("550 5.1.1 There is no such address here\r\n");
        };
        if known == Known::Role && self.client.is_some_and(|client| !client.may_send(self.shared.clock.now())) {
            self.line.say("450 4.7.0 Too many of these in a minute\r\n");
            return Next::Go;
        }
        if let Some(envelope) = &mut self.envelope {
            envelope.to.push((path.address.to_owned(), known));
        }
        if known != Known::Role {
            self.place.set_busy(true);
        }
        self.line.say("250 2.1.5 Ok\r\n");
        Next::Go
    }

    async fn data(&mut self) -> io::Result<Next> {
        let Some(envelope) = self.envelope.take() else { return Ok(self.mistake("503 5.5.1 MAIL first\r\n")) };
        if envelope.to.is_empty() {
            return Ok(self.mistake("503 5.5.1 No valid recipients\r\n"));
        }
        self.line.say("354 End with CRLF.CRLF\r\n");
        let mut reader = BodyReader::new(KEPT_MAX, MESSAGE_BYTES_MAX);
        let reading = tokio::time::timeout(MESSAGE_MAX, self.line.read_body(&mut reader));
        let read = tokio::select! {
            read = reading => read,
            () = self.place.wanted() => {
                self.line.say("421 4.7.0 Others need this place\r\n");
                return Ok(Next::Close);
            }
        };
        match read {
            Ok(read) => {
                if !read? {
                    return Ok(Next::Drop);
                }
            }
            Err(_) => {
                self.line.say("421 4.4.2 The message took too long\r\n");
                return Ok(Next::Close);
            }
        }
        let replies = self.take(&envelope, reader.finish()).await;
        // SMTP has one answer for all; in LMTP each address has its own (RFC 2033 4.2).
        match self.protocol {
            Protocol::Lmtp => replies.iter().for_each(|reply| self.line.say(reply)),
            Protocol::Smtp => {
                let worst = replies.iter().max_by_key(|reply| match reply.as_bytes().first() {
                    Some(b'4') => 2,
                    Some(b'5') => 1,
                    _ => 0,
                });
                self.line.say(worst.map_or("451 4.3.0 Try again later\r\n", String::as_str));
            }
        }
        self.line.flush().await?;
        self.place.set_busy(false);
        Ok(Next::Go)
    }

    /// The answer for each address, when what the mail says is committed. A CR or LF that stands alone does no harm:
    /// nothing is passed on.
    async fn take(&self, envelope: &Envelope, body: Body) -> Vec<String> {
        let all = |reply: &str| vec![reply.to_owned(); envelope.to.len()];
        if body.defect == Some(Defect::TooLarge) {
            return all("552 5.3.4 Message too large\r\n");
        }
        let report = Report {
            source: NoticeSource::Listener,
            recipient: None,
            null_sender: envelope.is_null,
            bytes: body.message,
        };
        let read = report.read().await;
        let reports: Vec<ReadReport> = envelope.to.iter().map(|(address, _)| read.to(Some(address.clone()))).collect();
        let Some(receipts) = self.shared.queue.take(reports).await else {
            return all("451 4.3.0 It cannot be kept now; try again later\r\n");
        };
        receipts.iter().map(|receipt| self.answer(&read, receipt)).collect()
    }

    /// A person who wrote to where nobody reads is told so by their own server.
    fn answer(&self, read: &ReadReport, receipt: &Receipt) -> String {
        tracing::info!(kind = %receipt.kind, evidence = %receipt.evidence, new = receipt.is_new, "a report came in");
        match (read.is_letter() && receipt.effect.is_none(), &self.shared.write_to) {
            (true, Some(address)) => format!("550 5.7.1 Nobody reads mail here; write to {address}\r\n"),
            (true, None) => "550 5.7.1 Nobody reads mail here; write to the address in From\r\n".to_owned(),
            (false, _) => "250 2.0.0 Taken\r\n".to_owned(),
        }
    }

    fn start_tls(&mut self) -> Next {
        if self.shared.tls.is_none() || self.line.is_tls() {
            return self.mistake("502 5.5.1 Not offered\r\n");
        }
        // What came behind the command in the clear would be taken for encrypted (RFC 3207 4.2).
        if self.line.has_input() {
            return Next::Drop;
        }
        self.line.say("220 2.0.0 Go ahead\r\n");
        Next::StartTls
    }

    /// This machine's own mail server hands on what others got wrong: that ends no connection.
    fn mistake(&mut self, reply: &str) -> Next {
        if self.protocol == Protocol::Smtp {
            self.mistakes += 1;
        }
        self.line.say(reply);
        Next::Go
    }
}
