//! `[[inbound.hooks]]`: who may tell by HTTP what became of mail, and what proves who it is.

use std::collections::HashSet;

use super::reader::{Section, ValueRefusal};
use crate::domain::hook::{Authenticity, Hook, MailService, is_hook_name};
use crate::domain::hook_key::HookKeys;
use crate::domain::nearest::nearest;
use crate::secret::Secret;

/// A shorter secret can be guessed.
const SECRET_BYTES_MIN: usize = 16;

/// Every hook; none when one is wrong.
pub(super) fn read(inbound: Section<'_>) -> Option<Vec<Hook>> {
    let mut names = HashSet::new();
    let hooks = inbound.each_below("hooks", "inbound.hooks", |section| {
        let hook = one(&section);
        if let Some(name) = section.written("name")
            && !names.insert(name.to_owned())
        {
            section.refuse("name", format!("another hook is called {name:?} as well"), None);
        }
        hook
    });
    hooks.into_iter().collect()
}

/// A provider by its name.
pub(super) fn provider(text: &str) -> Result<MailService, ValueRefusal> {
    text.parse().map_err(|_| {
        let known = MailService::ALL.iter().map(|one| one.as_str());
        let hint = nearest(text, known.clone()).map(|near| format!("did you mean {near}?"));
        let hint = hint.unwrap_or_else(|| format!("it is one of {}", known.collect::<Vec<_>>().join(", ")));
        (format!("{text:?} is no provider that is known"), Some(hint))
    })
}

fn one(section: &Section<'_>) -> Option<Hook> {
    let name = section.parsed("name", |text| match is_hook_name(text) {
        true => Ok(text.to_owned()),
        false => Err((
            format!("{text:?} cannot stand in a URL"),
            Some("it has lower-case letters, digits and `-`, 40 at most".to_owned()),
        )),
    });
    let provider = section.parsed("provider", provider);
    let topics = section.each_text("topics", topic);
    let (public_key, secret) = (section.text("public_key"), section.secret("secret"));
    let (username, password) = (section.text("username"), section.secret("password"));
    let provider = provider?;
    check_fit(section, provider, &topics);
    check_secret(section, provider, secret.as_ref());
    if let Some(key) = &public_key
        && provider.authenticity() == Authenticity::PublicKey
        && let Err(why) = HookKeys::parse(provider, key)
    {
        let hint = match provider {
            MailService::SendGrid => "copy the verification key that its page on the Event Webhook shows",
            _ => "copy what /.well-known/jwks.json of your Postal answers, or the key in PEM",
        };
        section.refuse("public_key", why, Some(hint));
    }
    let login = match (username, password) {
        (Some(username), Some(password)) => Some((username, password)),
        (None, None) => None,
        (Some(_), None) => {
            section.refuse("username", "there is no password for it", Some("add password_file = \"FILE\""));
            None
        }
        (None, Some(_)) => {
            section.refuse("password", "there is no username for it", Some("add username = \"...\""));
            None
        }
    };
    if provider.authenticity() == Authenticity::Login && login.is_none() {
        section.warn(
            "provider",
            format!("{provider} signs nothing, so its URL alone shows who calls it"),
            "set `username` and `password_file` as well, and put both into the URL at the provider",
        );
    }
    Some(Hook { name: name?, provider, topics, public_key, secret, login })
}

/// What a provider needs is there, and what means nothing to it is not.
fn check_fit(section: &Section<'_>, provider: MailService, topics: &[String]) {
    let needs = provider.authenticity();
    for (of, key, what) in [
        (Authenticity::Topics, "topics", "the ARN of each SNS topic: topics = [\"arn:aws:sns:...\"]"),
        (Authenticity::PublicKey, "public_key", "the key that it signs with: public_key = \"...\""),
        (Authenticity::Secret, "secret", "the secret that it signs with: secret_file = \"FILE\""),
    ] {
        let is_there = section.has(key) || (key == "secret" && section.has("secret_file"));
        if needs == of && !is_there {
            section.refuse_all(&format!("{provider} needs {what}"), Some("see docs/bounces.md, \"Webhooks\""));
        } else if needs != of && is_there {
            section.refuse(key, format!("it means nothing to {provider}"), Some("take it out, or name its provider"));
        }
    }
    if needs == Authenticity::Topics && section.has("topics") && topics.is_empty() && section.is_empty_list("topics") {
        section.refuse("topics", "it names no topic", Some("add the ARN of the topic"));
    }
}

fn check_secret(section: &Section<'_>, provider: MailService, secret: Option<&Secret>) {
    let Some(secret) = secret.filter(|_| provider.authenticity() == Authenticity::Secret) else { return };
    let key = if section.has("secret") { "secret" } else { "secret_file" };
    if secret.expose().trim().len() < SECRET_BYTES_MIN {
        section.refuse(key, "it is too short to be a secret", Some("it has 16 characters or more"));
    }
}

/// `arn:aws:sns:REGION:ACCOUNT:NAME`, of any of Amazon's partitions.
fn topic(text: &str) -> Result<String, ValueRefusal> {
    let parts: Vec<&str> = text.split(':').collect();
    let is_plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    match parts.as_slice() {
        ["arn", partition, "sns", region, account, name]
            if [partition, region, name].into_iter().all(|part| is_plain(part))
                && matches!(*partition, "aws" | "aws-cn" | "aws-us-gov")
                && account.len() == 12
                && account.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            Ok(text.to_owned())
        }
        _ => Err((
            format!("{text:?} is not the ARN of a topic"),
            Some("write it like arn:aws:sns:eu-west-1:123456789012:coranto".to_owned()),
        )),
    }
}
