//! The email that tells alarms: plain text in English, for whoever runs the installation. It names no reader.

use std::fmt::Write as _;

use super::AlarmSettings;
use crate::clock::Timestamp;
use crate::domain::RevisionId;
use crate::domain::delivery::DeliveryKind;
use crate::store::alarms::StandingAlarm;
use crate::store::revisions::{self, NewRevision};
use crate::store::{Result, Tx, deliveries, newsletters};

/// What there is to tell of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Say {
    Raised,
    Stands,
    Over,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AlarmMail {
    pub(super) subject: String,
    pub(super) text: String,
}

pub(super) fn compose(settings: &AlarmSettings, told: &[(Say, StandingAlarm)], now: Timestamp) -> AlarmMail {
    let subject = match told {
        [(say, one)] => format!("[coranto] {}{}", before(*say), one.name.title(&one.scope)),
        _ => format!("[coranto] {} alarms", told.len()),
    };
    let mut text = String::new();
    for (say, one) in told {
        let _ = write!(text, "{}{}\n\n", before(*say), one.name.title(&one.scope));
        if !one.note.is_empty() && *say != Say::Over {
            let _ = write!(text, "    {}\n\n", one.note);
        }
        let times = if one.count > 1 { format!(", {} times", one.count) } else { String::new() };
        let _ = writeln!(text, "Since {}{times}.", one.since);
        if *say != Say::Over {
            let _ = writeln!(text, "What to do: {}.", one.name.advice(&one.scope));
        }
        let _ = write!(text, "Alarm: {} {}\n\n", one.name, one.scope);
    }
    let _ = write!(
        text,
        "-- \nFrom coranto at {}, {now}. Who gets this stands under [alarms] in the configuration.\n\
         `coranto alarms` lists what stands now.\n",
        settings.host
    );
    AlarmMail { subject, text }
}

fn before(say: Say) -> &'static str {
    match say {
        Say::Raised => "",
        Say::Stands => "still: ",
        Say::Over => "over: ",
    }
}

/// Adds one email for each address.
pub(super) async fn queue(tx: &mut Tx, settings: &AlarmSettings, letter: &AlarmMail, now: Timestamp) -> Result<()> {
    let revision = store(tx, settings, letter, now).await?;
    for address in &settings.to {
        let recipient = Some(address.as_str());
        let new = deliveries::NewDelivery { subscription: None, recipient, revision, request: None, due_at: now };
        deliveries::add(tx, &new).await?;
    }
    Ok(())
}

/// Stores it as a revision of the first newsletter, whose address it comes from.
async fn store(tx: &mut Tx, settings: &AlarmSettings, letter: &AlarmMail, now: Timestamp) -> Result<RevisionId> {
    let slug = settings.newsletters.first().map_or("", |newsletter| newsletter.slug.as_str());
    let newsletter = newsletters::ensure(tx, slug, now).await?;
    let new = NewRevision {
        kind: DeliveryKind::Alarm,
        slug: None,
        title: letter.subject.clone(),
        subject: letter.subject.clone(),
        preheader: String::new(),
        language: "en".to_owned(),
        html: String::new(),
        plain: letter.text.clone(),
        source: String::new(),
    };
    revisions::ensure(tx, newsletter, &new, now).await
}
