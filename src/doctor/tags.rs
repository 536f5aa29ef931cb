//! Records that are lists of tags: a DKIM key (RFC 6376 3.6.1) and a DMARC policy (RFC 7489 6.3), read as receivers read
//! them. Asks nobody.

use super::{CheckName, Finding, NamedCheck};

/// The tags of a list in their order, names as written; what is wrong with the list as a whole.
pub(super) fn tags(record: &str) -> Result<Vec<(String, String)>, String> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut parts: Vec<&str> = record.split(';').map(str::trim).collect();
    if parts.last().is_some_and(|last| last.is_empty()) {
        parts.pop();
    }
    for part in parts {
        let (name, value) =
            part.split_once('=').ok_or_else(|| format!("{part:?} is no tag; tags are name=value between `;`"))?;
        let name = name.trim();
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
        if !begins || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(format!("{name:?} is not the name of a tag"));
        }
        if all.iter().any(|(other, _)| other == name) {
            return Err(format!("{name}= stands twice"));
        }
        all.push((name.to_owned(), value.trim().to_owned()));
    }
    Ok(all)
}

fn value<'a>(tags: &'a [(String, String)], name: &str) -> Option<&'a str> {
    tags.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

fn has_word(list: &str, words: &[&str]) -> bool {
    list.split(':').any(|word| words.iter().any(|wanted| word.trim().eq_ignore_ascii_case(wanted)))
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Judges what stands at `name`, where `wanted` should.
pub(super) fn dkim(name: &str, wanted: &str, texts: &[String]) -> Finding {
    let check = CheckName::Dkim.of(name);
    let is_key = |text: &&String| {
        let start: String = without_spaces(text).to_lowercase();
        start.starts_with("v=dkim") || start.starts_with("p=") || start.contains(";p=")
    };
    let found: Vec<&String> = texts.iter().filter(is_key).collect();
    let show = "`coranto dkim show` prints the right record";
    match found.as_slice() {
        [] => {
            Finding::fail(&check, "there is no key", format!("`coranto dkim show` prints the record to set at {name}"))
        }
        [record] => match dkim_fault(record, wanted) {
            Some(fault) => Finding::fail(&check, fault, show),
            None if is_test(record) => Finding::warn(
                &check,
                "t=y says that this is a test, so receivers may treat the email as unsigned",
                "take t=y out of the record",
            ),
            None => Finding::ok(&check, "the key in the DNS is the one in use"),
        },
        _ => Finding::fail(&check, "there are several keys; receivers may take the wrong one", "leave one"),
    }
}

/// Why receivers do not verify signatures by a record, where `wanted` is right.
fn dkim_fault(record: &str, wanted: &str) -> Option<String> {
    let tags = match self::tags(record) {
        Ok(tags) => tags,
        Err(fault) => return Some(format!("receivers cannot read the record: {fault}")),
    };
    let right = self::tags(wanted).unwrap_or_default();
    let kind = value(&right, "k").unwrap_or("rsa");
    let of = |name| value(&tags, name);
    let fault = match (of("v"), of("k").unwrap_or("rsa"), of("p").map(without_spaces)) {
        (Some(version), ..) if version != "DKIM1" || tags[0].0 != "v" => {
            format!("receivers cannot read the record: it must begin with v=DKIM1, not v={version}")
        }
        (_, found, _) if found != kind => format!("k={found} is not the kind of the key in use, which is {kind}"),
        (.., None) => "the record has no key: p= is missing".to_owned(),
        (.., Some(key)) if key.is_empty() => "the key is revoked: p= is empty".to_owned(),
        (.., Some(key)) if Some(&key) != value(&right, "p").map(without_spaces).as_ref() => {
            match value(&right, "p").is_some_and(|right| without_spaces(right).starts_with(&key)) {
                true => "the key in the DNS is cut off".to_owned(),
                false => "the DNS has another key than the one in use".to_owned(),
            }
        }
        _ if of("h").is_some_and(|hashes| !has_word(hashes, &["sha256"])) => {
            format!("h={} does not allow sha256, which signs", of("h").unwrap_or_default())
        }
        _ if of("s").is_some_and(|services| !has_word(services, &["*", "email"])) => {
            format!("s={} does not allow the key for email", of("s").unwrap_or_default())
        }
        _ => return None,
    };
    Some(fault)
}

fn is_test(record: &str) -> bool {
    tags(record).is_ok_and(|tags| value(&tags, "t").is_some_and(|flags| has_word(flags, &["y"])))
}

/// What a DMARC record asks receivers to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DmarcPolicy {
    /// `none`, `quarantine` or `reject`, for the sender's domain.
    pub(super) asks: String,
    /// `adkim=s`.
    pub(super) strict_dkim: bool,
    /// `aspf=s`.
    pub(super) strict_spf: bool,
    /// Where the record stands.
    pub(super) domain: String,
    /// The domains that reports go to.
    pub(super) report_domains: Vec<String>,
}

impl DmarcPolicy {
    /// Whether mail without DMARC is not to be taken as it is.
    pub(super) fn is_enforced(&self) -> bool {
        self.asks != "none"
    }
}

/// Whether receivers take a text for a DMARC record (RFC 7489 6.6.3).
pub(super) fn is_dmarc(text: &str) -> bool {
    let first = text.split(';').next().unwrap_or_default();
    first.split_once('=').is_some_and(|(name, value)| name.trim() == "v" && value.trim() == "DMARC1")
}

/// Whether a text was meant to be one.
fn is_meant_as_dmarc(text: &str) -> bool {
    without_spaces(text).to_ascii_lowercase().starts_with("v=dmarc")
}

/// Judges the records of `domain`, which were found at `_dmarc.{at}`. The policy is what receivers make of them.
pub(super) fn dmarc(domain: &str, at: &str, texts: &[String]) -> (Finding, Option<DmarcPolicy>) {
    let check = CheckName::Dmarc.of(domain);
    let found: Vec<&String> = texts.iter().filter(|text| is_dmarc(text)).collect();
    let finding = match found.as_slice() {
        [] => match texts.iter().find(|text| is_meant_as_dmarc(text)) {
            Some(text) => {
                Finding::fail(&check, format!("receivers cannot read {text:?}"), "it must begin with v=DMARC1; p=none")
            }
            None => Finding::warn(
                &check,
                "there is none; Gmail and Yahoo want one from who sends much",
                format!("set a TXT record at _dmarc.{domain}: \"v=DMARC1; p=none; rua=mailto:...\""),
            ),
        },
        [record] => return policy(&check, domain, at, record),
        _ => Finding::fail(&check, "there are several, which receivers take for none", "leave one"),
    };
    (finding, None)
}

fn policy(check: &NamedCheck, domain: &str, at: &str, record: &str) -> (Finding, Option<DmarcPolicy>) {
    let (policy, reports) = match read_policy(domain, at, record) {
        Ok(read) => read,
        Err(fault) => {
            let hint = "write v=DMARC1; p=none, p=quarantine or p=reject, and further tags behind `;`";
            return (Finding::fail(check, fault, hint), None);
        }
    };
    let whence = if at == domain { String::new() } else { format!(", by {at}") };
    let text = format!("p={}{whence}", policy.asks);
    let finding = match reports.iter().find(|uri| !uri.starts_with("mailto:") || !uri.contains('@')) {
        Some(uri) => {
            Finding::warn(check, format!("{text}, but no report goes to {uri}"), "write mailto: before the address")
        }
        None => Finding::ok(check, text),
    };
    (finding, Some(policy))
}

/// The domain of a `mailto:` that may bear a largest size (RFC 7489 6.2).
fn domain_of(uri: &str) -> Option<String> {
    let (_, domain) = uri.strip_prefix("mailto:")?.rsplit_once('@')?;
    domain.split('!').next().filter(|domain| !domain.is_empty()).map(str::to_owned)
}

/// The policy, and where reports go; or why receivers cannot read it.
fn read_policy(domain: &str, at: &str, record: &str) -> Result<(DmarcPolicy, Vec<String>), String> {
    const ASKS: &[&str] = &["none", "quarantine", "reject"];
    let tags = self::tags(record).map_err(|fault| format!("{record}: {fault}"))?;
    let of = |name: &str| value(&tags, name).map(str::to_ascii_lowercase);
    let one_of = |name: &str, words: &[&str]| match of(name) {
        Some(word) if !words.contains(&word.as_str()) => Err(format!("{name}={word} means nothing")),
        word => Ok(word),
    };
    let is_strict = |name: &str| one_of(name, &["r", "s"]).map(|mode| mode.as_deref() == Some("s"));
    let asked = one_of("p", ASKS)?.ok_or_else(|| format!("{record} has no policy"))?;
    // For domains below the one where the record stands.
    let below = one_of("sp", ASKS)?.filter(|_| at != domain);
    let policy = DmarcPolicy {
        asks: below.unwrap_or(asked),
        strict_dkim: is_strict("adkim")?,
        strict_spf: is_strict("aspf")?,
        domain: at.to_owned(),
        report_domains: Vec::new(),
    };
    let reports = [of("rua"), of("ruf")].into_iter().flatten();
    let uris = reports.flat_map(|list| list.split(',').map(|uri| uri.trim().to_owned()).collect::<Vec<_>>());
    let uris: Vec<String> = uris.collect();
    let mut report_domains: Vec<String> = uris.iter().filter_map(|uri| domain_of(uri)).collect();
    report_domains.sort();
    report_domains.dedup();
    Ok((DmarcPolicy { report_domains, ..policy }, uris))
}

#[cfg(test)]
mod tests {
    use super::super::FindingHealth;
    use super::*;

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_published_key_must_be_the_one_in_use() {
        let wanted = "v=DKIM1; k=rsa; p=MIIBIjAN";
        for (found, health, word) in [
            (&[][..], FindingHealth::Fail, "no key"),
            (&["v=spf1 -all"], FindingHealth::Fail, "no key"),
            (&[wanted], FindingHealth::Ok, "in use"),
            (&["v=DKIM1; p=MIIB IjAN; t=s"], FindingHealth::Ok, "in use"),
            (&["p=MIIBIjAN"], FindingHealth::Ok, "in use"),
            (&["v=DKIM1;k=rsa;h=sha1:sha256;s=email;p=MIIBIjAN;n=note;"], FindingHealth::Ok, "in use"),
            (&["v=DKIM1; k=rsa; s=*; p=MIIBIjAN", "unrelated"], FindingHealth::Ok, "in use"),
            (&["v=DKIM1; p=MIIBother"], FindingHealth::Fail, "another key"),
            (&["v=DKIM1; p=MIIB"], FindingHealth::Fail, "cut off"),
            (&["v=DKIM1; p="], FindingHealth::Fail, "revoked"),
            (&["v=DKIM1; k=rsa"], FindingHealth::Fail, "p= is missing"),
            (&[wanted, "v=DKIM1; p=MIIBother"], FindingHealth::Fail, "several"),
            (&["v=DKIM1\\; k=rsa\\; p=MIIBIjAN"], FindingHealth::Fail, "cannot read"),
            (&["v=DKIM2; k=rsa; p=MIIBIjAN"], FindingHealth::Fail, "v=DKIM1"),
            (&["k=rsa; v=DKIM1; p=MIIBIjAN"], FindingHealth::Fail, "begin with v=DKIM1"),
            (&["v=DKIM1; k=ed25519; p=MIIBIjAN"], FindingHealth::Fail, "k=ed25519"),
            (&["v=DKIM1; h=sha1; p=MIIBIjAN"], FindingHealth::Fail, "h=sha1"),
            (&["v=DKIM1; s=tlsrpt; p=MIIBIjAN"], FindingHealth::Fail, "s=tlsrpt"),
            (&["v=DKIM1; p=MIIBIjAN; p=MIIBIjAN"], FindingHealth::Fail, "twice"),
            (&["v=DKIM1; t=y; p=MIIBIjAN"], FindingHealth::Warn, "t=y"),
            (&["v=DKIM1; t=s:y; p=MIIBIjAN"], FindingHealth::Warn, "t=y"),
        ] {
            let finding = dkim("s._domainkey.x.org", wanted, &texts(found));
            assert!(finding.health == health && finding.text.contains(word), "{found:?}: {finding:?}");
        }
        let ed25519 = "v=DKIM1; k=ed25519; p=abcd";
        assert_eq!(dkim("s._domainkey.x.org", ed25519, &texts(&[ed25519])).health, FindingHealth::Ok);
        assert_eq!(dkim("s._domainkey.x.org", ed25519, &texts(&["v=DKIM1; p=abcd"])).health, FindingHealth::Fail);
    }

    #[test]
    fn a_policy_is_wanted_but_not_required() {
        for (found, health, asks) in [
            (&[][..], FindingHealth::Warn, None),
            (&["v=spf1 -all"], FindingHealth::Warn, None),
            (&["v=DMARC1; p=none"], FindingHealth::Ok, Some("none")),
            (&["v = DMARC1 ; P=none; p=REJECT;"], FindingHealth::Ok, Some("reject")),
            (&["v=DMARC1; p=quarantine; rua=mailto:a@x.org!10m,mailto:b@y.org"], FindingHealth::Ok, Some("quarantine")),
            (&["v=DMARC1; p=none; rua=a@x.org"], FindingHealth::Warn, Some("none")),
            (&["v=DMARC1"], FindingHealth::Fail, None),
            (&["v=DMARC1 p=none"], FindingHealth::Fail, None),
            (&["v=dmarc1; p=none"], FindingHealth::Fail, None),
            (&["v=DMARC1; p=nonee"], FindingHealth::Fail, None),
            (&["v=DMARC1; p=none; adkim=strict"], FindingHealth::Fail, None),
            (&["v=DMARC1; p=none; reject"], FindingHealth::Fail, None),
            (&["v=DMARC1; p=none", "v=DMARC1; p=reject"], FindingHealth::Fail, None),
        ] {
            let (finding, policy) = dmarc("x.org", "x.org", &texts(found));
            assert_eq!(
                (finding.health, policy.map(|policy| policy.asks)),
                (health, asks.map(str::to_owned)),
                "{found:?}"
            );
        }
    }

    #[test]
    fn a_domain_below_has_the_organisations_policy_for_such() {
        let text = texts(&["v=DMARC1; p=none; sp=reject; adkim=s"]);
        let policy = |domain: &str| dmarc(domain, "x.org", &text).1.unwrap();
        assert!(policy("a.b.x.org").is_enforced() && !policy("x.org").is_enforced());
        assert!(policy("x.org").strict_dkim && !policy("x.org").strict_spf);
        let told = "v=DMARC1; p=none; rua=mailto:a@x.org!10m, mailto:b@Y.org; ruf=mailto:c@y.org,https://z.org/";
        let policy = dmarc("x.org", "x.org", &texts(&[told])).1.unwrap();
        assert_eq!(
            (policy.domain.as_str(), policy.report_domains),
            ("x.org", vec!["x.org".to_owned(), "y.org".to_owned()])
        );
    }
}
