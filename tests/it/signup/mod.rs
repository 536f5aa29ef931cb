//! Tests of `signup`.

mod addresses;
mod domains;
mod events;
mod ground;
pub(crate) mod lists;
mod moving;
mod proofs;
mod quotas;
mod reasons;
mod refusing;
mod undo;
mod verbs;
mod welcome;

pub(crate) use ground::{NOW, SignupFixture, list, newsletter};
