//! The client and the sink over real sockets of this machine.

mod bodies;
mod chaos;
mod client_and_sink;
mod envelopes;
mod opening;
mod postfix;
mod round_trip;
mod scripted;
mod sink_alone;
mod tls;
mod trust;

use std::time::Duration;

use coranto::domain::address::EmailAddress;
use coranto::smtp::{Connector, Deadlines, Endpoint, TlsMode};

/// Enough for a busy machine, little enough for a test that must see it pass.
const SHORT: Duration = Duration::from_millis(400);
/// For phases that are not meant to end by their deadline.
const AMPLE: Duration = Duration::from_secs(20);

fn endpoint(port: u16) -> Endpoint {
    Endpoint {
        host: "localhost".to_owned(),
        port,
        tls: TlsMode::None,
        ca_file: None,
        username: None,
        password: None,
        helo: "client.example.org".to_owned(),
        allow_plaintext: false,
    }
}

fn connector(port: u16) -> Connector {
    Connector::new(Endpoint { host: "127.0.0.1".to_owned(), ..endpoint(port) }).unwrap()
}

fn deadlines(each: Duration) -> Deadlines {
    Deadlines { connect: each, greeting: each, tls: each, command: each, data: each, body: each, dot: each, quit: each }
}

fn address(text: &str) -> EmailAddress {
    text.parse().unwrap()
}
