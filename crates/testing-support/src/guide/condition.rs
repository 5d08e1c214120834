//! The Condition element.

use std::cmp::Ordering;

use serde_json::Value;

use super::values::{Token, compare_dates, compare_numbers, contains, glob, lookup, tokens};
use super::{Keys, texts};

/// Whether all operators and all keys of a Condition hold.
pub(super) fn holds(condition: &Value, keys: &Keys, variables: Option<&Keys>) -> bool {
    condition.as_object().into_iter().flatten().all(|(operator, entries)| {
        entries
            .as_object()
            .unwrap()
            .iter()
            .all(|(key, values)| entry_holds(operator, key, &texts(values), keys, variables))
    })
}

fn entry_holds(operator: &str, key: &str, wanted: &[String], keys: &Keys, variables: Option<&Keys>) -> bool {
    let present = lookup(key, keys);
    if operator == "Null" {
        return wanted.iter().any(|wanted| (wanted == "true") == present.is_none());
    }
    let (quantifier, operator) = match operator.split_once(':') {
        Some((quantifier, operator)) => (Some(quantifier), operator),
        None => (None, operator),
    };
    let (if_exists, operator) = match operator.strip_suffix("IfExists") {
        Some(operator) => (true, operator),
        None => (false, operator),
    };
    let (negated, operator) = positive(operator);
    let holds = |value: &String| wanted.iter().any(|wanted| matches(operator, wanted, value, variables)) != negated;
    match (present, quantifier) {
        (None, _) if if_exists => true,
        // "Null dataset, such as an empty string".
        (Some([value]), Some(quantifier)) if value.is_empty() => quantifier == "ForAllValues",
        (None, Some("ForAllValues")) => true,
        (None, Some(_)) => false,
        (None, None) => negated,
        (Some(values), Some("ForAllValues")) => values.iter().all(holds),
        (Some(values), None) if negated => values.iter().all(holds),
        (Some(values), _) => values.iter().any(holds),
    }
}

/// Whether an operator is negated, and the operator that it negates.
fn positive(operator: &str) -> (bool, &str) {
    match operator {
        "StringNotEquals" => (true, "StringEquals"),
        "StringNotEqualsIgnoreCase" => (true, "StringEqualsIgnoreCase"),
        "StringNotLike" => (true, "StringLike"),
        "NumericNotEquals" => (true, "NumericEquals"),
        "DateNotEquals" => (true, "DateEquals"),
        "NotIpAddress" => (true, "IpAddress"),
        "ArnNotEquals" | "ArnNotLike" => (true, "ArnLike"),
        "ArnEquals" => (false, "ArnLike"),
        other => (false, other),
    }
}

/// Whether one value of the request matches one value of the policy.
fn matches(operator: &str, wanted: &str, value: &str, variables: Option<&Keys>) -> bool {
    match operator {
        "StringEquals" => literal(wanted, variables).is_some_and(|wanted| wanted == value),
        "StringEqualsIgnoreCase" => {
            literal(wanted, variables).is_some_and(|wanted| wanted.to_lowercase() == value.to_lowercase())
        }
        "StringLike" => tokens(wanted, true, variables).is_some_and(|wanted| glob(&wanted, value)),
        "ArnLike" => arn_matches(wanted, value, variables),
        "Bool" => wanted.eq_ignore_ascii_case(value),
        "BinaryEquals" => wanted == value,
        "IpAddress" => contains(wanted, value),
        "NumericEquals" => compare_numbers(value, wanted) == Some(Ordering::Equal),
        "NumericLessThan" => compare_numbers(value, wanted) == Some(Ordering::Less),
        "NumericLessThanEquals" => compare_numbers(value, wanted).is_some_and(Ordering::is_le),
        "NumericGreaterThan" => compare_numbers(value, wanted) == Some(Ordering::Greater),
        "NumericGreaterThanEquals" => compare_numbers(value, wanted).is_some_and(Ordering::is_ge),
        "DateEquals" => compare_dates(value, wanted) == Some(Ordering::Equal),
        "DateLessThan" => compare_dates(value, wanted) == Some(Ordering::Less),
        "DateLessThanEquals" => compare_dates(value, wanted).is_some_and(Ordering::is_le),
        "DateGreaterThan" => compare_dates(value, wanted) == Some(Ordering::Greater),
        "DateGreaterThanEquals" => compare_dates(value, wanted).is_some_and(Ordering::is_ge),
        other => panic!("{other} is not a condition operator"),
    }
}

fn literal(wanted: &str, variables: Option<&Keys>) -> Option<String> {
    let tokens = tokens(wanted, false, variables)?;
    Some(
        tokens
            .iter()
            .filter_map(|token| {
                if let Token::Literal(character) = token {
                    Some(*character)
                } else {
                    None
                }
            })
            .collect(),
    )
}

/// The six parts of an ARN are matched one by one, so a wildcard does not cross one of the first five colons.
fn arn_matches(wanted: &str, value: &str, variables: Option<&Keys>) -> bool {
    let Some(wanted) = tokens(wanted, true, variables) else {
        return false;
    };
    let wanted = split_tokens(&wanted);
    let value: Vec<&str> = value.splitn(6, ':').collect();
    wanted.len() == 6 && value.len() == 6 && wanted.iter().zip(&value).all(|(wanted, part)| glob(wanted, part))
}

/// The parts of a pattern, at its first five colons.
fn split_tokens(tokens: &[Token]) -> Vec<Vec<Token>> {
    let mut parts = vec![Vec::new()];
    for token in tokens {
        if *token == Token::Literal(':') && parts.len() < 6 {
            parts.push(Vec::new());
        } else {
            parts.last_mut().unwrap().push(*token);
        }
    }
    parts
}
