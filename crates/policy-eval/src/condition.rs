//! Condition blocks.
//!
//! Sources: IAM User Guide, "IAM JSON policy elements: Condition", "Condition operators", "Single-valued vs.
//! multivalued context keys", "Conditions with multiple context keys or values".

mod operator;

use crate::arn::{ArnPattern, Split};
use crate::key::Key;
use crate::pattern::{Grammar, Pattern};
use crate::request::{Request, Values};
use crate::scalar::{Moment, Network, Number, Order, boolean};
use crate::template::Template;
use operator::Family;
pub(crate) use operator::{Operator, Set};

/// One key of a condition block. All keys of a statement must match.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    operator: Operator,
    key: Key,
    test: Test,
}

/// The values a key is compared with: alternatives. A scalar that cannot be parsed is `None` and equals nothing.
#[derive(Clone, Debug)]
enum Test {
    Text(Box<[Pattern]>),
    TextIgnoringCase(Box<[Pattern]>),
    Arn(Box<[ArnPattern]>),
    Number(Order, Box<[Written<Number<'static>>]>),
    Date(Order, Box<[Written<Moment>]>),
    Bool(Box<[Written<bool>]>),
    Ip(Box<[Written<Network>]>),
    /// Base64, which has exactly one encoding of the same bytes.
    Binary(Box<[Box<str>]>),
    Null(Box<[Written<bool>]>),
}

/// A value, with its spelling in the policy.
#[derive(Clone, Debug)]
struct Written<T> {
    text: Box<str>,
    value: Option<T>,
}

fn written<'a, T>(values: impl Iterator<Item = &'a str>, read: impl Fn(&str) -> Option<T>) -> Box<[Written<T>]> {
    values
        .map(|text| Written {
            text: text.into(),
            value: read(text),
        })
        .collect()
}

impl Condition {
    /// - `variables`: whether the policy's version supports variables; they only work under string and ARN operators
    ///
    /// Source for where variables have a meaning: IAM User Guide, "IAM policy elements: Variables and tags", "Where you
    /// can use policy variables".
    pub(crate) fn new<'a>(
        operator: Operator,
        key: &str,
        values: impl Iterator<Item = &'a str>,
        variables: bool,
    ) -> Self {
        let patterns = |values: &mut dyn Iterator<Item = &'a str>, wildcards| {
            let grammar = Grammar { variables, wildcards };
            values.map(|text| Pattern::new(text, grammar)).collect()
        };
        let mut values = values;
        let test = match operator.family {
            Family::Text => Test::Text(patterns(&mut values, false)),
            Family::TextIgnoringCase => Test::TextIgnoringCase(patterns(&mut values, false)),
            Family::TextLike => Test::Text(patterns(&mut values, true)),
            Family::Arn => Test::Arn(values.map(|text| ArnPattern::condition(text, variables)).collect()),
            Family::Number(order) => Test::Number(
                order,
                written(values, |text| Number::read(text).map(Number::into_owned)),
            ),
            Family::Date(order) => Test::Date(order, written(values, Moment::read)),
            Family::Bool => Test::Bool(written(values, boolean)),
            Family::Ip => Test::Ip(written(values, Network::read)),
            Family::Binary => Test::Binary(values.map(Into::into).collect()),
            Family::Null => Test::Null(written(values, boolean)),
        };
        Self {
            operator,
            key: Key::new(key),
            test,
        }
    }

    pub(crate) const fn operator(&self) -> &Operator {
        &self.operator
    }

    pub(crate) const fn key(&self) -> &Key {
        &self.key
    }

    /// The values, as spelled in the policy.
    pub(crate) fn texts(&self) -> Vec<&str> {
        fn of<T>(values: &[Written<T>]) -> Vec<&str> {
            values.iter().map(|value| &*value.text).collect()
        }
        match &self.test {
            Test::Text(values) | Test::TextIgnoringCase(values) => values.iter().map(Pattern::text).collect(),
            Test::Arn(values) => values.iter().map(ArnPattern::text).collect(),
            Test::Number(_, values) => of(values),
            Test::Date(_, values) => of(values),
            Test::Bool(values) | Test::Null(values) => of(values),
            Test::Ip(values) => of(values),
            Test::Binary(values) => values.iter().map(|value| &**value).collect(),
        }
    }

    /// The values that contain variables.
    pub(crate) fn templates(&self) -> impl Iterator<Item = &Template> {
        let (patterns, arns): (&[Pattern], &[ArnPattern]) = match &self.test {
            Test::Text(values) | Test::TextIgnoringCase(values) => (values, &[]),
            Test::Arn(values) => (&[], values),
            _ => (&[], &[]),
        };
        patterns
            .iter()
            .filter_map(Pattern::template)
            .chain(arns.iter().filter_map(ArnPattern::template))
    }

    /// Whether it matches `request`.
    ///
    /// If the key is absent, positive operators fail and negated ones match, `…IfExists` and `ForAllValues:` match, and
    /// `ForAnyValue:` fails. If it is present, a negated operator matches if none of the policy's values does. A
    /// multivalued key without a set operator matches if one of its values does.
    pub(crate) fn holds(&self, request: &Request<'_>) -> bool {
        let values = request.values(&self.key);
        if let Test::Null(expected) = &self.test {
            return self.null_holds(expected, values.is_some());
        }
        let Operator {
            set,
            negated,
            if_exists,
            ..
        } = self.operator;
        let Some(values) = values else {
            return if_exists
                || match set {
                    Some(Set::All) => true,
                    Some(Set::Any) => false,
                    None => negated,
                };
        };
        match set {
            // "… or if the context key value resolves to a null dataset, such as an empty string."
            Some(set) if values.single() == Some("") => set == Set::All,
            Some(Set::All) => values.iter().all(|value| self.is_met(value, request) != negated),
            Some(Set::Any) => values.iter().any(|value| self.is_met(value, request) != negated),
            None => self.any_is_met(values, request) != negated,
        }
    }

    /// Whether the key must be absent (`true`) or present (`false`). With a set operator there is no set to look at:
    /// `ForAllValues:` always matches, `ForAnyValue:` never does.
    ///
    /// Source: IAM User Guide, "Access Analyzer policy check reference", "Null with qualifier".
    fn null_holds(&self, expected: &[Written<bool>], is_there: bool) -> bool {
        match self.operator.set {
            Some(set) => set == Set::All,
            None => expected.iter().any(|absent| absent.value == Some(!is_there)),
        }
    }

    fn any_is_met(&self, values: Values<'_>, request: &Request<'_>) -> bool {
        values.iter().any(|value| self.is_met(value, request))
    }

    /// Whether one of the policy's values matches this one, ignoring negation.
    fn is_met(&self, value: &str, request: &Request<'_>) -> bool {
        fn any<T>(expected: &[Written<T>], is_met: impl Fn(&T) -> bool) -> bool {
            expected
                .iter()
                .filter_map(|expected| expected.value.as_ref())
                .any(is_met)
        }
        match &self.test {
            Test::Text(patterns) => patterns.iter().any(|pattern| pattern.matches(value, request)),
            Test::TextIgnoringCase(patterns) => patterns
                .iter()
                .any(|pattern| pattern.equals_ignoring_case(value, request)),
            Test::Arn(patterns) => {
                let arn = Split::new(value);
                patterns.iter().any(|pattern| pattern.matches(&arn, request))
            }
            Test::Number(order, expected) => {
                Number::read(value).is_some_and(|value| any(expected, |expected| order.holds(&value, expected)))
            }
            Test::Date(order, expected) => {
                Moment::read(value).is_some_and(|value| any(expected, |expected| order.holds(&value, expected)))
            }
            Test::Bool(expected) => boolean(value).is_some_and(|value| any(expected, |expected| value == *expected)),
            Test::Ip(expected) => {
                Network::address(value).is_some_and(|value| any(expected, |network| network.contains(value)))
            }
            Test::Binary(expected) => expected.iter().any(|expected| **expected == *value),
            Test::Null(_) => false,
        }
    }
}
