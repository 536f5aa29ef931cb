//! Readers from elsewhere. What a list may do to whom is `signup::import`'s to say; here files are named, questions are
//! asked and answered, and what is done is told.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use super::CommandSession;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::table::Table;
use crate::cli::text::{count, printable};
use crate::cli::{Exit, Failure};
use crate::domain::ImportId;
use crate::private;
use crate::signup::{
    self, AGREED_FROM, Answers, ColumnQuestion, DayOrder, Import as Order, ImportError, ImportFiles, ImportStep,
    Imported, Rejected,
};
use crate::store::imports;

/// Rejected rows that are named on the terminal; --rejected keeps them all.
const NAMED_MAX: u64 = 20;

#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto subscribers import readers.csv --dry-run
  coranto subscribers import export.zip --agreed \"our sign-up form at Mailchimp, since 2019\"
  coranto subscribers import list.csv --column 'Mailing OK?=consent:yes' --ignore Score",
    after_help = "Exports of other programs are recognised by their columns; docs/moving-in.md has a page for each.
A list never brings back a reader who left or is suppressed, and a bad row never stops the rest.
A column that may hold consent, and is not understood, stops the import until --column or --ignore
says what it is. Exits with 3 when it needs an answer, or when a row was rejected."
)]
pub(super) struct ImportArgs {
    /// CSV, TSV, text or JSON files, folders, zip archives; `-` is standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Where the readers agreed to get this newsletter, for the record of consents.
    #[arg(long, value_name = "WORDS", visible_alias = "source")]
    agreed: Option<String>,
    /// The meaning of a column: status, consent:VALUE, unsubscribed-if:VALUE, name, ignore ...
    #[arg(long, value_name = "NAME=MEANING")]
    column: Vec<String>,
    /// A column that has nothing to do with consent.
    #[arg(long, value_name = "NAME")]
    ignore: Vec<String>,
    /// The state of everybody in the files: unsubscribed, suppressed, unconfirmed ...
    #[arg(long, value_name = "STANDING")]
    standing: Option<String>,
    /// The program that wrote the files, where they do not show it: mailchimp, substack, listmonk ...
    #[arg(long, value_name = "PROGRAM")]
    from: Option<String>,
    /// Whether 01/02 is the first of February or the second of January.
    #[arg(long, value_name = "ORDER")]
    dates: Option<Dates>,
    /// A CSV file for every row that was not imported, with the reason.
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Say what would be done, and do nothing.
    #[arg(short = 'n', long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Dates {
    /// 01/02 is the first of February.
    DayFirst,
    /// 01/02 is the second of January.
    MonthFirst,
}

pub(super) async fn import(args: ImportArgs, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let paths = args.paths.clone();
    let answers = answers(&args)?;
    let looked = tokio::task::spawn_blocking(move || ImportFiles::look(&paths, answers)).await?;
    let mut list = looked.map_err(|error| refused(error, &args))?;
    while !list.questions().is_empty() {
        let questions = remembered(list.questions().to_vec(), session).await?;
        if !session.context.may_ask || output.is_json() {
            shown(&list, output)?;
            return unanswered(&questions, output);
        }
        let answers = asked(&questions, &list, session)?;
        list =
            tokio::task::spawn_blocking(move || list.again(answers)).await?.map_err(|error| refused(error, &args))?;
    }
    let list = Arc::new(list);
    if !output.is_json() {
        shown(&list, output)?;
    }
    let mut order = Order {
        newsletter: session.newsletter.id,
        agreed: args.agreed.clone().filter(|words| !words.trim().is_empty()),
        dry_run: true,
        actor: session.context.actor(),
        now: session.context.now(),
    };
    // What would be done is known before anything is: a person is asked with the number in sight.
    if args.dry_run || (session.context.may_ask && !session.context.yes) {
        let (would, _) = run(&list, &order, &args, session, args.dry_run).await?;
        if args.dry_run {
            return told(None, &would, &list, output);
        }
        if !agreed(&would, &mut order, session)? {
            return Err(Failure::new("nothing was imported").exit(Exit::NotAllowed).into());
        }
    }
    order.dry_run = false;
    let (done, id) = run(&list, &order, &args, session, true).await?;
    if order.agreed.is_none() && done.will_get_mail > 0 {
        output.warn("it is not said where these readers agreed; --agreed records it as evidence of their consent");
    }
    told(id, &done, &list, output)
}

/// What the arguments say of the files.
fn answers(args: &ImportArgs) -> anyhow::Result<Answers> {
    let mut answers = Answers::default();
    let said = |result: Result<(), String>, flag: &str| result.map_err(|why| Failure::usage(format!("{flag}: {why}")));
    for column in &args.column {
        said(answers.column(column), "--column")?;
    }
    args.ignore.iter().for_each(|name| answers.ignore(name));
    if let Some(word) = &args.standing {
        said(answers.everyone(word), "--standing")?;
    }
    if let Some(program) = &args.from {
        said(answers.from(program), "--from")?;
    }
    answers.days = args.dates.map(|dates| match dates {
        Dates::DayFirst => DayOrder::DayFirst,
        Dates::MonthFirst => DayOrder::MonthFirst,
    });
    Ok(answers)
}

/// The questions with what was said the last time.
async fn remembered(
    mut questions: Vec<ColumnQuestion>,
    session: &CommandSession<'_>,
) -> anyhow::Result<Vec<ColumnQuestion>> {
    let mut tx = session.db.read().await?;
    for question in &mut questions {
        question.before = imports::answer(&mut tx, session.newsletter.id, &question.key()).await?;
    }
    Ok(questions)
}

/// What stands in a column, for people.
fn values(question: &ColumnQuestion) -> String {
    let mut shown: Vec<String> = question
        .values
        .iter()
        .map(|value| format!("{} ({})", printable(&value.text), count(value.rows, "row")))
        .collect();
    if question.has_more {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// Flags that would answer a question.
fn flags(question: &ColumnQuestion) -> String {
    let name = &question.column;
    let value = question.values.first().map_or("VALUE", |value| value.text.as_str());
    let said = |meaning: &str| format!("--column {}", quoted(&format!("{name}={meaning}")));
    let before = question.before.as_ref().map(|before| format!("{} (as the last time), ", said(before)));
    format!(
        "{}{} or {} if that means so; --ignore {} if it has nothing to do with consent",
        before.unwrap_or_default(),
        said(&format!("consent:{value}")),
        said(&format!("unsubscribed-if:{value}")),
        quoted(name)
    )
}

/// A word for a shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=:./".contains(c);
    let text = printable(text);
    if text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// Says what must be said, where nobody can be asked.
fn unanswered(questions: &[ColumnQuestion], output: &Output) -> anyhow::Result<Exit> {
    if output.is_json() {
        output.json(&serde_json::json!({ "questions": questions }))?;
    }
    let mut hint = Vec::new();
    for question in questions {
        let ColumnQuestion { file, column, .. } = question;
        output.note(format!(
            "{}: the column {:?} holds {}, and nobody has said what it means.",
            printable(file),
            printable(column),
            values(question)
        ));
        hint.push(flags(question));
    }
    Err(Failure::new(ImportError::Questions(questions.len()).to_string() + "; nothing was imported")
        .exit(Exit::Problems)
        .hint(hint.join("\n        "))
        .into())
}

/// Asks a person what the columns mean.
fn asked(questions: &[ColumnQuestion], list: &ImportFiles, session: &CommandSession<'_>) -> anyhow::Result<Answers> {
    let mut answers = list.answers().clone();
    for question in questions {
        let output = &session.context.output;
        output.note(format!(
            "{}: the column {:?} holds {}. What does it mean?",
            printable(&question.file),
            printable(&question.column),
            values(question)
        ));
        output.note(
            "  consent:VALUE  they agreed, if VALUE (others did not)    unsubscribed-if:VALUE   suppressed-if:VALUE\n  \
             status         the status, a word in each row          ignore                  nothing to do with consent",
        );
        let asked = session.context.ask("Meaning", question.before.as_deref(), |typed| {
            let mut tried = answers.clone();
            tried.says(&question.column, typed).map(|()| tried).map_err(|why| (why, None))
        });
        answers = asked?;
    }
    Ok(answers)
}

/// Asks a person whether it is to be done, and where the readers agreed.
fn agreed(would: &Imported, order: &mut Order, session: &CommandSession<'_>) -> anyhow::Result<bool> {
    totals(would, true, &session.context.output)?;
    if would.will_get_mail > 0 && order.agreed.is_none() {
        let words =
            session.context.ask("Where did these people agree to get this newsletter?", None, |typed| match typed {
                "" => Err(("it is the evidence of their consent".to_owned(), None)),
                words => Ok(words.to_owned()),
            })?;
        order.agreed = Some(words);
    }
    let readers = count(would.will_get_mail, "reader");
    session.context.confirm(&format!("Import the list? {readers} will begin to get email."))
}

/// Where rows that were not taken are told.
struct Report<'a> {
    output: &'a Output,
    file: Option<csv::Writer<File>>,
    is_told: bool,
    several: bool,
    named: u64,
    dropped: u64,
    progress: Progress,
    /// The first thing that went wrong with telling; the import goes on without.
    broken: Option<anyhow::Error>,
}

impl Report<'_> {
    fn hear(&mut self, step: ImportStep) {
        match step {
            ImportStep::Progress { rows } => self.progress.set(rows),
            ImportStep::Rejected(_) | ImportStep::Dropped(_) if !self.is_told => {}
            ImportStep::Rejected(row) => {
                if let Err(error) = self.reject(&row) {
                    self.broken.get_or_insert(error);
                }
            }
            ImportStep::Dropped(row) => {
                self.dropped += 1;
                if self.dropped <= NAMED_MAX && !self.output.is_json() {
                    self.note(&row);
                }
            }
        }
    }

    fn reject(&mut self, row: &Rejected) -> anyhow::Result<()> {
        let reason = row.reason.to_string();
        if let Some(file) = &mut self.file {
            file.write_record([&row.file, row.line.to_string().as_str(), &row.email, &reason])?;
        }
        if self.output.is_json() {
            let row = serde_json::json!({
                "file": &*row.file, "line": row.line, "email": row.email, "reason": reason, "kept_out": row.is_kept_out,
            });
            return self.output.json(&serde_json::json!({ "rejected": row }));
        }
        self.named += 1;
        if self.named <= NAMED_MAX {
            self.note(row);
        }
        Ok(())
    }

    fn note(&self, row: &Rejected) {
        let file = if self.several { format!("{}, ", printable(&row.file)) } else { String::new() };
        let said =
            format!("{file}line {}: {}: {}", row.line, printable(&row.email), printable(&row.reason.to_string()));
        self.progress.above(|| self.output.note(said));
    }
}

/// Runs an import, dry or not, and tells of rows that are not taken.
async fn run(
    list: &Arc<ImportFiles>,
    order: &Order,
    args: &ImportArgs,
    session: &CommandSession<'_>,
    is_told: bool,
) -> anyhow::Result<(Imported, Option<ImportId>)> {
    let output = &session.context.output;
    let file = match &args.rejected {
        Some(path) if is_told => {
            let mut file = csv::Writer::from_writer(private::create(path).with_context(|| path.display().to_string())?);
            file.write_record(["file", "line", "email", "reason"])?;
            Some(file)
        }
        _ => None,
    };
    let what = if order.dry_run { "Looking (rows)" } else { "Importing (rows)" };
    let progress = output.progress(what, Some(list.rows()));
    let several = list.understood().len() > 1;
    let mut report = Report { output, file, is_told, several, named: 0, dropped: 0, progress, broken: None };
    let done = tokio::select! {
        done = signup::import(session.db, &session.config.keys, list, order, |step| report.hear(step)) => done,
        pressed = tokio::signal::ctrl_c() => {
            pressed?;
            return Err(Failure::new("stopped; the rows read so far are in, and the same command resumes")
                .exit(Exit::Interrupted)
                .into());
        }
    };
    let Report { file, named, dropped, progress, broken, .. } = report;
    drop(progress);
    if named > NAMED_MAX && args.rejected.is_none() {
        output.note(format!("and {} more; --rejected FILE keeps them all", count(named - NAMED_MAX, "row")));
    }
    if dropped > NAMED_MAX {
        output
            .note(format!("and {} more that could not be read and are not needed", count(dropped - NAMED_MAX, "cell")));
    }
    if let Some(mut file) = file {
        file.flush()?;
    }
    if let Some(broken) = broken {
        return Err(broken.context("the rows that were not taken could not be told"));
    }
    let (id, done) = done.map_err(|error| refused(error, args))?;
    Ok((done, id))
}

fn refused(error: ImportError, args: &ImportArgs) -> anyhow::Error {
    let exit = match &error {
        // What came before is in and stays so.
        ImportError::Store(_) => Exit::PartWay,
        ImportError::Questions(_) | ImportError::NotAgreed { .. } => Exit::Problems,
        ImportError::NoSuchColumn { .. } => Exit::Usage,
        ImportError::Elsewhere => Exit::NotAllowed,
        _ => Exit::Failed,
    };
    let innermost = match &error {
        ImportError::OfFile { error, .. } => error,
        error => error,
    };
    let hint = match innermost {
        ImportError::Store(_) => "the rows read so far are in; the same command resumes",
        ImportError::NotAgreed { .. } if args.agreed.is_none() => {
            "say it with --agreed \"our form at example.org, since 2019\"; nothing was imported"
        }
        ImportError::TwoEmailColumns { .. } => "leave one out with --ignore NAME",
        ImportError::NoEmailColumn { .. } => "name it with --column NAME=email, or call it email in the first line",
        ImportError::Empty | ImportError::Header(_) => "the first line names the columns, one of them `email`",
        ImportError::Elsewhere => "wait for it, then repeat this one",
        _ => "",
    };
    let failure = Failure::new(error.to_string()).exit(exit);
    if hint.is_empty() { failure.into() } else { failure.hint(hint).into() }
}

/// What the files were taken for.
fn shown(list: &ImportFiles, output: &Output) -> anyhow::Result<()> {
    if output.is_json() {
        return output.json(&serde_json::json!({ "files": list.understood(), "not_read": list.others() }));
    }
    for file in list.understood() {
        let from = file.from.map(|from| format!(", as {from} exports it")).unwrap_or_default();
        let everyone = file.everyone.map(|everyone| format!("; everybody in it is {everyone}")).unwrap_or_default();
        output.line(format!("{}: {}{from}{everyone}", printable(&file.file), count(file.rows, "row")))?;
        let mut table = Table::new(&["COLUMN", "TAKEN FOR"]);
        file.columns.into_iter().for_each(|column| table.row([column.column, column.taken_for]));
        output.table(&table)?;
        output.line("")?;
    }
    if !list.others().is_empty() {
        let names: Vec<_> = list.others().iter().take(5).map(|name| printable(name)).collect();
        let more = if list.others().len() > names.len() { ", …" } else { "" };
        output.note(format!("Not read: {}{more}", names.join(", ")));
    }
    list.missing().into_iter().for_each(|missing| output.note(missing));
    Ok(())
}

/// The figures: who gets mail comes first.
fn totals(done: &Imported, is_dry: bool, output: &Output) -> anyhow::Result<()> {
    let would = if is_dry { "would be" } else { "were" };
    output.line(format!(
        "{} of {} begin to get email; {would}:",
        count(done.will_get_mail, ""),
        count(done.rows, "row")
    ))?;
    let mut table = Table::new(&["WHAT", ">ROWS"]);
    for (number, what) in [
        (done.will_get_mail, "will get email"),
        (done.unsubscribed, "unsubscribed"),
        (done.suppressed, "suppressed"),
        (done.unconfirmed, "unconfirmed"),
        (done.paused, "paused"),
        (done.kept_out, "kept out (left here, suppressed, or never agreed)"),
        (done.unchanged, "unchanged"),
        (done.doubled, "named again"),
        (done.rejected, "rejected"),
    ] {
        if number > 0 || what == "will get email" {
            table.row([what.to_owned(), count(number, "")]);
        }
    }
    output.table(&table)
}

/// Tells what was done, or would be.
fn told(id: Option<ImportId>, done: &Imported, list: &ImportFiles, output: &Output) -> anyhow::Result<Exit> {
    if output.is_json() {
        let mut value = serde_json::to_value(done)?;
        value["dry_run"] = id.is_none().into();
        value["id"] = id.map(|id| id.0).into();
        value["files"] = serde_json::to_value(list.understood())?;
        value["not_read"] = serde_json::to_value(list.others())?;
        output.json(&serde_json::json!({ "imported": value }))?;
    } else {
        totals(done, id.is_none(), output)?;
    }
    if done.windows_1252 > 0 {
        output.warn(format!("{} read as Windows-1252, because they are not UTF-8", count(done.windows_1252, "row")));
    }
    match id {
        Some(id) => output.note(format!(
            "This is import {0}; `coranto subscribers imports undo {0}` takes it back within 30 days.",
            id.0
        )),
        None => {
            if done.will_get_mail > AGREED_FROM {
                output.note("To import it, say where these people agreed: --agreed \"…\".");
            }
            output.note("Nothing was imported.");
        }
    }
    Ok(if done.rejected > 0 { Exit::Problems } else { Exit::Ok })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_are_quoted_for_a_shell() {
        assert_eq!(quoted("Status=ignore"), "Status=ignore");
        assert_eq!(quoted("Mailing OK?=consent:yes"), "'Mailing OK?=consent:yes'");
        assert_eq!(quoted("d'accord=ignore"), "'d'\\''accord=ignore'");
    }
}
