//! Backups that a server makes by itself: one a day, a missed one at once, none beside an issue, and an alarm for none.

use std::sync::Arc;
use std::time::Duration;

use coranto::backup::{BackupPlan, Nightly, NightlySettings, list};
use coranto::clock::{Clock, DAY, Timestamp};
use coranto::domain::alarm::AlarmName;
use coranto::store::{Db, alarms, backups};

use crate::harness::database::on_sqlite;

const HOUR: Duration = Duration::from_secs(3600);
/// Three in the morning of some day, UTC.
const NOW: Timestamp = Timestamp(20_800 * 86_400_000 + 3 * 3_600_000);

fn settings(home: &std::path::Path) -> NightlySettings {
    let plan = BackupPlan {
        config: String::new(),
        places: Vec::new(),
        state: home.join("state"),
        keys: Vec::new(),
        left_out: Vec::new(),
    };
    NightlySettings { folder: home.join("backups"), at: 4 * 3_600_000, keep_days: 2, keep_weeks: 0, plan }
}

async fn standing(db: &Db, name: AlarmName) -> bool {
    let all = alarms::all(&mut db.read().await.unwrap()).await.unwrap();
    all.iter().any(|one| one.name == name && one.cleared_at.is_none())
}

#[test]
fn one_a_day_and_a_missed_one_at_once() {
    on_sqlite(async |db: Db| {
        let home = tempfile::tempdir().unwrap();
        let nightly = Nightly::new(db.clone(), Clock::fixed(NOW), settings(home.path()), Arc::default());
        let mut made = Vec::new();
        // From three in the morning on, every hour of four days.
        for hour in 0..96 {
            let now = NOW.plus(HOUR * hour);
            if nightly.look(now).await.unwrap().is_some() {
                made.push(hour);
            }
        }
        assert_eq!(made, [0, 1, 25, 49, 73], "the first look makes up for the day before");
        let left = list(&home.path().join("backups")).unwrap();
        assert_eq!(left.len(), 2, "{left:?}");
        assert!(!standing(&db, AlarmName::BackupFailed).await);
    });
}

#[test]
fn one_that_fails_is_told_and_tried_again() {
    on_sqlite(async |db: Db| {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("backups"), "no folder").unwrap();
        let nightly = Nightly::new(db.clone(), Clock::fixed(NOW), settings(home.path()), Arc::default());
        assert!(nightly.look(NOW).await.is_err());
        assert!(standing(&db, AlarmName::BackupFailed).await);
        assert!(nightly.look(NOW.plus(HOUR / 2)).await.unwrap().is_none(), "not again within the hour");
        assert!(nightly.look(NOW.plus(HOUR * 2)).await.is_err());
        let last = backups::last(&mut db.read().await.unwrap()).await.unwrap().unwrap();
        assert!(last.fault.is_some() && last.verified_at.is_none(), "{last:?}");
        std::fs::remove_file(home.path().join("backups")).unwrap();
        assert!(nightly.look(NOW.plus(HOUR * 4)).await.unwrap().is_some());
        assert!(!standing(&db, AlarmName::BackupFailed).await);
        // Long after, one fails once more.
        std::fs::remove_dir_all(home.path().join("backups")).unwrap();
        std::fs::write(home.path().join("backups"), "no folder").unwrap();
        assert!(nightly.look(NOW.plus(DAY * 3)).await.is_err());
        assert!(standing(&db, AlarmName::BackupOld).await);
    });
}
