//! Other programs' exports, one value each: by which columns they are known, what these mean, what their words mean.
//!
//! A column's name alone misleads: what says who pays at one says who reads at another. So an export is known by several
//! of its columns together, and each vendor's own meanings come before the general ones.

mod marketing;
mod newsletters;
mod owned;
mod relays;

use super::meaning::Meaning;
use super::standing::Standing;
use super::times::DayOrder;

/// A program whose exports are known.
#[derive(Debug)]
pub(super) struct Vendor {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    /// Columns that must be there, folded.
    all: &'static [&'static str],
    /// Of these one must be there, unless there are none.
    any: &'static [&'static str],
    /// Of these none may be there.
    none: &'static [&'static str],
    columns: &'static [(&'static str, Meaning)],
    /// What its words of standing mean, where that is not what they mean in general.
    words: &'static [(&'static str, Standing)],
    /// How it writes days.
    pub(super) days: Option<DayOrder>,
    /// Where everybody in such a file stands, when its columns do not say.
    pub(super) everyone: Option<Standing>,
    /// Its files hold people who never subscribed to anything.
    pub(super) is_address_book: bool,
    /// What this file does not say, and which other file does.
    pub(super) missing: Option<&'static str>,
    /// The domain that it gives to people who had themselves deleted.
    pub(super) deleted_at: Option<&'static str>,
}

/// A vendor of which nothing is said but its name; the tables fill in what they know.
const UNKNOWN: Vendor = Vendor {
    key: "",
    name: "",
    all: &[],
    any: &[],
    none: &[],
    columns: &[],
    words: &[],
    days: None,
    everyone: None,
    is_address_book: false,
    missing: None,
    deleted_at: None,
};

fn vendors() -> impl Iterator<Item = &'static Vendor> {
    newsletters::VENDORS.iter().chain(marketing::VENDORS).chain(relays::VENDORS).chain(owned::VENDORS)
}

impl Vendor {
    /// The vendor whose export has these columns, folded; the one that is known by the most of them.
    pub(super) fn of(columns: &[String]) -> Option<&'static Self> {
        let has = |name: &&str| columns.iter().any(|column| column == *name);
        let fits = |vendor: &&Self| {
            !(vendor.all.is_empty() && vendor.any.is_empty())
                && vendor.all.iter().all(has)
                && (vendor.any.is_empty() || vendor.any.iter().any(has))
                && !vendor.none.iter().any(has)
        };
        let score = |vendor: &Self| vendor.all.len() + vendor.any.iter().filter(|name| has(name)).count();
        // The first of equals.
        vendors().filter(fits).fold(None, |best: Option<&Self>, vendor| match best {
            Some(best) if score(best) >= score(vendor) => Some(best),
            _ => Some(vendor),
        })
    }

    /// The vendor that `--from` names.
    pub(super) fn named(key: &str) -> Option<&'static Self> {
        vendors().find(|vendor| vendor.key == key)
    }

    /// Everything that `--from` may name.
    pub(super) fn keys() -> Vec<&'static str> {
        let mut keys: Vec<&str> = vendors().map(|vendor| vendor.key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// What a column of this vendor means.
    pub(super) fn meaning(&self, folded: &str) -> Option<&'static Meaning> {
        self.columns.iter().find(|(name, _)| *name == folded).map(|(_, meaning)| meaning)
    }

    /// What a word of standing means at this vendor.
    pub(super) fn word(&self, folded: &str) -> Option<Standing> {
        self.words.iter().find(|(word, _)| *word == folded).map(|(_, standing)| *standing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_written_in_folded_words() {
        for vendor in vendors() {
            let names = vendor.all.iter().chain(vendor.any).chain(vendor.columns.iter().map(|(name, _)| name));
            for name in names.chain(vendor.words.iter().map(|(word, _)| word)) {
                assert_eq!(&super::super::cells::folded(name), name, "{}", vendor.name);
            }
            assert!(!vendor.key.is_empty() && !vendor.name.is_empty());
        }
    }
}
