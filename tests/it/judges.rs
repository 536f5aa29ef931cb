//! The corpus and the program's own mails before independent judges (`tests/judges/judge.py`): as files, complete and
//! signed, as a reader gets them. Knows the program from outside; only mails that no command prints are made here.
//!
//! `tests/judges.sh` says what has to be installed. What is missing is skipped with a word.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::config::Config;
use coranto::content::Parts;
use coranto::domain::delivery::DeliveryKind;
use coranto::domain::newsletter::Newsletter;
use coranto::domain::{ConsentId, DeliveryId, SubscriptionId};
use coranto::message::dkim::Signer;
use coranto::message::{Content, Profile, Recipient, Skeleton};
use coranto::secret::Secret;
use coranto::signup::mails;
use coranto::templates::Templates;

use crate::content::corpus;
use crate::content::ground::filled;
use crate::harness::program::{coranto, run};
use crate::harness::{skip, target_folder};

const COMMAND_WAIT_MAX: Duration = Duration::from_secs(60);
const JUDGES_WAIT_MAX: Duration = Duration::from_secs(900);
const PUBLIC_URL: &str = "https://news.example.com";

#[test]
fn every_mail_passes_its_judges() {
    let folder = target_folder().join("judges");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let desk = Desk::new();
    for file in corpus::files() {
        desk.issue(&file, &folder);
    }
    desk.own_mails(&folder);
    fs::write(folder.join("dkim.txt"), &desk.record).unwrap();

    let cache = target_folder().parent().unwrap().join("judges");
    let venv = cache.join("venv/bin/python");
    let python = if venv.is_file() { venv } else { PathBuf::from("python3") };
    if Command::new(&python).arg("--version").output().is_err() {
        skip("judges", "python3 is missing");
        return;
    }
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/judge.py")).arg(&folder).arg(&cache);
    let ended = run(command, JUDGES_WAIT_MAX);
    // Past the test runner, which shows what tests print for failures alone.
    std::io::stderr().lock().write_all(ended.stdout.as_bytes()).unwrap();
    assert!(ended.status.success(), "{}{}", ended.stdout, ended.stderr);
}

/// A newsletter with a signing key, and its editor's commands.
struct Desk {
    home: tempfile::TempDir,
    record: String,
}

impl Desk {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut desk = Self { home, record: String::new() };
        let names = ["--name", "The Week in Review", "--slug", "week", "--from", "week@news.example.com"];
        let places = ["--address", "1 Harbour Street, 20457 Hamburg", "--public-url", PUBLIC_URL];
        desk.command(&[&["init", "--time-zone", "Europe/Berlin"], &names[..], &places[..]].concat());
        let made: serde_json::Value = serde_json::from_str(&desk.command(&["dkim", "new", "--json"])).unwrap();
        desk.record = made["value"].as_str().unwrap().to_owned();
        let signing = "\n[newsletters.week.dkim]\ndomain = \"news.example.com\"\nselector = \"coranto\"\n\
                       key_file = \"coranto.week.pem\"\n";
        let file = desk.home.path().join("coranto.toml");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(file, text + signing).unwrap();
        desk
    }

    fn command(&self, args: &[&str]) -> String {
        let mut command = coranto(self.home.path());
        command.args(args);
        let ended = run(command, COMMAND_WAIT_MAX);
        assert!(ended.status.success(), "{args:?}: {ended:?}");
        ended.stdout
    }

    /// An issue, by the command that shows it to an editor. Bytes, since the message has its own line ends.
    fn issue(&self, file: &Path, folder: &Path) {
        for part in ["html", "text", "eml"] {
            let flag = format!("--{part}");
            let mut command = coranto(self.home.path());
            command.args(["preview", &flag, "--name", "Anna"]).arg(file);
            let output = command.output().unwrap();
            assert!(output.status.success(), "{file:?}: {}", String::from_utf8_lossy(&output.stderr));
            fs::write(folder.join(corpus::name_of(file)).with_extension(part), output.stdout).unwrap();
        }
    }

    /// What the program writes to one person by itself.
    fn own_mails(&self, folder: &Path) {
        let file = self.home.path().join("coranto.toml");
        let text = fs::read_to_string(&file).unwrap();
        let config = Config::parse(&text, "coranto.toml", self.home.path(), &[]).unwrap();
        let newsletter = &config.newsletters[0];
        let pem = Secret::new(fs::read_to_string(self.home.path().join("coranto.week.pem")).unwrap());
        let signer = Signer::new("news.example.com", "coranto", &pem).unwrap();
        let profile = Profile { signers: vec![signer.into()], unsigned_headers: Vec::new() };
        let templates = Templates::embedded().unwrap();
        let letters = [
            ("confirmation", DeliveryKind::Confirmation, mails::confirmation(newsletter, &templates)),
            ("notice", DeliveryKind::Notice, mails::notice(newsletter, &templates)),
        ];
        for (name, kind, parts) in letters {
            let parts = parts.unwrap();
            let page = filled(&parts.html, true);
            let mail = mail_of(parts, kind, newsletter, &profile, &config);
            fs::write(folder.join(name).with_extension("html"), page).unwrap();
            fs::write(folder.join(name).with_extension("eml"), mail).unwrap();
        }
    }
}

fn mail_of(parts: Parts, kind: DeliveryKind, newsletter: &Newsletter, profile: &Profile, config: &Config) -> Vec<u8> {
    let content = Content {
        kind,
        subject: parts.subject,
        html: parts.html,
        text: parts.text,
        language: parts.language,
        slug: None,
        digest: [7; 32],
    };
    let address = "reader@example.net".parse().unwrap();
    let reader = Recipient {
        delivery: DeliveryId(1),
        subscription: Some(SubscriptionId(2)),
        consent: Some(ConsentId(3)),
        address: &address,
        name: None,
        subscribed_at: Some(Timestamp(1_746_000_000_000)),
        date: Timestamp(1_795_000_000_000),
    };
    let mut out = Vec::new();
    let skeleton = Skeleton::build(newsletter, PUBLIC_URL, &content, profile).unwrap();
    skeleton.fill(&config.keys, &reader, &mut out).unwrap();
    out
}
