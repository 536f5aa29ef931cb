//! A relay that says what a scenario wants it to say, where the sink has no fault of that kind. Takes mail like the sink.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What is to be answered.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// `CONNECT`, `EHLO`, `MAIL`, `RCPT`, `DATA` or `DOT`.
    pub(crate) verb: &'static str,
    /// The sender, from `MAIL` on.
    pub(crate) sender: String,
    /// The local part of the recipient, from `RCPT` on.
    pub(crate) reader: String,
    /// Its domain.
    pub(crate) domain: String,
    /// Messages taken on this connection before.
    pub(crate) messages: usize,
}

/// What is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    /// What a well-behaved relay says.
    Usual,
    /// This, whole.
    Say(&'static str),
    /// What a well-behaved relay says, after this.
    After(Duration),
    /// What a well-behaved relay says, once this is true.
    When(&'static AtomicBool),
    /// Nothing, for ever: the connection stays open. A message whose dot came is taken.
    Hang,
    /// Nothing: the connection ends. A message whose dot came is taken.
    Drop,
}

impl Answer {
    /// What is said, if anything is; waits until it is time.
    async fn given(self, usual: &'static str) -> Option<&'static str> {
        match self {
            Self::Usual => Some(usual),
            Self::Say(reply) => Some(reply),
            Self::After(wait) => {
                tokio::time::sleep(wait).await;
                Some(usual)
            }
            Self::When(gate) => {
                while !gate.load(Ordering::SeqCst) {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Some(usual)
            }
            Self::Hang => std::future::pending().await,
            Self::Drop => None,
        }
    }
}

/// A mail that was taken: to whom, and its bytes.
pub(crate) type Taken = (String, Vec<u8>);

pub(crate) struct Script {
    pub(crate) address: SocketAddr,
    taken: Arc<Mutex<Vec<Taken>>>,
    connections: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Script {
    pub(crate) async fn start(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (taken, connections) = (Arc::<Mutex<Vec<Taken>>>::default(), Arc::<AtomicUsize>::default());
        let mut tasks = JoinSet::new();
        let (kept, count, answer) = (Arc::clone(&taken), Arc::clone(&connections), Arc::new(answer));
        tasks.spawn(async move {
            let mut clients = JoinSet::new();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                clients.spawn(async move {
                    // A client that breaks off is no error of the script's.
                    let _ = converse(socket, &*answer, &kept).await;
                });
            }
        });
        Self { address, taken, connections, _tasks: tasks }
    }

    /// What it took, oldest first.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn converse(
    socket: TcpStream,
    answer: &(dyn Fn(&Asked) -> Answer + Send + Sync),
    taken: &Mutex<Vec<Taken>>,
) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    let mut socket = BufReader::new(socket);
    let mut asked =
        Asked { verb: "CONNECT", sender: String::new(), reader: String::new(), domain: String::new(), messages: 0 };
    let Some(greeting) = answer(&asked).given("220 relay.example.org").await else { return Ok(()) };
    socket.write_all(format!("{greeting}\r\n").as_bytes()).await?;
    if !greeting.starts_with('2') {
        return Ok(());
    }
    let mut recipient_taken = false;
    loop {
        let Some(line) = read_line(&mut socket).await? else { return Ok(()) };
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let usual = match verb.as_str() {
            "EHLO" => "250-relay.example.org\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES",
            "MAIL" => "250 2.1.0 Ok",
            "RCPT" => "250 2.1.5 Ok",
            "DATA" if !recipient_taken => "554 5.5.1 No valid recipients",
            "DATA" => "354 Go on",
            "QUIT" => "221 2.0.0 Bye",
            _ => "250 2.0.0 Ok",
        };
        asked.verb = match verb.as_str() {
            "EHLO" => "EHLO",
            "MAIL" => {
                asked.sender = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                "MAIL"
            }
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default();
                let (local, domain) = address.split_once('@').unwrap_or((address, ""));
                (asked.reader, asked.domain) = (local.to_owned(), domain.to_owned());
                "RCPT"
            }
            "DATA" if recipient_taken => "DATA",
            _ => {
                socket.write_all(format!("{usual}\r\n").as_bytes()).await?;
                continue;
            }
        };
        let Some(reply) = answer(&asked).given(usual).await else { return Ok(()) };
        socket.write_all(format!("{reply}\r\n").as_bytes()).await?;
        recipient_taken = asked.verb == "RCPT" && reply.starts_with('2');
        if asked.verb == "DATA" && reply.starts_with("354") {
            take(&mut socket, &mut asked, answer, taken).await?;
        }
    }
}

/// Reads a message and answers its dot.
async fn take(
    socket: &mut BufReader<TcpStream>,
    asked: &mut Asked,
    answer: &(dyn Fn(&Asked) -> Answer + Send + Sync),
    taken: &Mutex<Vec<Taken>>,
) -> std::io::Result<()> {
    let mut message = Vec::new();
    loop {
        let Some(line) = read_line(socket).await? else { return Err(std::io::ErrorKind::UnexpectedEof.into()) };
        if line == "." {
            break;
        }
        message.extend_from_slice(line.strip_prefix('.').unwrap_or(&line).as_bytes());
        message.extend_from_slice(b"\r\n");
    }
    asked.verb = "DOT";
    let answer = answer(asked);
    if !matches!(answer, Answer::Say(reply) if !reply.starts_with('2')) {
        taken.lock().unwrap().push((asked.reader.clone(), message));
    }
    let Some(reply) = answer.given("250 2.0.0 Taken").await else {
        return Err(std::io::ErrorKind::ConnectionAborted.into());
    };
    asked.messages += usize::from(matches!(answer, Answer::Usual | Answer::After(_)));
    socket.write_all(format!("{reply}\r\n").as_bytes()).await
}

async fn read_line(socket: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut line = String::new();
    if socket.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    Ok(Some(line.trim_end_matches("\r\n").to_owned()))
}
