//! What a service manager is told of this process, where one asks: sd_notify(3) of systemd. Knows no part of the program.

use std::time::Duration;

use sd_notify::NotifyState;

/// How often the manager hears of the process within the time after which it would end it.
const BEATS: u32 = 3;

/// Says that all is open and the service counts as started; `status` is the line that `systemctl status` shows.
pub fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Says what the process does now, in one line.
pub fn status(text: &str) {
    tell(&[NotifyState::Status(text)]);
}

/// Says that the process ends by order or by its own decision.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("finishing what is on the wire")]);
}

/// Gives signs of life as long as the runtime gives it turns. A ledger that cannot be written or a relay that is down is no
/// reason for silence: a restart would mend neither, and would leave emails uncertain.
pub(super) async fn heartbeat() {
    let Some(limit) = sd_notify::watchdog_enabled() else { return };
    let mut tick = tokio::time::interval((limit / BEATS).max(Duration::from_millis(1)));
    loop {
        tick.tick().await;
        tell(&[NotifyState::Watchdog]);
    }
}

fn tell(state: &[NotifyState<'_>]) {
    // Without a manager there is no socket, and this does nothing.
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "the service manager was not told");
    }
}
