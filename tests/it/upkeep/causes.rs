//! Alarms by what causes them: raised by the cause, and over with it.

use coranto::domain::actor::Actor;
use coranto::journal::Journal;
use coranto::store::installation;
use coranto::token::Keyring;
use coranto::upkeep::{self, JournalKeeper};

use super::*;
use crate::harness::patience::until;

async fn stands(db: &Db, name: AlarmName) -> bool {
    let all = alarms::all(&mut db.read().await.unwrap()).await.unwrap();
    all.iter().any(|one| one.name == name && one.cleared_at.is_none())
}

fn ring(number: u8) -> Keyring {
    Keyring::parse(&format!("1:{}", format!("{number:02x}").repeat(32))).unwrap()
}

both_databases! {
    async fn a_server_with_foreign_keys_calls_whoever_runs_the_right_one(db: Db) {
        let by = Actor::Scheduler;
        let now = stage::START;
        let admit = async |ring: &Keyring, minutes: u64| {
            let now = now.plus(Duration::from_secs(minutes * 60));
            let admitted = upkeep::admit(&db, ring, &by, now).await;
            upkeep::call_about_keys(&db, &admitted, by.at(now)).await.unwrap();
            admitted.is_ok()
        };
        assert!(admit(&ring(7), 0).await && !stands(&db, AlarmName::KeyForeign).await);
        assert!(!admit(&ring(8), 1).await && stands(&db, AlarmName::KeyForeign).await);
        assert!(admit(&ring(7), 2).await && !stands(&db, AlarmName::KeyForeign).await);
    }

    async fn a_hold_by_the_program_calls_until_it_is_lifted(db: Db) {
        let by = Actor::Scheduler;
        db.write(async |tx| installation::found(tx, "one", stage::START).await).await.unwrap();
        assert!(upkeep::hold(&db, "a copy was put back", by.at(stage::START)).await.unwrap());
        assert!(stands(&db, AlarmName::InstallationHeld).await);
        let person = Actor::Command("ann".to_owned());
        assert!(upkeep::release(&db, person.at(stage::START)).await.unwrap());
        assert!(!stands(&db, AlarmName::InstallationHeld).await);
        // Who holds it by hand knows.
        assert!(upkeep::hold(&db, "a test", person.at(stage::START)).await.unwrap());
        assert!(!stands(&db, AlarmName::InstallationHeld).await);
    }

    async fn a_full_disk_calls_until_there_is_room(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let look = async |folder: &str| {
            let settings = AlarmSettings { newsletters: vec![week()], folder: Some(folder.into()), ..AlarmSettings::default() };
            let duty = Duty::with(&stage.db, settings, stage.clock.now());
            duty.upkeep.look(duty.now).await.unwrap();
            stands(&stage.db, AlarmName::DiskLow).await
        };
        let home = tempfile::tempdir().unwrap();
        assert!(!look(home.path().to_str().unwrap()).await, "this machine has room");
        // What the kernel shows there takes no room, and there is none.
        if upkeep::room(std::path::Path::new("/proc")) == Some(0) {
            assert!(look("/proc").await);
            assert!(!look(home.path().to_str().unwrap()).await);
        }
    }

    async fn a_journal_that_cannot_be_written_calls_and_is_over_after_a_quiet_day(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let home = tempfile::tempdir().unwrap();
        // A file is where the folder should be.
        let place = home.path().join("state");
        std::fs::write(&place, "").unwrap();
        let db = stage.db.clone().with_journal(Journal::in_folder(&place));
        stage.db = db.clone();
        let mut keeper = JournalKeeper::default();
        keeper.look(&db, stage.clock.now()).await.unwrap();
        assert!(!stands(&db, AlarmName::JournalUnwritable).await);
        stage.readers(&["anna"]).await;
        stage.leaves("anna").await;
        let journal = db.journal().unwrap();
        until("the journal fails", async || journal.failures() > 0).await;
        keeper.look(&db, stage.clock.now()).await.unwrap();
        assert!(stands(&db, AlarmName::JournalUnwritable).await);
        let mut duty = Duty::new(&db, vec![week()], &["ops@example.org"], stage.clock.now());
        assert_eq!(duty.after(0).await.len(), 1);
        assert_eq!(duty.after(24 * 60).await, ["[coranto] over: the journal of who unsubscribes cannot be written"]);
    }
}
