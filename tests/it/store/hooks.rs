//! What is known of hooks.

use std::time::Duration;

use coranto::store::{Db, hooks};

use super::ground::NOW;
use crate::harness::database::both_databases;

const HOUR: Duration = Duration::from_secs(3600);

both_databases! {
    async fn what_came_and_what_was_forged_is_counted_for_each(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let mut bursts = Vec::new();
        for minutes in [0, 20, 40, 61, 62] {
            let now = NOW.plus(Duration::from_secs(minutes * 60));
            bursts.push(hooks::forged(&mut tx, "ses", now.minus(HOUR), now).await.unwrap());
        }
        assert_eq!(bursts, [1, 2, 3, 1, 2], "a burst lasts an hour");
        assert_eq!(hooks::forged(&mut tx, "brevo", NOW.minus(HOUR), NOW).await.unwrap(), 1);
        for later in [Duration::ZERO, HOUR] {
            hooks::heard(&mut tx, "ses", NOW.plus(later)).await.unwrap();
            hooks::heard(&mut tx, "postal", NOW).await.unwrap();
        }
        let all = hooks::all(&mut tx).await.unwrap();
        let seen: Vec<_> = all.iter().map(|row| (row.name.as_str(), row.heard_at, row.forged)).collect();
        assert_eq!(seen, [("brevo", None, 1), ("postal", Some(NOW), 0), ("ses", Some(NOW.plus(HOUR)), 5)]);
        assert_eq!(all[2].forged_at, Some(NOW.plus(Duration::from_secs(62 * 60))));
    }
}
