//! One-time links: an invitation, or the way back in. Made here for whoever may hand them out, and used in `welcome`.

use super::error::AccountError;
use super::{note, note_ended};
use crate::clock::Timestamp;
use crate::domain::AccountId;
use crate::domain::account::{AccountState, EndedSession, LinkKind};
use crate::domain::actor::By;
use crate::domain::event::Event;
use crate::domain::newsletter::url_base;
use crate::domain::sign_in::LINK_FOR;
use crate::store::{Db, Result, Tx, accounts, entries, sessions};
use crate::token::{Keyring, Purpose};

/// A link that was made. It is shown once: nothing that is stored yields it without the key file.
#[derive(Clone, Debug)]
pub struct Invitation {
    pub account: AccountId,
    pub kind: LinkKind,
    /// The path of its page, without a `/` at its beginning.
    pub path: String,
    /// Until when it works.
    pub until: Timestamp,
}

impl Invitation {
    /// The whole address of the link's page, on the site at `public_url`.
    pub fn url(&self, public_url: &str) -> String {
        format!("{}/{}", url_base(public_url), self.path)
    }
}

/// Makes a link for an account. Older ones end; and where it is the way back in, all sessions as well, for whoever lost
/// their password may have lost it to somebody.
pub async fn make_link(db: &Db, keys: &Keyring, account: AccountId, by: By<'_>) -> Result<Invitation, AccountError> {
    db.write(async |tx| {
        let found = accounts::get(tx, account).await?.ok_or(AccountError::Unknown)?;
        let kind = match found.state {
            AccountState::Invited => LinkKind::Welcome,
            AccountState::Active => LinkKind::Recovery,
            AccountState::Disabled => return Err(AccountError::Disabled),
        };
        let invitation = invite(tx, keys, account, kind, by).await?;
        if kind == LinkKind::Recovery {
            let ended = sessions::end_all_of(tx, account, None).await?;
            note_ended(tx, by, account, EndedSession::Link, ended).await?;
        }
        Ok(invitation)
    })
    .await
}

/// The link alone.
pub(super) async fn invite(
    tx: &mut Tx,
    keys: &Keyring,
    account: AccountId,
    kind: LinkKind,
    by: By<'_>,
) -> Result<Invitation> {
    entries::close(tx, account, by.now).await?;
    let until = by.now.plus(LINK_FOR);
    let id = entries::add(tx, account, kind, until, by.now).await?;
    let mark = entries::get(tx, id).await?.and_then(|entry| entry.mark);
    note(tx, by, &Event::AccountLinked { account: account.0, link: kind }).await?;
    let token = keys.seal_row(Purpose::Welcome, id.0.cast_unsigned(), mark);
    let path = format!("{}{token}", Purpose::Welcome.path().trim_start_matches('/'));
    Ok(Invitation { account, kind, path, until })
}
