//! `coranto check`: reads issues as if they were to go out now, and says what stops them and what could be better.

use std::path::{Path, PathBuf};

use super::output::{Tone, count};
use super::shelf::{Shelf, as_json, show};
use super::{Context, Exit, Failure};
use crate::content::problem::Problem;
use crate::publishing::LibraryError;
use crate::publishing::library::name_parts;

/// Reads issues as if they were to go out now, and says everything that is wrong with them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  coranto check                                  what is still to come
  coranto check issues/2026-11-27-a-note.md
  coranto check --all --json")]
pub(super) struct Args {
    /// The files; without any, those that are dated today or later, or not at all.
    files: Vec<PathBuf>,
    /// Every issue, past ones too.
    #[arg(long, conflicts_with = "files")]
    all: bool,
    /// Only this newsletter.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
}

/// One file after the check.
struct Checked {
    file: PathBuf,
    words: usize,
    draft: bool,
    problems: Vec<Problem>,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let shelf = Shelf::new(&config)?;
    let named = args.newsletter.as_deref();
    let today = context.now().to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
    let files = match (args.files.is_empty(), args.all) {
        (false, _) => args.files,
        (true, true) => shelf.files(named)?,
        (true, false) => {
            let is_to_come =
                |file: &PathBuf| name_parts(file).and_then(|(date, _)| date).is_none_or(|date| date >= today);
            shelf.files(named)?.into_iter().filter(is_to_come).collect()
        }
    };
    if files.is_empty() {
        return Err(Failure::new("there is no issue to check").hint("`coranto new \"Title\"` begins one").into());
    }
    let mut stopped = 0;
    for file in files {
        let checked = check(&shelf, &file, named, context)?;
        stopped += u64::from(checked.problems.iter().any(Problem::is_error));
        report(&checked, context)?;
    }
    if stopped == 0 {
        return Ok(Exit::Ok);
    }
    context.output.note(format!("{} cannot go out like this.", count(stopped, "issue")));
    Ok(Exit::Problems)
}

fn check(shelf: &Shelf<'_>, file: &Path, named: Option<&str>, context: &Context) -> anyhow::Result<Checked> {
    let (newsletter, draft) = shelf.read(file, named)?;
    let library = shelf.library(newsletter);
    let now = context.now();
    let is_draft = draft.as_ref().is_ok_and(|draft| draft.issue.front.draft);
    let rendered = draft.and_then(|draft| {
        let date = draft.named_date.unwrap_or_else(|| library.date_of(now));
        let mut rendered = library.render(&draft, date)?;
        let wanted = draft.issue.front.send_at.as_ref().and_then(|send_at| library.wanted(send_at));
        if wanted.is_some_and(|wanted| wanted < now) {
            let at = draft.issue.front.places.of("send_at");
            let warning =
                Problem::warning(at, "send-at-past", "`send_at` is in the past, so it does not go out by itself");
            rendered.warnings.push(warning.hint("write a time to come, or send it with `coranto queue FILE --now`"));
        }
        Ok(rendered)
    });
    let (words, problems) = match rendered {
        Ok(rendered) => (rendered.words, rendered.warnings),
        Err(LibraryError::Content { problems, .. }) => (0, problems),
        Err(other) => return Err(other.into()),
    };
    Ok(Checked { file: file.to_owned(), words, draft: is_draft, problems })
}

fn report(checked: &Checked, context: &Context) -> anyhow::Result<()> {
    let output = &context.output;
    if output.is_json() {
        let mut value = as_json(&checked.file, &checked.problems);
        value["words"] = checked.words.into();
        value["draft"] = checked.draft.into();
        return output.json(&value);
    }
    for problem in &checked.problems {
        show(&checked.file, problem, context)?;
    }
    if checked.problems.iter().any(Problem::is_error) {
        return Ok(());
    }
    let draft = if checked.draft { ", a draft" } else { "" };
    let ok = output.toned(Tone::Good, "ok");
    output.line(format!("{}: {ok}, {}{draft}", checked.file.display(), count(checked.words as u64, "word")))
}
