//! `coranto check`: reads issues as if they were to go out now, and says what stops them and what could be better.

use std::path::{Path, PathBuf};

use super::issue_files::{FoundIssue, IssueFiles, as_json, show, unclear};
use super::newsletter_choice::{KnownIssues, NewsletterChoice};
use super::output::TextStyle;
use super::text::count;
use super::{Context, Exit, Failure};
use crate::content::problem::{Position, Problem};
use crate::publishing::folder::name_parts;
use crate::publishing::{IssueFolder, SourceError, SourceFault};

/// List everything that is wrong with issues before they go out.
///
/// Exits with 3 when an error stops an issue; warnings alone are no failure.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto check                                  the issues still to come
  coranto check issues/2026-11-27-a-note.md --links
  coranto check --all --json")]
pub(super) struct Args {
    /// The files; without any, those dated today or later, and those without a date.
    files: Vec<PathBuf>,
    /// Check every issue, past ones too.
    #[arg(long, conflicts_with = "files")]
    all: bool,
    /// Also ask every link whether it works.
    #[arg(long)]
    links: bool,
    /// Ask no link, even with --links.
    #[arg(long, env = "CORANTO_OFFLINE", hide_env_values = true, value_parser = clap::builder::FalseyValueParser::new())]
    offline: bool,
    /// Only this newsletter.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
}

/// One file after the check.
#[derive(Default)]
struct Report {
    file: PathBuf,
    words: usize,
    draft: bool,
    date: Option<String>,
    problems: Vec<Problem>,
    /// The issue that the database has of it, and how it stands beside the file.
    issue: FoundIssue,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let shelf = IssueFiles::new(&config, context)?.knowing(KnownIssues::load(&config, context));
    let files = files(&args, &shelf, context)?;
    if files.is_empty() {
        return Err(Failure::new("there is no issue to check").hint("`coranto new \"Title\"` begins one").into());
    }
    if args.links && args.offline {
        context.output.note("Links are not asked: this is offline.");
    }
    let mut stopped = 0;
    for file in files {
        let report = check(&shelf, &file, &args, context)?;
        stopped += u64::from(report.problems.iter().any(Problem::is_error));
        print(&report, context)?;
    }
    if stopped == 0 {
        return Ok(Exit::Ok);
    }
    context.output.note(format!("{} cannot go out like this.", count(stopped, "issue")));
    Ok(Exit::Problems)
}

/// The files that were named; or all; or those that are still to come.
fn files(args: &Args, shelf: &IssueFiles<'_>, context: &Context) -> anyhow::Result<Vec<PathBuf>> {
    if !args.files.is_empty() {
        return Ok(args.files.clone());
    }
    let mut files = shelf.files(args.newsletter.as_deref())?;
    if let Some(named) = &args.newsletter {
        let is_its = |file: &PathBuf| match shelf.whose(file, None) {
            Ok(NewsletterChoice::One(newsletter)) => newsletter.slug == *named,
            _ => true,
        };
        files.retain(is_its);
    }
    if !args.all {
        let today = context.now().to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
        files.retain(|file| name_parts(file).and_then(|(date, _)| date).is_none_or(|date| date >= today));
    }
    Ok(files)
}

fn check(shelf: &IssueFiles<'_>, file: &Path, args: &Args, context: &Context) -> anyhow::Result<Report> {
    let report = Report { file: file.to_owned(), ..Report::default() };
    let newsletter = match shelf.whose(file, args.newsletter.as_deref())? {
        NewsletterChoice::One(newsletter) => newsletter,
        NewsletterChoice::Several(several) => return Ok(Report { problems: vec![unclear(&several)], ..report }),
    };
    let renderer = shelf.renderer(newsletter);
    let issue = match name_parts(file) {
        Some((_, slug)) => {
            context.block_on(shelf.looked(newsletter, async |db, its| shelf.standing(db, its, &slug).await))?.flatten()
        }
        None => None,
    };
    let report = Report { issue, ..report };
    let source = match IssueFolder::of(newsletter).read(file) {
        Ok(source) => source,
        Err(SourceError { why: SourceFault::Content(problems), .. }) => return Ok(Report { problems, ..report }),
        Err(error @ SourceError { why: SourceFault::Unreadable(_), .. }) => return Err(error.into()),
        Err(other) => {
            let problem = Problem::error(Position::START, "file-name", other.to_string());
            return Ok(Report { problems: vec![problem], ..report });
        }
    };
    let checked = renderer.check(&source, context.now());
    let mut report = Report {
        words: checked.rendered.map_or(0, |rendered| rendered.words),
        date: Some(checked.date.to_string()),
        draft: source.issue.front.draft,
        problems: checked.problems,
        ..report
    };
    if args.links && !args.offline {
        let answers = context.block_on(async { Ok(renderer.ask_links(&source).await?) })?;
        report.problems.extend(answers);
        report.problems.sort_by_key(|problem| (problem.line, problem.column));
    }
    Ok(report)
}

fn print(checked: &Report, context: &Context) -> anyhow::Result<()> {
    let output = &context.output;
    if output.is_json() {
        let mut value = as_json(&checked.file, &checked.problems);
        value["words"] = checked.words.into();
        value["draft"] = checked.draft.into();
        value["date"] = checked.date.clone().into();
        value["issue"] = checked.issue.as_ref().map_or(serde_json::Value::Null, |(issue, standing)| {
            serde_json::json!({ "slug": issue.slug, "state": issue.state, "due_at": issue.due_at, "file": standing })
        });
        return output.json(&value);
    }
    for problem in &checked.problems {
        show(&checked.file, problem, context)?;
    }
    let note = checked.issue.as_ref().and_then(|(_, standing)| standing.as_ref()?.note.clone());
    if let Some(note) = note {
        output.line(format!("{}: {}", checked.file.display(), output.toned(TextStyle::Warn, &note)))?;
    }
    if checked.problems.iter().any(Problem::is_error) {
        return Ok(());
    }
    let draft = if checked.draft { ", a draft" } else { "" };
    let hints = match checked.problems.len() as u64 {
        0 => String::new(),
        number => format!(", {}", count(number, "warning")),
    };
    let ok = output.toned(TextStyle::Good, "ok");
    let words = count(checked.words as u64, "word");
    output.line(format!("{}: {ok}, {words}{draft}{hints}", checked.file.display()))
}
