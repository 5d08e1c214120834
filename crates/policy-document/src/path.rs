use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A part of the source: the bytes from `start` up to, but not including, `end`.
///
/// # Examples
///
/// ```
/// use iam_policy_document::Span;
///
/// assert_eq!(Span::new(2, 4).of("a: bc"), Some(" b"));
/// assert_eq!(Span::new(2, 40).of("a: bc"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// From `start` to `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The text of the span; `None` if `source` is another text.
    #[must_use]
    pub fn of(self, source: &str) -> Option<&str> {
        source.get(self.start..self.end)
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// One step of a [`Path`], named as in IAM Access Analyzer.
///
/// Source: IAM Access Analyzer API Reference, `PathElement`.
///
/// # Examples
///
/// ```
/// use iam_policy_document::Step;
///
/// assert_eq!(Step::value("Statement"), Step::Value("Statement".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The value of this key of an object.
    Value(Cow<'static, str>),
    /// The element of an array.
    Index(usize),
    /// This key itself.
    Key(Cow<'static, str>),
    /// Part of a string, in characters.
    Substring {
        /// Where it starts.
        start: usize,
        /// Its length.
        length: usize,
    },
}

impl Step {
    /// The step to the value of a key. Does not allocate for the keys that every policy has.
    #[must_use]
    pub fn value(name: &str) -> Self {
        Self::Value(known(name))
    }
}

fn known(name: &str) -> Cow<'static, str> {
    Cow::Borrowed(match name {
        "Statement" => "Statement",
        "Action" => "Action",
        "Resource" => "Resource",
        "Condition" => "Condition",
        "StringEquals" => "StringEquals",
        "StringLike" => "StringLike",
        _ => return Cow::Owned(name.to_owned()),
    })
}

/// The path from a document's root to an element.
///
/// # Examples
///
/// ```
/// use iam_policy_document::{Path, Step};
///
/// let path = Path(vec![
///     Step::Value("Statement".into()),
///     Step::Index(0),
///     Step::Value("Condition".into()),
///     Step::Value("StringLike".into()),
///     Step::Key("aws:userid".into()),
/// ]);
/// assert_eq!(path.to_string(), "Statement[0].Condition.StringLike.\"aws:userid\"");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub Vec<Step>);

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Value(name) | Step::Key(name) => {
                    if number > 0 {
                        f.write_str(".")?;
                    }
                    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
                    if !name.is_empty() && name.bytes().all(plain) {
                        f.write_str(name)?;
                    } else {
                        write!(f, "{name:?}")?;
                    }
                }
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Substring { start, length } => write!(f, "[{start}..{}]", start + length)?,
            }
        }
        Ok(())
    }
}
