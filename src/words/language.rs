//! Which languages the program speaks, and which of them a tag means. Knows no word of any.

/// A language that the program has words in. The order is that of a list for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English: also for every language that is not here.
    English,
    German,
    French,
    Spanish,
    Russian,
    Ukrainian,
    /// Arabic, written from right to left.
    Arabic,
    Japanese,
    /// English with accents and 40 % longer, made by the program: in tests it shows what is cut off and what was
    /// written past these files. The tag is `en-XA`, which CLDR keeps for it.
    Pseudo,
}

impl Language {
    /// All that readers can be addressed in.
    pub const ALL: [Self; 8] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Russian,
        Self::Ukrainian,
        Self::Arabic,
        Self::Japanese,
    ];

    pub(super) const COUNT: usize = Self::ALL.len() + 1;

    /// All there are, each at its own number.
    pub(super) const DECLARED: [Self; Self::COUNT] = {
        let mut declared = [Self::Pseudo; Self::COUNT];
        let mut at = 0;
        while at < Self::ALL.len() {
            declared[Self::ALL[at] as usize] = Self::ALL[at];
            at += 1;
        }
        declared
    };

    /// The language of a BCP 47 tag, by its primary subtag; English when there are no words in it.
    pub fn of(tag: &str) -> Self {
        if tag.eq_ignore_ascii_case(Self::Pseudo.tag()) {
            return Self::Pseudo;
        }
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let same = |language: &Self| language.tag().eq_ignore_ascii_case(primary);
        Self::ALL.into_iter().find(same).unwrap_or(Self::English)
    }

    /// The language that a reader chose, by its own tag; none when readers have no such choice.
    pub fn chosen(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// Its tag, BCP 47.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Russian => "ru",
            Self::Ukrainian => "uk",
            Self::Arabic => "ar",
            Self::Japanese => "ja",
            Self::Pseudo => "en-XA",
        }
    }

    /// What its speakers call it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English | Self::Pseudo => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Spanish => "Español",
            Self::Russian => "Русский",
            Self::Ukrainian => "Українська",
            Self::Arabic => "العربية",
            Self::Japanese => "日本語",
        }
    }

    /// `ltr` or `rtl`, as HTML has it.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Arabic => "rtl",
            _ => "ltr",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_means_its_primary_language() {
        for (tag, language) in [
            ("de-AT", Language::German),
            ("AR-eg", Language::Arabic),
            ("ja", Language::Japanese),
            ("en-XA", Language::Pseudo),
            ("en-GB", Language::English),
            ("nl", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of(tag), language, "{tag}");
        }
    }

    #[test]
    fn a_choice_is_one_of_ours_to_the_letter() {
        assert_eq!(Language::chosen("uk"), Some(Language::Ukrainian));
        for tag in ["", "UK", "uk-UA", "en-XA", "nl", "uk\r\nBcc: x"] {
            assert_eq!(Language::chosen(tag), None, "{tag:?}");
        }
    }
}
