//! Readers from a CSV file. What a list may do to whom is `signup::import`'s to say; here it is read and reported.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Desk;
use crate::cli::output::{Output, count};
use crate::cli::progress::Progress;
use crate::cli::{Exit, Failure};
use crate::signup::{self, Import as Order, ImportError, Imported, Rejected, Step};

/// Rejected rows that are named on the terminal; --rejected keeps them all.
const NAMED_MAX: u64 = 20;

#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto subscribers import readers.csv --dry-run
  coranto subscribers import readers.csv --source \"old list, opt-in since 2019\" --rejected bad.csv",
    after_help = "The first line names the columns: email, and if there are name, status, language, subscribed_at.
A list never brings back who left or is suppressed, and one bad row never stops the rest."
)]
pub(super) struct Import {
    /// The CSV file; `-` is standard input.
    file: PathBuf,
    /// Where the readers agreed, for the record of consents [default: the file's name].
    #[arg(long)]
    source: Option<String>,
    /// Write every row that was not taken, with the reason, to this CSV file.
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Say what would be done, and do nothing; exits with 3 when a row would be rejected.
    #[arg(short = 'n', long)]
    dry_run: bool,
}

/// Where rows that were not taken are told.
struct Report<'a> {
    output: &'a Output,
    file: Option<csv::Writer<File>>,
    named: u64,
    progress: Progress,
    /// The first thing that went wrong with telling; the import goes on without.
    broken: Option<anyhow::Error>,
}

impl Report<'_> {
    fn hear(&mut self, step: Step) {
        match step {
            Step::Progress { bytes, .. } => self.progress.set(bytes),
            Step::Rejected(row) => {
                if let Err(error) = self.reject(&row) {
                    self.broken.get_or_insert(error);
                }
            }
        }
    }

    fn reject(&mut self, row: &Rejected) -> anyhow::Result<()> {
        let reason = row.reason.to_string();
        if let Some(file) = &mut self.file {
            file.write_record([row.line.to_string().as_str(), &row.email, &reason])?;
        }
        if self.output.is_json() {
            let row = serde_json::json!({ "line": row.line, "email": row.email, "reason": reason });
            return self.output.json(&serde_json::json!({ "rejected": row }));
        }
        self.named += 1;
        if self.named <= NAMED_MAX {
            let email = crate::cli::output::printable(&row.email);
            self.progress.above(|| self.output.note(format!("line {}: {email}: {reason}", row.line)));
        }
        Ok(())
    }
}

pub(super) async fn import(args: Import, desk: &Desk<'_>) -> anyhow::Result<Exit> {
    let output = &desk.context.output;
    let (input, size) = open(&args.file)?;
    let name = args.file.file_name().map_or_else(|| "import".to_owned(), |name| name.to_string_lossy().into_owned());
    let order = Order {
        newsletter: desk.id,
        source: args.source.clone().unwrap_or(name),
        dry_run: args.dry_run,
        actor: desk.context.actor(),
        now: desk.context.now(),
    };
    let rejected = |path: &PathBuf| {
        let mut file = csv::Writer::from_path(path).with_context(|| path.display().to_string())?;
        file.write_record(["line", "email", "reason"])?;
        anyhow::Ok(file)
    };
    let file = args.rejected.as_ref().map(rejected).transpose()?;
    let progress = output.progress("Importing (bytes)", size);
    let mut report = Report { output, file, named: 0, progress, broken: None };
    let done = tokio::select! {
        done = signup::import(desk.db, &desk.config.keys, input, &order, |step| report.hear(step)) => done,
        pressed = tokio::signal::ctrl_c() => {
            pressed?;
            output.note("Stopped. What was read is in; the same command again goes on.");
            return Ok(Exit::Interrupted);
        }
    };
    let Report { file, named, progress, broken, .. } = report;
    drop(progress);
    if named > NAMED_MAX && args.rejected.is_none() {
        output.note(format!("and {} more; --rejected FILE keeps them all", count(named - NAMED_MAX, "row")));
    }
    if let Some(mut file) = file {
        file.flush()?;
    }
    if let Some(broken) = broken {
        return Err(broken.context("the rows that were not taken could not be told"));
    }
    let done = done.map_err(|error| refused(error, &args.file))?;
    tell(&done, &args, output)?;
    Ok(if args.dry_run && done.rejected > 0 { Exit::Problems } else { Exit::Ok })
}

/// The file and its size, as far as it has one.
fn open(path: &Path) -> anyhow::Result<(Box<dyn Read + Send>, Option<u64>)> {
    if path == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let place = || path.display().to_string();
    let file = File::open(path).with_context(place)?;
    let about = file.metadata().with_context(place)?;
    if about.is_dir() {
        return Err(Failure::new(format!("{} is a folder", place())).into());
    }
    Ok((Box::new(file), about.is_file().then_some(about.len())))
}

fn refused(error: ImportError, file: &Path) -> anyhow::Error {
    let exit = match &error {
        // What came before is in and stays so.
        ImportError::Read(_) | ImportError::Store(_) => Exit::PartWay,
        _ => Exit::Failed,
    };
    let failure = Failure::new(format!("{}: {error}", file.display())).exit(exit);
    match exit {
        Exit::PartWay => failure.hint("what was read is in; the same command again goes on").into(),
        _ => failure.hint("the first line names the columns, one of them `email`").into(),
    }
}

fn tell(done: &Imported, args: &Import, output: &Output) -> anyhow::Result<()> {
    if output.is_json() {
        let mut value = serde_json::to_value(done)?;
        value["dry_run"] = args.dry_run.into();
        return output.json(&serde_json::json!({ "imported": value }));
    }
    let would = if args.dry_run { " would be" } else { "" };
    let mut text = format!("{}: {}{would} added", count(done.rows, "row"), count(done.added, "reader"));
    for (number, what) in [
        (done.activated, "activated"),
        (done.unsubscribed, "unsubscribed"),
        (done.suppressed, "suppressed"),
        (done.unchanged, "unchanged"),
        (done.kept_out, "kept out because they left or must not be mailed"),
        (done.rejected, "rejected"),
    ] {
        if number > 0 {
            text.push_str(&format!(", {} {what}", count(number, "")));
        }
    }
    output.line(text + ".")?;
    if done.windows_1252 > 0 {
        output.warn(format!("{} read as Windows-1252, because they are not UTF-8", count(done.windows_1252, "row")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::failure::exit_of;

    #[test]
    fn an_import_that_broke_off_says_that_it_may_be_repeated() {
        let file = Path::new("list.csv");
        let broken = refused(ImportError::Read(io::ErrorKind::UnexpectedEof.into()), file);
        assert_eq!(exit_of(&broken), Exit::PartWay);
        assert!(broken.to_string().contains("the same command again goes on"));
        assert_eq!(exit_of(&refused(ImportError::Empty, file)), Exit::Failed);
    }
}
