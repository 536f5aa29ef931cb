//! How findings are said, in words or as JSON, and what the program ends with. Knows nothing of what is looked at.

use std::collections::BTreeMap;

use serde_json::json;

use super::output::TextStyle;
use super::text::count;
use super::{Context, Exit};
use crate::doctor::{Finding, FindingHealth};

/// Says each finding as soon as it is there, and keeps count.
pub(super) struct FindingReport<'a> {
    context: &'a Context,
    options: FindingOptions,
    counts: BTreeMap<FindingHealth, u64>,
}

/// Which findings are said, and which of them are a failure.
#[derive(Debug, Default)]
pub(super) struct FindingOptions {
    /// Ids, names and groups; all where none is named.
    pub(super) only: Vec<String>,
    /// Warnings count as failures.
    pub(super) strict: bool,
    /// How it stood when the server looked last, by id; what is not in it was well. Only what changed is said.
    pub(super) remembered: Option<BTreeMap<String, FindingHealth>>,
}

impl FindingOptions {
    fn wants(&self, finding: &Finding) -> bool {
        let is_meant = self.only.is_empty() || self.only.iter().any(|wanted| finding.check.is_meant_by(wanted));
        let is_news = self.remembered.as_ref().is_none_or(|known| {
            let before = known.get(&finding.check.id()).copied().unwrap_or(FindingHealth::Ok);
            // That nobody answers is no change.
            finding.health != FindingHealth::Unknown && finding.health != before
        });
        is_meant && is_news
    }
}

impl<'a> FindingReport<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self::with(context, FindingOptions::default())
    }

    pub(super) fn with(context: &'a Context, options: FindingOptions) -> Self {
        Self { context, options, counts: BTreeMap::new() }
    }

    pub(super) fn say(&mut self, finding: &Finding) -> anyhow::Result<()> {
        if !self.options.wants(finding) {
            return Ok(());
        }
        let output = &self.context.output;
        let (word, tone) = match finding.health {
            FindingHealth::Ok => ("ok  ", TextStyle::Good),
            FindingHealth::Unknown => ("?   ", TextStyle::Warn),
            FindingHealth::Warn => ("warn", TextStyle::Warn),
            FindingHealth::Fail => ("fail", TextStyle::Bad),
        };
        *self.counts.entry(finding.health).or_default() += 1;
        if output.is_json() {
            return output.json(finding);
        }
        output.line(format!("{}  {}: {}", output.toned(tone, word), finding.check, finding.text))?;
        match &finding.hint {
            Some(hint) => output.line(format!("      hint: {hint}")),
            None => Ok(()),
        }
    }

    pub(super) fn say_all(&mut self, findings: Vec<Finding>) -> anyhow::Result<()> {
        findings.iter().try_for_each(|finding| self.say(finding))
    }

    /// Says what it comes to.
    pub(super) fn end(self) -> anyhow::Result<Exit> {
        let of = |health: FindingHealth| self.counts.get(&health).copied().unwrap_or_default();
        let (failures, warnings, unknown) =
            (of(FindingHealth::Fail), of(FindingHealth::Warn), of(FindingHealth::Unknown));
        let output = &self.context.output;
        if output.is_json() {
            let all: BTreeMap<&str, u64> = FindingHealth::ALL.iter().map(|one| (one.as_str(), of(*one))).collect();
            output.json(&json!({ "summary": all }))?;
        }
        let beside: Vec<String> = [(warnings, "warning"), (unknown, "open question")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| count(number, word))
            .collect();
        match (failures, beside.is_empty()) {
            (0, true) if self.options.remembered.is_some() && self.counts.is_empty() => {
                output.note("\nNothing changed since the server looked last.");
            }
            (0, true) => output.note("\nAll is well."),
            (0, false) => output.note(format!("\nNothing is wrong; {}.", beside.join(", "))),
            (failures, _) => output.note(format!("\n{} to fix.", count(failures, "thing"))),
        }
        let is_bad = failures > 0 || (self.options.strict && warnings > 0);
        Ok(if is_bad { Exit::Problems } else { Exit::Ok })
    }
}
