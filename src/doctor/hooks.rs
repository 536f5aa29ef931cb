//! Whether providers that carry mail can tell what became of it, and whether mail bears what they hand back.

use super::Finding;
use crate::config::Config;

/// What is wrong between relays and hooks; nothing when each has the other.
pub fn look(config: &Config) -> Vec<Finding> {
    let mut all = Vec::new();
    let hooks = &config.inbound.hooks;
    for relay in &config.relays {
        let Some(provider) = relay.provider else { continue };
        if !hooks.iter().any(|hook| hook.provider == provider) && !config.inbound.has_door() {
            let text = format!("{provider} has no hook to tell what comes back");
            let hint = "add [[inbound.hooks]], and give the provider the URL that `coranto bounces hooks` prints";
            all.push(Finding::warn(&format!("relay {}", relay.name), text, hint));
        }
    }
    for hook in hooks {
        if !config.relays.iter().any(|relay| relay.provider == Some(hook.provider)) {
            let text = format!("no relay is {}'s, so what it tells may name no email", hook.provider);
            let hint = format!("write provider = \"{}\" in the [[relays]] table of this provider", hook.provider);
            all.push(Finding::warn(&format!("hook {}", hook.name), text, hint));
        } else if hook.is_verified() {
            all.push(Finding::ok(&format!("hook {}", hook.name), format!("{} proves who it is", hook.provider)));
        }
    }
    all
}
