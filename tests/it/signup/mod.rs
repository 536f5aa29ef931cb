//! Tests of `signup`.

mod domains;
mod events;
mod ground;
mod lists;
mod proofs;
mod quotas;
mod refusing;
mod verbs;
mod welcome;

pub(crate) use ground::{Ground, NOW, door, newsletter};
