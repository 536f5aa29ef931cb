//! An Exim of the test's own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::{BOUNCE_DOMAIN, free_port, wait_for_port};
use crate::harness::program::Program;
use crate::harness::unprivileged::{Unprivileged, open_folder};
use crate::harness::{find_program, skip, target_folder};

/// Runs until it is dropped.
pub(super) struct Exim {
    pub(super) port: u16,
    _program: Program,
    _folder: TempDir,
}

/// None where it is not installed, which the harness allows or not.
pub(super) fn find() -> Option<PathBuf> {
    // Debian's packages of Exim and Postfix exclude each other: `.ci/run` unpacks Exim beside the builds.
    let unpacked = target_folder().parent().unwrap().join("ci/exim/usr/sbin");
    let found = find_program(&["exim4", "exim"], &[PathBuf::from("/usr/sbin"), unpacked]);
    if found.is_none() {
        skip("exim", "there is no exim4 on the path (Debian package exim4-daemon-light)");
    }
    found
}

impl Exim {
    /// Hands mail for readers on to the sink, and what comes back to `transport` by `router`.
    pub(super) fn start(program: PathBuf, runs_as: Unprivileged, sink: u16, router: &str, transport: &str) -> Self {
        let folder = open_folder();
        let at = folder.path().display();
        let port = free_port();
        // A copy: not every user reaches the folder of the builds, and nobody needs the rights of root that Exim has.
        let own = folder.path().join("exim4");
        fs::copy(program, &own).unwrap();
        fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
        let Unprivileged { user, group } = runs_as;
        let text = format!(
            "exim_path = {at}/exim4\nexim_user = {user}\nexim_group = {group}\nnever_users =\n\
             primary_hostname = relay.example.com\nspool_directory = {at}/spool\nlog_file_path = {at}/%slog\n\
             pid_file_path = {at}/pid\nlocal_interfaces = 127.0.0.1\ndaemon_smtp_ports = {port}\n\
             deliver_drop_privilege\nkeep_environment =\nhost_lookup =\ntls_advertise_hosts =\n\
             domainlist relay_to_domains = {BOUNCE_DOMAIN}\nacl_smtp_rcpt = accept\nacl_smtp_data = accept\n\
             begin routers\n{router}\nreaders:\n  driver = manualroute\n  route_list = * 127.0.0.1::{sink}\n  self = send\n  \
             transport = readers\nbegin transports\n{transport}\nreaders:\n  driver = smtp\n  allow_localhost\n\
             begin retry\n* * F,1h,1m\n"
        );
        fs::write(folder.path().join("exim.conf"), text).unwrap();
        runs_as.hand_over(folder.path());
        let mut command = Command::new(own);
        command.arg("-bdf").arg("-C").arg(folder.path().join("exim.conf"));
        runs_as.runs(&mut command);
        let started = Program::start(command);
        wait_for_port(port);
        Self { port, _program: started, _folder: folder }
    }
}
