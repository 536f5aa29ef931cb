//! `coranto issues correct`: new text on the page of an issue that went out, and for readers who have not got it yet.

use std::path::PathBuf;

use super::session::CommandSession;
use crate::cli::issue_files::{IssueFiles, refuse};
use crate::cli::state_hint::instead;
use crate::cli::text::count;
use crate::cli::{Exit, Failure};
use crate::domain::issue::IssueState;
use crate::domain::newsletter::Newsletter;
use crate::publishing::folder::refuse_missing;
use crate::publishing::{CorrectError, IssueFolder};
use crate::store::{issues, ledger};

#[derive(Debug, clap::Args)]
pub(super) struct Correct {
    /// The corrected file of the issue. Its page shows what `correction:` in the front matter says.
    file: PathBuf,
}

pub(super) async fn run(args: Correct, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let newsletter = whose(&args, session).await?;
    let shelf = IssueFiles::new(session.config, session.context)?;
    let publisher = shelf.publisher(session.db, newsletter);
    let done = match IssueFolder::of(newsletter).read(&args.file) {
        Ok(source) => publisher.correct(&source).await.map(|changed| (source.slug, changed)),
        Err(error) => Err(error.into()),
    };
    let output = &session.context.output;
    match done {
        Ok((slug, changed)) if output.is_json() => {
            output.json(&serde_json::json!({ "slug": slug, "did": "correct", "changed": changed }))?;
            Ok(Exit::Ok)
        }
        Ok((slug, true)) => {
            let mut tx = session.db.read().await?;
            let waiting = match issues::find(&mut tx, newsletter.id, &slug).await? {
                Some(issue) => ledger::totals(&mut tx, issue.id).await?.open(),
                None => 0,
            };
            let rest = match waiting {
                0 => String::new(),
                number => format!(" {} still to get it will get the new text.", count(number.unsigned_abs(), "reader")),
            };
            output.line(format!("{slug} is corrected on its page and in the feeds.{rest} Nobody gets it twice."))?;
            Ok(Exit::Ok)
        }
        Ok((slug, false)) => {
            output.line(format!("{slug} has this text on its page already; nothing was changed."))?;
            Ok(Exit::Ok)
        }
        Err(CorrectError::Source(error)) => refuse(&args.file, error, "Nothing was corrected.", session.context),
        Err(error @ CorrectError::NotSent { .. }) => Err(Failure::new(error.to_string())
            .exit(Exit::NotAllowed)
            .hint(format!("`coranto queue {}` gives it the new text", args.file.display()))
            .into()),
        Err(CorrectError::Stopped(slug)) => Err(Failure::new(CorrectError::Stopped(slug.clone()).to_string())
            .exit(Exit::NotAllowed)
            .hint(instead(IssueState::Stopped, &slug, "FILE"))
            .into()),
        Err(other) => Err(other.into()),
    }
}

/// Whose issue the file is: the database knows it, since it went out.
async fn whose<'a>(args: &Correct, session: &CommandSession<'a>) -> anyhow::Result<&'a Newsletter> {
    let named = args.file.to_string_lossy();
    match session.find(&mut session.db.read().await?, &named).await {
        Ok((newsletter, _)) => Ok(newsletter),
        // It says what is wrong with the file first, if something is.
        Err(unknown) => {
            refuse_missing(&args.file)?;
            Err(unknown)
        }
    }
}
