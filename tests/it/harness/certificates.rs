//! Certificates that nobody else signed, and that end on the day that a test wants.

use std::fs;

/// A certificate for `named`, a host or an address, and its key, both in PEM. It ends in the morning of the day after so many
/// days.
pub(crate) fn self_signed(named: &str, days: i64) -> (String, String) {
    // The machine's time as programs see it: a file that is written now is as old as that.
    let file = tempfile::NamedTempFile::new().unwrap();
    let today = fs::metadata(file.path()).unwrap().modified().unwrap();
    let today = jiff::Timestamp::try_from(today).unwrap().to_zoned(jiff::tz::TimeZone::UTC).date();
    let last = today.checked_add(jiff::Span::new().days(days + 1)).unwrap();
    let mut made = rcgen::CertificateParams::new(vec![named.to_owned()]).unwrap();
    let (month, day) = (u8::try_from(last.month()).unwrap(), u8::try_from(last.day()).unwrap());
    made.not_after = rcgen::date_time_ymd(i32::from(last.year()), month, day);
    let key = rcgen::KeyPair::generate().unwrap();
    (made.self_signed(&key).unwrap().pem(), key.serialize_pem())
}
