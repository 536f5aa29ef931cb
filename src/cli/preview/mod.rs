//! `coranto preview`: an issue as its readers would get it: on a page that follows the file, or one part of it on
//! stdout. Needs no database and sends nothing.

mod live;
mod reader;
mod watch;

use std::path::PathBuf;

use super::shelf::{Shelf, show};
use super::whose::Known;
use super::{Context, Exit, Failure};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::publishing::LibraryError;
use crate::publishing::library::name_parts;
use reader::Reader;

/// One part on stdout, instead of the page.
#[derive(Debug, clap::Args)]
#[group(id = "part", required = false, multiple = false)]
pub(super) struct Part {
    /// Print the HTML part.
    #[arg(long)]
    html: bool,
    /// Print the text part.
    #[arg(long)]
    text: bool,
    /// Print the whole message, headers, signature and all.
    #[arg(long)]
    eml: bool,
}

/// Show an issue in all its views while it is written, or print one part of it.
///
/// The page shows it light, dark, on a phone, without styles and without images, its text part, its web version and its
/// headers, with the checks beside them, and follows every save. Only this machine can open it.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto preview issues/2026-11-27-a-note.md --open
  coranto preview issues/2026-11-27-a-note.md --text",
    after_help = "More examples:
  coranto preview                                               the next issue's file
  coranto preview issues/2026-11-27-a-note.md --html > note.html
  coranto preview issues/2026-11-27-a-note.md --eml > note.eml"
)]
pub(super) struct Args {
    /// The file; without one, that of the next issue.
    file: Option<PathBuf>,
    #[command(flatten)]
    part: Part,
    /// Open the page in the browser.
    #[arg(long, conflicts_with = "part")]
    open: bool,
    /// The page's port on this machine [default: 8026, or any that is free].
    #[arg(long, value_name = "PORT", conflicts_with = "part")]
    port: Option<u16>,
    /// The reader's address.
    #[arg(long, default_value = "reader@example.org")]
    to: EmailAddress,
    /// The reader's name; without one, fallbacks show.
    #[arg(long)]
    name: Option<String>,
    /// The newsletter, where there are several.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let known = Known::load(&config, context);
    let shelf = Shelf::new(&config)?.knowing(known.clone());
    let file = match &args.file {
        Some(file) => file.clone(),
        None => next_file(shelf.files(args.newsletter.as_deref())?, context.now())
            .ok_or_else(|| Failure::new("there is no issue to show").hint("`coranto new \"Title\"` begins one"))?,
    };
    if !(args.part.html || args.part.text || args.part.eml) {
        let desk = live::Desk { args: &args, file: &file, context, config: &config, known };
        return context.block_on(desk.run());
    }
    let (newsletter, draft) = shelf.read(&file, args.newsletter.as_deref())?;
    let checked = draft.and_then(|draft| shelf.library(newsletter).check(&draft, context.now()));
    let (rendered, at) = match checked {
        Ok(checked) => match checked.rendered {
            Some(rendered) => (rendered, checked.at),
            None => return refuse(&file, &checked.problems, context),
        },
        Err(LibraryError::Content { problems, .. }) => return refuse(&file, &problems, context),
        Err(other) => return Err(other.into()),
    };
    let reader = Reader::new(&args, context, &config, newsletter, &rendered, at)?;
    let bytes = match (args.part.html, args.part.text) {
        (true, _) => reader.html()?.into_bytes(),
        (_, true) => reader.text()?.into_bytes(),
        _ => reader.message()?,
    };
    context.output.write(&bytes)?;
    Ok(Exit::Ok)
}

fn refuse(file: &std::path::Path, problems: &[crate::content::Problem], context: &Context) -> anyhow::Result<Exit> {
    for problem in problems {
        show(file, problem, context)?;
    }
    Ok(Exit::Problems)
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
        part: Part { html: false, text: false, eml: false },
        open: false,
        port: Some(port),
        to: "reader@example.org".parse()?,
        name: None,
        newsletter: None,
    };
    live::Desk { args: &args, file, context, config, known: Known::default() }.run().await
}
