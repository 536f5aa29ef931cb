//! How a server's reply, or a mail that came back, is read, and by which rule. Opens no database, and needs no
//! configuration; where there is one, its rules go first.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::output::Output;
use crate::cli::text::printable;
use crate::cli::{Context, Exit, Failure};
use crate::domain::cause::{Cause, Class, Classification, OperatorRules, Party, judge};
use crate::domain::notice::NoticeEvidence;
use crate::domain::provider::destination;
use crate::domain::reply::{Reply, Stage};
use crate::inbound::archive::{self, Kept};
use crate::inbound::read::{Reading, ReportedRecipient, read};

#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// The server's reply, its codes first.
    #[arg(long, value_name = "TEXT", conflicts_with = "paths")]
    reply: Option<String>,
    /// The stage of the reply: session, mail, rcpt, data, dot or unknown. Without it, the reply's words decide.
    #[arg(long, value_parser = stage, requires = "reply")]
    stage: Option<Stage>,
    /// The provider or domain that the reply came from, for rules of your own that name one.
    #[arg(long, value_name = "DOMAIN", requires = "reply")]
    destination: Option<String>,
    /// Emails that came back: files, a folder, a Maildir, an mbox, or `-` for standard input.
    #[arg(value_name = "PATH", required_unless_present = "reply")]
    paths: Vec<PathBuf>,
}

fn stage(text: &str) -> Result<Stage, String> {
    text.parse().map_err(|_| {
        let known: Vec<_> = Stage::ALL.iter().map(|stage| stage.as_str()).collect();
        format!("it is one of {}", known.join(", "))
    })
}

pub(super) fn run(args: &Explain, context: &Context) -> anyhow::Result<Exit> {
    let rules = rules(context);
    match &args.reply {
        Some(text) => one_reply(text, args, &rules, context),
        None => mails(&args.paths, &rules, &context.output),
    }
}

/// The rules of the configuration, where there is one.
fn rules(context: &Context) -> OperatorRules {
    if !context.config_file.exists() {
        return OperatorRules::default();
    }
    match context.config() {
        Ok(config) => config.inbound.rules,
        Err(_) => {
            let file = context.config_file.display();
            context
                .output
                .warn(format!("{file} has mistakes: its rules are not used; `coranto config check` names them"));
            OperatorRules::default()
        }
    }
}

fn mails(paths: &[PathBuf], rules: &OperatorRules, output: &Output) -> anyhow::Result<Exit> {
    for path in paths {
        let mut explain = |kept: Kept<'_>| {
            let reading = read(kept.bytes).by(rules);
            match output.is_json() {
                true => output.json(&mail_as_json(&kept, &reading)),
                false => mail_in_words(output, &kept, &reading),
            }
        };
        archive::each(path, &mut explain)
            .map_err(|error| error.context(format!("{} cannot be read", path.display())))?;
    }
    Ok(Exit::Ok)
}

fn mail_as_json(kept: &Kept<'_>, reading: &Reading) -> serde_json::Value {
    let recipients: Vec<_> = reading.recipients.iter().map(recipient_as_json).collect();
    let traces: Vec<_> = reading.traces.iter().map(|trace| trace.place.as_str()).collect();
    json!({
        "path": kept.path.display().to_string(),
        "mail": kept.number,
        "kind": reading.kind,
        "recipients": recipients,
        "traces": traces,
    })
}

fn recipient_as_json(recipient: &ReportedRecipient) -> serde_json::Value {
    let reply = recipient.reply();
    let said = recipient.said();
    let status = reply.as_ref().and_then(|reply| reply.enhanced).or_else(|| said?.status);
    let judgement = recipient.judgement();
    json!({
        "address": recipient.address,
        "stage": said.map(|said| said.stage),
        "code": reply.as_ref().map(|reply| reply.code),
        "status": status.map(|(class, subject, detail)| format!("{class}.{subject}.{detail}")),
        "cause": judgement.map(|judgement| judgement.cause),
        "class": judgement.map(|judgement| judgement.cause.class()),
        "certainty": judgement.map(|judgement| judgement.certainty),
        "party": judgement.map(|judgement| judgement.party),
        "rule": judgement.map(|judgement| judgement.rule),
        "evidence": recipient.evidence(),
        "said": said.and_then(|said| said.quoted.as_deref()),
    })
}

fn mail_in_words(output: &Output, kept: &Kept<'_>, reading: &Reading) -> anyhow::Result<()> {
    let row = |name: &str, value: &str| output.line(format!("{name:<9} {}", printable(value)));
    row(
        "mail",
        &match kept.number {
            1 => kept.path.display().to_string(),
            number => format!("{}, number {number}", kept.path.display()),
        },
    )?;
    row("kind", reading.kind.as_str())?;
    for recipient in &reading.recipients {
        row("recipient", recipient.address.as_deref().unwrap_or("not named"))?;
        if let (Some(said), Some(judged)) = (recipient.said(), recipient.judgement()) {
            if let Some(reply) = &said.quoted {
                row("said", reply)?;
            }
            words(output, said.stage, &judged)?;
        }
    }
    output.line("")
}

fn one_reply(text: &str, args: &Explain, rules: &OperatorRules, context: &Context) -> anyhow::Result<Exit> {
    let reply = text.parse::<Reply>().map_err(|error| Failure::usage(format!("--reply: {error}")))?;
    let stage = args.stage.unwrap_or_else(|| Stage::named_in(text));
    let to = args.destination.as_deref().unwrap_or_default().to_lowercase();
    let by_rule = || rules.judge(stage, &reply, destination(&to));
    let judged = (!reply.accepts(stage)).then(|| by_rule().unwrap_or_else(|| judge(stage, &reply)));
    let output = &context.output;
    if output.is_json() {
        output.json(&as_json(stage, &reply, judged.as_ref()))?;
        return Ok(Exit::Ok);
    }
    match judged {
        Some(judged) => {
            words(output, stage, &judged)?;
            output.line(format!("{:<9} {}", "follows", follows(&judged)))?;
        }
        None => output.line("The server took it. Nothing follows.")?,
    }
    Ok(Exit::Ok)
}

/// One line a file or reply; a reply is about one recipient.
fn as_json(stage: Stage, reply: &Reply, judged: Option<&Classification>) -> serde_json::Value {
    let status = reply.enhanced.map(|(class, subject, detail)| format!("{class}.{subject}.{detail}"));
    let kind = match judged {
        None => "delivered",
        Some(judged) if judged.permanent => "bounce",
        Some(_) => "delay",
    };
    json!({
        "path": null,
        "kind": kind,
        "recipients": [{
            "stage": stage,
            "code": reply.code,
            "status": status,
            "cause": judged.map(|judged| judged.cause),
            "class": judged.map(|judged| judged.cause.class()),
            "certainty": judged.map(|judged| judged.certainty),
            "party": judged.map(|judged| judged.party),
            "rule": judged.map(|judged| judged.rule),
            "evidence": NoticeEvidence::Direct,
        }],
    })
}

fn words(output: &Output, stage: Stage, judged: &Classification) -> anyhow::Result<()> {
    let lasts = if judged.permanent { "for good" } else { "for now" };
    for (name, value) in [
        ("stage", stage.to_string()),
        ("cause", format!("{} ({}), {}, {lasts}", judged.cause, judged.cause.class(), judged.certainty)),
        ("about", format!("{}: {}", judged.party, about(judged.party))),
        ("rule", judged.rule.to_owned()),
    ] {
        output.line(format!("{name:<9} {}", printable(&value)))?;
    }
    Ok(())
}

fn about(party: Party) -> &'static str {
    match party {
        Party::Relay => "the relay itself, or our account there",
        Party::Sender => "our sender address or account, as this relay sees it",
        Party::Destination => "the recipient's provider and its view of us",
        Party::Recipient => "this one mailbox",
        Party::Message => "this content or its size",
        Party::Session => "this connection alone",
    }
}

fn follows(judged: &Classification) -> &'static str {
    match (judged.party, judged.permanent, judged.cause) {
        (Party::Session, ..) => "the email goes over a new connection",
        (_, _, Cause::Quota) => "the group waits until the allowance returns",
        (Party::Recipient, true, cause) if cause.class() == Class::Dead => {
            "the email fails; an hour later the address is left out of later issues, if the rules for bounces say so"
        }
        (Party::Recipient, true, _) => "the email fails and counts against the address",
        (Party::Recipient, false, _) => "the email is tried again later",
        (Party::Message, true, Cause::TooLarge) => "another relay may take it; the email fails when none does",
        (_, true, _) => "no reader fails for it: the group waits, and an alarm comes if it stays so",
        (_, false, _) => "the email is tried again, and the group slows down",
    }
}
