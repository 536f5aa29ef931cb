//! `[signup]`: what keeps the form from flooding other people's mailboxes, and from where it may be used.

use std::path::PathBuf;
use std::time::Duration;

use url::{Origin, Url};

use super::reader::{Section, ValueRefusal};

/// Limits of the sign-up form, and the sites that may show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignupLimits {
    /// Confirmation mails to one address in a day.
    pub confirmations_per_day: u32,
    /// Confirmation mails to one address in 30 days.
    pub confirmations_per_month: u32,
    /// Sign-ups in an hour from one network: IPv4 /24, IPv6 /56.
    pub requests_per_hour: u32,
    /// Sign-ups in an hour for addresses at one domain.
    pub domain_requests_per_hour: u32,
    /// Sign-ups in an hour altogether.
    pub all_requests_per_hour: u32,
    /// `auto`, `always` or `never`: when a sign-up must bring a solved challenge.
    pub challenge: String,
    /// The most hashes that a challenge takes.
    pub challenge_work: u32,
    /// The shortest time in which a person fills in the form.
    pub form_age_min: Duration,
    /// The earliest answer to a sign-up.
    pub answer_after: Duration,
    /// The list of domains that are refused.
    pub disposable_domains: Option<PathBuf>,
    /// Whether name servers are asked about the domain.
    pub check_mail_servers: bool,
    /// The sites that may show the form, as `https://host[:port]`.
    pub embed_origins: Vec<String>,
    /// Where a form on another site may send its reader afterwards.
    pub redirects: Vec<Url>,
}

pub(super) fn read(section: Section<'_>) -> Option<SignupLimits> {
    let (day, month) = (section.small("confirmations_per_day"), section.small("confirmations_per_month"));
    let requests_per_hour = section.small("requests_per_hour");
    let (of_domain, of_all) = (section.small("domain_requests_per_hour"), section.small("all_requests_per_hour"));
    let (work, answer_after) = (section.small("challenge_work"), section.integer("answer_after_ms"));
    let form_seconds_min = section.integer("form_seconds_min");
    let challenge = section.parsed("challenge", |text| match text {
        "auto" | "always" | "never" => Ok(text.to_owned()),
        _ => Err((format!("{text:?} is not known"), Some("write auto, always or never".to_owned()))),
    });
    let check_mail_servers = section.boolean("check_mail_servers");
    let disposable_domains = section.path_of("disposable_domains");
    let (embed_origins, redirects) = (section.each_text("embed_origins", origin), section.each_text("redirects", page));
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
        domain_requests_per_hour: of_domain?,
        all_requests_per_hour: of_all?,
        challenge: challenge?,
        challenge_work: work?,
        form_age_min: Duration::from_secs(form_seconds_min?),
        answer_after: Duration::from_millis(answer_after?),
        disposable_domains,
        check_mail_servers: check_mail_servers?,
        embed_origins,
        redirects,
    })
}

/// A site, as browsers name it in `Origin`.
fn origin(text: &str) -> Result<String, ValueRefusal> {
    let refusal = || (format!("{text:?} is not a site"), Some("write it like https://www.example.com".to_owned()));
    let url = web_url(text).ok_or_else(refusal)?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    match url.origin() {
        origin @ Origin::Tuple(..) if is_bare => Ok(origin.ascii_serialization()),
        _ => Err(refusal()),
    }
}

fn page(text: &str) -> Result<Url, ValueRefusal> {
    let hint = || Some("write it like https://www.example.com/thanks".to_owned());
    web_url(text).ok_or_else(|| (format!("{text:?} is not the address of a page"), hint()))
}

fn web_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_a_scheme_and_a_host() {
        for (text, kept) in [
            ("https://www.example.com", Some("https://www.example.com")),
            ("https://WWW.example.com:443/", Some("https://www.example.com")),
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("https://bücher.example", Some("https://xn--bcher-kva.example")),
            ("https://www.example.com/page", None),
            ("https://user@www.example.com", None),
            ("*", None),
            ("null", None),
            ("www.example.com", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(origin(text).ok().as_deref(), kept, "{text}");
        }
        assert!(page("https://www.example.com/thanks?a=b").is_ok());
        assert!(page("javascript:alert(1)").is_err() && page("/thanks").is_err());
    }
}
