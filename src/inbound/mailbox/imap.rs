//! A conversation with an IMAP server (RFC 9051, and RFC 3501 before it). The library writes tags and understands answers;
//! that a command was answered, how, in time and within its bounds is seen to here, for every one in the same way.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use async_imap::error::Error;
use async_imap::imap_proto::{AttributeValue, Capability, MailboxDatum, Response, ResponseCode, Status};
use async_imap::{Authenticator, Client, Session};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::fault::{MailboxFault, words};
use super::fence::{Fence, FencedWire};
use super::folder::{quoted, set_of};
use super::settings::MailboxSettings;
use crate::smtp::TlsMode;

/// So much of a mail is asked for: a report stands before the copy of our mail.
const KEPT_MAX: usize = 256 * 1024;
/// What an answer may bring: of mails, of a search, of anything else.
const MAILS_MAX: u64 = 16 << 20;
const SEARCH_MAX: u64 = 2 << 20;
const ANSWER_MAX: u64 = 256 << 10;
const CONNECT_WITHIN: Duration = Duration::from_secs(30);

/// What a folder says of itself when it is opened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OpenedFolder {
    pub(super) mails: u32,
    pub(super) uid_validity: u32,
    /// The number that the next mail gets.
    pub(super) uid_next: Option<u32>,
}

/// How mails can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moving {
    Move,
    /// Copied, marked as deleted, and they alone taken out (RFC 4315).
    Copy,
    Cannot,
}

/// An open session.
pub(super) struct Imap {
    session: Session<Fence>,
    patience: Duration,
    stop: CancellationToken,
    pub(super) moving: Moving,
}

struct Plain<'a>(&'a MailboxSettings);

impl Authenticator for Plain<'_> {
    type Response = Vec<u8>;

    fn process(&mut self, _: &[u8]) -> Vec<u8> {
        [b"\0", self.0.username.as_bytes(), b"\0", self.0.password.expose().as_bytes()].concat()
    }
}

impl Imap {
    /// Connects, encrypts and logs in.
    pub(super) async fn open(settings: &MailboxSettings, stop: CancellationToken) -> Result<Self, MailboxFault> {
        let patience = settings.patience;
        let opening = async {
            let client = greeted(settings).await?;
            log_in(client, settings).await
        };
        let session = guarded(opening, 4 * patience, &stop, "the login").await?;
        let mut imap = Self { session, patience, stop, moving: Moving::Cannot };
        imap.moving = imap.ask_capabilities().await?;
        Ok(imap)
    }

    /// Runs a command to its end. What comes before it is handed to `take`.
    async fn command(
        &mut self,
        what: &'static str,
        text: &str,
        bytes: u64,
        mut take: impl FnMut(&Response<'_>),
    ) -> Result<(), MailboxFault> {
        self.session.get_mut().allow(bytes);
        let session = &mut self.session;
        let talk = async {
            let id = session.run_command(text).await.map_err(|error| MailboxFault::of(error, what))?;
            loop {
                let answer = session.read_response().await.map_err(|error| MailboxFault::of_io(error, what))?;
                let answer = answer.ok_or(MailboxFault::Closed(what))?;
                match answer.parsed() {
                    Response::Done { tag, status: Status::Ok, .. } if *tag == id => return Ok(()),
                    Response::Done { tag, outcome, .. } if *tag == id => {
                        return Err(MailboxFault::Refused { what, words: words(outcome.information.as_deref()) });
                    }
                    Response::Data { status: Status::Bye, outcome } => {
                        return Err(MailboxFault::Bye(words(outcome.information.as_deref())));
                    }
                    other => take(other),
                }
            }
        };
        guarded(talk, self.patience, &self.stop, what).await
    }

    async fn ask_capabilities(&mut self) -> Result<Moving, MailboxFault> {
        let (mut moves, mut expunges) = (false, false);
        self.command("CAPABILITY", "CAPABILITY", ANSWER_MAX, |answer| {
            if let Response::Capabilities(all) = answer {
                let has = |name: &str| {
                    all.iter().any(|one| matches!(one, Capability::Atom(atom) if atom.eq_ignore_ascii_case(name)))
                };
                moves |= has("MOVE") || has("IMAP4rev2");
                expunges |= has("UIDPLUS") || has("IMAP4rev2");
            }
        })
        .await?;
        Ok(if moves {
            Moving::Move
        } else if expunges {
            Moving::Copy
        } else {
            Moving::Cannot
        })
    }

    /// Opens a folder: to look (`EXAMINE`) or to move mails out of it (`SELECT`).
    pub(super) async fn folder(&mut self, folder: &str, to_move: bool) -> Result<OpenedFolder, MailboxFault> {
        let mut opened = OpenedFolder::default();
        let command = if to_move { "SELECT" } else { "EXAMINE" };
        let asked = self
            .command(command, &format!("{command} {}", quoted(folder)), ANSWER_MAX, |answer| match answer {
                Response::MailboxData(MailboxDatum::Exists(mails)) => opened.mails = *mails,
                Response::Data { outcome, .. } => match outcome.code {
                    Some(ResponseCode::UidValidity(number)) => opened.uid_validity = number,
                    Some(ResponseCode::UidNext(number)) => opened.uid_next = Some(number),
                    _ => {}
                },
                _ => {}
            })
            .await;
        match asked {
            Ok(()) => Ok(opened),
            Err(MailboxFault::Refused { words, .. }) => Err(MailboxFault::Folder { folder: folder.to_owned(), words }),
            Err(fault) => Err(fault),
        }
    }

    /// Which mails there are from number `first` to `last`; without it, to the end. None where the server says nothing of
    /// it, which is not that there are none.
    pub(super) async fn search(
        &mut self,
        first: u32,
        last: Option<u32>,
    ) -> Result<Option<BTreeSet<u32>>, MailboxFault> {
        let mut found: Option<BTreeSet<u32>> = None;
        let until = last.map_or("*".to_owned(), |last| last.to_string());
        self.command("UID SEARCH", &format!("UID SEARCH UID {first}:{until}"), SEARCH_MAX, |answer| {
            if let Response::MailboxData(MailboxDatum::Search(numbers)) = answer {
                // `n:*` names the last mail as well, whatever its number.
                found
                    .get_or_insert_default()
                    .extend(numbers.iter().filter(|number| (first..=last.unwrap_or(u32::MAX)).contains(number)));
            }
        })
        .await?;
        Ok(found)
    }

    /// The beginnings of these mails, of those that are still there.
    pub(super) async fn mails(&mut self, wanted: &[u32]) -> Result<BTreeMap<u32, Vec<u8>>, MailboxFault> {
        let mut mails = BTreeMap::new();
        let text = format!("UID FETCH {} (UID BODY.PEEK[]<0.{KEPT_MAX}>)", set_of(wanted));
        self.command("UID FETCH", &text, MAILS_MAX, |answer| {
            let Response::Fetch(_, attributes) = answer else { return };
            let uid = attributes.iter().find_map(|one| match one {
                AttributeValue::Uid(uid) => Some(*uid),
                _ => None,
            });
            let body = attributes.iter().find_map(|one| match one {
                AttributeValue::BodySection { section: None, data: Some(data), .. } => Some(data),
                _ => None,
            });
            if let (Some(uid), Some(body)) = (uid, body)
                && wanted.contains(&uid)
            {
                mails.entry(uid).or_insert_with(|| body[..body.len().min(KEPT_MAX)].to_vec());
            }
        })
        .await?;
        Ok(mails)
    }

    /// Moves mails of the selected folder to another one. `false`: the server has no way to.
    pub(super) async fn move_to(&mut self, mails: &[u32], folder: &str) -> Result<bool, MailboxFault> {
        let (set, to) = (set_of(mails), quoted(folder));
        match self.moving {
            Moving::Move => self.command("UID MOVE", &format!("UID MOVE {set} {to}"), ANSWER_MAX, |_| {}).await?,
            Moving::Copy => {
                self.command("UID COPY", &format!("UID COPY {set} {to}"), ANSWER_MAX, |_| {}).await?;
                let mark = format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)");
                self.command("UID STORE", &mark, ANSWER_MAX, |_| {}).await?;
                self.command("UID EXPUNGE", &format!("UID EXPUNGE {set}"), ANSWER_MAX, |_| {}).await?;
            }
            Moving::Cannot => return Ok(false),
        }
        Ok(true)
    }

    /// Makes a folder. That it is there already is a refusal.
    pub(super) async fn create(&mut self, folder: &str) -> Result<(), MailboxFault> {
        self.command("CREATE", &format!("CREATE {}", quoted(folder)), ANSWER_MAX, |_| {}).await
    }

    /// Says good-bye. Everything is done by then.
    pub(super) async fn leave(mut self) {
        let _ = self.command("LOGOUT", "LOGOUT", ANSWER_MAX, |_| {}).await;
    }
}

/// `work`, unless it takes too long or the process ends.
async fn guarded<T>(
    work: impl Future<Output = Result<T, MailboxFault>>,
    within: Duration,
    stop: &CancellationToken,
    what: &'static str,
) -> Result<T, MailboxFault> {
    tokio::select! {
        () = stop.cancelled() => Err(MailboxFault::Stopped),
        done = tokio::time::timeout(within, work) => done.unwrap_or(Err(MailboxFault::TimedOut(what))),
    }
}

/// A connection, encrypted as the settings say, whose server has said hello.
async fn greeted(settings: &MailboxSettings) -> Result<Client<Fence>, MailboxFault> {
    let connecting = TcpStream::connect((settings.host.as_str(), settings.port));
    let socket = match tokio::time::timeout(settings.patience.min(CONNECT_WITHIN), connecting).await {
        Ok(socket) => socket.map_err(MailboxFault::Connect)?,
        Err(_) => return Err(MailboxFault::Connect(io::ErrorKind::TimedOut.into())),
    };
    let peer = socket.peer_addr().map_err(MailboxFault::Connect)?.ip().to_canonical();
    if settings.tls == TlsMode::None && !peer.is_loopback() {
        let error = io::Error::other(format!("{peer} is another machine, and the connection is not encrypted"));
        return Err(MailboxFault::Connect(error));
    }
    let mut wire: Box<dyn FencedWire> = Box::new(socket);
    if settings.tls == TlsMode::Implicit {
        wire = encrypted(wire, settings).await?;
    }
    let mut client = Client::new(Fence::around(wire, ANSWER_MAX));
    let greeting = client.read_response().await.map_err(|error| MailboxFault::of_io(error, "the greeting"))?;
    match greeting.ok_or(MailboxFault::Closed("the greeting"))?.parsed() {
        Response::Data { status: Status::Ok, .. } => {}
        Response::Data { status, outcome } => {
            let text = words(outcome.information.as_deref());
            // A server that knows us before we say who we are may know somebody else.
            let why = if *status == Status::PreAuth { format!("it takes us for logged in: {text}") } else { text };
            return Err(MailboxFault::Greeting(why));
        }
        _ => return Err(MailboxFault::Garbage("the greeting")),
    }
    if settings.tls == TlsMode::StartTls {
        client.run_command_and_check_ok("STARTTLS", None).await.map_err(|error| {
            match MailboxFault::of(error, "STARTTLS") {
                MailboxFault::Refused { words, .. } => MailboxFault::NoStartTls(words),
                fault => fault,
            }
        })?;
        // What came with the answer was not encrypted, and goes with the client.
        let wire = encrypted(client.into_inner().into_inner(), settings).await?;
        client = Client::new(Fence::around(wire, ANSWER_MAX));
    }
    Ok(client)
}

async fn encrypted(wire: Box<dyn FencedWire>, settings: &MailboxSettings) -> Result<Box<dyn FencedWire>, MailboxFault> {
    let Some(client) = &settings.trust else { return Err(MailboxFault::Garbage("TLS")) };
    let stream = client.encrypt(wire, settings.patience).await.map_err(MailboxFault::Tls)?;
    Ok(Box::new(stream))
}

async fn log_in(client: Client<Fence>, settings: &MailboxSettings) -> Result<Session<Fence>, MailboxFault> {
    let password = settings.password.expose();
    // LOGIN knows ASCII alone.
    let logged_in = match settings.username.is_ascii() && password.is_ascii() {
        true => client.login(&settings.username, password).await,
        false => client.authenticate("PLAIN", Plain(settings)).await,
    };
    logged_in.map_err(|(error, _)| match error {
        Error::Validate(_) => MailboxFault::LogIn("the user name or the password has a line break in it".to_owned()),
        error => match MailboxFault::of(error, "the login") {
            // Some servers repeat the command.
            MailboxFault::Refused { words, .. } if password.is_empty() => MailboxFault::LogIn(words),
            MailboxFault::Refused { words, .. } => MailboxFault::LogIn(words.replace(password, "***")),
            fault => fault,
        },
    })
}
