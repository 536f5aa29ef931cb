//! How findings are said, in words or as JSON, and what the program ends with. Knows nothing of what is looked at.

use super::output::TextStyle;
use super::text::count;
use super::{Context, Exit};
use crate::doctor::{Finding, FindingHealth};

/// Says each finding as soon as it is there, and keeps count.
pub(super) struct FindingReport<'a> {
    context: &'a Context,
    warnings: u64,
    failures: u64,
}

impl<'a> FindingReport<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, warnings: 0, failures: 0 }
    }

    pub(super) fn say(&mut self, finding: &Finding) -> anyhow::Result<()> {
        let output = &self.context.output;
        let (word, tone) = match finding.health {
            FindingHealth::Ok => ("ok  ", TextStyle::Good),
            FindingHealth::Warn => ("warn", TextStyle::Warn),
            FindingHealth::Fail => ("fail", TextStyle::Bad),
        };
        self.warnings += u64::from(finding.health == FindingHealth::Warn);
        self.failures += u64::from(finding.health == FindingHealth::Fail);
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
    pub(super) fn end(self) -> Exit {
        let output = &self.context.output;
        match (self.failures, self.warnings) {
            (0, 0) => output.note("\nAll is well."),
            (0, warnings) => output.note(format!("\nNothing is wrong; {}.", count(warnings, "warning"))),
            (failures, _) => output.note(format!("\n{} to fix.", count(failures, "thing"))),
        }
        if self.failures == 0 { Exit::Ok } else { Exit::Problems }
    }
}
