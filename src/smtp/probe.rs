//! Asks whether a sender would be taken, without sending anything: MAIL, then RSET.

use super::session::{Broken, Session, State};
use crate::domain::reply::{Reply, Stage};

/// "Service not available, closing transmission channel" (RFC 5321 4.2.2): nothing follows it.
const CLOSING: u16 = 421;

impl Session {
    /// Offers a sender and takes it back. Returns the answer to MAIL, good or bad.
    pub async fn try_sender(&mut self, sender: &str) -> Result<Reply, Broken> {
        if !self.is_usable() {
            return Err(Broken::Unusable);
        }
        if !sender.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>')) {
            return Err(Broken::InvalidSender);
        }
        self.state = State::Unusable;
        self.envelopes += 1;
        let command = format!("MAIL FROM:<{sender}>\r\n");
        let lost = |stage| move |fault| Broken::Lost { stage, fault };
        let deadline = self.deadlines.command;
        let reply = self.wire.command(command.as_bytes(), deadline).await.map_err(lost(Stage::Mail))?.summary();
        if reply.code == CLOSING {
            return Ok(reply);
        }
        let reset = self.wire.command(b"RSET\r\n", deadline).await.map_err(lost(Stage::Session))?.summary();
        if reset.is_positive() {
            self.state = State::Idle;
        }
        Ok(reply)
    }
}
