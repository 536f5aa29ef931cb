//! How columns are called, in general and in many languages, folded. A program that is known has its own names.

use super::meaning::Meaning;

/// How columns are called in general. Of several for the address the first in the list is it.
pub(super) fn by_name(folded: &str) -> Option<Meaning> {
    if email_rank(folded).is_some() {
        return Some(Meaning::Email);
    }
    let found = NAMES.iter().find(|(_, names)| names.contains(&folded));
    found.map(|(meaning, _)| meaning.clone())
}

/// How surely a column is the one of addresses; less is surer. `address` alone is a street as often as not.
pub(super) fn email_rank(folded: &str) -> Option<usize> {
    EMAILS.iter().position(|names| names.contains(&folded))
}

const EMAILS: &[&[&str]] = &[
    &[
        "email", "e_mail", "email_address", "e_mail_address", "subscriber_email", "emailaddress", "e_mail_adresse",
        "email_adresse", "emailadresse", "e_mailadresse", "adresse_e_mail", "adresse_email", "adresse_mail",
        "adresse_électronique", "courriel", "correo_electrónico", "correo_electronico", "correo", "indirizzo_email",
        "indirizzo_e_mail", "e_mailadres", "emailadres", "e_mail_adres", "endereço_de_e_mail", "endereço_de_email",
        "adres_e_mail", "adres_email", "e_mailová_adresa", "эл_почта", "электронная_почта", "почта", "メールアドレス",
        "メール", "邮箱", "电子邮件", "電子郵件", "이메일", "sähköposti", "e_post", "epost", "user_email",
        "contact_email", "customer_email", "subscriber_s_email", "email_id", "primary_email", "your_email",
    ],
    &["mail", "subscriber", "mailadresse", "email_1", "e_mail_1_value"],
    &["email_2", "e_mail_2_value"],
    &["e_mail_3_value"],
    &["address"],
];

const NAMES: &[(Meaning, &[&str])] = &[
    (
        Meaning::Name,
        &[
            "name", "full_name", "fullname", "display_name", "subscriber_name", "contact_name", "naam", "имя", "氏名",
            "名前", "姓名",
        ],
    ),
    (
        Meaning::FirstName,
        &[
            "first_name", "firstname", "given_name", "fname", "forename", "vorname", "prénom", "prenom", "nombre",
            "nome", "voornaam", "imię", "jméno",
        ],
    ),
    (
        Meaning::LastName,
        &[
            "last_name", "lastname", "surname", "family_name", "lname", "nachname", "nom", "apellido", "apellidos",
            "cognome", "sobrenome", "achternaam", "nazwisko", "příjmení", "фамилия",
        ],
    ),
    (Meaning::Language, &["language", "lang", "locale", "sprache", "langue", "idioma", "lingua", "taal", "язык"]),
    (
        Meaning::Status,
        &[
            "status", "state", "subscription_status", "subscriber_status", "subscriber_type", "email_status",
            "mail_status", "contact_status", "list_status", "global_status", "delivery_status", "opt_in_status",
            "optin_status", "subscription_state", "member_status", "email_marketing_status", "newsletter_status",
            "statut", "estado", "stato", "статус", "状态", "ステータス",
        ],
    ),
    (
        Meaning::Subscribed,
        &[
            "subscribed", "is_subscribed", "subscribed_to_emails", "email_subscriber", "opted_in", "opt_in", "optin",
            "email_opt_in", "email_optin", "is_opted_in", "accepts_marketing", "accepts_email_marketing",
            "marketing_consent", "email_consent", "consent", "gdpr_consent", "newsletter_consent", "email_marketing",
            "email_marketing_consent", "mailing_opt_in", "receives_newsletter", "newsletter_opt_in", "active",
            "is_active", "abonniert", "angemeldet", "inscrit", "abonné", "suscrito", "iscritto", "подписан", "enabled",
        ],
    ),
    (
        Meaning::SubscribedAt,
        &[
            "subscribed_at", "created_at", "createdat", "optin_time", "opt_in_time", "opt_in_date", "optin_date",
            "confirm_time", "subscription_date", "subscribe_date", "subscribed_on", "date_subscribed",
            "subscribed_date", "signup_date", "sign_up_date", "signed_up_at", "creation_date", "date_created",
            "date_added", "added_time", "added_at", "date_joined", "joined", "joined_at", "join_date",
            "subscriber_since", "opted_in_at", "registered", "registered_at", "date_registered", "registration_date",
            "anmeldedatum", "angemeldet_am", "registriert_am", "date_d_inscription", "fecha_de_alta",
            "data_iscrizione",
        ],
    ),
    (Meaning::OptInNetwork, &["optin_ip", "opt_in_ip", "confirm_ip", "signup_ip", "subscribed_ip", "ip_address", "ip"]),
    (
        Meaning::Unsubscribed,
        &[
            "unsub_time", "unsubscribed_at", "unsubscribed_on", "unsubscribed_date", "unsubscribe_date",
            "date_unsubscribed", "unsubscription_date", "unsubscribe_time", "left_at", "email_disabled",
            "unsubscribed", "is_unsubscribed", "unsubscribed_from_all_email", "unsubscribed_from_all_emails", "unsub",
            "opted_out", "opt_out", "optout", "is_opted_out", "email_opt_out", "email_optout", "opted_out_at",
            "opt_out_date", "optout_date", "opt_out_time", "dnc", "do_not_email", "do_not_mail", "do_not_contact",
            "donotcontact", "email_blacklisted", "email_blocklisted", "deactivated_at", "cancelled_at", "canceled_at",
            "deleted_at", "removed_at", "stop_time", "abgemeldet", "abgemeldet_am", "abmeldedatum", "désinscrit",
            "désinscrit_le", "désabonné", "désabonné_le", "date_de_désinscription", "baja", "fecha_de_baja",
            "disiscritto", "uitgeschreven", "отписан", "отписался",
        ],
    ),
    (
        Meaning::Suppressed,
        &[
            "clean_time", "cleaned_at", "cleaned", "bounced_at", "bounced", "hard_bounced", "hard_bounce",
            "is_bounced", "bounce_date", "hard_bounced_at", "suppressed_at", "suppressed", "is_suppressed",
        ],
    ),
    (
        Meaning::Complained,
        &[
            "complained_at", "complained", "spam_complaint", "complaint_date", "marked_as_spam", "spam_reported_at",
            "abuse_time",
        ],
    ),
    (
        Meaning::Confirmed,
        &[
            "confirmed", "is_confirmed", "confirmed_at", "confirmation_date", "email_confirmed", "verified_email",
            "double_opt_in", "doubleoptin", "doi", "bestätigt", "confirmé",
        ],
    ),
    // Who pays, and what only sounds like consent.
    (
        Meaning::Ignored,
        &[
            "active_subscription", "plan", "tier", "tiers", "subscription_tier", "subscription_plan", "expiry",
            "stripe_plan", "stripe_status", "stripe_customer_id", "stripe_subscription_id", "payment_status",
            "subscription_type", "complimentary_plan", "premium", "is_premium", "paid", "is_paid", "lead_status",
            "marital_status", "order_status", "activity", "last_activity", "last_active", "last_active_at",
            "activity_score", "engagement", "unsubscribe_url", "unsubscribe_link", "unsubscribe_token",
            "country_state", "state_region", "state_province", "province_state", "state_code", "billing_state",
            "shipping_state", "confirm_token", "confirmation_token", "bounce_count", "bouncecount", "bounces",
            "soft_bounces", "email_marketing_consent_timestamp", "email_count", "updated_at", "last_changed",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::super::cells::folded;
    use super::*;

    #[test]
    fn names_are_folded_and_mean_one_thing() {
        let mut all: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        all.extend(EMAILS.iter().flat_map(|names| names.iter().copied()));
        let count = all.len();
        all.sort_unstable();
        let twice: Vec<_> = all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        assert_eq!(twice, Vec::<&str>::new(), "{count}");
        assert!(all.iter().all(|name| folded(name) == *name), "{:?}", all.iter().find(|name| folded(name) != **name));
    }
}
