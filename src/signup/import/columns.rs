//! A record's fields as a reader. Owns the names that other programs give to columns and states.

use std::collections::HashSet;

use super::{ImportError, Reason};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::subscriber::{SubscriptionState, clean_name};
use crate::domain::suppression::SuppressionReason;

/// RFC 5646 4.4.1 asks to allow for 35.
const LANGUAGE_BYTES_MAX: usize = 35;
/// Clocks of other programs differ from ours by less.
const AHEAD: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Column {
    Email,
    Name,
    FirstName,
    LastName,
    Status,
    Language,
    SubscribedAt,
    /// When the reader left, or that they get no mail: any value but "no" means so.
    Gone,
    /// When the address was found dead.
    Cleaned,
}

/// How columns are called, in lower case and with `_` for what is neither letter nor digit: by us, by people, and by
/// the exports of Mailchimp, Substack, Ghost, listmonk, Keila, beehiiv, Buttondown and Mailman.
const NAMES: &[(Column, &[&str])] = &[
    (Column::Email, &["email", "e_mail", "email_address", "e_mail_address", "mail", "address", "subscriber_email"]),
    (Column::Name, &["name", "full_name", "display_name", "subscriber_name"]),
    (Column::FirstName, &["first_name", "firstname", "given_name", "fname"]),
    (Column::LastName, &["last_name", "lastname", "surname", "family_name", "lname"]),
    (
        Column::Status,
        &["status", "state", "subscription_status", "subscriber_type", "subscribed_to_emails", "active_subscription"],
    ),
    (Column::Language, &["language", "lang", "locale"]),
    (
        Column::SubscribedAt,
        &[
            "subscribed_at",
            "created_at",
            "optin_time",
            "opt_in_time",
            "confirm_time",
            "subscription_date",
            "signup_date",
            "creation_date",
            "date_created",
            "date_added",
            "joined",
        ],
    ),
    (Column::Gone, &["unsub_time", "unsubscribed_at", "left_at", "email_disabled", "unsubscribed"]),
    (Column::Cleaned, &["clean_time", "cleaned_at", "bounced_at"]),
];

/// What a row says about a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Subscribed, in this state.
    State(SubscriptionState),
    /// The address must not be mailed.
    Suppressed(SuppressionReason),
}

/// A row that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) email: EmailAddress,
    pub(super) name: Option<String>,
    pub(super) standing: Standing,
    pub(super) language: Option<String>,
    pub(super) subscribed_at: Option<Timestamp>,
}

/// Where what stands.
#[derive(Debug)]
pub(super) struct Columns(Vec<(Column, usize)>);

impl Columns {
    /// Reads the first record. `None` for the columns when it is no header but the first of a list of bare addresses.
    pub(super) fn of_header(fields: &[String]) -> Result<Option<Self>, ImportError> {
        let mut columns = Vec::new();
        let mut seen = HashSet::new();
        for (at, field) in fields.iter().enumerate() {
            let name = normal(field);
            let Some((column, _)) = NAMES.iter().find(|(_, names)| names.contains(&name.as_str())) else { continue };
            if matches!(column, Column::Email) && !seen.insert(*column) {
                return Err(ImportError::TwoEmailColumns);
            }
            columns.push((*column, at));
        }
        if columns.iter().any(|(column, _)| *column == Column::Email) {
            return Ok(Some(Self(columns)));
        }
        match fields {
            [only] if only.parse::<EmailAddress>().is_ok() => Ok(None),
            _ => {
                Err(ImportError::NoEmailColumn { found: fields.iter().map(|field| field.trim().to_owned()).collect() })
            }
        }
    }

    /// The columns of a list of bare addresses.
    pub(super) fn bare() -> Self {
        Self(vec![(Column::Email, 0)])
    }

    /// The address as it stands there.
    pub(super) fn typed_email<'a>(&self, fields: &'a [String]) -> &'a str {
        self.value(fields, Column::Email)
    }

    /// Reads a record.
    pub(super) fn read(&self, fields: &[String], now: Timestamp) -> Result<Row, Reason> {
        let typed = unguarded(self.typed_email(fields));
        let email = typed.parse().map_err(Reason::Address)?;
        let name = match self.value(fields, Column::Name) {
            "" => format!("{} {}", self.value(fields, Column::FirstName), self.value(fields, Column::LastName)),
            name => unguarded(name).to_owned(),
        };
        let subscribed_at = match self.value(fields, Column::SubscribedAt) {
            "" => None,
            text if text.starts_with("0000-00-00") => None,
            text => Some(moment(text).ok_or_else(|| Reason::Date(short(text)))?),
        };
        if subscribed_at.is_some_and(|at| at > now.plus(AHEAD)) {
            return Err(Reason::Future);
        }
        Ok(Row {
            email,
            name: clean_name(&name),
            standing: self.standing(fields)?,
            language: language(self.value(fields, Column::Language))?,
            subscribed_at,
        })
    }

    fn standing(&self, fields: &[String]) -> Result<Standing, Reason> {
        if !matches!(self.value(fields, Column::Cleaned), "" | "0") {
            return Ok(Standing::Suppressed(SuppressionReason::Bounce));
        }
        let gone = self.value(fields, Column::Gone).to_lowercase();
        if !matches!(gone.as_str(), "" | "0" | "false" | "no") {
            return Ok(Standing::State(SubscriptionState::Left));
        }
        let text = self.value(fields, Column::Status);
        standing(&normal(text)).ok_or_else(|| Reason::Status(short(text)))
    }

    /// The first column of a kind that has a value.
    fn value<'a>(&self, fields: &'a [String], wanted: Column) -> &'a str {
        let of_kind = self.0.iter().filter(|(column, _)| *column == wanted);
        let mut values = of_kind.filter_map(|(_, at)| fields.get(*at)).map(|field| field.trim_matches(BLANKS));
        values.find(|value| !value.is_empty()).unwrap_or_default()
    }
}

const BLANKS: [char; 6] = [' ', '\t', '\r', '\n', '\u{a0}', '\u{feff}'];

/// Lower case, with one `_` for each run of anything that is neither letter nor digit.
fn normal(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

fn standing(word: &str) -> Option<Standing> {
    use SubscriptionState::{Active, Left, Paused, Pending};
    use SuppressionReason::{Bounce, Complaint, Manual};
    Some(match word {
        "" | "active" | "subscribed" | "enabled" | "confirmed" | "regular" | "premium" | "yes" | "true" | "1" => {
            Standing::State(Active)
        }
        "pending" | "unconfirmed" | "unactivated" => Standing::State(Pending),
        "paused" => Standing::State(Paused),
        "left" | "unsubscribed" | "inactive" | "disabled" | "opted_out" | "cancelled" | "canceled" | "no" | "false"
        | "0" => Standing::State(Left),
        "bounced" | "bounce" | "hard_bounced" | "cleaned" | "unreachable" | "invalid" => Standing::Suppressed(Bounce),
        "complained" | "complaint" | "spam" | "abuse" => Standing::Suppressed(Complaint),
        "suppressed" | "blocked" | "blocklisted" | "blacklisted" | "banned" => Standing::Suppressed(Manual),
        _ => return None,
    })
}

fn language(text: &str) -> Result<Option<String>, Reason> {
    if text.is_empty() {
        return Ok(None);
    }
    let tag = text.replace('_', "-");
    let mut parts = tag.split('-');
    let primary =
        parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let others = parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if primary && others && tag.len() <= LANGUAGE_BYTES_MAX {
        Ok(Some(tag))
    } else {
        Err(Reason::Language(short(text)))
    }
}

/// A time as programs write it: with an offset or `Z`, or in UTC, or a day, or seconds or milliseconds since 1970.
fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(number) = text.parse::<i64>() {
        let millis = match text.len() {
            9..=10 => number.checked_mul(1_000)?,
            12..=13 => number,
            _ => return None,
        };
        return Some(Timestamp(millis));
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp::from_jiff(instant));
    }
    // Go and Ruby name the zone behind: `2024-01-02 15:04:05.999 +0000 UTC`.
    let text = text.strip_suffix(" UTC").unwrap_or(text).trim_end();
    let text = text.strip_suffix(" +0000").unwrap_or(text);
    let civil = text.parse::<jiff::civil::DateTime>().ok()?;
    let instant = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    Some(Timestamp::from_jiff(instant))
}

/// Without the apostrophe that keeps spreadsheets from taking a value for a formula.
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if crate::signup::export::is_formula(rest) => rest,
        _ => text,
    }
}

/// Enough of a value to find it.
fn short(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn read(header: &str, row: &str) -> Result<Row, Reason> {
        let fields = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        Columns::of_header(&fields(header)).unwrap().unwrap().read(&fields(row), NOW)
    }

    #[test]
    fn columns_are_found_under_many_names() {
        let row =
            read("Email Address,First Name,Last Name,OPTIN_TIME,UNSUB_TIME", "a@b.cc,Anna,Berg,2024-01-02 03:04:05,")
                .unwrap();
        assert_eq!((row.email.as_str(), row.name.as_deref()), ("a@b.cc", Some("Anna Berg")));
        assert_eq!(row.subscribed_at.unwrap().to_string(), "2024-01-02T03:04:05Z");
        assert_eq!(row.standing, Standing::State(SubscriptionState::Active));
        assert_eq!(read("\u{feff} E-Mail\u{a0},Name", "a@b.cc,Anna").unwrap().name.as_deref(), Some("Anna"));
        for (header, row, standing) in [
            ("email,unsub_time", "a@b.cc,2024-01-01", Standing::State(SubscriptionState::Left)),
            ("email,email_disabled", "a@b.cc,true", Standing::State(SubscriptionState::Left)),
            ("email,email_disabled", "a@b.cc,false", Standing::State(SubscriptionState::Active)),
            ("email,clean_time", "a@b.cc,2024-01-01", Standing::Suppressed(SuppressionReason::Bounce)),
            ("email,status", "a@b.cc,Unsubscribed", Standing::State(SubscriptionState::Left)),
            ("email,status", "a@b.cc,blocklisted", Standing::Suppressed(SuppressionReason::Manual)),
            ("email,status", "a@b.cc,Hard bounced", Standing::Suppressed(SuppressionReason::Bounce)),
            ("email,status", "a@b.cc,", Standing::State(SubscriptionState::Active)),
        ] {
            assert_eq!(super::tests::read(header, row).unwrap().standing, standing, "{header} {row}");
        }
    }

    #[test]
    fn every_state_and_reason_is_understood_in_our_own_spelling() {
        for state in SubscriptionState::ALL {
            assert_eq!(standing(state.as_str()), Some(Standing::State(*state)));
        }
    }

    #[test]
    fn a_header_must_name_the_address() {
        let header =
            |fields: &[&str]| Columns::of_header(&fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>());
        assert!(matches!(header(&["a@b.cc"]), Ok(None)));
        assert!(
            matches!(header(&["who", "what"]), Err(ImportError::NoEmailColumn { found }) if found == ["who", "what"])
        );
        assert!(matches!(header(&["a@b.cc", "Anna"]), Err(ImportError::NoEmailColumn { .. })));
        assert!(matches!(header(&["email", "E-Mail"]), Err(ImportError::TwoEmailColumns)));
    }

    #[test]
    fn times_and_languages_are_read_or_refused() {
        for (text, read) in [
            ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
            ("2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05Z"),
            ("2024-01-02 03:04:05", "2024-01-02T03:04:05Z"),
            ("2024-01-02 03:04:05.999 +0000 UTC", "2024-01-02T03:04:05Z"),
            ("2023-03-24 10:23:10 UTC", "2023-03-24T10:23:10Z"),
            ("2024-01-02", "2024-01-02T00:00:00Z"),
            ("1704164645", "2024-01-02T03:04:05Z"),
            ("1704164645000", "2024-01-02T03:04:05Z"),
        ] {
            assert_eq!(moment(text).map(|at| at.to_string()).as_deref(), Some(read), "{text}");
        }
        for text in ["02/03/2024", "yesterday", "2024-13-01", "9999-99-99", "12", "1e9"] {
            assert_eq!(moment(text), None, "{text}");
        }
        assert_eq!(read("email,created_at", "a@b.cc,2099-01-01"), Err(Reason::Future));
        assert_eq!(read("email,created_at", "a@b.cc,0000-00-00 00:00:00").unwrap().subscribed_at, None);
        assert_eq!(language("pt_BR"), Ok(Some("pt-BR".to_owned())));
        assert_eq!(language("zh-Hant-TW"), Ok(Some("zh-Hant-TW".to_owned())));
        for text in ["English", "e", "en-", "en-ü", "<b>"] {
            assert!(language(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_guard_against_formulas_is_taken_off_again() {
        let row = read("email,name", "'+tag@b.cc,'=1+1").unwrap();
        assert_eq!((row.email.as_str(), row.name.as_deref()), ("+tag@b.cc", Some("=1+1")));
        assert_eq!(read("email,name", "'a@b.cc,'t Hooft").unwrap().name.as_deref(), Some("'t Hooft"));
    }
}
