//! `[newsletters.SLUG.design]`. Which colours can be read is the domain's business; the logo's file is read later.

use super::reader::{Section, ValueRefusal};
use super::sender::one_line;
use crate::domain::design::{Accent, Design, Font};

/// A line on top of a mail or below it; more is text.
const LINE_CHARS_MAX: usize = 200;

pub(super) fn read(section: Section<'_>) -> Design {
    let default = Design::default();
    Design {
        accent: section.parsed("accent", accent).unwrap_or(default.accent),
        logo: section.path_of("logo"),
        font: section.parsed("font", font).unwrap_or(default.font),
        heading_font: section.parsed("heading_font", font).unwrap_or(default.heading_font),
        header: section.parsed("header", line),
        footer: section.parsed("footer", line),
        closing: section.boolean("closing").unwrap_or(default.closing),
    }
}

fn accent(text: &str) -> Result<Accent, ValueRefusal> {
    let hint = || Some("write a # and six hexadecimal digits, such as \"#0b57a4\"".to_owned());
    text.parse().map(Accent::of).map_err(|_| (format!("{text:?} is not a colour"), hint()))
}

fn font(text: &str) -> Result<Font, ValueRefusal> {
    text.parse().map_err(|_| {
        let names: Vec<_> = Font::ALL.iter().map(|font| font.as_str()).collect();
        (
            format!("{text:?} is not a font that every reader has"),
            Some(format!("choose one of {}; mailboxes fetch no others", names.join(", "))),
        )
    })
}

pub(super) fn line(text: &str) -> Result<String, ValueRefusal> {
    let text = one_line(text)?;
    let chars = text.chars().count();
    if chars > LINE_CHARS_MAX {
        return Err((format!("it has {chars} characters, at most {LINE_CHARS_MAX} are allowed"), None));
    }
    Ok(text)
}
