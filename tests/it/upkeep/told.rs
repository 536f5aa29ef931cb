//! Every alarm by every way that needs no relay, while the only relay is dead: once for many causes, and once when it is over.

use coranto::domain::alarm::PushFormat;

use super::ways::{Ear, pushing};
use super::*;

both_databases! {
    async fn every_alarm_is_told_by_three_ways_while_the_relay_is_dead(db: Db) {
        // No engine runs: no email leaves.
        let stage = DeliveryFixture::new(db).await;
        stage.readers(&["anna"]).await;
        stage.issue("first").await;
        let ear = Ear::answering("200 OK");
        let home = tempfile::tempdir().unwrap();
        let board = home.path().join("alarms");
        let settings = AlarmSettings { file: Some(board.clone()), ..pushing(&ear, PushFormat::Text, &["ops@example.org"]) };
        let mut duty = Duty::with(&stage.db, settings, stage.clock.now());
        for name in AlarmName::ALL.iter().copied() {
            // These two are looked at by who tells them, and are put right at once.
            if matches!(name, AlarmName::ScheduleLate | AlarmName::DiskLow) {
                continue;
            }
            let scope = if name == AlarmName::SlotEmpty { "other" } else { "week/x" };
            let before = ear.heard().len();
            for _ in 0..5 {
                duty.raise(name, scope).await;
            }
            let wait = name.told_after().as_secs() / 60;
            let mailed = duty.after(wait).await;
            assert_eq!(mailed, [format!("[coranto] {}", name.title(scope))], "{name}");
            let how = alarms::all(&mut stage.db.read().await.unwrap()).await.unwrap()[0].told_how.clone();
            assert_eq!(how.as_deref(), Some("email,push,log"), "{name}");
            let listed = std::fs::read_to_string(&board).unwrap();
            assert!(listed.contains(&format!(" {name} {scope}: ")), "{name}: {listed}");
            let heard = ear.heard().split_off(before);
            assert!(heard.len() == 1 && heard[0].contains(&format!("Alarm: {name} {scope}")), "{name}: {heard:?}");

            duty.clear(name, scope).await;
            let quiet = name.quiet_for().as_secs() / 60;
            assert_eq!(duty.after(quiet).await, [format!("[coranto] over: {}", name.title(scope))], "{name}");
            assert_eq!(ear.heard().len(), before + 2, "{name} is over once");
            assert!(duty.after(61).await.is_empty(), "{name}");
            assert!(!std::fs::read_to_string(&board).unwrap().contains(name.as_str()), "{name} is off the list");
        }
    }
}
