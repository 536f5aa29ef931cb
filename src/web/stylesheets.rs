//! The style sheets: each newsletter's, and that of the pages of none. Knows no route.

use data_encoding::HEXLOWER;

use crate::domain::NewsletterId;
use crate::domain::design::{Accent, Design};
use crate::signup::SignupList;
use crate::templates::pages::Style;
use crate::templates::{TemplateError, Templates};

/// Of a SHA-256, in bytes: enough that no two sheets of an installation share a name.
const NAME_BYTES: usize = 6;

/// The style sheets: one for each newsletter, for each has its colour, and one for the pages of none.
#[derive(Debug)]
pub(super) struct Stylesheets {
    plain: Stylesheet,
    own: Vec<(NewsletterId, Stylesheet)>,
}

#[derive(Debug)]
struct Stylesheet {
    name: String,
    css: String,
}

impl Stylesheets {
    /// Renders a sheet for each newsletter.
    pub(super) fn new(templates: &Templates, lists: &[SignupList]) -> Result<Self, TemplateError> {
        let own = lists.iter().map(|list| Ok((list.id, Stylesheet::new(templates, &style(&list.newsletter.design))?)));
        Ok(Self {
            plain: Stylesheet::new(templates, &style(&Design::default()))?,
            own: own.collect::<Result<_, TemplateError>>()?,
        })
    }

    /// The path of a newsletter's sheet, without a `/` at its beginning.
    pub(super) fn path(&self, newsletter: Option<NewsletterId>) -> String {
        let own = newsletter.and_then(|id| self.own.iter().find(|(owner, _)| *owner == id));
        format!("assets/{}", own.map_or(&self.plain, |(_, sheet)| sheet).name)
    }

    pub(super) fn css(&self, name: &str) -> Option<&str> {
        let mut sheets = self.own.iter().map(|(_, sheet)| sheet).chain([&self.plain]);
        sheets.find(|sheet| sheet.name == name).map(|sheet| sheet.css.as_str())
    }
}

impl Stylesheet {
    fn new(templates: &Templates, style: &Style) -> Result<Self, TemplateError> {
        let css = templates.render(style)?;
        Ok(Self { name: format!("style-{}.css", fingerprint(css.as_bytes())), css })
    }
}

/// A few letters that stand for a content.
pub(super) fn fingerprint(content: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, content);
    HEXLOWER.encode(&digest.as_ref()[..NAME_BYTES])
}

/// The style sheet of a newsletter that looks like `design`.
pub(super) fn style(design: &Design) -> Style {
    Style {
        accent: design.accent.light.to_string(),
        dark_accent: design.accent.dark.to_string(),
        dark_ink: Accent::DARK_INK.to_string(),
        font: design.font.families().to_owned(),
        heading_font: design.heading_font.families().to_owned(),
    }
}
