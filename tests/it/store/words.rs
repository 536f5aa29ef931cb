//! The words that stand in SQL are those that the types spell: a state that is misspelled in a statement matches no row, and
//! nobody would hear of it.

use std::fs;
use std::path::Path;

use coranto::domain::consent::ConsentKind;
use coranto::domain::copying::CopyState;
use coranto::domain::delivery::{DeliveryKind, DeliveryState, Reason};
use coranto::domain::issue::IssueState;
use coranto::domain::notice::NoticeKind;
use coranto::domain::subscriber::{RequestKind, SubscriptionState};

/// Who spells the words of a column: by the alias before it, else by the file.
fn is_word(file: &str, alias: &str, column: &str, word: &str) -> bool {
    match (column, alias, file) {
        ("reason", ..) => word.parse::<Reason>().is_ok(),
        ("kind", "c", _) | ("kind", "", "consents") | ("kind", "w" | "o", "departed") => {
            word.parse::<ConsentKind>().is_ok()
        }
        ("kind", "n", _) | ("kind", "", "notices" | "returns") => word.parse::<NoticeKind>().is_ok(),
        ("kind", "q", _) => word.parse::<RequestKind>().is_ok(),
        ("kind", "", "keys") => matches!(word, "address" | "link"),
        ("kind", ..) => word.parse::<DeliveryKind>().is_ok(),
        ("state", "i", _) | ("state", "", "issues") => word.parse::<IssueState>().is_ok(),
        ("state", "s" | "r", _) | ("state", "", "subscriptions" | "arrivals" | "choices" | "pauses") => {
            word.parse::<SubscriptionState>().is_ok()
        }
        ("state", "", "copies") => word.parse::<CopyState>().is_ok(),
        ("state", ..) => word.parse::<DeliveryState>().is_ok(),
        _ => false,
    }
}

/// Every quoted word that stands for a value of one of the columns: alias, column, word.
fn words_in(text: &str) -> Vec<(String, &'static str, String)> {
    let mut found = Vec::new();
    for column in ["state", "reason", "kind"] {
        for (at, _) in text.match_indices(column) {
            let (before, after) = (&text[..at], text[at + column.len()..].trim_start());
            if before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
                continue;
            }
            let alias = before
                .strip_suffix('.')
                .map_or("", |rest| rest.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default());
            let quoted = |list: &str| list.split('\'').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
            let words = if after.starts_with("= '") || after.starts_with("<> '") {
                quoted(after).into_iter().take(1).collect()
            } else if after.starts_with("IN ('") || after.starts_with("NOT IN ('") {
                quoted(after.split(')').next().unwrap_or_default())
            } else if column == "state" && after.starts_with("WHEN '") {
                // `CASE state WHEN ... END`, whose values are states too where a state is set.
                quoted(after.split(" END").next().unwrap_or_default())
            } else {
                continue;
            };
            found.extend(words.into_iter().map(|word| (alias.to_owned(), column, word)));
        }
    }
    found
}

#[test]
fn every_word_in_sql_is_spelled_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut seen = 0;
    let files = [folder.clone(), folder.join("transfer")].map(|one| fs::read_dir(one).unwrap());
    for path in files.into_iter().flatten().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        for (alias, column, word) in words_in(&fs::read_to_string(&path).unwrap()) {
            assert!(is_word(name, &alias, column, &word), "{}: {alias}.{column} is never '{word}'", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 60, "only {seen} words were found at all");
}

#[test]
fn a_misspelled_word_would_be_found() {
    let words = |text: &str| words_in(text).into_iter().map(|(.., word)| word).collect::<Vec<_>>();
    assert_eq!(words("WHERE d.state = 'pendign' AND i.state = 'sending'"), ["pendign", "sending"]);
    assert_eq!(words("state IN ('claimed', 'in_flight') AND x"), ["claimed", "in_flight"]);
    assert_eq!(words("estate = 'no', state = $1, 'yes'"), Vec::<String>::new());
    assert_eq!(words("state = CASE state WHEN 'claimed' THEN 'in_flight' END, x = 'y'"), ["claimed", "in_flight"]);
    assert!(!is_word("deliveries", "", "state", "pendign"));
    assert!(!is_word("deliveries", "i", "state", "in_flight"));
    assert!(is_word("deliveries", "s", "state", "unsubscribed"));
    assert!(!is_word("deliveries", "s", "state", "left"));
}
