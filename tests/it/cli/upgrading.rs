//! A program meets a schema that is older or newer than itself, on both databases.

use std::fs;

use coranto::store::migrate::known;

use super::rotation::KeyHolder;
use super::{cli, fails, ok};
use crate::harness::database::{Fresh, both_databases};

impl KeyHolder {
    /// As a newer program would have left it, which bears programs since `oldest`.
    async fn of_tomorrow(&self, oldest: &'static str) {
        self.change("DELETE FROM _sqlx_migrations WHERE version = 9001").await;
        self.change(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT 9001, 'of tomorrow', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
        )
        .await;
        self.change("UPDATE schema SET version = 9001, program = '9.9.9'").await;
        self.change(oldest).await;
    }

    fn copies(&self) -> Vec<String> {
        let path = self.url.strip_prefix("sqlite://").unwrap_or_default();
        let folder = std::path::Path::new(path).parent().filter(|folder| folder.is_dir());
        let names = folder.into_iter().flat_map(|folder| fs::read_dir(folder).unwrap());
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains(".before-")).collect()
    }
}

both_databases! {
    async fn a_newer_schema_is_worked_on_when_it_bears_this_program(fresh: Fresh) {
        let holder = KeyHolder::new(fresh).await;
        let folder = holder.home.path();
        let oldest: &'static str = format!("UPDATE schema SET oldest_program = {}", known()).leak();
        holder.of_tomorrow(oldest).await;
        ok(folder, &["subscribers", "add", "bert@example.org"]);
        assert!(ok(folder, &["migrate"]).contains("up to date"));
        let shown = cli(folder, &["migrate", "--status"]);
        assert!(shown.status.success() && shown.stderr.contains("9.9.9") && shown.stderr.contains("works with it"), "{shown:?}");
        assert!(ok(folder, &["status"]).contains("The Week"), "a command that only looks finds its database");
        let doctor = cli(folder, &["doctor", "--offline"]);
        assert!(doctor.stdout.contains("ok    database"), "{doctor:?}");
    }

    async fn a_newer_schema_that_does_not_bear_it_is_refused_in_words(fresh: Fresh) {
        let holder = KeyHolder::new(fresh).await;
        let folder = holder.home.path();
        holder.of_tomorrow("UPDATE schema SET oldest_program = 9001").await;
        for args in [&["subscribers", "add", "bert@example.org"][..], &["subscribers", "list"], &["serve"], &["migrate"]] {
            let said = fails(folder, args, 4);
            assert!(said.contains("was brought to schema 9001 by coranto 9.9.9"), "{args:?}: {said}");
            assert!(said.contains(&format!("knows {}", known())) && said.contains("install 9.9.9, or restore"), "{said}");
        }
        let shown = cli(folder, &["migrate", "--status", "--json"]);
        assert_eq!(shown.status.code(), Some(3), "{shown:?}");
        let summary: serde_json::Value = serde_json::from_str(shown.stdout.lines().last().unwrap()).unwrap();
        assert_eq!((&summary["summary"]["works"], &summary["summary"]["schema"]), (&false.into(), &9001.into()));
        let doctor = cli(folder, &["doctor", "--offline"]);
        assert!(doctor.stdout.contains("fail  database") && doctor.stdout.contains("9.9.9"), "{doctor:?}");
        if let Some(path) = holder.url.strip_prefix("sqlite://") {
            fs::write(format!("{path}.before-9001"), "").unwrap();
            fs::write(format!("{path}.before-2"), "").unwrap();
            let said = fails(folder, &["subscribers", "list"], 4);
            assert!(said.contains(".before-9001 (`coranto restore --adopt`"), "{said}");
        }
    }

    async fn an_instant_step_wants_no_copy(fresh: Fresh) {
        let holder = KeyHolder::new(fresh).await;
        let folder = holder.home.path();
        holder.change("DROP TABLE schema").await;
        holder.change("DELETE FROM _sqlx_migrations WHERE version = 24").await;
        let shown = cli(folder, &["migrate", "--status", "--json"]);
        assert_eq!(shown.status.code(), Some(3), "{shown:?}");
        let lines: Vec<serde_json::Value> = shown.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (summary, steps) = lines.split_last().unwrap();
        assert_eq!((&summary["summary"]["to_do"], &summary["summary"]["copy_before"]), (&serde_json::json!([24]), &serde_json::Value::Null));
        let step = steps.iter().find(|step| step["number"] == 24).unwrap();
        assert_eq!((&step["applied"], &step["class"], &step["applied_at"]), (&false.into(), &"instant".into(), &serde_json::Value::Null));
        assert!(steps[0]["applied_at"].is_string() && steps[0]["applied"] == true, "{}", steps[0]);
        assert!(fails(folder, &["subscribers", "list"], 1).contains("older than this program"));
        assert!(ok(folder, &["migrate"]).contains("1 step made"));
        assert!(holder.copies().is_empty(), "{:?}", holder.copies());
        ok(folder, &["migrate", "--status"]);
        ok(folder, &["subscribers", "list"]);
    }
}
