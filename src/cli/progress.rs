//! How far long work is: a bar on a terminal, a plain line every ten seconds elsewhere. Knows no command.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::output::{count, message};

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// One piece of long work. It is erased when it is dropped; what was done is said by a message.
#[derive(Debug)]
pub struct Progress {
    what: String,
    total: Option<u64>,
    shown: Shown,
}

#[derive(Debug)]
enum Shown {
    Bar(ProgressBar),
    Lines { last: Instant },
    Nothing,
}

/// `378/s`.
fn rate(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    // That nobody reads it is no reason to fail.
    let _ = write!(out, "{:.0}/s", state.per_sec());
}

impl Progress {
    pub(super) fn new(what: &str, total: Option<u64>, silent: bool, terminal: bool) -> Self {
        let shown = if silent {
            Shown::Nothing
        } else if terminal {
            let template = match total {
                Some(_) => "{msg} [{bar:30}] {human_pos}/{human_len} {rate} {eta}",
                None => "{spinner} {msg} {human_pos} {rate}",
            };
            let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template(template).expect("the template is well-formed");
            bar.set_style(style.progress_chars("=> ").with_key("rate", rate));
            bar.set_message(what.to_owned());
            Shown::Bar(bar)
        } else {
            Shown::Lines { last: Instant::now() }
        };
        Self { what: what.to_owned(), total, shown }
    }

    /// Says that `done` of it is done.
    pub fn set(&mut self, done: u64) {
        match &mut self.shown {
            Shown::Bar(bar) => bar.set_position(done),
            Shown::Lines { last } if last.elapsed() >= LINE_EVERY => {
                *last = Instant::now();
                match self.total {
                    Some(total) => message(&format!("{}: {} of {}", self.what, count(done, ""), count(total, ""))),
                    None => message(&format!("{}: {}", self.what, count(done, ""))),
                }
            }
            Shown::Lines { .. } | Shown::Nothing => {}
        }
    }
}

impl Progress {
    /// Prints something while the bar is out of the way.
    pub fn above(&self, print: impl FnOnce()) {
        match &self.shown {
            Shown::Bar(bar) => bar.suspend(print),
            Shown::Lines { .. } | Shown::Nothing => print(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}
