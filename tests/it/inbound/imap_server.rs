//! An IMAP server by script: it serves a few mails, and breaks its word once, at the step and in the way that it is told.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// More than a client may ever read of one answer.
const FLOOD: usize = 64 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImapStep {
    Greeting,
    Login,
    Capability,
    Examine,
    Search,
    Fetch,
    Select,
    Move,
    Copy,
    Store,
    Expunge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Stall,
    Close,
    /// The first half of the answer, and no more.
    Half,
    Bye,
    No,
    Bad,
    Garbage,
    /// A mail of a gigabyte.
    Literal,
    /// A line without an end.
    Flood,
    /// Done, without what was asked for.
    Empty,
    /// What nobody asked for, before the answer.
    Chatter,
    /// The answer byte by byte: no fault at all.
    Split,
}

#[derive(Clone, Debug)]
pub(super) struct StoredMail {
    pub(super) uid: u32,
    pub(super) bytes: Vec<u8>,
    pub(super) folder: &'static str,
    pub(super) deleted: bool,
}

pub(super) struct ImapServer {
    pub(super) address: SocketAddr,
    pub(super) state: Arc<State>,
    task: JoinHandle<()>,
}

pub(super) struct State {
    pub(super) mails: Mutex<Vec<StoredMail>>,
    pub(super) validity: Mutex<u32>,
    pub(super) fault: Mutex<Option<(ImapStep, Fault)>>,
    /// A mail that is there and is never handed over.
    pub(super) withheld: Mutex<Option<u32>>,
    pub(super) commands: Mutex<Vec<String>>,
    pub(super) written: AtomicU64,
    capabilities: &'static str,
}

impl ImapServer {
    #[expect(clippy::disallowed_methods, reason = "dropping the server ends it")]
    pub(super) async fn start(
        mails: Vec<Vec<u8>>,
        capabilities: &'static str,
        fault: Option<(ImapStep, Fault)>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mails = (1..).zip(mails).map(|(uid, bytes)| StoredMail { uid, bytes, folder: "INBOX", deleted: false });
        let state = Arc::new(State {
            mails: Mutex::new(mails.collect()),
            validity: Mutex::new(7),
            fault: Mutex::new(fault),
            withheld: Mutex::default(),
            commands: Mutex::default(),
            written: AtomicU64::new(0),
            capabilities,
        });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    let _ = serve(socket, &state).await;
                });
            }
        });
        Self { address, state, task }
    }

    /// The numbers of the mails in a folder.
    pub(super) fn in_folder(&self, folder: &str) -> Vec<u32> {
        let mails = self.state.mails.lock().unwrap();
        mails.iter().filter(|mail| mail.folder == folder).map(|mail| mail.uid).collect()
    }
}

impl Drop for ImapServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut socket: TcpStream, state: &State) -> std::io::Result<()> {
    let (from, mut to) = socket.split();
    let mut lines = BufReader::new(from).lines();
    answer(&mut to, state, ImapStep::Greeting, "*", b"* OK ready\r\n".to_vec()).await?;
    while let Some(line) = lines.next_line().await? {
        state.commands.lock().unwrap().push(line.clone());
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        let upper = command.to_uppercase();
        let words: Vec<&str> = upper.split(' ').collect();
        let mut data = Vec::new();
        let step = match words.as_slice() {
            ["LOGIN", ..] => ImapStep::Login,
            ["CAPABILITY"] => {
                data.extend(format!("* CAPABILITY IMAP4rev1 {}\r\n", state.capabilities).bytes());
                ImapStep::Capability
            }
            ["EXAMINE" | "SELECT", ..] => {
                data.extend(opened(state).bytes());
                if words[0] == "EXAMINE" { ImapStep::Examine } else { ImapStep::Select }
            }
            ["UID", "SEARCH", "UID", range] => {
                data.extend(b"* SEARCH");
                for uid in listed(state, range) {
                    data.extend(format!(" {uid}").bytes());
                }
                data.extend(b"\r\n");
                ImapStep::Search
            }
            ["UID", "FETCH", set, ..] => {
                data = fetched(state, set);
                ImapStep::Fetch
            }
            ["UID", "MOVE", ..] => ImapStep::Move,
            ["UID", "COPY", ..] => ImapStep::Copy,
            ["UID", "STORE", ..] => ImapStep::Store,
            ["UID", "EXPUNGE", ..] => ImapStep::Expunge,
            ["CREATE", ..] => {
                to.write_all(format!("{tag} NO [ALREADYEXISTS] it is there\r\n").as_bytes()).await?;
                continue;
            }
            ["LOGOUT"] => {
                return to.write_all(format!("* BYE bye\r\n{tag} OK done\r\n").as_bytes()).await;
            }
            _ => panic!("the client says {line:?}"),
        };
        let broken = state
            .fault
            .lock()
            .unwrap()
            .is_some_and(|(at, fault)| at == step && !matches!(fault, Fault::Split | Fault::Chatter | Fault::Half));
        if !broken {
            change(state, step, words.get(2).copied().unwrap_or_default());
        }
        data.extend(format!("{tag} OK done\r\n").bytes());
        answer(&mut to, state, step, tag, data).await?;
    }
    Ok(())
}

fn change(state: &State, step: ImapStep, set: &str) {
    if !matches!(step, ImapStep::Move | ImapStep::Store | ImapStep::Expunge) {
        return;
    }
    let numbers = listed(state, set);
    let mut mails = state.mails.lock().unwrap();
    match step {
        ImapStep::Move => {
            mails.iter_mut().filter(|mail| numbers.contains(&mail.uid)).for_each(|mail| mail.folder = "Coranto");
        }
        ImapStep::Store => {
            mails.iter_mut().filter(|mail| numbers.contains(&mail.uid)).for_each(|mail| mail.deleted = true);
        }
        ImapStep::Expunge => {
            let is_gone = |mail: &&mut StoredMail| numbers.contains(&mail.uid) && mail.deleted;
            mails.iter_mut().filter(is_gone).for_each(|mail| mail.folder = "Coranto");
        }
        _ => {}
    }
}

fn opened(state: &State) -> String {
    let mails = state.mails.lock().unwrap();
    let next = mails.iter().map(|mail| mail.uid).max().unwrap_or(0) + 1;
    let exists = mails.iter().filter(|mail| mail.folder == "INBOX").count();
    let validity = *state.validity.lock().unwrap();
    format!(
        "* FLAGS (\\Seen)\r\n* {exists} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {validity}] fine\r\n* OK [UIDNEXT {next}] fine\r\n"
    )
}

/// The mails of the inbox that a set names.
fn listed(state: &State, set: &str) -> Vec<u32> {
    let number = |text: &str| if text == "*" { u32::MAX } else { text.parse().unwrap() };
    let ranges: Vec<_> = set
        .split(',')
        .map(|part| part.split_once(':').map_or_else(|| (number(part), number(part)), |(a, b)| (number(a), number(b))))
        .collect();
    let mails = state.mails.lock().unwrap();
    let all = mails.iter().filter(|mail| mail.folder == "INBOX").map(|mail| mail.uid);
    all.filter(|uid| ranges.iter().any(|(from, to)| (from..=to).contains(&uid))).collect()
}

fn fetched(state: &State, set: &str) -> Vec<u8> {
    let withheld = *state.withheld.lock().unwrap();
    let numbers: Vec<u32> = listed(state, set).into_iter().filter(|uid| Some(*uid) != withheld).collect();
    let mut data = Vec::new();
    for mail in state.mails.lock().unwrap().iter().filter(|mail| numbers.contains(&mail.uid)) {
        let kept = &mail.bytes[..mail.bytes.len().min(256 * 1024)];
        data.extend(format!("* {} FETCH (UID {} BODY[]<0> {{{}}}\r\n", mail.uid, mail.uid, kept.len()).bytes());
        data.extend(kept);
        data.extend(b")\r\n");
    }
    data
}

async fn answer(
    to: &mut (impl tokio::io::AsyncWrite + Unpin),
    state: &State,
    step: ImapStep,
    tag: &str,
    normal: Vec<u8>,
) -> std::io::Result<()> {
    let fault = {
        let mut pending = state.fault.lock().unwrap();
        if pending.is_some_and(|(at, _)| at == step) { pending.take().map(|(_, fault)| fault) } else { None }
    };
    let ended = Err(std::io::ErrorKind::ConnectionReset.into());
    let Some(fault) = fault else { return to.write_all(&normal).await };
    match fault {
        Fault::Stall => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            ended
        }
        Fault::Close => ended,
        Fault::Half => {
            to.write_all(&normal[..normal.len() / 2]).await?;
            ended
        }
        Fault::Bye => {
            to.write_all(b"* BYE maintenance\r\n").await?;
            ended
        }
        Fault::No => to.write_all(format!("{tag} NO not now\r\n").as_bytes()).await,
        Fault::Bad => to.write_all(format!("{tag} BAD what is that\r\n").as_bytes()).await,
        Fault::Garbage => to.write_all(b"\x00\xff{}((*) HTTP/1.1 400 Bad\r\n\r\n<html>\r\n").await,
        Fault::Literal => flood(to, state, b"* 1 FETCH (UID 1 BODY[] {1073741824}\r\n").await,
        Fault::Flood => flood(to, state, b"* OK ").await,
        Fault::Empty => to.write_all(format!("{tag} OK done\r\n").as_bytes()).await,
        Fault::Chatter => {
            to.write_all(b"* 9 EXISTS\r\n* 3 EXPUNGE\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* OK still here\r\n").await?;
            to.write_all(&normal).await
        }
        Fault::Split => {
            for byte in normal {
                to.write_all(&[byte]).await?;
                to.flush().await?;
            }
            Ok(())
        }
    }
}

async fn flood(to: &mut (impl tokio::io::AsyncWrite + Unpin), state: &State, begin: &[u8]) -> std::io::Result<()> {
    to.write_all(begin).await?;
    let piece = [b'x'; 64 * 1024];
    for _ in 0..FLOOD / piece.len() {
        to.write_all(&piece).await?;
        state.written.fetch_add(piece.len() as u64, Ordering::Relaxed);
    }
    Err(std::io::ErrorKind::ConnectionReset.into())
}
