//! Holds one value against the kind of its key. Knows no key.

use super::keys::{self, ValueKind};
use super::tree::ConfigValue;

/// Why a value is not of its kind, if it is not.
pub(super) fn mismatch(kind: ValueKind, value: &ConfigValue) -> Option<String> {
    let wanted = match (kind, value) {
        (
            ValueKind::Text | ValueKind::Texts | ValueKind::Path | ValueKind::Secret | ValueKind::SecretUrl,
            ConfigValue::Text(_),
        )
        | (ValueKind::Boolean, ConfigValue::Boolean(_)) => return None,
        (ValueKind::Texts, ConfigValue::List(items))
            if items.iter().all(|item| matches!(item.value, ConfigValue::Text(_))) =>
        {
            return None;
        }
        (ValueKind::Texts, ConfigValue::List(_)) => {
            return Some("every item of the list must be a text in quotes".to_owned());
        }
        (ValueKind::Rates, ConfigValue::Integer(_)) => return mismatch(keys::RATE, value),
        (ValueKind::Rates, _) => "a whole number without quotes, or { per_minute = N, per_hour = N, per_day = N }",
        (ValueKind::Integer(least, most), ConfigValue::Integer(number)) => {
            let fits = u64::try_from(*number).is_ok_and(|number| (least..=most).contains(&number));
            return (!fits).then(|| format!("it must be from {least} to {most}, not {number}"));
        }
        (ValueKind::Integer(..), _) => "a whole number without quotes",
        (ValueKind::Boolean, _) => "true or false without quotes",
        (ValueKind::Texts, _) => "a text in quotes, or a list of them",
        _ => "a text in quotes",
    };
    Some(format!("it must be {wanted}, not {}", value.describe()))
}
