//! What stands in a certificate: its key, its last day, whether it is for a host. Who issued it is not asked here: it is as
//! good as the place that it was had from.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};

const SEQUENCE: u8 = 0x30;
/// The version, which older certificates leave out (RFC 5280 4.1).
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The key (SubjectPublicKeyInfo) in a certificate in PEM.
pub fn public_key(pem: &[u8]) -> Option<Vec<u8>> {
    let certificate = CertificateDer::from_pem_slice(pem).ok()?;
    let certificate = webpki::EndEntityCert::try_from(&certificate).ok()?;
    Some(certificate.subject_public_key_info().to_vec())
}

/// The first certificate of a file in PEM, in DER: the server's own (RFC 8446 4.4.2).
pub fn leaf(pem: &[u8]) -> Option<Vec<u8>> {
    CertificateDer::from_pem_slice(pem).ok().map(|certificate| certificate.to_vec())
}

/// Whether a certificate in DER names `host`.
pub fn is_for(der: &[u8], host: &str) -> bool {
    let der = CertificateDer::from(der);
    let Ok(name) = ServerName::try_from(host) else { return false };
    webpki::EndEntityCert::try_from(&der)
        .is_ok_and(|certificate| certificate.verify_is_valid_for_subject_name(&name).is_ok())
}

/// When a certificate in DER ends, in seconds since 1970 (RFC 5280 4.1.2.5). It is read without being verified.
pub fn valid_until(der: &[u8]) -> Option<i64> {
    let (_, certificate, _) = element(der)?;
    let (_, mut rest, _) = element(certificate)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    // Serial number, signature algorithm, issuer.
    for _ in 0..3 {
        rest = element(rest)?.2;
    }
    let (tag, validity, _) = element(rest)?;
    if tag != SEQUENCE {
        return None;
    }
    let (_, _, not_after) = element(validity)?;
    let (tag, text, _) = element(not_after)?;
    seconds(tag, std::str::from_utf8(text).ok()?)
}

/// The tag and the content of the first element, and what follows it (X.690 8.1).
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (bytes.iter().fold(0_usize, |length, byte| (length << 8) | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

fn seconds(tag: u8, text: &str) -> Option<i64> {
    let digits = text.strip_suffix('Z')?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = digits.split_at_checked(2)?;
            let year: i16 = year.parse().ok()?;
            // RFC 5280 4.1.2.5.1.
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = digits.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    let two = |at: usize| rest.get(at..at + 2)?.parse::<i8>().ok();
    let at = DateTime::new(year, two(0)?, two(2)?, two(4)?, two(6)?, two(8)?, 0).ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_day_is_read_in_both_spellings() {
        for (year, seconds) in [(2031, 1_924_992_000), (2049, 2_493_072_000), (2060, 2_840_140_800)] {
            let mut made = rcgen::CertificateParams::new(vec!["news.example.org".to_owned()]).unwrap();
            made.not_after = rcgen::date_time_ymd(year, 1, 1);
            let key = rcgen::KeyPair::generate().unwrap();
            let certificate = made.self_signed(&key).unwrap();
            assert_eq!(valid_until(certificate.der()), Some(seconds), "{year}");
            let der = leaf(certificate.pem().as_bytes()).unwrap();
            assert!(is_for(&der, "news.example.org") && !is_for(&der, "example.org"));
        }
    }

    #[test]
    fn what_is_no_certificate_has_no_last_day() {
        let whole = rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap().cert.der().to_vec();
        for cut in 0..whole.len().min(200) {
            assert_eq!(valid_until(&whole[..cut]), None, "{cut}");
        }
        assert_eq!(valid_until(b"nonsense"), None);
    }
}
