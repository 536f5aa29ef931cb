//! What an operator does to single readers. The rules are `signup`'s; here they are put into words.

use super::{CommandSession, address};
use crate::cli::when::when;
use crate::cli::{Exit, Failure};
use crate::domain::address::EmailAddress;
use crate::domain::name::parse_name;
use crate::domain::subscriber::EndedBy;
use crate::domain::suppression::SuppressionReason;
use crate::signup::{self, Added, NewReader, UnsubscribeOutcome};

#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// The reader's address.
    #[arg(value_parser = address)]
    address: EmailAddress,
    /// The reader's name.
    #[arg(long)]
    name: Option<String>,
    /// The reader's language, such as `en`.
    #[arg(long)]
    language: Option<String>,
    /// How the reader agreed, for the record: "paper form at the fair".
    #[arg(long, default_value = "operator")]
    source: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct Remove {
    /// The reader's address.
    #[arg(value_parser = address)]
    address: EmailAddress,
}

#[derive(Debug, clap::Args)]
pub(super) struct Suppress {
    /// The address; it need not be a reader's.
    #[arg(value_parser = address)]
    address: EmailAddress,
    /// The reason: manual, bounce or complaint.
    #[arg(long, default_value = "manual", value_parser = reason)]
    reason: SuppressionReason,
    /// A note for the record.
    #[arg(long, default_value = "")]
    note: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct Unsuppress {
    /// The address to suppress or to take back.
    #[arg(value_parser = address)]
    address: EmailAddress,
}

fn reason(text: &str) -> Result<SuppressionReason, String> {
    match text.parse() {
        Ok(reason) if reason != SuppressionReason::Erased => Ok(reason),
        _ => Err("it is one of manual, bounce, complaint".to_owned()),
    }
}

/// Says what was done, in words or as an object.
fn done(session: &CommandSession<'_>, address: &EmailAddress, result: &str, words: &str) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    if output.is_json() {
        output.json(&serde_json::json!({ "email": address.as_str(), "result": result }))?;
    } else {
        output.line(words)?;
    }
    Ok(Exit::Ok)
}

pub(super) async fn add(args: Add, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let name = match args.name.as_deref() {
        Some(typed) => match parse_name(typed) {
            Ok(Some(name)) => Some(name),
            Ok(None) => return Err(Failure::usage(format!("{typed:?} is not a name")).into()),
            Err(error) => return Err(Failure::usage(format!("{typed:?} is not a name: {error}")).into()),
        },
        None => None,
    };
    let new = NewReader { email: args.address, name, language: args.language };
    let added =
        signup::add(session.db, &session.config.keys, session.newsletter.id, &new, &session.act(&args.source)).await?;
    let (email, slug) = (&new.email, &session.newsletter.slug);
    match added {
        Added::Active(_) => done(session, email, "added", &format!("{email} reads {slug} from now on.")),
        Added::Back(_, by) => {
            let end = match by {
                EndedBy::Operator => "an operator had removed them",
                EndedBy::Import => "a list had ended it",
                _ => "email to them had come back",
            };
            done(session, email, "restored", &format!("{email} reads {slug} again: {end}, and that is taken back."))
        }
        Added::Known(state) => done(
            session,
            email,
            "known",
            &format!("{email} was a reader of {slug} already and is {state}. Nothing was changed."),
        ),
        Added::Left(at) => {
            let day = at.map(|at| format!(" on {}", when(at, session.newsletter))).unwrap_or_default();
            Err(Failure::new(format!("{email} left{day}"))
                .exit(Exit::NotAllowed)
                .hint("only the reader can come back, through the sign-up page")
                .into())
        }
        Added::Refused => {
            Err(Failure::new(format!("{email} said \"not me\" to an email that somebody else asked for"))
                .exit(Exit::NotAllowed)
                .hint("only the reader can undo that, by the link in that email")
                .into())
        }
        Added::Suppressed(reason) => Err(Failure::new(format!("{email} is on the suppression list ({reason})"))
            .exit(Exit::NotAllowed)
            .hint("`coranto subscribers unsuppress ADDRESS` takes an address off that list")
            .into()),
    }
}

pub(super) async fn remove(args: Remove, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let (email, slug) = (&args.address, &session.newsletter.slug);
    match signup::remove(session.db, session.newsletter.id, email, &session.act("operator")).await? {
        Some(UnsubscribeOutcome::Left(_)) => {
            session
                .context
                .output
                .note("`coranto subscribers add` undoes this. It would not undo an unsubscription by the reader.");
            done(session, email, "removed", &format!("{email} is no longer a reader of {slug}."))
        }
        Some(UnsubscribeOutcome::Already(_)) => {
            done(session, email, "unchanged", &format!("{email} had left {slug} before."))
        }
        Some(UnsubscribeOutcome::Unknown) | None => {
            Err(Failure::new(format!("{email} is not a reader of {slug}")).into())
        }
    }
}

pub(super) async fn suppress(args: Suppress, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let email = &args.address;
    let act = session.act("operator");
    match signup::suppress(session.db, &session.config.keys, email, args.reason, &args.note, &act).await? {
        true => done(session, email, "suppressed", &format!("{email} gets no more email from here.")),
        false => done(session, email, "unchanged", &format!("{email} was on the suppression list already.")),
    }
}

pub(super) async fn unsuppress(args: Unsuppress, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let email = &args.address;
    let question = format!(
        "Take {email} off the suppression list? Email to an address that refuses it harms delivery to all others."
    );
    if !session.context.confirm(&question)? {
        return Err(Failure::new("nothing was changed").into());
    }
    match signup::unsuppress(session.db, &session.config.keys, email, &session.act("operator")).await? {
        true => done(session, email, "unsuppressed", &format!("{email} may get email again.")),
        false => done(session, email, "unchanged", &format!("{email} was not on the suppression list.")),
    }
}
