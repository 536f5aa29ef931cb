//! The sample issues as whole mails, before a checker that was written without knowledge of this program.

use coranto::clock::Timestamp;

use super::ground::{compose, mailed, newsletter, sample};
use crate::harness::stranger;

#[test]
fn the_samples_pass_the_checks_of_a_stranger() {
    for name in ["2026-11-20-the-calendar-is-not-an-agreement.md", "2026-11-13-a-short-week.md"] {
        let parts = compose(&sample(name), &newsletter()).unwrap();
        let mail = mailed(&parts, None, Some(Timestamp(1_746_000_000_000)));
        let Some(verdict) = stranger::checks(mail.as_ref()) else { return };
        assert!(verdict.is_good, "{name}\n{}", verdict.said);
    }
}
