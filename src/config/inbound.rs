//! `[inbound]`: what follows when mail comes back.

use std::time::Duration;

use super::reader::Section;

/// The settings of what comes back.
#[derive(Clone, Copy, Debug)]
pub struct Inbound {
    /// How long after a refusal it is settled.
    pub settle_after: Duration,
}

pub(super) fn read(section: Section<'_>) -> Option<Inbound> {
    let settle_after = section.integer("settle_minutes").map(|minutes| Duration::from_secs(minutes * 60));
    Some(Inbound { settle_after: settle_after? })
}
