//! Pages in a real Chromium, by WebDriver. Knows no page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

use super::program::Program;
use super::{find_program, skip};

const START_WAIT_MAX: Duration = Duration::from_secs(60);
const END_WAIT_MAX: Duration = Duration::from_secs(10);

/// Whether pages may run scripts: ours have to work without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scripts {
    On,
    Off,
}

/// One Chromium with a profile of its own; it ends when this is dropped.
pub(crate) struct Browser {
    client: Client,
    profile: TempDir,
    _driver: Program,
}

impl Browser {
    /// `None` when Chromium or its driver is missing, which has then been said.
    pub(crate) async fn start(scripts: Scripts) -> Option<Self> {
        let Some((chromium, driver)) = find() else {
            skip(
                "chromium",
                "chromium and chromedriver are not both on PATH (Debian packages chromium, chromium-driver)",
            );
            return None;
        };
        let profile = tempfile::Builder::new().prefix("coranto-chromium-").tempdir().unwrap();
        let mut command = Command::new(driver);
        command.arg("--port=0").env("HOME", profile.path()).env("TMPDIR", profile.path()).current_dir(profile.path());
        let mut driver = Program::start(command);
        let started = driver.wait_for_line("was started successfully on port ", START_WAIT_MAX);
        let port = started.trim_end_matches('.').rsplit(' ').next().unwrap();
        let capabilities = capabilities(&chromium, profile.path(), scripts);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("chromedriver should open a session");
        Some(Self { client, profile, _driver: driver })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver starts Chromium in a process group of its own, and a test that fails closes no session.
        let started = Instant::now();
        while started.elapsed() < END_WAIT_MAX {
            let left = processes_naming(self.profile.path());
            if left.is_empty() {
                break;
            }
            for process in left {
                let _ = Command::new("sh").arg("-c").arg(format!("kill -9 {process} 2>/dev/null")).status();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn find() -> Option<(PathBuf, PathBuf)> {
    let chromium = find_program(&["chromium", "chromium-browser", "google-chrome"], &[])?;
    let driver = find_program(&["chromedriver"], &[PathBuf::from("/usr/lib/chromium")])?;
    Some((chromium, driver))
}

fn capabilities(chromium: &Path, profile: &Path, scripts: Scripts) -> serde_json::Map<String, serde_json::Value> {
    let profile = format!("--user-data-dir={}", profile.display());
    let mut options = json!({
        "binary": chromium,
        "args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1280,900",
            profile,
        ],
    });
    if scripts == Scripts::Off {
        const BLOCK: u8 = 2;
        options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": BLOCK });
    }
    let capabilities = json!({ "browserName": "chrome", "goog:chromeOptions": options });
    capabilities.as_object().unwrap().clone()
}

/// The ids of the processes whose command line names `path`.
fn processes_naming(path: &Path) -> Vec<u32> {
    let path = path.to_str().unwrap();
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let id = entry.file_name().to_str()?.parse().ok()?;
            let command = fs::read(entry.path().join("cmdline")).ok()?;
            String::from_utf8_lossy(&command).contains(path).then_some(id)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "data:text/html,<title>plain</title><script>document.title = 'scripted'</script>";

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn pages_open_with_and_without_scripts() {
        for (scripts, title) in [(Scripts::On, "scripted"), (Scripts::Off, "plain")] {
            let Some(browser) = Browser::start(scripts).await else { return };
            browser.client().goto(PAGE).await.unwrap();
            assert_eq!(browser.client().title().await.unwrap(), title, "{scripts:?}");
            let profile = browser.profile.path().to_owned();
            assert!(!processes_naming(&profile).is_empty());
            drop(browser);
            assert!(processes_naming(&profile).is_empty());
        }
    }
}
