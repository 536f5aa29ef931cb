//! The hooks, as the configuration wants them.

use std::sync::Arc;

use anyhow::Context as _;

use crate::config::Config;
use crate::https::{HttpsClient, is_public};
use crate::inbound::Intake;
use crate::inbound::hooks::HookDoor;
use crate::store::Db;
use crate::wiring;

/// The door that providers come in by; none when the configuration has no hook.
pub(super) fn open(config: &Config, db: &Db) -> anyhow::Result<Option<HookDoor>> {
    if config.inbound.hooks.is_empty() {
        return Ok(None);
    }
    let user_agent = format!("coranto/{} (+{})", env!("CARGO_PKG_VERSION"), wiring::public_url(config));
    let client = HttpsClient::new(user_agent, is_public).context("certificates of hooks cannot be asked for")?;
    let intake = Intake::new(db.clone(), config.keys.clone(), config.inbound.settle_after);
    Ok(Some(HookDoor::new(wiring::hooks(config), intake, Arc::new(client))))
}
