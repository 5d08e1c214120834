//! What was found, for people.

use std::fmt::Write;

use iam_policy_document::{Lines, SourceFile, StyledText, Visible};

use crate::calls::Calls;
use crate::judge::Judgement;

impl Calls {
    /// Shows the operations outside of tests whose permissions are not known, one on each line.
    ///
    /// - `prefix`: what to add in front of the paths of files
    #[must_use]
    pub fn show_unmapped(&self, prefix: &str) -> String {
        let mut text = String::new();
        for call in self.unmapped().filter(|call| !call.is_test && call.origin.is_none()) {
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{}: the permissions of {}.{} are not known",
                place(prefix, &call.file, call.line, call.column),
                Visible(&call.service),
                Visible(&call.operation)
            );
        }
        text
    }

    /// Shows the methods that may be calls, and what could not be checked, one on each line.
    ///
    /// - `prefix`: what to add in front of the paths of files
    #[must_use]
    pub fn show_open(&self, prefix: &str) -> String {
        let mut text = String::new();
        for open in &self.unresolved {
            let _ = writeln!(
                text,
                "{}: unresolved: `{}` may be a call of {}",
                place(prefix, &open.file, open.line, open.column),
                Visible(&open.method),
                Visible(&open.services.join(" or "))
            );
        }
        for unchecked in &self.unchecked {
            let _ = writeln!(
                text,
                "not checked: {}: {}",
                Visible(&unchecked.subject),
                Visible(&unchecked.reason)
            );
        }
        text
    }
}

fn place(prefix: &str, file: &str, line: usize, column: usize) -> String {
    format!("{}:{line}:{column}", Visible(&format!("{prefix}{file}")))
}

impl Judgement {
    /// Shows the findings as a compiler would, each followed by an empty line.
    ///
    /// - `calls`: the calls that were compared
    /// - `prefix`: what to add in front of the paths of files with code
    #[must_use]
    pub fn show(&self, calls: &Calls, prefix: &str) -> StyledText {
        let mut text = StyledText::new();
        for (file, diagnostics) in &self.code {
            let lines = Lines::new(calls.text(file).unwrap_or_default().as_bytes());
            text.append(&SourceFile::new(&format!("{prefix}{file}"), &lines).show_all(diagnostics));
        }
        for (source, diagnostics) in &self.specs {
            text.append(&source.show_all(diagnostics));
        }
        for addition in &self.additions {
            let file = Visible(&addition.file);
            text.plain(&format!(
                "To grant the calls, add this to `{file}`, with the reasons:\n\n"
            ));
            if !addition.parameters.is_empty() {
                text.plain(&format!("[parameters]\n{}\n\n", addition.parameters));
            }
            text.plain(&format!("{}\n\n", addition.statements));
        }
        text
    }
}
