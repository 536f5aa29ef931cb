//! Release and discard. What may be answered is `inbound`'s to say.

use super::CommandSession;
use crate::cli::text::count;
use crate::cli::{Exit, Failure};
use crate::domain::NoticeId;
use crate::inbound::{self, Answer, AnswerError, Wanted};
use crate::store::notices;

#[derive(Debug, clap::Args)]
pub(super) struct Named {
    /// An issue's slug, or the number of one notice.
    #[arg(value_name = "ISSUE|ID")]
    named: String,
}

impl CommandSession<'_> {
    async fn wanted(&self, named: &str) -> anyhow::Result<Wanted> {
        let mut tx = self.db.read().await?;
        // A slug may be a number too; the notice goes first where there is one.
        if let Ok(id) = named.parse().map(NoticeId)
            && notices::get(&mut tx, id).await?.is_some()
        {
            return Ok(Wanted::One(id));
        }
        self.issue(&mut tx, named).await.map(Wanted::Issue)
    }

    fn done(&self, did: &str, answer: Answer, words: &str) -> anyhow::Result<Exit> {
        let output = &self.context.output;
        match output.is_json() {
            true => output.json(&serde_json::json!({
                "did": did, "notices": answer.notices, "suppressed": answer.suppressed,
            }))?,
            false => output.line(words)?,
        }
        Ok(Exit::Ok)
    }
}

fn refused(error: AnswerError) -> anyhow::Error {
    match error {
        AnswerError::Settled { .. } => Failure::new(error.to_string())
            .exit(Exit::NotAllowed)
            .hint("`coranto subscribers unsuppress ADDRESS` takes a suppressed address off the list")
            .into(),
        other => other.into(),
    }
}

pub(super) async fn release(args: Named, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let wanted = session.wanted(&args.named).await?;
    let (actor, now) = (session.context.actor(), session.context.now());
    let answer = inbound::release(session.db, wanted, &session.config.inbound.policy.strikes, actor.at(now))
        .await
        .map_err(refused)?;
    let words = match answer.notices {
        0 => "Nothing of it is held.".to_owned(),
        notices => format!(
            "{} released; {} left out of later issues.",
            count(notices, "notice"),
            if answer.suppressed == 1 {
                "1 reader is".to_owned()
            } else {
                format!("{} readers are", answer.suppressed)
            },
        ),
    };
    session.done("released", answer, &words)
}

pub(super) async fn discard(args: Named, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let wanted = session.wanted(&args.named).await?;
    let (actor, now) = (session.context.actor(), session.context.now());
    let answer = inbound::discard(session.db, wanted, actor.at(now)).await.map_err(refused)?;
    let words = match answer.notices {
        0 => "Nothing of it is held or waits.".to_owned(),
        notices => format!("{} discarded; nothing follows for the readers.", count(notices, "notice")),
    };
    session.done("discarded", answer, &words)
}
