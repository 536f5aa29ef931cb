//! Tests of `accounts`: each is written once and run on both databases.

mod ground;
mod people;
mod restored;
mod sessions;
mod sign_in;

pub(crate) use ground::{AccountsFixture, PASSWORD};
