//! Before many readers get an issue, the sender is looked at once more: what receivers refuse is refused to all of them.

use std::net::SocketAddr;

use super::doctor::only;
use super::{Context, Exit, Failure};
use crate::config::Config;
use crate::doctor::{Finding, FindingHealth, local, names};
use crate::domain::newsletter::Newsletter;

/// Says what is wrong with the sender of `newsletter`, and asks whether its issue is queued all the same. Name servers that
/// do not answer are no reason to refuse.
pub(super) async fn agreed(
    config: &Config,
    newsletter: &Newsletter,
    resolver: Option<SocketAddr>,
    context: &Context,
) -> anyhow::Result<bool> {
    let config = only(config.clone(), Some(&newsletter.slug))?;
    let mut all = local::signatures(&config);
    all.extend(names::senders(&config, resolver).await);
    let output = &context.output;
    let tell = |finding: &Finding| {
        output.warn(format!("{}: {}", finding.check, finding.text));
        if let Some(hint) = &finding.hint {
            output.note(format!("  hint: {hint}"));
        }
    };
    all.iter().filter(|one| one.health == FindingHealth::Unknown).for_each(tell);
    let is_bad = |one: &&Finding| one.health == FindingHealth::Fail && one.check.name.is_of_sender();
    let bad: Vec<&Finding> = all.iter().filter(is_bad).collect();
    if bad.is_empty() {
        return Ok(true);
    }
    bad.iter().for_each(|one| tell(one));
    let question = "Receivers refuse or junk such email. Queue the issue all the same?";
    context.confirm(question).map_err(|_| {
        Failure::new("nothing was queued: receivers refuse or junk email of this sender")
            .exit(Exit::NotAllowed)
            .hint("`coranto doctor --only dns` says what to set; add --yes to queue it all the same")
            .into()
    })
}
