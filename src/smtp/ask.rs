//! Asks a mail server which addresses it would take a report for, without sending one: MAIL with the null sender, RCPT, RSET,
//! as RFC 5321 3.3 and RFC 2033 have them. Must not know what the addresses mean.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use super::fault::Fault;
use super::stream::Stream;
use super::wire::Wire;
use crate::domain::reply::Reply;

/// How a server is greeted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hello {
    /// EHLO.
    Smtp,
    /// LHLO (RFC 2033 4.1).
    Lmtp,
}

/// What a server said of addresses.
#[derive(Debug)]
pub struct RecipientAnswers {
    pub greeting: Reply,
    /// To RCPT of each address, in their order.
    pub answers: Vec<Reply>,
}

/// Why a server said nothing of addresses.
#[derive(Debug, thiserror::Error)]
pub enum Unasked {
    #[error("lost at {step}: {fault}")]
    Lost { step: &'static str, fault: Fault },
    #[error("it refuses {step}: {reply}")]
    Refused { step: &'static str, reply: Reply },
}

/// Asks over a new connection, which is closed at the end. `helo` is our own name; each answer may take `answer_max`. A
/// recipient is written as it is, so it must be an address in ASCII.
pub async fn ask_recipients<T: AsyncRead + AsyncWrite + Unpin>(
    socket: T,
    hello: Hello,
    helo: &str,
    recipients: &[&str],
    answer_max: Duration,
) -> Result<RecipientAnswers, Unasked> {
    let mut wire = Wire::new(Stream::Plain(socket));
    let greeting =
        wire.reply(answer_max).await.map_err(|fault| Unasked::Lost { step: "the greeting", fault })?.summary();
    let greeting = taken("the greeting", greeting)?;
    let (step, verb) = match hello {
        Hello::Smtp => ("our EHLO", "EHLO"),
        Hello::Lmtp => ("our LHLO", "LHLO"),
    };
    taken(step, say(&mut wire, step, &format!("{verb} {helo}\r\n"), answer_max).await?)?;
    let mut answers = Vec::new();
    for recipient in recipients {
        let step = "the null sender";
        taken(step, say(&mut wire, step, "MAIL FROM:<>\r\n", answer_max).await?)?;
        answers.push(say(&mut wire, "RCPT", &format!("RCPT TO:<{recipient}>\r\n"), answer_max).await?);
        taken("RSET", say(&mut wire, "RSET", "RSET\r\n", answer_max).await?)?;
    }
    // Politeness only: everything is known.
    let _ = wire.command(b"QUIT\r\n", answer_max).await;
    Ok(RecipientAnswers { greeting, answers })
}

async fn say<T: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<T>,
    step: &'static str,
    command: &str,
    answer_max: Duration,
) -> Result<Reply, Unasked> {
    let reply = wire.command(command.as_bytes(), answer_max).await;
    reply.map(|reply| reply.summary()).map_err(|fault| Unasked::Lost { step, fault })
}

fn taken(step: &'static str, reply: Reply) -> Result<Reply, Unasked> {
    if reply.is_positive() { Ok(reply) } else { Err(Unasked::Refused { step, reply }) }
}
