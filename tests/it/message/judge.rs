//! A checker of raw mails that was written without knowledge of this program.

use super::sample::{address, filled, issue, reader};
use crate::harness::stranger;

#[test]
fn an_issue_passes_the_checks_of_a_stranger() {
    let to = address("anna@example.org");
    let Some(verdict) = stranger::checks(filled(&issue(), &reader(&to)).as_bytes()) else { return };
    assert!(verdict.is_good, "{}", verdict.said);
}
