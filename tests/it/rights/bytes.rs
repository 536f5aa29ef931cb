//! Erased means gone from the file: the bytes of the database and of its log are searched for address and name.

use std::fs;
use std::path::PathBuf;

use coranto::domain::retention::Retention;
use coranto::signup::{self, NewReader};
use coranto::store::{Db, requests, subscriptions};
use coranto::upkeep;

use crate::harness::acts;
use crate::harness::database::{Fresh, on_sqlite};
use crate::signup::SignupFixture;

const EMAIL: &str = "zacharias.unique@example.org";
const NAME: &str = "Zacharias Singular";
/// Enough that rows and indexes lie on many pages.
const NEIGHBOURS: usize = 400;

/// The files beside the database that may hold its pages.
fn files(fresh: &Fresh) -> Vec<PathBuf> {
    let path = fresh.url.strip_prefix("sqlite://").unwrap();
    ["", "-wal", "-journal"]
        .iter()
        .map(|end| PathBuf::from(format!("{path}{end}")))
        .filter(|file| file.exists())
        .collect()
}

/// Where address or name still stand.
fn found(fresh: &Fresh) -> Vec<String> {
    let mut found = Vec::new();
    for file in files(fresh) {
        let bytes = fs::read(&file).unwrap();
        for needle in [EMAIL, "zacharias.unique", NAME] {
            let count = bytes.windows(needle.len()).filter(|window| *window == needle.as_bytes()).count();
            if count > 0 {
                found.push(format!("{} times {needle} in {}", count, file.display()));
            }
        }
    }
    found
}

async fn add(ground: &SignupFixture, email: &str, name: &str) {
    let new = NewReader { email: email.parse().unwrap(), name: Some(name.to_owned()), language: None };
    signup::add(ground.db(), ground.keys(), ground.list.id, &new, &ground.act(None)).await.unwrap();
}

/// The person among others who come before and after, with all that hangs on them.
async fn peopled(fresh: &Fresh) -> SignupFixture {
    let ground = SignupFixture::new(fresh.db.clone()).await;
    for number in 0..NEIGHBOURS {
        add(&ground, &format!("neighbour{number}@example.org"), "Neighbour").await;
        if number == NEIGHBOURS / 2 {
            add(&ground, EMAIL, NAME).await;
        }
    }
    let id = ground.find(EMAIL).await.unwrap().id;
    signup::rename(ground.db(), id, Some(&format!("{NAME} the Second")), &ground.act(None)).await.unwrap();
    signup::ask_data(&ground.signup, &ground.list, id, &ground.act(None)).await.unwrap();
    ground.db().scour().await.unwrap();
    assert!(!found(fresh).is_empty(), "the search finds what is there");
    ground
}

#[test]
fn after_a_readers_erasure_no_byte_is_left() {
    on_sqlite(async |fresh: Fresh| {
        let ground = peopled(&fresh).await;
        let id = ground.find(EMAIL).await.unwrap().id;
        let request = {
            let mut tx = ground.db().read().await.unwrap();
            requests::of_subscription(&mut tx, id).await.unwrap().last().unwrap().id
        };
        assert!(signup::erase(&ground.signup, request, &ground.act(None)).await.unwrap());
        assert_eq!(found(&fresh), Vec::<String>::new());
    });
}

#[test]
fn after_an_operators_erasure_no_byte_is_left() {
    on_sqlite(async |fresh: Fresh| {
        let ground = peopled(&fresh).await;
        let act = signup::ActionContext { actor: acts::actor(), ..ground.act(None) };
        signup::erase_address(ground.db(), ground.keys(), &EMAIL.parse().unwrap(), None, &act).await.unwrap();
        assert_eq!(found(&fresh), Vec::<String>::new());
    });
}

#[test]
fn after_retention_no_byte_is_left() {
    on_sqlite(async |fresh: Fresh| {
        let mut ground = peopled(&fresh).await;
        ground.leave(EMAIL).await;
        ground.later(24 * 366);
        let act = acts::actor();
        upkeep::expire(ground.db(), Retention::default(), act.at(ground.now), u32::MAX).await.unwrap();
        assert!(ground.db().scour().await.unwrap());
        assert_eq!(found(&fresh), Vec::<String>::new());
        assert_eq!(subscriptions::active(&mut ground.db().read().await.unwrap()).await.unwrap(), NEIGHBOURS as i64);
    });
}

#[test]
fn a_reader_of_the_file_puts_the_end_of_the_log_off_and_holds_up_nobody() {
    on_sqlite(async |db: Db| {
        let ground = SignupFixture::new(db).await;
        add(&ground, EMAIL, NAME).await;
        let mut reading = ground.db().read().await.unwrap();
        assert_eq!(subscriptions::active(&mut reading).await.unwrap(), 1);
        add(&ground, "other@example.org", "Other").await;
        // Any other writer would wait a quarter of a minute for the reader, and whoever writes for this one.
        let scoured = tokio::time::timeout(std::time::Duration::from_secs(10), ground.db().scour()).await;
        assert!(!scoured.expect("it holds up who writes").unwrap(), "somebody reads");
        drop(reading);
        add(&ground, "third@example.org", "Third").await;
        assert!(ground.db().scour().await.unwrap());
    });
}
