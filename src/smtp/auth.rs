//! Logging in (RFC 4954) with the mechanisms that lettre knows: PLAIN, LOGIN, XOAUTH2. The only place that sees the
//! password; must not know whose it is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};

use super::fault::Fault;
use super::reply::RawReply;
use super::wire::Wire;
use crate::domain::reply::Reply;
use crate::secret::Secret;

/// LOGIN asks two things; a server that goes on asking wants something else.
const CHALLENGE: u16 = 334;
/// In this order; LOGIN is the older of the two, XOAUTH2 needs a token for a password.
const PREFERENCE: [Mechanism; 3] = [Mechanism::Plain, Mechanism::Login, Mechanism::Xoauth2];

/// So much of a secret in an answer is no chance.
const ECHO_CHARS: usize = 6;

pub(super) enum AuthFailure {
    /// None of the offered mechanisms is known here.
    NoMechanism,
    Refused(Reply),
    Fault(Fault),
}

/// Logs in. The whole exchange is one phase: the caller sets its deadline, and `deadline` bounds each answer.
pub(super) async fn log_in(
    wire: &mut Wire,
    offered: &[Mechanism],
    username: &str,
    password: &Secret,
    deadline: std::time::Duration,
) -> Result<(), AuthFailure> {
    let mechanism = PREFERENCE.into_iter().find(|known| offered.contains(known)).ok_or(AuthFailure::NoMechanism)?;
    let credentials = Credentials::new(username.to_owned(), password.expose().to_owned());
    // lettre tells LOGIN's two challenges apart by their words; servers have many words, but always this order.
    let respond = |challenge: Option<&str>| {
        let response = mechanism.response(&credentials, challenge).unwrap_or_default();
        BASE64.encode(response)
    };
    let (first, further) = match mechanism {
        Mechanism::Login => ("AUTH LOGIN\r\n".to_owned(), vec![respond(Some("Username")), respond(Some("Password"))]),
        // A failed XOAUTH2 gives its reason as a challenge, which an empty line acknowledges.
        Mechanism::Xoauth2 => (format!("AUTH XOAUTH2 {}\r\n", respond(None)), vec![String::new()]),
        Mechanism::Plain => (format!("AUTH PLAIN {}\r\n", respond(None)), Vec::new()),
    };
    let mut reply = exchange(wire, &first, deadline).await?;
    for response in further {
        if reply.code != CHALLENGE {
            break;
        }
        reply = exchange(wire, &format!("{response}\r\n"), deadline).await?;
    }
    if reply.code == CHALLENGE {
        // RFC 4954 4: a lone asterisk ends an exchange that leads nowhere.
        reply = exchange(wire, "*\r\n", deadline).await?;
    }
    let reply = reply.summary();
    if reply.is_positive() {
        return Ok(());
    }
    let sent = [respond(None), respond(Some("Username")), respond(Some("Password")), password.expose().to_owned()];
    let reply = without(reply, &sent);
    if reply.code >= 400 { Err(AuthFailure::Refused(reply)) } else { Err(AuthFailure::Fault(Fault::Unexpected(reply))) }
}

/// A server that repeats what it was sent puts the password into logs and onto screens: its words are left out then.
fn without(reply: Reply, sent: &[String]) -> Reply {
    let words = reply.text.to_lowercase();
    let repeats = |secret: &String| {
        let secret = secret.to_lowercase();
        let letters: Vec<char> = secret.chars().collect();
        // A part is enough: lines are cut and folded.
        let part = ECHO_CHARS.min(letters.len());
        part > 0 && letters.windows(part).any(|part| words.contains(&part.iter().collect::<String>()))
    };
    match sent.iter().any(repeats) {
        true => Reply { text: "(its words repeat the login, and are left out)".to_owned(), ..reply },
        false => reply,
    }
}

async fn exchange(wire: &mut Wire, line: &str, deadline: std::time::Duration) -> Result<RawReply, AuthFailure> {
    wire.command(line.as_bytes(), deadline).await.map_err(AuthFailure::Fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_that_repeats_the_login_loses_its_words() {
        let sent = [BASE64.encode("\0user\0S3cr3tPass"), BASE64.encode("S3cr3tPass"), "S3cr3tPass".to_owned()];
        let reply = |text: &str| Reply { code: 535, enhanced: Some((5, 7, 8)), text: text.to_owned() };
        for text in [
            format!("AUTH PLAIN {} is wrong", sent[0]),
            format!("bad command {}...", &sent[0][4..16]),
            sent[1].to_lowercase(),
            "no such password: S3cr3tPass".to_owned(),
        ] {
            let shown = without(reply(&text), &sent).text;
            assert!(!shown.contains("3cr3t") && !shown.contains(&sent[0][4..10]), "{text}: {shown}");
        }
        let plain = "Error: authentication failed: UGFzc3dvcmQ6";
        assert_eq!(without(reply(plain), &sent).text, plain);
    }
}
