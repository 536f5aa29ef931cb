//! Whether providers that carry mail can tell what became of it: whether mail bears what they hand back, and whether the
//! URL that they are given leads here.

use std::time::Duration;

use hyper::{Method, StatusCode};
use url::Url;

use super::{CheckName, Finding};
use crate::config::Config;
use crate::https::{HttpsClient, Unheard};
use crate::inbound::hooks::path;
use crate::wiring;

/// For one answer, from the look-up of the name to its head.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// A hook that no configuration has: its name has a character that names may not have.
const NO_HOOK: &str = "coranto.bounces.check";

/// What is wrong between relays and hooks; nothing when each has the other.
pub fn look(config: &Config) -> Vec<Finding> {
    let mut all = Vec::new();
    let hooks = &config.inbound.hooks;
    for relay in &config.relays {
        let Some(provider) = relay.provider else { continue };
        if !hooks.iter().any(|hook| hook.provider == provider) && !config.inbound.has_door() {
            let text = format!("{provider} has no hook to tell what comes back");
            let hint = "add [[inbound.hooks]], and give the provider the URL that `coranto bounces hooks` prints";
            all.push(Finding::warn(&CheckName::RelayHook.of(relay.name.as_str()), text, hint));
        }
    }
    for hook in hooks {
        if !config.relays.iter().any(|relay| relay.provider == Some(hook.provider)) {
            let text = format!("no relay is {}'s, so what it tells may name no email", hook.provider);
            let hint = format!("write provider = \"{}\" in the [[relays]] table of this provider", hook.provider);
            all.push(Finding::warn(&CheckName::Hook.of(hook.name.as_str()), text, hint));
        } else if hook.is_verified() {
            all.push(Finding::ok(
                &CheckName::Hook.of(hook.name.as_str()),
                format!("{} proves who it is", hook.provider),
            ));
        }
    }
    all
}

/// Whether the URL that each provider is given leads here, and through every proxy. A GET changes nothing.
pub async fn reach(config: &Config) -> Vec<Finding> {
    let hooks = &config.inbound.hooks;
    if hooks.is_empty() {
        return Vec::new();
    }
    let base = wiring::public_url(config);
    let user_agent = format!("coranto/{} (+{base})", env!("CARGO_PKG_VERSION"));
    // The address is the operator's own, which may well be a private one.
    let client = match HttpsClient::new(user_agent, |_| true) {
        Ok(client) => client,
        Err(error) => {
            return vec![Finding::fail(
                &CheckName::Hooks.here(),
                error.to_string(),
                "this machine's TLS is not in order",
            )];
        }
    };
    let mut all = Vec::new();
    let hint = "set public_url to the address that providers reach, and let the web server in front pass /hooks/ on";
    match get(&client, &base, &path(NO_HOOK, NO_HOOK)).await {
        Ok(StatusCode::NOT_FOUND) => {}
        Ok(status) => {
            let text = format!("{base} answers {status} for an unknown hook, and not 404: another server answers");
            return vec![Finding::fail(&CheckName::Hooks.here(), text, hint)];
        }
        Err(error) => {
            return vec![Finding::fail(&CheckName::Hooks.here(), format!("{base} is not reached: {error}"), hint)];
        }
    }
    for hook in hooks {
        let check = CheckName::HookUrl.of(hook.name.as_str());
        let sealed = path(&hook.name, &config.keys.hook_seal(&hook.name));
        // The seal prints nowhere: it may be all that protects the hook.
        all.push(match get(&client, &base, &sealed).await {
            Ok(StatusCode::OK) => Finding::ok(&check, format!("{base} passes it on to coranto")),
            Ok(StatusCode::NOT_FOUND) => {
                let hint = "restart `coranto serve`, and let the web server in front pass /hooks/ on as it is";
                Finding::fail(&check, format!("{base} does not know it"), hint)
            }
            Ok(status) => Finding::fail(&check, format!("{base} answers {status}"), hint),
            Err(error) => Finding::fail(&check, format!("{base} is not reached: {error}"), hint),
        });
    }
    all
}

async fn get(client: &HttpsClient, base: &str, path: &str) -> Result<StatusCode, Unheard> {
    // The path is made of characters that need no quotation.
    let url = Url::parse(&format!("{base}{path}")).map_err(|_| Unheard::NoHost)?;
    let asked = tokio::time::timeout(ANSWER_MAX, client.ask(Method::GET, &url)).await;
    asked.unwrap_or(Err(Unheard::Late)).map(|reply| reply.status)
}
