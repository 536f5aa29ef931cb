//! A Postfix of the test's own.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::{free_port, wait_for_port};
use crate::harness::program::Program;
use crate::harness::skip;
use crate::harness::unprivileged::{is_root, open_folder};

const POSTFIX: &str = "/usr/sbin/postfix";
/// The services of Debian's `master.cf` that these tests come through, none of them in a chroot.
const SERVICES: &str = "cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\n\
    rewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\ndefer unix - - n - 0 bounce\n\
    trace unix - - n - 0 bounce\nsmtp unix - - n - - smtp\nrelay unix - - n - - smtp\nlmtp unix - - n - - lmtp\n\
    error unix - - n - - error\nretry unix - - n - - error\nanvil unix - - n - 1 anvil\nscache unix - - n - 1 scache\n\
    postlog unix-dgram n - n - 1 postlogd\n";

/// Runs until it is dropped; its master is root, as everywhere.
pub(super) struct Postfix {
    pub(super) port: u16,
    // Its folder is the last to go.
    program: Option<Program>,
    folder: TempDir,
}

/// Whether one can be started here; says so where it cannot.
pub(super) fn is_here() -> bool {
    if !Path::new(POSTFIX).exists() {
        skip("postfix", "there is no /usr/sbin/postfix (Debian package postfix)");
        return false;
    }
    if !is_root() {
        skip("root", "Postfix is started by root alone");
    }
    is_root()
}

impl Postfix {
    /// Hands mail on to the sink, except where `main` says otherwise; `services` are further lines of `master.cf`.
    pub(super) fn start(sink: u16, main: &str, services: &str) -> Self {
        let folder = open_folder();
        let at = folder.path().display();
        let port = free_port();
        for name in ["conf", "queue", "data"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let owned = Command::new("chown").arg("postfix").arg(folder.path().join("data")).status().unwrap();
        assert!(owned.success());
        let text = format!(
            "compatibility_level = 3.6\nqueue_directory = {at}/queue\ndata_directory = {at}/data\nmaillog_file = {at}/log\n\
             maillog_file_prefixes = {at}\nmyhostname = relay.example.com\nmydestination =\nalias_maps =\n\
             local_recipient_maps =\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmynetworks = 127.0.0.0/8\n\
             relayhost = [127.0.0.1]:{sink}\nsmtp_tls_security_level = none\nsmtpd_peername_lookup = no\n\
             smtputf8_enable = no\n{main}\n"
        );
        fs::write(folder.path().join("conf/main.cf"), text).unwrap();
        let master = format!("127.0.0.1:{port} inet n - n - - smtpd\n{SERVICES}{services}\n");
        fs::write(folder.path().join("conf/master.cf"), master).unwrap();
        let mut postfix = Self { port, program: None, folder };
        postfix.program = Some(Program::start(postfix.command("start-fg")));
        wait_for_port(port);
        postfix
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(POSTFIX);
        command.arg("-c").arg(self.folder.path().join("conf")).arg(verb);
        command
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // Its daemons end with it; those of a master that was killed would linger.
        let _ = self.command("abort").output();
        self.program = None;
    }
}
