//! What each element looks like in a mail (E5-E18, E26): inline, six-digit colours, sides swapped for right-to-left.
//!
//! Classes exist for dark mode alone; templates/email/base.html has their rules.

use super::{Align, Target};
use crate::domain::design::{Colour, Design};

/// For small print and tables.
const SANS: &str = "font-family:-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
/// For code.
const MONO: &str = "font-family:Menlo, Consolas, 'Courier New', monospace";
/// For captions and sources.
const SMALL: &str = "font-size:15px;line-height:22px;mso-line-height-rule:exactly;color:#555b64";
const BODY: &str = "font-size:18px;line-height:28px;mso-line-height-rule:exactly;color:#1f2328";

/// How elements are styled: not at all on the web, where the page has a style sheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) target: Target,
    pub(super) rtl: bool,
    pub(super) depth: usize,
    accent: Colour,
    font: &'static str,
    heading_font: &'static str,
}

impl Look {
    pub(super) fn new(target: Target, rtl: bool, design: &Design) -> Self {
        let (font, heading_font) = (design.font.families(), design.heading_font.families());
        Self { target, rtl, depth: 0, accent: design.accent.light, font, heading_font }
    }

    fn mail(self, class: &str, style: &str) -> String {
        match self.target {
            Target::Mail => format!(" class=\"{class}\" style=\"{style}\""),
            Target::Web => String::new(),
        }
    }

    /// The gap below a block: none below the last one of a quote or an item, whose own gap follows.
    fn gap(self, last: bool) -> u8 {
        if last && self.depth > 0 { 0 } else { 20 }
    }

    fn start(self) -> &'static str {
        if self.rtl { "right" } else { "left" }
    }

    fn end(self) -> &'static str {
        if self.rtl { "left" } else { "right" }
    }

    pub(super) fn paragraph(self, last: bool) -> String {
        self.mail("t", &format!("margin:0 0 {}px 0;font-family:{};{BODY}", self.gap(last), self.font))
    }

    pub(super) fn heading(self, level: u8) -> String {
        let size = match level {
            2 => "font-size:22px;line-height:28px",
            3 => "font-size:19px;line-height:26px",
            _ => "font-size:18px;line-height:26px",
        };
        let style = format!(
            "margin:32px 0 12px 0;font-family:{};{size};mso-line-height-rule:exactly;font-weight:bold;color:#111827",
            self.heading_font
        );
        self.mail("t", &style)
    }

    pub(super) fn quote(self, last: bool) -> String {
        let (gap, start) = (self.gap(last), self.start());
        self.mail("q", &format!("margin:0 0 {gap}px 0;padding-{start}:16px;border-{start}:3px solid #c5cbd3"))
    }

    pub(super) fn attribution(self) -> String {
        self.mail("m", &format!("margin:8px 0 0 0;{SANS};{SMALL}"))
    }

    pub(super) fn figure(self, last: bool) -> String {
        self.mail("f", &format!("margin:0 0 {}px 0", self.gap(last)))
    }

    pub(super) fn caption(self) -> String {
        self.mail("m", &format!("margin:8px 0 0 0;{SANS};{SMALL}"))
    }

    pub(super) fn list(self, last: bool) -> String {
        let (gap, start) = (self.gap(last), self.start());
        self.mail("t", &format!("margin:0 0 {gap}px 0;padding-{start}:28px"))
    }

    pub(super) fn item(self) -> String {
        self.mail("t", &format!("margin:0 0 8px 0;font-family:{};{BODY}", self.font))
    }

    pub(super) fn code_block(self, last: bool) -> String {
        let style = format!(
            "margin:0 0 {}px 0;padding:0 0 0 16px;border-left:3px solid #c5cbd3;{MONO};font-size:15px;line-height:22px;\
             mso-line-height-rule:exactly;color:#1f2328;text-align:left",
            self.gap(last)
        );
        format!(" dir=\"ltr\"{}{}", self.scrolls(), self.mail("t q", &style))
    }

    /// On a page what may be wider than a telephone scrolls by itself, by keys too.
    fn scrolls(self) -> &'static str {
        if self.target == Target::Web { " tabindex=\"0\"" } else { "" }
    }

    pub(super) fn code(self) -> String {
        match self.target {
            Target::Mail => format!(" dir=\"ltr\" style=\"{MONO};font-size:16px\""),
            Target::Web => " dir=\"ltr\"".to_owned(),
        }
    }

    /// Around a table of data, which may be wider than a telephone: it scrolls by itself, by keys too.
    pub(super) fn table_frame(self, last: bool) -> String {
        format!(" tabindex=\"0\" style=\"margin:0 0 {}px 0;overflow-x:auto\"", self.gap(last))
    }

    pub(super) fn table(self) -> String {
        match self.target {
            Target::Mail => " role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" width=\"100%\" \
                             style=\"width:100%;border-collapse:collapse\""
                .to_owned(),
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

    pub(super) fn cell(self, tag: &str, align: Align) -> String {
        let side = match align {
            Align::Start => self.start(),
            Align::Center => "center",
            Align::End => self.end(),
        };
        let weight = if tag == "th" { "font-weight:bold" } else { "font-weight:normal" };
        let style = format!(
            "padding:6px 8px;border-bottom:1px solid #d9dde3;text-align:{side};vertical-align:top;{SANS};font-size:15px;\
             line-height:22px;mso-line-height-rule:exactly;color:#1f2328;{weight}"
        );
        match self.target {
            Target::Mail => self.mail("t r", &style),
            Target::Web if align == Align::Start => String::new(),
            // The page's policy lets no style attribute in.
            Target::Web => format!(" class=\"{}\"", if align == Align::Center { "center" } else { "end" }),
        }
    }

    pub(super) fn rule(self) -> String {
        self.mail("r", "margin:28px 0;border:0;border-top:1px solid #d9dde3")
    }

    /// An address as text, or a word too long for a telephone, may break anywhere.
    pub(super) fn link(self, breaks: bool) -> String {
        let breaks = if breaks { ";line-break:anywhere" } else { "" };
        self.mail("l", &format!("color:{};text-decoration:underline{breaks}", self.accent))
    }

    /// A width in per cent lets a narrow mailbox shrink the column; the attribute is for those that read no styles.
    pub(super) fn image(self, width: u32) -> String {
        let style = format!(
            "width:100%;max-width:{width}px;height:auto;display:block;{SANS};font-size:14px;line-height:21px;color:#555b64"
        );
        self.mail("m", &style)
    }
}
