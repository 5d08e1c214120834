//! Condition operators.

use iam_policy_core::suggest::nearest;

/// What an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compares {
    String,
    Numeric,
    Date,
    Bool,
    Binary,
    Ip,
    Arn,
    /// Whether the key is there at all.
    Null,
}

impl Compares {
    /// The type as AWS's messages write it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Numeric => "numeric",
            Self::Date => "date",
            Self::Bool => "boolean",
            Self::Binary => "binary",
            Self::Ip => "IP address",
            Self::Arn => "ARN",
            Self::Null => "null",
        }
    }
}

/// How an operator deals with several values in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Qualifier {
    ForAllValues,
    ForAnyValue,
}

/// A condition operator, taken apart.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) qualifier: Option<Qualifier>,
    pub(crate) compares: Compares,
    /// It is true when nothing matches, as `StringNotEquals` is.
    pub(crate) negated: bool,
    /// Its values may have wildcards.
    pub(crate) like: bool,
    /// It compares with less or greater: the values have an order.
    pub(crate) order: Option<Order>,
    pub(crate) if_exists: bool,
}

/// Which values an operator with an order accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The smaller ones, so of several values the greatest counts.
    Less,
    /// The greater ones, so of several values the least counts.
    Greater,
}

impl Operator {
    /// Reads the name of an operator, in any case.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (qualifier, name) = match name.split_once(':') {
            None => (None, name),
            Some((qualifier, name)) if qualifier.eq_ignore_ascii_case("ForAllValues") => {
                (Some(Qualifier::ForAllValues), name)
            }
            Some((qualifier, name)) if qualifier.eq_ignore_ascii_case("ForAnyValue") => {
                (Some(Qualifier::ForAnyValue), name)
            }
            Some(_) => return None,
        };
        let suffix = name.len().checked_sub("IfExists".len());
        let (name, if_exists) = match suffix.and_then(|at| name.split_at_checked(at)) {
            Some((name, suffix)) if suffix.eq_ignore_ascii_case("IfExists") => (name, true),
            _ => (name, false),
        };
        let (_, compares, negated, like, order) = NAMES
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(name))
            .copied()?;
        Some(Self {
            qualifier,
            compares,
            negated,
            like,
            order,
            if_exists,
        })
    }
}

/// The operator that was probably meant by a name that does not exist.
pub(crate) fn meant(name: &str) -> Option<String> {
    let names = NAMES.iter().map(|&(name, ..)| name);
    let (qualifier, own) = match name.split_once(':') {
        None => (None, name),
        Some((qualifier, own)) => (nearest(qualifier, ["ForAllValues", "ForAnyValue"]), own),
    };
    let with_suffix: Vec<String> = names.clone().map(|name| format!("{name}IfExists")).collect();
    let own = nearest(own, names.chain(with_suffix.iter().map(String::as_str)))?;
    match qualifier {
        Some(qualifier) => Some(format!("{qualifier}:{own}")),
        None if name.contains(':') => None,
        None => Some(own.to_owned()),
    }
}

type Row = (&'static str, Compares, bool, bool, Option<Order>);

const NAMES: &[Row] = &[
    ("StringEquals", Compares::String, false, false, None),
    ("StringLike", Compares::String, false, true, None),
    ("StringNotEquals", Compares::String, true, false, None),
    ("StringNotLike", Compares::String, true, true, None),
    ("StringEqualsIgnoreCase", Compares::String, false, false, None),
    ("StringNotEqualsIgnoreCase", Compares::String, true, false, None),
    ("ArnEquals", Compares::Arn, false, true, None),
    ("ArnLike", Compares::Arn, false, true, None),
    ("ArnNotEquals", Compares::Arn, true, true, None),
    ("ArnNotLike", Compares::Arn, true, true, None),
    ("Bool", Compares::Bool, false, false, None),
    ("Null", Compares::Null, false, false, None),
    ("IpAddress", Compares::Ip, false, false, None),
    ("NotIpAddress", Compares::Ip, true, false, None),
    ("NumericEquals", Compares::Numeric, false, false, None),
    ("NumericNotEquals", Compares::Numeric, true, false, None),
    ("NumericLessThan", Compares::Numeric, false, false, Some(Order::Less)),
    (
        "NumericLessThanEquals",
        Compares::Numeric,
        false,
        false,
        Some(Order::Less),
    ),
    (
        "NumericGreaterThan",
        Compares::Numeric,
        false,
        false,
        Some(Order::Greater),
    ),
    (
        "NumericGreaterThanEquals",
        Compares::Numeric,
        false,
        false,
        Some(Order::Greater),
    ),
    ("DateEquals", Compares::Date, false, false, None),
    ("DateNotEquals", Compares::Date, true, false, None),
    ("DateLessThan", Compares::Date, false, false, Some(Order::Less)),
    ("DateLessThanEquals", Compares::Date, false, false, Some(Order::Less)),
    ("DateGreaterThan", Compares::Date, false, false, Some(Order::Greater)),
    (
        "DateGreaterThanEquals",
        Compares::Date,
        false,
        false,
        Some(Order::Greater),
    ),
    ("BinaryEquals", Compares::Binary, false, false, None),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let operator = Operator::parse("ForAllValues:StringNotLikeIfExists").unwrap();
        assert_eq!(operator.qualifier, Some(Qualifier::ForAllValues));
        assert_eq!(operator.compares, Compares::String);
        assert!(operator.negated && operator.like && operator.if_exists);
        assert!(Operator::parse("null").is_some());
        for wrong in [
            "",
            "IfExists",
            "StringMatches",
            "ForSomeValues:StringLike",
            "ForAllValues:",
        ] {
            assert_eq!(Operator::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn names_that_are_misspelt_are_recognized() {
        for (wrong, expected) in [
            ("StringEqual", Some("StringEquals")),
            ("StringEqualIfExists", Some("StringEqualsIfExists")),
            ("stringlikeifexist", Some("StringLikeIfExists")),
            ("NumericLessThanOrEquals", Some("NumericLessThanEquals")),
            ("ForAnyValues:StringEqual", Some("ForAnyValue:StringEquals")),
            ("ForAllValue:StringLike", Some("ForAllValues:StringLike")),
            ("ForSomeValues:StringLike", None),
            ("StringMatches", None),
            ("", None),
        ] {
            assert_eq!(meant(wrong).as_deref(), expected, "{wrong}");
        }
    }
}
