//! The ways out beside the email: push, heartbeat, file; and an alarm that nobody wants to hear of.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};

use coranto::domain::alarm::PushFormat;
use coranto::upkeep::{self, AlarmPush, Outage};
use url::Url;

use super::*;
use crate::harness::patience::until;

/// What a server was sent, a text for each request; it answers the same to all.
pub(super) struct Ear {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Ear {
    pub(super) fn answering(status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heard);
        // It ends with the process: nobody waits for it.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream);
                let (mut head, mut length) = (String::new(), 0);
                while reader.read_line(&mut head).unwrap_or(0) > 2 {
                    let line = head.lines().last().unwrap_or_default().to_lowercase();
                    length = line.strip_prefix("content-length: ").map_or(length, |text| text.parse().unwrap());
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let whole = format!("{head}{}", String::from_utf8(body).unwrap());
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(whole);
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                let _ = reader.get_mut().write_all(answer.as_bytes());
            }
        });
        Self { port, heard }
    }

    fn url(&self) -> Url {
        format!("http://127.0.0.1:{}/s3cr3t-topic", self.port).parse().unwrap()
    }

    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub(super) fn pushing(ear: &Ear, format: PushFormat, to: &[&str]) -> AlarmSettings {
    AlarmSettings {
        to: to.iter().map(|address| address.parse().unwrap()).collect(),
        newsletters: vec![week()],
        host: "news.example.org".to_owned(),
        push: Some(AlarmPush { url: ear.url(), format }),
        user_agent: "coranto/test".to_owned(),
        ..AlarmSettings::default()
    }
}

async fn how(db: &Db) -> Vec<String> {
    let all = alarms::all(&mut db.read().await.unwrap()).await.unwrap();
    all.into_iter().map(|one| one.told_how.unwrap_or_default()).collect()
}

both_databases! {
    async fn an_alarm_is_pushed_at_once_beside_the_email(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let ear = Ear::answering("200 OK");
        let mut duty = Duty::with(&stage.db, pushing(&ear, PushFormat::Text, &["ops@example.org"]), stage.clock.now());
        duty.raise(HELD, "week/calendar").await;
        assert_eq!(duty.after(0).await.len(), 1);
        let heard = ear.heard();
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert!(heard[0].starts_with("POST /s3cr3t-topic HTTP/1.1") && heard[0].contains("text/plain"), "{}", heard[0]);
        for part in ["[coranto] week/calendar is held", "535 5.7.8", "What to do", "news.example.org"] {
            assert!(heard[0].contains(part), "{part}: {}", heard[0]);
        }
        assert!(!heard[0].contains("anna@"), "it names no reader: {}", heard[0]);
        assert_eq!(how(&stage.db).await, ["email,push,log"]);
        duty.clear(HELD, "week/calendar").await;
        duty.after(11).await;
        assert!(ear.heard()[1].contains("[coranto] over: week/calendar"), "{:?}", ear.heard());
    }

    async fn a_chat_program_gets_an_object(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let ear = Ear::answering("204 No Content");
        let mut duty = Duty::with(&stage.db, pushing(&ear, PushFormat::Json, &[]), stage.clock.now());
        duty.raise(AlarmName::RelayQuota, "main").await;
        assert!(duty.after(0).await.is_empty(), "nobody is mailed");
        let heard = ear.heard();
        let body: serde_json::Value = serde_json::from_str(heard[0].split_once("\r\n\r\n").unwrap().1).unwrap();
        assert_eq!(body["text"], body["content"]);
        let alarm = &body["alarms"][0];
        assert_eq!((&alarm["name"], &alarm["scope"], &alarm["state"]), (&"relay.quota".into(), &"main".into(), &"raised".into()));
        assert_eq!(how(&stage.db).await, ["push,log"]);
    }

    async fn a_push_that_fails_is_tried_three_times_and_the_email_goes_all_the_same(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let ear = Ear::answering("503 Service Unavailable");
        let mut duty = Duty::with(&stage.db, pushing(&ear, PushFormat::Text, &["ops@example.org"]), stage.clock.now());
        duty.raise(HELD, "week/a").await;
        duty.raise(HELD, "week/b").await;
        assert_eq!(duty.after(0).await.len(), 2);
        assert_eq!(ear.heard().len(), 3, "who did not take the first is not asked for the second");
        assert_eq!(how(&stage.db).await, ["email,log", "email,log"]);
    }

    async fn pushes_alone_are_ten_an_hour_and_one_list(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let ear = Ear::answering("200 OK");
        let mut duty = Duty::with(&stage.db, pushing(&ear, PushFormat::Text, &[]), stage.clock.now());
        for number in 0..25 {
            duty.raise(HELD, &format!("week/{number}")).await;
        }
        duty.after(0).await;
        let heard = ear.heard();
        assert_eq!(heard.len(), 11, "{heard:?}");
        assert!(heard[10].contains("[coranto] 15 alarms"), "{}", heard[10]);
        duty.raise(AlarmName::RelayQuota, "main").await;
        duty.after(30).await;
        assert_eq!(ear.heard().len(), 11, "that was all for this hour");
        duty.after(31).await;
        assert_eq!(ear.heard().len(), 12);
    }

    async fn a_quiet_alarm_stands_and_is_told_when_its_time_is_over(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let mut duty = Duty::new(&stage.db, vec![week()], &["ops@example.org"], stage.clock.now());
        let until = duty.now.plus(Duration::from_secs(4 * 3600));
        let by = acts::by(duty.now);
        stage.db.write(async |tx| alarms::quiet(tx, HELD, until, by).await).await.unwrap();
        let quiets = alarms::quiets(&mut stage.db.read().await.unwrap(), duty.now).await.unwrap();
        assert_eq!(quiets, [(HELD, until)]);
        duty.raise(HELD, "week/a").await;
        duty.raise(AlarmName::RelayQuota, "main").await;
        assert_eq!(duty.after(0).await, ["[coranto] the limit of main is used up"], "another is told");
        assert_eq!(how(&stage.db).await.iter().filter(|how| how.is_empty()).count(), 1, "it stands");
        assert!(duty.after(239).await.is_empty());
        let told = duty.after(1).await;
        assert!(told.contains(&"[coranto] week/a is held and does not go out".to_owned()), "{told:?}");
    }

    async fn what_stands_is_in_a_file_that_its_owner_alone_reads(db: Db) {
        use std::os::unix::fs::PermissionsExt as _;
        let stage = DeliveryFixture::new(db).await;
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("state/alarms");
        let settings = AlarmSettings { file: Some(file.clone()), ..AlarmSettings::default() };
        let mut duty = Duty::with(&stage.db, settings, stage.clock.now());
        duty.raise(HELD, "week/calendar").await;
        duty.after(0).await;
        let text = upkeep::read_board(&file).unwrap();
        assert!(text.contains("person issue.held week/calendar: week/calendar is held"), "{text}");
        assert!(!text.contains("anna@"), "{text}");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        duty.after(5).await;
        assert_eq!(upkeep::read_board(&file).unwrap(), text, "it is written when something changes");
        duty.clear(HELD, "week/calendar").await;
        duty.after(5).await;
        assert!(!upkeep::read_board(&file).unwrap().contains("issue.held"));
    }

    async fn a_database_that_is_gone_is_told_without_it(db: Db) {
        let ear = Ear::answering("200 OK");
        let home = tempfile::tempdir().unwrap();
        let settings = AlarmSettings { file: Some(home.path().join("alarms")), ..pushing(&ear, PushFormat::Text, &["ops@example.org"]) };
        let start = Timestamp(1_800_000_000_000);
        let upkeep = Upkeep::new(db.clone(), Clock::fixed(start), settings, Arc::default());
        let mut outage = Outage::default();
        let at = |seconds: u64| start.plus(Duration::from_secs(seconds));
        upkeep.heed(&mut outage, upkeep.look(start).await, start).await;
        db.close().await;
        for seconds in [5, 64] {
            let looked = upkeep.look(at(seconds)).await;
            assert!(looked.is_err());
            upkeep.heed(&mut outage, looked, at(seconds)).await;
        }
        assert!(ear.heard().is_empty(), "a minute may pass");
        upkeep.heed(&mut outage, upkeep.look(at(66)).await, at(66)).await;
        let heard = ear.heard();
        assert!(heard.len() == 1 && heard[0].contains("the database cannot be written"), "{heard:?}");
        let board = upkeep::read_board(&home.path().join("alarms")).unwrap();
        assert!(board.contains("ledger.unwritable"), "{board}");
        upkeep.heed(&mut outage, Ok(()), at(80)).await;
        assert!(ear.heard()[1].contains("over: the database cannot be written"), "{:?}", ear.heard());
    }

    async fn a_heartbeat_is_given_while_this_process_schedules(db: Db) {
        let ear = Ear::answering("200 OK");
        let now = Timestamp(1_800_000_000_000);
        for (shift_until, beats) in [(now.0 - 1, false), (now.0 + 60_000, true)] {
            let settings = AlarmSettings { heartbeat: Some(ear.url()), user_agent: "coranto/test".to_owned(), ..AlarmSettings::default() };
            let shift = Arc::new(std::sync::atomic::AtomicI64::new(shift_until));
            let upkeep = Upkeep::new(db.clone(), Clock::fixed(now), settings, shift);
            let stop = tokio_util::sync::CancellationToken::new();
            if beats {
                tokio::select! {
                    () = upkeep.run(stop) => panic!("it ended"),
                    () = until("a sign of life", async || !ear.heard().is_empty()) => {}
                }
                assert!(ear.heard()[0].starts_with("GET /s3cr3t-topic HTTP/1.1"), "{:?}", ear.heard());
            } else {
                // The first look is at once.
                drop(tokio::time::timeout(Duration::from_millis(1500), upkeep.run(stop)).await);
                assert!(ear.heard().is_empty());
            }
        }
    }

    async fn each_way_is_tried_and_says_what_came_of_it(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let (well, sick) = (Ear::answering("200 OK"), Ear::answering("401 Unauthorized"));
        let home = tempfile::tempdir().unwrap();
        let settings = AlarmSettings {
            heartbeat: Some(sick.url()),
            file: Some(home.path().join("alarms")),
            ..pushing(&well, PushFormat::Text, &["ops@example.org"])
        };
        let tried = upkeep::try_out(&stage.db, &settings, &acts::actor(), stage.clock.now()).await.unwrap();
        let ways: Vec<_> = tried.iter().map(|one| (one.way, one.outcome.is_ok())).collect();
        assert_eq!(ways, [("log", true), ("file", true), ("email", true), ("push", true), ("heartbeat", false)]);
        assert!(well.heard()[0].contains("test: nothing is wrong"), "{:?}", well.heard());
        let said = format!("{tried:?} {settings:?}");
        assert!(said.contains("401") && !said.contains("s3cr3t"), "{said}");
        let mut duty = Duty::with(&stage.db, AlarmSettings::default(), stage.clock.now());
        assert_eq!(duty.subjects().await, ["[coranto] test: nothing is wrong"]);
        assert!(duty.after(0).await.is_empty());
    }
}
