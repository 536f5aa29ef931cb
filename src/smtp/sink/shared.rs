//! What all conversations of a sink share.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::keep::Keep;
use super::options::SinkOptions;
use super::stats::Counters;

/// Recipients whose deferrals are remembered at once.
const DEFERRALS_MAX: usize = 1_000_000;
/// What `defer2-` means.
const DEFERRALS_EACH: u8 = 2;

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) options: SinkOptions,
    pub(super) counters: Counters,
    pub(super) keep: Keep,
    /// How often a `defer2-` recipient was put off.
    deferrals: Mutex<HashMap<String, u8>>,
}

impl Shared {
    pub(super) fn new(options: SinkOptions, keep: Keep) -> Self {
        Self { options, counters: Counters::default(), keep, deferrals: Mutex::default() }
    }

    /// Whether a `defer2-` recipient is put off once more. Once it was let in, the count begins anew: each message to
    /// it is put off twice.
    pub(super) fn defers(&self, address: &str) -> bool {
        let mut deferrals = self.deferrals.lock().unwrap_or_else(PoisonError::into_inner);
        let times = deferrals.get(address).copied().unwrap_or_default();
        if times == DEFERRALS_EACH {
            deferrals.remove(address);
            return false;
        }
        let room = times > 0 || deferrals.len() < DEFERRALS_MAX;
        if room {
            deferrals.insert(address.to_owned(), times + 1);
        }
        room
    }
}
