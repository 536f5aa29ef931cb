//! The end of sd_notify(3) that a service manager has: a socket of datagrams, each some lines `NAME=value`.

use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::patience::PATIENCE;

/// A manager that hears of one service.
pub(crate) struct ServiceManager {
    socket: UnixDatagram,
    path: PathBuf,
}

impl ServiceManager {
    /// Listens in `folder`.
    pub(crate) fn new(folder: &Path) -> Self {
        let path = folder.join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        Self { socket, path }
    }

    /// Has `service` tell this manager how it is, and give a sign of life within `watchdog`.
    pub(crate) fn manages(&self, service: &mut Command, watchdog: Option<Duration>) {
        service.env("NOTIFY_SOCKET", &self.path);
        if let Some(limit) = watchdog {
            service.env("WATCHDOG_USEC", limit.as_micros().to_string());
        }
    }

    /// What is heard up to the first line that begins with `wanted`, in order.
    pub(crate) fn hear(&self, wanted: &str) -> Vec<String> {
        let begun = Instant::now();
        let mut heard: Vec<String> = Vec::new();
        let mut datagram = [0; 4096];
        while !heard.iter().any(|line| line.starts_with(wanted)) {
            assert!(begun.elapsed() < PATIENCE, "{wanted} never came, but {heard:?}");
            let Ok(size) = self.socket.recv(&mut datagram) else { continue };
            heard.extend(String::from_utf8(datagram[..size].to_vec()).unwrap().lines().map(str::to_owned));
        }
        heard
    }
}
