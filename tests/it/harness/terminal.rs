//! Programs on a terminal of their own, 80 columns wide, as a person meets them: what is on it, and what is typed into it.

use std::io::{Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::Pty;

/// What a shell says of a program that a signal ended is this, and the signal's number.
const SIGNALLED: i32 = 128;

/// What the program has written so far, and the wish to be told of more.
#[derive(Default)]
struct Screen {
    text: Mutex<String>,
    grown: Condvar,
}

/// A program on a terminal; it is killed when this is dropped.
pub(crate) struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    screen: Arc<Screen>,
    reader: Option<JoinHandle<()>>,
}

impl Terminal {
    pub(crate) fn start(command: Command) -> Self {
        let (pty, pts) = pty_process::blocking::open().unwrap();
        pty.resize(Size::new(24, 80)).unwrap();
        let child = pty_process::blocking::Command::from(command).spawn(pts).unwrap();
        let (pty, screen) = (Arc::new(pty), Arc::new(Screen::default()));
        let reader = std::thread::spawn({
            let (pty, screen) = (Arc::clone(&pty), Arc::clone(&screen));
            move || read(&pty, &screen)
        });
        Self { pty, child, screen, reader: Some(reader) }
    }

    /// Waits until `part` is on the screen.
    pub(crate) fn wait_for(&mut self, part: &str, at_most: Duration) {
        let started = Instant::now();
        let mut text = self.screen.text.lock().unwrap_or_else(PoisonError::into_inner);
        while !text.contains(part) {
            let ended = self.reader.as_ref().is_none_or(JoinHandle::is_finished);
            assert!(!ended && started.elapsed() < at_most, "{part:?} is not there, but:\n{text}");
            let waited = self.screen.grown.wait_timeout(text, Duration::from_millis(20));
            text = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Types a line, as it is.
    pub(crate) fn type_line(&self, line: &str) {
        (&*self.pty).write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Presses Ctrl-C.
    pub(crate) fn interrupt(&self) {
        (&*self.pty).write_all(b"\x03").unwrap();
    }

    /// Waits for the program's end: the exit code that a shell would see, and all that was on the screen.
    pub(crate) fn wait(mut self, at_most: Duration) -> (i32, String) {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < at_most, "it did not end within {at_most:?}:\n{}", self.seen());
            std::thread::sleep(Duration::from_millis(5));
        };
        self.reader.take().unwrap().join().unwrap();
        let code = status.code().unwrap_or_else(|| SIGNALLED + status.signal().unwrap());
        (code, self.seen())
    }

    fn seen(&self) -> String {
        self.screen.text.lock().unwrap_or_else(PoisonError::into_inner).replace("\r\n", "\n")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Until the program has let go of its terminal, which reading tells by an error.
fn read(pty: &Pty, screen: &Screen) {
    let mut bytes = [0; 4096];
    let mut half = Vec::new();
    while let Ok(count) = (&*pty).read(&mut bytes)
        && count > 0
    {
        half.extend_from_slice(&bytes[..count]);
        let whole = std::str::from_utf8(&half).map_or_else(|error| error.valid_up_to(), str::len);
        let rest = half.split_off(whole);
        let text = String::from_utf8(std::mem::replace(&mut half, rest)).unwrap();
        screen.text.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
        screen.grown.notify_all();
    }
}
