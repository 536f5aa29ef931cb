//! What the DNS says of the senders' domains: MX, SPF, DKIM, DMARC, and whether the three speak of one organisation. Large
//! mailbox providers refuse mail without them.

use std::net::SocketAddr;
use std::sync::Arc;

use super::machines;
use super::questions::{Questions, unreachable};
use super::signing::{Signature, signing_domains};
use super::spf::{Evaluation, is_spf};
use super::tags::{self, DmarcPolicy, is_dmarc};
use super::{CheckName, Finding, FindingHealth, NamedCheck};
use crate::config::Config;
use crate::dns::NetError;
use crate::domain::newsletter::Newsletter;
use crate::domain::organisation::{is_aligned, is_reserved, organisation};
use crate::domain::return_path::ReturnPath;
use crate::message::dkim::Signer;
use crate::wiring;

/// Looks at the domains of every newsletter.
pub async fn look(config: &Config, server: Option<SocketAddr>) -> Vec<Finding> {
    let questions = match Questions::new(server) {
        Ok(questions) => questions,
        Err(error) => return vec![unreachable(&error)],
    };
    let mut all = Vec::new();
    // Where one question finds no server, others would only wait.
    if let Err(error) = of_installation(&questions, config, &mut all).await {
        all.push(unreachable(&error));
    }
    all
}

/// Looks at the senders of every newsletter alone.
pub async fn senders(config: &Config, server: Option<SocketAddr>) -> Vec<Finding> {
    let questions = match Questions::new(server) {
        Ok(questions) => questions,
        Err(error) => return vec![unreachable(&error)],
    };
    let mut all = Vec::new();
    if let Err(error) = of_senders(&questions, config, &mut all).await {
        all.push(unreachable(&error));
    }
    all
}

async fn of_installation(questions: &Questions, config: &Config, all: &mut Vec<Finding>) -> Result<(), NetError> {
    of_senders(questions, config, all).await?;
    all.extend(machines::pages(questions, config).await?);
    for relay in &config.relays {
        all.extend(machines::relay(questions, config, relay).await?);
        all.extend(machines::greeting(questions, config, relay).await?);
    }
    Ok(())
}

async fn of_senders(questions: &Questions, config: &Config, all: &mut Vec<Finding>) -> Result<(), NetError> {
    for newsletter in &config.newsletters {
        let sender = newsletter.from.address.domain();
        if is_reserved(sender) {
            let text = format!("{sender} is a domain for examples; no mail comes from there");
            let check = CheckName::SenderDomain.of(newsletter.slug.as_str());
            all.push(Finding::warn(&check, text, "set `from` to an address of your own"));
        } else {
            of_newsletter(questions, config, newsletter, all).await?;
        }
    }
    Ok(())
}

/// What is known without a name server: whether the names are of one organisation.
pub fn unasked(config: &Config) -> Vec<Finding> {
    config.newsletters.iter().flat_map(|newsletter| alignment(config, newsletter, None)).collect()
}

async fn of_newsletter(
    questions: &Questions,
    config: &Config,
    newsletter: &Newsletter,
    all: &mut Vec<Finding>,
) -> Result<(), NetError> {
    let sender = newsletter.from.address.domain();
    let envelope = newsletter.return_path.as_ref().map_or(sender, ReturnPath::domain);
    all.push(machines::mail(questions, envelope).await?);
    all.extend(machines::answers(questions, newsletter, envelope).await?);
    all.push(spf(questions, envelope).await?);
    for signer in wiring::signers(config, &newsletter.slug).unwrap_or_default() {
        all.extend(dkim(questions, &signer).await?);
    }
    for signer in wiring::waiting_signers(config, &newsletter.slug).unwrap_or_default() {
        all.extend(dkim(questions, &signer).await?.map(|found| of_waiting(found, &signer)));
    }
    let (finding, policy) = dmarc(questions, sender).await?;
    all.push(finding);
    if let Some(policy) = &policy {
        all.extend(reports_allowed(questions, sender, policy).await?);
    }
    all.extend(alignment(config, newsletter, policy.as_ref()));
    Ok(())
}

/// The record of `domain`, and all that it includes.
async fn spf(questions: &Questions, domain: &str) -> Result<Finding, NetError> {
    let check = CheckName::Spf.of(domain);
    let texts = match questions.texts(&check, domain).await? {
        Ok(texts) => texts,
        Err(finding) => return Ok(finding),
    };
    let found: Vec<&String> = texts.iter().filter(|text| is_spf(text)).collect();
    let record = match found.as_slice() {
        [record] => *record,
        [] => {
            let hint = "your relay's operator says which record to set, such as \"v=spf1 include:... -all\"";
            return Ok(Finding::fail(&check, "there is none", hint));
        }
        several => {
            let text = format!("there are {}, which receivers take for none (RFC 7208 4.5)", several.len());
            return Ok(Finding::fail(&check, text, "make one of them"));
        }
    };
    let mut evaluation = Evaluation::of(domain, record);
    while let Some(asked) = evaluation.next() {
        match questions.texts(&check, &asked.0).await? {
            Ok(texts) => evaluation.answer(&asked, &texts),
            Err(finding) => return Ok(finding),
        }
    }
    Ok(evaluation.finding(domain, record))
}

/// What the DNS says of the key with this selector, of one newsletter, and what that means where it signs nothing yet.
pub async fn key(config: &Config, slug: &str, selector: &str, server: Option<SocketAddr>) -> Option<Finding> {
    let signers = wiring::waiting_signers(config, slug).unwrap_or_default();
    let signer = signers.into_iter().find(|signer| signer.selector() == selector)?;
    let found = match Questions::new(server) {
        Ok(questions) => dkim(&questions, &signer).await,
        Err(error) => Err(error),
    };
    found.unwrap_or_else(|error| Some(unreachable(&error)))
}

/// Until its record is there the other key signs, and nothing is wrong.
fn of_waiting(found: Finding, signer: &Signer) -> Finding {
    let selector = signer.selector();
    match found.health {
        FindingHealth::Ok => {
            let text = "the record is there, and the key signs nothing yet";
            Finding::warn(&found.check, text, format!("`coranto dkim use {selector}` says how it takes over"))
        }
        _ => Finding { health: FindingHealth::Warn, ..found },
    }
}

/// The record of one key.
async fn dkim(questions: &Questions, signer: &Arc<Signer>) -> Result<Option<Finding>, NetError> {
    let Ok(wanted) = signer.dns_record() else { return Ok(None) };
    let check = CheckName::Dkim.of(wanted.name.as_str());
    let texts = match questions.texts(&check, &wanted.name).await? {
        Ok(texts) => texts,
        Err(finding) => return Ok(Some(finding)),
    };
    let finding = tags::dkim(&wanted.name, &wanted.value, &texts);
    if finding.health != FindingHealth::Fail {
        return Ok(Some(finding));
    }
    // Many forms for records put the zone's name behind whatever is typed.
    let mut zones = vec![signer.domain(), organisation(signer.domain())];
    zones.dedup();
    for zone in zones {
        let doubled = format!("{}.{zone}", wanted.name);
        let texts = questions.texts(&check, &doubled).await?.unwrap_or_default();
        if tags::dkim(&doubled, &wanted.value, &texts).health != FindingHealth::Fail {
            let hint = format!("where you set the record, leave {zone} out of its name");
            return Ok(Some(Finding::fail(&check, format!("the key stands at {doubled} instead"), hint)));
        }
    }
    Ok(Some(finding))
}

/// The policy of `domain`; where the name has none, the organisation's holds (RFC 7489 6.6.3).
async fn dmarc(questions: &Questions, domain: &str) -> Result<(Finding, Option<DmarcPolicy>), NetError> {
    let check = CheckName::Dmarc.of(domain);
    let of_organisation = organisation(domain);
    let mut own = match questions.texts(&check, &format!("_dmarc.{domain}")).await? {
        Ok(texts) => texts,
        Err(finding) => return Ok((finding, None)),
    };
    if own.iter().any(|text| is_dmarc(text)) || of_organisation == domain {
        return Ok(tags::dmarc(domain, domain, &own));
    }
    match questions.texts(&check, &format!("_dmarc.{of_organisation}")).await? {
        Ok(texts) if texts.iter().any(|text| is_dmarc(text)) => Ok(tags::dmarc(domain, of_organisation, &texts)),
        Ok(texts) => {
            own.extend(texts);
            Ok(tags::dmarc(domain, of_organisation, &own))
        }
        Err(finding) => Ok((finding, None)),
    }
}

/// Whether each domain that reports go to takes them for `sender` (RFC 7489 7.1): without its consent receivers send none.
async fn reports_allowed(questions: &Questions, sender: &str, policy: &DmarcPolicy) -> Result<Vec<Finding>, NetError> {
    let mut all = Vec::new();
    for to in policy.report_domains.iter().filter(|to| organisation(to) != organisation(sender)) {
        let check = CheckName::DmarcReports.of(format!("{sender} to {to}"));
        let name = format!("{}._report._dmarc.{to}", policy.domain);
        all.push(match questions.texts(&check, &name).await? {
            Ok(texts) if texts.iter().any(|text| is_dmarc(text)) => Finding::ok(&check, format!("{to} takes them")),
            Ok(_) => {
                let hint = format!(
                    "whoever runs {to} must set a TXT record at {name}: \"v=DMARC1\"; or use an address of your own"
                );
                Finding::warn(&check, format!("{to} does not say that it takes them, so receivers send none"), hint)
            }
            Err(finding) => finding,
        });
    }
    Ok(all)
}

/// Whether what DMARC compares with the sender is the sender's: the signature's domain and the envelope's. What a relay
/// signs with only its operator knows.
fn alignment(config: &Config, newsletter: &Newsletter, policy: Option<&DmarcPolicy>) -> Vec<Finding> {
    let sender = newsletter.from.address.domain();
    let envelope = newsletter.return_path.as_ref().map_or(sender, ReturnPath::domain);
    let policy = policy.cloned().unwrap_or_default();
    let is_enforced = policy.is_enforced() && !policy.asks.is_empty();
    let spf = is_aligned(envelope, sender, policy.strict_spf);
    let signers = wiring::signers(config, &newsletter.slug).unwrap_or_default();
    let (domains, dkim) = signing_domains(&signers, sender, policy.strict_dkim);
    let is_ours = Signature::of(config, newsletter, &signers) == Signature::Rsa;
    let mut all = Vec::new();
    let mut judge = |check: NamedCheck, domain: String, is_right: bool, is_strict: bool, is_worse: bool| {
        if is_right {
            return;
        }
        let (text, name) = match is_strict {
            true => (format!("DMARC counts {sender} alone, as its policy says, and not {domain}"), sender),
            false => (
                format!("DMARC does not count {domain}: it is of another organisation than the sender's {sender}"),
                organisation(sender),
            ),
        };
        let finding = Finding::fail(&check, text, format!("use {name}, or change `from`"));
        // Where nothing is asked for and the other of the two counts, mail still passes.
        let health = if is_strict || is_enforced || is_worse { FindingHealth::Fail } else { FindingHealth::Warn };
        all.push(Finding { health, ..finding });
    };
    if is_ours {
        judge(
            CheckName::SignatureDomain.of(newsletter.slug.as_str()),
            domains.join(", "),
            dkim,
            policy.strict_dkim,
            !spf,
        );
    }
    if newsletter.return_path.is_some() {
        let is_worse = is_ours && !dkim;
        judge(
            CheckName::BounceDomain.of(newsletter.slug.as_str()),
            envelope.to_owned(),
            spf,
            policy.strict_spf,
            is_worse,
        );
    }
    all
}
