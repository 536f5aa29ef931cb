//! Which names speak of consent: of columns that nobody knows, and of files.

use super::cells::folded;
use super::standing::Standing;

/// Whether a column's name says that it has nothing to do with consent, though its values or a part of it may look so.
pub(super) fn is_harmless(folded: &str) -> bool {
    let is_beside = folded.starts_with("last_") || HARMLESS_ENDS.iter().any(|end| folded.ends_with(end));
    HARMLESS.contains(&folded) || (!says_end(folded) && is_beside)
}

/// Whether a column says why, or by what, somebody unsubscribed.
pub(super) fn stands_beside_an_end(folded: &str) -> bool {
    says_end(folded) && COMPANIONS.iter().any(|end| folded.ends_with(end))
}

fn says_end(folded: &str) -> bool {
    ENDS.iter().any(|stem| folded.contains(stem))
}

/// What a file's name says about everybody in it.
pub(super) fn role(stem: &str) -> Option<Standing> {
    const ROLES: &[(Standing, &[&str])] = &[
        (Standing::NotAgreed, &["nonsubscribed"]),
        (Standing::Pending, &["unconfirmed", "pending"]),
        (
            Standing::Unsubscribed,
            &[
                "unsubscribed", "unsubscribes", "unsubscribers", "unsubs", "unsubscriptions", "optouts", "optedout",
                "suppression", "suppressions", "suppressed", "inactive", "abgemeldet", "abmeldungen", "désinscrits",
                "desinscrits", "bajas",
            ],
        ),
        (Standing::Bounced, &["cleaned", "bounced", "bounces", "hardbounces", "undeliverable", "invalid"]),
        (Standing::Complained, &["complaints", "complained", "spam", "spamreports", "junk"]),
        (Standing::Blocked, &["blocklist", "blacklist", "blocklisted", "blacklisted", "blocked", "blocks"]),
    ];
    let stem = folded(stem);
    let words: Vec<&str> = stem.split('_').collect();
    if words.iter().any(|word| matches!(*word, "subscribed" | "active" | "all")) {
        return None;
    }
    ROLES.iter().rev().find(|(_, names)| names.iter().any(|name| words.contains(name))).map(|(standing, _)| *standing)
}

/// Names of columns that hold yes, no or a part of consent's words and are none.
const HARMLESS: &[&str] = &[
    "country", "country_code", "cc", "region", "city", "gender", "sex", "salutation", "title", "currency", "timezone",
    "time_zone", "gmtoff", "dstoff", "tags", "tag", "notes", "note", "labels", "source", "list", "lists", "group",
    "groups", "segment", "segments", "mailing_address", "mailing_street", "mailing_city", "mailing_zip",
    "mailing_postcode", "mailing_state", "mailing_country", "activity", "html", "htmlemail", "is_admin", "is_test",
    "has_avatar",
];
/// Parts of words that speak of an end.
const ENDS: &[&str] = &[
    "unsub", "opt_out", "optout", "opted_out", "bounc", "suppress", "complain", "spam", "black", "block", "clean",
    "cancel", "remov", "delet", "abmeld", "désinscri", "desinscri",
];
/// What stands beside the time of an end.
const COMPANIONS: &[&str] = &[
    "_reason", "_source", "_campaign", "_campaign_id", "_campaign_title", "_id", "_title", "_ip", "_url", "_other",
    "_note", "_notes", "_comment", "_comments", "_type", "_by", "_country", "_method",
];
const HARMLESS_ENDS: &[&str] = &[
    "_source", "_url", "_ip", "_id", "_title", "_country", "_referrer", "_campaign", "_medium", "_count", "_rate",
    "_score", "activity", "_link", "_token", "_uuid", "_page", "_form",
];

/// Parts of words that speak of consent, in the languages that exports are written in.
const STEMS: &[&str] = &[
    "unsub", "opt_in", "opt_out", "optin", "optout", "opted", "subscri", "black", "block", "bounc", "suppress",
    "complain", "spam", "activ", "clean", "disab", "delet", "remov", "status", "consent", "permi", "confirm", "agree",
    "accept", "gdpr", "dsgvo", "rgpd", "dnc", "do_not", "dont_", "mailable", "mailing", "abgemeld", "abmeld",
    "angemeld", "anmeld", "widerruf", "einwillig", "zustimm", "abonn", "désinscri", "desinscri", "désabonn",
    "desabonn", "inscri", "consentement", "baja", "annull", "disiscri", "iscri", "afgemeld", "uitgeschr", "toestemm",
    "odhlá", "souhlas", "zgod", "отпис", "подпис", "соглас", "退订", "订阅", "解除", "同意", "配信", "수신", "동의",
    "إلغاء", "موافق", "cancel", "revok", "withdr", "marketing", "newsletter", "unwanted", "invalid", "verif",
];

/// Whether a name speaks of consent.
pub(super) fn has_stem(folded: &str) -> bool {
    STEMS.iter().any(|stem| folded.contains(stem))
        || folded.split('_').any(|word| matches!(word, "state" | "gone" | "left" | "quit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_a_file_is_of_when_it_can_only_mean_that() {
        for (stem, standing) in [
            ("unsubscribed_segment_export_8893817261", Some(Standing::Unsubscribed)),
            ("cleaned_email_audience_export_1", Some(Standing::Bounced)),
            ("suppression_bounces", Some(Standing::Bounced)),
            ("suppression_spam_reports", Some(Standing::Complained)),
            ("nonsubscribed_email_audience_export_1", Some(Standing::NotAgreed)),
            ("subscribed_email_audience_export_1", None),
            ("subscribed-and-unsubscribed", None),
            ("readers", None),
        ] {
            assert_eq!(role(stem), standing, "{stem}");
        }
    }
}
