//! Keys are rotated, given up and compared, on both databases: the program is known from outside.

use std::fs;

use coranto::clock::Clock;
use coranto::store::Db;
use coranto::token::Keyring;
use tempfile::TempDir;

use super::{cli, fails, json, ok};
use crate::harness::copies::Copy;
use crate::harness::database::{Fresh, both_databases};

/// An installation over a database of a test, with one reader and one who is kept out.
pub(super) struct KeyHolder {
    pub(super) home: TempDir,
    pub(super) url: String,
}

impl KeyHolder {
    pub(super) async fn new(fresh: Fresh) -> Self {
        fresh.db.close().await;
        let home = tempfile::tempdir().unwrap();
        let configuration = format!(
            "public_url = \"http://127.0.0.1:9\"\ndatabase = \"{}\"\nsecret_key_file = \"secret.key\"\n\
             [newsletters.week]\nname = \"The Week\"\nfrom = \"The Week <week@example.com>\"\n\
             postal_address = \"1 Example Street, Example\"\ntime_zone = \"UTC\"\n\
             [[inbound.hooks]]\nname = \"ses\"\nprovider = \"mailgun\"\nsecret = \"0123456789abcdef0123\"\n",
            fresh.url
        );
        fs::write(home.path().join("coranto.toml"), configuration).unwrap();
        let holder = Self { home, url: fresh.url };
        holder.write(&Keyring::generate());
        ok(holder.home.path(), &["subscribers", "add", "anna@example.org"]);
        ok(holder.home.path(), &["subscribers", "suppress", "never@example.org"]);
        holder
    }

    fn text(&self) -> String {
        fs::read_to_string(self.home.path().join("secret.key")).unwrap()
    }

    fn write(&self, text: &str) {
        fs::write(self.home.path().join("secret.key"), text).unwrap();
    }

    /// The state of each key by its number; the address's has none.
    fn states(&self) -> Vec<(Option<u64>, String)> {
        let listed = cli(self.home.path(), &["keys", "--json"]);
        let values = listed.stdout.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        values.map(|one| (one["number"].as_u64(), one["state"].as_str().unwrap().to_owned())).collect()
    }

    pub(super) async fn change(&self, sql: &'static str) {
        let db = Db::open(&self.url).await.unwrap();
        db.write(async |tx| tx.sql(sql).execute().await).await.unwrap();
        db.close().await;
    }

    /// An email whose links the key on top has sealed just now.
    async fn mail(&self) {
        let db = Db::open(&self.url).await.unwrap();
        let now = Clock::system().now();
        db.write(async |tx| {
            tx.sql(
                "INSERT INTO deliveries (recipient, state, attempts, first_at, final_at)
                 VALUES ('anna@example.org', 'sent', 1, $1, $1)",
            )
            .bind(now)
            .execute()
            .await
        })
        .await
        .unwrap();
        db.close().await;
    }
}

const OTHER: &str = "3333333333333333333333333333333333333333333333333333333333333333";

both_databases! {
    async fn every_case_of_a_file_has_its_answer(fresh: Fresh) {
        let holder = KeyHolder::new(fresh).await;
        let folder = holder.home.path();
        let right = holder.text();
        let top = right.lines().find(|line| line.starts_with("1:")).unwrap().to_owned();
        let address = right.lines().find(|line| line.starts_with("address:")).unwrap().to_owned();
        let elsewhere = folder.join("elsewhere.key");
        for (name, text, code, word) in [
            ("the right one", right.clone(), 0, ""),
            ("one key more", format!("7:{OTHER}\n{top}\n{address}\n"), 0, "New to the database: 7"),
            ("another key of addresses", format!("{top}\naddress:{OTHER}\n"), 3, "hashes addresses with"),
            ("another installation's", format!("1:{OTHER}\n"), 3, "hashes addresses with"),
            ("without the key that sealed", format!("7:{OTHER}\n{address}\n"), 3, "lacks key 1"),
            ("another of its number", format!("1:{OTHER}\n{address}\n"), 3, "key 1 of the key file"),
            ("a number twice", format!("{top}\n{top}\n{address}\n"), 3, "number 1 again"),
            ("nothing", "# empty\n".to_owned(), 3, "no key that seals"),
        ] {
            fs::write(&elsewhere, &text).unwrap();
            let ended = cli(folder, &["keys", "check", "elsewhere.key"]);
            let said = format!("{}{}", ended.stdout, ended.stderr);
            assert_eq!(ended.status.code(), Some(code), "{name}: {said}");
            assert!(said.contains(word), "{name}: {said}");
            assert!(!said.contains(&OTHER[..16]) && !said.contains(&top[2..18]), "{name}: a key is shown: {said}");
            let as_json = cli(folder, &["keys", "check", "elsewhere.key", "--json"]);
            let value: serde_json::Value = serde_json::from_str(&as_json.stdout).unwrap();
            assert_eq!(value["fits"], code == 0, "{name}: {value}");
        }
        assert!(ok(folder, &["keys", "check"]).contains("those of the database"));
        fails(folder, &["keys", "check", "nowhere.key"], 1);

        // Nothing is noted and readers are there: their hashes tell whose file it is.
        holder.change("DELETE FROM keys").await;
        holder.write(&format!("1:{OTHER}\n"));
        let said = fails(folder, &["subscribers", "add", "bert@example.org"], 4);
        assert!(said.contains("hashes addresses"), "{said}");
        holder.write(&right);
        ok(folder, &["subscribers", "add", "bert@example.org"]);
        assert_eq!(holder.states().len(), 2, "they are noted");

        // A new key on top, by hand: it is noted, with its event.
        holder.write(&format!("7:{OTHER}\n{top}\n{address}\n"));
        ok(folder, &["subscribers", "add", "cyril@example.org"]);
        assert_eq!(holder.states()[1], (Some(7), "seals".to_owned()));
        let events = ok(folder, &["subscribers", "list"]);
        assert!(events.contains("cyril"), "{events}");
        let db = Db::open(&holder.url).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let (added,): (i64,) =
            tx.sql("SELECT COUNT(*) FROM events WHERE kind = 'key.added'").fetch_one().await.unwrap();
        drop(tx);
        db.close().await;
        assert_eq!(added, 1);
    }

    async fn a_key_is_given_up_in_words_and_its_number_never_comes_again(fresh: Fresh) {
        let holder = KeyHolder::new(fresh).await;
        let folder = holder.home.path();
        holder.mail().await;
        let said = fails(folder, &["keys", "retire", "1", "--yes"], 4);
        assert!(said.contains("seals the links"), "{said}");
        fails(folder, &["keys", "retire", "9"], 1);
        ok(folder, &["keys", "rotate"]);
        let before = holder.text();
        let said = fails(folder, &["keys", "retire", "1"], 4);
        assert!(said.contains("1 email of the last 60 days") && said.contains("ses") && said.contains("--yes"), "{said}");
        assert_eq!(holder.text(), before, "nothing was done");
        let ended = cli(folder, &["keys", "retire", "1", "--yes"]);
        assert!(ended.status.success() && ended.stdout.contains("Key 1 is retired"), "{ended:?}");
        assert_eq!(holder.states(), [
            (None, "hashes addresses".to_owned()), (Some(2), "seals".to_owned()), (Some(1), "retired".to_owned())
        ]);
        ok(folder, &["subscribers", "add", "bert@example.org"]);
        fails(folder, &["subscribers", "add", "never@example.org"], 4);
        assert!(cli(folder, &["keys", "retire", "1"]).stderr.contains("retired already"));
        assert_eq!(json(folder, &["keys", "rotate"])[0]["number"], 3, "1 was used");
        // Nothing has been mailed with it for 60 days: no word is needed.
        holder.change("UPDATE deliveries SET first_at = 1").await;
        ok(folder, &["keys", "retire", "2"]);
        assert_eq!(json(folder, &["keys", "rotate"])[0]["number"], 4);
    }

    async fn a_key_that_is_gone_from_the_file_is_given_up_in_the_database(fresh: Fresh) {
        let holder = KeyHolder::new(fresh).await;
        let folder = holder.home.path();
        ok(folder, &["keys", "rotate"]);
        let without: String = holder.text().lines().filter(|line| !line.starts_with("1:")).map(|line| format!("{line}\n")).collect();
        holder.write(&without);
        fails(folder, &["subscribers", "add", "bert@example.org"], 4);
        ok(folder, &["keys", "retire", "1", "--yes"]);
        ok(folder, &["subscribers", "add", "bert@example.org"]);
        assert_eq!(holder.text(), without);
    }

    async fn a_crash_between_two_writes_leaves_a_file_that_opens(fresh: Fresh) {
        let holder = KeyHolder::new(fresh).await;
        let folder = holder.home.path();
        // Before the new file was whole.
        let before = holder.text();
        fs::write(folder.join(".secret.key.new"), &before[..40]).unwrap();
        ok(folder, &["subscribers", "add", "bert@example.org"]);
        ok(folder, &["keys", "rotate", "--leaked", "1"]);
        assert!(!folder.join(".secret.key.new").exists());
        assert_eq!(holder.states()[2], (Some(1), "leaked".to_owned()));
        fails(folder, &["keys", "rotate", "--leaked", "1"], 1);
        fails(folder, &["keys", "rotate", "--leaked", "200"], 1);
        // After the file, before the database.
        let copy = Copy::of(&holder.url);
        ok(folder, &["keys", "rotate"]);
        let _ = fs::remove_dir_all(folder.join("state"));
        copy.put_back();
        ok(folder, &["subscribers", "add", "cyril@example.org"]);
        fails(folder, &["subscribers", "add", "never@example.org"], 4);
        assert_eq!(holder.states()[1], (Some(3), "seals".to_owned()));
        // The other way round, where a key is given up: after the database, before the file.
        let before = holder.text();
        ok(folder, &["keys", "retire", "1", "--yes"]);
        holder.write(&before);
        ok(folder, &["subscribers", "add", "dora@example.org"]);
        ok(folder, &["keys", "retire", "1", "--yes"]);
        assert!(!holder.text().lines().any(|line| line.starts_with("1-:")));
        ok(folder, &["keys", "check"]);
    }
}
