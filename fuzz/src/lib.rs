//! What is tried with any bytes. A target panics when something is wrong, and says nothing otherwise.

use coranto::domain::cause::{Certainty, judge};
use coranto::domain::reply::{Reply, Stage};
use coranto::inbound::read::read;

/// A mail that came back.
pub fn report(bytes: &[u8]) {
    let reading = read(bytes);
    assert!(reading.recipients.len() <= 33, "{} recipients", reading.recipients.len());
    assert_eq!(read(bytes), reading, "the same bytes are read differently");
}

/// A server's reply at every stage.
pub fn reply(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(reply) = text.parse::<Reply>() else { return };
    for stage in Stage::ALL {
        let judged = judge(*stage, &reply);
        assert!(judged.permanent || judged.certainty == Certainty::Likely, "{stage} {reply}");
    }
}
