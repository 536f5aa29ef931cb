//! `coranto issues correct`: new text on the page of an issue that went out.

use std::path::PathBuf;

use super::Desk;
use crate::cli::shelf::{Shelf, show};
use crate::cli::{Exit, Failure};
use crate::publishing::queue::Act;
use crate::publishing::{CorrectError, correct};

#[derive(Debug, clap::Args)]
pub(super) struct Correct {
    /// The file, mended. `correction:` in its front matter says on the page what was wrong.
    file: PathBuf,
}

pub(super) async fn run(args: Correct, desk: &Desk<'_>) -> anyhow::Result<Exit> {
    let config = desk.context.config()?;
    let shelf = Shelf::new(&config)?;
    let library = shelf.library(desk.newsletter);
    let act = Act { actor: &desk.context.actor(), now: desk.context.now(), dry_run: false, again: true };
    let draft = library.read(&args.file).map_err(CorrectError::from);
    let done = match draft {
        Ok(draft) => correct(desk.db, &library, desk.id, &draft, &act).await.map(|changed| (draft.slug, changed)),
        Err(error) => Err(error),
    };
    let output = &desk.context.output;
    match done {
        Ok((slug, changed)) if output.is_json() => {
            output.json(&serde_json::json!({ "slug": slug, "did": "correct", "changed": changed }))?;
            Ok(Exit::Ok)
        }
        Ok((slug, true)) => {
            output.line(format!("{slug} is corrected on its page and in the feeds. No mail is sent again."))?;
            Ok(Exit::Ok)
        }
        Ok((slug, false)) => {
            output.line(format!("{slug} has this text on its page already; nothing was changed."))?;
            Ok(Exit::Ok)
        }
        Err(CorrectError::Library(error)) if !error.problems().is_empty() => {
            for problem in error.problems() {
                show(&args.file, problem, desk.context)?;
            }
            Ok(Exit::Problems)
        }
        Err(error @ CorrectError::NotSent { .. }) => Err(Failure::new(error.to_string()).exit(Exit::NotAllowed).into()),
        Err(other) => Err(other.into()),
    }
}
