//! Writes lines of code.

use super::super::deployment::comment;
use super::language::Language;

/// The text so far.
pub(super) struct Code {
    pub(super) language: Language,
    text: String,
    depth: usize,
}

impl Code {
    pub(super) const fn new(language: Language) -> Self {
        Self {
            language,
            text: String::new(),
            depth: 0,
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    pub(super) fn line(&mut self, line: &str) {
        for _ in 0..if line.is_empty() { 0 } else { self.depth } {
            self.text.push_str(self.language.indentation());
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Writes lines that are indented further.
    pub(super) fn inside(&mut self, inside: impl FnOnce(&mut Self)) {
        self.depth += 1;
        inside(self);
        self.depth -= 1;
    }

    /// Writes lines between two others, of which the last may be empty.
    pub(super) fn block(&mut self, first: &str, last: &str, inside: impl FnOnce(&mut Self)) {
        self.line(first);
        self.inside(inside);
        if !last.is_empty() {
            self.line(last);
        }
    }

    pub(super) fn comment(&mut self, text: &str) {
        let mark = self.language.comment();
        for line in comment::lines(text, self.width() + mark.len() + 1) {
            self.line(format!("{mark} {line}").trim_end());
        }
    }

    /// Writes what documents the next line: a comment that editors show in TypeScript, and a plain one in Python.
    pub(super) fn documentation(&mut self, text: &str) {
        if self.language == Language::Python {
            self.comment(text);
            return;
        }
        let lines = comment::lines(&text.replace("*/", "* /"), self.width() + 7);
        if let [only] = lines.as_slice() {
            self.line(&format!("/** {only} */"));
            return;
        }
        self.line("/**");
        for line in &lines {
            self.line(format!(" * {line}").trim_end());
        }
        self.line(" */");
    }

    fn width(&self) -> usize {
        self.depth * self.language.indentation().len()
    }
}
