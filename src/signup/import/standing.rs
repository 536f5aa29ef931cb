//! Where a row says that a person stands, and which of two statements is the stronger. Owns the words of states.

use crate::domain::subscriber::SubscriptionState;
use crate::domain::suppression::SuppressionReason;

/// What a row says about a person, weakest first: of two the later holds, whatever the order of rows and files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    Active,
    /// Agreed, and is having a rest.
    Paused,
    /// Was asked, and has not confirmed.
    Pending,
    /// Never agreed: a contact, no reader.
    NotAgreed,
    /// Something was said that cannot be understood. Nobody is mailed because of it, and nobody is unsubscribed.
    Unclear,
    Unsubscribed,
    /// The mailbox does not exist.
    Bounced,
    Complained,
    /// Must not be mailed.
    Blocked,
}

impl Standing {
    /// Whether it ends mail for good.
    pub(super) fn is_leaving(self) -> bool {
        self >= Self::Unsubscribed
    }

    /// Why the address must not be mailed, if it must not.
    pub(super) fn suppression(self) -> Option<SuppressionReason> {
        match self {
            Self::Bounced => Some(SuppressionReason::Bounce),
            Self::Complained => Some(SuppressionReason::Complaint),
            Self::Blocked => Some(SuppressionReason::Manual),
            _ => None,
        }
    }

    /// The state of a subscription that is stored for it.
    pub(super) fn state(self) -> Option<SubscriptionState> {
        match self {
            Self::Active => Some(SubscriptionState::Active),
            Self::Paused => Some(SubscriptionState::Paused),
            Self::Pending => Some(SubscriptionState::Pending),
            Self::Unsubscribed => Some(SubscriptionState::Unsubscribed),
            _ => None,
        }
    }

    /// By the words that operators use for `--standing` and in `NAME=WORD-if:VALUE`.
    pub(super) fn named(word: &str) -> Option<Self> {
        Some(match word {
            "active" | "subscribed" => Self::Active,
            "paused" => Self::Paused,
            "unconfirmed" | "pending" => Self::Pending,
            "unsubscribed" | "left" => Self::Unsubscribed,
            "bounced" => Self::Bounced,
            "complained" => Self::Complained,
            "suppressed" => Self::Blocked,
            _ => return None,
        })
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Pending => "unconfirmed",
            Self::NotAgreed => "never agreed",
            Self::Unclear => "unclear",
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Blocked => "suppressed",
        }
    }
}

/// A word of a column of states, folded. Yes and no are read by `cells::truth`, which has more of them.
pub(super) fn word(folded: &str) -> Option<Standing> {
    let found = WORDS.iter().find(|(_, words)| words.contains(&folded)).map(|(standing, _)| *standing);
    found.or_else(|| {
        // "Unsubscribed by admin", "Bounced (hard)": the first word is enough where it cannot be mistaken.
        let first = folded.split('_').next().unwrap_or_default();
        [("unsubscribed", Standing::Unsubscribed), ("bounced", Standing::Bounced), ("complained", Standing::Complained)]
            .into_iter()
            .find(|(word, _)| *word == first)
            .map(|(_, standing)| standing)
    })
}

const WORDS: &[(Standing, &[&str])] = &[
    (
        Standing::Active,
        &[
            "active", "subscribed", "subscriber", "enabled", "confirmed", "regular", "premium", "opted_in", "opt_in",
            "optin", "double_opt_in", "single_opt_in", "member", "cold", "cold_subscriber", "aktiv", "angemeldet",
            "abonniert", "bestätigt", "actif", "abonné", "inscrit", "confirmé", "activo", "suscrito", "confirmado",
            "attivo", "iscritto", "confermato", "actief", "ingeschreven", "ativo", "inscrito", "aktywny", "aktivní",
            "přihlášen", "активен", "активный", "подписан", "subscribed_by_admin", "subscribe", "consented", "granted",
        ],
    ),
    (Standing::Paused, &["paused", "pausiert", "by_user", "by_moderator", "vacation", "nomail", "no_mail"]),
    (
        Standing::Pending,
        &[
            "pending", "unconfirmed", "not_confirmed", "unactivated", "not_activated", "validating", "unverified",
            "awaiting_confirmation", "waiting_for_confirmation", "waiting", "opt_in_pending", "double_opt_in_pending",
            "pending_confirmation", "requested", "unbestätigt", "nicht_bestätigt", "non_confirmé", "sin_confirmar",
            "non_confermato", "niet_bevestigd", "niepotwierdzony", "nepotvrzen", "не_подтвержден", "invited",
        ],
    ),
    (
        Standing::NotAgreed,
        &[
            "non_subscribed", "nonsubscribed", "not_subscribed", "never_subscribed", "non_subscriber", "nonsubscriber",
            "transactional", "not_opted_in", "no_consent", "not_set", "contact",
        ],
    ),
    (
        Standing::Unsubscribed,
        &[
            "unsubscribed", "unsubscribe", "unsub", "left", "inactive", "disabled", "opted_out", "opt_out", "optout",
            "cancelled", "canceled", "removed", "deleted", "deactivated", "archived", "unsubscribed_by_admin",
            "global_unsubscribe", "globally_unsubscribed", "withdrawn", "revoked", "abgemeldet", "inaktiv",
            "deaktiviert", "gekündigt", "widerrufen", "désinscrit", "désabonné", "inactif", "baja", "dado_de_baja",
            "de_baja", "inactivo", "annullato", "disiscritto", "cancellato", "inattivo", "afgemeld", "uitgeschreven",
            "inactief", "cancelado", "descadastrado", "inativo", "wypisany", "nieaktywny", "odhlášen", "odhlášeno",
            "neaktivní", "отписан", "отписался", "отписалась", "неактивен", "退订", "已退订", "解除", "配信停止",
            "수신거부",
        ],
    ),
    (
        Standing::Bounced,
        &[
            "bounced", "bounce", "hard_bounced", "hard_bounce", "hardbounce", "hardbounced", "hard", "cleaned",
            "unreachable", "invalid", "undeliverable", "undelivered", "by_bounces", "dead", "unzustellbar",
            "mailbox_does_not_exist", "invalid_email",
        ],
    ),
    (
        Standing::Complained,
        &[
            "complained", "complaint", "complainer", "spam", "abuse", "spammed", "spammy", "spam_complaint", "junk",
            "marked_as_spam", "marked_spam", "spam_report", "spam_reported", "reported_spam",
        ],
    ),
    (
        Standing::Blocked,
        &[
            "suppressed", "blocked", "blocklisted", "blacklisted", "block_listed", "black_listed", "banned",
            "do_not_contact", "do_not_mail", "do_not_email", "dnc", "gesperrt", "bloqué", "bloqueado", "bloccato",
            "geblokkeerd", "заблокирован", "blacklist", "blocklist",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_understood_in_our_own_spelling() {
        for state in SubscriptionState::ALL {
            assert_eq!(word(state.as_str()).and_then(Standing::state), Some(*state));
        }
    }

    #[test]
    fn the_stronger_statement_is_the_greater() {
        assert!(Standing::Active < Standing::Pending && Standing::Pending < Standing::Unclear);
        assert!(Standing::Unclear < Standing::Unsubscribed && Standing::Unsubscribed < Standing::Bounced);
    }

    #[test]
    fn no_word_means_two_things() {
        let mut all: Vec<&str> = WORDS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|word| super::super::cells::folded(word) == *word));
    }
}
