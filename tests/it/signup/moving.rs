//! Exports of other programs, each with its real columns: where everybody in them stands afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use coranto::domain::actor::Actor;
use coranto::domain::suppression::SuppressionReason;
use coranto::signup::{self, Answers, Import, ImportError, ImportFiles};
use coranto::store::Db;

use super::SignupFixture;
use super::lists::{Files, imported, run, suppressed};
use crate::harness::database::both_databases;

/// A file, and what comes of it.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    file: String,
    /// As whose export it is known.
    known: Option<String>,
    /// The columns that a person is asked about.
    #[serde(default)]
    question: Vec<String>,
    #[serde(default)]
    column: Vec<String>,
    #[serde(default)]
    ignore: Vec<String>,
    standing: Option<String>,
    #[serde(default)]
    rejected: u64,
    states: BTreeMap<String, String>,
    #[serde(default)]
    names: BTreeMap<String, String>,
    #[serde(default)]
    since: BTreeMap<String, String>,
}

#[derive(serde::Deserialize)]
struct Expected {
    case: Vec<Case>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/imports")
}

fn cases() -> Vec<Case> {
    let text = fs::read_to_string(folder().join("expected.toml")).unwrap();
    toml::from_str::<Expected>(&text).unwrap().case
}

impl Case {
    fn look(&self) -> Result<Arc<ImportFiles>, ImportError> {
        let mut answers = Answers::default();
        self.column.iter().for_each(|column| answers.column(column).unwrap());
        self.ignore.iter().for_each(|name| answers.ignore(name));
        if let Some(word) = &self.standing {
            answers.everyone(word).unwrap();
        }
        ImportFiles::look(&[folder().join(&self.file)], answers).map(Arc::new)
    }
}

/// Where an address stands, in the words of the cases.
async fn standing(ground: &SignupFixture, email: &str) -> String {
    if suppressed(ground, email).await.is_some() {
        return "suppressed".to_owned();
    }
    match ground.state(email).await.map(|state| state.as_str()) {
        None => "none",
        Some("unsubscribed") => "unsubscribed",
        Some("pending") => "unconfirmed",
        Some(state) => state,
    }
    .to_owned()
}

both_databases! {
    async fn every_export_comes_in_as_it_was(db: Db) {
        let ground = SignupFixture::new(db).await;
        let cases = cases();
        assert!(cases.len() >= 60, "{}", cases.len());
        let mut wrong = Vec::new();
        for case in &cases {
            let list = match case.look() {
                Ok(list) => list,
                Err(error) => {
                    wrong.push(format!("{}: {error}", case.file));
                    continue;
                }
            };
            let asked: Vec<_> = list.questions().iter().map(|question| question.column.clone()).collect();
            if asked != case.question {
                wrong.push(format!("{}: asks about {asked:?}", case.file));
            }
            let known: Vec<_> = list.understood().iter().filter_map(|file| file.from).collect();
            if known.first().copied() != case.known.as_deref() {
                wrong.push(format!("{}: is taken for {known:?}", case.file));
            }
            match run(&ground, &list, false).await {
                Ok((done, rejected)) if done.rejected != case.rejected => wrong.push(format!("{}: {rejected:#?}", case.file)),
                Ok(_) => {}
                Err(ImportError::Questions(_)) if !case.question.is_empty() => {}
                Err(error) => wrong.push(format!("{}: {error}", case.file)),
            }
            for (email, expected) in &case.states {
                let found = standing(&ground, email).await;
                if found != *expected {
                    wrong.push(format!("{}: {email} is {found}, not {expected}", case.file));
                }
            }
            for (email, name) in &case.names {
                let found = ground.find(email).await.and_then(|found| found.name).unwrap_or_default();
                if found != *name {
                    wrong.push(format!("{}: {email} is called {found:?}, not {name:?}", case.file));
                }
            }
            for (email, since) in &case.since {
                let found = ground.find(email).await.map(|found| found.created_at.to_string()).unwrap_or_default();
                if found != *since {
                    wrong.push(format!("{}: {email} since {found}, not {since}", case.file));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn the_stronger_statement_wins_whatever_the_order_of_files(db: Db) {
        let ground = SignupFixture::new(db).await;
        for (first, second) in [("1.csv", "2.csv"), ("2.csv", "1.csv")] {
            let email = format!("{}@example.org", first.trim_end_matches(".csv"));
            let files = Files::new()
                .with(first, format!("email,status\n{email},active\n"))
                .with(second, format!("email,unsubscribed_at\n{},2024-01-02\n", email.to_uppercase()));
            let (done, _) = run(&ground, &files.look(Answers::default()).unwrap(), false).await.unwrap();
            assert_eq!((done.unsubscribed, done.doubled, done.will_get_mail), (1, 1, 0));
            assert_eq!(standing(&ground, &email).await, "unsubscribed");
        }
    }

    async fn further_rows_of_a_person_say_what_the_first_does_not(db: Db) {
        let ground = SignupFixture::new(db).await;
        imported(&ground, "email,name,language,created_at\na@example.org,,,2024-05-01\nA@example.org,Anna,de,2023-05-01\n").await;
        let anna = ground.find("a@example.org").await.unwrap();
        assert_eq!((anna.name.as_deref(), anna.language.as_deref()), (Some("Anna"), Some("de")));
        assert_eq!(anna.created_at.to_string(), "2023-05-01T00:00:00Z");
    }

    async fn a_row_that_cannot_be_read_ends_a_subscription_here_when_it_says_so(db: Db) {
        let ground = SignupFixture::new(db).await;
        ground.reader("a@example.org").await;
        ground.reader("b@example.org").await;
        let (done, _) = imported(&ground, "email,name,status\na@example.org,Smith, A,unsubscribed\nb@example.org,Smith, B,active\n").await;
        assert_eq!((done.unsubscribed, done.rejected), (1, 1));
        assert_eq!(standing(&ground, "a@example.org").await, "unsubscribed");
        assert_eq!(standing(&ground, "b@example.org").await, "active", "what a list cannot say changes nothing");
    }

    async fn many_readers_need_words_for_where_they_agreed(db: Db) {
        let ground = SignupFixture::new(db).await;
        let rows = |count: usize| (0..count).map(|number| format!("r{number}@example.org\n")).collect::<String>();
        let actor = Actor::Command("anna".to_owned());
        let silent = |newsletter| Import { newsletter, agreed: None, dry_run: false, actor: actor.clone(), now: ground.now };
        let files = Files::new().with("list.txt", rows(101));
        let list = files.look(Answers::default()).unwrap();
        let refused = signup::import(ground.db(), ground.keys(), &list, &silent(ground.list.id), |_| {}).await;
        assert!(matches!(refused, Err(ImportError::NotAgreed { readers: 101 })), "{refused:?}");
        assert_eq!(ground.fingerprint().await[..2], [0, 0]);
        let files = Files::new().with("list.txt", rows(100));
        let list = files.look(Answers::default()).unwrap();
        let (_, done) = signup::import(ground.db(), ground.keys(), &list, &silent(ground.list.id), |_| {}).await.unwrap();
        assert_eq!(done.will_get_mail, 100);
        // An address book says nothing of agreement, however short it is.
        let files = Files::new().with("contacts.csv", "First Name,E-mail 1 - Value\nAnna,x@example.org\n");
        let list = files.look(Answers::default()).unwrap();
        let refused = signup::import(ground.db(), ground.keys(), &list, &silent(ground.list.id), |_| {}).await;
        assert!(matches!(refused, Err(ImportError::NotAgreed { readers: 1 })), "{refused:?}");
    }

    async fn the_record_of_consents_keeps_where_and_whence_they_agreed(db: Db) {
        let ground = SignupFixture::new(db).await;
        imported(&ground, "email,OPTIN_TIME,OPTIN_IP\na@example.org,2020-02-03 04:05:06,192.0.2.77\n").await;
        let id = ground.find("a@example.org").await.unwrap().id;
        let mut tx = ground.db().read().await.unwrap();
        let history = coranto::store::consents::of_subscription(&mut tx, id).await.unwrap();
        assert_eq!(history.len(), 1);
        assert_eq!((history[0].wording.as_str(), history[0].client.as_deref()), ("the form of old, since 2019", Some("192.0.2.0/24")));
        assert!(history[0].source.starts_with("import:"));
        assert_eq!(ground.find("a@example.org").await.unwrap().created_at.to_string(), "2020-02-03T04:05:06Z");
        assert_eq!(suppressed(&ground, "a@example.org").await, None::<SuppressionReason>);
    }
}

#[test]
fn files_that_are_not_read_are_named() {
    let list = ImportFiles::look(&[folder().join("substack.zip")], Answers::default()).unwrap();
    assert_eq!(list.rows(), 2);
    for name in ["posts.csv", "1.html", "opens.csv", "readings.csv"] {
        assert!(list.others().iter().any(|other| other.contains(name)), "{name}: {:?}", list.others());
    }
}

#[test]
fn a_column_that_is_in_no_file_is_a_mistake() {
    let mut answers = Answers::default();
    answers.column("Nowhere=status").unwrap();
    let files = Files::new().with("list.csv", "email\na@example.org\n");
    assert!(matches!(files.look(answers), Err(ImportError::NoSuchColumn { name }) if name == "nowhere"));
    assert!(Answers::default().column("Status").is_err() && Answers::default().column("Status=odd").is_err());
    assert!(Answers::default().everyone("odd").is_err() && Answers::default().from("odd").is_err());
}
