//! Text with placeholders: `{name}` is a parameter, `{{` and `}}` are literal braces, and IAM's own `${…}` is left
//! alone.
//!
//! This is the only definition of the syntax: the spec's reader finds errors with it, and
//! [`render`](crate::Policy::render) expands constants with it.
//!
//! # Examples
//!
//! ```
//! use iam_policy_core::template::{pieces, Piece};
//!
//! let found: Vec<_> = pieces("arn:{partition}:s3:::a{{}}/${aws:username}").map(Result::unwrap).collect();
//! assert_eq!(found, [
//!     Piece::Text("arn:"),
//!     Piece::Parameter("partition"),
//!     Piece::Text(":s3:::a"),
//!     Piece::Text("{"),
//!     Piece::Text("}"),
//!     Piece::Text("/"),
//!     Piece::Text("${aws:username}"),
//! ]);
//! ```

use core::fmt;
use core::ops::Range;

use crate::variable;

/// The parameter that every spec has without declaring it.
pub const PARTITION: &str = "partition";

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Piece<'a> {
    /// Literal text.
    Text(&'a str),
    /// The name of the parameter whose value goes here.
    Parameter(&'a str),
}

impl<'a> Piece<'a> {
    /// The name, if it is a parameter.
    #[must_use]
    pub const fn parameter(self) -> Option<&'a str> {
        match self {
            Self::Text(_) => None,
            Self::Parameter(name) => Some(name),
        }
    }
}

/// An error in a template; the range is in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TemplateError {
    /// A `{` or `${` without its `}`.
    Unclosed(Range<usize>),
    /// A `}` without its `{`.
    Unopened(Range<usize>),
    /// `{…}` around something that is not a valid parameter name.
    Name(Range<usize>),
}

impl TemplateError {
    /// The bytes of the template that are invalid.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        match self {
            Self::Unclosed(range) | Self::Unopened(range) | Self::Name(range) => range.clone(),
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unclosed(_) => "this brace is never closed",
            Self::Unopened(_) => "this brace closes nothing",
            Self::Name(_) => "this cannot be the name of a parameter",
        })
    }
}

impl core::error::Error for TemplateError {}

/// Splits `source` into its pieces. After an error, the iterator continues after the invalid text.
#[must_use]
pub fn pieces(source: &str) -> Pieces<'_> {
    Pieces { source, at: 0 }
}

/// The iterator that [`pieces`] returns.
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Pieces<'a> {
    /// The byte at which the next piece starts.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// Consumes the next `length` bytes, which end at a character boundary.
    fn take(&mut self, length: usize) -> &'a str {
        let start = self.at;
        self.at = (start + length).min(self.source.len());
        self.source.get(start..self.at).unwrap_or_default()
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<Piece<'a>, TemplateError>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let rest = self.source.get(start..)?;
        let bytes = rest.as_bytes();
        Some(match (bytes.first()?, bytes.get(1)) {
            (b'{', Some(b'{')) | (b'}', Some(b'}')) => {
                let brace = self.take(1);
                self.at += 1;
                Ok(Piece::Text(brace))
            }
            (b'}', _) => {
                self.take(1);
                Err(TemplateError::Unopened(start..self.at))
            }
            (b'{', _) => match rest.find('}') {
                None => {
                    self.take(rest.len());
                    Err(TemplateError::Unclosed(start..start + 1))
                }
                Some(end) => {
                    let whole = self.take(end + 1);
                    let name = whole.get(1..end).unwrap_or_default();
                    if crate::text::is_name(name) {
                        Ok(Piece::Parameter(name))
                    } else {
                        Err(TemplateError::Name(start..self.at))
                    }
                }
            },
            (b'$', Some(b'{')) => match variable::starting_at(bytes, 0) {
                None => {
                    self.take(rest.len());
                    Err(TemplateError::Unclosed(start..start + 2))
                }
                Some((_, end)) => Ok(Piece::Text(self.take(end))),
            },
            _ => Ok(Piece::Text(self.take(plain(rest)))),
        })
    }
}

/// The number of bytes of `text`, which starts with a plain one, before the next brace or `${`.
fn plain(text: &str) -> usize {
    let bytes = text.as_bytes();
    let stops = |at: usize| match bytes.get(at) {
        Some(b'{' | b'}') => true,
        Some(b'$') => bytes.get(at + 1) == Some(&b'{'),
        _ => false,
    };
    (1..bytes.len()).find(|&at| stops(at)).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::string::{String, ToString};
    use std::vec::Vec;

    use super::*;

    fn errors(source: &str) -> Vec<(String, String)> {
        pieces(source)
            .filter_map(Result::err)
            .map(|error| (error.to_string(), source[error.range()].to_string()))
            .collect()
    }

    #[test]
    fn errors_have_locations() {
        let one = |what: &str, text: &str| [(what.to_string(), text.to_string())].to_vec();
        assert_eq!(errors("a{b"), one("this brace is never closed", "{"));
        assert_eq!(errors("a${b"), one("this brace is never closed", "${"));
        assert_eq!(errors("a}b"), one("this brace closes nothing", "}"));
        assert_eq!(errors("a{}b{c}"), one("this cannot be the name of a parameter", "{}"));
        assert_eq!(errors("{a b}"), one("this cannot be the name of a parameter", "{a b}"));
    }

    #[test]
    fn variables_with_defaults_pass_through() {
        let source = "${aws:PrincipalTag/team, 'none'}$x";
        let found: Result<Vec<_>, _> = pieces(source).collect();
        assert_eq!(
            found.unwrap(),
            [Piece::Text("${aws:PrincipalTag/team, 'none'}"), Piece::Text("$x")]
        );
    }

    proptest! {
        #[test]
        fn nothing_is_lost(source in "[a{}$é]{0,16}") {
            let mut again = String::new();
            let mut whole = true;
            for piece in pieces(&source) {
                match piece {
                    Ok(Piece::Text("{")) => again.push_str("{{"),
                    Ok(Piece::Text("}")) => again.push_str("}}"),
                    Ok(Piece::Text(text)) => again.push_str(text),
                    Ok(Piece::Parameter(name)) => again.extend(["{", name, "}"]),
                    Err(error) => {
                        prop_assert!(source.get(error.range()).is_some());
                        whole = false;
                    }
                }
            }
            if whole {
                prop_assert_eq!(again, source);
            }
        }
    }
}
