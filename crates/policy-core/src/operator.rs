//! Condition operators.

use core::fmt;
use core::str::FromStr;

use crate::UnknownName;
use crate::text::find_either;

/// A condition operator, such as `StringLike` or `ForAllValues:NumericLessThanIfExists`.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
///
/// # Examples
///
/// ```
/// use iam_policy_core::operator::{Comparison, Operator, Qualifier, StringMatch};
///
/// let operator = Operator::from_name("foranyvalue:stringnotlikeifexists").unwrap();
/// assert_eq!(operator.qualifier(), Some(Qualifier::ForAnyValue));
/// assert_eq!(operator.comparison(), Comparison::String(StringMatch::Wildcards));
/// assert!(operator.is_negated() && operator.has_if_exists());
/// assert_eq!(operator.to_string(), "ForAnyValue:StringNotLikeIfExists");
/// assert_eq!(Operator::from_name("StringMatches"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    name: &'static str,
    comparison: Comparison,
    negated: bool,
    qualifier: Option<Qualifier>,
    if_exists: bool,
}

/// How an operator treats a key with several values. AWS also calls this a set operator.
///
/// Source: IAM User Guide, "Set operators for multivalued context keys".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qualifier {
    /// `ForAllValues`: every value in the request must match. Holds if the request has no values.
    ForAllValues,
    /// `ForAnyValue`: at least one value in the request must match.
    ForAnyValue,
}

/// The type of the values that an operator compares, and how it compares them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `String…`
    String(StringMatch),
    /// `Arn…`: segment by segment, with wildcards. `ArnEquals` and `ArnLike` are equivalent.
    Arn,
    /// `Numeric…`
    Numeric(Relation),
    /// `Date…`
    Date(Relation),
    /// `Bool`
    Bool,
    /// `BinaryEquals`: Base64-encoded bytes.
    Binary,
    /// `IpAddress` and `NotIpAddress`: whether an address belongs to a CIDR range.
    IpAddress,
    /// `Null`: whether the key is missing from the request.
    Null,
}

/// How a string operator compares a value with the policy's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StringMatch {
    /// `…Equals`: the same characters.
    Exact,
    /// `…EqualsIgnoreCase`: the same characters, regardless of case.
    IgnoreCase,
    /// `…Like`: the policy's value can contain the wildcards `*` and `?`.
    Wildcards,
}

/// How two ordered values must compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// `…Equals`
    Equal,
    /// `…LessThan`
    Less,
    /// `…LessThanEquals`
    LessOrEqual,
    /// `…GreaterThan`
    Greater,
    /// `…GreaterThanEquals`
    GreaterOrEqual,
}

const IF_EXISTS: &str = "IfExists";

impl Operator {
    /// Every operator, without qualifier and without `IfExists`.
    pub const ALL: &'static [Self] = &[
        Self::positive("StringEquals", Comparison::String(StringMatch::Exact)),
        Self::negative("StringNotEquals", Comparison::String(StringMatch::Exact)),
        Self::positive("StringEqualsIgnoreCase", Comparison::String(StringMatch::IgnoreCase)),
        Self::negative("StringNotEqualsIgnoreCase", Comparison::String(StringMatch::IgnoreCase)),
        Self::positive("StringLike", Comparison::String(StringMatch::Wildcards)),
        Self::negative("StringNotLike", Comparison::String(StringMatch::Wildcards)),
        Self::positive("NumericEquals", Comparison::Numeric(Relation::Equal)),
        Self::negative("NumericNotEquals", Comparison::Numeric(Relation::Equal)),
        Self::positive("NumericLessThan", Comparison::Numeric(Relation::Less)),
        Self::positive("NumericLessThanEquals", Comparison::Numeric(Relation::LessOrEqual)),
        Self::positive("NumericGreaterThan", Comparison::Numeric(Relation::Greater)),
        Self::positive(
            "NumericGreaterThanEquals",
            Comparison::Numeric(Relation::GreaterOrEqual),
        ),
        Self::positive("DateEquals", Comparison::Date(Relation::Equal)),
        Self::negative("DateNotEquals", Comparison::Date(Relation::Equal)),
        Self::positive("DateLessThan", Comparison::Date(Relation::Less)),
        Self::positive("DateLessThanEquals", Comparison::Date(Relation::LessOrEqual)),
        Self::positive("DateGreaterThan", Comparison::Date(Relation::Greater)),
        Self::positive("DateGreaterThanEquals", Comparison::Date(Relation::GreaterOrEqual)),
        Self::positive("Bool", Comparison::Bool),
        Self::positive("BinaryEquals", Comparison::Binary),
        Self::positive("IpAddress", Comparison::IpAddress),
        Self::negative("NotIpAddress", Comparison::IpAddress),
        Self::positive("ArnEquals", Comparison::Arn),
        Self::negative("ArnNotEquals", Comparison::Arn),
        Self::positive("ArnLike", Comparison::Arn),
        Self::negative("ArnNotLike", Comparison::Arn),
        Self::positive("Null", Comparison::Null),
    ];

    const fn positive(name: &'static str, comparison: Comparison) -> Self {
        Self {
            name,
            comparison,
            negated: false,
            qualifier: None,
            if_exists: false,
        }
    }

    const fn negative(name: &'static str, comparison: Comparison) -> Self {
        Self {
            negated: true,
            ..Self::positive(name, comparison)
        }
    }

    /// Parses the name of an operator, ignoring case as IAM does. Returns `None` if there is no such operator.
    ///
    /// `NullIfExists` parses, so that tools can explain it, but IAM rejects it: see
    /// [`is_null_if_exists`](Self::is_null_if_exists).
    #[must_use]
    pub const fn from_name(name: &str) -> Option<Self> {
        let (qualifier, rest) = match find_either(name, b':', b':') {
            Some(colon) => {
                let (qualifier, rest) = name.split_at(colon);
                match Qualifier::from_name(qualifier) {
                    Some(qualifier) => (Some(qualifier), rest.split_at(1).1),
                    None => return None,
                }
            }
            None => (None, name),
        };
        let base = match rest.len().checked_sub(IF_EXISTS.len()) {
            Some(at) => match rest.split_at_checked(at) {
                Some((base, suffix)) if suffix.eq_ignore_ascii_case(IF_EXISTS) => base,
                _ => rest,
            },
            None => rest,
        };
        let mut known = Self::ALL;
        while let [first, tail @ ..] = known {
            if first.name.eq_ignore_ascii_case(base) {
                return Some(Self {
                    qualifier,
                    if_exists: base.len() < rest.len(),
                    ..*first
                });
            }
            known = tail;
        }
        None
    }

    /// The canonical name without qualifier and `IfExists`. [`Display`](fmt::Display) writes the complete name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// What the operator compares. A negated operator makes the same comparison as its positive counterpart.
    #[must_use]
    pub const fn comparison(self) -> Comparison {
        self.comparison
    }

    /// Whether the operator holds when its comparison does not, as `StringNotEquals` does.
    #[must_use]
    pub const fn is_negated(self) -> bool {
        self.negated
    }

    /// The `ForAllValues:` or `ForAnyValue:` in front of the name.
    #[must_use]
    pub const fn qualifier(self) -> Option<Qualifier> {
        self.qualifier
    }

    /// Whether the name ends in `IfExists`, so that the operator holds if the key is missing from the request.
    #[must_use]
    pub const fn has_if_exists(self) -> bool {
        self.if_exists
    }

    /// Whether `*` and `?` in the policy's values are wildcards: in `String…Like` and all `Arn…` operators.
    #[must_use]
    pub const fn takes_wildcards(self) -> bool {
        matches!(
            self.comparison,
            Comparison::String(StringMatch::Wildcards) | Comparison::Arn
        )
    }

    /// Whether policy variables in the policy's values are replaced: in `String…` and `Arn…` operators.
    ///
    /// Source: IAM User Guide, "IAM policy elements: Variables and tags", "Where you can use policy variables".
    #[must_use]
    pub const fn takes_variables(self) -> bool {
        matches!(self.comparison, Comparison::String(_) | Comparison::Arn)
    }

    /// Whether this is `NullIfExists`, the only combination that IAM rejects: `Null` itself asks whether the key exists.
    ///
    /// Source: IAM User Guide, "Access Analyzer policy check reference", "Null with if exists".
    #[must_use]
    pub const fn is_null_if_exists(self) -> bool {
        self.if_exists && matches!(self.comparison, Comparison::Null)
    }
}

impl FromStr for Operator {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::from_name(name).ok_or(UnknownName::new("condition operator"))
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(qualifier) = self.qualifier {
            write!(f, "{}:", qualifier.name())?;
        }
        f.write_str(self.name)?;
        f.write_str(if self.if_exists { IF_EXISTS } else { "" })
    }
}

impl Qualifier {
    /// Both qualifiers.
    pub const ALL: &'static [Self] = &[Self::ForAllValues, Self::ForAnyValue];

    /// The name, without the colon that separates it from the operator.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ForAllValues => "ForAllValues",
            Self::ForAnyValue => "ForAnyValue",
        }
    }

    /// Parses the name of a qualifier, ignoring case as IAM does. Returns `None` if there is no such qualifier.
    #[must_use]
    pub const fn from_name(name: &str) -> Option<Self> {
        let mut known = Self::ALL;
        while let [first, tail @ ..] = known {
            if first.name().eq_ignore_ascii_case(name) {
                return Some(*first);
            }
            known = tail;
        }
        None
    }
}

impl fmt::Display for Qualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Relation {
    /// Whether `value` has this relation to `expected`.
    ///
    /// - `value`: the value in the request
    /// - `expected`: the value in the policy
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::operator::Relation;
    ///
    /// assert!(Relation::Less.holds(&1, &2));
    /// assert!(!Relation::Less.holds(&2, &2));
    /// ```
    pub fn holds<T: Ord>(self, value: &T, expected: &T) -> bool {
        let order = value.cmp(expected);
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn parses_qualifier_and_suffix_in_any_case() {
        let read = |name| {
            let operator = Operator::from_name(name)?;
            Some((
                operator.qualifier(),
                operator.comparison(),
                operator.is_negated(),
                operator.has_if_exists(),
            ))
        };
        assert_eq!(
            read("StringLike"),
            Some((None, Comparison::String(StringMatch::Wildcards), false, false))
        );
        assert_eq!(
            read("ForAnyValue:StringNotEqualsIfExists"),
            Some((
                Some(Qualifier::ForAnyValue),
                Comparison::String(StringMatch::Exact),
                true,
                true
            ))
        );
        assert_eq!(
            read("forallvalues:arnlike"),
            Some((Some(Qualifier::ForAllValues), Comparison::Arn, false, false))
        );
        assert_eq!(
            read("DATEGREATERTHANEQUALSIFEXISTS"),
            Some((None, Comparison::Date(Relation::GreaterOrEqual), false, true))
        );
    }

    #[test]
    fn rejects_unknown_names() {
        for name in [
            "",
            "IfExists",
            "StringMatches",
            "StringLikeIfExistsIfExists",
            "ForSomeValues:StringLike",
            "ForAllValues:",
            "Bool:StringLike",
            "ForAllValues:ForAnyValue:StringLike",
            "größeIfExists",
        ] {
            assert_eq!(Operator::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn only_null_if_exists_is_rejected_by_iam() {
        for name in ["NullIfExists", "ForAllValues:NullIfExists"] {
            assert!(Operator::from_name(name).unwrap().is_null_if_exists(), "{name}");
        }
        for name in ["Null", "ForAllValues:Null", "BoolIfExists"] {
            assert!(!Operator::from_name(name).unwrap().is_null_if_exists(), "{name}");
        }
    }

    #[test]
    fn every_name_is_written_as_it_is_parsed() {
        for operator in Operator::ALL {
            for qualifier in ["", "ForAllValues:", "ForAnyValue:"] {
                for suffix in ["", "IfExists"] {
                    let name = std::format!("{qualifier}{}{suffix}", operator.name());
                    let parsed = Operator::from_name(&name.to_lowercase()).unwrap();
                    assert_eq!(parsed.to_string(), name);
                }
            }
        }
    }

    #[test]
    fn negation_follows_from_the_name() {
        for operator in Operator::ALL {
            assert_eq!(operator.is_negated(), operator.name().contains("Not"), "{operator}");
        }
    }

    #[test]
    fn wildcards_follow_from_the_name() {
        for operator in Operator::ALL {
            let name = operator.name();
            let expected = name.starts_with("Arn") || name.ends_with("Like");
            assert_eq!(operator.takes_wildcards(), expected, "{name}");
        }
    }
}
