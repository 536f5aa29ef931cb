//! Holds one value against the kind of its key. Knows no key.

use super::keys::{self, Kind};
use super::tree::Value;

/// Why a value is not of its kind, if it is not.
pub(super) fn mismatch(kind: Kind, value: &Value) -> Option<String> {
    let wanted = match (kind, value) {
        (Kind::Text | Kind::Texts | Kind::Path | Kind::Secret | Kind::SecretUrl, Value::Text(_))
        | (Kind::Boolean, Value::Boolean(_)) => return None,
        (Kind::Texts, Value::List(items)) if items.iter().all(|item| matches!(item.value, Value::Text(_))) => {
            return None;
        }
        (Kind::Texts, Value::List(_)) => return Some("every item of the list must be a text in quotes".to_owned()),
        (Kind::Rates, Value::Integer(_)) => return mismatch(keys::RATE, value),
        (Kind::Rates, _) => "a whole number without quotes, or { per_minute = N, per_hour = N, per_day = N }",
        (Kind::Integer(least, most), Value::Integer(number)) => {
            let fits = u64::try_from(*number).is_ok_and(|number| (least..=most).contains(&number));
            return (!fits).then(|| format!("it must be from {least} to {most}, not {number}"));
        }
        (Kind::Integer(..), _) => "a whole number without quotes",
        (Kind::Boolean, _) => "true or false without quotes",
        (Kind::Texts, _) => "a text in quotes, or a list of them",
        _ => "a text in quotes",
    };
    Some(format!("it must be {wanted}, not {}", value.describe()))
}
