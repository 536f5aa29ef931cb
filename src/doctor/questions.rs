//! Questions to name servers, and what to say where there is no answer.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{CheckName, Finding, NamedCheck};
use crate::dns::{DnsResolver, NetError, RData, RecordType};

/// The wait for one answer.
const ANSWER_MAX: Duration = Duration::from_secs(3);

pub(super) fn unreachable(error: &NetError) -> Finding {
    let hint = "run this again where the network is; --resolver names a server to ask";
    Finding::unknown(&CheckName::Dns.here(), format!("no name server answers: {error}"), hint)
}

/// Asks, and knows whether anybody answers.
pub(super) struct Questions {
    names: DnsResolver,
    answered: AtomicBool,
}

/// An answer, or what to say of a name for which there is none.
pub(super) type NameAnswer<T> = Result<T, Finding>;

impl Questions {
    pub(super) fn new(server: Option<SocketAddr>) -> Result<Self, NetError> {
        Ok(Self { names: DnsResolver::new(server, ANSWER_MAX, None)?, answered: AtomicBool::new(false) })
    }

    /// The records of a name, for `check`. It is an error when no server answers at all; one name without an answer is a
    /// finding.
    pub(super) async fn records(
        &self,
        check: &NamedCheck,
        name: &str,
        kind: RecordType,
    ) -> Result<NameAnswer<Vec<RData>>, NetError> {
        match self.names.records(name, kind).await {
            Ok(found) => {
                self.answered.store(true, Ordering::Relaxed);
                Ok(Ok(found))
            }
            Err(error) if self.answered.load(Ordering::Relaxed) || error_is_an_answer(&error) => {
                self.answered.store(true, Ordering::Relaxed);
                let hint = "receivers find nothing there either; ask who runs the name servers of the domain";
                Ok(Err(Finding::unknown(check, format!("{name} cannot be looked up: {error}"), hint)))
            }
            Err(error) => Err(error),
        }
    }

    pub(super) async fn texts(&self, check: &NamedCheck, name: &str) -> Result<NameAnswer<Vec<String>>, NetError> {
        let joined = |data: RData| match data {
            RData::TXT(text) => Some(text.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect()),
            _ => None,
        };
        let found = self.records(check, name, RecordType::TXT).await?;
        Ok(found.map(|found| found.into_iter().filter_map(joined).collect()))
    }
}

/// Whether a server answered, if only that it cannot say.
fn error_is_an_answer(error: &NetError) -> bool {
    matches!(error, NetError::Dns(_))
}
