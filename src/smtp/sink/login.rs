//! AUTH on the receiving side (RFC 4954): PLAIN and LOGIN against one user.

use std::io;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::conversation::Conversation;
use super::options::SinkAuth;

impl Conversation<'_> {
    /// The reply to AUTH, after its challenges; nothing if the client left.
    pub(super) async fn log_in(
        &mut self,
        login: &SinkAuth,
        mechanism: &str,
        initial: Option<&str>,
    ) -> io::Result<Option<(bool, &'static str)>> {
        let offered = login.mechanisms.split(' ').any(|offered| offered.eq_ignore_ascii_case(mechanism));
        let (username, password) = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" if offered => {
                let Some(response) = self.response(initial, "334 \r\n").await? else { return Ok(None) };
                let mut parts = response.split(|byte| *byte == 0).skip(1).map(<[u8]>::to_vec);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            "LOGIN" if offered => {
                // "Username:" and "Password:".
                let Some(username) = self.response(initial, "334 VXNlcm5hbWU6\r\n").await? else { return Ok(None) };
                let Some(password) = self.response(None, "334 UGFzc3dvcmQ6\r\n").await? else { return Ok(None) };
                (username, password)
            }
            _ => return Ok(Some((false, "504 5.5.4 Unknown mechanism\r\n"))),
        };
        let right = verify_slices_are_equal(&username, login.username.as_bytes()).is_ok()
            & verify_slices_are_equal(&password, login.password.expose().as_bytes()).is_ok();
        let reply = if right { "235 2.7.0 Welcome\r\n" } else { "535 5.7.8 Wrong user name or password\r\n" };
        Ok(Some((right, reply)))
    }

    /// What the client answers to a challenge, unless it gave it at once. What is not base64 matches no password.
    async fn response(&mut self, initial: Option<&str>, challenge: &str) -> io::Result<Option<Vec<u8>>> {
        let response = match initial {
            Some(response) => Some(response.to_owned()),
            None => {
                self.say(challenge).await?;
                self.line.read_line().await?
            }
        };
        Ok(response.map(|response| BASE64.decode(response).unwrap_or_default()))
    }
}
