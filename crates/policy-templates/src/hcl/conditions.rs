//! Operators.

use super::syntax::Operator;
use super::value::{Kind, Value};

/// The result of an operator; `None` if it is not known.
pub(super) fn binary(operator: Operator, left: &Value, right: &Value) -> Option<Value> {
    let numbers = || Some((left.as_number()?, right.as_number()?));
    Some(match operator {
        Operator::Equal => Value::bool(equal(left, right)?),
        Operator::Unequal => Value::bool(!equal(left, right)?),
        Operator::Less => numbers().map(|(left, right)| Value::bool(left < right))?,
        Operator::LessOrEqual => numbers().map(|(left, right)| Value::bool(left <= right))?,
        Operator::Greater => numbers().map(|(left, right)| Value::bool(left > right))?,
        Operator::GreaterOrEqual => numbers().map(|(left, right)| Value::bool(left >= right))?,
        Operator::Plus => number(numbers().map(|(left, right)| left + right)?)?,
        Operator::Minus => number(numbers().map(|(left, right)| left - right)?)?,
        Operator::Times => number(numbers().map(|(left, right)| left * right)?)?,
        Operator::Divided => number(numbers().map(|(left, right)| left / right)?)?,
        Operator::Modulo => number(numbers().map(|(left, right)| left % right)?)?,
        Operator::And | Operator::Or => return None,
    })
}

fn number(number: f64) -> Option<Value> {
    number.is_finite().then(|| Value::number(number))
}

/// Whether two values are equal; `None` if that is not known.
fn equal(left: &Value, right: &Value) -> Option<bool> {
    let is_open = |value: &Value| {
        matches!(
            value.kind,
            Kind::Unknown(_) | Kind::Each(_) | Kind::Block(_) | Kind::Scope(_)
        )
    };
    if is_open(left) || is_open(right) {
        return None;
    }
    match (&left.kind, &right.kind) {
        (Kind::Null, Kind::Null) => Some(true),
        (Kind::Null, _) | (_, Kind::Null) => Some(false),
        (Kind::Bool(left), Kind::Bool(right)) => Some(left == right),
        (Kind::Number(_), Kind::Number(_)) => {
            #[expect(clippy::float_cmp, reason = "as Terraform compares them")]
            let same = left.as_number()? == right.as_number()?;
            Some(same)
        }
        (Kind::List(items), Kind::List(others)) => {
            if items.iter().chain(others.iter()).any(Value::is_each) {
                // Any number of elements may be none.
                return None;
            }
            if items.len() != others.len() {
                return Some(false);
            }
            all(items.iter().zip(others.iter()).map(|(left, right)| equal(left, right)))
        }
        (Kind::Object(members), Kind::Object(others)) => {
            if !left.is_known() || !right.is_known() {
                return None;
            }
            if members.len() != others.len() {
                return Some(false);
            }
            all(members.iter().map(|member| {
                let other = others.iter().find(|other| other.key == member.key);
                other.map_or(Some(false), |other| equal(&member.value, &other.value))
            }))
        }
        (Kind::Text(_) | Kind::Written(_), Kind::Text(_) | Kind::Written(_)) => {
            match (left.as_known_text(), right.as_known_text()) {
                (Some(left), Some(right)) => Some(left == right),
                // A text with something known in it is not empty.
                (Some(known), None) if known.is_empty() && has_literal(right) => Some(false),
                (None, Some(known)) if known.is_empty() && has_literal(left) => Some(false),
                _ => None,
            }
        }
        // Terraform does not convert what it compares.
        _ if left.is_known() && right.is_known() => Some(false),
        _ => None,
    }
}

fn has_literal(value: &Value) -> bool {
    use iam_policy_core::variable::{Piece, pieces};
    let text = value.as_text();
    text.is_some_and(|text| pieces(&text).any(|piece| !matches!(piece, Piece::Unknown(_))))
}

/// Whether all are true; `None` if that is not known.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for part in parts {
        match part {
            Some(true) => {}
            Some(false) => return Some(false),
            None => result = None,
        }
    }
    result
}

/// An operation as an expression.
pub(super) fn wording(operator: Operator, left: &Value, right: &Value) -> String {
    format!("{} {} {}", left.describe(), operator.sign(), right.describe())
}
