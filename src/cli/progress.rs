//! How far long work is: a bar on a terminal, a plain line every ten seconds elsewhere. Knows no command.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::table::cut;
use super::text::{count, message};
use super::when::about;

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// The numbers have room beside it on a terminal of 80 columns.
const LABEL_WIDTH: usize = 30;
/// A rate over less time than this is none.
const RATE_AFTER: Duration = Duration::from_secs(1);

/// One piece of long work. It is erased when it is dropped; what was done is said by a message.
#[derive(Debug)]
pub struct Progress {
    what: String,
    total: Option<u64>,
    /// When the work was first looked at, and how far it was then.
    first: Option<(Instant, u64)>,
    shown: Shown,
}

#[derive(Debug)]
enum Shown {
    Bar(ProgressBar),
    Lines { last: Instant },
    Nothing,
}

impl Progress {
    pub(super) fn new(what: &str, total: Option<u64>, silent: bool, terminal: bool) -> Self {
        let shown = if silent {
            Shown::Nothing
        } else if terminal {
            let template = match total {
                Some(_) => "{msg} [{wide_bar}] {human_pos}/{human_len}{prefix}",
                None => "{spinner} {msg} {human_pos}{prefix}",
            };
            // Shown once there is something to show.
            let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
            let style = ProgressStyle::with_template(template).expect("the template is well-formed");
            bar.set_style(style.progress_chars("=> "));
            bar.set_message(cut(what, LABEL_WIDTH));
            Shown::Bar(bar)
        } else {
            Shown::Lines { last: Instant::now() }
        };
        Self { what: what.to_owned(), total, first: None, shown }
    }

    /// Says what the work is, where that changes on the way.
    pub fn is_of(&mut self, what: &str, total: u64) {
        if self.what == what && self.total == Some(total) {
            return;
        }
        (self.what, self.total, self.first) = (what.to_owned(), Some(total), None);
        if let Shown::Bar(bar) = &self.shown {
            bar.set_length(total);
            bar.set_message(cut(what, LABEL_WIDTH));
        }
    }

    /// The same where nobody knows how much it is.
    pub fn is_counting(&mut self, what: &str) {
        if self.what == what {
            return;
        }
        (self.what, self.first) = (what.to_owned(), None);
        if let Shown::Bar(bar) = &self.shown {
            bar.set_message(cut(what, LABEL_WIDTH));
        }
    }

    /// Says that `done` of it is done.
    pub fn set(&mut self, done: u64) {
        let now = Instant::now();
        let first = *self.first.get_or_insert((now, done));
        match &mut self.shown {
            Shown::Bar(bar) => {
                bar.set_position(done);
                bar.set_prefix(pace(first, (now, done), self.total).unwrap_or_default());
                if bar.is_hidden() {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.tick();
                }
            }
            Shown::Lines { last } if last.elapsed() >= LINE_EVERY => {
                *last = now;
                match self.total {
                    Some(total) => message(&format!("{}: {} of {}", self.what, count(done, ""), count(total, ""))),
                    None => message(&format!("{}: {}", self.what, count(done, ""))),
                }
            }
            Shown::Lines { .. } | Shown::Nothing => {}
        }
    }

    /// Prints something while the bar is out of the way.
    pub fn above(&self, print: impl FnOnce()) {
        match &self.shown {
            Shown::Bar(bar) => bar.suspend(print),
            Shown::Lines { .. } | Shown::Nothing => print(),
        }
    }
}

/// `  378/s, 2 minutes left`; nothing before anything was done while somebody looked.
fn pace(first: (Instant, u64), now: (Instant, u64), total: Option<u64>) -> Option<String> {
    let spent = now.0.duration_since(first.0);
    let moved = now.1.checked_sub(first.1).filter(|moved| *moved > 0 && spent >= RATE_AFTER)?;
    let rate = moved as f64 / spent.as_secs_f64();
    let left = total.map(|total| total.saturating_sub(now.1)).filter(|left| *left > 0);
    let left = left.map(|left| format!(", {} left", about(Duration::from_secs_f64(left as f64 / rate))));
    Some(format!("  {rate:.0}/s{}", left.unwrap_or_default()))
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_of_what_was_done_while_somebody_looked() {
        let begun = Instant::now();
        let at = |millis| begun + Duration::from_millis(millis);
        let pace = |millis, done, total| pace((begun, 153), (at(millis), done), total);
        // What was done before the first look took no time.
        assert_eq!(pace(0, 153, Some(154)), None);
        assert_eq!(pace(999, 600, Some(1000)), None);
        assert_eq!(pace(5000, 153, Some(1000)), None, "nothing was done");
        assert_eq!(pace(2000, 353, Some(1353)).as_deref(), Some("  100/s, 10 seconds left"));
        assert_eq!(pace(2000, 353, Some(353)).as_deref(), Some("  100/s"));
        assert_eq!(pace(2000, 353, None).as_deref(), Some("  100/s"));
    }
}
