//! Whether a report finds its way in. Opens no database: what is asked is asked from outside, as whoever brings one would.

use std::net::SocketAddr;

use crate::cli::doctor::only;
use crate::cli::findings::FindingReport;
use crate::cli::{Context, Exit};
use crate::doctor::{bounces, hooks, mailboxes, relays};

/// Where mail servers bring email (RFC 5321 4.5.4.2).
const MX_PORT: u16 = 25;

#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// The name server to ask, instead of the system's.
    #[arg(long, value_name = "ADDRESS:PORT")]
    resolver: Option<SocketAddr>,
}

pub(super) fn run(args: &Check, newsletter: Option<&str>, context: &Context) -> anyhow::Result<Exit> {
    let config = only(context.config()?, newsletter)?;
    let mut report = FindingReport::new(context);
    context.block_on(async {
        report.say_all(bounces::doors(&config).await)?;
        report.say_all(bounces::mail_servers(&config, args.resolver, MX_PORT).await)?;
        report.say_all(mailboxes::look(&config).await)?;
        report.say_all(hooks::look(&config))?;
        report.say_all(hooks::reach(&config).await)?;
        report.say_all(relays::look(&config, context.now()).await)
    })?;
    report.end()
}
