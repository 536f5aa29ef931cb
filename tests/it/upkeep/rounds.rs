//! When a server looks after itself, with a clock that is moved and a name server of the test's own.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;

use coranto::config::Config;
use coranto::doctor::rounds::{PastRounds, Rounds};
use coranto::store::{checkups, installation};
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::rdata::TXT;

use super::*;
use crate::harness::names::name_server;

const HOUR: Duration = Duration::from_secs(3600);

fn text(name: &str, value: &str) -> (String, RData) {
    (format!("{name}."), RData::TXT(TXT::new(vec![value.to_owned()])))
}

/// An installation of one newsletter whose sender has no record but those of `server`.
struct Ground {
    home: tempfile::TempDir,
    db: Db,
}

impl Ground {
    async fn new(db: Db, url: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("issues")).unwrap();
        fs::write(home.path().join("secret.key"), coranto::token::Keyring::generate()).unwrap();
        let text = format!(
            "public_url = \"http://127.0.0.1:1\"\ndatabase = \"{url}\"\nsecret_key_file = \"secret.key\"\n\
             [newsletters.week]\nname = \"The Week\"\nfrom = \"week@harbourpost.org\"\npostal_address = \"1 Street\"\n"
        );
        fs::write(home.path().join("coranto.toml"), text).unwrap();
        db.write(async |tx| installation::found(tx, "an installation", stage::START).await).await.unwrap();
        Self { home, db }
    }

    fn rounds(&self, server: SocketAddr) -> Rounds {
        let config =
            Config::load(&self.home.path().join("coranto.toml"), &[]).unwrap_or_else(|_| panic!("it is right"));
        let home = self.home.path().to_owned();
        Rounds::new(self.db.clone(), Clock::fixed(stage::START), config, home, Arc::default()).asking(server)
    }

    async fn known(&self) -> Vec<String> {
        let all = checkups::all(&mut self.db.read().await.unwrap()).await.unwrap();
        all.into_iter().map(|one| one.id).collect()
    }

    async fn standing(&self) -> Vec<String> {
        let all = alarms::all(&mut self.db.read().await.unwrap()).await.unwrap();
        all.into_iter()
            .filter(|one| one.cleared_at.is_none())
            .map(|one| format!("{} {}", one.name, one.scope))
            .collect()
    }
}

#[test]
fn what_is_here_hourly_and_others_daily_or_hourly_while_something_fails() {
    crate::harness::database::on_sqlite(async |fresh: crate::harness::database::Fresh| {
        let db = Db::open(&fresh.url).await.unwrap();
        let ground = Ground::new(db, &fresh.url).await;
        let well = name_server(vec![text("harbourpost.org", "v=spf1 ip4:192.0.2.1 -all")]);
        let (ill, rounds) = (ground.rounds(name_server(Vec::new())), ground.rounds(well));
        let spf = "dns.spf/harbourpost.org".to_owned();

        // The first look sees this machine alone; within a day everybody is asked, once.
        let mut now = stage::START;
        let mut past = PastRounds::since(now);
        ill.look(&mut past, now).await.unwrap();
        assert!(ground.known().await.contains(&"signing.key/harbourpost.org".to_owned()), "{:?}", ground.known().await);
        assert!(!ground.known().await.contains(&spf), "it is not time to ask others");
        let mut asked_after = 0;
        while !ground.known().await.contains(&spf) {
            asked_after += 1;
            assert!(asked_after <= 24, "a day has passed");
            now = now.plus(HOUR);
            ill.look(&mut past, now).await.unwrap();
        }
        assert!(ground.standing().await.contains(&format!("dns.changed {spf}")), "{:?}", ground.standing().await);

        // The record is set: that is seen within the hour, not a day later.
        rounds.look(&mut past, now.plus(HOUR / 2)).await.unwrap();
        assert!(ground.known().await.contains(&spf), "half an hour later nobody is asked");
        rounds.look(&mut past, now.plus(HOUR)).await.unwrap();
        assert!(!ground.known().await.contains(&spf));
        assert!(!ground.standing().await.contains(&format!("dns.changed {spf}")));
        ground.db.close().await;
    });
}
