use crate::scalar::Order;

/// A condition operator.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    /// As the policy writes it.
    pub(crate) name: Box<str>,
    pub(crate) set: Option<Set>,
    pub(crate) family: Family,
    pub(crate) negated: bool,
    pub(crate) if_exists: bool,
}

/// How the values of a multivalued key are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Set {
    All,
    Any,
}

/// What is compared, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Text,
    TextIgnoringCase,
    TextLike,
    Arn,
    Number(Order),
    Date(Order),
    Bool,
    Ip,
    Binary,
    Null,
}

/// The operators, and whether each is negated. `ArnEquals` and `ArnLike` behave alike.
const OPERATORS: &[(&str, Family, bool)] = &[
    ("StringEquals", Family::Text, false),
    ("StringNotEquals", Family::Text, true),
    ("StringEqualsIgnoreCase", Family::TextIgnoringCase, false),
    ("StringNotEqualsIgnoreCase", Family::TextIgnoringCase, true),
    ("StringLike", Family::TextLike, false),
    ("StringNotLike", Family::TextLike, true),
    ("NumericEquals", Family::Number(Order::Equal), false),
    ("NumericNotEquals", Family::Number(Order::Equal), true),
    ("NumericLessThan", Family::Number(Order::Less), false),
    ("NumericLessThanEquals", Family::Number(Order::LessOrEqual), false),
    ("NumericGreaterThan", Family::Number(Order::Greater), false),
    ("NumericGreaterThanEquals", Family::Number(Order::GreaterOrEqual), false),
    ("DateEquals", Family::Date(Order::Equal), false),
    ("DateNotEquals", Family::Date(Order::Equal), true),
    ("DateLessThan", Family::Date(Order::Less), false),
    ("DateLessThanEquals", Family::Date(Order::LessOrEqual), false),
    ("DateGreaterThan", Family::Date(Order::Greater), false),
    ("DateGreaterThanEquals", Family::Date(Order::GreaterOrEqual), false),
    ("Bool", Family::Bool, false),
    ("BinaryEquals", Family::Binary, false),
    ("IpAddress", Family::Ip, false),
    ("NotIpAddress", Family::Ip, true),
    ("ArnEquals", Family::Arn, false),
    ("ArnNotEquals", Family::Arn, true),
    ("ArnLike", Family::Arn, false),
    ("ArnNotLike", Family::Arn, true),
    ("Null", Family::Null, false),
];

impl Operator {
    /// Reads an operator, in any case. `None` if there is no such operator; `NullIfExists` is none.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (set, rest) = match name.split_once(':') {
            Some((set, rest)) if set.eq_ignore_ascii_case("ForAllValues") => (Some(Set::All), rest),
            Some((set, rest)) if set.eq_ignore_ascii_case("ForAnyValue") => (Some(Set::Any), rest),
            Some(_) => return None,
            None => (None, name),
        };
        let suffix = rest
            .len()
            .checked_sub("IfExists".len())
            .and_then(|at| rest.split_at_checked(at));
        let (base, if_exists) = match suffix {
            Some((base, suffix)) if suffix.eq_ignore_ascii_case("IfExists") => (base, true),
            _ => (rest, false),
        };
        let (_, family, negated) = OPERATORS
            .iter()
            .find(|(known, _, _)| known.eq_ignore_ascii_case(base))?;
        if if_exists && *family == Family::Null {
            return None;
        }
        Some(Self {
            name: name.into(),
            set,
            family: *family,
            negated: *negated,
            if_exists,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_have_a_prefix_and_a_suffix() {
        let read = |name| {
            let operator = Operator::parse(name)?;
            Some((operator.set, operator.family, operator.negated, operator.if_exists))
        };
        assert_eq!(read("StringLike"), Some((None, Family::TextLike, false, false)));
        assert_eq!(
            read("ForAnyValue:StringNotEqualsIfExists"),
            Some((Some(Set::Any), Family::Text, true, true))
        );
        assert_eq!(
            read("forallvalues:arnlike"),
            Some((Some(Set::All), Family::Arn, false, false))
        );
        assert_eq!(read("Null"), Some((None, Family::Null, false, false)));
        for name in [
            "",
            "IfExists",
            "NullIfExists",
            "ForSomeValues:Bool",
            "StringMatches",
            "Bool:StringLike",
        ] {
            assert!(read(name).is_none(), "{name}");
        }
    }
}
