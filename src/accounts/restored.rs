//! What follows for people with a login when a copy of the database was put back: who signed out since the copy was made,
//! or lost a right, would have it again. So everybody signs in anew, and every open link is closed.

use crate::clock::Timestamp;
use crate::store::{Result, Tx, entries, sessions};

/// What was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expelled {
    pub sessions: u64,
    /// One-time links.
    pub links: u64,
}

/// Ends every session and closes every link.
pub async fn expel_all(tx: &mut Tx, now: Timestamp) -> Result<Expelled> {
    Ok(Expelled { sessions: sessions::end_all(tx).await?, links: entries::close_all(tx, now).await? })
}
