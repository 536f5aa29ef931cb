//! The copy of article 15 has all of it: a walk over the schema finds a table that leads to a person and is in no part, and
//! a person who stands in every table finds each of them in the copy.

use std::collections::BTreeSet;

use coranto::domain::SubscriptionId;
use coranto::domain::subscriber::EndedBy;
use coranto::signup::{self, HumanCheck, LinkAsk};
use coranto::store::personal::{Hanging, Part};
use coranto::store::{Db, StoreError};

use crate::harness::database::both_databases;
use crate::signup::SignupFixture;

const ANNA: &str = "anna@example.org";

/// Names of columns by which a row leads to a person.
const LEADS: &[&str] = &[
    "subscriber_id", "subscription_id", "delivery_id", "request_id", "consent_id", "email", "old_email", "email_key",
    "recipient", "spelling", "address_hash", "quota_hash", "mailbox_hash", "address_tag", "mailbox_tag", "client",
];

/// Tables that lead to a person and are in no part, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    ("accounts", "people who work here, and no readers: whoever runs the program gave them the login and tells them"),
    ("erased_requests", "of a change of address whose person was erased: a number and a mark, which lead to nobody"),
    ("spent_challenges", "part of an address's hash, while a solution is valid: some minutes"),
];

/// Tables about anything but people.
const NOT_ABOUT_PEOPLE: &[&str] = &[
    "newsletters", "revisions", "revision_images", "images", "issues", "pages", "skips", "workers", "leases", "keys",
    "alarms", "installation", "suspensions", "evidence", "relay_counts", "imports", "import_answers", "folded",
    "retention", "members", "methods", "sessions", "entries", "sign_in_tries", "hooks", "mailbox_positions", "schema",
    "quiets", "backups", "copies", "copy_progress",
];

async fn columns(db: &Db) -> Vec<(String, String)> {
    let sql = match db.is_sqlite() {
        true => {
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '%sqlx%'"
        }
        false => {
            "SELECT c.table_name::TEXT, c.column_name::TEXT FROM information_schema.columns c
             JOIN information_schema.tables t ON t.table_name = c.table_name AND t.table_schema = c.table_schema
             WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name NOT LIKE '%sqlx%'"
        }
    };
    db.read().await.unwrap().sql(sql).fetch_all().await.unwrap()
}

/// Rows about a subscription in every table that a part stands in and that the ordinary ways have not filled.
async fn filled(ground: &SignupFixture, id: SubscriptionId) {
    let person = ground.keys().address_hash(ANNA);
    ground
        .db()
        .write(async |tx| {
            tx.sql(
                "INSERT INTO notices (received_at, source, fingerprint, kind, cause, certainty, evidence, subscription_id,
                     address_hash, destination, diagnostic, rule, effect)
                 VALUES ($1, 'relay', $2, 'failed', 'full', 'sure', 'dialogue', $3, $2, 'other', 'mailbox full', 'r', 'nothing')",
            )
            .bind(ground.now)
            .bind(person.as_slice())
            .bind(id)
            .execute()
            .await?;
            tx.sql(
                "INSERT INTO imports (newsletter_id, actor, state, files, digest, mapping, agreed, position, counts, created_at)
                 VALUES ($1, 'command:x', 'done', 'fair.csv', 'd', '{}', 'a form at the fair', 1, '{}', $2)",
            )
            .bind(ground.list.id)
            .bind(ground.now)
            .execute()
            .await?;
            tx.sql("INSERT INTO import_changes (import_id, subscription_id, did) SELECT MAX(id), $1, 'added' FROM imports")
                .bind(id)
                .execute()
                .await?;
            tx.sql(
                "INSERT INTO folded_misses (id, issue_id, subscription_id, state, reason, attempts, final_at, reply)
                 VALUES (900001, 900001, $1, 'failed', 'refused', 1, $2, '550 no')",
            )
            .bind(id)
            .bind(ground.now)
            .execute()
            .await?;
            tx.sql("INSERT INTO refusals (address_tag, until) VALUES ($1, $2)")
                .bind(ground.keys().address_tag(ANNA).cast_signed())
                .bind(ground.now)
                .execute()
                .await?;
            tx.sql("INSERT INTO suppressions (address_hash, reason, note, created_at) VALUES ($1, 'erased', 'n', $2)")
                .bind(person.as_slice())
                .bind(ground.now)
                .execute()
                .await?;
            tx.sql("INSERT INTO departed (newsletter_id, address_hash, ended_by, at) VALUES ($1, $2, $3, $4)")
                .bind(ground.list.id)
                .bind(person.as_slice())
                .bind(EndedBy::Operator)
                .bind(ground.now)
                .execute()
                .await?;
            tx.sql(
                "INSERT INTO past_consents (newsletter_id, address_hash, kind, at, wording, client, source, ended_at)
                 VALUES ($1, $2, 'confirmed', $3, 'w', '192.0.2.0/24', 'form', $3)",
            )
            .bind(ground.list.id)
            .bind(person.as_slice())
            .bind(ground.now)
            .execute()
            .await?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
}

both_databases! {
    async fn every_table_is_copied_or_named_with_its_reason(db: Db) {
        let columns = columns(&db).await;
        let tables: BTreeSet<_> = columns.iter().map(|(table, _)| table.as_str()).collect();
        let copied: BTreeSet<_> =
            Part::ALL.iter().map(|part| part.table()).chain(Hanging::ALL.iter().map(|part| part.table())).collect();
        let left_out: BTreeSet<_> = LEFT_OUT.iter().map(|(table, _)| *table).collect();
        for table in &tables {
            let places = [copied.contains(table), left_out.contains(table), NOT_ABOUT_PEOPLE.contains(table)];
            let number = places.iter().filter(|is_there| **is_there).count();
            assert_eq!(number, 1, "{table} stands in {number} lists: is it about a person, and is it in their copy?");
        }
        for table in copied.iter().chain(&left_out).chain(NOT_ABOUT_PEOPLE) {
            assert!(tables.contains(table), "{table} is gone");
        }
        for (table, column) in &columns {
            let leads = LEADS.contains(&column.as_str());
            assert!(!leads || !NOT_ABOUT_PEOPLE.contains(&table.as_str()), "{table}.{column} leads to a person");
        }
        assert!(columns.len() > 100, "{columns:?}");
    }

    async fn who_stands_in_every_table_finds_each_in_the_copy(db: Db) {
        let ground = SignupFixture::new(db).await;
        let id = ground.reader(ANNA).await;
        signup::ask_data(&ground.signup, &ground.list, id, &ground.act(None)).await.unwrap();
        let ask = LinkAsk { email: ANNA.parse().unwrap(), proof: HumanCheck::default() };
        signup::send_link(&ground.signup, &ground.list, &ask, &ground.act(None)).await.unwrap();
        filled(&ground, id).await;
        let email = ANNA.parse().unwrap();
        let copy = signup::copy_of(ground.db(), ground.keys(), &email, ground.now).await.unwrap().unwrap();
        for part in Part::ALL {
            let value = &copy[part.as_str()];
            assert!(value.as_array().is_some_and(|all| !all.is_empty()), "{part}: {value}");
        }
        let subscription = &copy["subscriptions"][0];
        for part in Hanging::ALL {
            let value = &subscription[part.as_str()];
            assert!(value.as_array().is_some_and(|all| !all.is_empty()), "{part}: {value}");
        }
        let text = copy.to_string();
        for told in ["192.0.2.0/24", "fair.csv", "a form at the fair", "mailbox full", "550 no", "data.asked", ANNA] {
            assert!(text.contains(told), "{told}: {copy:#}");
        }
        assert!(!text.contains("command:x"), "who the operator is is no data of the reader's");
        let nobody = "nobody@example.org".parse().unwrap();
        assert!(signup::copy_of(ground.db(), ground.keys(), &nobody, ground.now).await.unwrap().is_none());
    }

    async fn after_an_erasure_no_table_leads_to_them(db: Db) {
        let ground = SignupFixture::new(db).await;
        let id = ground.reader(ANNA).await;
        signup::ask_data(&ground.signup, &ground.list, id, &ground.act(None)).await.unwrap();
        let ask = LinkAsk { email: ANNA.parse().unwrap(), proof: HumanCheck::default() };
        signup::send_link(&ground.signup, &ground.list, &ask, &ground.act(None)).await.unwrap();
        filled(&ground, id).await;
        let act = signup::ActionContext { actor: crate::harness::acts::actor(), ..ground.act(None) };
        let email = ANNA.parse().unwrap();
        let gone =
            signup::erase_address(ground.db(), ground.keys(), &email, Some("asked by anna@example.org"), &act).await.unwrap();
        assert_eq!((gone.subscriptions.len(), gone.by_hash), (1, 2));
        let copy = signup::copy_of(ground.db(), ground.keys(), &email, ground.now).await.unwrap().unwrap();
        for part in Part::ALL {
            let is_kept = matches!(part, Part::Suppressions | Part::Refusals | Part::AskedMails);
            assert_eq!(copy[part.as_str()].as_array().is_some_and(|all| !all.is_empty()), is_kept, "{part}: {copy:#}");
        }
        let number = async |sql: &'static str| {
            let mut tx = ground.db().read().await.unwrap();
            tx.sql(sql).bind(id).fetch_one::<(i64,)>().await.unwrap().0
        };
        for sql in [
            "SELECT COUNT(*) FROM events WHERE subscription_id = $1",
            "SELECT COUNT(*) FROM notices WHERE subscription_id = $1",
            "SELECT COUNT(*) FROM folded_misses WHERE subscription_id = $1",
            "SELECT COUNT(*) FROM import_changes WHERE subscription_id = $1",
            "SELECT COUNT(*) FROM requests WHERE subscription_id = $1",
            "SELECT COUNT(*) FROM consents WHERE subscription_id = $1",
            "SELECT COUNT(*) FROM deliveries WHERE subscription_id = $1 AND (recipient IS NOT NULL OR reply IS NOT NULL)",
            "SELECT COUNT(*) FROM deliveries WHERE subscription_id = $1 AND state IN ('pending', 'claimed')",
        ] {
            assert_eq!(number(sql).await, 0, "{sql}");
        }
        let (data,): (String,) = {
            let mut tx = ground.db().read().await.unwrap();
            tx.sql("SELECT data FROM events WHERE kind = 'reader.erased'").fetch_one().await.unwrap()
        };
        assert_eq!(data, r#"{"reason":"asked by a***@example.org"}"#);
        // Once more there is nothing to erase.
        let again = signup::erase_address(ground.db(), ground.keys(), &email, None, &act).await.unwrap();
        assert!(again.is_empty(), "{again:?}");
    }

    async fn an_address_that_was_just_moved_to_is_not_the_thiefs_to_erase(db: Db) {
        let ground = SignupFixture::new(db).await;
        let id = ground.reader(ANNA).await;
        let act = ground.act(None);
        let thief = "thief@example.org".parse().unwrap();
        signup::ask_address(&ground.signup, &ground.list, id, &thief, &act).await.unwrap();
        let request = {
            let mut tx = ground.db().read().await.unwrap();
            coranto::store::requests::of_subscription(&mut tx, id).await.unwrap().last().unwrap().id
        };
        signup::confirm_address(&ground.signup, request, &act).await.unwrap();
        let found = signup::look_holdings(ground.db(), ground.keys(), &thief, ground.now).await.unwrap();
        assert!(found.is_empty() && found.settling.len() == 1, "{found:?}");
        assert!(signup::erase_address(ground.db(), ground.keys(), &thief, None, &act).await.unwrap().is_empty());
        assert!(ground.find("thief@example.org").await.is_some());
        let hers = signup::erase_address(ground.db(), ground.keys(), &ANNA.parse().unwrap(), None, &act).await.unwrap();
        assert_eq!(hers.subscriptions.len(), 1);
        assert!(ground.find("thief@example.org").await.is_none(), "it was hers, wherever it went");
    }
}
