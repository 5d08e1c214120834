//! Findings as workflow commands, which GitHub Actions shows as annotations.
//!
//! Source: GitHub Docs, "Workflow commands for GitHub Actions", "Setting an error message"; the escapes are those of
//! `actions/toolkit`, `packages/core/src/command.ts`.

use std::fmt::Write;

use iam_policy_document::{Diagnostic, Lines, Severity, StyledText, Visible};

use super::format::{Format, Part, Tally};
use super::inspect::Inspected;
use super::repository::Repository;

pub(super) struct Github {
    repository: Repository,
}

impl Github {
    pub(super) fn new() -> Self {
        Self {
            repository: Repository::of_variable("GITHUB_WORKSPACE"),
        }
    }
}

impl Format for Github {
    fn file(&mut self, inspected: &Inspected) -> Part {
        let file = self.repository.path(&inspected.name);
        let lines = Lines::new(&inspected.text);
        let commands = inspected
            .diagnostics()
            .map(|diagnostic| command(diagnostic, Some((&file, &lines))));
        text(commands.collect())
    }

    fn unreadable(&mut self, problem: &Diagnostic) -> Part {
        text(command(problem, None))
    }

    fn summary(&self, tally: &Tally) -> Option<String> {
        super::human::Human.summary(tally)
    }
}

fn text(commands: String) -> Part {
    let mut text = StyledText::new();
    text.plain(&commands);
    Part::Text(text)
}

/// A workflow command on a line of its own.
fn command(diagnostic: &Diagnostic, place: Option<(&str, &Lines<'_>)>) -> String {
    let mut command = format!("::{} ", level(diagnostic.severity));
    if let Some((file, lines)) = place {
        let _ = write!(command, "file={},", property(file));
        if let Some(span) = diagnostic.location.span {
            let (start, end) = (lines.position(span.start), lines.position(span.end));
            // A `String` takes everything.
            let _ = write!(command, "line={},endLine={},", start.line, end.line);
            // GitHub ignores columns of a location on several lines.
            if start.line == end.line {
                let _ = write!(command, "col={},endColumn={},", start.column, end.column);
            }
        }
    }
    let title = diagnostic.code.unwrap_or("iam-policy");
    let _ = writeln!(command, "title={}::{}", property(title), data(&diagnostic.details()));
    command
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error | Severity::SecurityWarning => "error",
        Severity::Warning => "warning",
        Severity::Suggestion | Severity::Note => "notice",
    }
}

/// Escapes a message, which ends with its line.
fn data(text: &str) -> String {
    let visible = text.split('\n').map(|line| Visible(line).to_string());
    let lines: Vec<_> = visible
        .map(|line| line.replace('%', "%25").replace('\r', "%0D"))
        .collect();
    lines.join("%0A")
}

/// Escapes the value of a property, which also ends with a comma or colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_ends_a_command() {
        let hostile = "a\n::error::b\r\n%0A,:\u{1b}]\u{202e}";
        assert_eq!(data(hostile), "a%0A::error::b\\r%0A%250A,:\\u{1b}]\\u{202e}");
        assert_eq!(
            property(hostile),
            "a%0A%3A%3Aerror%3A%3Ab\\r%0A%250A%2C%3A\\u{1b}]\\u{202e}"
        );
        let problem = Diagnostic::error(hostile).with_code("CODE");
        let lines = Lines::new(b"");
        let command = command(&problem, Some((hostile, &lines)));
        assert_eq!(command.matches('\n').count(), 1, "{command}");
        assert!(command.starts_with("::error file=a%0A%3A%3A"), "{command}");
    }
}
