//! Writes YAML that means the same in YAML 1.1, which CloudFormation reads, and in YAML 1.2.
//!
//! Source: YAML 1.1 and 1.2.2, "Plain Style" and "Double-Quoted Style"; AWS CloudFormation User Guide, "`Fn::Sub`".

use std::fmt::Write;

use iam_policy_core::template::{Piece, pieces};
use iam_policy_core::text::is_invisible;

use super::super::deployment::comment;

/// The text so far.
#[derive(Default)]
pub(super) struct Yaml {
    text: String,
    depth: usize,
    /// Whether the next line begins an element of a sequence.
    begins_element: bool,
}

impl Yaml {
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// Appends what another writer has written.
    pub(super) fn append(&mut self, other: Self) {
        self.text.push_str(&other.text);
    }

    pub(super) fn line(&mut self, line: &str) {
        let begins_element = std::mem::take(&mut self.begins_element);
        for level in 1..=self.depth {
            let is_dash = begins_element && level == self.depth;
            self.text.push_str(if is_dash { "- " } else { "  " });
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Writes comments. They come before an element, not inside it.
    pub(super) fn comment(&mut self, text: &str) {
        for line in comment::lines(text, self.depth * 2 + 2) {
            for _ in 0..self.depth {
                self.text.push_str("  ");
            }
            self.text.push_str(format!("# {line}").trim_end());
            self.text.push('\n');
        }
    }

    /// Writes a key whose value is on one line.
    pub(super) fn entry(&mut self, key: &str, value: &str) {
        self.line(&format!("{}: {value}", scalar(key)));
    }

    /// Writes a key, and below it a value of several lines.
    pub(super) fn nested(&mut self, key: &str, inside: impl FnOnce(&mut Self)) {
        self.tagged(&format!("{}:", scalar(key)), inside);
    }

    /// Writes a line, and below it a value of several lines.
    pub(super) fn tagged(&mut self, line: &str, inside: impl FnOnce(&mut Self)) {
        self.line(line);
        self.depth += 1;
        inside(self);
        self.depth -= 1;
    }

    /// Writes an element of a sequence.
    pub(super) fn element(&mut self, inside: impl FnOnce(&mut Self)) {
        self.depth += 1;
        self.begins_element = true;
        inside(self);
        self.begins_element = false;
        self.depth -= 1;
    }
}

/// A scalar that is a string: plain if nothing can take it for something else, or in double quotes.
pub(super) fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// Whether a plain scalar with this text is a string in every schema.
fn is_plain(text: &str) -> bool {
    let mut bytes = text.bytes();
    let is_other = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
        && bytes
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'/' | b'*' | b'?' | b'_' | b'.' | b'-'))
        && !text.ends_with(':')
        && !is_other.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A scalar in double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        let code = u32::from(character);
        // Writing to a `String` cannot fail.
        let _ = match character {
            '"' | '\\' => write!(out, "\\{character}"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            _ if !is_invisible(character) && !matches!(character, '\u{A0}' | '\u{FFFE}' | '\u{FFFF}') => {
                write!(out, "{character}")
            }
            _ if code <= 0xFF => write!(out, "\\x{code:02x}"),
            _ if code <= 0xFFFF => write!(out, "\\u{code:04x}"),
            _ => write!(out, "\\U{code:08x}"),
        };
    }
    out.push('"');
    out
}

/// What stands for a parameter of the spec.
pub(super) struct Reference<'n> {
    /// A parameter of the template.
    pub(super) name: &'n str,
    /// Its value, if it is not simply that of the parameter.
    pub(super) value: Option<String>,
}

/// A string with the values of parameters.
///
/// - `references`: what stands for a parameter; several are written one after the other
/// - `last`: written after the rest
pub(super) fn template<'n>(
    source: &str,
    references: &dyn Fn(&str) -> Vec<Reference<'n>>,
    last: Option<Reference<'n>>,
) -> String {
    let mut text = String::new();
    let mut values: Vec<Reference<'n>> = Vec::new();
    for piece in pieces(source).flatten() {
        match piece {
            Piece::Parameter(name) => values.extend(references(name).into_iter().inspect(|reference| {
                text.extend(["${", reference.name, "}"]);
            })),
            // Such text is always a whole piece.
            Piece::Text(piece) => text.push_str(&piece.replace("${", "${!")),
        }
    }
    if let Some(reference) = last {
        text.extend(["${", reference.name, "}"]);
        values.push(reference);
    }
    if let [only] = values.as_slice()
        && text.len() == only.name.len() + "${}".len()
    {
        return only.value.clone().unwrap_or_else(|| format!("!Ref {}", only.name));
    }
    if !text.contains("${") {
        return scalar(&text);
    }
    let mut locals: Vec<String> = Vec::new();
    for Reference { name, value } in values {
        let local = value.map(|value| format!("{name}: {value}"));
        locals.extend(local.filter(|local| !locals.contains(local)));
    }
    if locals.is_empty() {
        format!("!Sub {}", quoted(&text))
    } else {
        format!("!Sub [{}, {{{}}}]", quoted(&text), locals.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_strings() {
        for plain in [
            "s3:GetObject",
            "Allow",
            "aws:SourceAccount",
            "arn:aws:s3:::a/*",
            "s3:Get?*",
        ] {
            assert_eq!(scalar(plain), plain);
        }
        for (text, expected) in [
            ("", r#""""#),
            ("*", r#""*""#),
            ("2012-10-17", r#""2012-10-17""#),
            ("Yes", r#""Yes""#),
            ("a:", r#""a:""#),
            ("a b", r#""a b""#),
            ("a#b", r#""a#b""#),
            ("a\"\\\n\u{85}\u{2028}\u{e0041}", r#""a\"\\\n\x85\u2028\U000e0041""#),
        ] {
            assert_eq!(scalar(text), expected);
        }
    }

    #[test]
    fn templates_are_substituted() {
        let reference = |name: &'static str| Reference { name, value: None };
        let references = |name: &str| match name {
            "a" => vec![reference("Pa")],
            "b" => vec![reference("Path"), reference("Name")],
            _ => vec![Reference {
                name: "V",
                value: Some("!If [A, B, C]".to_owned()),
            }],
        };
        for (source, expected) in [
            ("*", r#""*""#),
            ("{a}", "!Ref Pa"),
            ("x-{a}", r#"!Sub "x-${Pa}""#),
            ("{b}", r#"!Sub "${Path}${Name}""#),
            ("{v}", "!If [A, B, C]"),
            ("{v}{v}{a}", r#"!Sub ["${V}${V}${Pa}", {V: !If [A, B, C]}]"#),
            ("a{{b}}", r#""a{b}""#),
            ("${aws:username}", r#"!Sub "${!aws:username}""#),
            ("{a}/${aws:username}/$", r#"!Sub "${Pa}/${!aws:username}/$""#),
        ] {
            assert_eq!(template(source, &references, None), expected, "{source}");
        }
    }

    #[test]
    fn elements_begin_with_a_dash() {
        let mut yaml = Yaml::default();
        yaml.nested("Statement", |yaml| {
            yaml.comment("Why.");
            yaml.element(|yaml| {
                yaml.entry("Sid", "A");
                yaml.nested("Action", |yaml| yaml.line("- s3:GetObject"));
            });
            yaml.element(|yaml| {
                yaml.tagged("!If", |yaml| {
                    yaml.line("- C");
                    yaml.element(|yaml| {
                        yaml.entry("Sid", "B");
                        yaml.entry("Effect", "Allow");
                    });
                });
            });
        });
        assert_eq!(
            yaml.finish(),
            "Statement:\n  # Why.\n  - Sid: A\n    Action:\n      - s3:GetObject\n  - !If\n      - C\n      - Sid: B\n        Effect: Allow\n"
        );
    }
}
