//! What needs a person, as the person sees it: the first lines of `status`, and `alarms`.

use std::path::Path;

use coranto::clock::{Clock, Timestamp};
use coranto::domain::actor::Actor;
use coranto::domain::alarm::{Alarm, AlarmName};
use coranto::store::{Db, StoreError, alarms};

use super::{cli, installation, json, ok};
use crate::harness::blocking;
use crate::harness::installation::Installation;

fn raise(folder: &Path, raised: &[(AlarmName, &str, &str, Timestamp)]) {
    let url = format!("sqlite://{}", folder.join("coranto.db").display());
    blocking(async || {
        let db = Db::open(&url).await.unwrap();
        db.write(async |tx| {
            for (name, scope, note, at) in raised {
                alarms::raise(tx, &Alarm::new(*name, *scope, note), Actor::scheduler(*at)).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
        db.close().await;
    });
}

#[test]
fn status_begins_with_what_needs_a_person_and_what_to_do() {
    let folder = installation();
    let folder = folder.path();
    assert!(!ok(folder, &["status"]).contains("alarm"));
    assert!(json(folder, &["alarms"]).is_empty());
    ok(folder, &["subscribers", "suppress", "never@example.org"]);
    let now = Clock::system().now();
    raise(
        folder,
        &[
            (AlarmName::SlotEmpty, "week", "nothing is queued for Fri 2026-12-04 09:00 Europe/Prague", now),
            (AlarmName::IssueHeld, "week/calendar", "it was due 2 days ago", now),
            (AlarmName::RelayDown, "sink", "535 5.7.8 Authentication failed <anna@example.org>", now),
        ],
    );
    let status = ok(folder, &["status"]);
    let lines: Vec<_> = status.lines().collect();
    assert!(lines[0].starts_with("alarm      week/calendar is held and does not go out, since "), "{status}");
    assert!(lines[0].ends_with(" Europe/Prague"), "{status}");
    assert_eq!(lines[1].trim(), "it was due 2 days ago");
    assert!(lines[2].contains("hint: `coranto issues show calendar`"), "{status}");
    assert!(lines[3].starts_with("alarm      nothing is queued for the next slot of week"), "{status}");
    assert!(status.contains("relay      the relay sink takes no mail, since "), "{status}");
    assert!(status.contains("535 5.7.8 Authentication failed <a***@example.org>"), "{status}");
    let value = &json(folder, &["status"])[0];
    let names: Vec<_> = value["alarms"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["issue.held", "slot.empty"]);
    assert_eq!(value["relays_down"][0]["scope"], "sink");

    let listed = json(folder, &["alarms"]);
    assert_eq!(listed.len(), 2, "a relay is an alarm after ten minutes");
    assert_eq!((&listed[0]["severity"], &listed[1]["severity"]), (&"person".into(), &"look".into()));
    assert!(ok(folder, &["alarms"]).contains("alarm      week/calendar is held"));
}

#[test]
fn addresses_and_relay_of_alarms_are_checked() {
    let folder = installation();
    let folder = folder.path();
    let path = folder.join("coranto.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\n[alarms]\nto = [\"ops@example.com\", \"nobody\"]\nrelay = \"backup\"\n"))
        .unwrap();
    let ended = cli(folder, &["config", "check"]);
    assert_eq!(ended.status.code(), Some(3), "{ended:?}");
    let told = ended.stdout;
    for part in ["alarms.to", "\"nobody\"", "alarms.relay", "no relay is called \"backup\"", "there is sink"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    std::fs::write(&path, format!("{text}\n[alarms]\nto = \"ops@example.com\"\nrelay = \"sink\"\n")).unwrap();
    ok(folder, &["config", "check"]);
}

#[test]
fn whoever_is_on_duty_gets_an_email_from_a_real_server() {
    blocking(async || {
        // A slot in ten hours, and nothing for it.
        let at = jiff::Timestamp::from_millisecond(Clock::system().now().0).unwrap().to_zoned(jiff::tz::TimeZone::UTC);
        let slot = at.checked_add(jiff::Span::new().hours(10)).unwrap().strftime("%a %H:%M").to_string();
        let site = Installation::configured(None, |home, web, port| {
            std::fs::create_dir(home.join("issues")).unwrap();
            format!(
                "public_url = \"http://{web}\"\nsecret_key_file = \"secret.key\"\n[server]\nlisten = \"{web}\"\n\
                 [[relays]]\nname = \"main\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n\
                 [newsletters.week]\nname = \"The Week\"\nfrom = \"week@news.example.com\"\n\
                 postal_address = \"1 Example Street\"\ntime_zone = \"UTC\"\nslot = \"{slot}\"\n\
                 [alarms]\nto = [\"ops@example.com\", \"editor@example.com\"]\n"
            )
        })
        .await;
        assert!(site.mails("ops@example.com").is_empty(), "nobody would get it");
        site.command(&["subscribers", "add", "anna@example.org", "--yes"]);
        for to in ["ops@example.com", "editor@example.com"] {
            let text = String::from_utf8(site.mail(to, 1).await.data).unwrap();
            for part in [
                "Subject: [coranto] nothing is queued for the next slot of week",
                "coranto queue FILE",
                "slot.empty week",
            ] {
                assert!(text.contains(part), "{part}: {text}");
            }
            assert!(!text.contains("anna"), "{text}");
        }
        let alarm: serde_json::Value = serde_json::from_str(site.command(&["alarms", "--json"]).trim()).unwrap();
        assert_eq!((&alarm["name"], &alarm["told_how"]), (&"slot.empty".into(), &"email,log".into()));
    });
}

#[test]
fn ways_are_tried_and_no_secret_of_theirs_is_printed() {
    let home = super::installation();
    let folder = home.path();
    let path = folder.join("coranto.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(ok(folder, &["doctor", "--offline"]).contains("warn  alarms: nobody is told"));
    let tried = super::cli(folder, &["alarms", "test"]);
    assert!(tried.status.success() && tried.stderr.contains("Nobody gets alarms"), "{tried:?}");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let lines = format!(
        "\n[alarms]\nto = [\"ops@example.com\"]\npush = \"http://{closed}/s3cr3tTopic\"\nheartbeat_file = \"beat\"\n"
    );
    std::fs::write(folder.join("beat"), format!("http://{closed}/s3cr3tBeat\n")).unwrap();
    std::fs::write(&path, format!("{text}{lines}")).unwrap();
    let tried = super::cli(folder, &["alarms", "test", "--json"]);
    assert_eq!(tried.status.code(), Some(3), "{tried:?}");
    let ways: Vec<serde_json::Value> = tried.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let named: Vec<_> = ways.iter().map(|one| (one["way"].as_str().unwrap(), one["ok"] == true)).collect();
    assert_eq!(named, [("log", true), ("file", true), ("email", true), ("push", false), ("heartbeat", false)]);
    for args in [
        &["alarms", "test"][..],
        &["alarms"],
        &["config", "show"],
        &["config", "show", "--json"],
        &["config", "check"],
        &["doctor", "--offline"],
        &["status"],
    ] {
        let ended = super::cli(folder, args);
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(!said.contains("s3cr3t"), "{args:?}: {said}");
    }
    let doctor = super::cli(folder, &["doctor", "--offline"]).stdout;
    assert!(doctor.contains("ok    alarms: you are told by email to 1 address, by push, by the silence"), "{doctor}");
    for (push, word) in [
        ("ftp://example.com/s3cr3t", "over https alone"),
        ("http://example.com/s3cr3t", "over https alone"),
        ("s3cr3t", "no address"),
        ("https://user:s3cr3t@example.com/", "user name"),
    ] {
        std::fs::write(&path, format!("{text}\n[alarms]\npush = \"{push}\"\n")).unwrap();
        let ended = super::cli(folder, &["config", "check"]);
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(said.contains(word) && said.contains("alarms.push") && !said.contains("s3cr3t"), "{push}: {said}");
    }
}

#[test]
fn an_alarm_is_quiet_for_a_while() {
    let home = super::installation();
    let folder = home.path();
    let said = super::fails(folder, &["alarms", "quiet", "relay.donw", "4h"], 2);
    assert!(said.contains("did you mean relay.down"), "{said}");
    super::fails(folder, &["alarms", "quiet", "relay.down", "long"], 2);
    assert!(super::fails(folder, &["alarms", "quiet", "nonsense", "4h"], 2).contains("relay.down, "));
    assert!(super::fails(folder, &["alarms", "quiet", "relay.down", "721h"], 2).contains("30 days"));
    let said = super::fails(folder, &["alarms", "quiet", "relay.down", "4h"], 4);
    assert!(said.contains("there is no database"), "{said}");
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    assert!(ok(folder, &["alarms", "quiet", "relay.down", "4h"]).contains("Nobody is told of relay.down until"));
    assert!(super::cli(folder, &["alarms"]).stderr.contains("Nobody is told of relay.down until"));
    assert!(ok(folder, &["alarms", "quiet", "relay.down", "0s"]).contains("told of relay.down again"));
    assert!(!super::cli(folder, &["alarms"]).stderr.contains("relay.down"));
}

#[test]
fn what_stood_is_read_from_the_file_while_the_database_is_away() {
    let home = super::installation();
    let folder = home.path();
    let path = folder.join("coranto.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let database = format!("database = \"postgres://nobody@127.0.0.1:{closed}/none\"\n");
    let kept: String =
        text.lines().filter(|line| !line.starts_with("database")).map(|line| format!("{line}\n")).collect();
    std::fs::write(&path, format!("{database}{kept}")).unwrap();
    std::fs::create_dir_all(folder.join("state")).unwrap();
    std::fs::write(
        folder.join("state/alarms"),
        "# as of then\nthen person ledger.unwritable: the database cannot be written\n",
    )
    .unwrap();
    let said = super::fails(folder, &["alarms"], 5);
    assert!(said.contains("ledger.unwritable") && said.contains("as of then"), "{said}");
}
