//! Findings as a compiler shows them.

use std::fmt::Write;

use iam_policy_document::{Lines, SourceFile};

use super::format::{Format, Part, Tally};
use super::inspect::Inspected;

pub(super) struct Human;

impl Format for Human {
    fn file(&mut self, inspected: &Inspected) -> Part {
        let lines = Lines::new(&inspected.text);
        Part::Text(SourceFile::new(&inspected.name, &lines).show_all(inspected.diagnostics()))
    }

    fn summary(&self, tally: &Tally) -> Option<String> {
        let mut parts = Vec::new();
        for (count, one, many) in [
            (tally.errors, "error", "errors"),
            (tally.security_warnings, "security warning", "security warnings"),
            (tally.warnings, "warning", "warnings"),
            (tally.suggestions, "suggestion", "suggestions"),
        ] {
            if count > 0 {
                parts.push(counted(count, one, many));
            }
        }
        let files = counted(tally.files, "file", "files");
        let denied = if tally.denied > 0 { " (warnings are denied)" } else { "" };
        let mut summary = if tally.files == 0 {
            "nothing checked".to_owned()
        } else if parts.is_empty() {
            format!("{files} checked, no findings")
        } else {
            let found = parts.join(", ");
            let in_files = counted(tally.with_findings, "file", "files");
            format!("{files} checked: {found} in {in_files}{denied}")
        };
        for (count, why) in [(tally.ignored, "ignored by comments"), (tally.known, "in the baseline")] {
            if count > 0 {
                // A `String` takes everything.
                let _ = write!(summary, "; {} {why}", counted(count, "finding is", "findings are"));
            }
        }
        if tally.left_out > 0 {
            let others = counted(
                tally.left_out,
                "file without policies was",
                "files without policies were",
            );
            let _ = write!(summary, "; {others} skipped");
        }
        if tally.unreadable > 0 {
            let _ = write!(summary, "; {} could not be read", tally.unreadable);
        }
        Some(summary + "\n")
    }
}

/// A number with its noun.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
