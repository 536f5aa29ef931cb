//! A real Dovecot, and a mailbox in it that a person uses as well.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use coranto::inbound::mailbox::{self, Looked, MailboxSettings};
use coranto::secret::Secret;
use coranto::smtp::{TlsClient, TlsMode};
use coranto::store::Db;
use tempfile::TempDir;

use super::mailbox::{Reading, eventually, settings};
use super::post::{Post, dead, letter};
use crate::harness::database::{Fresh, both_databases};
use crate::harness::program::{Program, coranto};
use crate::harness::skip;

const DOVECOT: &str = "/usr/sbin/dovecot";
const START_MAX: Duration = Duration::from_secs(60);
/// Debian's user without rights: Dovecot gives nobody's mail to root.
const NOBODY: u32 = 65534;

/// A Dovecot of the test's own, with one mailbox.
struct Dovecot {
    program: Option<Program>,
    folder: TempDir,
    plain: u16,
    tls: u16,
}

impl Dovecot {
    /// None where it is not installed, which the harness allows or not.
    fn start() -> Option<Self> {
        if !Path::new(DOVECOT).exists() {
            skip("dovecot", "there is no /usr/sbin/dovecot (Debian package dovecot-imapd)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let is_root = fs::metadata(folder.path()).unwrap().uid() == 0;
        let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        fs::write(folder.path().join("cert.pem"), certified.cert.pem()).unwrap();
        fs::write(folder.path().join("key.pem"), certified.signing_key.serialize_pem()).unwrap();
        let [plain, tls] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [plain, tls] = [plain, tls].map(|bound| bound.local_addr().unwrap().port());
        let me = |flag: &str| {
            let said = Command::new("id").arg(flag).output().unwrap().stdout;
            String::from_utf8(said).unwrap().trim().to_owned()
        };
        let (uid, gid, own) = match is_root {
            true => (NOBODY.to_string(), NOBODY.to_string(), String::new()),
            false => (
                me("-u"),
                me("-g"),
                format!(
                    "default_internal_user = {0}\ndefault_login_user = {0}\ndefault_internal_group = {1}\n",
                    me("-un"),
                    me("-gn")
                ),
            ),
        };
        let text = format!(
            "{own}base_dir = {at}/run\nstate_dir = {at}/state\nlog_path = /dev/stderr\nprotocols = imap\nlisten = 127.0.0.1\n\
             ssl = yes\nssl_cert = <{at}/cert.pem\nssl_key = <{at}/key.pem\ndisable_plaintext_auth = no\nfirst_valid_uid = 1\n\
             mail_location = maildir:{at}/home/Maildir\nmail_max_userip_connections = 100\n\
             service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {plain}\n  }}\n  inet_listener imaps {{\n    \
             port = {tls}\n    ssl = yes\n  }}\n}}\nservice anvil {{\n  chroot =\n}}\nnamespace inbox {{\n  inbox = yes\n}}\n\
             passdb {{\n  driver = static\n  args = password=s3cret\n}}\n\
             userdb {{\n  driver = static\n  args = uid={uid} gid={gid} home={at}/home\n}}\n"
        );
        for name in ["run", "state", "home", "home/Maildir", "home/Maildir/new", "home/Maildir/cur", "home/Maildir/tmp"]
        {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("dovecot.conf"), text).unwrap();
        let mut dovecot = Self { program: None, folder, plain, tls };
        dovecot.hand_over();
        let mut command = Command::new(DOVECOT);
        command.arg("-F").arg("-c").arg(dovecot.folder.path().join("dovecot.conf"));
        let mut program = Program::start(command);
        program.wait_for_line("starting up for imap", START_MAX);
        dovecot.program = Some(program);
        Some(dovecot)
    }

    /// What is in the mailbox belongs to its user.
    fn hand_over(&self) {
        if fs::metadata(self.folder.path()).unwrap().uid() == 0 {
            let owner = format!("{NOBODY}:{NOBODY}");
            let status = Command::new("chown").arg("-R").arg(owner).arg(self.folder.path().join("home")).status();
            assert!(status.unwrap().success());
        }
    }

    fn maildir(&self, name: &str) -> PathBuf {
        self.folder.path().join("home/Maildir").join(name)
    }

    /// Puts a mail there as a server would, or as a person who has read it leaves it.
    fn put(&self, number: usize, flags: &str, text: &str) {
        let base = format!("{}.M{number}P1.test", 1_700_000_000 + number);
        let path = match flags {
            "" => self.maildir("new").join(base),
            flags => self.maildir("cur").join(format!("{base}:2,{flags}")),
        };
        fs::write(path, text.replace("\r\n", "\n")).unwrap();
    }

    /// Every mail of a folder, with its flags.
    fn mails(&self, folder: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for part in ["new", "cur"] {
            let Ok(entries) = fs::read_dir(self.maildir(folder).join(part)) else { continue };
            for entry in entries {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let flags = name.split_once(":2,").map_or("", |(_, flags)| flags).to_owned();
                found.insert(fs::read_to_string(path).unwrap(), flags);
            }
        }
        found
    }

    fn settings(&self, tls: TlsMode) -> MailboxSettings {
        let ca_file = self.folder.path().join("cert.pem");
        MailboxSettings {
            host: "localhost".to_owned(),
            tls,
            trust: Some(TlsClient::new("localhost", Some(&ca_file)).unwrap()),
            password: Secret::new("s3cret"),
            ..settings("office", if tls == TlsMode::Implicit { self.tls } else { self.plain })
        }
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        if let Some(program) = self.program.take() {
            program.signal("TERM");
            program.wait(START_MAX);
        }
    }
}

/// What is wrong with the settings, and the words that say so.
type Mistake<'a> = (&'a str, &'a dyn Fn(&mut MailboxSettings));

both_databases! {
    async fn dovecot_is_read_over_tls_and_refuses_in_words(db: Db) {
        let Some(dovecot) = Dovecot::start() else { return };
        let post = Post::new(db, &["anna", "ben"]).await;
        for (number, local) in ["anna", "ben"].into_iter().enumerate() {
            dovecot.put(number, "", &dead(&post.letter(local).from, &format!("{local}@example.net"), ""));
        }
        dovecot.put(2, "", &letter("editor@example.org", "", "Lunch?", "At noon?"));
        dovecot.hand_over();
        for tls in [TlsMode::StartTls, TlsMode::Implicit] {
            let looked = mailbox::look(&dovecot.settings(tls)).await.unwrap();
            assert_eq!(looked, Looked { mails: 3, can_move: true });
        }
        let mistakes: [Mistake<'_>; 4] = [
            ("it refused the login", &|one| one.password = Secret::new("wr\u{f6}ng")),
            ("it does not open the folder \"Nix\"", &|one| one.folder = "Nix".to_owned()),
            ("its certificate is refused", &|one| one.trust = Some(TlsClient::new("localhost", None).unwrap())),
            ("no connection", &|one| one.port = 1),
        ];
        for (words, mistake) in mistakes {
            let mut wrong = dovecot.settings(TlsMode::Implicit);
            mistake(&mut wrong);
            let error = mailbox::look(&wrong).await.unwrap_err();
            assert!(error.to_string().contains(words) && !error.hint().is_empty(), "{error}");
        }
        // A person's folder has a name in their language.
        let german = MailboxSettings { done_folder: Some("Zur\u{fc}ck".to_owned()), ..dovecot.settings(TlsMode::StartTls) };
        let reading = Reading::start(&post, german);
        // A server may move by copying first.
        eventually("moved", async || dovecot.mails(".Zur&APw-ck").len() == 2 && dovecot.mails("").len() == 1).await;
        reading.end().await;
        assert_eq!((dovecot.mails("").len(), post.notices().await.len()), (1, 2));
    }

    async fn a_persons_mailbox_keeps_its_flags_while_the_server_is_killed(fresh: Fresh) {
        const READERS: usize = 200;
        const LETTERS: usize = 300;
        let Some(dovecot) = Dovecot::start() else { return };
        let locals: Vec<String> = (0..READERS).map(|number| format!("reader{number}")).collect();
        let post = Post::of_today(fresh.db.clone(), &locals.iter().map(String::as_str).collect::<Vec<_>>()).await;
        for (number, local) in locals.iter().enumerate() {
            // Some of the reports the person has seen as well.
            let flags = ["", "S", ""][number % 3];
            dovecot.put(number * 2, flags, &dead(&post.letter(local).from, &format!("{local}@example.net"), ""));
        }
        for number in 0..LETTERS {
            let flags = ["", "S", "FS", "RS", "D", "a"][number % 6];
            let text = letter("editor@example.org", "", &format!("Number {number}"), "Greetings");
            dovecot.put(number * 2 + 1, flags, &text);
        }
        dovecot.hand_over();
        let is_letter = |text: &String| text.contains("Subject: Number");
        let letters = || -> BTreeMap<_, _> { dovecot.mails("").into_iter().filter(|(text, _)| is_letter(text)).collect() };
        let before = letters();
        assert_eq!(before.len(), LETTERS);
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("secret.key"), format!("1:{}", "07".repeat(32))).unwrap();
        fs::write(
            home.path().join("coranto.toml"),
            format!(
                "public_url = \"https://news.example.org\"\ndatabase = \"{}\"\nsecret_key_file = \"secret.key\"\n\
                 [newsletters.week]\nname = \"The Week\"\nfrom = \"letter@news.example.org\"\npostal_address = \"1 Street\"\n\
                 bounce_address = \"editor+{{token}}@example.org\"\n[[inbound.mailboxes]]\nname = \"office\"\n\
                 host = \"localhost\"\nport = {}\nca_file = \"{}\"\nusername = \"editor@example.org\"\npassword = \"s3cret\"\n\
                 every_seconds = 10\n",
                fresh.url, dovecot.tls, dovecot.folder.path().join("cert.pem").display()
            ),
        )
        .unwrap();
        for round in 0..8_u64 {
            // The lease of who was killed must end first; nobody has to wait for that here.
            let mut tx = post.stage.db.begin().await.unwrap();
            tx.sql("UPDATE leases SET lease_until = 0").execute().await.unwrap();
            tx.commit().await.unwrap();
            let mut command = coranto(home.path());
            command.args(["serve", "--role", "receive"]).env("CORANTO_LOG", "trace");
            let mut server = Program::start(command);
            server.wait_for_line("reports are read from a mailbox", START_MAX);
            match round {
                7 => eventually("all are moved", async || dovecot.mails(".Coranto").len() == READERS).await,
                _ => tokio::time::sleep(Duration::from_millis(40 * round + 20)).await,
            }
            let said = server.kill();
            assert!(!said.stderr.contains("s3cret") && !said.stderr.contains("Greetings"), "{}", said.stderr);
        }
        assert_eq!(letters(), before, "not a flag of a letter has changed");
        assert_eq!(dovecot.mails("").len(), LETTERS);
        assert_eq!(post.notices().await.len(), READERS, "each once");
        assert_eq!(post.events("subscription.unsubscribed").await, 0);
    }
}
