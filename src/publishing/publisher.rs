//! Who publishes what, and with what: all that the verbs of this layer stand on. The verbs are in the files named for
//! them.

use crate::clock::Timestamp;
use crate::domain::actor::{Actor, By};
use crate::domain::newsletter::Newsletter;
use crate::images::ImageCache;
use crate::store::Db;
use crate::templates::Templates;

/// What is needed to render the issues of one newsletter.
#[derive(Clone, Copy)]
pub struct Renderer<'a> {
    pub newsletter: &'a Newsletter,
    pub public_url: &'a str,
    pub templates: &'a Templates,
    pub gallery: &'a ImageCache,
}

/// The same with a database in which the newsletter has its row, and who acts when.
#[derive(Clone, Copy)]
pub struct Publisher<'a> {
    pub renderer: Renderer<'a>,
    pub db: &'a Db,
    pub actor: &'a Actor,
    pub now: Timestamp,
}

impl<'a> Publisher<'a> {
    pub(super) fn newsletter(&self) -> &'a Newsletter {
        self.renderer.newsletter
    }

    pub(super) fn by(&self) -> By<'a> {
        self.actor.at(self.now)
    }
}

/// How an issue is queued.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueueOptions {
    /// Only look.
    pub dry_run: bool,
    /// Whether a text that another issue has may go out again.
    pub again: bool,
}
