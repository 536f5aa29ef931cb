//! The token in a link's path. Every token that opens nothing gets one and the same answer.

use super::super::failure::Failure;
use super::super::site::Site;
use crate::token::{Purpose, TEST_NUMBER};

/// What a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// A row's number.
    Row(i64),
    /// A test mail's link: the pages work and change nothing.
    Test,
}

/// Opens `token` for `purpose`.
pub(super) fn open(site: &Site, purpose: Purpose, token: &str) -> Result<Opened, Failure> {
    match site.signup.keys.open(purpose, token) {
        Some(TEST_NUMBER) => Ok(Opened::Test),
        Some(number) => i64::try_from(number).map(Opened::Row).map_err(|_| Failure::NoSuchLink),
        None => Err(Failure::NoSuchLink),
    }
}
