//! How a newsletter's mail is signed, and in whose name: what is wrong with it without asking anybody. `config check` and
//! `serve` warn of it, `doctor` calls the worst of it a failure.

use std::sync::Arc;

use crate::config::Config;
use crate::domain::newsletter::Newsletter;
use crate::domain::organisation::{is_aligned, is_reserved, organisation};
use crate::message::dkim::Signer;
use crate::wiring;

/// Who signs a newsletter's mail, by the relays that carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Every relay that carries it signs.
    Relays,
    /// An RSA key of ours, which every receiver verifies.
    Rsa,
    /// Ed25519 keys of ours alone.
    Ed25519Alone,
    Nobody,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The key of the configuration.
    pub key: String,
    pub text: String,
    pub hint: String,
}

impl Signature {
    /// That of a newsletter whose keys are `signers`. Relays that sign count only where they carry its mail.
    pub fn of(config: &Config, newsletter: &Newsletter, signers: &[Arc<Signer>]) -> Self {
        let sending = config.sending.get(&newsletter.slug);
        let mut carriers =
            config.relays.iter().filter(|relay| sending.is_none_or(|one| one.relays.contains(&relay.name)));
        let (all, any) = (carriers.clone().all(|relay| relay.signs), carriers.next().is_some());
        match signers {
            _ if all && any => Self::Relays,
            signers if signers.iter().any(|signer| signer.is_rsa()) => Self::Rsa,
            [] => Self::Nobody,
            _ => Self::Ed25519Alone,
        }
    }

    /// What is wrong with it, and what to do.
    pub fn trouble(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Relays | Self::Rsa => None,
            Self::Ed25519Alone => Some((
                "only Ed25519 signs; Outlook, Yahoo and others do not verify that, so for them the email is unsigned",
                "`coranto dkim new --selector NAME` makes an RSA key; put it beside this one",
            )),
            Self::Nobody => Some((
                "its email is not signed; Gmail, Yahoo and Outlook refuse such newsletters",
                "`coranto dkim new` makes a key; or say `signs = true` of a relay that signs itself",
            )),
        }
    }
}

/// The domains of a newsletter's RSA keys where they sign, and whether one of them is the sender's.
pub fn signing_domains(signers: &[Arc<Signer>], sender: &str, is_strict: bool) -> (Vec<String>, bool) {
    let rsa = || signers.iter().filter(|signer| signer.is_rsa());
    let mut domains: Vec<String> = rsa().map(|signer| signer.domain().to_owned()).collect();
    domains.sort();
    domains.dedup();
    (domains, rsa().any(|signer| is_aligned(signer.domain(), sender, is_strict)))
}

/// Everything that is in doubt, of all newsletters.
pub fn doubts(config: &Config) -> Vec<Doubt> {
    config.newsletters.iter().flat_map(|newsletter| doubts_of(config, newsletter)).collect()
}

fn doubts_of(config: &Config, newsletter: &Newsletter) -> Vec<Doubt> {
    let section = format!("newsletters.{}", newsletter.slug);
    let doubt = |key: String, text: String, hint: &str| Doubt { key, text, hint: hint.to_owned() };
    let signers = match wiring::signers(config, &newsletter.slug) {
        Ok(signers) => signers,
        Err(error) => {
            return vec![doubt(format!("{section}.dkim"), format!("{error:#}"), "`coranto dkim new` makes a key")];
        }
    };
    let mut all = Vec::new();
    let signature = Signature::of(config, newsletter, &signers);
    let sender = newsletter.from.address.domain();
    // An installation that is not set up yet has a domain for examples, and is told of that.
    let is_told = signature != Signature::Nobody || !(is_reserved(sender) || config.relays.is_empty());
    if let Some((text, hint)) = signature.trouble().filter(|_| is_told) {
        let key = if signature == Signature::Nobody { section.clone() } else { format!("{section}.dkim") };
        all.push(doubt(key, text.to_owned(), hint));
    }
    let other = |domain: &str| format!("{domain} is of another organisation than the sender's {sender}");
    let (domains, is_senders) = signing_domains(&signers, sender, false);
    if signature == Signature::Rsa && !is_senders {
        let hint = format!("DMARC does not count its signature; sign for {}", organisation(sender));
        all.push(doubt(format!("{section}.dkim.domain"), other(&domains.join(", ")), &hint));
    }
    if let Some(path) = newsletter.return_path.as_ref().filter(|path| !is_aligned(path.domain(), sender, false)) {
        let hint = format!("DMARC does not count SPF then; use a name below {}", organisation(sender));
        all.push(doubt(format!("{section}.{}", path.setting()), other(path.domain()), &hint));
    }
    all
}
