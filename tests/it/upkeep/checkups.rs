//! A server's own look: what begins to fail calls a person once, and the call ends with its cause.

use coranto::domain::checkup::{CheckName, Finding};
use coranto::store::checkups;
use coranto::upkeep;

use super::*;

const ALL: fn(CheckName) -> bool = |_| true;

struct Standing {
    alarms: Vec<(AlarmName, String)>,
    known: Vec<String>,
}

async fn look(db: &Db, findings: &[Finding], now: Timestamp) -> Standing {
    upkeep::remember_findings(db, findings, ALL, now).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let alarms = alarms::all(&mut tx).await.unwrap().into_iter().filter(|one| one.cleared_at.is_none());
    let known = checkups::all(&mut tx).await.unwrap().into_iter().map(|one| format!("{} {}", one.id, one.state));
    Standing { alarms: alarms.map(|one| (one.name, one.scope)).collect(), known: known.collect() }
}

fn minutes(now: Timestamp, count: u64) -> Timestamp {
    now.plus(Duration::from_secs(count * 60))
}

both_databases! {
    async fn each_kind_of_failure_has_its_alarm(db: Db) {
        let now = stage::START;
        for (check, name) in [
            (CheckName::Spf.of("x.org"), Some(AlarmName::DnsChanged)),
            (CheckName::Dkim.of("s._domainkey.x.org"), Some(AlarmName::DnsChanged)),
            (CheckName::BounceDomain.of("week"), Some(AlarmName::DnsChanged)),
            (CheckName::PagesCertificate.here(), Some(AlarmName::CertificateEnding)),
            (CheckName::RelayCertificate.of("main"), Some(AlarmName::CertificateEnding)),
            (CheckName::ListenerCertificate.here(), Some(AlarmName::CertificateEnding)),
            (CheckName::Proxy.here(), Some(AlarmName::CheckFailed)),
            (CheckName::Templates.here(), Some(AlarmName::CheckFailed)),
            (CheckName::Keys.here(), Some(AlarmName::KeyForeign)),
            // Whoever notices these at work calls a person.
            (CheckName::Relay.of("main"), None),
            (CheckName::Disk.here(), None),
            (CheckName::Backup.here(), None),
        ] {
            let id = check.id();
            let stands = look(&db, &[Finding::fail(&check, "it is wrong", "put it right")], now).await;
            let wanted: Vec<_> = name.iter().map(|name| (*name, id.clone())).collect();
            assert_eq!((stands.alarms, stands.known), (wanted, vec![format!("{id} fail")]), "{id}");
            let stands = look(&db, &[Finding::ok(&check, "it is right")], minutes(now, 60)).await;
            assert!(stands.alarms.is_empty() && stands.known.is_empty(), "{id}: {:?}", stands.alarms);
        }
    }

    async fn a_thousand_equal_failures_are_one_call(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let mut duty = Duty::new(&stage.db, vec![week()], &["ops@example.org"], stage.clock.now());
        let spf = CheckName::Spf.of("x.org");
        for at in 0..1000 {
            let now = stage.clock.now().plus(Duration::from_millis(at));
            look(&stage.db, &[Finding::fail(&spf, "there is none", "set it")], now).await;
        }
        assert_eq!(duty.after(1).await, ["[coranto] a record in the DNS is not as it should be: dns.spf/x.org"]);
        let count = alarms::all(&mut stage.db.read().await.unwrap()).await.unwrap()[0].count;
        assert_eq!(count, 1);
        look(&stage.db, &[Finding::ok(&spf, "v=spf1")], duty.now).await;
        assert_eq!(duty.after(10).await, ["[coranto] over: a record in the DNS is not as it should be: dns.spf/x.org"]);
        assert!(duty.after(60).await.is_empty());
    }

    async fn a_certificate_calls_before_it_fails(db: Db) {
        let check = CheckName::PagesCertificate.here();
        let now = stage::START;
        let called = [(AlarmName::CertificateEnding, check.id())];
        assert_eq!(look(&db, &[Finding::warn(&check, "13 days", "renew")], now).await.alarms, called);
        assert_eq!(look(&db, &[Finding::fail(&check, "2 days", "renew")], minutes(now, 1)).await.alarms, called);
        assert!(look(&db, &[Finding::ok(&check, "90 days")], minutes(now, 2)).await.alarms.is_empty());
        // A warning of another check is remembered, and calls nobody.
        let listen = CheckName::Listen.here();
        let stands = look(&db, &[Finding::warn(&listen, "it is open", "close it")], minutes(now, 3)).await;
        assert!(stands.alarms.is_empty() && stands.known == ["way_in.listen warn"], "{:?}", stands.known);
    }

    async fn what_nobody_answers_changes_nothing(db: Db) {
        let now = stage::START;
        let (spf, dkim, pages) = (CheckName::Spf.of("x.org"), CheckName::Dkim.of("s.x.org"), CheckName::Proxy.here());
        let failing = [Finding::fail(&spf, "none", "set"), Finding::fail(&dkim, "none", "set"), Finding::fail(&pages, "forged", "line")];
        assert_eq!(look(&db, &failing, now).await.alarms.len(), 3);
        // The name server is away: nothing is known of any record, and nothing of the pages.
        let away = [Finding::unknown(&CheckName::Dns.here(), "no answer", "again"), Finding::unknown(&CheckName::Pages.here(), "no answer", "again")];
        assert_eq!(look(&db, &away, minutes(now, 1)).await.alarms.len(), 3);
        // One name cannot be looked up.
        let one = [Finding::unknown(&spf, "SERVFAIL", "ask"), Finding::ok(&dkim, "in use")];
        let stands = look(&db, &one, minutes(now, 2)).await;
        assert_eq!(stands.known, ["dns.spf/x.org fail"], "a proxy that is not spoken of is not looked at any more");
        // A newsletter that is gone takes its failures with it.
        let stands = look(&db, &[Finding::ok(&dkim, "in use")], minutes(now, 3)).await;
        assert!(stands.known.is_empty() && stands.alarms.is_empty(), "{:?}", stands.known);
    }

    async fn the_worst_of_two_findings_counts(db: Db) {
        let check = CheckName::Configuration.here();
        let both = [Finding::fail(&check, "wrong", "right"), Finding::ok(&check, "it is read")];
        assert_eq!(look(&db, &both, stage::START).await.known, ["installation.configuration fail"]);
    }
}
