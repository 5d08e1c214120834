//! Findings as a Markdown table, for summaries and comments of pull requests.

use std::fmt::Write;

use iam_policy_core::markdown::{Code, Inline};
use iam_policy_document::{Diagnostic, Lines, StyledText};

use super::format::{Format, Part, Tally};
use super::human::Human;
use super::inspect::Inspected;
use super::repository::Repository;

/// How many findings are shown. Services that show Markdown limit its size.
const SHOWN: usize = 200;

pub(super) struct Markdown {
    repository: Repository,
    found: usize,
}

impl Markdown {
    pub(super) fn new() -> Self {
        Self {
            repository: Repository::of_variable("GITHUB_WORKSPACE"),
            found: 0,
        }
    }

    fn row(&mut self, text: &mut String, place: &str, diagnostic: &Diagnostic) {
        if self.found == 0 {
            text.push_str("| Location | Severity | Finding |\n|---|---|---|\n");
        }
        self.found += 1;
        if self.found > SHOWN {
            return;
        }
        let severity = diagnostic.severity.label();
        // Writing to a `String` cannot fail.
        let _ = write!(text, "| {} | {severity} | ", Code(place));
        if let Some(code) = diagnostic.code {
            let _ = write!(text, "{}: ", Code(code));
        }
        let _ = writeln!(text, "{} |", Inline(&diagnostic.details()));
    }
}

impl Format for Markdown {
    fn file(&mut self, inspected: &Inspected) -> Part {
        let file = self.repository.path(&inspected.name);
        let lines = Lines::new(&inspected.text);
        let mut text = String::new();
        for diagnostic in inspected.diagnostics() {
            let place = match diagnostic.location.span {
                Some(span) => format!("{file}:{}", lines.position(span.start)),
                None => file.clone(),
            };
            self.row(&mut text, &place, diagnostic);
        }
        Part::Text(StyledText::from(text))
    }

    fn unreadable(&mut self, problem: &Diagnostic) -> Part {
        let mut text = String::new();
        self.row(&mut text, "-", problem);
        Part::Text(StyledText::from(text))
    }

    fn end(&mut self, tally: &Tally) -> Part {
        let mut text = String::new();
        if let Some(more) = self.found.checked_sub(SHOWN).filter(|more| *more > 0) {
            let _ = writeln!(text, "\n{more} more are not shown.");
        }
        if self.found > 0 {
            text.push('\n');
        }
        text.push_str(&Human.summary(tally).unwrap_or_default());
        Part::Text(StyledText::from(text))
    }
}
