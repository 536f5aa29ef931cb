//! What the DNS says of the senders' domains: MX, SPF, DKIM, DMARC. Large mailbox providers refuse mail without them.

use std::net::SocketAddr;
use std::time::Duration;

use super::{Finding, Health};
use crate::cli::wiring;
use crate::config::Config;
use crate::dns::{Names, NetError, RData, RecordType};
use crate::domain::newsletter::Newsletter;

/// The wait for one answer.
const ANSWER_MAX: Duration = Duration::from_secs(3);

/// Looks at the domains of every newsletter.
pub(super) async fn look(config: &Config, server: Option<SocketAddr>) -> Vec<Finding> {
    let names = match Names::new(server, ANSWER_MAX, None) {
        Ok(names) => names,
        Err(error) => return vec![unreachable(&error)],
    };
    let mut all = Vec::new();
    for newsletter in &config.newsletters {
        if is_reserved(newsletter.from.address.domain()) {
            let text =
                format!("{} is a domain for examples; no mail comes from there", newsletter.from.address.domain());
            all.push(Finding::warn(
                &format!("domain of {}", newsletter.slug),
                text,
                "set `from` to an address of your own",
            ));
            continue;
        }
        if let Err(error) = of_newsletter(&names, config, newsletter, &mut all).await {
            // Where one question finds no server, others would only wait.
            all.push(unreachable(&error));
            break;
        }
    }
    all
}

fn unreachable(error: &NetError) -> Finding {
    let hint = "run this again where the network is; --resolver names a server to ask";
    Finding::warn("DNS", format!("no name server answers: {error}"), hint)
}

/// RFC 2606 and RFC 6761: nobody's, for ever.
fn is_reserved(domain: &str) -> bool {
    let reserved = ["example.com", "example.net", "example.org", "example", "invalid", "test", "localhost"];
    reserved.iter().any(|name| domain == *name || domain.ends_with(&format!(".{name}")))
}

async fn texts(names: &Names, name: &str) -> Result<Vec<String>, NetError> {
    let joined = |data: RData| match data {
        RData::TXT(text) => Some(text.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect()),
        _ => None,
    };
    Ok(names.records(name, RecordType::TXT).await?.into_iter().filter_map(joined).collect())
}

async fn of_newsletter(
    names: &Names,
    config: &Config,
    newsletter: &Newsletter,
    all: &mut Vec<Finding>,
) -> Result<(), NetError> {
    let from = newsletter.from.address.domain();
    let envelope = newsletter.bounce_domain.as_deref().unwrap_or(from);
    all.push(mx(envelope, &names.records(envelope, RecordType::MX).await?));
    all.push(spf(envelope, &texts(names, envelope).await?));
    match wiring::signer(config, &newsletter.slug).ok().flatten().and_then(|signer| signer.dns_record().ok()) {
        Some(record) => all.push(dkim(&record.name, &record.value, &texts(names, &record.name).await?)),
        None if config.relays.iter().any(|relay| relay.signs) => {
            all.push(Finding::ok(&format!("DKIM of {from}"), "the relay signs"));
        }
        None => all.push(Finding::warn(
            &format!("DKIM of {from}"),
            "mail is not signed; Gmail, Yahoo and Outlook refuse such newsletters",
            "`coranto dkim new` makes a key; or say `signs = true` of a relay that signs itself",
        )),
    }
    // RFC 7489 6.6.3: where the name has no policy, the organisation's holds.
    let mut policies = texts(names, &format!("_dmarc.{from}")).await?;
    let parent = from.split_once('.').map(|(_, parent)| parent).filter(|parent| parent.contains('.'));
    if let Some(parent) = parent.filter(|_| !policies.iter().any(|text| is_dmarc(text))) {
        policies = texts(names, &format!("_dmarc.{parent}")).await?;
    }
    all.push(dmarc(from, &policies));
    Ok(())
}

fn mx(domain: &str, found: &[RData]) -> Finding {
    let check = format!("MX of {domain}");
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

/// RFC 7208. Which hosts it allows is not judged: only the relay's operator knows where it sends from.
fn spf(domain: &str, texts: &[String]) -> Finding {
    let check = format!("SPF of {domain}");
    let is_spf = |text: &&String| text.eq_ignore_ascii_case("v=spf1") || text.to_lowercase().starts_with("v=spf1 ");
    let found: Vec<&String> = texts.iter().filter(is_spf).collect();
    match found.as_slice() {
        [] => Finding::fail(
            &check,
            "there is none",
            "your relay's operator says which record to set, such as \"v=spf1 include:... -all\"",
        ),
        [record] if record.to_lowercase().split(' ').any(|term| matches!(term, "+all" | "all" | "?all")) => {
            Finding::warn(&check, format!("{record} lets everybody send in your name"), "end it with -all or ~all")
        }
        [record] => Finding::ok(&check, record.as_str()),
        several => {
            let text = format!("there are {}, which receivers take for none (RFC 7208 4.5)", several.len());
            Finding::fail(&check, text, "make one of them")
        }
    }
}

fn dkim(name: &str, wanted: &str, texts: &[String]) -> Finding {
    let check = format!("DKIM at {name}");
    let key = |record: &str| tag(record, "p").map(|key| key.replace([' ', '\t'], ""));
    let found: Vec<&String> = texts.iter().filter(|text| key(text).is_some()).collect();
    match found.as_slice() {
        [] => {
            Finding::fail(&check, "there is no key", format!("`coranto dkim show` prints the record to set at {name}"))
        }
        [record] if key(record) == key(wanted) => Finding::ok(&check, "the key in the DNS is the one in use"),
        [_] => Finding::fail(
            &check,
            "the DNS has another key than the one in use",
            "`coranto dkim show` prints the right record",
        ),
        _ => Finding::fail(&check, "there are several keys; receivers may take the wrong one", "leave one"),
    }
}

fn is_dmarc(text: &str) -> bool {
    text.to_ascii_lowercase().replace(' ', "").starts_with("v=dmarc1")
}

/// RFC 7489.
fn dmarc(domain: &str, texts: &[String]) -> Finding {
    let check = format!("DMARC of {domain}");
    match texts.iter().filter(|text| is_dmarc(text)).collect::<Vec<_>>().as_slice() {
        [] => {
            let hint = format!("set a TXT record at _dmarc.{domain}: \"v=DMARC1; p=none; rua=mailto:...\"");
            Finding::warn(&check, "there is none; Gmail and Yahoo want one from who sends much", hint)
        }
        [record] => match tag(record, "p") {
            Some(policy) => Finding::ok(&check, format!("p={policy}")),
            None => Finding::fail(&check, format!("{record} has no policy"), "add p=none, p=quarantine or p=reject"),
        },
        _ => Finding::new(&check, Health::Fail, "there are several, which receivers take for none"),
    }
}

/// The value of a tag in a list such as `v=DKIM1; k=rsa; p=...`.
fn tag<'a>(record: &'a str, name: &str) -> Option<&'a str> {
    record.split(';').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key.trim() == name && !value.trim().is_empty()).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn spf_records_are_judged_by_number_and_end() {
        let health = |all: &[&str]| spf("x.org", &texts(all)).health;
        assert_eq!(health(&[]), Health::Fail);
        assert_eq!(health(&["v=spf10 -all", "google-site-verification=x"]), Health::Fail);
        assert_eq!(health(&["other", "v=spf1 include:_spf.relay.example ~all"]), Health::Ok);
        assert_eq!(health(&["V=SPF1 a MX -all"]), Health::Ok);
        assert_eq!(health(&["v=spf1 a ?all"]), Health::Warn);
        assert_eq!(health(&["v=spf1 -all", "v=spf1 a -all"]), Health::Fail);
    }

    #[test]
    fn a_published_key_must_be_the_one_in_use() {
        let wanted = "v=DKIM1; k=rsa; p=MIIBIjAN";
        let health = |all: &[&str]| dkim("s._domainkey.x.org", wanted, &texts(all)).health;
        assert_eq!(health(&[]), Health::Fail);
        assert_eq!(health(&["v=DKIM1; p=MIIB IjAN; t=s"]), Health::Ok);
        assert_eq!(health(&["v=DKIM1; p=MIIBother"]), Health::Fail);
        assert_eq!(health(&["v=DKIM1; p="]), Health::Fail, "an empty key is a revoked one");
        assert_eq!(health(&[wanted, "v=DKIM1; p=MIIBother"]), Health::Fail);
    }

    #[test]
    fn a_policy_is_wanted_but_not_required() {
        let health = |all: &[&str]| dmarc("x.org", &texts(all)).health;
        assert_eq!(health(&[]), Health::Warn);
        assert_eq!(health(&["v=DMARC1; p=none"]), Health::Ok);
        assert_eq!(health(&["v=DMARC1"]), Health::Fail);
        assert_eq!(health(&["v=DMARC1; p=none", "v=DMARC1; p=reject"]), Health::Fail);
    }

    #[test]
    fn domains_for_examples_are_known() {
        assert!(is_reserved("news.example.com") && is_reserved("x.test"));
        assert!(!is_reserved("myexample.com"));
    }
}
