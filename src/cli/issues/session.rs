//! What every sub-command needs: the database, and the issue that was named.

use crate::cli::{Context, newsletter_choice};
use crate::config::Config;
use crate::domain::actor::{Actor, By};
use crate::domain::newsletter::Newsletter;
use crate::store::issues::Issue;
use crate::store::{Db, Tx};

#[derive(Debug, clap::Args)]
pub(super) struct NamedIssue {
    /// The issue's slug, or its file.
    #[arg(value_name = "SLUG")]
    pub(super) slug: String,
}

/// What every sub-command needs.
pub(super) struct CommandSession<'a> {
    pub(super) context: &'a Context,
    pub(super) actor: Actor,
    pub(super) db: &'a Db,
    pub(super) config: &'a Config,
    /// The newsletter that was named.
    pub(super) named: Option<&'a str>,
}

impl<'a> CommandSession<'a> {
    /// The issue that was named, and whose it is.
    pub(super) async fn find(&self, tx: &mut Tx, typed: &str) -> anyhow::Result<(&'a Newsletter, Issue)> {
        newsletter_choice::of_slug(tx, self.config, self.named, typed).await
    }

    /// The issue that was named.
    pub(super) async fn issue(&self, typed: &str) -> anyhow::Result<Issue> {
        Ok(self.find(&mut self.db.read().await?, typed).await?.1)
    }

    /// Who does something to it, and when.
    pub(super) fn by(&self) -> By<'_> {
        self.actor.at(self.context.now())
    }
}
