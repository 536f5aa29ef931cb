//! Lists of readers: what an import takes, refuses, and may do to whom; what an export gives back.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use coranto::domain::actor::Actor;
use coranto::domain::address::EmailAddress;
use coranto::domain::consent::ConsentKind as Kind;
use coranto::domain::subscriber::SubscriptionState::{Active, Paused, Pending, Unsubscribed};
use coranto::domain::suppression::SuppressionReason;
use coranto::signup::{self, Answers, Import, ImportError, ImportFiles, ImportStep, Imported, Reason, Rejected};
use coranto::store::subscriptions::{Counts, SubscriptionFilter};
use coranto::store::{Db, subscriptions, suppressions};

use super::SignupFixture;
use crate::harness::database::both_databases;

/// Files with lists in them; gone when this is dropped.
pub(crate) struct Files(tempfile::TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn with(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        fs::write(self.0.path().join(name), bytes).unwrap();
        self
    }

    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<_> = fs::read_dir(self.0.path()).unwrap().map(|file| file.unwrap().path()).collect();
        paths.sort();
        paths
    }

    pub(crate) fn look(&self, answers: Answers) -> Result<Arc<ImportFiles>, ImportError> {
        ImportFiles::look(&self.paths(), answers).map(Arc::new)
    }
}

/// A list's outcome: the figures and the rows that were not taken.
pub(crate) async fn run(
    ground: &SignupFixture,
    list: &Arc<ImportFiles>,
    dry_run: bool,
) -> Result<(Imported, Vec<Rejected>), ImportError> {
    let agreed = Some("the form of old, since 2019".to_owned());
    let (newsletter, actor) = (ground.list.id, Actor::Command("anna".to_owned()));
    let import = Import { newsletter, agreed, dry_run, actor, now: ground.now };
    let mut rejected = Vec::new();
    let mut told = 0;
    let (_, done) = signup::import(ground.db(), ground.keys(), list, &import, |step| match step {
        ImportStep::Rejected(row) => rejected.push(row),
        ImportStep::Dropped(_) => {}
        ImportStep::Progress { rows, .. } => {
            assert!(rows >= told, "progress went back");
            told = rows;
        }
    })
    .await?;
    assert_eq!(told, done.rows);
    let parts = done.will_get_mail
        + done.unsubscribed
        + done.unconfirmed
        + done.paused
        + done.suppressed
        + done.unchanged
        + done.kept_out
        + done.doubled
        + done.rejected;
    assert_eq!(parts, done.rows, "{done:?} does not add up");
    assert_eq!(rejected.len() as u64, done.rejected + done.kept_out);
    Ok((done, rejected))
}

pub(crate) async fn imported(ground: &SignupFixture, list: &str) -> (Imported, Vec<Rejected>) {
    let files = Files::new().with("list.csv", list);
    run(ground, &files.look(Answers::default()).unwrap(), false).await.unwrap()
}

async fn counts(ground: &SignupFixture) -> Counts {
    subscriptions::counts(&mut ground.db().read().await.unwrap(), ground.list.id).await.unwrap()
}

pub(crate) async fn suppressed(ground: &SignupFixture, email: &str) -> Option<SuppressionReason> {
    let hash = ground.keys().address_hash(&email.parse::<EmailAddress>().unwrap().key());
    suppressions::reason(&mut ground.db().read().await.unwrap(), &hash).await.unwrap()
}

both_databases! {
    async fn a_list_is_taken_row_by_row(db: Db) {
        let ground = SignupFixture::new(db).await;
        let list = "\u{feff}Email Address;Name;Status;Language;Subscribed at\r\n\
            Anna@Example.org;\"Berg; Anna\";active;de;2024-03-01T10:00:00Z\r\n\
            otto@example.org;;pending;;\r\n\
            paul@example.org;Paul;paused;;2023-01-01\r\n\
            lena@example.org;Lena;unsubscribed;;\r\n\
            dead@example.org;;bounced;;\r\n\
            \r\n\
            not an address;X;active;;\r\n\
            eva@example.org;Eva;sleeping;;\r\n\
            ANNA@example.org;Anna;active;;\r\n\
            ida@example.org;Ida;active;;31.12.2023\r\n";
        let (done, rejected) = imported(&ground, list).await;
        assert_eq!((done.rows, done.added, done.suppressed, done.rejected, done.doubled), (9, 5, 1, 2, 1));
        assert_eq!((done.will_get_mail, done.unsubscribed, done.unconfirmed, done.paused), (2, 1, 1, 1));
        let reasons: Vec<_> = rejected.iter().map(|row| (row.line, row.email.as_str(), row.reason.to_string())).collect();
        assert_eq!(reasons.iter().map(|(line, ..)| *line).collect::<Vec<_>>(), [8, 9]);
        assert!(reasons[0].1 == "not an address" && reasons[0].2.contains("no @"));
        assert!(reasons[1].2.contains("\"sleeping\""), "{reasons:?}");
        let anna = ground.find("anna@example.org").await.unwrap();
        assert_eq!((anna.email.as_str(), anna.name.as_deref(), anna.language.as_deref()), ("Anna@example.org", Some("Berg; Anna"), Some("de")));
        assert_eq!((anna.created_at.to_string().as_str(), anna.source.starts_with("import:")), ("2024-03-01T10:00:00Z", true));
        assert_eq!(ground.find("ida@example.org").await.unwrap().created_at.to_string(), "2023-12-31T00:00:00Z");
        assert_eq!(ground.history("anna@example.org").await, [Kind::Imported]);
        assert_eq!(ground.history("lena@example.org").await, [Kind::Withdrawn]);
        assert_eq!(counts(&ground).await, Counts { pending: 1, active: 2, paused: 1, unsubscribed: 1, suppressed: 0, mailable: 2 });
        assert_eq!(suppressed(&ground, "dead@example.org").await, Some(SuppressionReason::Bounce));
        assert_eq!(ground.waiting().await, 0, "an import sends nothing");
    }

    async fn nobody_is_brought_back(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        ground.reader("left@example.org").await;
        ground.leave("left@example.org").await;
        ground.reader("back@example.org").await;
        ground.leave("back@example.org").await;
        ground.reader("never@example.org").await;
        let act = ground.act(None);
        for email in ["never@example.org", "unknown@example.org"] {
            let email = email.parse().unwrap();
            signup::suppress(ground.db(), ground.keys(), &email, SuppressionReason::Complaint, "", &act).await.unwrap();
        }
        ground.later(25);
        ground.request("back@example.org").await.unwrap();
        ground.request("asked@example.org").await.unwrap();
        for status in ["active", "paused", "pending"] {
            let list = format!("email,status\nleft@example.org,{status}\nnever@example.org,{status}\nunknown@example.org,{status}\n");
            let (done, rejected) = imported(&ground, &list).await;
            assert_eq!((done.kept_out, done.added), (3, 0), "{status}");
            let complaint = Reason::Suppressed(SuppressionReason::Complaint);
            assert_eq!(rejected.iter().map(|row| row.reason.clone()).collect::<Vec<_>>(), [Reason::Left, complaint.clone(), complaint]);
        }
        let (done, rejected) = imported(&ground, "email\nback@example.org\nasked@example.org\n").await;
        assert_eq!((done.kept_out, done.activated, done.will_get_mail, rejected[0].line), (1, 1, 1, 2));
        assert_eq!(ground.state("left@example.org").await, Some(Unsubscribed));
        assert_eq!(ground.state("back@example.org").await, Some(Pending));
        assert_eq!(ground.state("asked@example.org").await, Some(Active));
        assert!(ground.find("unknown@example.org").await.is_none());
    }

    async fn a_list_may_end_subscriptions(db: Db) {
        let ground = SignupFixture::new(db).await;
        imported(&ground, "email,status\na@example.org,\nb@example.org,paused\nc@example.org,\nd@example.org,\n").await;
        let (done, _) = imported(&ground, "email,status\na@example.org,unsubscribed\nb@example.org,left\nc@example.org,complained\nd@example.org,paused\n").await;
        assert_eq!((done.unsubscribed, done.suppressed, done.unchanged), (2, 1, 1));
        assert_eq!((ground.state("a@example.org").await, ground.state("b@example.org").await), (Some(Unsubscribed), Some(Unsubscribed)));
        assert_eq!(suppressed(&ground, "c@example.org").await, Some(SuppressionReason::Complaint));
        assert_eq!(ground.state("d@example.org").await, Some(Active), "what a reader chose here stands");
        assert_eq!(counts(&ground).await.mailable, 1);
    }

    async fn a_dry_run_says_the_same_and_does_nothing(db: Db) {
        let ground = SignupFixture::new(db).await;
        ground.reader("left@example.org").await;
        ground.leave("left@example.org").await;
        ground.request("asked@example.org").await.unwrap();
        let files = Files::new().with("list.csv", "email,status\nnew@example.org,\nleft@example.org,\nasked@example.org,\nbad,\ndead@example.org,bounced\n");
        let list = files.look(Answers::default()).unwrap();
        let before = ground.fingerprint().await;
        let dry = run(&ground, &list, true).await.unwrap();
        assert_eq!(ground.fingerprint().await, before);
        assert_eq!(suppressed(&ground, "dead@example.org").await, None);
        let wet = run(&ground, &list, false).await.unwrap();
        assert_eq!(dry, wet);
        assert_eq!((wet.0.added, wet.0.kept_out, wet.0.activated, wet.0.rejected, wet.0.suppressed), (1, 1, 1, 1, 1));
    }

    async fn a_list_may_be_taken_twice(db: Db) {
        let ground = SignupFixture::new(db).await;
        let mut list = "email,name\n".to_owned();
        (0..2_500).for_each(|number| list.push_str(&format!("r{number}@example.org,R {number}\n")));
        let (first, _) = imported(&ground, &list).await;
        assert_eq!((first.added, first.rejected), (2_500, 0));
        let [subscribers, subscriptions, active, consents, ..] = ground.fingerprint().await;
        assert_eq!([subscribers, subscriptions, active, consents], [2_500; 4]);
        let (second, _) = imported(&ground, &list).await;
        assert_eq!((second.added, second.unchanged), (0, 2_500));
        assert_eq!(ground.fingerprint().await[..4], [2_500; 4]);
    }

    async fn two_lists_at_once_and_signups_between_do_not_meet(db: Db) {
        let ground = std::sync::Arc::new(SignupFixture::with_limits(db, signup::Limits { requests_per_hour: 10_000, ..Default::default() }).await);
        let mut tasks = tokio::task::JoinSet::new();
        for turn in 0..2 {
            let ground = std::sync::Arc::clone(&ground);
            tasks.spawn(async move {
                let mut numbers: Vec<u32> = (0..1_500).collect();
                if turn == 1 {
                    numbers.reverse();
                }
                let list = numbers.iter().map(|number| format!("r{number}@example.org\n")).collect::<String>();
                imported(&ground, &format!("email\n{list}")).await.0.added
            });
        }
        for number in 0..40 {
            ground.request(&format!("r{}@example.org", number * 37)).await.unwrap();
        }
        tasks.join_all().await;
        let [subscribers, subscriptions, ..] = ground.fingerprint().await;
        assert_eq!((subscribers, subscriptions), (1_500, 1_500));
    }

    async fn one_bad_row_never_stops_the_rest(db: Db) {
        let ground = SignupFixture::new(db).await;
        let mut list = b"email,name\n".to_vec();
        for (number, bad) in [
            b"a\0b@example.org,Nul".as_slice(),
            b"\"open@example.org,never closed",
            b"M\xfcller@example.org,M\xc3\xbcller",
            b"x@example.org\x81,X",
            &b"y".repeat(10_000_000),
            b",,,,,,,,",
            b"@,@",
            b"=cmd|'/C calc'!A0,x",
            "\u{202e}gro.elpmaxe@a,x".as_bytes(),
        ]
        .into_iter()
        .enumerate()
        {
            list.extend(format!("good{number}@example.org,Good\n").bytes());
            list.extend(bad);
            list.push(b'\n');
        }
        list.extend(b"latin@example.org,Ren\xe9e\nutf@example.org,Ren\xc3\xa9e\nlast@example.org,Last");
        let files = Files::new().with("list.csv", list);
        let (done, rejected) = run(&ground, &files.look(Answers::default()).unwrap(), false).await.unwrap();
        assert_eq!((done.added, done.rejected, done.windows_1252), (9 + 3, 9, 1), "{rejected:#?}");
        assert_eq!(rejected.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 5, 7, 9, 11, 13, 15, 17, 19]);
        for email in ["latin@example.org", "utf@example.org"] {
            assert_eq!(ground.find(email).await.unwrap().name.as_deref(), Some("Renée"));
        }
        assert!(ground.find("last@example.org").await.is_some());
    }

    async fn a_file_that_is_no_list_is_refused_at_once(db: Db) {
        let ground = SignupFixture::new(db).await;
        let refused = |list: &[u8]| Files::new().with("list.csv", list).look(Answers::default()).unwrap_err().to_string();
        assert!(refused(b"").contains("empty"));
        assert!(refused(b"\n\n  \n").contains("empty"));
        assert!(refused(b"PK\x03\x04rest").contains("archive"));
        assert!(refused(b"\x1f\x8brest").contains("gzip"));
        assert!(refused(b"\xd0\xcf\x11\xe0rest").contains("save it as CSV"));
        assert!(refused(b"who,what\na,b\n").contains("the first line has: who, what"));
        assert!(refused(b"email,e-mail\na@b.cc,c@d.ee\n").contains("\"email\" and \"e-mail\""));
        assert!(refused(b"email,\"name\n").contains("never closed"));
        assert!(refused(b"{\"email\": ").contains("JSON"));
        assert!(refused(&vec![b'x'; 50_000_000]).contains("longer than 64 KiB"));
        assert_eq!(ground.fingerprint().await[0], 0);
    }

    async fn bare_addresses_are_a_list(db: Db) {
        let ground = SignupFixture::new(db).await;
        let (done, _) = imported(&ground, "a@example.org\nb@example.org\r\nnobody\n").await;
        assert_eq!((done.added, done.rejected, done.rows), (2, 1, 3));
    }

    async fn an_export_is_read_back(db: Db) {
        let ground = SignupFixture::new(db.clone()).await;
        let names = ["", "Anna \"the\" Berg", "=HYPERLINK(\"x\")", "'=1", "''+1", "a,b;c", "Ĺéa 用户", "-", "'t Hooft", "@x"];
        let mut list = csv::Writer::from_writer(Vec::new());
        list.write_record(["email", "name", "status", "language", "subscribed_at"]).unwrap();
        for (number, name) in names.iter().enumerate() {
            let state = ["active", "paused", "unsubscribed", "pending"][number % 4];
            let email = format!("{}r{number}@example.org", ["", "+", "=", "'=", "-"][number % 5]);
            let at = format!("20{:02}-01-02T03:04:05.{number:03}Z", 10 + number);
            // What begins like a formula needs its guard, or it would be taken off with nothing behind it.
            let guard = |text: &str| if text.trim_start_matches('\'').starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
            list.write_record([guard(&email), guard(name), state.to_owned(), ["", "pt-BR"][number % 2].to_owned(), at]).unwrap();
        }
        let files = Files::new().with("list.csv", list.into_inner().unwrap());
        let (done, rejected) = run(&ground, &files.look(Answers::default()).unwrap(), false).await.unwrap();
        assert_eq!(done.added, names.len() as u64, "{rejected:?}");
        for name in names {
            let stored = ground.readers().await;
            assert!(stored.values().any(|(stored, ..)| stored == name), "{name:?} is not among {stored:#?}");
        }
        let before = ground.readers().await;
        let email = "r0@example.org".parse().unwrap();
        signup::suppress(&db, ground.keys(), &email, SuppressionReason::Bounce, "", &ground.act(None)).await.unwrap();

        let mut out = Vec::new();
        let all = SubscriptionFilter { newsletter: Some(ground.list.id), ..SubscriptionFilter::default() };
        assert_eq!(signup::export(&db, &all, &mut out, |_| {}).await.unwrap(), names.len() as u64);
        let text = String::from_utf8(out.clone()).unwrap();
        for field in csv::Reader::from_reader(text.as_bytes()).records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
            assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r']), "{field:?} is a formula");
        }
        assert!(text.contains("r0@example.org,,bounced,"));

        // Into an empty newsletter of the same database, under another slug.
        let mut other = SignupFixture::new(db.clone()).await;
        other.list = crate::signup::list(&db, crate::signup::newsletter("copy", "Copy")).await;
        signup::unsuppress(&db, ground.keys(), &email, &ground.act(None)).await.unwrap();
        let files = Files::new().with("export.csv", out);
        let (done, rejected) = run(&other, &files.look(Answers::default()).unwrap(), false).await.unwrap();
        assert_eq!((done.added, done.suppressed, done.rejected), (names.len() as u64 - 1, 1, 0), "{rejected:?}");
        let mut after = other.readers().await;
        let mut expected = before;
        expected.remove("r0@example.org");
        after.remove("r0@example.org");
        assert_eq!(after, expected);
        assert_eq!(suppressed(&other, "r0@example.org").await, Some(SuppressionReason::Bounce));
        // Only those who were asked for.
        let mut paused = Vec::new();
        let filter = SubscriptionFilter { state: Some(Paused), ..all };
        assert_eq!(signup::export(&db, &filter, &mut paused, |_| {}).await.unwrap(), 3);
    }
}

impl SignupFixture {
    /// Name, state, language and time of each reader.
    async fn readers(&self) -> BTreeMap<String, (String, String, Option<String>, i64)> {
        let mut tx = self.db().read().await.unwrap();
        let filter = SubscriptionFilter { newsletter: Some(self.list.id), ..SubscriptionFilter::default() };
        let page = subscriptions::page(&mut tx, &filter, coranto::domain::SubscriptionId(0), 1_000).await.unwrap();
        page.into_iter()
            .map(|reader| {
                let name = reader.name.unwrap_or_default();
                (reader.email.to_string(), (name, reader.state.to_string(), reader.language, reader.created_at.0))
            })
            .collect()
    }
}
