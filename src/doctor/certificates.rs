//! How long certificates last, and what is wrong with one in words of the place where it is set. Who shows them is asked
//! elsewhere.

use std::path::Path;
use std::time::Duration;

use super::{CheckName, Finding, NamedCheck};
use crate::clock::{DAY, Timestamp};
use crate::config::Config;
use crate::figures::count;
use crate::https;
use crate::smtp::CertificateFault;
use crate::wiring;

/// ACME clients renew 30 days before the end: with less than half of that left a renewal has failed more than once.
const ENDING: Duration = DAY.saturating_mul(14);
/// Nobody should have to work at the week-end for it.
const NEARLY_OVER: Duration = DAY.saturating_mul(3);

/// How long a certificate lasts that ends at `until`; `hint` says how it is renewed.
pub(super) fn lasting(check: &NamedCheck, until: Timestamp, now: Timestamp, hint: &str) -> Finding {
    let left = until.since(now);
    let text = match left.is_zero() {
        true => format!("it ended on {until}"),
        false => format!("it ends in {}, on {until}", count(left.as_secs() / DAY.as_secs(), "day")),
    };
    match left {
        _ if left < NEARLY_OVER => Finding::fail(check, text, hint),
        _ if left < ENDING => Finding::warn(check, text, hint),
        _ => Finding::ok(check, text),
    }
}

/// What to do about the certificate of the pages: no setting of this program has it.
pub(super) fn hint_for_pages(fault: &CertificateFault) -> &'static str {
    match fault {
        CertificateFault::UnknownIssuer => {
            "the web server must send the whole chain: give it fullchain.pem, not cert.pem; a self-signed certificate is \
             trusted by no mailbox provider"
        }
        CertificateFault::Authority => "get a certificate from a public authority, as certbot, lego and Caddy do",
        CertificateFault::WrongName { .. } | CertificateFault::NoName { .. } => {
            "get one for the host of public_url, and see that the web server shows it for that name"
        }
        CertificateFault::Expired(_) => {
            "renew it, and let the web server read it again: a renewal that is not followed by a reload changes nothing"
        }
        CertificateFault::NotValidYet(_) => "this machine's clock may be slow: check its date",
        _ => "get a new one from a public authority, as certbot, lego and Caddy do",
    }
}

/// The certificate of the listener for reports, as it lies on the disk.
pub fn listener(config: &Config, now: Timestamp) -> Vec<Finding> {
    let Some((file, _)) = &config.inbound.certificate else { return Vec::new() };
    let check = CheckName::ListenerCertificate.here();
    let host = config.inbound.host.clone().unwrap_or_else(|| wiring::own_name(config));
    vec![of_file(&check, file, &host, now)]
}

fn of_file(check: &NamedCheck, file: &Path, host: &str, now: Timestamp) -> Finding {
    let shown = file.display();
    let unreadable = "certificate_file under [inbound] must be a certificate in PEM that the server's user can read";
    let pem = match std::fs::read(file) {
        Ok(pem) => pem,
        Err(error) => return Finding::fail(check, format!("{shown}: {error}"), unreadable),
    };
    let der = https::leaf(&pem);
    let Some((der, until)) = der.and_then(|der| https::valid_until(&der).map(|until| (der, until))) else {
        return Finding::fail(check, format!("{shown} cannot be read as a certificate"), unreadable);
    };
    let until = Timestamp(until.saturating_mul(1000));
    let finding = lasting(check, until, now, "renew it, and restart `coranto serve`, which reads it at its start");
    if finding.alarm().is_none() && !https::is_for(&der, host) {
        let hint = "few servers verify it; get one for the name in `host` under [inbound]";
        return Finding::warn(check, format!("{shown} is not for {host}"), hint);
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::super::FindingHealth;
    use super::*;

    #[test]
    fn fourteen_days_warn_and_three_fail() {
        let now = Timestamp(1_800_000_000_000);
        let check = CheckName::PagesCertificate.here();
        for (hours, health, says) in [
            (15 * 24, FindingHealth::Ok, "in 15 days"),
            (14 * 24, FindingHealth::Ok, "in 14 days"),
            (14 * 24 - 1, FindingHealth::Warn, "in 13 days"),
            (3 * 24, FindingHealth::Warn, "in 3 days"),
            (3 * 24 - 1, FindingHealth::Fail, "in 2 days"),
            (0, FindingHealth::Fail, "ended on"),
        ] {
            let found = lasting(&check, now.plus(Duration::from_secs(hours * 3600)), now, "renew it");
            assert!(found.health == health && found.text.contains(says), "{hours}: {found:?}");
        }
        assert_eq!(lasting(&check, now.minus(DAY), now, "renew it").health, FindingHealth::Fail);
    }
}
