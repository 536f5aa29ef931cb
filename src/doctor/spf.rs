//! SPF as receivers evaluate it (RFC 7208): grammar, includes, and how many questions a record costs. Which hosts it allows
//! is not judged: only the relay's operator knows where it sends from.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::{CheckName, Finding};

/// RFC 7208 4.6.4: terms that cost a question, over all includes.
const LOOKUPS_MAX: u32 = 10;

/// A mechanism or modifier, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// `all`, with its qualifier.
    All(char),
    Include(String),
    Redirect(String),
    /// `a`, `mx`, `ptr` and `exists`: cost a question each, and allow somebody unless they begin with `-`.
    Asks {
        allows: bool,
    },
    /// `ip4` and `ip6`.
    Hosts {
        allows: bool,
    },
    /// Costs nothing and allows nobody.
    Other,
}

/// Whether a text is an SPF record (RFC 7208 4.5).
pub(super) fn is_spf(text: &str) -> bool {
    text.eq_ignore_ascii_case("v=spf1") || text.to_ascii_lowercase().starts_with("v=spf1 ")
}

fn parse(record: &str) -> Result<Vec<Term>, String> {
    let mut seen = BTreeSet::new();
    let words = record.split(' ').skip(1).filter(|word| !word.is_empty());
    words.map(|word| term(word, &mut seen).ok_or_else(|| word.to_owned())).collect()
}

fn term(word: &str, seen: &mut BTreeSet<String>) -> Option<Term> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    // A modifier has its `=` before any `:` or `/`.
    if let Some((name, value)) = word.split_once('=').filter(|(name, _)| is_name(name)) {
        let name = name.to_ascii_lowercase();
        if matches!(name.as_str(), "redirect" | "exp") {
            return (seen.insert(name.clone()) && is_domain(value)).then(|| match name.as_str() {
                "redirect" => Term::Redirect(value.to_owned()),
                _ => Term::Other,
            });
        }
        return is_macro_string(value).then_some(Term::Other);
    }
    let (qualifier, rest) = match word.chars().next()? {
        sign @ ('+' | '-' | '~' | '?') => (sign, &word[1..]),
        _ => ('+', word),
    };
    let allows = qualifier != '-';
    let (name, argument) = match rest.find([':', '/']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let domain = argument.strip_prefix(':');
    match name.to_ascii_lowercase().as_str() {
        "all" if argument.is_empty() => Some(Term::All(qualifier)),
        "include" => domain.filter(|domain| is_domain(domain)).map(|domain| Term::Include(domain.to_owned())),
        "exists" => domain.filter(|domain| is_domain(domain)).map(|_| Term::Asks { allows }),
        "ptr" => (argument.is_empty() || domain.is_some_and(is_domain)).then_some(Term::Asks { allows }),
        "a" | "mx" => is_domain_and_length(argument).then_some(Term::Asks { allows }),
        "ip4" => domain.filter(|text| is_network::<Ipv4Addr>(text, 32)).map(|_| Term::Hosts { allows }),
        "ip6" => domain.filter(|text| is_network::<Ipv6Addr>(text, 128)).map(|_| Term::Hosts { allows }),
        _ => None,
    }
}

fn is_length(text: &str, most: u8) -> bool {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain && (text == "0" || !text.starts_with('0')) && text.parse::<u8>().is_ok_and(|length| length <= most)
}

fn is_network<A: std::str::FromStr>(text: &str, most: u8) -> bool {
    match text.split_once('/') {
        Some((address, length)) => address.parse::<A>().is_ok() && is_length(length, most),
        None => text.parse::<A>().is_ok(),
    }
}

fn is_domain_and_length(argument: &str) -> bool {
    let (rest, six) = match argument.split_once("//") {
        Some((rest, length)) => (rest, Some(length)),
        None => (argument, None),
    };
    // A `/` within a macro is a letter of it.
    let (domain, four) = match rest.rsplit_once('/').filter(|(_, length)| !length.contains('}')) {
        Some((domain, length)) => (domain, Some(length)),
        None => (rest, None),
    };
    (domain.is_empty() || domain.strip_prefix(':').is_some_and(is_domain))
        && four.is_none_or(|length| is_length(length, 32))
        && six.is_none_or(|length| is_length(length, 128))
}

/// RFC 7208 7.1: its end is a name of two labels or more, or a macro.
fn is_domain(text: &str) -> bool {
    if !is_macro_string(text) {
        return false;
    }
    if text.ends_with('}') {
        return true;
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    let Some((_, top)) = name.rsplit_once('.') else { return false };
    let is_label = top.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_label
        && !top.is_empty()
        && !top.bytes().all(|byte| byte.is_ascii_digit())
        && !top.starts_with('-')
        && !top.ends_with('-')
}

fn is_macro_string(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let after = &rest[at + 1..];
        rest = match after.chars().next() {
            Some('%' | '_' | '-') => &after[1..],
            Some('{') => match after.split_once('}') {
                Some((inside, rest)) if inside[1..].starts_with(|c: char| "slodiphcrtvSLODIPHCRTV".contains(c)) => rest,
                _ => return false,
            },
            _ => return false,
        };
    }
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What a record comes to, with all that it includes.
#[derive(Debug, Default)]
pub(super) struct Evaluation {
    /// Why receivers take the record for none.
    pub(super) error: Option<String>,
    /// The questions that it costs, at most.
    lookups: u32,
    /// Whether it lets anybody send.
    allows: bool,
    /// Whether it lets everybody send.
    everybody: bool,
    /// Names still to be read, each with who names it.
    open: Vec<(String, String)>,
}

impl Evaluation {
    /// Begins with the record of `domain`.
    pub(super) fn of(domain: &str, record: &str) -> Self {
        let mut all = Self::default();
        all.add(domain, record);
        all
    }

    /// The next name whose record is wanted.
    pub(super) fn next(&mut self) -> Option<(String, String)> {
        if self.error.is_some() || self.lookups > LOOKUPS_MAX { None } else { self.open.pop() }
    }

    /// What the record of a name that [`Self::next`] gave says.
    pub(super) fn answer(&mut self, (name, whence): &(String, String), texts: &[String]) {
        let found: Vec<&String> = texts.iter().filter(|text| is_spf(text)).collect();
        match found.as_slice() {
            [record] => self.add(name, record),
            [] => self.error = Some(format!("{whence} names {name}, which has no SPF record")),
            _ => self.error = Some(format!("{whence} names {name}, which has several SPF records")),
        }
    }

    fn add(&mut self, domain: &str, record: &str) {
        let terms = match parse(record) {
            Ok(terms) => terms,
            Err(word) => {
                self.error = Some(format!("{domain} has {word:?}, which is no term of SPF"));
                return;
            }
        };
        let has_all = terms.iter().any(|term| matches!(term, Term::All(_)));
        for term in terms {
            match term {
                // What follows is never looked at.
                Term::All(qualifier) => {
                    self.everybody |= qualifier == '+';
                    break;
                }
                Term::Include(name) => self.follow(domain, &name),
                Term::Redirect(name) if !has_all => self.follow(domain, &name),
                Term::Asks { allows } => {
                    self.lookups += 1;
                    self.allows |= allows;
                }
                Term::Hosts { allows } => self.allows |= allows,
                Term::Redirect(_) | Term::Other => {}
            }
        }
    }

    fn follow(&mut self, whence: &str, name: &str) {
        self.lookups += 1;
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        if name.contains('%') {
            // Only a receiver knows what it stands for.
            self.allows = true;
        } else {
            // A name that leads back to itself runs into the limit, with us as with receivers.
            self.open.push((name, whence.to_owned()));
        }
    }

    /// What it means for mail from `domain`, whose record is `record`.
    pub(super) fn finding(&self, domain: &str, record: &str) -> Finding {
        let check = CheckName::Spf.of(domain);
        if let Some(error) = &self.error {
            let hint =
                "receivers take such a record for an error (RFC 7208 2.6.7); your relay's operator says which to set";
            return Finding::fail(&check, format!("{record}: {error}"), hint);
        }
        if self.lookups > LOOKUPS_MAX {
            let text = format!("{record} needs more than {LOOKUPS_MAX} questions, and receivers stop there");
            return Finding::fail(
                &check,
                text,
                "take out what no longer sends your email, or write ip4: and ip6: instead",
            );
        }
        let terms = parse(record).unwrap_or_default();
        let all = terms.iter().position(|term| matches!(term, Term::All(_)));
        let redirects = terms.iter().any(|term| matches!(term, Term::Redirect(_)));
        match all.map(|at| &terms[at]) {
            last if self.everybody || last == Some(&Term::All('?')) => {
                Finding::warn(&check, format!("{record} lets everybody send in your name"), "end it with -all or ~all")
            }
            _ if !self.allows => Finding::fail(
                &check,
                format!("{record} lets nobody send"),
                "your relay's operator says which record to set, such as \"v=spf1 include:... -all\"",
            ),
            None if !redirects => {
                Finding::warn(&check, format!("{record} says nothing of everybody else"), "end it with -all or ~all")
            }
            Some(_) if all.is_some_and(|at| terms[at + 1..].iter().any(|term| *term != Term::Other)) => Finding::warn(
                &check,
                format!("{record}: nothing behind `all` is looked at"),
                "put `all` at the end of the record",
            ),
            _ => Finding::ok(&check, record),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::FindingHealth;
    use super::*;

    /// Evaluates the record of `x.org` in a zone.
    fn health(record: &str, zone: &[(&str, &[&str])]) -> (FindingHealth, String) {
        let mut all = Evaluation::of("x.org", record);
        while let Some(asked) = all.next() {
            let texts: Vec<String> = zone
                .iter()
                .filter(|(name, _)| *name == asked.0)
                .flat_map(|(_, texts)| texts.iter().map(|text| (*text).to_owned()))
                .collect();
            all.answer(&asked, &texts);
        }
        let finding = all.finding("x.org", record);
        (finding.health, finding.text)
    }

    #[test]
    fn records_are_read_by_their_grammar() {
        for right in [
            "v=spf1 ip4:192.0.2.1 -all",
            "V=SPF1 a MX -ALL",
            "v=spf1 a/24 mx:mail.x.org/24//64 a:%{d}/24 ip6:2001:db8::/32 ~all",
            "v=spf1 exists:%{i}._spf.%{d} -all",
            "v=spf1 ip4:192.0.2.0/24 exp=why.x.org unknown=a:b -all",
            "v=spf1  a   -all",
            "v=spf1 +ptr:x.org -all",
        ] {
            assert_eq!(health(right, &[]).0, FindingHealth::Ok, "{right}");
        }
        for wrong in [
            "v=spf1 ip4:1.2.3 -all",
            "v=spf1 inlcude:a.example -all",
            "v=spf1 include -all",
            "v=spf1 include: -all",
            "v=spf1 include:localhost -all",
            "v=spf1 ip4:192.0.2.1/33 -all",
            "v=spf1 ip6:192.0.2.1 -all",
            "v=spf1 a:x.org/024 -all",
            "v=spf1 all:x.org",
            "v=spf1 a, -all",
            "v=spf1 include:%{x}.org -all",
            "v=spf1 include:%d.org -all",
            "v=spf1 redirect=a.example redirect=b.example",
            "v=spf1 192.0.2.1 -all",
            "v=spf1 a \u{2013}all",
        ] {
            let (health, text) = health(wrong, &[]);
            assert!(health == FindingHealth::Fail && text.contains("no term"), "{wrong}: {text}");
        }
    }

    #[test]
    fn what_is_included_counts() {
        let relay: &[(&str, &[&str])] = &[
            ("relay.example", &["v=spf1 ip4:192.0.2.0/24 -all"]),
            ("closed.example", &["v=spf1 -all"]),
            ("none.example", &["something else"]),
            ("two.example", &["v=spf1 a -all", "v=spf1 mx -all"]),
            ("loop.example", &["v=spf1 include:loop.example -all"]),
            ("open.example", &["v=spf1 +all"]),
            ("bad.example", &["v=spf1 ip4:1.2.3 -all"]),
        ];
        for (record, wanted, word) in [
            ("v=spf1 include:relay.example ~all", FindingHealth::Ok, "include"),
            ("v=spf1 redirect=relay.example", FindingHealth::Ok, "redirect"),
            ("v=spf1 include:loop.example -all", FindingHealth::Fail, "questions"),
            ("v=spf1 include:open.example -all", FindingHealth::Warn, "everybody"),
            ("v=spf1 include:none.example -all", FindingHealth::Fail, "no SPF record"),
            ("v=spf1 redirect=none.example", FindingHealth::Fail, "no SPF record"),
            ("v=spf1 include:two.example -all", FindingHealth::Fail, "several"),
            ("v=spf1 include:bad.example -all", FindingHealth::Fail, "bad.example has"),
            ("v=spf1 include:closed.example -all", FindingHealth::Fail, "nobody"),
            ("v=spf1 -all", FindingHealth::Fail, "nobody"),
            ("v=spf1 ~all", FindingHealth::Fail, "nobody"),
            ("v=spf1 -ip4:192.0.2.1 -all", FindingHealth::Fail, "nobody"),
            ("v=spf1 a ?all", FindingHealth::Warn, "everybody"),
            ("v=spf1 +all", FindingHealth::Warn, "everybody"),
            ("v=spf1 all", FindingHealth::Warn, "everybody"),
            ("v=spf1 ip4:192.0.2.1", FindingHealth::Warn, "everybody else"),
            ("v=spf1 a -all mx", FindingHealth::Warn, "behind"),
            ("v=spf1 a -all redirect=none.example", FindingHealth::Warn, "behind"),
        ] {
            let (health, text) = health(record, relay);
            assert!(health == wanted && text.contains(word), "{record}: {text}");
        }
    }

    #[test]
    fn receivers_stop_at_ten_questions() {
        let record = |count: usize| {
            let terms: Vec<String> = (0..count).map(|at| format!("a:h{at}.x.org")).collect();
            format!("v=spf1 {} -all", terms.join(" "))
        };
        assert_eq!((health(&record(10), &[]).0, health(&record(11), &[]).0), (FindingHealth::Ok, FindingHealth::Fail));
        let (four, six) = (record(4), record(6));
        let zone: &[(&str, &[&str])] = &[("one.example", &[&six]), ("two.example", &[&four])];
        assert_eq!(health("v=spf1 include:two.example a -all", zone).0, FindingHealth::Ok);
        assert_eq!(health("v=spf1 include:one.example include:two.example -all", zone).0, FindingHealth::Fail);
    }
}
