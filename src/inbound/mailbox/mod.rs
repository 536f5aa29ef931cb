//! The door that looks into mailboxes over IMAP. A person may use the same mailbox: nothing is marked as read, and nothing
//! is moved but reports about our emails, after they are kept.

mod fault;
mod fence;
mod folder;
mod imap;
mod poll;
mod round;
mod settings;
mod turn;

use tokio_util::sync::CancellationToken;

use self::imap::{Imap, Moving};

pub use self::fault::{MailboxError, MailboxFault};
pub use self::poll::{MailboxDoor, forget_all_but};
pub use self::settings::MailboxSettings;

impl MailboxSettings {
    /// Which folder of which account it is: another one has other numbers for its mails.
    fn place(&self) -> String {
        format!("{}@{}:{}/{}", self.username, self.host, self.port, self.folder)
    }

    fn error(&self, cause: MailboxFault) -> MailboxError {
        MailboxError { host: self.host.clone(), port: self.port, cause }
    }
}

/// What a look into a mailbox shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// How many mails its folder has.
    pub mails: u32,
    /// Whether reports can be moved out of it, where they are to be.
    pub can_move: bool,
}

/// Logs in and opens the folder, without touching anything.
pub async fn look(settings: &MailboxSettings) -> Result<Looked, MailboxError> {
    let looking = async {
        let mut imap = Imap::open(settings, CancellationToken::new()).await?;
        let opened = imap.folder(&settings.folder, false).await?;
        let can_move = settings.done_folder.is_none() || imap.moving != Moving::Cannot;
        imap.leave().await;
        Ok(Looked { mails: opened.mails, can_move })
    };
    looking.await.map_err(|cause| settings.error(cause))
}
