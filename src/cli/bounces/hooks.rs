//! Hooks: the URL of each, what to set at its provider, and what came.

use serde_json::json;

use super::CommandSession;
use crate::cli::Exit;
use crate::cli::when::{local, shared_zone};
use crate::domain::hook::{Hook, MailService};
use crate::inbound::hooks::path;
use crate::store::hooks::{self, HookRow};
use crate::wiring;

/// What is to be done at the provider with the URL.
fn at_the_provider(provider: MailService) -> &'static str {
    match provider {
        MailService::Ses => {
            "subscribe it to the topic with the protocol HTTPS, raw delivery off; publish Bounce, Complaint, Delivery, \
             DeliveryDelay, Reject and Subscription of the configuration set to the topic"
        }
        MailService::SendGrid => {
            "Mail Settings, Event Webhook: all delivery and engagement events but opens and clicks; signed"
        }
        MailService::Mailgun => {
            "Send, Webhooks: Permanent Failure, Temporary Failure, Delivered Messages, Spam Complaints, Unsubscribes"
        }
        MailService::Postmark => "the message stream, Webhooks: Bounce, Spam Complaint, Delivery, Subscription Change",
        MailService::Resend => "Webhooks: every `email.` event but opened and clicked",
        MailService::Brevo => "Transactional, Settings, Webhook: every event but opens and clicks",
        MailService::SparkPost => {
            "Configuration, Webhooks: Bounce, Delivery, Delay, Out of Band, Spam Complaint, unsubscribes"
        }
        MailService::Mailjet => "Event notifications: sent, bounce, blocked, spam, unsub; events may be grouped",
        MailService::Postal => "the mail server, Webhooks: every event but clicks and opens",
        MailService::Generic => "your own program; docs/reference/hooks.md has the format",
    }
}

/// The URL; where a login is set, with places for it, since the password prints nowhere.
fn url(session: &CommandSession<'_>, hook: &Hook) -> String {
    let base = wiring::public_url(session.config);
    let path = path(&hook.name, &session.config.keys.hook_seal(&hook.name));
    match (&hook.login, base.split_once("://")) {
        (Some(_), Some((scheme, rest))) => format!("{scheme}://USERNAME:PASSWORD@{rest}{path}"),
        _ => format!("{base}{path}"),
    }
}

pub(super) async fn hooks(session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let rows = hooks::all(&mut session.db.read().await?).await?;
    let zone = shared_zone(session.config);
    for hook in &session.config.inbound.hooks {
        let row = rows.iter().find(|row| row.name == hook.name);
        let url = url(session, hook);
        if output.is_json() {
            output.json(&json!({
                "name": hook.name,
                "provider": hook.provider,
                "url": url,
                "verified": hook.is_verified(),
                "heard_at": row.and_then(|row| row.heard_at),
                "forged": row.map_or(0, |row| row.forged),
                "forged_at": row.and_then(|row| row.forged_at),
            }))?;
            continue;
        }
        output.line(format!("{} ({})", hook.name, hook.provider))?;
        output.line(format!("  URL        {url}"))?;
        output.line(format!("  set        {}", at_the_provider(hook.provider)))?;
        let heard = row.and_then(|row| row.heard_at).map_or_else(|| "never".to_owned(), |at| local(at, &zone));
        output.line(format!("  last heard {heard}"))?;
        if let Some(HookRow { forged: forged @ 1.., forged_at: Some(at), .. }) = row {
            output.line(format!("  forged     {forged}, the last {}", local(*at, &zone)))?;
        }
        if !hook.is_verified() {
            output.line(
                "  note       its URL alone shows who calls it; set `username` and `password_file` as well".to_owned(),
            )?;
        }
    }
    if session.config.inbound.hooks.is_empty() {
        output.note("There is no hook. Add [[inbound.hooks]]: docs/bounces.md, \"Webhooks\".");
    }
    Ok(Exit::Ok)
}
