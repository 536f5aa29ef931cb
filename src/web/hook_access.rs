//! Which requests to hooks come in, and how many at a time. Knows no route.

use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::handler_error::HandlerError;
use crate::inbound::hooks::HookDoor;

/// Bodies that are held at a time.
const AT_ONCE: usize = 8;

/// The hooks of a site, and how many requests to them are taken at once.
#[derive(Debug)]
pub struct Hooks {
    door: Option<Arc<HookDoor>>,
    seats: Semaphore,
}

impl Hooks {
    /// The hooks behind `door`; without one there are none.
    pub fn new(door: Option<HookDoor>) -> Self {
        Self { door: door.map(Arc::new), seats: Semaphore::new(AT_ONCE) }
    }

    /// The door behind this address; a wrong name or seal is an unknown page.
    pub(super) fn open(&self, name: &str, seal: &str) -> Result<Arc<HookDoor>, HandlerError> {
        self.door.as_ref().filter(|door| door.opens(name, seal)).map(Arc::clone).ok_or(HandlerError::NotFound)
    }

    /// A place for a body, while it is read and kept.
    pub(super) fn seat(&self) -> Option<SemaphorePermit<'_>> {
        self.seats.try_acquire().ok()
    }
}
