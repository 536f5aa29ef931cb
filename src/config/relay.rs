//! `[[relays]]`: the mail servers that take the mail. Plain data; the wire is elsewhere.

use std::net::IpAddr;
use std::path::PathBuf;

use super::reader::{Section, ValueRefusal};
use super::sender::one_line;
use super::{headers, hooks, rates};
use crate::domain::extra_header::{ExtraHeaders, Scope};
use crate::domain::hook::MailService;
use crate::domain::quota::Quota;
use crate::domain::string_enum;
use crate::secret::Secret;

string_enum! {
    /// How a connection to a relay is protected.
    RelayTls: "protection" {
        /// TLS from the first byte.
        Implicit = "implicit",
        Starttls = "starttls",
        /// Not at all.
        None = "none",
    }
}

#[derive(Clone, Debug)]
pub struct Relay {
    /// For reports and logs; unique.
    pub name: String,
    /// Whose it is, where the provider tells what becomes of mail.
    pub provider: Option<MailService>,
    pub host: String,
    pub port: u16,
    /// How the connection is protected.
    pub tls: RelayTls,
    /// Who logs in; with a password or not at all.
    pub username: Option<String>,
    pub password: Option<Secret>,
    /// Certificates trusted instead of the public authorities.
    pub ca_file: Option<PathBuf>,
    /// The name given in EHLO; by default the host of the public URL.
    pub helo: Option<String>,
    /// The most connections at once.
    pub connections: u32,
    /// A connection is renewed after so many messages.
    pub messages_per_connection: u32,
    /// The most messages per minute.
    pub rate_per_minute: Option<u32>,
    /// The most messages per hour and day.
    pub quota: Quota,
    /// Its share beside other relays.
    pub weight: u32,
    pub signs: bool,
    /// Whether it is told what to report, where it offers that.
    pub dsn: bool,
    /// Only newsletters that name it use it.
    pub only_named: bool,
    pub headers: ExtraHeaders,
    /// Header fields it changes, which a signature must therefore not cover.
    pub rewrites: Vec<String>,
    /// The operator's word that mail may cross a network unprotected.
    pub plaintext_is_acceptable: bool,
}

impl Relay {
    /// The fields that its mail bears: those of the operator, and the one that its provider hands back.
    pub(super) fn all_headers(&self) -> ExtraHeaders {
        let mut all = self.headers.clone();
        let field = self.provider.and_then(MailService::field);
        let field = field.and_then(|field| format!("{field}: token").parse().ok());
        all.0.extend(field.map(|field| (Scope::All, field)));
        all
    }

    /// Whether it runs on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

/// Whether `host` can only be this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl RelayTls {
    pub(super) fn parse(text: &str) -> Result<Self, ValueRefusal> {
        text.parse().map_err(|_| {
            (format!("{text:?} is not a protection"), Some("write \"implicit\", \"starttls\" or \"none\"".into()))
        })
    }
}

/// A server's name or address, alone.
pub(super) fn host(text: &str) -> Result<String, ValueRefusal> {
    let wrong = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '@' | ',');
    if text.contains(wrong) || (text.contains(':') && text.parse::<IpAddr>().is_err()) {
        return Err((
            format!("{text:?} is not a host"),
            Some("write the host alone; port and user have keys of their own".into()),
        ));
    }
    Ok(text.to_lowercase())
}

pub(super) fn read(section: Section<'_>) -> Option<Relay> {
    let name = section.parsed("name", one_line);
    let provider = section.parsed("provider", hooks::provider);
    let host = section.parsed("host", host);
    let tls = section.parsed("tls", RelayTls::parse);
    let port = section.has("port").then(|| section.integer("port").and_then(|port| u16::try_from(port).ok()));
    let plaintext_is_acceptable = section.boolean("plaintext_is_acceptable");
    let (username, password) = (section.text("username"), section.secret("password"));
    let ca_file = section.path_of("ca_file");
    let helo = section.parsed("helo", one_line);
    let (connections, messages_per_connection) =
        (section.small("connections"), section.small("messages_per_connection"));
    let (rate_per_minute, weight) = (section.small("rate_per_minute"), section.small("weight"));
    let quota = Quota { per_hour: section.small("rate_per_hour"), per_day: section.small("rate_per_day") };
    rates::warn_of_unreachable(&section, "rate_per_hour", "rate_per_", quota);
    let (signs, only_named) = (section.boolean("signs"), section.boolean("only_named"));
    let headers = headers::read(&section);
    // Where the relay signs, its signature covers what it writes.
    let rewrites = section.each_text("rewrites", if signs == Some(true) { header_name } else { rewritten });

    check_provider(&section, provider, &headers);
    check_login(&section, username.as_deref());
    if let (Some(RelayTls::None), Some(host), Some(false)) = (tls, host.as_deref(), plaintext_is_acceptable)
        && !is_loopback(host)
    {
        let hint = "use \"implicit\" or \"starttls\", or say plaintext_is_acceptable = true";
        section.refuse("tls", format!("mail to {host} could be read on the way"), Some(hint));
    } else if let (Some(RelayTls::None), Some(host), Some(_)) = (tls, host.as_deref(), &username)
        && !is_loopback(host)
    {
        let hint = "use \"implicit\" or \"starttls\", or take the login out";
        section.refuse("tls", format!("the password would go to {host} in the clear"), Some(hint));
    }
    let default_port = tls.map(|tls| match tls {
        RelayTls::Implicit => 465,
        RelayTls::Starttls => 587,
        RelayTls::None => 25,
    });
    Some(Relay {
        name: name?,
        provider,
        host: host?,
        port: port.unwrap_or(default_port)?,
        tls: tls?,
        username,
        password,
        ca_file,
        helo,
        connections: connections?,
        messages_per_connection: messages_per_connection?,
        rate_per_minute,
        quota,
        weight: weight?,
        signs: signs?,
        dsn: section.boolean("dsn")?,
        only_named: only_named?,
        headers,
        rewrites,
        plaintext_is_acceptable: plaintext_is_acceptable?,
    })
}

/// The field that the provider hands back is nobody else's.
fn check_provider(section: &Section<'_>, provider: Option<MailService>, headers: &ExtraHeaders) {
    if let Some(field) = provider.and_then(MailService::field)
        && headers.0.iter().any(|(_, one)| one.name().eq_ignore_ascii_case(field))
    {
        section.refuse("provider", format!("an email would have {field} twice"), Some("take it out of `headers`"));
    }
}

fn check_login(section: &Section<'_>, username: Option<&str>) {
    let has_password = section.has("password") || section.has("password_file");
    if username.is_some() && !has_password {
        section.refuse("username", "there is no password for it", Some("add password_file = \"FILE\""));
    } else if has_password && !section.has("username") {
        section.refuse("password", "there is no username for it", Some("add username = \"...\""));
    }
}

/// A field that no signature covers. Gmail's one-click and DMARC hang on the signature of some (RFC 8058 4).
fn rewritten(text: &str) -> Result<String, (String, Option<String>)> {
    const SIGNED: &[&str] =
        &["From", "List-Unsubscribe", "List-Unsubscribe-Post", "Subject", "To", "MIME-Version", "Content-Type"];
    let name = header_name(text)?;
    match SIGNED.iter().any(|signed| signed.eq_ignore_ascii_case(&name)) {
        false => Ok(name),
        true => Err((
            format!("{name} must be signed, or mailboxes refuse the email or its way to unsubscribe"),
            Some("use a relay that leaves it as it is, or let the relay sign (`signs = true`)".into()),
        )),
    }
}

/// RFC 5322 3.6.8.
fn header_name(text: &str) -> Result<String, (String, Option<String>)> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
        return Ok(text.to_owned());
    }
    Err((
        format!("{text:?} is not the name of a header field"),
        Some("write for instance [\"Message-ID\", \"Date\"]".into()),
    ))
}
