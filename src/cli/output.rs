//! All that a command prints: results to stdout, messages and progress to stderr. Knows no command.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use super::failure::StdoutClosed;
use super::progress::Progress;
use super::table::Table;
use super::text::message;

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
pub enum TextStyle {
    Good,
    Warn,
    Bad,
    Strong,
    Faint,
}

impl TextStyle {
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
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(StdoutClosed.into()),
            done => Ok(done?),
        }
    }

    /// One JSON object on a line of its own.
    pub fn json(&self, value: &impl serde::Serialize) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.write(&line)
    }

    /// A resource, on a line of its own: its keys in the order of the alphabet, however it is put together.
    pub fn resource(&self, resource: &impl serde::Serialize) -> anyhow::Result<()> {
        self.json(&serde_json::to_value(resource)?)
    }

    /// A table for people, as wide as the terminal; whole when it goes to a file.
    pub fn table(&self, table: &Table) -> anyhow::Result<()> {
        self.write(table.render(self.width, |text| self.toned(TextStyle::Strong, text)).as_bytes())
    }

    /// `text` in colour, where stdout shows colours.
    pub fn toned(&self, tone: TextStyle, text: &str) -> String {
        if self.colour.0 { paint(tone, text) } else { text.to_owned() }
    }

    /// `word` in the column of keys that `status` begins its lines with.
    pub fn key(&self, tone: Option<TextStyle>, word: &str) -> String {
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
        self.finding(format!("{} {text}", self.toned_message(TextStyle::Warn, "warning:")));
    }

    /// What a command found wrong beside its result: said even when quiet is asked for.
    pub fn finding(&self, text: impl Display) {
        if !self.silent {
            message(&text.to_string());
        }
    }

    /// `text` in colour, where messages have colours.
    pub fn toned_message(&self, tone: TextStyle, text: &str) -> String {
        if self.colour.1 { paint(tone, text) } else { text.to_owned() }
    }

    pub fn error(&self, text: &str, exit: u8) {
        if self.json {
            let (what, hint) = text.split_once("\n  hint: ").map_or((text, None), |(what, hint)| (what, Some(hint)));
            message(&serde_json::json!({ "error": what, "hint": hint, "exit": exit }).to_string());
            return;
        }
        message(&format!("{} {text}", self.toned_message(TextStyle::Bad, "error:")));
    }

    /// A bar on a terminal; elsewhere, and where a terminal is to show plain text, a line now and then. Of `total`, when
    /// that is known.
    pub fn progress(&self, what: &str, total: Option<u64>) -> Progress {
        Progress::new(what, total, self.quiet || self.json, self.colour.1 && io::stderr().is_terminal())
    }
}

fn paint(tone: TextStyle, text: &str) -> String {
    format!("\u{1b}[{}m{text}\u{1b}[0m", tone.code())
}
