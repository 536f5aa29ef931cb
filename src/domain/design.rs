//! How a newsletter looks: its colour, its logo, its letters, a line above and one below. Owns which colours can be read
//! on which ground; must not know HTML, files or the web.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::string_enum;

/// WCAG 2.2, 1.4.3: what text of any size needs.
pub const CONTRAST_MIN: f64 = 4.5;
/// A saturated colour glows on a dark ground; a paler one is easier to read there.
const DARK_CONTRAST: f64 = 7.0;
/// The darkest of the light grounds that the accent stands on: a mail's margin.
const LIGHT_GROUND: Colour = Colour(0xf4, 0xf5, 0xf7);
/// The ground of mails and pages in the dark.
const DARK_GROUND: Colour = Colour(0x16, 0x18, 0x1c);
/// Steps from a colour to white or black.
const SHADES: u16 = 256;

/// A colour of six hexadecimal digits, the only form that every mailbox reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    pub const WHITE: Self = Self(0xff, 0xff, 0xff);
    const BLACK: Self = Self(0, 0, 0);

    /// How well the two are told apart, from 1 to 21 (WCAG 2.2).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// The nearest shade towards `end` that has this contrast with `ground`.
    fn readable(self, ground: Self, end: Self, contrast: f64) -> Self {
        let shade = |step: u16| {
            let mix = |from: u8, to: u8| {
                let mixed = (u16::from(from) * (SHADES - step) + u16::from(to) * step) / SHADES;
                u8::try_from(mixed).unwrap_or(to)
            };
            Self(mix(self.0, end.0), mix(self.1, end.1), mix(self.2, end.2))
        };
        (0..=SHADES).map(shade).find(|shade| shade.contrast(ground) >= contrast).unwrap_or(end)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl serde::Serialize for Colour {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// It is not six hexadecimal digits behind a `#`.
#[derive(Debug, thiserror::Error)]
#[error("it is not a colour")]
pub struct NotAColour;

impl FromStr for Colour {
    type Err = NotAColour;

    fn from_str(text: &str) -> Result<Self, NotAColour> {
        let digits = text.strip_prefix('#').ok_or(NotAColour)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAColour);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| NotAColour)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self(red, green, blue))
    }
}

/// The colour of links and buttons, in the shades that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent {
    /// On a light ground, and below white letters.
    pub light: Colour,
    /// On a dark ground, and below [`Accent::DARK_INK`].
    pub dark: Colour,
}

impl Accent {
    /// The letters on a button in the dark.
    pub const DARK_INK: Colour = DARK_GROUND;

    /// The readable shades of a colour: itself where it is readable, else the nearest that is.
    pub fn of(colour: Colour) -> Self {
        Self {
            light: colour.readable(LIGHT_GROUND, Colour::BLACK, CONTRAST_MIN),
            dark: colour.readable(DARK_GROUND, Colour::WHITE, DARK_CONTRAST),
        }
    }
}

impl Default for Accent {
    fn default() -> Self {
        Self { light: Colour(0x0b, 0x57, 0xa4), dark: Colour(0x8a, 0xb8, 0xff) }
    }
}

string_enum! {
    /// Letters that are on nearly every reader's machine: mailboxes fetch none.
    Font: "font" {
        /// A serif made for screens.
        Georgia = "georgia",
        Palatino = "palatino",
        Times = "times",
        /// What the reader's system is written in.
        System = "system",
        Arial = "arial",
        /// A wide sans, easy to read when small.
        Verdana = "verdana",
        Trebuchet = "trebuchet",
    }
}

impl Font {
    /// The families to ask for, in CSS. Names with a space stand in single quotes, for styles stand in double ones.
    pub fn families(self) -> &'static str {
        match self {
            Self::Georgia => "Georgia, 'Times New Roman', Times, serif",
            Self::Palatino => "Palatino, 'Palatino Linotype', 'Book Antiqua', Georgia, serif",
            Self::Times => "'Times New Roman', Times, serif",
            Self::System => "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif",
            Self::Arial => "Arial, Helvetica, sans-serif",
            Self::Verdana => "Verdana, Geneva, sans-serif",
            Self::Trebuchet => "'Trebuchet MS', Tahoma, Arial, sans-serif",
        }
    }
}

/// The look of one newsletter's mails and pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Design {
    pub accent: Accent,
    /// A file with a picture to stand on top.
    pub logo: Option<PathBuf>,
    pub font: Font,
    pub heading_font: Font,
    /// A line below the name on top of every mail.
    pub header: Option<String>,
    /// A line below every mail.
    pub footer: Option<String>,
    /// Whether an issue's mail ends with what a reader may do: reply, forward, see all issues.
    pub closing: bool,
}

impl Default for Design {
    fn default() -> Self {
        Self {
            accent: Accent::default(),
            logo: None,
            font: Font::Georgia,
            heading_font: Font::System,
            header: None,
            footer: None,
            closing: true,
        }
    }
}

string_enum! {
    /// How an issue's images get to its readers.
    ImagesBy: "way" {
        /// The mail names their addresses; mailboxes fetch them when the reader looks.
        Link = "link",
        /// They travel inside every mail.
        Embed = "embed",
    }
}

string_enum! {
    /// What a reader gets for confirming.
    Welcome: "welcome" {
        None = "none",
        /// A mail that says welcome.
        Mail = "mail",
        /// The same, with the latest issue in it.
        Latest = "latest",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn colours_are_read_as_they_are_shown() {
        for text in ["#000000", "#ffffff", "#0b57a4", "#c8102e"] {
            assert_eq!(text.parse::<Colour>().unwrap().to_string(), text);
        }
        for wrong in ["", "red", "0b57a4", "#fff", "#0b57a4ff", "#0b57ag", "#+b57a4", "#é0000"] {
            assert!(wrong.parse::<Colour>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let contrast = |one: &str, two: &str| one.parse::<Colour>().unwrap().contrast(two.parse().unwrap());
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.01);
        assert!((contrast("#767676", "#ffffff") - 4.54).abs() < 0.01);
        assert!((contrast("#0b57a4", "#ffffff") - 7.2).abs() < 0.05);
    }

    #[test]
    fn a_readable_colour_stays_as_it_is() {
        let accent = Accent::of("#8a1c1c".parse().unwrap());
        assert_eq!(accent.light.to_string(), "#8a1c1c");
        assert_ne!(accent.dark, accent.light);
    }

    proptest! {
        #[test]
        fn every_accent_can_be_read(red: u8, green: u8, blue: u8) {
            let accent = Accent::of(Colour(red, green, blue));
            for ground in [Colour::WHITE, LIGHT_GROUND] {
                prop_assert!(accent.light.contrast(ground) >= CONTRAST_MIN, "{} on {ground}", accent.light);
            }
            prop_assert!(accent.dark.contrast(DARK_GROUND) >= CONTRAST_MIN, "{}", accent.dark);
        }
    }

    #[test]
    fn the_default_can_be_read_too() {
        let accent = Accent::default();
        assert!(accent.light.contrast(LIGHT_GROUND) >= CONTRAST_MIN);
        assert!(accent.dark.contrast(DARK_GROUND) >= CONTRAST_MIN);
    }
}
