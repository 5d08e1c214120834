//! Parameters: their kinds, which values each kind may have, and the named sets of values for environments.

use core::fmt::{self, Display, Write};
use core::str::FromStr;

use crate::UnknownName;
use crate::shape::{Shape, write_class};
use crate::text::{self, ACCOUNT, Grouped, is_account, same};

/// A value that the user of a policy may choose.
///
/// # Examples
///
/// ```
/// use iam_policy_core::ParameterValue::Text;
/// use iam_policy_core::{Parameter, ParameterKind, ValueError};
///
/// const ACCOUNT: Parameter = Parameter::required("account").with_kind(ParameterKind::Account);
/// assert_eq!(ACCOUNT.check(Text("123456789012")), Ok(()));
/// assert_eq!(ACCOUNT.check(Text("*")), Err(ValueError::Any));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Parameter<'a> {
    /// The name in placeholders.
    pub name: &'a str,
    /// What values it may have.
    pub kind: ParameterKind,
    /// The value unless the user gives another. Without a default, the user must give one.
    pub default: Option<ParameterValue<'a>>,
    /// What it is.
    pub about: &'a str,
    /// Whether values may contain `/`.
    pub allow_slash: bool,
    /// Whether the value may be `*`, for an account or a Region.
    pub any: bool,
    /// The maximum number of characters of a value, or of each element of a list.
    pub max_length: Option<usize>,
    /// The maximum number of elements of a list.
    pub max_items: Option<usize>,
}

/// What values a parameter may have.
///
/// # Examples
///
/// ```
/// use iam_policy_core::ParameterKind;
///
/// assert_eq!(ParameterKind::from_name("account"), Some(ParameterKind::Account));
/// assert_eq!(ParameterKind::Account.max_length(), Some(12));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ParameterKind {
    /// `text`: text that does not change the meaning of a policy: not empty, and without wildcards, colons, braces, `$`
    /// and white space.
    #[default]
    Text,
    /// `account`: an account ID, which has twelve digits.
    Account,
    /// `region`: the code of an AWS Region, such as `eu-west-1`.
    Region,
    /// `partition`: an AWS partition, such as `aws-cn`.
    Partition,
    /// `arn`: the ARN of one resource, without wildcards.
    Arn,
    /// `list`: one or more texts. What contains the parameter is repeated for each of them.
    List,
}

impl ParameterKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Text,
        Self::Account,
        Self::Region,
        Self::Partition,
        Self::Arn,
        Self::List,
    ];

    /// The name that the spec uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Account => "account",
            Self::Region => "region",
            Self::Partition => "partition",
            Self::Arn => "arn",
            Self::List => "list",
        }
    }

    /// A value that a parameter of this kind could have; `None` for texts and lists, for which the parameter's own name is
    /// as good as any other.
    #[must_use]
    pub const fn example(self) -> Option<&'static str> {
        match self {
            Self::Account => Some("123456789012"),
            Self::Region => Some("us-east-1"),
            Self::Partition => Some("aws"),
            Self::Arn => Some("arn:aws:iam::123456789012:role/example"),
            Self::Text | Self::List => None,
        }
    }

    /// The kind of this `name`; `None` if there is none.
    #[must_use]
    pub const fn from_name(name: &str) -> Option<Self> {
        let mut rest = Self::ALL;
        while let [kind, tail @ ..] = rest {
            if same(kind.name(), name) {
                return Some(*kind);
            }
            rest = tail;
        }
        None
    }

    /// The maximum number of characters of a value whose parameter has no limit of its own; `None` if there is no
    /// maximum.
    #[must_use]
    pub const fn max_length(self) -> Option<usize> {
        match self {
            Self::Account => Some(12),
            Self::Region => Some(16),
            Self::Partition => Some(10),
            Self::Arn => Some(256),
            Self::Text | Self::List => None,
        }
    }

    /// What a value is called in messages, with an article.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Account => "an account ID",
            Self::Region => "a Region",
            Self::Partition => "a partition",
            Self::Arn => "an ARN",
            Self::List => "a list",
        }
    }
}

impl FromStr for ParameterKind {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::from_name(name).ok_or(UnknownName::new("kind of parameter"))
    }
}

impl Display for ParameterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The value of a parameter.
///
/// Its [`Display`] separates the elements of a list with commas, which they cannot contain.
///
/// # Examples
///
/// ```
/// use iam_policy_core::Options;
/// use iam_policy_core::ParameterValue::{self, List, Text};
///
/// let set: Vec<(&str, ParameterValue)> = ["bucket-prefix=audit-"]
///     .into_iter()
///     .filter_map(|set| set.split_once('='))
///     .map(|(name, value)| (name, value.into()))
///     .collect();
/// assert_eq!(Options::DEFAULT.parameters(&set), Options::DEFAULT.parameters(&[("bucket-prefix", Text("audit-"))]));
/// assert_eq!(List(&["a", "b"]).to_string(), "a,b");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterValue<'a> {
    /// A single text; for a list, its elements separated by commas.
    Text(&'a str),
    /// The elements of a list.
    List(&'a [&'a str]),
}

impl<'a> ParameterValue<'a> {
    /// The elements of a list.
    pub fn elements(self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        let (joined, list) = match self {
            Self::Text(text) => (Some(text), &[][..]),
            Self::List(list) => (None, list),
        };
        let joined = joined.into_iter().flat_map(|text| text.split(SEPARATOR));
        joined.chain(list.iter().copied())
    }
}

impl<'a> From<&'a str> for ParameterValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [&'a str]> for ParameterValue<'a> {
    fn from(list: &'a [&'a str]) -> Self {
        Self::List(list)
    }
}

impl Display for ParameterValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::List(list) => list.iter().enumerate().try_for_each(|(index, text)| {
                f.write_str(if index == 0 { "" } else { SEPARATOR })?;
                f.write_str(text)
            }),
        }
    }
}

/// What separates the elements of a list in text.
const SEPARATOR: &str = ",";

/// A named set of parameter values, such as those of an account in which a policy is used.
///
/// # Examples
///
/// ```
/// use iam_policy_core::ParameterValue::Text;
/// use iam_policy_core::{Environment, Options};
///
/// const VALUES: Environment = Environment::new("prod", &[("account", Text("123456789012"))]);
/// const PROD: Options = Options::DEFAULT.environment(VALUES);
/// assert_eq!(PROD.environment.map(|environment| environment.name), Some("prod"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Environment<'a> {
    /// The name in the spec.
    pub name: &'a str,
    /// Names of parameters and their values. All others keep their defaults.
    pub values: &'a [(&'a str, ParameterValue<'a>)],
}

impl<'a> Environment<'a> {
    /// An environment.
    ///
    /// - `name`: the name in the spec
    /// - `values`: names of parameters and their values
    #[must_use]
    pub const fn new(name: &'a str, values: &'a [(&'a str, ParameterValue<'a>)]) -> Self {
        Self { name, values }
    }

    /// The value of the parameter with this `name`; `None` if the environment does not set it.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<ParameterValue<'a>> {
        find(self.values, name)
    }
}

/// The value of the parameter with this `name`.
pub(crate) fn find<'a>(values: &[(&str, ParameterValue<'a>)], name: &str) -> Option<ParameterValue<'a>> {
    values
        .iter()
        .find(|(parameter, _)| *parameter == name)
        .map(|(_, value)| *value)
}

/// Why something cannot be the value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueError {
    /// It is empty, so a resource that contains it would match more.
    Empty,
    /// It contains a character that has a special meaning in a policy.
    Character(char),
    /// It contains a `/`, and the parameter does not allow that.
    Slash,
    /// It contains a character that IAM rejects.
    Refused(char),
    /// It is `*`, and the parameter does not allow that.
    Any,
    /// It is not an account ID.
    Account,
    /// It is not the code of a Region.
    Region,
    /// It is not an AWS partition.
    Partition,
    /// It is not an ARN.
    Arn,
    /// It is too long.
    TooLong {
        /// The maximum number of characters.
        limit: usize,
    },
    /// It is a list, and the parameter is not.
    List,
    /// It is a list without elements.
    NoElements,
    /// It is a list with too many elements.
    TooMany {
        /// The maximum number of elements.
        limit: usize,
    },
    /// It is a list that contains the same text twice.
    Repeated,
    /// It is an element of a list and contains a comma, which separates the elements.
    Comma,
}

impl<'a> Parameter<'a> {
    /// A text parameter whose values may not contain `/`.
    ///
    /// - `name`: the name in placeholders
    /// - `default`: the value unless the user gives another
    #[must_use]
    pub const fn new(name: &'a str, default: &'a str) -> Self {
        Self::required(name).with_default(Some(ParameterValue::Text(default)))
    }

    /// A text parameter without a default: the user must give a value.
    ///
    /// - `name`: the name in placeholders
    #[must_use]
    pub const fn required(name: &'a str) -> Self {
        Self {
            name,
            kind: ParameterKind::Text,
            default: None,
            about: "",
            allow_slash: false,
            any: false,
            max_length: None,
            max_items: None,
        }
    }

    /// Checks whether this parameter can have a value.
    ///
    /// - `value`: the value
    ///
    /// # Errors
    ///
    /// Returns the first problem.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::ParameterValue::{List, Text};
    /// use iam_policy_core::{Parameter, ParameterKind, ValueError};
    ///
    /// const BUCKET: Parameter = Parameter::new("bucket", "logs");
    /// assert_eq!(BUCKET.check(Text("audit")), Ok(()));
    /// assert_eq!(BUCKET.check(Text("a/b")), Err(ValueError::Slash));
    ///
    /// const BUCKETS: Parameter = Parameter::required("buckets").with_kind(ParameterKind::List);
    /// assert_eq!(BUCKETS.check(List(&["audit", "logs"])), Ok(()));
    /// assert_eq!(BUCKETS.check(List(&["audit", "*"])), Err(ValueError::Character('*')));
    /// ```
    pub fn check(&self, value: ParameterValue<'_>) -> Result<(), ValueError> {
        match (self.kind, value) {
            (ParameterKind::List, value) => {
                let elements = value.elements();
                if let Some(error) = self.count_error(elements.clone().count()) {
                    return Err(error);
                }
                elements.clone().enumerate().try_for_each(|(index, text)| {
                    self.check_text(text)?;
                    let is_repeated = elements.clone().take(index).any(|earlier| earlier == text);
                    if is_repeated { Err(ValueError::Repeated) } else { Ok(()) }
                })
            }
            (_, ParameterValue::Text(text)) => self.check_text(text),
            (_, ParameterValue::List(_)) => Err(ValueError::List),
        }
    }

    /// What is wrong with the number of elements of a list, if anything is.
    ///
    /// - `count`: the number of elements
    #[must_use]
    pub fn count_error(&self, count: usize) -> Option<ValueError> {
        match self.max_items {
            _ if count == 0 => Some(ValueError::NoElements),
            Some(limit) if count > limit => Some(ValueError::TooMany { limit }),
            _ => None,
        }
    }

    /// Checks whether this parameter can have a text as its value, or as an element of its list.
    ///
    /// - `text`: the text
    ///
    /// # Errors
    ///
    /// Returns the first problem.
    pub fn check_text(&self, text: &str) -> Result<(), ValueError> {
        if text.is_empty() {
            return Err(ValueError::Empty);
        }
        match self.kind {
            ParameterKind::Account | ParameterKind::Region if text == "*" => {
                return if self.any { Ok(()) } else { Err(ValueError::Any) };
            }
            ParameterKind::Account if !is_account(text) => return Err(ValueError::Account),
            ParameterKind::Region if !is_region(text) => return Err(ValueError::Region),
            ParameterKind::Partition if !Shape::Partition.matches(text) => return Err(ValueError::Partition),
            ParameterKind::Account | ParameterKind::Region | ParameterKind::Partition => return Ok(()),
            ParameterKind::Text | ParameterKind::Arn | ParameterKind::List => {}
        }
        text.chars().try_for_each(|character| self.check_character(character))?;
        if self.kind == ParameterKind::Arn && !ARN.matches(text) {
            return Err(ValueError::Arn);
        }
        match self.longest() {
            Some(limit) if text.chars().count() > limit => Err(ValueError::TooLong { limit }),
            _ => Ok(()),
        }
    }

    /// Checks a character of a text, an ARN or an element of a list.
    fn check_character(&self, character: char) -> Result<(), ValueError> {
        let is_arn = self.kind == ParameterKind::Arn;
        match character {
            ':' if is_arn => Ok(()),
            '/' if !self.allow_slash && !is_arn => Err(ValueError::Slash),
            ',' if self.kind == ParameterKind::List => Err(ValueError::Comma),
            _ => check_character(character),
        }
    }

    /// The syntax of a value, or of an element of a list, as a regular expression without anchors, for checks in other
    /// languages: it means the same in JavaScript, Python, RE2 and Java. It matches what [`check_text`](Self::check_text)
    /// accepts, except that it does not limit the length.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{Parameter, ParameterKind};
    ///
    /// let account = Parameter::required("account").with_kind(ParameterKind::Account);
    /// assert_eq!(account.pattern().to_string(), "[0-9]{12}");
    /// assert_eq!(account.with_any(true).pattern().to_string(), r"(\*|[0-9]{12})");
    /// ```
    #[must_use]
    pub fn pattern(&self) -> impl Display + use<'_, 'a> {
        Pattern(self)
    }

    /// The maximum number of characters of a value, or of each element of a list; `None` if there is no maximum.
    #[must_use]
    pub const fn longest(&self) -> Option<usize> {
        match self.max_length {
            Some(length) => Some(length),
            None => self.kind.max_length(),
        }
    }
}

/// Whether `text` has the form of the code of an AWS Region.
fn is_region(text: &str) -> bool {
    text.len() <= ParameterKind::Region.max_length().unwrap_or_default() && REGION.matches(text)
}

/// Whether a character is none that could change the meaning of a policy.
fn check_character(character: char) -> Result<(), ValueError> {
    match character {
        '*' | '?' | ':' | '$' | '{' | '}' => Err(ValueError::Character(character)),
        _ if character.is_whitespace() => Err(ValueError::Character(character)),
        _ if !text::is_accepted(character) => Err(ValueError::Refused(character)),
        _ => Ok(()),
    }
}

/// The code of an AWS Region.
///
/// Source: AWS Regions and Availability Zones User Guide, "AWS Regions". The codes of new Regions have the same form.
const REGION: Shape = Shape::Sequence(&[
    WORD,
    Shape::Repeated(&Shape::Sequence(&[Shape::Text("-"), WORD]), 1, None),
    Shape::Text("-"),
    Shape::One(|one| matches!(one, '1'..='9')),
    Shape::Repeated(&Shape::One(|one| one.is_ascii_digit()), 0, Some(1)),
]);

const WORD: Shape = Shape::Repeated(&Shape::One(|one| one.is_ascii_lowercase()), 1, None);

/// The ARN of one resource.
const ARN: Shape = Shape::Sequence(&[
    Shape::Text("arn:"),
    Shape::Partition,
    Shape::Text(":"),
    Shape::Repeated(&IN_ARN, 1, None),
    Shape::Text(":"),
    Shape::Repeated(&IN_ARN, 0, None),
    Shape::Text(":"),
    Shape::Repeated(&IN_ARN, 0, None),
    Shape::Text(":"),
    Shape::Repeated(&Shape::One(|one| one == ':' || check_character(one).is_ok()), 1, None),
]);

const IN_ARN: Shape = Shape::One(|one| check_character(one).is_ok());

struct Pattern<'p, 'a>(&'p Parameter<'a>);

impl Display for Pattern<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameter = self.0;
        let shape = match parameter.kind {
            ParameterKind::Account => &ACCOUNT,
            ParameterKind::Region => &REGION,
            ParameterKind::Partition => return write!(f, "{}", Shape::Partition),
            ParameterKind::Arn => return write!(f, "{ARN}"),
            ParameterKind::Text | ParameterKind::List => {
                write_class(f, |one| parameter.check_character(one).is_ok())?;
                return f.write_char('+');
            }
        };
        if parameter.any {
            write!(f, "(\\*|{shape})")
        } else {
            write!(f, "{shape}")
        }
    }
}

impl Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty, which would widen the resources that use it"),
            Self::Character(white) if white.is_whitespace() => f.write_str("it contains white space"),
            Self::Character(special @ ('*' | '?')) => {
                write!(
                    f,
                    "it contains `{special}`, which would widen the resources that use it"
                )
            }
            Self::Character(special) => {
                write!(f, "it contains `{special}`, which has a special meaning in a policy")
            }
            Self::Slash => f.write_str("it contains `/`, which this parameter does not allow"),
            Self::Refused(character) => {
                write!(
                    f,
                    "it contains U+{:04X}, but IAM accepts only U+0020 to U+00FF",
                    u32::from(*character)
                )
            }
            Self::Any => f.write_str("it is `*`, which this parameter does not allow"),
            Self::Account => f.write_str("it is not an account ID, which has twelve digits"),
            Self::Region => f.write_str("it is not the code of an AWS Region, such as `eu-west-1`"),
            Self::Partition => f.write_str("it is not an AWS partition, such as `aws` or `aws-cn`"),
            Self::Arn => f.write_str("it is not an ARN, such as `arn:aws:iam::123456789012:role/name`"),
            Self::TooLong { limit } => more_than(f, *limit, "character"),
            Self::List => f.write_str("it is a list, but this parameter has a single value"),
            Self::NoElements => f.write_str("it has no elements"),
            Self::TooMany { limit } => more_than(f, *limit, "element"),
            Self::Repeated => f.write_str("it contains the same element twice"),
            Self::Comma => f.write_str("it contains `,`, which separates the elements of a list"),
        }
    }
}

fn more_than(f: &mut fmt::Formatter<'_>, limit: usize, noun: &str) -> fmt::Result {
    let plural = if limit == 1 { "" } else { "s" };
    write!(f, "it has more than {} {noun}{plural}", Grouped(limit))
}

impl core::error::Error for ValueError {}

crate::model::with!(Parameter {
    with_kind: kind: ParameterKind,
    with_default: default: Option<ParameterValue<'a>>,
    with_about: about: &'a str,
    with_allow_slash: allow_slash: bool,
    with_any: any: bool,
    with_max_length: max_length: Option<usize>,
    with_max_items: max_items: Option<usize>,
});

#[cfg(test)]
mod tests {
    use ParameterValue::{List, Text};

    use super::*;

    const fn of(kind: ParameterKind) -> Parameter<'static> {
        Parameter::required("p").with_kind(kind)
    }

    #[test]
    fn kinds_have_names() {
        for kind in ParameterKind::ALL {
            assert_eq!(kind.name().parse(), Ok(*kind));
        }
        assert_eq!(ParameterKind::from_name("string"), None);
    }

    #[test]
    fn patterns_are_those_of_the_check() {
        let pattern = |parameter: Parameter<'_>| std::string::ToString::to_string(&parameter.pattern());
        let text = r"[!-#%-)+-.0-9;->@-z|~-\x84\x86-\x9f\xa1-\xff]+";
        assert_eq!(pattern(of(ParameterKind::Text)), text);
        let with_slash = of(ParameterKind::Text).with_allow_slash(true);
        assert_eq!(pattern(with_slash), text.replace("+-.0-9", "+-9"));
        assert_eq!(pattern(of(ParameterKind::List)), text.replace("+-.0-9", "+\\--.0-9"));
        assert_eq!(
            pattern(of(ParameterKind::Region).with_any(true)),
            r"(\*|[a-z]+(-[a-z]+)+-[1-9][0-9]?)"
        );
        let partitions = pattern(of(ParameterKind::Partition));
        assert!(partitions.starts_with("(aws|aws-cn|"), "{partitions}");
        let part = r"[!-#%-)+-9;->@-z|~-\x84\x86-\x9f\xa1-\xff]";
        let resource = part.replace("+-9;->", "+->");
        assert_eq!(
            pattern(of(ParameterKind::Arn)),
            std::format!("arn:{partitions}:{part}+:{part}*:{part}*:{resource}+")
        );
    }

    #[test]
    fn syntax_is_checked_to_the_end() {
        for (kind, text, is_good) in [
            (ParameterKind::Region, "us-east-1", true),
            (ParameterKind::Region, "us-gov-east-12", true),
            (ParameterKind::Region, "us-east-0", false),
            (ParameterKind::Region, "us-east-123", false),
            (ParameterKind::Region, "us-1", false),
            (ParameterKind::Region, "us--east-1", false),
            (ParameterKind::Account, "1234567890123", false),
            (ParameterKind::Account, "12345678901a", false),
            (ParameterKind::Partition, "aws-us", false),
            (ParameterKind::Partition, "awsx", false),
            (ParameterKind::Arn, "arn:aws:s3:::b", true),
            (ParameterKind::Arn, "arn:aws:s3:::b:c", true),
            (ParameterKind::Arn, "arn:aws::::b", false),
            (ParameterKind::Arn, "arn:aws:s3:::", false),
            (ParameterKind::Arn, "arn:aws:s3:b", false),
            (ParameterKind::Arn, "arn:other:s3:::b", false),
        ] {
            assert_eq!(of(kind).check_text(text).is_ok(), is_good, "{text}");
        }
    }

    #[test]
    fn each_kind_has_its_own_rule() {
        for (kind, good, bad) in [
            (ParameterKind::Text, "a-1,b", ValueError::Character(' ')),
            (ParameterKind::Account, "012345678901", ValueError::Account),
            (ParameterKind::Region, "ap-southeast-7", ValueError::Region),
            (ParameterKind::Partition, "aws-us-gov", ValueError::Partition),
            (
                ParameterKind::Arn,
                "arn:aws:iam::123456789012:role/a/b",
                ValueError::Character(' '),
            ),
        ] {
            assert_eq!(of(kind).check(Text(good)), Ok(()), "{kind}");
            assert_eq!(of(kind).check(Text("a b")), Err(bad), "{kind}");
            assert_eq!(of(kind).check(Text("")), Err(ValueError::Empty), "{kind}");
            assert_eq!(of(kind).check(List(&[good])), Err(ValueError::List), "{kind}");
        }
        for (kind, error) in [
            (ParameterKind::Text, ValueError::Character('*')),
            (ParameterKind::Partition, ValueError::Partition),
            (ParameterKind::Arn, ValueError::Character('*')),
        ] {
            assert_eq!(of(kind).with_any(true).check(Text("*")), Err(error), "{kind}");
        }
        for kind in [ParameterKind::Account, ParameterKind::Region] {
            assert_eq!(of(kind).check(Text("*")), Err(ValueError::Any), "{kind}");
            assert_eq!(of(kind).with_any(true).check(Text("*")), Ok(()), "{kind}");
            assert!(of(kind).with_any(true).check(Text("?")).is_err(), "{kind}");
        }
    }

    #[test]
    fn regions_have_a_form() {
        for code in [
            "us-east-1",
            "us-gov-west-1",
            "us-isob-east-1",
            "eusc-de-east-1",
            "ap-southeast-10",
        ] {
            assert!(is_region(code), "{code}");
        }
        for code in [
            "us-east-1a",
            "us-east",
            "use1",
            "US-EAST-1",
            "us--east-1",
            "east-1",
            "us-east-0",
            "-us-east-1",
        ] {
            assert!(!is_region(code), "{code}");
        }
    }

    #[test]
    fn arns_are_whole_and_of_a_known_partition() {
        let arn = of(ParameterKind::Arn);
        for text in ["role/a", "arn:aws:iam::1:", "arn:aws-moon:s3:::b", "arn:aws:s3"] {
            assert_eq!(arn.check(Text(text)), Err(ValueError::Arn), "{text}");
        }
        let long = std::format!("arn:aws:s3:::{}", "a".repeat(300));
        assert_eq!(arn.check(Text(&long)), Err(ValueError::TooLong { limit: 256 }));
        assert_eq!(arn.with_max_length(Some(400)).check(Text(&long)), Ok(()));
    }

    #[test]
    fn lists_are_checked_element_by_element() {
        let list = of(ParameterKind::List).with_max_length(Some(3)).with_max_items(Some(2));
        for value in [List(&["a", "b"]), Text("a,b"), Text("a")] {
            assert_eq!(list.check(value), Ok(()), "{value:?}");
        }
        for (value, error) in [
            (Text(""), ValueError::Empty),
            (Text("a,"), ValueError::Empty),
            (Text("a,b,c"), ValueError::TooMany { limit: 2 }),
            (Text("a,*"), ValueError::Character('*')),
            (List(&[]), ValueError::NoElements),
            (List(&["a", "b", "c"]), ValueError::TooMany { limit: 2 }),
            (List(&["a", "a"]), ValueError::Repeated),
            (List(&["a", "abcd"]), ValueError::TooLong { limit: 3 }),
            (List(&["a,b"]), ValueError::Comma),
            (List(&["a/b"]), ValueError::Slash),
            (List(&["a", ""]), ValueError::Empty),
        ] {
            assert_eq!(list.check(value), Err(error), "{value:?}");
        }
    }
}
