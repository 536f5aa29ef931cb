//! `coranto ready`: whether the server on this machine is ready, for health checks and scripts. Asks over HTTP alone.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::text::printable;
use super::{Context, Exit, Failure};

/// The server gives its database three seconds for each of two questions.
const ANSWER_MAX: Duration = Duration::from_secs(10);
const BYTES_MAX: usize = 256 * 1024;

/// Ask whether the server on this machine is ready.
///
/// It asks /readyz at `listen` under [server]. It exits with 0 when the server is ready, and with 1 when not.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto ready
  coranto ready --quiet && echo up")]
pub(super) struct Args {}

pub(super) fn run(_args: Args, context: &Context) -> anyhow::Result<Exit> {
    let listen = context.config()?.server.listen;
    let asked = context.block_on(async {
        let asked = tokio::time::timeout(ANSWER_MAX, ask(reachable(listen))).await;
        asked.unwrap_or_else(|_| Err(Failure::new("it does not answer in time").into()))
    });
    let (status, answer) = match asked {
        Ok(answered) => answered,
        Err(error) => {
            return Err(Failure::new(format!("not ready: nobody answers at {listen}: {error:#}"))
                .hint("`coranto serve` with the role `web` answers there")
                .into());
        }
    };
    if context.output.is_json() {
        context.output.json(&answer)?;
    }
    if status == StatusCode::OK {
        if !context.output.is_json() {
            context.output.line("ready")?;
        }
        return Ok(Exit::Ok);
    }
    let why = answer["why"].as_str().map_or_else(|| format!("it answers {status}"), printable);
    Err(Failure::new(format!("not ready: {why}")).into())
}

/// Who listens on every address is asked on this machine's own.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

async fn ask(address: SocketAddr) -> anyhow::Result<(StatusCode, Value)> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let request = Request::get("/readyz").header(HOST, address.to_string()).body(Empty::<Bytes>::new())?;
    let asking = async {
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), BYTES_MAX).collect().await;
        let body = body.map_err(|error| anyhow::anyhow!("its answer breaks off: {error}"))?.to_bytes();
        Ok((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    };
    let mut asking = std::pin::pin!(asking);
    tokio::select! {
        answered = &mut asking => answered,
        // The answer may be whole although the connection has ended.
        ended = connection => match ended {
            Ok(()) => asking.await,
            Err(error) => Err(error.into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_everywhere_is_asked_here() {
        for (listen, asked) in
            [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:8080", "[::1]:8080"), ("192.0.2.7:8080", "192.0.2.7:8080")]
        {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), asked);
        }
    }
}
