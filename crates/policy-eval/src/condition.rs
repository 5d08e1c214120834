//! Condition blocks.
//!
//! Sources: IAM User Guide, "IAM JSON policy elements: Condition", "Condition operators", "Single-valued vs.
//! multivalued context keys", "Conditions with multiple context keys or values".

use iam_policy_core::operator::{Comparison, Qualifier, Relation, StringMatch};
use iam_policy_core::variable::has_unknown;
use iam_policy_core::{Operator, Segments, VariableScope};

use crate::arn::ArnMatcher;
use crate::key::Key;
use crate::pattern::{Grammar, Pattern, Unknowns};
use crate::request::{Request, Values};
use crate::template::Template;
use iam_policy_document::scalar::{Moment, Network, Number, boolean};

/// One key of a condition block. All conditions of a statement must hold.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    operator: Operator,
    /// The operator's name as the policy writes it.
    operator_name: Box<str>,
    key: Key,
    test: Test,
    /// A value that is not compared as a text is unknown, and may be any.
    is_open: bool,
}

/// The alternatives that the values of a key are compared with. A scalar that could not be parsed is `None` and matches
/// nothing.
#[derive(Clone, Debug)]
enum Test {
    Text(Box<[Pattern]>),
    TextIgnoringCase(Box<[Pattern]>),
    Arn(Box<[ArnMatcher]>),
    Number(Relation, Box<[Written<Number<'static>>]>),
    Date(Relation, Box<[Written<Moment>]>),
    Bool(Box<[Written<bool>]>),
    Ip(Box<[Written<Network>]>),
    /// Base64: equal bytes have equal text.
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
    /// - `operator_name`: the operator as the policy writes it
    /// - `variables`: whether the policy's version has variables; only string and ARN operators replace them
    /// - `unknowns`: how unknown parts of values match
    ///
    /// Source: IAM User Guide, "IAM policy elements: Variables and tags", "Where you can use policy variables".
    pub(crate) fn new<'a>(
        operator: Operator,
        operator_name: &str,
        key: &str,
        values: impl Iterator<Item = &'a str> + Clone,
        variables: bool,
        unknowns: Unknowns,
    ) -> Self {
        let patterns = |values: &mut dyn Iterator<Item = &'a str>, wildcards| {
            let grammar = Grammar {
                variables,
                wildcards,
                unknowns,
            };
            values.map(|text| Pattern::new(text, grammar)).collect()
        };
        let is_open = unknowns == Unknowns::Anything && values.clone().any(has_unknown);
        let mut values = values;
        let mut key = Key::new(key);
        let test = match operator.comparison() {
            Comparison::String(StringMatch::Exact) => Test::Text(patterns(&mut values, false)),
            Comparison::String(StringMatch::IgnoreCase) => Test::TextIgnoringCase(patterns(&mut values, false)),
            Comparison::String(StringMatch::Wildcards) => Test::Text(patterns(&mut values, true)),
            Comparison::Arn => {
                let scope = if variables {
                    VariableScope::Everywhere
                } else {
                    VariableScope::Nowhere
                };
                Test::Arn(values.map(|text| ArnMatcher::new(text, scope, unknowns)).collect())
            }
            // The time of the request may be compared as a number of seconds.
            Comparison::Numeric(relation) if key.moment_twin().is_some() => {
                Test::Date(relation, written(values, Moment::read_seconds))
            }
            Comparison::Numeric(relation) => Test::Number(
                relation,
                written(values, |text| Number::read(text).map(Number::into_owned)),
            ),
            Comparison::Date(relation) => Test::Date(relation, written(values, Moment::read)),
            Comparison::Bool => Test::Bool(written(values, boolean)),
            Comparison::IpAddress => Test::Ip(written(values, Network::read)),
            Comparison::Binary => Test::Binary(values.map(Into::into).collect()),
            Comparison::Null => Test::Null(written(values, boolean)),
        };
        if matches!(test, Test::Date(..) | Test::Null(_)) {
            key = key.for_moments();
        }
        Self {
            operator,
            operator_name: operator_name.into(),
            key,
            test,
            is_open,
        }
    }

    /// A condition that never holds.
    pub(crate) fn never(operator_name: &str, key: &str) -> Option<Self> {
        Some(Self {
            operator: Operator::from_name("StringEquals")?,
            operator_name: operator_name.into(),
            key: Key::new(key),
            test: Test::Text(Box::default()),
            is_open: false,
        })
    }

    /// The operator's name as the policy writes it.
    pub(crate) fn operator_name(&self) -> &str {
        &self.operator_name
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
            Test::Arn(values) => values.iter().map(ArnMatcher::text).collect(),
            Test::Number(_, values) => of(values),
            Test::Date(_, values) => of(values),
            Test::Bool(values) | Test::Null(values) => of(values),
            Test::Ip(values) => of(values),
            Test::Binary(values) => values.iter().map(|value| &**value).collect(),
        }
    }

    /// The values that contain variables.
    pub(crate) fn templates(&self) -> impl Iterator<Item = &Template> {
        let (patterns, arns): (&[Pattern], &[ArnMatcher]) = match &self.test {
            Test::Text(values) | Test::TextIgnoringCase(values) => (values, &[]),
            Test::Arn(values) => (&[], values),
            _ => (&[], &[]),
        };
        patterns
            .iter()
            .filter_map(Pattern::template)
            .chain(arns.iter().filter_map(ArnMatcher::template))
    }

    /// Whether the condition holds for `request`.
    ///
    /// If the key is missing, positive operators and `ForAnyValue:` do not hold; negated operators, `…IfExists` and
    /// `ForAllValues:` do. If it is present, a negated operator holds if none of the policy's values match. Without a
    /// qualifier, a key with several values matches if any of them does.
    pub(crate) fn holds(&self, request: &Request<'_>) -> bool {
        let values = request.values(&self.key);
        if let Test::Null(expected) = &self.test {
            return self.null_holds(expected, values.is_some());
        }
        let negated = self.operator.is_negated();
        let qualifier = self.operator.qualifier();
        let Some(values) = values else {
            return self.operator.has_if_exists()
                || match qualifier {
                    Some(Qualifier::ForAllValues) => true,
                    Some(Qualifier::ForAnyValue) => false,
                    None => negated,
                };
        };
        match qualifier {
            // "… or if the context key value resolves to a null dataset, such as an empty string."
            Some(qualifier) if values.single() == Some("") => qualifier == Qualifier::ForAllValues,
            Some(Qualifier::ForAllValues) => values.iter().all(|value| self.is_met(value, request) != negated),
            Some(Qualifier::ForAnyValue) => values.iter().any(|value| self.is_met(value, request) != negated),
            None => self.any_is_met(values, request) != negated,
        }
    }

    /// Whether a `Null` condition holds: `true` requires that the key is missing, `false` that it is present. With a
    /// qualifier, `Null` does not depend on the key: `ForAllValues:` always holds and `ForAnyValue:` never does.
    ///
    /// Source: IAM User Guide, "Access Analyzer policy check reference", "Null with qualifier".
    fn null_holds(&self, expected: &[Written<bool>], is_present: bool) -> bool {
        match self.operator.qualifier() {
            Some(qualifier) => qualifier == Qualifier::ForAllValues,
            None if self.is_open => true,
            None => expected.iter().any(|missing| missing.value == Some(!is_present)),
        }
    }

    fn any_is_met(&self, values: Values<'_>, request: &Request<'_>) -> bool {
        values.iter().any(|value| self.is_met(value, request))
    }

    /// Whether `value` matches any of the policy's values, before negation.
    fn is_met(&self, value: &str, request: &Request<'_>) -> bool {
        fn any<T>(expected: &[Written<T>], is_met: impl Fn(&T) -> bool) -> bool {
            expected
                .iter()
                .filter_map(|expected| expected.value.as_ref())
                .any(is_met)
        }
        match &self.test {
            Test::Number(..) | Test::Date(..) | Test::Bool(_) | Test::Ip(_) | Test::Binary(_) if self.is_open => true,
            Test::Text(patterns) => patterns.iter().any(|pattern| pattern.matches(value, request)),
            Test::TextIgnoringCase(patterns) => patterns
                .iter()
                .any(|pattern| pattern.equals_ignoring_case(value, request)),
            Test::Arn(patterns) => {
                let arn = Segments::new(value);
                patterns.iter().any(|pattern| pattern.matches(&arn, request))
            }
            Test::Number(relation, expected) => {
                Number::read(value).is_some_and(|value| any(expected, |expected| relation.holds(&value, expected)))
            }
            Test::Date(relation, expected) => {
                Moment::read(value).is_some_and(|value| any(expected, |expected| relation.holds(&value, expected)))
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
