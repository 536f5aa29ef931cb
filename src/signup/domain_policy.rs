//! What can be known of the domain of an address: whether it hands out mailboxes to be thrown away, and whether any
//! server takes mail for it. Both are off unless the installation asks for them. Knows no request.
//!
//! A name server that does not answer refuses nobody: what it would have said comes back as a bounce.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::RequestError;
use crate::dns::{DnsResolver, Memory, NetError, RData, RecordType};

/// The wait for one answer of a name server.
const ANSWER_MAX: Duration = Duration::from_millis(1500);
/// The wait for all of them together: the reader waits as well.
const LOOK_MAX: Duration = Duration::from_secs(3);
/// Questions under way at once. A later request is taken unasked.
const LOOKS_MAX: usize = 64;
/// Answers that are remembered, for as long as they say themselves.
const CACHE_ENTRIES: u64 = 4096;
/// The longest that an answer is remembered: a domain that was just mended must not wait for a day.
const CACHE_MAX: Duration = Duration::from_secs(600);

#[derive(Clone, Debug, Default)]
pub struct DomainPolicy {
    disposable: Arc<HashSet<String>>,
    servers: Option<MxLookup>,
}

/// Asks name servers whether a domain takes mail.
#[derive(Clone, Debug)]
pub struct MxLookup {
    names: DnsResolver,
    seats: Arc<Semaphore>,
}

impl DomainPolicy {
    pub fn none() -> Self {
        Self::default()
    }

    /// Refuses the domains in `list`, and what is below them: one per line, `#` begins a comment.
    pub fn without_disposable(mut self, list: &str) -> Self {
        let domain = |line: &str| line.split('#').next().unwrap_or_default().trim().to_ascii_lowercase();
        self.disposable = Arc::new(list.lines().map(domain).filter(|domain| !domain.is_empty()).collect());
        self
    }

    /// Refuses domains that no server takes mail for.
    pub fn with_servers(mut self, servers: MxLookup) -> Self {
        self.servers = Some(servers);
        self
    }

    pub(super) async fn look(&self, domain: &str) -> Result<(), RequestError> {
        if self.is_disposable(domain) {
            return Err(RequestError::Disposable);
        }
        match &self.servers {
            Some(servers) if !servers.take_mail_for(domain).await => Err(RequestError::NoMailServer),
            _ => Ok(()),
        }
    }

    fn is_disposable(&self, domain: &str) -> bool {
        let mut name = domain;
        loop {
            if self.disposable.contains(name) {
                return true;
            }
            match name.split_once('.') {
                Some((_, parent)) => name = parent,
                None => return false,
            }
        }
    }
}

impl MxLookup {
    /// Asks the name server at `server`, or those of the system.
    pub fn new(server: Option<SocketAddr>) -> Result<Self, NetError> {
        let memory = Memory { entries: CACHE_ENTRIES, time: CACHE_MAX };
        let names = DnsResolver::new(server, ANSWER_MAX, Some(memory))?;
        Ok(Self { names, seats: Arc::new(Semaphore::new(LOOKS_MAX)) })
    }

    /// Whether mail for `domain` can go anywhere. `true` when nobody can tell.
    async fn take_mail_for(&self, domain: &str) -> bool {
        let Ok(_seat) = self.seats.try_acquire() else { return true };
        tokio::time::timeout(LOOK_MAX, self.asked(domain)).await.ok().flatten().unwrap_or(true)
    }

    /// What the name servers say, if they do. Without an MX record mail goes to the domain's own address (RFC 5321 5.1);
    /// an MX of `.` says that it takes none (RFC 7505).
    async fn asked(&self, domain: &str) -> Option<bool> {
        let servers = self.names.records(domain, RecordType::MX).await.ok()?;
        if !servers.is_empty() {
            return Some(servers.iter().any(|data| matches!(data, RData::MX(mx) if !mx.exchange.is_root())));
        }
        for kind in [RecordType::A, RecordType::AAAA] {
            if !self.names.records(domain, kind).await.ok()?.is_empty() {
                return Some(true);
            }
        }
        Some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_domains_holds_what_is_below_them() {
        let checks =
            DomainPolicy::none().without_disposable("# throw-away\nMailinator.example\n\n trash.example # why\n");
        for (domain, expected) in [
            ("mailinator.example", true),
            ("a.b.trash.example", true),
            ("nottrash.example", false),
            ("example", false),
            ("example.org", false),
        ] {
            assert_eq!(checks.is_disposable(domain), expected, "{domain}");
        }
        assert!(!DomainPolicy::none().is_disposable("mailinator.example"));
    }
}
