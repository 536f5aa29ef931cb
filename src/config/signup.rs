//! `[signup]`: what keeps the form from flooding other people's mailboxes.

use super::reader::Section;

/// Limits of the sign-up form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignupLimits {
    /// Confirmation mails to one address in a day.
    pub confirmations_per_day: u32,
    /// Confirmation mails to one address in 30 days.
    pub confirmations_per_month: u32,
    /// Sign-ups in an hour from one network: IPv4 /24, IPv6 /56.
    pub requests_per_hour: u32,
}

pub(super) fn read(section: Section<'_>) -> Option<SignupLimits> {
    let (day, month) = (section.small("confirmations_per_day"), section.small("confirmations_per_month"));
    let requests_per_hour = section.small("requests_per_hour");
    if let (Some(day), Some(month)) = (day, month)
        && month < day
    {
        let hint = "a month allows at least what a day allows";
        section.refuse("confirmations_per_month", format!("it is less than confirmations_per_day, {day}"), Some(hint));
    }
    Some(SignupLimits {
        confirmations_per_day: day?,
        confirmations_per_month: month?,
        requests_per_hour: requests_per_hour?,
    })
}
