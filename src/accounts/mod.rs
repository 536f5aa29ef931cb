//! People with a login: how they get it, sign in, and lose it. Every write to accounts, roles and sessions passes here.
//! Knows no page, no cookie and no command.
//!
//! What each may do is a table in `domain::account`. Whatever takes a right or a way to sign in away ends sessions in the
//! same transaction, so nobody goes on with what they had.

mod error;
mod link;
mod password;
mod people;
mod restored;
mod session;
mod sign_in;
mod tries;
mod welcome;

pub use error::AccountError;
pub use link::{Invitation, make_link};
pub use password::{PasswordKeeper, Unkept};
pub use people::{AccountChange, NewAccount, add, disable, enable, set_operator, set_role};
pub use restored::{Expelled, expel_all};
pub use session::{
    BrowserFacts, SessionSecret, ShownAgain, SignInTrouble, SignedIn, SignedInNow, change_password, end_others,
    end_session, note_seen, show_again, sign_out, sign_out_everywhere, who,
};
pub use sign_in::{SignIn, SignInOutcome, sign_in};
pub use welcome::{Accepted, WelcomeLink, accept, look_welcome};

use crate::domain::AccountId;
use crate::domain::account::EndedSession;
use crate::domain::actor::By;
use crate::domain::event::Event;
use crate::store::events::{self, About};
use crate::store::{Result, Tx};

/// Writes an event that is about an account and no newsletter.
async fn note(tx: &mut Tx, by: By<'_>, event: &Event) -> Result<()> {
    events::append(tx, by, About::default(), event).await
}

/// Notes that sessions were ended, if there were any.
async fn note_ended(tx: &mut Tx, by: By<'_>, account: AccountId, why: EndedSession, sessions: u64) -> Result<()> {
    if sessions == 0 {
        return Ok(());
    }
    note(tx, by, &Event::SessionEnded { account: account.0, why, sessions }).await
}
