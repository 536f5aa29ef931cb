//! What `coranto preview` is told. Knows no page.

use std::path::PathBuf;

use crate::domain::address::EmailAddress;

/// One part on stdout, instead of the page.
#[derive(Debug, clap::Args)]
#[group(id = "part", required = false, multiple = false)]
pub(in crate::cli) struct PartArgs {
    /// Print the HTML part.
    #[arg(long)]
    pub(super) html: bool,
    /// Print the text part.
    #[arg(long)]
    pub(super) text: bool,
    /// Print the whole message, headers, signature and all.
    #[arg(long)]
    pub(super) eml: bool,
}

/// Show an issue in all its views while it is written, or print one part of it.
///
/// The page shows it light, dark, on a phone, without styles and without images, its text part, its web version and its
/// headers, with the checks beside them, and follows every save. Only this machine can open it. A file with errors is
/// shown as far as it goes; its parts are printed too, with the errors on stderr and exit code 3.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto preview issues/2026-11-27-a-note.md --open
  coranto preview issues/2026-11-27-a-note.md --text",
    after_help = "More examples:
  coranto preview                                               the next issue's file
  coranto preview issues/2026-11-27-a-note.md --html > note.html
  coranto preview issues/2026-11-27-a-note.md --eml > note.eml"
)]
pub(in crate::cli) struct Args {
    /// The file; without one, that of the next issue.
    pub(super) file: Option<PathBuf>,
    #[command(flatten)]
    pub(super) part: PartArgs,
    /// Open the page in the browser.
    #[arg(long, conflicts_with = "part")]
    pub(super) open: bool,
    /// The page's port on this machine [default: 8026, or any that is free].
    #[arg(long, value_name = "PORT", conflicts_with = "part")]
    pub(super) port: Option<u16>,
    /// The reader's address.
    #[arg(long, default_value = "reader@example.org")]
    pub(super) to: EmailAddress,
    /// The reader's name; without one, fallbacks show.
    #[arg(long)]
    pub(super) name: Option<String>,
    /// The newsletter, where there are several.
    #[arg(long, value_name = "SLUG")]
    pub(super) newsletter: Option<String>,
}
