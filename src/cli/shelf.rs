//! From a file on the command line to the newsletter it is an issue of, and how its mistakes are shown.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::new::newsletter;
use super::output::Tone;
use super::{Context, Failure, wiring};
use crate::config::Config;
use crate::content::problem::Problem;
use crate::domain::newsletter::Newsletter;
use crate::images::Gallery;
use crate::publishing::{Draft, Library, LibraryError};
use crate::templates::Templates;

/// What is needed to read and render issues of any newsletter.
pub(super) struct Shelf<'a> {
    config: &'a Config,
    public_url: String,
    templates: Templates,
    gallery: Gallery,
}

impl<'a> Shelf<'a> {
    /// With the templates of `config`.
    pub(super) fn new(config: &'a Config) -> anyhow::Result<Self> {
        let templates = wiring::templates(config)?;
        Ok(Self { config, public_url: wiring::public_url(config), templates, gallery: Gallery::default() })
    }

    /// The issues of one newsletter.
    pub(super) fn library(&'a self, newsletter: &'a Newsletter) -> Library<'a> {
        Library { newsletter, public_url: &self.public_url, templates: &self.templates, gallery: &self.gallery }
    }

    /// The layouts.
    pub(super) fn templates(&self) -> &Templates {
        &self.templates
    }

    /// What prepares images.
    pub(super) fn gallery(&self) -> &Gallery {
        &self.gallery
    }

    /// Reads `file` as an issue of the newsletter `named`, or of the one whose it must be: the only one, or else the
    /// only one whose folder it is in and which its front matter does not contradict.
    pub(super) fn read(
        &'a self,
        file: &Path,
        named: Option<&str>,
    ) -> anyhow::Result<(&'a Newsletter, Result<Draft, LibraryError>)> {
        if named.is_some() || self.config.newsletters.len() == 1 {
            let newsletter = newsletter(self.config, named)?;
            return Ok((newsletter, self.library(newsletter).read(file)));
        }
        let mut readings: Vec<_> = self
            .config
            .newsletters
            .iter()
            .filter(|newsletter| is_in(file, &newsletter.issues))
            .map(|newsletter| (newsletter, self.library(newsletter).read(file)))
            .filter(|(_, draft)| !matches!(draft, Err(LibraryError::Newsletter { .. })))
            .collect();
        match (readings.pop(), readings.is_empty()) {
            (Some(reading), true) => Ok(reading),
            _ => {
                Err(Failure::usage(format!("{}: it is not clear which newsletter this is an issue of", file.display()))
                    .hint("add --newsletter, or a line `newsletter: SLUG` to its front matter")
                    .into())
            }
        }
    }

    /// Every issue of every newsletter, or of the one that is named.
    pub(super) fn files(&'a self, named: Option<&str>) -> anyhow::Result<Vec<PathBuf>> {
        let mut all = Vec::new();
        for newsletter in &self.config.newsletters {
            if named.is_none_or(|named| named == newsletter.slug) {
                all.extend(self.library(newsletter).files()?);
            }
        }
        all.sort();
        all.dedup();
        Ok(all)
    }
}

fn is_in(file: &Path, folder: &Path) -> bool {
    let whole = |path: &Path| std::fs::canonicalize(path).ok();
    match (whole(file), whole(folder)) {
        (Some(file), Some(folder)) => file.starts_with(folder),
        _ => false,
    }
}

/// `FILE:LINE:COLUMN: error: what`, and the hint below.
pub(super) fn show(file: &Path, problem: &Problem, context: &Context) -> anyhow::Result<()> {
    let output = &context.output;
    let word = match problem.is_error() {
        true => output.toned(Tone::Bad, "error"),
        false => output.toned(Tone::Warn, "warning"),
    };
    let Problem { line, column, message, .. } = problem;
    output.line(format!("{}:{line}:{column}: {word}: {message}", file.display()))?;
    match &problem.hint {
        Some(hint) => output.line(format!("  hint: {hint}")),
        None => Ok(()),
    }
}

/// What is wrong with an issue, as `check --json` and the refusal of others have it.
pub(super) fn as_json(file: &Path, problems: &[Problem]) -> Value {
    json!({ "file": file, "ok": !problems.iter().any(Problem::is_error), "problems": problems })
}
