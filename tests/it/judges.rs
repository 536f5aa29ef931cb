//! The corpus and the mails of a signup before independent judges (`tests/judges/judge.py`): whole mails, signed, as a
//! reader gets them. Knows the program from outside.
//!
//! `tests/judges.sh` says what has to be installed. What is missing is skipped with a word.

mod letters;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use coranto::clock::Clock;

use crate::content::corpus;
use crate::harness::database::on_sqlite;
use crate::harness::program::{coranto, run};
use crate::harness::{skip, target_folder};

const COMMAND_WAIT_MAX: Duration = Duration::from_secs(60);
const JUDGES_WAIT_MAX: Duration = Duration::from_secs(900);
/// A file goes out at noon of its day where its newsletter has no slot: noon is then behind us, and less than a day.
const HOURS_TO_NOON: jiff::SignedDuration = jiff::SignedDuration::from_hours(12);
/// Short, and its name below has no `e`: SpamAssassin takes the Latin ones for disguise where a text is Cyrillic.
const PUBLIC_URL: &str = "https://post.example.com";

#[test]
fn every_mail_passes_its_judges() {
    let folder = target_folder().join("judges");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let desk = Desk::new();
    for file in corpus::files() {
        desk.issue(&file, &folder);
    }
    on_sqlite(async |fresh| letters::write_all(&fresh, &desk.home.path().join("coranto.coast.pem"), &folder).await);
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
        let names = ["--name", "Sound and Coast", "--slug", "coast", "--from", "post@post.example.com"];
        let places = ["--address", "1 Quay Road, 20457 Hamburg", "--public-url", PUBLIC_URL];
        desk.command(&[&["init", "--time-zone", "Europe/Berlin"], &names[..], &places[..]].concat());
        let made: serde_json::Value = serde_json::from_str(&desk.command(&["dkim", "new", "--json"])).unwrap();
        desk.record = made["value"].as_str().unwrap().to_owned();
        let signing = "\n[newsletters.coast.dkim]\ndomain = \"post.example.com\"\nselector = \"coranto\"\n\
                       key_file = \"coranto.coast.pem\"\n";
        let file = desk.home.path().join("coranto.toml");
        let text = fs::read_to_string(&file).unwrap();
        let without_slot: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("slot")).collect();
        fs::write(file, without_slot.join("\n") + signing).unwrap();
        desk
    }

    fn command(&self, args: &[&str]) -> String {
        let mut command = coranto(self.home.path());
        command.args(args);
        let ended = run(command, COMMAND_WAIT_MAX);
        assert!(ended.status.success(), "{args:?}: {ended:?}");
        ended.stdout
    }

    /// An issue, by the command that shows it to an editor. Bytes, since the message has its own line ends. It is dated
    /// today: a mail bears the day of its file, and judges mistrust another.
    fn issue(&self, file: &Path, folder: &Path) {
        let name = corpus::name_of(file);
        let day = Clock::system().now().to_jiff().to_zoned(jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
        let dated = self.home.path().join(format!("{}-{name}.md", day.checked_sub(HOURS_TO_NOON).unwrap().date()));
        fs::copy(file, &dated).unwrap();
        for part in ["html", "text", "eml"] {
            let flag = format!("--{part}");
            let mut command = coranto(self.home.path());
            command.args(["preview", &flag, "--name", "Anna", "--to", "anna@example.org"]).arg(&dated);
            let output = command.output().unwrap();
            assert!(output.status.success(), "{file:?}: {}", String::from_utf8_lossy(&output.stderr));
            fs::write(folder.join(&name).with_extension(part), output.stdout).unwrap();
        }
    }
}
