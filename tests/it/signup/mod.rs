//! Tests of `signup`.

mod ground;
mod lists;
mod quotas;
mod verbs;

pub(crate) use ground::{Ground, NOW, door, newsletter};
