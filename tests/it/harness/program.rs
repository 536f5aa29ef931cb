//! Programs as processes of their own: started in a folder, watched by their lines, ended by their id. Knows no command.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::environment;

/// The `coranto` under test, in `folder`: the one cargo built, or the one that `CORANTO_TEST_PROGRAM` names.
pub(crate) fn coranto(folder: &Path) -> Command {
    let program =
        environment("CORANTO_TEST_PROGRAM").map_or(PathBuf::from(env!("CARGO_BIN_EXE_coranto")), PathBuf::from);
    let mut command = Command::new(program);
    command.current_dir(folder).env("CORANTO_OFFLINE", "1");
    for name in own_settings() {
        command.env_remove(name);
    }
    command
}

/// What the developer has set for their own newsletter is not meant for a test's.
#[expect(clippy::disallowed_methods, reason = "the tests' surroundings; coranto's configuration is not asked")]
fn own_settings() -> impl Iterator<Item = OsString> {
    std::env::vars_os().map(|(name, _)| name).filter(|name| name.to_string_lossy().starts_with("CORANTO"))
}

/// Which of a program's two streams a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Stdout,
    Stderr,
}

/// The lines read so far, and the wish to be told of new ones.
#[derive(Default)]
struct Lines {
    read: Mutex<Vec<(Stream, String)>>,
    grown: Condvar,
}

/// A process that was started; it is killed when this is dropped.
pub(crate) struct Program {
    name: String,
    child: Child,
    lines: Arc<Lines>,
    readers: Vec<JoinHandle<()>>,
}

/// What a process that has ended left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        let lines = Arc::new(Lines::default());
        let readers = vec![
            read_lines(child.stdout.take().unwrap(), Stream::Stdout, &lines),
            read_lines(child.stderr.take().unwrap(), Stream::Stderr, &lines),
        ];
        Self { name, child, lines, readers }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The first line, of either stream, that contains `part`.
    pub(crate) fn wait_for_line(&mut self, part: &str, at_most: Duration) -> String {
        let started = Instant::now();
        let lines = Arc::clone(&self.lines);
        let mut read = lines.read.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some((_, line)) = read.iter().find(|(_, line)| line.contains(part)) {
                return line.clone();
            }
            let said = || read.iter().map(|(_, line)| format!("  {line}\n")).collect::<String>();
            assert!(started.elapsed() < at_most, "{} did not say {part:?}, but:\n{}", self.name, said());
            let ended = self.child.try_wait().unwrap();
            if let Some(status) = ended
                && self.readers.iter().all(JoinHandle::is_finished)
            {
                panic!("{} ended with {status} and did not say {part:?}, but:\n{}", self.name, said());
            }
            // Short, for the end of the process wakes nobody.
            let waited = lines.grown.wait_timeout(read, Duration::from_millis(20));
            read = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Sends a signal by its name, such as `TERM` or `STOP`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", self.id())).status().unwrap();
        assert!(sent.success(), "{} could not be sent {name}", self.name);
    }

    /// `kill -9`, as a power cut would.
    pub(crate) fn kill(mut self) -> Ended {
        self.child.kill().unwrap();
        self.wait(Duration::from_secs(30))
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self, at_most: Duration) -> Ended {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < at_most, "{} did not end within {at_most:?}: {:?}", self.name, self.said());
            std::thread::sleep(Duration::from_millis(5));
        };
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        let read = self.said();
        let of =
            |wanted| read.iter().filter(|(stream, _)| *stream == wanted).map(|(_, line)| format!("{line}\n")).collect();
        Ended { status, stdout: of(Stream::Stdout), stderr: of(Stream::Stderr) }
    }

    fn said(&self) -> Vec<(Stream, String)> {
        self.lines.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: Command, at_most: Duration) -> Ended {
    Program::start(command).wait(at_most)
}

fn read_lines(from: impl Read + Send + 'static, stream: Stream, into: &Arc<Lines>) -> JoinHandle<()> {
    let into = Arc::clone(into);
    std::thread::spawn(move || {
        for line in BufReader::new(from).split(b'\n') {
            let Ok(line) = line else { return };
            let line = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            into.read.lock().unwrap_or_else(PoisonError::into_inner).push((stream, line));
            into.grown.notify_all();
        }
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    const SOON: Duration = Duration::from_secs(20);

    #[test]
    fn a_program_is_watched_and_ended() {
        let ended = run(shell("echo out; echo err >&2; exit 3"), SOON);
        assert_eq!((ended.status.code(), &*ended.stdout, &*ended.stderr), (Some(3), "out\n", "err\n"));

        let mut program =
            Program::start(shell("trap 'echo ended; exit 0' TERM; echo port 25; while :; do sleep 0.01; done"));
        assert_eq!(program.wait_for_line("port", SOON), "port 25");
        program.signal("TERM");
        assert_eq!(program.wait(SOON).stdout, "port 25\nended\n");

        let program = Program::start(shell("exec sleep 60"));
        assert_eq!(program.kill().status.signal(), Some(9));
    }

    #[test]
    fn coranto_itself_is_run() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = coranto(folder.path());
        command.arg("--help");
        let ended = run(command, SOON);
        assert!(ended.status.success(), "{ended:?}");
    }

    #[test]
    #[should_panic(expected = "ended with exit status: 1 and did not say \"port\"")]
    fn a_program_that_ends_too_early_is_reported() {
        Program::start(shell("echo no; exit 1")).wait_for_line("port", SOON);
    }
}
