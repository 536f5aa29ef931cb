//! The three servers, each of the test's own: on 127.0.0.1, on ports that were free, in a folder that is removed.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::harness::certificates::self_signed;
use crate::harness::patience::until_blocking;
use crate::harness::program::Program;
use crate::harness::unprivileged::{Unprivileged, open_folder};
use crate::harness::{find_program, skip, target_folder};

/// What an ACME client has put where the authority looks, at `/.well-known/acme-challenge/token` (RFC 8555, section 8.3).
pub(super) const PROOF: &str = "token.thumbprint";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    Nginx,
    Caddy,
    Apache,
}

impl Server {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "Caddy",
            Self::Apache => "Apache",
        }
    }

    /// None where it is not installed, which the harness allows or not.
    pub(super) fn find(self) -> Option<PathBuf> {
        // Debian's packages start what they install: `.ci/run` unpacks these beside the builds.
        let unpacked = target_folder().parent().unwrap().join("ci");
        let (part, names, places) = match self {
            Self::Nginx => ("nginx", &["nginx"][..], [PathBuf::from("/usr/sbin"), unpacked.join("nginx/usr/sbin")]),
            Self::Caddy => ("caddy", &["caddy"][..], [PathBuf::from("/usr/bin"), unpacked.join("caddy/usr/bin")]),
            Self::Apache => {
                ("apache", &["apache2", "httpd"][..], [PathBuf::from("/usr/sbin"), unpacked.join("apache/usr/sbin")])
            }
        };
        let found = find_program(names, &places);
        if found.is_none() {
            skip(part, "it is not on the path (Debian packages nginx, caddy, apache2-bin)");
        }
        found
    }
}

/// A server that runs until it is dropped.
pub(super) struct Proxy {
    /// Where it speaks TLS, and where it speaks plain HTTP if it does.
    pub(super) secure: SocketAddr,
    pub(super) plain: SocketAddr,
    host: String,
    _program: Program,
    _folder: TempDir,
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// The file of docs/proxy.md that begins with `first`.
pub(super) fn printed(first: &str) -> String {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/proxy.md")).unwrap();
    let mut blocks = page.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let found = blocks.find(|(_, text)| text.starts_with(&format!("# {first}\n")));
    found.unwrap_or_else(|| panic!("no block of docs/proxy.md begins with {first:?}")).1.to_owned()
}

/// Replaces what must be there.
pub(super) fn put_in(text: &str, part: &str, with: &str) -> String {
    assert!(text.contains(part), "{part} is not in {text}");
    text.replace(part, with)
}

impl Proxy {
    /// Starts `server` with `text` as its file, in front of `upstream`, for readers who ask for `host`.
    pub(super) fn start(server: Server, text: &str, upstream: SocketAddr, host: &str) -> Option<Self> {
        Self::with_days(server, text, upstream, host, host, 365)
    }

    /// The same with a certificate for `named` that ends after so many days, if not before today.
    pub(super) fn with_days(
        server: Server,
        text: &str,
        upstream: SocketAddr,
        host: &str,
        named: &str,
        days: i64,
    ) -> Option<Self> {
        let program = server.find()?;
        let folder = open_folder();
        let at = folder.path().display().to_string();
        let (certificate, key) = self_signed(named, days);
        fs::write(folder.path().join("fullchain.pem"), certificate).unwrap();
        fs::write(folder.path().join("privkey.pem"), key).unwrap();
        let proofs = folder.path().join("www/.well-known/acme-challenge");
        fs::create_dir_all(&proofs).unwrap();
        fs::write(proofs.join("token"), PROOF).unwrap();
        let (secure, plain) = (free(), free());
        let text = text.replace("/var/www/html", &format!("{at}/www"));
        let text = put_in(&text, "127.0.0.1:8080", &upstream.to_string());
        let mut command = match server {
            Server::Nginx => nginx(&program, &text, &at, secure, plain),
            Server::Caddy => caddy(&program, &text, &at, secure, plain, host),
            Server::Apache => apache(&program, &text, &at, secure, plain),
        };
        let runs_as = Unprivileged::new();
        runs_as.hand_over(folder.path());
        runs_as.runs(&mut command);
        command.env("HOME", &at).current_dir(folder.path());
        let program = Program::start(command);
        until_blocking(server.name(), || TcpStream::connect(secure).is_ok());
        Some(Self { secure, plain, host: host.to_owned(), _program: program, _folder: folder })
    }

    /// The certificate that it shows.
    pub(super) fn certificate(&self) -> PathBuf {
        self._folder.path().join("fullchain.pem")
    }

    /// Asks by TLS from the address `from`, and with it what the header lines say. What openssl does not understand of the
    /// answer it passes on.
    pub(super) fn ask(&self, from: &str, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.host);
        for header in headers {
            request.push_str(&format!("{header}\r\n"));
        }
        if method == "POST" {
            let length = body.len();
            let kind = "application/x-www-form-urlencoded";
            request.push_str(&format!("Content-Type: {kind}\r\nContent-Length: {length}\r\n"));
        }
        request.push_str(&format!("\r\n{body}"));
        let mut command = Command::new("openssl");
        command.args(["s_client", "-quiet", "-connect", &self.secure.to_string(), "-servername", &self.host]);
        command
            .args(["-bind", &format!("{from}:0")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut asking = command.spawn().unwrap();
        std::io::Write::write_all(asking.stdin.as_mut().unwrap(), request.as_bytes()).unwrap();
        let answered = asking.wait_with_output().unwrap();
        Answer::read(&answered.stdout, &answered.stderr)
    }
}

/// What a server answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn read(bytes: &[u8], said: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, _) =
            text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(said)));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_else(|| panic!("{head}"));
        let location = head.lines().filter_map(|line| line.split_once(": "));
        let location = location.clone().find(|(name, _)| name.eq_ignore_ascii_case("location"));
        Self { status, location: location.map(|(_, value)| value.to_owned()), text }
    }
}

fn nginx(program: &Path, text: &str, at: &str, secure: SocketAddr, plain: SocketAddr) -> Command {
    let mut text = put_in(text, "listen 443 ssl;", &format!("listen {secure} ssl;"));
    text = put_in(&text, "listen [::]:443 ssl;", "");
    text = text.replace("listen 80;", &format!("listen {plain};")).replace("listen [::]:80;", "");
    text = put_in(&text, "/etc/ssl/coranto", at);
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
        .concat();
    let whole = format!(
        "daemon off;\nmaster_process off;\npid {at}/pid;\nerror_log {at}/error.log;\nevents {{}}\n\
         http {{\naccess_log off;\n{folders}{text}\n}}\n"
    );
    fs::write(format!("{at}/nginx.conf"), whole).unwrap();
    let mut command = Command::new(copied(program, at));
    command.args(["-p", at, "-e", "error.log", "-c", "nginx.conf"]);
    command
}

fn caddy(program: &Path, text: &str, at: &str, secure: SocketAddr, plain: SocketAddr, host: &str) -> Command {
    // Nobody gives a test a certificate; all else is as printed.
    let site = format!("{host} {{\n");
    let text = put_in(text, &site, &format!("{site}\ttls {at}/fullchain.pem {at}/privkey.pem\n"));
    let (https, http) = (secure.port(), plain.port());
    let whole = format!(
        "{{\n\tadmin off\n\tdefault_bind 127.0.0.1\n\thttps_port {https}\n\thttp_port {http}\n\tstorage file_system {at}\n\
         \tskip_install_trust\n}}\n{text}"
    );
    fs::write(format!("{at}/Caddyfile"), whole).unwrap();
    let mut command = Command::new(copied(program, at));
    command.args(["run", "--adapter", "caddyfile", "--config", "Caddyfile"]);
    command
}

fn apache(program: &Path, text: &str, at: &str, secure: SocketAddr, plain: SocketAddr) -> Command {
    let mut text = put_in(text, "<VirtualHost *:443>", &format!("<VirtualHost {secure}>"));
    text = text.replace("<VirtualHost *:80>", &format!("<VirtualHost {plain}>"));
    text = put_in(&text, "/etc/ssl/coranto", at);
    let modules = program.parent().unwrap().parent().unwrap().join("lib/apache2/modules");
    let mut whole = format!(
        "ServerRoot {at}\nServerName localhost\nListen {secure}\nListen {plain}\nPidFile {at}/pid\nErrorLog {at}/error.log\n\
         DefaultRuntimeDir {at}\nMutex file:{at}\n"
    );
    for name in ["mpm_event", "authz_core", "alias", "ssl", "socache_shmcb", "proxy", "proxy_http", "headers"] {
        fs::copy(modules.join(format!("mod_{name}.so")), format!("{at}/mod_{name}.so")).unwrap();
        whole.push_str(&format!("LoadModule {name}_module {at}/mod_{name}.so\n"));
    }
    fs::write(format!("{at}/apache.conf"), whole + &text).unwrap();
    let mut command = Command::new(copied(program, at));
    // One process: whoever ends it ends all of it, and leaves no child behind.
    command.args(["-X", "-f", &format!("{at}/apache.conf")]);
    command
}

/// Not every user reaches the folder of the builds.
fn copied(program: &Path, at: &str) -> PathBuf {
    let own = Path::new(at).join("server");
    fs::copy(program, &own).unwrap();
    fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
    own
}
