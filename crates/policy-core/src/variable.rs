//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and `${*}`, `${?}` and `${$}`, which stand for
//! the characters themselves.
//!
//! Source: IAM User Guide, "IAM policy elements: Variables and tags".
//!
//! # Examples
//!
//! ```
//! use iam_policy_core::variable::{Piece, pieces};
//!
//! let found: Vec<_> = pieces("home/${aws:PrincipalTag/team, 'none'}/${*}").collect();
//! let [Piece::Text("home/"), Piece::Variable(team), Piece::Text("/"), Piece::Character('*')] = found[..] else {
//!     panic!("{found:?}");
//! };
//! assert_eq!((team.key, team.default), ("aws:PrincipalTag/team", Some("none")));
//! ```

use core::fmt::{self, Write};

use crate::text::find_either;

/// A part of a text in which `${…}` is a policy variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Piece<'a> {
    /// Literal text, in which wildcards keep their meaning.
    Text(&'a str),
    /// The character that `${*}`, `${?}` or `${$}` stands for. It is not a wildcard.
    Character(char),
    /// A variable.
    Variable(Variable<'a>),
    /// A part whose text is unknown.
    Unknown(Unknown<'a>),
    /// A `${` that is never closed, with everything after it. IAM takes it as literal text, like [`Piece::Text`].
    Unclosed(&'a str),
}

/// A policy variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Variable<'a> {
    /// The condition key whose value the variable stands for. If the variable is malformed, this is everything inside
    /// the braces, which is no request's key.
    pub key: &'a str,
    /// The text that the variable stands for if the request does not have the key.
    pub default: Option<&'a str>,
    inside: &'a str,
}

/// What is wrong inside the braces of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VariableError {
    /// There is no key.
    Empty,
    /// There is a space in the key.
    Space,
    /// The default value is not in single quotes.
    Quotes,
}

impl<'a> Variable<'a> {
    fn new(inside: &'a str) -> Self {
        let with_default = || {
            let (key, default) = inside.split_once(',')?;
            Some((key, quoted(default)?))
        };
        match with_default() {
            Some((key, default)) => Self {
                key,
                default: Some(default),
                inside,
            },
            None => Self {
                key: inside,
                default: None,
                inside,
            },
        }
    }

    /// Checks the form of the variable, but not whether its key exists.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong inside the braces.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::variable::{Piece, VariableError, pieces};
    ///
    /// let Some(Piece::Variable(variable)) = pieces("${aws:PrincipalTag/team, none}").next() else {
    ///     panic!("not a variable");
    /// };
    /// assert_eq!(variable.check(), Err(VariableError::Quotes));
    /// ```
    pub fn check(&self) -> Result<(), VariableError> {
        let (key, default) = match self.inside.split_once(',') {
            Some((key, default)) => (key, Some(default)),
            None => (self.inside, None),
        };
        if key.trim().is_empty() {
            Err(VariableError::Empty)
        } else if key.contains(' ') {
            Err(VariableError::Space)
        } else if default.is_some_and(|default| quoted(default).is_none()) {
            Err(VariableError::Quotes)
        } else {
            Ok(())
        }
    }
}

fn quoted(text: &str) -> Option<&str> {
    text.trim().strip_prefix('\'')?.strip_suffix('\'')
}

impl fmt::Display for VariableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "this variable has no key",
            Self::Space => "the key of a variable cannot contain spaces",
            Self::Quotes => "the default value of a variable must be in single quotes",
        })
    }
}

impl core::error::Error for VariableError {}

/// A part of a text that is unknown but has a name: what a template refers to and only its deployment determines, such
/// as a parameter of a CloudFormation stack. The same name is the same text wherever it occurs.
///
/// Texts have it as `${`, [`MARK`](Self::MARK), the name and `}`. Display gives that form; [`shown`] gives a text
/// without the marks, for people.
///
/// # Examples
///
/// ```
/// use iam_policy_core::variable::{Piece, Unknown, pieces, shown};
///
/// let text = format!("arn:aws:s3:::{}/*", Unknown::new("Bucket"));
/// assert_eq!(shown(&text).to_string(), "arn:aws:s3:::${Bucket}/*");
/// assert_eq!(pieces(&text).nth(1), Some(Piece::Unknown(Unknown::new("Bucket"))));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unknown<'a> {
    /// Its name, such as `Bucket` or `aws_s3_bucket.logs.arn`, without wildcards and braces.
    pub name: &'a str,
    /// Whether it is known to be a single name or number: not empty, and without colons, slashes and wildcards.
    pub is_word: bool,
}

/// What the name of an [unknown part](Unknown::kind) says about its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnknownKind {
    /// A partition, such as `aws-cn`.
    Partition,
    /// A Region, such as `eu-west-1`.
    Region,
    /// The 12 digits of an account.
    Account,
}

impl<'a> Unknown<'a> {
    /// What follows the `${`, twice for a [word](Self#structfield.is_word). No policy has this character, which is none
    /// of those that AWS accepts.
    pub const MARK: char = '\u{1a}';

    /// An unknown part that can have any text.
    ///
    /// - `name`: without wildcards and braces
    #[must_use]
    pub const fn new(name: &'a str) -> Self {
        Self { name, is_word: false }
    }

    /// An unknown part that is a single [word](Self#structfield.is_word).
    ///
    /// - `name`: without wildcards and braces
    #[must_use]
    pub const fn word(name: &'a str) -> Self {
        Self { name, is_word: true }
    }

    /// What it is, as far as its name says so.
    ///
    /// Sources: AWS CloudFormation User Guide, "Pseudo parameters reference"; the data sources `aws_partition`,
    /// `aws_region` and `aws_caller_identity` of Terraform's provider for AWS.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::variable::{Unknown, UnknownKind};
    ///
    /// assert_eq!(Unknown::new("AWS::Region").kind(), Some(UnknownKind::Region));
    /// assert_eq!(Unknown::new("data.aws_partition.this.partition").kind(), Some(UnknownKind::Partition));
    /// assert_eq!(Unknown::new("Region").kind(), None);
    /// ```
    #[must_use]
    pub fn kind(self) -> Option<UnknownKind> {
        match self.name {
            "AWS::Partition" => return Some(UnknownKind::Partition),
            "AWS::Region" => return Some(UnknownKind::Region),
            "AWS::AccountId" => return Some(UnknownKind::Account),
            _ => {}
        }
        let (source, rest) = self.name.strip_prefix("data.")?.split_once('.')?;
        let (_, attribute) = rest.rsplit_once('.')?;
        match (source, attribute) {
            ("aws_partition", "partition") => Some(UnknownKind::Partition),
            ("aws_region", "name" | "region" | "id") => Some(UnknownKind::Region),
            ("aws_caller_identity", "account_id") => Some(UnknownKind::Account),
            _ => None,
        }
    }

    fn inside(inside: &'a str) -> Option<Self> {
        let name = inside.strip_prefix(Self::MARK)?;
        Some(match name.strip_prefix(Self::MARK) {
            Some(name) => Self::word(name),
            None => Self::new(name),
        })
    }
}

impl fmt::Display for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(OPEN)?;
        f.write_char(Self::MARK)?;
        if self.is_word {
            f.write_char(Self::MARK)?;
        }
        f.write_str(self.name)?;
        f.write_char(char::from(CLOSE))
    }
}

/// Whether `text` has unknown parts.
///
/// # Examples
///
/// ```
/// use iam_policy_core::variable::{Unknown, has_unknown};
///
/// assert!(has_unknown(&Unknown::new("Bucket").to_string()));
/// assert!(!has_unknown("${Bucket}"));
/// ```
#[must_use]
pub fn has_unknown(text: &str) -> bool {
    text.contains(Unknown::MARK)
}

/// The unknown parts of `text`, in order.
pub fn unknowns(text: &str) -> impl Iterator<Item = Unknown<'_>> {
    let text = if has_unknown(text) { text } else { "" };
    pieces(text).filter_map(|piece| match piece {
        Piece::Unknown(unknown) => Some(unknown),
        _ => None,
    })
}

/// The unknown part that `text` consists of, if it does.
///
/// # Examples
///
/// ```
/// use iam_policy_core::variable::{Unknown, only_unknown};
///
/// assert_eq!(only_unknown(&Unknown::new("Bucket").to_string()).map(|part| part.name), Some("Bucket"));
/// assert_eq!(only_unknown("Bucket"), None);
/// ```
#[must_use]
pub fn only_unknown(text: &str) -> Option<Unknown<'_>> {
    let mut pieces = pieces(text);
    match (pieces.next(), pieces.next()) {
        (Some(Piece::Unknown(unknown)), None) => Some(unknown),
        _ => None,
    }
}

/// A text as people see it: its unknown parts are `${name}`.
#[must_use]
pub const fn shown(text: &str) -> Shown<'_> {
    Shown(text)
}

/// What [`shown`] returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pieces = pieces(self.0);
        loop {
            let start = pieces.position();
            match pieces.next() {
                None => return Ok(()),
                Some(Piece::Unknown(unknown)) => {
                    f.write_str(OPEN)?;
                    f.write_str(unknown.name)?;
                    f.write_char(char::from(CLOSE))?;
                }
                Some(_) => f.write_str(self.0.get(start..pieces.position()).unwrap_or_default())?,
            }
        }
    }
}

/// What starts a variable, and what ends it.
const OPEN: &str = "${";
const CLOSE: u8 = b'}';

/// Whether a variable, or what could be one but for its missing brace, starts anywhere in `text`.
///
/// # Examples
///
/// ```
/// use iam_policy_core::variable::is_in;
///
/// assert!(is_in("home/${aws:username}"));
/// assert!(!is_in("home/$x"));
/// ```
#[must_use]
pub fn is_in(text: &str) -> bool {
    text.contains(OPEN)
}

/// Splits `text` at its variables.
#[must_use]
pub const fn pieces(text: &str) -> Pieces<'_> {
    Pieces { text, at: 0 }
}

/// The iterator that [`pieces`] returns.
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    text: &'a str,
    at: usize,
}

impl Pieces<'_> {
    /// The byte at which the next piece starts.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let (piece, length) = match rest.find(OPEN) {
            Some(0) => match starting_at(rest.as_bytes(), 0) {
                Some((Kind::Character(byte), end)) => (Piece::Character(char::from(byte)), end),
                Some((Kind::Variable, end)) => {
                    let inside = rest.get(OPEN.len()..end - 1).unwrap_or_default();
                    let unknown = Unknown::inside(inside).map(Piece::Unknown);
                    (unknown.unwrap_or_else(|| Piece::Variable(Variable::new(inside))), end)
                }
                None => (Piece::Unclosed(rest), rest.len()),
            },
            Some(start) => (Piece::Text(rest.get(..start)?), start),
            None => (Piece::Text(rest), rest.len()),
        };
        self.at += length;
        Some(piece)
    }
}

/// What a `${…}` is.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Character(u8),
    Variable,
}

/// The `${…}` that starts at `at`, if one does, and the byte after it.
pub(crate) const fn starting_at(text: &[u8], at: usize) -> Option<(Kind, usize)> {
    let (_, start) = text.split_at(at);
    match leading(start) {
        Some((kind, rest)) => Some((kind, text.len() - rest.len())),
        None => None,
    }
}

/// The `${…}` that a text begins with, if it does, and the text after it.
pub(crate) const fn leading(text: &[u8]) -> Option<(Kind, &[u8])> {
    let [b'$', b'{', inside @ ..] = text else {
        return None;
    };
    if let [byte @ (b'*' | b'?' | b'$'), CLOSE, rest @ ..] = inside {
        return Some((Kind::Character(*byte), rest));
    }
    let mut rest = inside;
    while let [byte, tail @ ..] = rest {
        if *byte == CLOSE {
            return Some((Kind::Variable, tail));
        }
        rest = tail;
    }
    None
}

/// Whether the key of a variable is `key`, ignoring case.
///
/// - `variable`: the whole `${…}`
pub(crate) const fn has_key(variable: &[u8], key: &str) -> bool {
    let [b'$', b'{', inside @ ..] = variable else {
        return false;
    };
    let mut inside = inside;
    let mut key = key.as_bytes();
    while let ([one, more_inside @ ..], [other, more_key @ ..]) = (inside, key) {
        if !one.eq_ignore_ascii_case(other) {
            return false;
        }
        (inside, key) = (more_inside, more_key);
    }
    key.is_empty() && matches!(inside, [b'}' | b',', ..])
}

/// The key of the first variable in a text; empty if there is none.
pub(crate) const fn first_key(text: &str) -> &str {
    let mut rest = text.as_bytes();
    while let [_, tail @ ..] = rest {
        if let Some((Kind::Variable, after)) = leading(rest) {
            let (_, variable) = text.split_at(text.len() - rest.len() + OPEN.len());
            let (inside, _) = variable.split_at(variable.len() - after.len() - 1);
            return match find_either(inside, b',', b',') {
                Some(comma) => inside.split_at(comma).0,
                None => inside,
            };
        }
        rest = tail;
    }
    ""
}

/// Whether `text` has a variable. `${*}`, `${?}` and `${$}` are not counted.
pub(crate) const fn has_variable(text: &[u8]) -> bool {
    let mut rest = text;
    while let [byte, tail @ ..] = rest {
        rest = match *byte {
            b'$' => match leading(rest) {
                Some((Kind::Variable, _)) => return true,
                Some((Kind::Character(_), after)) => after,
                None => tail,
            },
            _ => tail,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;
    use std::fmt::Write as _;
    use std::string::String;

    use super::*;

    fn check(text: &str, expected: Expect) {
        let mut found = String::new();
        let mut pieces = pieces(text);
        loop {
            let start = pieces.position();
            match pieces.next() {
                None => break,
                Some(Piece::Variable(variable)) => {
                    write!(found, "{start} variable {:?}", variable.key).unwrap();
                    if let Some(default) = variable.default {
                        write!(found, " or {default:?}").unwrap();
                    }
                    if let Err(error) = variable.check() {
                        write!(found, ": {error}").unwrap();
                    }
                    found.push('\n');
                }
                Some(piece) => writeln!(found, "{start} {piece:?}").unwrap(),
            }
        }
        expected.assert_eq(&found);
    }

    #[test]
    fn variables_and_characters() {
        check(
            "a${b}c${*}$x",
            expect![[r#"
                0 Text("a")
                1 variable "b"
                5 Text("c")
                6 Character('*')
                10 Text("$x")
            "#]],
        );
        check(
            "${a, 'b c'}${a,''}",
            expect![[r#"
                0 variable "a" or "b c"
                11 variable "a" or ""
            "#]],
        );
    }

    #[test]
    fn malformed_variables() {
        check(
            "${}${ }${a b}${a, b}${a,'}${ ${x}",
            expect![[r#"
                0 variable "": this variable has no key
                3 variable " ": this variable has no key
                7 variable "a b": the key of a variable cannot contain spaces
                13 variable "a, b": the default value of a variable must be in single quotes
                20 variable "a,'": the default value of a variable must be in single quotes
                26 variable " ${x": the key of a variable cannot contain spaces
            "#]],
        );
        check(
            "é${*}${ d",
            expect![[r#"
                0 Text("é")
                2 Character('*')
                6 Unclosed("${ d")
            "#]],
        );
    }

    #[test]
    fn unknown_parts() {
        check(
            "a${\u{1a}b}${\u{1a}\u{1a}AWS::Region}${*}${\u{1a}}",
            expect![[r#"
                0 Text("a")
                1 Unknown(Unknown { name: "b", is_word: false })
                6 Unknown(Unknown { name: "AWS::Region", is_word: true })
                22 Character('*')
                26 Unknown(Unknown { name: "", is_word: false })
            "#]],
        );
        let text = std::format!("{}/{}/${{x}}", Unknown::new("a"), Unknown::word("b"));
        assert_eq!(std::format!("{}", shown(&text)), "${a}/${b}/${x}");
        let names: std::vec::Vec<_> = unknowns(&text).map(|unknown| unknown.name).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(only_unknown(&text), None);
    }

    proptest! {
        #[test]
        fn pieces_cover_the_text(text in "[a*?${},'é]{0,16}") {
            let mut pieces = pieces(&text);
            let mut start = 0;
            let mut has_any = false;
            while let Some(piece) = pieces.next() {
                prop_assert!(pieces.position() > start);
                let source = &text[start..pieces.position()];
                match piece {
                    Piece::Text(text) | Piece::Unclosed(text) => prop_assert_eq!(text, source),
                    Piece::Character(c) => prop_assert_eq!(std::format!("${{{c}}}"), source),
                    Piece::Unknown(unknown) => prop_assert!(false, "{unknown}"),
                    Piece::Variable(variable) => {
                        has_any = true;
                        prop_assert_eq!(std::format!("${{{}}}", variable.inside), source);
                    }
                }
                start = pieces.position();
            }
            prop_assert_eq!(start, text.len());
            prop_assert_eq!(has_variable(text.as_bytes()), has_any);
        }
    }
}
