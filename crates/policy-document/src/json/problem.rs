use std::fmt;

use crate::Span;

use crate::json::limits::MAX_DEPTH;

/// Something that makes a text no JSON, or no JSON that IAM accepts.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Lines, Span};
///
/// let source = b"{\n  \"Version\": nil\n}";
/// let problem = &iam_policy_document::json::read(source).problems[0];
/// assert_eq!(problem.to_string(), "expected a value, found `nil`");
/// assert_eq!(problem.span, Span::new(15, 18));
/// assert_eq!(Lines::new(source).position(problem.span.start).to_string(), "2:14");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// Where: the bytes that should be looked at. It is never empty unless the text ends there.
    pub span: Span,
}

impl Problem {
    /// What helps, if that is not said by the problem itself.
    ///
    /// - `source`: the text that was read; where it is no JSON at all, its beginning tells what it is instead
    ///
    /// # Examples
    ///
    /// ```
    /// let source = b"Version: '2012-10-17'\nStatement: []\n";
    /// let problems = iam_policy_document::json::read(source).problems;
    /// assert_eq!(problems.len(), 1);
    /// assert_eq!(problems[0].to_string(), "expected a value, found `Version`");
    /// assert_eq!(problems[0].help(source), Some("this looks like YAML, and a policy is JSON"));
    /// ```
    #[must_use]
    pub fn help(&self, source: &[u8]) -> Option<&'static str> {
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

/// What a text probably is that does not begin as JSON does.
fn another_language(text: &[u8]) -> Option<&'static str> {
    const BLOCKS: [&[u8]; 7] = [
        b"data",
        b"jsonencode",
        b"locals",
        b"module",
        b"policy",
        b"resource",
        b"variable",
    ];
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let (word, rest) = text.split_at(text.iter().position(|byte| !is_word(byte)).unwrap_or(text.len()));
    match rest.trim_ascii_start().first() {
        None if text.is_empty() => Some("the file is empty"),
        Some(b'%') if word.is_empty() => {
            Some("this looks percent-encoded, as IAM's API answers a policy: decode it first")
        }
        Some(b'<') if word.is_empty() => Some("this looks like a web page, and a policy is JSON"),
        Some(b':') if !word.is_empty() => Some("this looks like YAML, and a policy is JSON"),
        _ if word.starts_with(b"---") => Some("this looks like YAML, and a policy is JSON"),
        _ if BLOCKS.contains(&word) => {
            Some("this looks like Terraform's language, and a policy is JSON: `terraform show -json` has it")
        }
        _ => None,
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for Problem {}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// Bytes that are no UTF-8.
    InvalidUtf8,
    /// UTF-16, as PowerShell writes it. Nothing is read.
    Utf16,
    /// U+FEFF before the text.
    ByteOrderMark,
    /// Something else than what has to stand here.
    Expected {
        /// What has to stand here.
        expected: &'static str,
        /// What stands here, or nothing where the text ends.
        found: Option<String>,
    },
    /// A comment, from `#` or `//` to the end of its line, or from `/*` to `*/`.
    Comment,
    /// A string in other quotes than JSON's, of which this is the first. It is told of the first string in such quotes
    /// alone.
    OtherQuotes(char),
    /// A comma before a closing bracket.
    TrailingComma,
    /// Something after the document.
    TrailingText,
    /// A string without its closing quote.
    UnterminatedString,
    /// A character in a string that has to be escaped.
    ControlCharacter(char),
    /// A backslash and something that is no escape.
    InvalidEscape,
    /// An escaped half of a surrogate pair without its other half.
    LoneSurrogate,
    /// A number that JSON writes differently, such as `01`.
    InvalidNumber(String),
    /// A key that the same object has already.
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it stands for the first time.
        first: Span,
    },
    /// Objects and arrays in one another, deeper than [`MAX_DEPTH`]. Nothing is read from there on.
    TooDeep,
    /// More bytes than can be counted in 32 bits. Nothing is read.
    TooLong,
    /// More problems than [`MAX_PROBLEMS`](crate::json::MAX_PROBLEMS). Nothing is read from there on.
    TooManyProblems,
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidUtf8 => f.write_str("this is no UTF-8"),
            Self::Utf16 => f.write_str("this is UTF-16, and JSON is UTF-8"),
            Self::ByteOrderMark => f.write_str("a byte order mark stands before the document"),
            Self::Expected {
                expected,
                found: Some(found),
            } => write!(f, "expected {expected}, found `{found}`"),
            Self::Expected { expected, found: None } => write!(f, "expected {expected}, found the end of the text"),
            Self::Comment => f.write_str("JSON has no comments"),
            Self::OtherQuotes(quote) => write!(f, "expected `\"`, found `{quote}`"),
            Self::TrailingComma => f.write_str("a comma stands before a closing bracket"),
            Self::TrailingText => f.write_str("something stands after the document"),
            Self::UnterminatedString => f.write_str("the string has no closing quote"),
            Self::ControlCharacter(character) => {
                write!(
                    f,
                    "the character {} has to be escaped in a string",
                    character.escape_default()
                )
            }
            Self::InvalidEscape => f.write_str("there is no such escape"),
            Self::LoneSurrogate => f.write_str("half of a surrogate pair is no character"),
            Self::InvalidNumber(number) => write!(f, "`{number}` is no number"),
            Self::DuplicateKey { key, .. } => write!(f, "the key `{key}` is there twice"),
            Self::TooDeep => write!(f, "objects and arrays are nested deeper than {MAX_DEPTH} levels"),
            Self::TooLong => f.write_str("the text is too long"),
            Self::TooManyProblems => f.write_str("there are too many problems to go on"),
        }
    }
}
