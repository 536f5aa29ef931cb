//! Logs and counts: what an operator sees of a running program. Knows nothing of newsletters.
//!
//! Logs go to stderr, one line per event. Whatever is logged, and by whomever, an address in it is masked: relays
//! repeat the recipient in their refusals, so it is not enough that our own types mask themselves.

pub mod health;
mod mask;
pub mod metrics;

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

pub use mask::mask_addresses;

/// What would log whole conversations at its finest level, passwords and mails in them.
const SILENT: &[&str] = &["async_imap", "async_imap::imap_stream", "async_imap::client", "async_imap::parse"];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    #[default]
    Text,
    /// One JSON object per line, for a collector.
    Json,
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// Levels by part, such as `coranto=debug,warn`.
    pub filter: String,
    pub format: LogFormat,
    /// Whether lines for a person are coloured.
    pub colour: bool,
}

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter is not one.
    #[error("the log filter {filter:?} is not understood: {source}")]
    Filter { filter: String, source: tracing_subscriber::filter::ParseError },
    /// Something else has set up logging in this process.
    #[error("logging was started twice")]
    Twice,
}

/// Starts logging for the whole process.
pub fn start(settings: &LogSettings) -> Result<(), LogError> {
    let filter = EnvFilter::builder()
        .parse(&settings.filter)
        .map_err(|source| LogError::Filter { filter: settings.filter.clone(), source })?;
    let filter =
        SILENT.iter().filter_map(|name| format!("{name}=off").parse().ok()).fold(filter, EnvFilter::add_directive);
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(MaskedStderr);
    let started = match settings.format {
        LogFormat::Text => builder.with_ansi(settings.colour).with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_ansi(false).try_init(),
    };
    started.map_err(|_| LogError::Twice)
}

struct MaskedStderr;

impl<'a> MakeWriter<'a> for MaskedStderr {
    type Writer = MaskedLine;

    fn make_writer(&'a self) -> MaskedLine {
        MaskedLine
    }
}

/// Takes whole events, which is how the formatter hands them over.
struct MaskedLine;

impl Write for MaskedLine {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        io::stderr().lock().write_all(mask_addresses(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
