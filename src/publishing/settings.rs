//! Which settings of its newsletters a running server has, so that a command can say that it reads others: a server
//! reads its configuration once. Nothing in them is secret.

use std::collections::BTreeMap;

use crate::domain::newsletter::Newsletter;
use crate::store::{Db, StoreError, Tx, leases};

use crate::clock::Timestamp;
use crate::domain::WorkerId;

pub(super) const LEASE_NAME: &str = "schedule";

/// By newsletter, the settings that an editor would miss: by key, in the configuration's spelling.
type Settings = BTreeMap<String, BTreeMap<String, String>>;

fn of(newsletters: &[Newsletter]) -> Settings {
    let one = |newsletter: &Newsletter| {
        let slots: Vec<String> = newsletter.slots.iter().map(ToString::to_string).collect();
        let keys = [
            ("name", newsletter.name.clone()),
            ("from", format!("{} <{}>", newsletter.from.name, newsletter.from.address)),
            ("postal_address", newsletter.postal_address.clone()),
            ("language", newsletter.language.clone()),
            ("time_zone", newsletter.time_zone.iana_name().unwrap_or_default().to_owned()),
            ("slot", slots.join(", ")),
            ("grace_hours", (newsletter.grace.as_secs() / 3600).to_string()),
            ("allow_html", newsletter.allow_html.to_string()),
            ("html_kb_max", (newsletter.html_bytes_max / 1024).to_string()),
        ];
        (newsletter.slug.clone(), keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    };
    newsletters.iter().map(one).collect()
}

/// Keeps with a worker which settings it runs with.
pub(super) async fn note(tx: &mut Tx, worker: WorkerId, newsletters: &[Newsletter]) -> Result<(), StoreError> {
    let text = serde_json::to_string(&of(newsletters)).unwrap_or_default();
    leases::note_settings(tx, worker, &text).await
}

/// Where the running server has other settings than these: for each newsletter that differs the keys, or none of one that
/// the server does not know. Empty where none runs.
pub async fn outdated(
    db: &Db,
    newsletters: &[Newsletter],
    now: Timestamp,
) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
    let running = leases::settings_of(&mut db.read().await?, LEASE_NAME, now).await?;
    let running = running.and_then(|text| serde_json::from_str::<Settings>(&text).ok());
    Ok(running.map(|running| differences(&running, &of(newsletters))).unwrap_or_default())
}

fn differences(running: &Settings, read: &Settings) -> BTreeMap<String, Vec<String>> {
    let mut differ = BTreeMap::new();
    for (slug, keys) in read {
        match running.get(slug) {
            None => drop(differ.insert(slug.clone(), Vec::new())),
            Some(known) => {
                // A key that the server's version does not write is no difference.
                let other: Vec<_> =
                    keys.iter().filter(|(key, value)| known.get(*key).is_some_and(|was| was != *value)).collect();
                if !other.is_empty() {
                    differ.insert(slug.clone(), other.into_iter().map(|(key, _)| key.clone()).collect());
                }
            }
        }
    }
    differ
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named() {
        let settings =
            |slot: &str| BTreeMap::from([("slot".to_owned(), slot.to_owned()), ("name".to_owned(), "W".to_owned())]);
        let running = Settings::from([("week".to_owned(), settings("Fri 09:00"))]);
        assert!(differences(&running, &running).is_empty());
        let read = Settings::from([("week".to_owned(), settings("Thu 09:00")), ("month".to_owned(), settings(""))]);
        let wanted = [("month".to_owned(), vec![]), ("week".to_owned(), vec!["slot".to_owned()])];
        assert_eq!(differences(&running, &read), BTreeMap::from(wanted));
        // One that is taken out of the file is still served, which is no harm to an editor's issue.
        assert!(differences(&read, &Settings::new()).is_empty());
    }
}
