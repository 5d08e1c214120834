use std::fmt;

use crate::json::limits::MAX_DEPTH;
use crate::{Diagnostic, Span};

/// The code of all problems with JSON.
pub const SYNTAX_ERROR: &str = "JSON_SYNTAX_ERROR";

/// What is wrong with a text, and where.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) kind: ProblemKind,
    pub(super) span: Span,
}

impl Problem {
    /// The diagnostic that readers see.
    ///
    /// - `source`: the text
    pub(super) fn diagnostic(&self, source: &[u8]) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(self.kind.to_string())
            .with_code(SYNTAX_ERROR)
            .at(self.span);
        if let ProblemKind::DuplicateKey { first, .. } = self.kind {
            diagnostic = diagnostic.label(first, "first used here");
        }
        if let Some(help) = self.help(source) {
            diagnostic = diagnostic.help(help);
        }
        diagnostic
    }

    fn help(&self, source: &[u8]) -> Option<&'static str> {
        match self.kind {
            ProblemKind::InvalidUtf8 | ProblemKind::Utf16 => Some("save the file as UTF-8"),
            ProblemKind::ByteOrderMark => Some("save the file as UTF-8 without a byte order mark"),
            ProblemKind::OtherQuotes(_) => Some("replace all quotes of this kind"),
            ProblemKind::Expected { .. } | ProblemKind::InvalidNumber(_) => {
                let before = source.get(..self.span.start)?;
                let is_comment = |line: &[u8]| {
                    let line = line.trim_ascii();
                    line.is_empty() || line.starts_with(b"#") || line.starts_with(b"//")
                };
                let is_beginning = before.split(|byte| *byte == b'\n').all(is_comment);
                another_language(source.get(self.span.start..)?).filter(|_| is_beginning)
            }
            _ => None,
        }
    }
}

/// What a text that does not start like JSON probably is.
fn another_language(text: &[u8]) -> Option<&'static str> {
    const BLOCKS: [&[u8]; 14] = [
        b"check",
        b"data",
        b"import",
        b"jsonencode",
        b"locals",
        b"module",
        b"moved",
        b"output",
        b"policy",
        b"provider",
        b"removed",
        b"resource",
        b"terraform",
        b"variable",
    ];
    const TEMPLATE: [&[u8]; 3] = [b"AWSTemplateFormatVersion", b"Resources", b"Transform"];
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let (word, rest) = text.split_at(text.iter().position(|byte| !is_word(byte)).unwrap_or(text.len()));
    match rest.trim_ascii_start().first() {
        None if text.is_empty() => Some("the file is empty"),
        Some(b'%') if word.is_empty() => {
            Some("this looks percent-encoded, which is how IAM's API returns policies: decode it first")
        }
        Some(b'<') if word.is_empty() => Some("this looks like a web page, but a policy is JSON"),
        Some(b':') if TEMPLATE.contains(&word) => {
            Some("this looks like a CloudFormation template, which is not supported: check the deployed policy")
        }
        Some(b':') if !word.is_empty() => Some("this looks like YAML, but a policy is JSON"),
        _ if word.starts_with(b"---") => Some("this looks like YAML, but a policy is JSON"),
        _ if BLOCKS.contains(&word) => {
            Some("this looks like Terraform configuration, which is not supported: save the policy itself as JSON")
        }
        _ => None,
    }
}

/// What is wrong with a text.
#[derive(Debug)]
pub(super) enum ProblemKind {
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// UTF-16, as written by PowerShell. Nothing is read.
    Utf16,
    /// U+FEFF before the text.
    ByteOrderMark,
    /// Something other than what is expected here.
    Expected {
        /// What is expected.
        expected: &'static str,
        /// What is here instead; `None` at the end of the text.
        found: Option<String>,
    },
    /// A comment, from `#` or `//` to the end of its line, or from `/*` to `*/`.
    Comment,
    /// A string in quotes that are not JSON's, with its first quote. Only the first such string is reported.
    OtherQuotes(char),
    /// A comma before a closing bracket.
    TrailingComma,
    /// Something after the document.
    TrailingText,
    /// A string without its closing quote.
    UnterminatedString,
    /// A character that must be escaped in a string.
    ControlCharacter(char),
    /// A backslash that does not start a valid escape.
    InvalidEscape,
    /// An escaped half of a surrogate pair without its other half.
    LoneSurrogate,
    /// A number that is not valid JSON, such as `01`.
    InvalidNumber(String),
    /// A key that the object already has.
    DuplicateKey {
        /// The key.
        key: String,
        /// Its first occurrence.
        first: Span,
    },
    /// Objects and arrays nested deeper than [`MAX_DEPTH`]. Reading stops there.
    TooDeep,
    /// More bytes than 32 bits can count. Nothing is read.
    TooLong,
    /// More problems than [`MAX_PROBLEMS`](crate::json::MAX_PROBLEMS). Reading stops there.
    TooManyProblems,
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidUtf8 => f.write_str("invalid UTF-8"),
            Self::Utf16 => f.write_str("this is UTF-16, but JSON must be UTF-8"),
            Self::ByteOrderMark => f.write_str("the document starts with a byte order mark"),
            Self::Expected {
                expected,
                found: Some(found),
            } => write!(f, "expected {expected}, found `{found}`"),
            Self::Expected { expected, found: None } => write!(f, "expected {expected}, found the end of the text"),
            Self::Comment => f.write_str("JSON does not allow comments"),
            Self::OtherQuotes(quote) => write!(f, "expected `\"`, found `{quote}`"),
            Self::TrailingComma => f.write_str("trailing comma"),
            Self::TrailingText => f.write_str("unexpected text after the document"),
            Self::UnterminatedString => f.write_str("unterminated string"),
            Self::ControlCharacter(character) => {
                write!(
                    f,
                    "the character {} must be escaped in a string",
                    character.escape_default()
                )
            }
            Self::InvalidEscape => f.write_str("invalid escape sequence"),
            Self::LoneSurrogate => f.write_str("unpaired surrogate in an escape sequence"),
            Self::InvalidNumber(number) => write!(f, "`{number}` is not a valid number"),
            Self::DuplicateKey { key, .. } => write!(f, "duplicate key `{key}`"),
            Self::TooDeep => write!(f, "objects and arrays are nested deeper than {MAX_DEPTH} levels"),
            Self::TooLong => f.write_str("the text is too long"),
            Self::TooManyProblems => f.write_str("too many problems; reading stops here"),
        }
    }
}
