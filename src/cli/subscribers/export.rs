//! Readers to a CSV file, with the columns that `import` reads.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::CommandSession;
use super::list::state;
use crate::cli::failure::StdoutClosed;
use crate::cli::output::Output;
use crate::cli::text::count;
use crate::cli::{Exit, Failure};
use crate::domain::subscriber::SubscriptionState;
use crate::private;
use crate::signup::{self, ExportError};
use crate::store::subscriptions::{self, SubscriptionFilter};

#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// The file; `-` is standard output. An existing file is not overwritten without --yes.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Only readers in this state: pending, active, paused or unsubscribed.
    #[arg(long, value_parser = state)]
    state: Option<SubscriptionState>,
}

pub(super) async fn export(args: Export, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let filter = SubscriptionFilter { newsletter: Some(session.newsletter.id), state: args.state, text: None };
    if args.file == Path::new("-") {
        let written = write(session, &filter, Stdout(output)).await?;
        output.note(format!("{} written.", count(written, "reader")));
        return Ok(Exit::Ok);
    }
    if args.file.exists() && !session.context.confirm(&format!("{} exists. Write over it?", args.file.display()))? {
        return Err(Failure::new("nothing was written").into());
    }
    // Beside its place, so that a failure half-way leaves the old file whole.
    let mut part = args.file.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let place = || part.display().to_string();
    let file = private::create(&part).with_context(place)?;
    let written =
        match write(session, &filter, BufWriter::new(&file)).await.and_then(|rows| Ok((rows, file.sync_all()?))) {
            Ok((written, ())) => written,
            Err(error) => {
                // The error is the news; a file that stays behind is not.
                let _ = std::fs::remove_file(&part);
                return Err(error.context(place()));
            }
        };
    std::fs::rename(&part, &args.file).with_context(|| args.file.display().to_string())?;
    if output.is_json() {
        output.json(&serde_json::json!({ "file": args.file, "written": written }))?;
    } else {
        output.line(format!("{} written to {}.", count(written, "reader"), args.file.display()))?;
    }
    Ok(Exit::Ok)
}

async fn write(
    session: &CommandSession<'_>,
    filter: &SubscriptionFilter,
    to: impl Write + Send,
) -> anyhow::Result<u64> {
    let counts = subscriptions::counts(&mut session.db.read().await?, session.newsletter.id).await?;
    let total = counts.pending + counts.active + counts.paused + counts.unsubscribed;
    let total = filter.state.is_none().then_some(total.unsigned_abs());
    let mut progress = session.context.output.progress("Exporting", total);
    signup::export(session.db, filter, to, |written| progress.set(written)).await.map_err(|error| match error {
        // A pipe that was closed is no failure, wherever in the writer it shows.
        ExportError::Write(error) if is_closed(&error) => StdoutClosed.into(),
        error => error.into(),
    })
}

fn is_closed(error: &csv::Error) -> bool {
    matches!(error.kind(), csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
}

/// Standard output, through the one who owns it.
struct Stdout<'a>(&'a Output);

impl Write for Stdout<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(|error| match error.downcast::<StdoutClosed>() {
            Ok(_) => io::ErrorKind::BrokenPipe.into(),
            Err(error) => io::Error::other(error),
        })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
