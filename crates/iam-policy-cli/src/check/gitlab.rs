//! Findings as GitLab's Code Quality report.
//!
//! Source: GitLab Docs, "Code Quality", "Code Quality report format".

use std::collections::HashMap;
use std::sync::Arc;

use iam_policy_document::{Diagnostic, Lines, Severity};
use serde::Serialize;

use super::finding::Identity;
use super::format::{Format, Part, Tally};
use super::inspect::Inspected;
use super::json::to_json;
use super::repository::Repository;

/// One array, in which each finding is an object on a line of its own.
pub(super) struct Gitlab {
    repository: Repository,
    any: bool,
    /// How many findings have had an identity.
    numbers: HashMap<String, usize>,
}

impl Gitlab {
    pub(super) fn new() -> Self {
        Self {
            repository: Repository::of_variable("CI_PROJECT_DIR"),
            any: false,
            numbers: HashMap::new(),
        }
    }
}

impl Format for Gitlab {
    fn identifies(&self) -> bool {
        true
    }

    fn begin(&mut self) -> Part {
        Part::Json("[".to_owned())
    }

    fn file(&mut self, inspected: &Inspected) -> Part {
        let file: Arc<str> = self.repository.path(&inspected.name).into();
        let lines = Lines::new(&inspected.text);
        let mut text = String::new();
        for finding in &inspected.findings {
            let identity = Identity::new(&file, finding, &inspected.text);
            // Of equal findings, the order in the file decides. Findings above others do not change their numbers.
            let number = self.numbers.entry(identity.fingerprint(0)).or_default();
            *number += 1;
            let fingerprint = identity.fingerprint(*number);
            text.push_str(if self.any { ",\n" } else { "\n" });
            self.any = true;
            text.push_str(&to_json(&Issue::new(&finding.diagnostic, &file, &lines, fingerprint)));
        }
        Part::Json(text)
    }

    fn end(&mut self, _tally: &Tally) -> Part {
        Part::Json(if self.any { "\n]\n" } else { "]\n" }.to_owned())
    }

    fn summary(&self, tally: &Tally) -> Option<String> {
        super::human::Human.summary(tally)
    }
}

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: LineRange,
}

#[derive(Serialize)]
struct LineRange {
    begin: usize,
    end: usize,
}

impl<'a> Issue<'a> {
    fn new(diagnostic: &'a Diagnostic, file: &'a str, lines: &Lines<'_>, fingerprint: String) -> Self {
        let span = diagnostic.location.span;
        let (begin, end) = span.map_or((1, 1), |span| {
            (lines.position(span.start).line, lines.position(span.end).line)
        });
        Self {
            description: diagnostic.details(),
            check_name: diagnostic.code.unwrap_or_default(),
            fingerprint,
            severity: severity(diagnostic.severity),
            location: Location {
                path: file,
                lines: LineRange { begin, end },
            },
        }
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::SecurityWarning => "major",
        Severity::Warning => "minor",
        Severity::Suggestion | Severity::Note => "info",
    }
}
