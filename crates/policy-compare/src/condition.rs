//! What the conditions of a statement say, as clauses of facts about single keys.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators", and "Set operators for multivalued context
//! keys".

use iam_policy_document::Condition;
use iam_policy_eval::scalar::{Moment, Network, Number, Order, boolean};

use crate::read::Language;
use crate::terms::{Clause, Fact, Terms, Test};

#[derive(Clone, Copy)]
enum Kind {
    Equals { fold: bool },
    Like,
    Arn,
    Number(Order),
    Date(Order),
    Address,
    Bool,
    Binary,
    Null,
}

/// An operator without what stands before and behind it, and whether it is negated; in any case.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
fn operator(name: &str) -> Option<(Kind, bool)> {
    use Order::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    const OPERATORS: &[(&str, Kind, bool)] = &[
        ("StringEquals", Kind::Equals { fold: false }, false),
        ("StringNotEquals", Kind::Equals { fold: false }, true),
        ("StringEqualsIgnoreCase", Kind::Equals { fold: true }, false),
        ("StringNotEqualsIgnoreCase", Kind::Equals { fold: true }, true),
        ("StringLike", Kind::Like, false),
        ("StringNotLike", Kind::Like, true),
        ("ArnEquals", Kind::Arn, false),
        ("ArnLike", Kind::Arn, false),
        ("ArnNotEquals", Kind::Arn, true),
        ("ArnNotLike", Kind::Arn, true),
        ("NumericEquals", Kind::Number(Equal), false),
        ("NumericNotEquals", Kind::Number(Equal), true),
        ("NumericLessThan", Kind::Number(Less), false),
        ("NumericLessThanEquals", Kind::Number(LessOrEqual), false),
        ("NumericGreaterThan", Kind::Number(Greater), false),
        ("NumericGreaterThanEquals", Kind::Number(GreaterOrEqual), false),
        ("DateEquals", Kind::Date(Equal), false),
        ("DateNotEquals", Kind::Date(Equal), true),
        ("DateLessThan", Kind::Date(Less), false),
        ("DateLessThanEquals", Kind::Date(LessOrEqual), false),
        ("DateGreaterThan", Kind::Date(Greater), false),
        ("DateGreaterThanEquals", Kind::Date(GreaterOrEqual), false),
        ("IpAddress", Kind::Address, false),
        ("NotIpAddress", Kind::Address, true),
        ("Bool", Kind::Bool, false),
        ("BinaryEquals", Kind::Binary, false),
        ("Null", Kind::Null, false),
    ];
    OPERATORS
        .iter()
        .find(|(known, _, _)| known.eq_ignore_ascii_case(name))
        .map(|&(_, kind, negated)| (kind, negated))
}

/// Whether the set operator asks for all values, and the operator behind it.
fn set_operator(name: &str) -> Option<(Option<bool>, &str)> {
    match name.split_once(':') {
        None => Some((None, name)),
        Some((set, rest)) if set.eq_ignore_ascii_case("ForAllValues") => Some((Some(true), rest)),
        Some((set, rest)) if set.eq_ignore_ascii_case("ForAnyValue") => Some((Some(false), rest)),
        Some(_) => None,
    }
}

/// The operator in front of `IfExists`, if that is there.
fn without_if_exists(name: &str) -> (&str, bool) {
    let cut = name.len().checked_sub("IfExists".len());
    match cut.and_then(|at| name.split_at_checked(at)) {
        Some((front, suffix)) if suffix.eq_ignore_ascii_case("IfExists") => (front, true),
        _ => (name, false),
    }
}

/// The clause that a condition is.
///
/// # Errors
///
/// What about it is not IAM's language.
pub(crate) fn read(terms: &mut Terms, condition: Condition<'_>, language: Language) -> Result<Clause, String> {
    let whole = condition.operator.key;
    let unknown = || format!("the operator `{whole}` is not known");
    let (set, name) = set_operator(whole).ok_or_else(unknown)?;
    let (name, if_exists) = without_if_exists(name);
    let (kind, negated) = operator(name).ok_or_else(unknown)?;
    let key = terms.key(condition.key.key);
    let mut values = Vec::new();
    for value in condition.values() {
        let Some(text) = value.as_text() else {
            return Err(format!(
                "a value of `{}` is neither a text nor a number nor a boolean",
                condition.key.key
            ));
        };
        values.push(text);
    }
    // A value that is not of the operator's type is met by nothing.
    let test = match kind {
        Kind::Null => {
            if if_exists {
                return Err(unknown());
            }
            let absent = Fact::Absent { key };
            return Ok(match set {
                // A set operator has no set to look at.
                Some(true) => vec![(absent, false), (absent, true)],
                Some(false) => Clause::new(),
                None => tidy(
                    values
                        .iter()
                        .filter_map(|text| boolean(text))
                        .map(|so| (absent, so))
                        .collect(),
                ),
            });
        }
        Kind::Bool => Test::Bool(read_all(&values, boolean)),
        Kind::Equals { fold } => Test::Text(patterns(&values, |text| language.text(terms, text, false, fold))),
        Kind::Binary => Test::Text(patterns(&values, |text| Language::Old.text(terms, text, false, false))),
        Kind::Like => Test::Text(patterns(&values, |text| language.text(terms, text, true, false))),
        Kind::Arn => Test::Text(patterns(&values, |text| language.condition_arn(terms, text))),
        Kind::Number(order) => Test::Number(
            order,
            read_all(&values, |text| Number::read(text).map(Number::into_owned)),
        ),
        Kind::Date(order) => Test::Date(order, read_all(&values, Moment::read)),
        Kind::Address => Test::Address(read_all(&values, Network::read)),
    };
    let test = match test {
        Test::Text(patterns) => Test::Text(terms.of_values(key, patterns)),
        other => other,
    };
    if set.is_some() {
        terms.is_used_as_set(key);
    }
    let test = terms.test(test);
    let some = |holds| Fact::Some { key, test, holds };
    // A negated operator without a set operator holds when no value fits, so also when there is none; `ForAllValues`
    // likewise holds when no value is amiss.
    let (fact, so) = match (set, negated) {
        (None, negated) => (some(true), !negated),
        (Some(false), negated) => (some(!negated), true),
        (Some(true), negated) => (some(negated), false),
    };
    let mut clause = vec![(fact, so)];
    if if_exists && so {
        clause.push((Fact::Absent { key }, true));
    }
    Ok(tidy(clause))
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

/// The patterns that can match at all.
fn patterns(values: &[&str], read: impl FnMut(&str) -> Option<usize>) -> Vec<usize> {
    read_all(values, read)
}

fn read_all<T: Ord>(values: &[&str], mut read: impl FnMut(&str) -> Option<T>) -> Vec<T> {
    sorted(values.iter().filter_map(|text| read(text)).collect())
}
