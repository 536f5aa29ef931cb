//! A relay that fails is an alarm until it takes mail; an alarm goes by another relay when one is the trouble.

use std::time::Duration;

use coranto::domain::alarm::AlarmName;
use coranto::domain::evidence::Trouble;
use coranto::domain::issue::IssueState;
use coranto::domain::newsletter::{Newsletter, UncertainPolicy};
use coranto::domain::retention::Retention;
use coranto::store::alarms::StandingAlarm;
use coranto::store::suspensions::NewSuspension;
use coranto::store::{Db, alarms, suspensions};
use coranto::upkeep::{AlarmSettings, Upkeep};

use super::script::{Answer, Asked, Script};
use super::stage::{self, DeliveryFixture, endpoint_at, relay_to};
use crate::harness::database::both_databases;

async fn standing(stage: &DeliveryFixture) -> Vec<StandingAlarm> {
    alarms::all(&mut stage.db.read().await.unwrap()).await.unwrap()
}

async fn wait_for_alarm(stage: &DeliveryFixture, is_there: impl Fn(&[StandingAlarm]) -> bool) -> Vec<StandingAlarm> {
    let waiting = async {
        loop {
            let all = standing(stage).await;
            if is_there(&all) {
                return all;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("the alarms do not come to that")
}

fn upkeep(stage: &DeliveryFixture) -> Upkeep {
    let newsletters = vec![Newsletter { slots: Vec::new(), ..stage::newsletter() }];
    let to = vec!["ops@example.net".parse().unwrap()];
    let settings = AlarmSettings {
        to,
        newsletters,
        folder: None,
        host: "news.example.org".to_owned(),
        retention: Retention::default(),
        ..AlarmSettings::default()
    };
    Upkeep::new(stage.db.clone(), stage.clock.clone(), settings, std::sync::Arc::default())
}

both_databases! {
    async fn a_relay_is_down_in_its_own_words_until_it_takes_mail(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let well = stage.settings.relays.clone();
        let script = Script::start(|asked: &Asked| match asked.verb {
            "CONNECT" => Answer::Say("554 5.3.2 Closed for business"),
            _ => Answer::Usual,
        })
        .await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.readers(&["anna"]).await;
        let issue = stage.issue("down").await;
        let running = stage.start();
        let all = wait_for_alarm(&stage, |all| !all.is_empty()).await;
        assert_eq!((all[0].name, all[0].scope.as_str()), (AlarmName::RelayDown, "main"));
        assert!(all[0].note.contains("554 5.3.2 Closed for business"), "{:?}", all[0]);
        assert!(running.health.is_down("main"));
        running.stop().await;
        // Another process knows of it from the ledger, and the first mail ends it.
        stage.settings.relays = well;
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        wait_for_alarm(&stage, |all| all.iter().all(|one| one.cleared_at.is_some())).await;
        assert!(!running.health.is_down("main"));
        running.stop().await;
    }

    async fn alarms_go_by_the_relay_that_is_kept_for_them(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let kept = Script::start(|_: &Asked| Answer::Usual).await;
        stage.settings.relays.push(relay_to("kept", endpoint_at(kept.address)));
        stage.settings.alarm_relay = Some("kept".to_owned());
        let alarm = coranto::domain::alarm::Alarm::new(AlarmName::IssueHeld, "week/a", "too late");
        let by = crate::harness::acts::by(stage.clock.now());
        for scope in ["week/a", "week/b", "week/c"] {
            let alarm = coranto::domain::alarm::Alarm { scope: scope.to_owned(), ..alarm.clone() };
            stage.db.write(async |tx| alarms::raise(tx, &alarm, by).await).await.unwrap();
        }
        upkeep(&stage).look(stage.clock.now()).await.unwrap();
        let running = stage.start();
        while kept.taken().len() < 3 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        running.stop().await;
        assert!(stage.mails("ops").is_empty());
    }

    async fn no_suspension_stops_an_alarm(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let now = stage.clock.now();
        let group = NewSuspension {
            relay: "main",
            newsletter: None,
            destination: "",
            issue: None,
            trouble: Trouble::Refusal,
            cause: "policy",
            until: None,
            pauses: 0,
            reply: "554 5.7.1 no",
        };
        let alarm = coranto::domain::alarm::Alarm::new(AlarmName::RelayRefuses, "main", "554 5.7.1 no");
        stage
            .db
            .write(async |tx| {
                suspensions::suspend(tx, &group, now).await?;
                alarms::raise(tx, &alarm, crate::harness::acts::by(now)).await
            })
            .await
            .unwrap();
        upkeep(&stage).look(now).await.unwrap();
        stage.readers(&["anna"]).await;
        stage.issue("waits").await;
        let running = stage.start();
        while stage.mails("ops").is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        running.stop().await;
        assert!(stage.mails("anna").is_empty(), "the group is suspended");
    }

    async fn who_must_decide_over_uncertain_mails_is_called(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let script = Script::start(|asked: &Asked| match asked.verb {
            "DOT" => Answer::Drop,
            _ => Answer::Usual,
        })
        .await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.settings.newsletters[0].newsletter.uncertain = UncertainPolicy::Hold;
        stage.readers(&["anna"]).await;
        stage.issue("doubt").await;
        let running = stage.start();
        let all = wait_for_alarm(&stage, |all| all.iter().any(|one| one.name == AlarmName::IssueUncertain)).await;
        running.stop().await;
        assert!(all.iter().any(|one| one.scope == "week/doubt"), "{all:?}");
    }

    async fn a_relay_that_left_the_configuration_is_nobodys_trouble(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let alarm = coranto::domain::alarm::Alarm::new(AlarmName::RelayDown, "former", "no");
        let by = crate::harness::acts::by(stage.clock.now());
        stage.db.write(async |tx| alarms::raise(tx, &alarm, by).await).await.unwrap();
        let running = stage.start();
        wait_for_alarm(&stage, |all| all.iter().all(|one| one.cleared_at.is_some())).await;
        running.stop().await;
    }

    async fn an_alarm_goes_by_the_relay_that_is_up(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let dead = Script::start(|_: &Asked| Answer::Drop).await;
        let mut relays = vec![relay_to("dead", endpoint_at(dead.address))];
        relays.append(&mut stage.settings.relays);
        stage.settings.relays = relays;
        stage.crowd(60).await;
        let issue = stage.issue("one").await;
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        wait_for_alarm(&stage, |all| !all.is_empty()).await;
        stage.clock.advance(Duration::from_secs(660));
        // Something waits that the dead relay could carry.
        stage.execute("UPDATE deliveries SET state = 'uncertain', due_at = NULL").await;
        upkeep(&stage).look(stage.clock.now()).await.unwrap();
        let mail = loop {
            if let Some(mail) = stage.mails("ops").pop() {
                break mail;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        running.stop().await;
        let text = String::from_utf8(mail.data).unwrap();
        assert!(text.contains("Subject: [coranto] the relay dead takes no mail"), "{text}");
    }
}
