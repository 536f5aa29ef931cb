//! A service whose settings are another user's, as a package sets it up: its own user works with backups.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use coranto::token::Keyring;

use crate::harness::program::{coranto, run};
use crate::harness::unprivileged::{Unprivileged, open_folder};

#[test]
fn a_service_that_may_not_write_its_settings_puts_a_backup_back() {
    let (user, settings, data) = (Unprivileged::new(), open_folder(), open_folder());
    let (config, home) = (settings.path().join("coranto.toml"), data.path().display());
    let text = format!(
        "public_url = \"https://news.example.com\"\ndatabase = \"sqlite://{home}/coranto.db\"\n\
         secret_key_file = \"{home}/secret.key\"\n[server]\nstate = \"{home}/state\"\n[newsletters.week]\n\
         name = \"The Week\"\nfrom = \"week@news.example.com\"\npostal_address = \"1 Example Street\"\n"
    );
    fs::write(&config, text).unwrap();
    fs::write(data.path().join("secret.key"), Keyring::generate()).unwrap();
    user.hand_over(data.path());
    fs::set_permissions(settings.path(), fs::Permissions::from_mode(0o555)).unwrap();

    let command = |words: &[&str]| {
        let mut command = coranto(data.path());
        command.arg("--config").arg(&config).args(words);
        user.runs(&mut command);
        let ended = run(command, Duration::from_secs(60));
        assert!(ended.status.success(), "{words:?}: {ended:?}");
        ended.stdout
    };
    command(&["subscribers", "add", "anna@example.com", "--yes"]);
    command(&["backup", "whole.tar.gz"]);
    assert!(command(&["restore", "whole.tar.gz", "--check"]).contains("can be put back"));
    command(&["subscribers", "add", "bob@example.com", "--yes"]);
    assert!(command(&["restore", "whole.tar.gz", "--replace"]).contains("is on hold"));
    let left: Vec<_> = fs::read_dir(data.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".coranto-restore-")), "{left:?}");
    fs::set_permissions(settings.path(), fs::Permissions::from_mode(0o755)).unwrap();
}
