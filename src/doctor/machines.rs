//! Whether names lead to machines: those of MX records, the domain that answers go to, the pages, and a relay of our own,
//! whose address must lead back (RFC 1912, section 2.1). Receivers ask the same.

use std::net::IpAddr;

use super::questions::{NameAnswer, Questions};
use super::{CheckName, Finding, FindingHealth, NamedCheck};
use crate::config::{Config, Relay};
use crate::dns::{NetError, RData, RecordType};
use crate::domain::newsletter::Newsletter;
use crate::domain::organisation::{is_aligned, is_reserved, organisation};
use crate::wiring;

/// What `domain` says of who takes its mail, and whether that is a machine.
pub(super) async fn mail(questions: &Questions, domain: &str) -> Result<Finding, NetError> {
    let check = CheckName::Mx.of(domain);
    let found = match questions.records(&check, domain, RecordType::MX).await? {
        Ok(found) => found,
        Err(finding) => return Ok(finding),
    };
    let finding = mx(domain, &found);
    if finding.health != FindingHealth::Ok {
        return Ok(finding);
    }
    for data in &found {
        let RData::MX(record) = data else { continue };
        let host = record.exchange.to_string();
        let host = host.trim_end_matches('.');
        match addresses(questions, &check, host).await? {
            Ok(addresses) if addresses.is_empty() => {
                let hint = "give that name an address, or name another host in the MX record";
                return Ok(Finding::fail(
                    &check,
                    format!("{host} has no address, so nothing can be mailed there"),
                    hint,
                ));
            }
            Ok(_) => {}
            Err(finding) => return Ok(finding),
        }
    }
    Ok(finding)
}

pub(super) fn mx(domain: &str, found: &[RData]) -> Finding {
    let check = CheckName::Mx.of(domain);
    let hosts: Vec<String> = found
        .iter()
        .filter_map(|data| if let RData::MX(mx) = data { Some(mx.exchange.to_string()) } else { None })
        .collect();
    match hosts.as_slice() {
        [] => {
            let hint = "bounces and answers go there; give it an MX record, or send from a domain that has one";
            Finding::fail(&check, "there is none, so nothing can be mailed back", hint)
        }
        // RFC 7505.
        [only] if only == "." => {
            Finding::fail(&check, "it says that the domain takes no mail", "send from one that does")
        }
        hosts => Finding::ok(&check, hosts.join(", ")),
    }
}

/// Where readers' answers go, when that is another domain than the one that is looked at anyway.
pub(super) async fn answers(
    questions: &Questions,
    newsletter: &Newsletter,
    envelope: &str,
) -> Result<Option<Finding>, NetError> {
    let Some(domain) = newsletter.reply_to.as_ref().map(|address| address.domain()) else { return Ok(None) };
    if domain == envelope || is_reserved(domain) {
        return Ok(None);
    }
    let check = CheckName::ReplyTo.of(newsletter.slug.as_str());
    let finding = mail(questions, domain).await?;
    let text = match finding.health {
        FindingHealth::Ok => format!("{domain} takes mail at {}", finding.text),
        _ => format!("{domain}: {}", finding.text),
    };
    Ok(Some(Finding { check, text, ..finding }))
}

/// Whether readers find the pages, and under a name of the sender's.
pub(super) async fn pages(questions: &Questions, config: &Config) -> Result<Vec<Finding>, NetError> {
    let check = &CheckName::PagesName.here();
    let Some(host) = config.public_url.domain().filter(|host| !is_reserved(host)) else { return Ok(Vec::new()) };
    let mut all = match addresses(questions, check, host).await? {
        Ok(found) if found.is_empty() => {
            let hint = "set an A or AAAA record for it, or correct `public_url`: every link in an email leads there";
            vec![Finding::fail(check, format!("{host} has no address"), hint)]
        }
        Ok(found) => vec![Finding::ok(check, format!("{host} is at {}", list(&found)))],
        Err(finding) => vec![finding],
    };
    for newsletter in &config.newsletters {
        let sender = newsletter.from.address.domain();
        if is_reserved(sender) || is_aligned(host, sender, false) {
            continue;
        }
        let text = format!("links of {} lead to {host}, and the email comes from {sender}", newsletter.slug);
        let hint = format!("filters look askance at that; a name below {} is safer", organisation(sender));
        all.push(Finding::warn(&CheckName::Links.of(newsletter.slug.as_str()), text, hint));
    }
    Ok(all)
}

/// Whether the address of a relay of our own leads back to its name. Of a provider's relay only the provider knows from
/// which addresses it sends.
pub(super) async fn relay(questions: &Questions, config: &Config, relay: &Relay) -> Result<Option<Finding>, NetError> {
    let host = relay.host.as_str();
    let is_own = |newsletter: &Newsletter| organisation(newsletter.from.address.domain()) == organisation(host);
    if host.parse::<IpAddr>().is_ok() || is_reserved(host) || !config.newsletters.iter().any(is_own) {
        return Ok(None);
    }
    let check = CheckName::Ptr.of(relay.name.as_str());
    let found = match addresses(questions, &check, host).await? {
        Ok(found) => found,
        Err(finding) => return Ok(Some(finding)),
    };
    for address in found.iter().filter(|address| is_public(**address)) {
        match leads_back(questions, &check, *address).await? {
            Ok(None) => {}
            Ok(Some(text)) => {
                let hint = "Gmail and others refuse such senders; whoever gave you the address sets its PTR record";
                return Ok(Some(Finding::fail(&check, text, hint)));
            }
            Err(finding) => return Ok(Some(finding)),
        }
    }
    let public = found.iter().any(|address| is_public(*address));
    Ok(public.then(|| Finding::ok(&check, format!("{host} is at {}, which leads back", list(&found)))))
}

/// Whether the name that we greet a relay with leads somewhere: some relays turn strangers away whose name does not (RFC
/// 5321, section 4.1.4). On this machine nobody asks.
pub(super) async fn greeting(
    questions: &Questions,
    config: &Config,
    relay: &Relay,
) -> Result<Option<Finding>, NetError> {
    let name = relay.helo.clone().unwrap_or_else(|| wiring::own_name(config));
    if relay.is_loopback() || is_reserved(&name) || name.starts_with('[') {
        return Ok(None);
    }
    let check = CheckName::Helo.of(relay.name.as_str());
    Ok(Some(match addresses(questions, &check, &name).await? {
        Ok(found) if found.is_empty() => {
            let hint = "set `helo` of the relay to the name of this machine, with an A or AAAA record";
            Finding::warn(
                &check,
                format!("the relay hears the name {name} in HELO, and that name has no address"),
                hint,
            )
        }
        Ok(found) => Finding::ok(&check, format!("{name} is at {}", list(&found))),
        Err(finding) => finding,
    }))
}

/// What is wrong with the name of an address; `None` when it leads back to the address.
async fn leads_back(
    questions: &Questions,
    check: &NamedCheck,
    address: IpAddr,
) -> Result<NameAnswer<Option<String>>, NetError> {
    let found = match questions.records(check, &reversed(address), RecordType::PTR).await? {
        Ok(found) => found,
        Err(finding) => return Ok(Err(finding)),
    };
    let names = found.iter().filter_map(|data| if let RData::PTR(name) = data { Some(name.to_string()) } else { None });
    let names: Vec<String> = names.map(|name| name.trim_end_matches('.').to_owned()).collect();
    for name in &names {
        if addresses(questions, check, name).await?.is_ok_and(|found| found.contains(&address)) {
            return Ok(Ok(None));
        }
    }
    Ok(Ok(Some(match names.first() {
        Some(name) => format!("{address} is called {name}, and that name does not lead back"),
        None => format!("{address} has no name"),
    })))
}

/// The addresses of a name, of both kinds.
async fn addresses(questions: &Questions, check: &NamedCheck, name: &str) -> Result<NameAnswer<Vec<IpAddr>>, NetError> {
    let mut all = Vec::new();
    for kind in [RecordType::A, RecordType::AAAA] {
        match questions.records(check, name, kind).await? {
            Ok(found) => all.extend(found.iter().filter_map(|data| match data {
                RData::A(address) => Some(IpAddr::V4(address.0)),
                RData::AAAA(address) => Some(IpAddr::V6(address.0)),
                _ => None,
            })),
            Err(finding) => return Ok(Err(finding)),
        }
    }
    Ok(Ok(all))
}

fn list(addresses: &[IpAddr]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The name under which an address has its own (RFC 1035, section 3.5, and RFC 3596, section 2.5).
fn reversed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(four) => {
            let [a, b, c, d] = four.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(six) => {
            let digits: Vec<String> = six
                .octets()
                .iter()
                .rev()
                .flat_map(|byte| [byte & 15, byte >> 4])
                .map(|digit| format!("{digit:x}"))
                .collect();
            format!("{}.ip6.arpa", digits.join("."))
        }
    }
}

/// Whether others can see it: a relay behind a firewall sends from another.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => !(four.is_loopback() || four.is_private() || four.is_link_local() || four.is_unspecified()),
        IpAddr::V6(six) => {
            !(six.is_loopback() || six.is_unique_local() || six.is_unicast_link_local() || six.is_unspecified())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_that_takes_no_mail_sends_none() {
        assert_eq!(mx("x.org", &[]).health, FindingHealth::Fail);
    }

    #[test]
    fn an_address_has_its_name_backwards() {
        assert_eq!(reversed("192.0.2.17".parse().unwrap()), "17.2.0.192.in-addr.arpa");
        let six = reversed("2001:db8::1".parse().unwrap());
        assert_eq!(six, format!("1.{}8.b.d.0.1.0.0.2.ip6.arpa", "0.".repeat(23)));
    }

    #[test]
    fn private_addresses_are_nobodys_sender() {
        for (address, is) in [
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("192.0.2.1", true),
            ("::1", false),
            ("fd00::1", false),
            ("2001:db8::1", true),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), is, "{address}");
        }
    }
}
