//! What each element looks like in a mail (E5-E18, E26): inline, six-digit colours, sides swapped for right-to-left. What
//! is said hundreds of times, of links, items and code amid words, is in the style block of templates/email/base.html:
//! a mailbox without that shows them in its own way, which is well.
//!
//! Classes are for that and for dark mode.

use crate::content::target::Target;
use crate::content::tree::Align;
use crate::domain::design::Design;

/// For small print and tables.
const SANS: &str = "font-family:-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const MONO: &str = "font-family:Menlo, Consolas, 'Courier New', monospace";
const SMALL: &str = "font-size:15px;line-height:22px;mso-line-height-rule:exactly;color:#555b64";
const TABLE: &str = "font-size:15px;line-height:22px;mso-line-height-rule:exactly;color:#1f2328";
const BODY: &str = "font-size:18px;line-height:28px;mso-line-height-rule:exactly;color:#1f2328";

/// How elements are styled: not at all on the web, where the page has a style sheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct InlineStyle {
    pub(super) target: Target,
    pub(super) rtl: bool,
    pub(super) depth: usize,
    font: &'static str,
    heading_font: &'static str,
}

impl InlineStyle {
    pub(super) fn new(target: Target, rtl: bool, design: &Design) -> Self {
        let (font, heading_font) = (design.font.families(), design.heading_font.families());
        Self { target, rtl, depth: 0, font, heading_font }
    }

    fn mail(self, class: &str, style: &str) -> String {
        match self.target {
            Target::Mail => format!(" class=\"{class}\" style=\"{style}\""),
            Target::Web => String::new(),
        }
    }

    /// All of the text: its letters and colour are said once here, and every element within has them from it.
    pub(super) fn body(self, html: &str) -> String {
        match self.target {
            Target::Mail => {
                let attributes = self.mail("t", &format!("font-family:{};{BODY}", self.font));
                format!("<div{attributes}>\n{}</div>\n", html)
            }
            Target::Web => html.to_owned(),
        }
    }

    /// A declaration of a mail, on an element that has its letters and colour from what is around it.
    fn plain(self, style: &str) -> String {
        match self.target {
            Target::Mail => format!(" style=\"{style}\""),
            Target::Web => String::new(),
        }
    }

    /// The margin of a block: only below.
    fn margin(self, last: bool) -> &'static str {
        if last && self.depth > 0 { "margin:0" } else { "margin:0 0 20px" }
    }

    fn start(self) -> &'static str {
        if self.rtl { "right" } else { "left" }
    }

    fn end(self) -> &'static str {
        if self.rtl { "left" } else { "right" }
    }

    pub(super) fn paragraph(self, last: bool) -> String {
        self.plain(self.margin(last))
    }

    /// Bold it is without being told, and its colour is that of the text.
    pub(super) fn heading(self, level: u8) -> String {
        let font = match level {
            2 => "22px/28px",
            3 => "19px/26px",
            _ => "18px/26px",
        };
        self.plain(&format!("margin:32px 0 12px;font:bold {font} {}", self.heading_font))
    }

    pub(super) fn quote(self, last: bool) -> String {
        let (margin, start) = (self.margin(last), self.start());
        self.mail("q", &format!("{margin};padding-{start}:16px;border-{start}:3px solid #c5cbd3"))
    }

    pub(super) fn attribution(self) -> String {
        self.mail("m", &format!("margin:8px 0 0 0;{SANS};{SMALL}"))
    }

    pub(super) fn figure(self, last: bool) -> String {
        self.mail("f", self.margin(last))
    }

    pub(super) fn caption(self) -> String {
        self.mail("m", &format!("margin:8px 0 0 0;{SANS};{SMALL}"))
    }

    pub(super) fn list(self, last: bool) -> String {
        let (margin, start) = (self.margin(last), self.start());
        self.plain(&format!("{margin};padding-{start}:28px"))
    }

    pub(super) fn code_block(self, last: bool) -> String {
        let style = format!(
            "{};padding:0 0 0 16px;border-left:3px solid #c5cbd3;{MONO};font-size:15px;line-height:22px;\
             mso-line-height-rule:exactly;text-align:left",
            self.margin(last)
        );
        format!(" dir=\"ltr\"{}{}", self.scrolls(), self.mail("q", &style))
    }

    /// On a page what may be wider than a telephone scrolls by itself, by keys too.
    fn scrolls(self) -> &'static str {
        if self.target == Target::Web { " tabindex=\"0\"" } else { "" }
    }

    pub(super) fn code(self) -> String {
        match self.target {
            Target::Mail => {
                let direction = if self.rtl { " dir=\"ltr\"" } else { "" };
                format!("{direction} style=\"font-size:16px\"")
            }
            Target::Web => " dir=\"ltr\"".to_owned(),
        }
    }

    /// Around a table of data, which may be wider than a telephone: it scrolls by itself, by keys too.
    pub(super) fn table_frame(self, last: bool) -> String {
        format!(" tabindex=\"0\" style=\"{};overflow-x:auto\"", self.margin(last))
    }

    pub(super) fn table(self) -> String {
        match self.target {
            Target::Mail => format!(
                " role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" width=\"100%\"{}",
                self.mail("t", &format!("width:100%;border-collapse:collapse;{SANS};{TABLE}"))
            ),
            Target::Web => self.scrolls().to_owned(),
        }
    }

    /// What an element of a table is, where no element says it.
    pub(super) fn role(self, role: &str) -> String {
        match self.target {
            Target::Mail => format!(" role=\"{role}\""),
            Target::Web => String::new(),
        }
    }

    /// What a cell has from neither its table nor its row: the line below, and its side where that is not the start.
    pub(super) fn cell(self, tag: &str, align: Align) -> String {
        let side = match align {
            Align::Start => self.start(),
            Align::Center => "center",
            Align::End => self.end(),
        };
        let is_default = align == Align::Start && tag == "td";
        let side = if is_default { String::new() } else { format!(";text-align:{side}") };
        match self.target {
            Target::Mail => self.mail("r", &format!("padding:6px 8px;border-bottom:1px solid #d9dde3{side}")),
            Target::Web if align == Align::Start => String::new(),
            // The page's policy lets no style attribute in.
            Target::Web => format!(" class=\"{}\"", if align == Align::Center { "center" } else { "end" }),
        }
    }

    pub(super) fn rule(self) -> String {
        self.mail("r", "margin:28px 0;border:0;border-top:1px solid #d9dde3")
    }

    /// An address as text, or a word too long for a telephone, may break anywhere.
    /// Its colour is in the style block: a mailbox without that shows links as it shows all others.
    pub(super) fn link(self, breaks: bool) -> String {
        match (self.target, breaks) {
            (Target::Mail, true) => self.mail("l", "line-break:anywhere"),
            (Target::Mail, false) => " class=\"l\"".to_owned(),
            (Target::Web, _) => String::new(),
        }
    }

    /// Its alternative text is small. An image by itself is a block; one amid words stays in its line. A width in per cent
    /// lets a narrow mailbox shrink the column; the attribute is for those that read no styles. Where the width is not known
    /// it is that of the file.
    pub(super) fn image(self, width: Option<u32>, alone: bool) -> String {
        let size = match (width, alone) {
            (Some(width), true) => format!("width:100%;max-width:{width}px"),
            (Some(width), false) => format!("width:{width}px;max-width:100%"),
            (None, _) => "max-width:100%".to_owned(),
        };
        let display = if alone { ";display:block" } else { ";vertical-align:middle" };
        self.plain(&format!("{size};height:auto{display};font-size:14px;line-height:21px"))
    }

    /// What an element of an editor's own HTML is to look like, where it says nothing itself.
    pub(super) fn raw(self, element: &str) -> Option<(&'static str, String)> {
        match element {
            "a" => Some(("l", String::new())),
            "p" => Some(("", "margin:0 0 20px".to_owned())),
            // Tables take nothing over in Outlook.
            "td" | "th" => Some(("t", format!("{SANS};{TABLE}"))),
            "img" => Some(("", "max-width:100%;height:auto".to_owned())),
            _ => None,
        }
        .filter(|_| self.target == Target::Mail)
    }
}
