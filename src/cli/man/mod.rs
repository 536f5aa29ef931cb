//! `coranto man`: the manual pages of a package, from the command line and the table of settings.

mod roff;
mod settings;

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap_mangen::Man;

use super::{Context, Exit};
use crate::clock::Timestamp;

/// Write the manual pages into a folder: one for each command, and coranto.toml(5).
#[derive(Debug, clap::Args)]
#[command(
    hide = true,
    before_help = "Examples:
  coranto man /usr/local/share/man"
)]
pub(super) struct Args {
    /// The folder, which is made when it is missing. The pages go into man1 and man5 in it.
    dir: PathBuf,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let (commands, files) = (args.dir.join("man1"), args.dir.join("man5"));
    for folder in [&commands, &files] {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let date = date(context);
    let mut pages = vec![(files.join("coranto.toml.5"), settings::page(&date))];
    let mut root = super::command();
    root.build();
    let mut below = vec![root];
    while let Some(command) = below.pop() {
        below.extend(command.get_subcommands().filter(|one| !one.is_hide_set()).cloned());
        let (name, text) = page(command, &date)?;
        pages.push((commands.join(name), text));
    }
    for (file, text) in pages {
        fs::write(&file, text).with_context(|| file.display().to_string())?;
    }
    Ok(Exit::Ok)
}

/// The day on a page: that of the sources where a build says so, for the same bytes each time.
fn date(context: &Context) -> String {
    let given = context.env.iter().find(|(name, _)| name == "SOURCE_DATE_EPOCH");
    let seconds = given.and_then(|(_, value)| value.parse::<i64>().ok());
    let at = seconds.map_or_else(|| context.now(), |seconds| Timestamp(seconds.saturating_mul(1_000)));
    at.to_jiff().strftime("%Y-%m-%d").to_string()
}

/// A command's page with the name of its file.
fn page(command: clap::Command, date: &str) -> anyhow::Result<(String, String)> {
    let said = |text: Option<&clap::builder::StyledStr>| text.map(ToString::to_string);
    let (examples, codes) = (said(command.get_before_help()), said(command.get_after_help()));
    let is_root = command.get_name() == "coranto";
    // They have sections of their own.
    let command = command.before_help("").after_help("").before_long_help("").after_long_help("");
    let has_more = command.get_subcommands().any(|one| !one.is_hide_set());
    let has_options = command.get_arguments().any(|one| !one.is_hide_set());
    let version = format!("coranto {}", env!("CARGO_PKG_VERSION"));
    let page = Man::new(command).manual("Coranto").date(date).source(version);
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    if has_options {
        page.render_options_section(&mut text)?;
    }
    if has_more {
        page.render_subcommands_section(&mut text)?;
    }
    let mut text = String::from_utf8(text)?;
    if let Some(examples) = examples {
        text.push_str(&roff::examples(examples.trim_start_matches("Examples:\n")));
    }
    if let Some(codes) = codes {
        text.push_str(&format!(".SH \"EXIT STATUS\"\n{}\n", roff::text(&codes)));
    }
    text.push_str(".SH \"SEE ALSO\"\n");
    if !is_root {
        text.push_str("\\fBcoranto\\fR(1) for the options of all commands,\n");
    }
    text.push_str("\\fBcoranto.toml\\fR(5)\n");
    Ok((page.get_filename(), text))
}
