//! What a mail server says, to whoever looks into a mailbox: the bytes are all that it ever says.

use std::net::Ipv4Addr;
use std::sync::LazyLock;
use std::time::Duration;

use coranto::inbound::mailbox::{MailboxSettings, look};
use coranto::secret::Secret;
use coranto::smtp::TlsMode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime starts"));

/// Whatever comes, the look ends with an answer or a fault.
pub fn imap_stream(bytes: &[u8]) {
    // A port that was just used waits a minute: each of many addresses has ports of its own.
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let next = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let [_, high, low, last] = (next % (1 << 22)).to_be_bytes();
    let host = Ipv4Addr::new(127, high, low, last.max(1));
    RUNTIME.block_on(async {
        let listener = TcpListener::bind((host, 0)).await.expect("a loopback address can be listened on");
        let port = listener.local_addr().expect("it has an address").port();
        let says = async {
            let Ok((mut stream, _)) = listener.accept().await else { return };
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
            let mut heard = [0; 1024];
            while stream.read(&mut heard).await.is_ok_and(|count| count > 0) {}
        };
        let settings = MailboxSettings {
            name: "any".to_owned(),
            host: host.to_string(),
            port,
            tls: TlsMode::None,
            trust: None,
            username: "user".to_owned(),
            password: Secret::new("password"),
            folder: "INBOX".to_owned(),
            done_folder: None,
            every: Duration::from_secs(60),
            patience: Duration::from_secs(5),
        };
        let (looked, ()) = tokio::join!(look(&settings), says);
        drop(looked);
    });
}
