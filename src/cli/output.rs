//! All that a command prints: results to stdout, messages and progress to stderr. Knows no command.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use super::failure::Closed;
use super::progress::Progress;
use super::table::Table;

/// The longest keys are `next slot`, `suspended` and `preparing`.
const KEY_WIDTH: usize = 9;

/// Where results and messages go, and how they look.
#[derive(Clone, Debug)]
pub struct Output {
    json: bool,
    quiet: bool,
    silent: bool,
    /// Colours on stdout and on stderr.
    colour: (bool, bool),
    /// Columns of the terminal that stdout is; none when it is a file or a pipe.
    width: Option<usize>,
}

/// What a word in colour says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// Someone should look.
    Warn,
    /// Something is wrong.
    Bad,
    /// A heading.
    Strong,
    /// Beside the point.
    Faint,
}

impl Tone {
    fn code(self) -> &'static str {
        match self {
            Self::Good => "32",
            Self::Warn => "33",
            Self::Bad => "31",
            Self::Strong => "1",
            Self::Faint => "2",
        }
    }
}

impl Output {
    /// For this process's streams; `env` may forbid colour (NO_COLOR, TERM=dumb) or force it (CLICOLOR_FORCE).
    pub fn new(json: bool, quiet: bool, env: &[(String, String)]) -> Self {
        let variable = |name: &str| env.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let colour = |terminal: bool| match variable("CLICOLOR_FORCE") {
            _ if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
            Some(value) if !value.is_empty() && value != "0" => true,
            _ => terminal && variable("TERM") != Some("dumb"),
        };
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let width = out.then(|| terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)));
        Self { json, quiet, silent: false, colour: (colour(out), colour(err)), width }
    }

    /// Whether results are JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether only results and errors are wanted.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether messages on stderr may be coloured.
    pub fn colours_messages(&self) -> bool {
        self.colour.1
    }

    /// One line of a result for people.
    pub fn line(&self, text: impl Display) -> anyhow::Result<()> {
        self.write(format!("{text}\n").as_bytes())
    }

    /// Bytes as they are: a page, a message, a list.
    pub fn write(&self, bytes: &[u8]) -> anyhow::Result<()> {
        if self.silent {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Closed.into()),
            done => Ok(done?),
        }
    }

    /// One JSON object on a line of its own.
    pub fn json(&self, value: &impl serde::Serialize) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.write(&line)
    }

    /// A table for people, as wide as the terminal; whole when it goes to a file.
    pub fn table(&self, table: &Table) -> anyhow::Result<()> {
        self.write(table.render(self.width, |text| self.toned(Tone::Strong, text)).as_bytes())
    }

    /// `text` in colour, where stdout shows colours.
    pub fn toned(&self, tone: Tone, text: &str) -> String {
        if self.colour.0 { paint(tone, text) } else { text.to_owned() }
    }

    /// `word` in the column of keys that `status` begins its lines with.
    pub fn key(&self, tone: Option<Tone>, word: &str) -> String {
        let space = " ".repeat(KEY_WIDTH.saturating_sub(word.len()));
        tone.map_or_else(|| word.to_owned(), |tone| self.toned(tone, word)) + &space
    }

    /// The same that prints no result and no message: of a part that runs inside another command.
    #[must_use]
    pub fn silenced(&self) -> Self {
        Self { quiet: true, silent: true, ..self.clone() }
    }

    /// A message: what was done, what comes next.
    pub fn note(&self, text: impl Display) {
        if !self.quiet {
            message(&text.to_string());
        }
    }

    /// A message that is said even when quiet is asked for.
    pub fn warn(&self, text: impl Display) {
        self.finding(format!("{} {text}", self.toned_message(Tone::Warn, "warning:")));
    }

    /// What a command found wrong beside its result: said even when quiet is asked for.
    pub fn finding(&self, text: impl Display) {
        if !self.silent {
            message(&text.to_string());
        }
    }

    /// `text` in colour, where messages have colours.
    pub fn toned_message(&self, tone: Tone, text: &str) -> String {
        if self.colour.1 { paint(tone, text) } else { text.to_owned() }
    }

    /// Why the command failed.
    pub fn error(&self, text: &str, exit: u8) {
        if self.json {
            let (what, hint) = text.split_once("\n  hint: ").map_or((text, None), |(what, hint)| (what, Some(hint)));
            message(&serde_json::json!({ "error": what, "hint": hint, "exit": exit }).to_string());
            return;
        }
        message(&format!("{} {text}", self.toned_message(Tone::Bad, "error:")));
    }

    /// A bar on a terminal; elsewhere, and where a terminal is to show plain text, a line now and then. Of `total`, when
    /// that is known.
    pub fn progress(&self, what: &str, total: Option<u64>) -> Progress {
        Progress::new(what, total, self.quiet || self.json, self.colour.1 && io::stderr().is_terminal())
    }
}

fn paint(tone: Tone, text: &str) -> String {
    format!("\u{1b}[{}m{text}\u{1b}[0m", tone.code())
}

/// A line to stderr. That nobody reads it is no reason to fail.
pub(super) fn message(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// `text` without what could steer a terminal: names and replies come from strangers.
pub(super) fn printable(text: &str) -> String {
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

/// A count with its noun: `1 reader`, `2,000 readers`.
pub(super) fn count(number: u64, noun: &str) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match (noun, number) {
        ("", _) => grouped,
        (_, 1) => format!("1 {noun}"),
        _ => format!("{grouped} {noun}s"),
    }
}

/// A size of disks and messages: `77 GiB`, `1.5 GiB`, `400 MiB`.
pub(super) fn size(bytes: u64) -> String {
    const GIB: u64 = 1 << 30;
    match bytes {
        bytes if bytes >= 10 * GIB => format!("{} GiB", count(bytes / GIB, "")),
        // Rounded down: there is never less than is said.
        bytes if bytes >= GIB => format!("{}.{} GiB", bytes / GIB, bytes % GIB * 10 / GIB),
        bytes => format!("{} MiB", bytes >> 20),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_well() {
        assert_eq!(count(0, "reader"), "0 readers");
        assert_eq!(count(1, "reader"), "1 reader");
        assert_eq!(count(1_234_567, "reader"), "1,234,567 readers");
        assert_eq!(count(100, ""), "100");
    }

    #[test]
    fn sizes_have_the_unit_that_reads_best() {
        const MIB: u64 = 1 << 20;
        for (bytes, said) in [
            (0, "0 MiB"),
            (1023 * MIB, "1023 MiB"),
            (1024 * MIB, "1.0 GiB"),
            (10_239 * MIB, "9.9 GiB"),
            (78_522 * MIB, "76 GiB"),
            (4096 * 1024 * MIB, "4,096 GiB"),
        ] {
            assert_eq!(size(bytes), said);
        }
    }

    #[test]
    fn a_stranger_cannot_steer_the_terminal() {
        assert_eq!(printable("Anna\u{1b}[2J\u{202e}x"), "Anna\u{fffd}[2J\u{fffd}x");
    }
}
