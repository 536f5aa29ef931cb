//! `coranto preview`: an issue as its readers would get it: on a page that follows the file, or one part of it on
//! stdout. Needs no database and sends nothing.

mod args;
mod live;
mod place;
mod reader;
mod watch;

use std::path::{Path, PathBuf};

use super::issue_files::{IssueFiles, tell};
use super::newsletter_choice::KnownIssues;
use super::{Context, Exit, Failure};
use crate::clock::Timestamp;
use crate::config::Config;
use crate::domain::newsletter::Newsletter;
use crate::publishing::folder::name_parts;
use crate::publishing::{Checked, IssueFolder, Source};
pub(super) use args::Args;
use reader::SampleReader;

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let known = KnownIssues::load(&config, context);
    let shelf = IssueFiles::new(&config, context)?.knowing(known.clone());
    let file = match &args.file {
        Some(file) => file.clone(),
        None => next_file(shelf.files(args.newsletter.as_deref())?, context.now())
            .ok_or_else(|| Failure::new("there is no issue to show").hint("`coranto new \"Title\"` begins one"))?,
    };
    if !(args.part.html || args.part.text || args.part.eml) {
        let session = live::PreviewSession { args: &args, file: &file, context, config: &config, known };
        return context.block_on(session.run());
    }
    let shown = Shown::of(&shelf, &file, &args, context.now())?;
    let is_ok = shown.checked.is_ok();
    if let Some(bytes) = shown.part(&args, context, &config)? {
        context.output.write(&bytes)?;
    }
    // Beside the part, which may go into a file.
    for problem in shown.checked.problems.iter().filter(|_| !is_ok) {
        tell(&file, problem, context);
    }
    Ok(if is_ok { Exit::Ok } else { Exit::Problems })
}

/// An issue as far as it can be shown, whatever is wrong with its file.
struct Shown<'a> {
    newsletter: &'a Newsletter,
    source: Source,
    checked: Checked,
}

impl<'a> Shown<'a> {
    fn of(shelf: &'a IssueFiles<'_>, file: &Path, args: &Args, now: Timestamp) -> anyhow::Result<Self> {
        let newsletter = shelf.newsletter(file, args.newsletter.as_deref())?;
        let (source, mut unread) = IssueFolder::of(newsletter).read_so_far(file)?;
        let mut checked = shelf.renderer(newsletter).check(&source, now);
        if !unread.is_empty() {
            // As `coranto check` has it: the text is not looked at before its file can be read.
            unread.extend(source.issue.warnings.iter().cloned());
            unread.sort_by_key(|problem| (problem.line, problem.column));
            checked.problems = unread;
        }
        Ok(Self { newsletter, source, checked })
    }

    /// One part of the email; none where a layout does not work.
    fn part(&self, args: &Args, context: &Context, config: &Config) -> anyhow::Result<Option<Vec<u8>>> {
        let Some(rendered) = &self.checked.rendered else { return Ok(None) };
        let reader = SampleReader::new(args, context, config, self.newsletter, rendered, self.checked.at)?;
        Ok(Some(match (args.part.html, args.part.text) {
            (true, _) => reader.html()?.into_bytes(),
            (_, true) => reader.text()?.into_bytes(),
            _ => reader.message()?,
        }))
    }
}

/// The first file that is dated today or later; else the last of all.
fn next_file(mut files: Vec<PathBuf>, now: Timestamp) -> Option<PathBuf> {
    let today = now.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
    let date = |file: &PathBuf| name_parts(file).and_then(|(date, _)| date);
    files.sort_by_key(|file| (date(file), file.clone()));
    let next = files.iter().find(|file| date(file).is_some_and(|date| date >= today)).cloned();
    next.or_else(|| files.pop())
}

/// Shows `file` on the page at `port` until a person ends it: beside another command.
pub(super) async fn show_on(
    port: u16,
    file: &std::path::Path,
    config: &crate::config::Config,
    context: &Context,
) -> anyhow::Result<Exit> {
    let args = Args {
        file: None,
        part: args::PartArgs { html: false, text: false, eml: false },
        open: false,
        port: Some(port),
        to: "reader@example.org".parse()?,
        name: None,
        newsletter: None,
    };
    live::PreviewSession { args: &args, file, context, config, known: KnownIssues::default() }.run().await
}
