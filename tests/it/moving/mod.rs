//! A database into another: every row of every table, there and back, cut short and undone. Knows no table by its meaning.

mod beside;
mod every_table;
mod killed;
mod program;
mod refusals;
mod there_and_back;
mod wrong;

use coranto::clock::{Clock, Timestamp};
use coranto::domain::actor::Actor;
use coranto::store::Db;
use coranto::upkeep::{CopiedTable, CopyStep, CopyTrouble, Relocation, move_to};

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const FROM: &str = "sqlite:///old";
const TO: &str = "postgres://new";

fn clock() -> Clock {
    Clock::fixed(NOW)
}

fn actor() -> Actor {
    Actor::Command("anna".to_owned())
}

/// Moves with the names above. Returns what was said of where it began, too.
async fn moved(source: &Db, target: &Db) -> (Result<Vec<CopiedTable>, CopyTrouble>, Vec<String>) {
    let mut said = Vec::new();
    let moving = Relocation { source, target, from: FROM, to: TO };
    let result = move_to(moving, &clock(), &actor(), &mut |step| match step {
        CopyStep::Resumed => said.push("resumed".to_owned()),
        CopyStep::StartedOver { why } => said.push(why.to_owned()),
        CopyStep::Copied { .. } | CopyStep::Compared { .. } => {}
    })
    .await;
    (result, said)
}
