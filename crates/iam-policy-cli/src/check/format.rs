//! Output formats, and the tally of findings.

use iam_policy_commands::Exit;
use iam_policy_document::{Diagnostic, Severity, StyledText};

use super::inspect::Inspected;
use super::settings::Settings;

/// A part of the output.
pub(super) enum Part {
    /// For people.
    Text(StyledText),
    /// For programs; all parts together are valid JSON.
    Json(String),
}

/// An output format: a beginning, a part for each file, and an end. Nothing is kept of a file after it is written.
pub(super) trait Format {
    fn begin(&mut self) -> Part {
        Part::Text(StyledText::new())
    }

    /// Whether findings need what [identifies](super::finding::Identity) them.
    fn identifies(&self) -> bool {
        false
    }

    /// The output for a file.
    fn file(&mut self, inspected: &Inspected) -> Part;

    /// The output for a file that cannot be read, in addition to the message.
    fn unreadable(&mut self, _problem: &Diagnostic) -> Part {
        Part::Text(StyledText::new())
    }

    fn end(&mut self, _tally: &Tally) -> Part {
        Part::Text(StyledText::new())
    }

    /// The summary for people.
    fn summary(&self, _tally: &Tally) -> Option<String> {
        None
    }
}

/// The numbers of files and findings so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) files: usize,
    /// The number of files with findings.
    pub(super) with_findings: usize,
    pub(super) errors: usize,
    pub(super) security_warnings: usize,
    pub(super) warnings: usize,
    pub(super) suggestions: usize,
    /// Warnings where the settings deny them.
    pub(super) denied: usize,
    /// Findings that comments ignore.
    pub(super) ignored: usize,
    /// Findings in a baseline.
    pub(super) known: usize,
    /// Files that cannot be read, or are neither JSON nor TOML.
    pub(super) unreadable: usize,
    /// Files in folders that are neither policies nor specs.
    pub(super) left_out: usize,
}

impl Tally {
    /// Adds a file that has been checked.
    pub(super) fn add(&mut self, inspected: &Inspected, settings: &Settings) {
        self.files += 1;
        self.add_findings(inspected, settings);
    }

    /// Adds the findings about a file that is not one of those to check.
    pub(super) fn add_findings(&mut self, inspected: &Inspected, settings: &Settings) {
        self.with_findings += usize::from(!inspected.findings.is_empty());
        self.unreadable += usize::from(!inspected.readable);
        for diagnostic in inspected.diagnostics() {
            *match diagnostic.severity {
                Severity::Error => &mut self.errors,
                Severity::SecurityWarning => &mut self.security_warnings,
                Severity::Warning => {
                    self.denied += usize::from(settings.deny_warnings);
                    &mut self.warnings
                }
                Severity::Suggestion | Severity::Note => &mut self.suggestions,
            } += 1;
        }
    }

    pub(super) fn exit(&self) -> Exit {
        if self.unreadable > 0 {
            Exit::Usage
        } else if self.errors + self.security_warnings + self.denied > 0 {
            Exit::Negative
        } else {
            Exit::Success
        }
    }
}
