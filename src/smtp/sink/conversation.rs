//! One client's conversation with the sink: replies in order, gathered as long as more commands are at hand.
//! Knows nothing of how messages are kept.

use std::io;
use std::sync::atomic::Ordering::Relaxed;

use tokio::net::TcpStream;

use super::fault::InjectedFault;
use super::shared::Shared;
use super::stats::add;
use crate::smtp::server::command::{self, Command, Path};
use crate::smtp::server::{Body, BodyReader, Defect, LineStream, Patience};

/// Recipients of one message (RFC 5321 4.5.3.1.8).
const RECIPIENTS_MAX: usize = 100;
/// Commands that fail before the connection is ended.
const MISTAKES_MAX: u32 = 20;

pub(super) struct Conversation<'a> {
    shared: &'a Shared,
    pub(super) line: LineStream,
    greeted: bool,
    logged_in: bool,
    mistakes: u32,
    envelope: Option<Envelope>,
}

/// A transaction between MAIL and the end of DATA.
#[derive(Default)]
struct Envelope {
    from: String,
    smtputf8: bool,
    to: Vec<String>,
    /// What was asked about reports (RFC 3461), as it was written.
    dsn: Vec<String>,
    fault: InjectedFault,
}

/// Whether the conversation goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Go,
    /// Sends what is to be said, then begins TLS.
    StartTls,
    /// Sends what is to be said, then closes.
    Close,
    Drop,
}

/// The parameters of RFC 3461, as they were written.
fn asked_of_reports(path: &Path<'_>) -> impl Iterator<Item = String> {
    let is_one = |name: &str| ["RET", "ENVID", "NOTIFY", "ORCPT"].iter().any(|one| one.eq_ignore_ascii_case(name));
    path.parameters().filter(move |(name, _)| is_one(name)).map(|(name, value)| format!("{name}={value}"))
}

impl<'a> Conversation<'a> {
    /// Takes the connection over, with TLS if that comes first.
    pub(super) async fn begin(socket: TcpStream, shared: &'a Shared) -> io::Result<Self> {
        let options = &shared.options;
        let patience = Patience { idle: options.idle, reply_delay: options.reply_delay };
        let line = LineStream::begin(socket, options.tls.as_ref(), patience).await?;
        Ok(Self { shared, line, greeted: false, logged_in: false, mistakes: 0, envelope: None })
    }

    /// Talks until one side leaves.
    pub(super) async fn run(mut self) -> io::Result<()> {
        let counters = &self.shared.counters;
        if counters.connections_now.load(Relaxed) > self.shared.options.connections_max as u64 {
            add(&counters.connections_refused, 1);
            self.say("421 4.7.0 Too many connections\r\n").await?;
            return self.line.leave().await;
        }
        self.say("220 sink.invalid ESMTP coranto sink\r\n").await?;
        loop {
            let Some(command) = self.line.read_line().await? else { return self.line.leave().await };
            match self.obey(&command).await? {
                Next::Go if self.mistakes < MISTAKES_MAX => {}
                Next::Go => {
                    self.say("421 4.7.0 Too many mistakes\r\n").await?;
                    return self.line.leave().await;
                }
                Next::StartTls => {
                    let Some(tls) = &self.shared.options.tls else { return Ok(()) };
                    let line = self.line.encrypted(tls).await?;
                    self = Self { line, greeted: false, logged_in: false, envelope: None, ..self };
                }
                Next::Close => return self.line.leave().await,
                Next::Drop => return Ok(()),
            }
        }
    }

    async fn obey(&mut self, line: &str) -> io::Result<Next> {
        match command::parse(line) {
            Command::Ehlo => self.ehlo().await,
            Command::Helo => {
                self.greeted = true;
                self.envelope = None;
                self.go("250 sink.invalid\r\n").await
            }
            Command::Mail(path) => self.mail(&path).await,
            Command::Rcpt(path) => self.rcpt(&path).await,
            Command::Data => self.data().await,
            Command::Rset => {
                self.envelope = None;
                self.go("250 2.0.0 Reset\r\n").await
            }
            Command::Noop => self.go("250 2.0.0 Ok\r\n").await,
            Command::Help => self.go("214 2.0.0 See RFC 5321\r\n").await,
            Command::Vrfy => self.go("252 2.1.5 Send it and see\r\n").await,
            Command::Quit => {
                self.say("221 2.0.0 Bye\r\n").await?;
                Ok(Next::Close)
            }
            Command::StartTls => self.start_tls().await,
            Command::Auth { mechanism, initial } => self.auth(mechanism, initial).await,
            Command::Malformed => self.mistake("501 5.5.4 Syntax error in parameters\r\n").await,
            Command::Lhlo | Command::Unknown => self.mistake("500 5.5.2 Command not recognised\r\n").await,
        }
    }

    async fn ehlo(&mut self) -> io::Result<Next> {
        let options = &self.shared.options;
        if !options.offer.ehlo {
            return self.mistake("502 5.5.1 EHLO is not implemented\r\n").await;
        }
        self.greeted = true;
        self.envelope = None;
        let mut lines = vec!["sink.invalid".to_owned()];
        let mut offer = |offered: bool, line: String| lines.extend(offered.then_some(line));
        offer(options.offer.pipelining, "PIPELINING".to_owned());
        offer(options.offer.size, format!("SIZE {}", options.message_bytes_max));
        offer(options.offer.eight_bit, "8BITMIME".to_owned());
        offer(options.offer.smtputf8, "SMTPUTF8".to_owned());
        offer(options.offer.dsn, "DSN".to_owned());
        offer(options.tls.is_some() && !self.line.is_tls(), "STARTTLS".to_owned());
        if let Some(login) = &options.auth {
            offer(!login.mechanisms.is_empty(), format!("AUTH {}", login.mechanisms));
        }
        lines.push("ENHANCEDSTATUSCODES".to_owned());
        let last = lines.len() - 1;
        let mut reply = String::new();
        for (number, line) in lines.iter().enumerate() {
            reply.push_str(if number == last { "250 " } else { "250-" });
            reply.push_str(line);
            reply.push_str("\r\n");
        }
        self.go(&reply).await
    }

    async fn mail(&mut self, path: &Path<'_>) -> io::Result<Next> {
        let options = &self.shared.options;
        if !self.greeted || self.envelope.is_some() {
            return self.mistake("503 5.5.1 Not now\r\n").await;
        }
        if self.next_recipient_closes() {
            return self.closing().await;
        }
        let refusal = if options.auth.is_some() && !self.logged_in {
            Some("530 5.7.0 Log in first\r\n".to_owned())
        } else if let Some(reply) = &options.refuse_mail {
            Some(format!("{reply}\r\n"))
        } else {
            self.parameter_refusal(path).map(str::to_owned)
        };
        if let Some(reply) = refusal {
            add(&self.shared.counters.senders_refused, 1);
            return self.go(&reply).await;
        }
        let smtputf8 = path.has("SMTPUTF8");
        let dsn = asked_of_reports(path).collect();
        self.envelope = Some(Envelope { from: path.address.to_owned(), smtputf8, dsn, ..Envelope::default() });
        self.go("250 2.1.0 Ok\r\n").await
    }

    /// Only what EHLO offered may be asked for.
    fn parameter_refusal(&self, path: &Path<'_>) -> Option<&'static str> {
        let options = &self.shared.options;
        let known = |(name, value): (&str, &str)| match name.to_ascii_uppercase().as_str() {
            "SIZE" if options.offer.size => match value.parse::<usize>() {
                Ok(bytes) if bytes > options.message_bytes_max => Some("552 5.3.4 Message too large\r\n"),
                Ok(_) => None,
                Err(_) => Some("501 5.5.4 SIZE is not a number\r\n"),
            },
            "BODY" if options.offer.eight_bit => None,
            "SMTPUTF8" if options.offer.smtputf8 => None,
            "RET" | "ENVID" if options.offer.dsn => None,
            "AUTH" if options.auth.is_some() => None,
            _ => Some("555 5.5.4 Unknown parameter\r\n"),
        };
        path.parameters().find_map(known)
    }

    async fn rcpt(&mut self, path: &Path<'_>) -> io::Result<Next> {
        let shared = self.shared;
        let Some(envelope) = &mut self.envelope else { return self.mistake("503 5.5.1 MAIL first\r\n").await };
        if envelope.to.len() == RECIPIENTS_MAX {
            return self.go("452 4.5.3 Too many recipients\r\n").await;
        }
        let offers_dsn = shared.options.offer.dsn;
        let is_known =
            |name: &str| offers_dsn && ["NOTIFY", "ORCPT"].iter().any(|known| known.eq_ignore_ascii_case(name));
        if path.parameters().any(|(name, _)| !is_known(name)) {
            add(&shared.counters.recipients_refused, 1);
            return self.go("555 5.5.4 Unknown parameter\r\n").await;
        }
        if !path.address.is_ascii() && !envelope.smtputf8 {
            add(&shared.counters.recipients_refused, 1);
            return self.go("553 5.6.7 This address needs SMTPUTF8\r\n").await;
        }
        let fault = InjectedFault::of(path.address);
        let reply = match fault {
            InjectedFault::Closing => return self.closing().await,
            InjectedFault::TempFail => "451 4.3.0 Try again later\r\n",
            InjectedFault::PermFail => "550 5.1.1 No such mailbox\r\n",
            InjectedFault::Full => "452 4.2.2 Mailbox full\r\n",
            InjectedFault::DeferTwice if shared.defers(path.address) => "451 4.3.0 Not yet\r\n",
            _ => {
                envelope.to.push(path.address.to_owned());
                envelope.dsn.extend(asked_of_reports(path));
                if fault != InjectedFault::None {
                    envelope.fault = fault;
                }
                "250 2.1.5 Ok\r\n"
            }
        };
        match reply.as_bytes()[0] {
            b'4' => add(&shared.counters.recipients_deferred, 1),
            b'5' => add(&shared.counters.recipients_refused, 1),
            _ => {}
        }
        self.go(reply).await
    }

    async fn data(&mut self) -> io::Result<Next> {
        let shared = self.shared;
        let Some(envelope) = &self.envelope else { return self.mistake("503 5.5.1 MAIL first\r\n").await };
        if envelope.to.is_empty() {
            return self.mistake("554 5.5.1 No valid recipients\r\n").await;
        }
        if envelope.fault == InjectedFault::DropData {
            add(&shared.counters.dropped, 1);
            self.line.say("354 End with CRLF.CRLF\r\n");
            self.line.leave_at_once().await?;
            return Ok(Next::Drop);
        }
        self.say("354 End with CRLF.CRLF\r\n").await?;
        let kept_max = if shared.keep.wants_bytes() { usize::MAX } else { 0 };
        let mut reader = BodyReader::new(kept_max, shared.options.message_bytes_max);
        if !self.line.read_body(&mut reader).await? {
            return Ok(Next::Drop);
        }
        let next = self.take(reader.finish()).await;
        self.envelope = None;
        next
    }

    /// Keeps a message that was read to its end, and answers.
    async fn take(&mut self, body: Body) -> io::Result<Next> {
        let shared = self.shared;
        let Some(envelope) = &self.envelope else { return Ok(Next::Drop) };
        let refusal = match body.defect {
            Some(Defect::TooLarge) => "552 5.3.4 Message too large\r\n",
            Some(Defect::BareLineEnd) => "550 5.6.0 A CR or LF stands alone\r\n",
            None => {
                let replied = envelope.fault != InjectedFault::DropDot;
                let data = body.message;
                match shared.keep.message(&envelope.from, &envelope.to, &envelope.dsn, data, replied).await {
                    Ok(()) if !replied => {
                        add(&shared.counters.unanswered, 1);
                        add(&shared.counters.dropped, 1);
                        return Ok(Next::Drop);
                    }
                    Ok(()) => {
                        add(&shared.counters.accepted, 1);
                        add(&shared.counters.accepted_bytes, body.bytes as u64);
                        return self.go("250 2.0.0 Taken\r\n").await;
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the sink cannot keep a message");
                        "451 4.3.0 It could not be kept\r\n"
                    }
                }
            }
        };
        add(&shared.counters.messages_refused, 1);
        self.go(refusal).await
    }

    async fn start_tls(&mut self) -> io::Result<Next> {
        if self.shared.options.tls.is_none() || self.line.is_tls() {
            return self.mistake("502 5.5.1 Not offered\r\n").await;
        }
        // What came behind the command in the clear would be taken for encrypted (RFC 3207 4.2).
        if self.line.has_input() {
            return Ok(Next::Drop);
        }
        self.say("220 2.0.0 Go ahead\r\n").await?;
        Ok(Next::StartTls)
    }

    async fn auth(&mut self, mechanism: &str, initial: Option<&str>) -> io::Result<Next> {
        let Some(login) = &self.shared.options.auth else { return self.mistake("502 5.5.1 Not offered\r\n").await };
        if !self.greeted || self.logged_in || self.envelope.is_some() {
            return self.mistake("503 5.5.1 Not now\r\n").await;
        }
        let Some((right, reply)) = self.log_in(login, mechanism, initial).await? else { return Ok(Next::Close) };
        self.logged_in = right;
        if !right {
            add(&self.shared.counters.logins_refused, 1);
        }
        self.go(reply).await
    }
    /// 421, and the end.
    async fn closing(&mut self) -> io::Result<Next> {
        add(&self.shared.counters.dropped, 1);
        self.say("421 4.3.2 Closing\r\n").await?;
        Ok(Next::Close)
    }

    /// Whether the command pipelined behind this one names a `421-` recipient.
    fn next_recipient_closes(&self) -> bool {
        match self.line.peek_line().map(command::parse) {
            Some(Command::Rcpt(path)) => InjectedFault::of(path.address) == InjectedFault::Closing,
            _ => false,
        }
    }

    async fn mistake(&mut self, reply: &str) -> io::Result<Next> {
        self.mistakes += 1;
        self.go(reply).await
    }

    async fn go(&mut self, reply: &str) -> io::Result<Next> {
        self.say(reply).await?;
        Ok(Next::Go)
    }

    /// Puts a reply to the others, or, for a `slow-` recipient, sends it alone and late.
    pub(super) async fn say(&mut self, reply: &str) -> io::Result<()> {
        if self.envelope.as_ref().is_some_and(|envelope| envelope.fault == InjectedFault::Slow) {
            self.line.flush().await?;
            tokio::time::sleep(self.shared.options.slow_delay).await;
            self.line.say(reply);
            return self.line.flush().await;
        }
        self.line.say(reply);
        Ok(())
    }
}
