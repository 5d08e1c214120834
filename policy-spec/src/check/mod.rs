//! The rules of the language that go beyond form, grouped by topic. None of them can be waived.

mod deployment;
mod literal;
mod managed;
mod names;
mod parameters;
mod principals;
mod size;
mod statements;
mod templates;
mod types;

use std::ops::Range;

use self::literal::Literal;
use crate::Source;
use crate::mistake::mistake;
use crate::model::{Spanned, Spec};
use iam_policy_document::Diagnostic;

/// Checks `spec` against every rule, and fills in the texts of its templates.
pub(crate) fn check(source: &Source, spec: &mut Spec, is_torn: bool) -> Vec<Diagnostic> {
    let mut checker = Checker {
        source,
        is_torn,
        diagnostics: Vec::new(),
    };
    checker.names(spec);
    checker.parameters(spec);
    checker.templates(spec);
    checker.types(spec);
    for policy in &mut spec.policies {
        checker.managed(policy);
        checker.statements(policy);
    }
    checker.deployed_names(spec);
    checker.sizes(spec);
    checker.diagnostics
}

struct Checker<'a> {
    source: &'a Source,
    is_torn: bool,
    diagnostics: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports that something is missing, unless a syntax error may be the reason.
    fn report_absence(&mut self, diagnostic: Diagnostic) {
        if !self.is_torn {
            self.report(diagnostic);
        }
    }

    /// The span in the spec of `range` in a string's value; the whole string if unknown.
    fn inside(&self, text: &Spanned<String>, range: Range<usize>) -> Range<usize> {
        let raw = self.source.slice(&text.span);
        match Literal::new(raw).find(&text.value, &range) {
            Some(found) => text.span.start + found.start..text.span.start + found.end,
            None => text.span.clone(),
        }
    }

    /// The line number of a location, for notes.
    fn line(&self, span: &Range<usize>) -> usize {
        self.source.position(span.start).line
    }

    /// Reports the first character of `text` that IAM rejects; returns whether there is one.
    fn characters(&mut self, text: &Spanned<String>) -> bool {
        let mut characters = text.value.char_indices();
        let rejected = characters.find(|(_, character)| !iam_policy_core::text::is_accepted(*character));
        if let Some((at, character)) = rejected {
            let span = self.inside(text, at..at + character.len_utf8());
            let code = u32::from(character);
            self.report(
                mistake(span, format!("IAM does not accept the character U+{code:04X}"))
                    .help("policies can contain tab, line feed, carriage return, and U+0020 to U+00FF"),
            );
        }
        rejected.is_some()
    }

    /// Reports the first control character in prose, other than tabs and line breaks: prose is shown on terminals and
    /// pages.
    fn control_characters(&mut self, prose: &Spanned<String>) {
        let mut characters = prose.value.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let is_line_break = character == '\r' && matches!(characters.peek(), None | Some((_, '\n')));
            if character.is_control() && !matches!(character, '\t' | '\n') && !is_line_break {
                let span = self.inside(prose, at..at + character.len_utf8());
                let code = u32::from(character);
                self.report(
                    mistake(span, format!("text cannot contain the control character U+{code:04X}"))
                        .help("remove it; tabs and line breaks are allowed"),
                );
                return;
            }
        }
    }
}
