//! What differs between the languages.

use std::fmt::Write;

use iam_policy_core::text::is_invisible;
use iam_policy_spec::pascal_case;

use super::super::deployment::identifiers::snake_case;

/// A language in which the CDK has constructs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    TypeScript,
    Python,
}

impl Language {
    /// The name of the module's file.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::TypeScript => "permissions.ts",
            Self::Python => "permissions.py",
        }
    }

    pub(super) const fn comment(self) -> &'static str {
        match self {
            Self::TypeScript => "//",
            Self::Python => "#",
        }
    }

    pub(super) const fn indentation(self) -> &'static str {
        match self {
            Self::TypeScript => "  ",
            Self::Python => "    ",
        }
    }

    /// What ends a statement.
    pub(super) const fn end(self) -> &'static str {
        match self {
            Self::TypeScript => ";",
            Self::Python => "",
        }
    }

    /// What adds the elements of a list to another one.
    pub(super) const fn spread(self) -> &'static str {
        match self {
            Self::TypeScript => "...",
            Self::Python => "*",
        }
    }

    /// The value of what has none.
    pub(super) const fn nothing(self) -> &'static str {
        match self {
            Self::TypeScript => "undefined",
            Self::Python => "None",
        }
    }

    /// The construct itself.
    pub(super) const fn this(self) -> &'static str {
        match self {
            Self::TypeScript => "this",
            Self::Python => "self",
        }
    }

    /// Names that variables and parameters of functions cannot have.
    ///
    /// Source: The Python Language Reference, "Keywords". In TypeScript, all names are properties.
    pub(super) const fn reserved(self) -> &'static [&'static str] {
        match self {
            Self::TypeScript => &["environment"],
            Self::Python => &[
                "and",
                "as",
                "assert",
                "async",
                "await",
                "break",
                "class",
                "continue",
                "def",
                "del",
                "elif",
                "else",
                "except",
                "finally",
                "for",
                "from",
                "global",
                "if",
                "import",
                "in",
                "is",
                "lambda",
                "nonlocal",
                "not",
                "or",
                "pass",
                "raise",
                "return",
                "try",
                "while",
                "with",
                "yield", // Other names of the module.
                "environment",
                "iam",
                "id",
                "organizations",
                "partition",
                "re",
                "scope",
                "self",
            ],
        }
    }

    /// A name as the language writes those of variables and properties.
    pub(super) fn variable(self, name: &str) -> String {
        match self {
            Self::Python => snake_case(name),
            Self::TypeScript => {
                let pascal = pascal_case(name);
                let mut characters = pascal.chars();
                let first = characters.next().map(|first| first.to_ascii_lowercase());
                first.into_iter().chain(characters).collect()
            }
        }
    }

    /// A literal for a text.
    pub(super) fn string(self, text: &str) -> String {
        let mut out = String::from("\"");
        for character in text.chars() {
            let code = u32::from(character);
            // Writing to a `String` cannot fail.
            let _ = match character {
                '"' | '\\' => write!(out, "\\{character}"),
                '\n' => write!(out, "\\n"),
                _ if !is_invisible(character) => write!(out, "{character}"),
                _ if code <= 0xFFFF => write!(out, "\\u{code:04x}"),
                _ => match self {
                    Self::TypeScript => write!(out, "\\u{{{code:x}}}"),
                    Self::Python => write!(out, "\\U{code:08x}"),
                },
            };
        }
        out.push('"');
        out
    }

    /// A literal for a list of expressions.
    pub(super) fn list(elements: impl IntoIterator<Item = String>) -> String {
        let elements: Vec<_> = elements.into_iter().collect();
        format!("[{}]", elements.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_literals() {
        for (text, typescript, python) in [
            ("a\"\\${x}", r#""a\"\\${x}""#, r#""a\"\\${x}""#),
            ("\n\u{7f}\u{2028}", r#""\n\u007f\u2028""#, r#""\n\u007f\u2028""#),
            ("\u{e0041}", r#""\u{e0041}""#, r#""\U000e0041""#),
        ] {
            assert_eq!(Language::TypeScript.string(text), typescript);
            assert_eq!(Language::Python.string(text), python);
        }
    }

    #[test]
    fn names_are_those_of_the_language() {
        assert_eq!(Language::TypeScript.variable("bucket-prefix"), "bucketPrefix");
        assert_eq!(Language::Python.variable("Bucket-prefix"), "bucket_prefix");
    }
}
