//! Questions to name servers. Knows no newsletter, and decides nothing by the answers.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;

pub use hickory_resolver::net::NetError;
pub use hickory_resolver::proto::rr::{RData, RecordType};

/// Asks name servers; clones share what they remember.
#[derive(Clone)]
pub struct DnsResolver(TokioResolver);

/// For how long answers are remembered, and how many.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    pub entries: u64,
    /// The longest time, whatever they say themselves.
    pub time: Duration,
}

impl DnsResolver {
    /// Asks the name server at `server`, or those of the system, once, and waits `answer_max` for the answer. Without a
    /// `memory` the resolver's own defaults hold.
    pub fn new(server: Option<SocketAddr>, answer_max: Duration, memory: Option<Memory>) -> Result<Self, NetError> {
        let mut builder = match server {
            Some(address) => {
                let (mut udp, mut tcp) = (ConnectionConfig::udp(), ConnectionConfig::tcp());
                (udp.port, tcp.port) = (address.port(), address.port());
                let server = NameServerConfig::new(address.ip(), true, vec![udp, tcp]);
                let config = ResolverConfig::from_name_servers(vec![server]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
            None => TokioResolver::builder_tokio()?,
        };
        let options: &mut ResolverOpts = builder.options_mut();
        options.timeout = answer_max;
        options.attempts = 1;
        if let Some(memory) = memory {
            options.cache_size = memory.entries;
            options.positive_max_ttl = Some(memory.time);
            options.negative_max_ttl = Some(memory.time);
        }
        Ok(Self(builder.build()?))
    }

    /// The records of one kind that a name has; none is an answer, a server that does not answer is an error.
    pub async fn records(&self, name: &str, kind: RecordType) -> Result<Vec<RData>, NetError> {
        // The dot keeps the system's search domains away.
        match self.0.lookup(format!("{name}."), kind).await {
            Ok(found) => {
                let of_kind = found.answers().iter().filter(|record| record.record_type() == kind);
                Ok(of_kind.map(|record| record.data.clone()).collect())
            }
            Err(error) if error.is_no_records_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

impl std::fmt::Debug for DnsResolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Names")
    }
}
