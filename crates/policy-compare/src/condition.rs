//! The conditions of a statement, as clauses of facts about single keys.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators", and "Set operators for multivalued context
//! keys".

use iam_policy_core::operator::{Comparison, Qualifier, StringMatch};
use iam_policy_core::{GlobalKey, Operator};
use iam_policy_document::Condition;
use iam_policy_document::scalar::{Moment, Network, Number, boolean};

use crate::glob::Pattern;
use crate::language::Language;
use crate::terms::{Clause, Fact, Terms, Test};

/// Translates a condition into clauses, all of which must hold.
///
/// # Errors
///
/// Describes what makes the condition invalid.
pub(crate) fn read(terms: &mut Terms, condition: Condition<'_>, language: Language) -> Result<Vec<Clause>, String> {
    let whole = condition.operator.key;
    let operator = Operator::from_name(whole)
        .filter(|operator| !operator.is_null_if_exists())
        .ok_or_else(|| format!("unknown condition operator `{whole}`"))?;
    let (qualifier, negated) = (operator.qualifier(), operator.is_negated());
    let mut key = terms.key(condition.key.key);
    // `aws:EpochTime` is the same moment, which may be compared as a number of seconds.
    let global = terms.keys.get(key).and_then(|key| key.global);
    let is_now = matches!(global, Some(GlobalKey::CurrentTime | GlobalKey::EpochTime));
    if is_now
        && matches!(
            operator.comparison(),
            Comparison::Null | Comparison::Date(_) | Comparison::Numeric(_)
        )
    {
        key = terms.key_of(GlobalKey::CurrentTime);
    }
    let mut values = Vec::new();
    for value in condition.values() {
        let Some(text) = value.as_text() else {
            return Err(format!(
                "a value of `{}` is not a string, number or Boolean",
                condition.key.key
            ));
        };
        values.push(text);
    }
    // A value that is not of the operator's type matches nothing.
    let test = match operator.comparison() {
        Comparison::Null => {
            let absent = Fact::Absent { key };
            return Ok(vec![match qualifier {
                // With a qualifier, the result does not depend on the key.
                Some(Qualifier::ForAllValues) => vec![(absent, false), (absent, true)],
                Some(Qualifier::ForAnyValue) => Clause::new(),
                None => tidy(
                    values
                        .iter()
                        .filter_map(|text| boolean(text))
                        .map(|so| (absent, so))
                        .collect(),
                ),
            }]);
        }
        Comparison::Bool => Test::Bool(read_all(&values, boolean)),
        Comparison::String(how) => {
            let (like, fold) = (how == StringMatch::Wildcards, how == StringMatch::IgnoreCase);
            Test::Text(patterns(&values, |text| language.text(terms, text, like, fold)))
        }
        Comparison::Binary => Test::Text(patterns(&values, |text| Language::Old.text(terms, text, false, false))),
        Comparison::Arn => Test::Text(patterns(&values, |text| language.condition_arn(terms, text))),
        Comparison::Numeric(relation) if is_now => Test::Date(relation, read_all(&values, Moment::read_seconds)),
        Comparison::Numeric(relation) => Test::Number(
            relation,
            read_all(&values, |text| Number::read(text).map(Number::into_owned)),
        ),
        Comparison::Date(relation) => Test::Date(relation, read_all(&values, Moment::read)),
        Comparison::IpAddress => Test::Address(read_all(&values, Network::read)),
    };
    let test = match test {
        Test::Text(patterns) => Test::Text(terms.of_values(key, patterns)),
        other => other,
    };
    if qualifier.is_some() {
        terms.is_used_as_set(key);
    }
    let test = terms.test(test);
    let some = |holds| Fact::Some { key, test, holds };
    // A negated operator without a qualifier holds if no value matches, which includes having no values. Similarly,
    // `ForAllValues` holds if no value violates it.
    let (fact, so) = match qualifier {
        None => (some(true), !negated),
        Some(Qualifier::ForAnyValue) => (some(!negated), true),
        Some(Qualifier::ForAllValues) => (some(negated), false),
    };
    let mut clause = vec![(fact, so)];
    let is_optional = operator.has_if_exists() && so;
    if is_optional {
        clause.push((Fact::Absent { key }, true));
    }
    let mut clauses = Vec::new();
    if let Some(qualifier) = qualifier
        && terms.may_be_empty(key)
    {
        // Under a set operator, the empty string counts as no value.
        let empty = Test::Text(vec![terms.pattern(Pattern::literal(""))]);
        let test = terms.test(empty);
        let is_empty = |holds| (Fact::Some { key, test, holds }, true);
        if qualifier == Qualifier::ForAllValues {
            clause.push(is_empty(true));
        } else {
            let absent = is_optional.then_some((Fact::Absent { key }, true));
            clauses.push(tidy([is_empty(false)].into_iter().chain(absent).collect()));
        }
    }
    clauses.push(tidy(clause));
    Ok(clauses)
}

fn tidy(mut clause: Clause) -> Clause {
    clause.sort_unstable();
    clause.dedup();
    clause
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort_unstable();
    list.dedup();
    list
}

/// The patterns that can match anything.
fn patterns(values: &[&str], read: impl FnMut(&str) -> Option<usize>) -> Vec<usize> {
    read_all(values, read)
}

fn read_all<T: Ord>(values: &[&str], mut read: impl FnMut(&str) -> Option<T>) -> Vec<T> {
    sorted(values.iter().filter_map(|text| read(text)).collect())
}
