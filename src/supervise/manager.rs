//! What a service manager is told of this process, where one asks: sd_notify(3) of systemd. Knows no part of the program.
//!
//! A thread of its own speaks to the manager. One that does not listen, for instance while it starts itself anew, makes a
//! sender wait, and must hold up no reader.

use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use sd_notify::NotifyState;

/// How often the manager hears of the process within the time after which it would end it.
const BEATS: u32 = 3;

/// What is said, in the order in which it is said.
enum Word {
    Ready(String),
    Status(String),
    Stopping,
    Alive,
}

/// Says that all is open and the service counts as started; `status` is the line that `systemctl status` shows.
pub fn ready(status: String) {
    tell(Word::Ready(status));
}

/// Says what the process does now, in one line.
pub fn status(text: String) {
    tell(Word::Status(text));
}

/// Says that the process ends by order or by its own decision.
pub(super) fn stopping() {
    tell(Word::Stopping);
}

/// Gives signs of life as long as the runtime gives it turns. A ledger that cannot be written or a relay that is down is no
/// reason for silence: a restart would mend neither, and would leave emails uncertain.
pub(super) async fn heartbeat() {
    let Some(limit) = sd_notify::watchdog_enabled() else { return };
    let mut tick = tokio::time::interval((limit / BEATS).max(Duration::from_millis(1)));
    loop {
        tick.tick().await;
        tell(Word::Alive);
    }
}

fn tell(word: Word) {
    static WORDS: OnceLock<mpsc::Sender<Word>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let (words, said) = mpsc::channel();
        // Without the thread nothing is said, and the manager does what it does with the silent.
        if let Err(error) = thread::Builder::new().name("manager".to_owned()).spawn(move || pass_on(&said)) {
            tracing::warn!(%error, "the service manager hears nothing");
        }
        words
    });
    let _ = words.send(word);
}

fn pass_on(said: &mpsc::Receiver<Word>) {
    for word in said {
        // Without a manager there is no socket, and this does nothing.
        let told = match &word {
            Word::Ready(status) => sd_notify::notify(&[NotifyState::Ready, NotifyState::Status(status)]),
            Word::Status(status) => sd_notify::notify(&[NotifyState::Status(status)]),
            Word::Stopping => {
                sd_notify::notify(&[NotifyState::Stopping, NotifyState::Status("finishing what is on the wire")])
            }
            Word::Alive => sd_notify::notify(&[NotifyState::Watchdog]),
        };
        if let Err(error) = told {
            tracing::debug!(%error, "the service manager was not told");
        }
    }
}
