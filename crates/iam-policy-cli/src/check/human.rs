//! Findings as a compiler shows them.

use std::fmt::Write;

use iam_policy_check::FindingType;
use iam_policy_document::{Excerpt, Lines, Visible};

use super::inspect::{Inspected, Remark};
use super::{Format, Tally};

/// How many places of one finding are shown.
const PLACES: usize = 4;

pub(super) struct Human;

impl Format for Human {
    fn file(&mut self, inspected: &Inspected) -> String {
        let mut text = String::new();
        if inspected.remarks.is_empty() {
            return text;
        }
        let lines = Lines::new(&inspected.text);
        for remark in &inspected.remarks {
            show(&mut text, inspected, &lines, remark);
            text.push('\n');
        }
        text
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
        let mut summary = if tally.files == 0 {
            "nothing checked".to_owned()
        } else if parts.is_empty() {
            format!("{files} checked, nothing found")
        } else {
            let found = parts.join(", ");
            let in_files = counted(tally.with_findings, "file", "files");
            format!("{files} checked: {found} in {in_files}")
        };
        if tally.left_out > 0 {
            let others = counted(
                tally.left_out,
                "file without policies was",
                "files without policies were",
            );
            // A `String` takes everything.
            let _ = write!(summary, "; {others} left out");
        }
        if tally.unreadable > 0 {
            let _ = write!(summary, "; {} could not be read", tally.unreadable);
        }
        Some(summary + "\n")
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn severity(kind: FindingType) -> &'static str {
    match kind {
        FindingType::Error => "error",
        FindingType::SecurityWarning => "security warning",
        FindingType::Warning => "warning",
        FindingType::Suggestion => "suggestion",
    }
}

fn show(out: &mut String, inspected: &Inspected, lines: &Lines<'_>, remark: &Remark) {
    let spans: Vec<_> = remark.places.iter().filter_map(|place| place.span).collect();
    let shown = spans.get(..PLACES).unwrap_or(&spans);
    let excerpt = Excerpt::new(&inspected.name, &inspected.text, lines).marks(shown.iter().copied());
    let margin = excerpt.margin();
    // A `String` takes everything.
    let _ = writeln!(
        out,
        "{}[{}]: {}",
        severity(remark.kind),
        remark.code,
        Visible(&remark.message)
    );
    let _ = write!(out, "{excerpt}");
    if let Some(more) = spans.len().checked_sub(PLACES).filter(|more| *more > 0) {
        let places = counted(more, "more place", "more places");
        let _ = writeln!(out, "{:margin$} = note: it is about {places}", "");
    }
    for note in &remark.notes {
        let _ = writeln!(out, "{:margin$} = note: {}", "", Visible(note));
    }
    for help in &remark.help {
        let _ = writeln!(out, "{:margin$} = help: {}", "", Visible(help));
    }
}
