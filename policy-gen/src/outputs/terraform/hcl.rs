//! Writes HCL as `terraform fmt` lays it out.
//!
//! Source: Terraform's "Configuration Syntax" and "Strings and Templates".

use std::fmt::Write;

use iam_policy_core::template::{Piece, pieces};
use iam_policy_core::text::is_invisible;

use super::super::deployment::comment;

/// The text so far.
#[derive(Default)]
pub(super) struct Hcl {
    text: String,
    depth: usize,
    /// The arguments of the lines that are not written yet, because their equals signs are aligned.
    pending: Vec<(&'static str, String)>,
}

impl Hcl {
    pub(super) fn finish(mut self) -> String {
        self.flush();
        self.text
    }

    /// Writes a line.
    pub(super) fn line(&mut self, line: &str) {
        self.flush();
        self.push(line);
    }

    fn push(&mut self, line: &str) {
        if !line.is_empty() {
            for _ in 0..self.depth {
                self.text.push_str("  ");
            }
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Writes an empty line, unless a block has just begun.
    pub(super) fn blank(&mut self) {
        self.flush();
        if !self.text.is_empty() && !self.text.ends_with("{\n") && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    pub(super) fn comment(&mut self, text: &str) {
        self.flush();
        for line in comment::lines(text, self.depth * 2 + 2) {
            self.push(format!("# {line}").trim_end());
        }
    }

    /// Writes `opening`, what is inside, and `closing`.
    pub(super) fn nested(&mut self, opening: &str, closing: &str, inside: impl FnOnce(&mut Self)) {
        self.line(opening);
        self.depth += 1;
        inside(self);
        self.flush();
        self.depth -= 1;
        self.line(closing);
    }

    /// Writes a block.
    pub(super) fn block(&mut self, header: &str, inside: impl FnOnce(&mut Self)) {
        self.nested(&format!("{header} {{"), "}", inside);
    }

    /// Writes an argument on one line.
    pub(super) fn argument(&mut self, name: &'static str, value: impl Into<String>) {
        self.pending.push((name, value.into()));
    }

    fn flush(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let width = pending.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in pending {
            self.push(&format!("{name:width$} = {value}"));
        }
    }
}

/// A quoted string.
pub(super) fn string(text: &str) -> String {
    quoted(&[Part::Text(text)])
}

/// A quoted string with the values of parameters; the value alone if there is nothing else.
///
/// - `value`: the expression for a parameter
/// - `brace`: what to write for a brace that would follow `&`; see [`has_hidden_variable`]
pub(super) fn template(source: &str, value: &dyn Fn(&str) -> String, brace: &str) -> String {
    let mut values = Vec::new();
    for piece in pieces(source).flatten() {
        values.push(match piece {
            Piece::Text(_) => String::new(),
            Piece::Parameter(name) => value(name),
        });
    }
    let mut parts: Vec<Part<'_>> = Vec::new();
    for (piece, value) in pieces(source).flatten().zip(&values) {
        parts.push(match piece {
            Piece::Text("{") if parts.last().is_some_and(Part::can_end_with_ampersand) => Part::Text(brace),
            Piece::Text(text) => Part::Text(text),
            Piece::Parameter(_) => Part::Value(value),
        });
    }
    match parts.as_slice() {
        [Part::Value(value)] => (*value).to_owned(),
        parts => quoted(parts),
    }
}

/// Whether the template contains `&{`, or does with some values. The data source for policies would read it as `${`, and
/// has no escape for it.
///
/// Source: the documentation of `aws_iam_policy_document`, "Context Variable Interpolation".
pub(super) fn has_hidden_variable(source: &str) -> bool {
    let mut follows = false;
    for piece in pieces(source).flatten() {
        if follows && piece == Piece::Text("{") {
            return true;
        }
        follows = match piece {
            Piece::Text(text) => text.ends_with('&'),
            Piece::Parameter(_) => true,
        };
    }
    false
}

/// A part of a quoted string.
enum Part<'a> {
    Text(&'a str),
    /// An expression.
    Value(&'a str),
}

impl Part<'_> {
    fn can_end_with_ampersand(&self) -> bool {
        match self {
            Self::Text(text) => text.ends_with('&'),
            Self::Value(_) => true,
        }
    }
}

fn quoted(parts: &[Part<'_>]) -> String {
    let mut out = String::from("\"");
    for (index, part) in parts.iter().enumerate() {
        let text = match part {
            Part::Value(value) => {
                // Writing to a `String` cannot fail; neither can it below.
                let _ = write!(out, "${{{value}}}");
                continue;
            }
            Part::Text(text) => text,
        };
        // The first character of what follows, which decides what `$` and `%` mean.
        let following = parts.get(index + 1).map(|part| match part {
            Part::Value(_) => '$',
            Part::Text(text) => text.chars().next().unwrap_or('$'),
        });
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let next = characters.peek().copied().or(following);
            match (character, next) {
                ('$' | '%', Some('{')) => out.extend([character, character]),
                // Together they would be another escape. Parsers disagree about escapes by code here.
                ('$' | '%', Some('$' | '%')) => {
                    let _ = write!(out, "${{\"{character}\"}}");
                }
                _ => push(&mut out, character),
            }
        }
    }
    out.push('"');
    out
}

fn push(out: &mut String, character: char) {
    match character {
        '"' | '\\' => out.extend(['\\', character]),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ if is_invisible(character) => {
            let code = u32::from(character);
            let _ = if code > 0xFFFF {
                write!(out, "\\U{code:08x}")
            } else {
                write!(out, "\\u{code:04x}")
            };
        }
        _ => out.push(character),
    }
}

/// A list of expressions on one line.
pub(super) fn list(elements: impl IntoIterator<Item = String>) -> String {
    let elements: Vec<_> = elements.into_iter().collect();
    format!("[{}]", elements.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        let value = |name: &str| format!("var.{name}");
        for (source, expected) in [
            ("arn:{p}/*", r#""arn:${var.p}/*""#),
            ("{p}", "var.p"),
            ("${aws:username}", r#""$${aws:username}""#),
            ("$${a}", r#""${"$"}$${a}""#),
            ("a$", r#""a$""#),
            ("a${p}", r#""a$${p}""#),
            ("%{{x}}", r#""%%{x}""#),
            ("a%{p}", r#""a${"%"}${var.p}""#),
            ("{p}{p}", r#""${var.p}${var.p}""#),
        ] {
            assert_eq!(template(source, &value, "{"), expected, "{source}");
        }
        assert_eq!(
            template("a&{{{p}{{", &value, " {brace} "),
            r#""a& {brace} ${var.p} {brace} ""#
        );
        assert!(has_hidden_variable("a&{{") && has_hidden_variable("{p}{{"));
        assert!(!has_hidden_variable("&${aws:username}a{{"));
        assert_eq!(
            string("a\"\\\n\u{7f}\u{e0041}<<EOT"),
            r#""a\"\\\n\u007f\U000e0041<<EOT""#
        );
    }

    #[test]
    fn arguments_are_aligned() {
        let mut hcl = Hcl::default();
        hcl.block("statement", |hcl| {
            hcl.argument("sid", string("A"));
            hcl.argument("effect", string("Allow"));
            hcl.nested("actions = [", "]", |hcl| {
                hcl.comment("Why.");
                hcl.line("\"a:B\",");
            });
            hcl.argument("resources", list([string("*")]));
        });
        assert_eq!(
            hcl.finish(),
            "statement {\n  sid    = \"A\"\n  effect = \"Allow\"\n  actions = [\n    # Why.\n    \"a:B\",\n  ]\n  resources = [\"*\"]\n}\n"
        );
    }
}
