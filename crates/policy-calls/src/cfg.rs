//! Predicates of `cfg` attributes.

use std::str::FromStr;

use cargo_metadata::cargo_platform::{Cfg, CfgExpr};

use crate::facts::Condition;

/// Evaluates a predicate; `None` if that takes a value that is not known.
///
/// - `value`: whether an option is set, if known
pub(crate) fn evaluate(predicate: &CfgExpr, value: &dyn Fn(&Cfg) -> Option<bool>) -> Option<bool> {
    match predicate {
        CfgExpr::Not(inner) => evaluate(inner, value).map(|inner| !inner),
        CfgExpr::All(all) => {
            let values: Vec<_> = all.iter().map(|inner| evaluate(inner, value)).collect();
            if values.contains(&Some(false)) {
                Some(false)
            } else if values.contains(&None) {
                None
            } else {
                Some(true)
            }
        }
        CfgExpr::Any(any) => {
            let values: Vec<_> = any.iter().map(|inner| evaluate(inner, value)).collect();
            if values.contains(&Some(true)) {
                Some(true)
            } else if values.contains(&None) {
                None
            } else {
                Some(false)
            }
        }
        CfgExpr::Value(cfg) => value(cfg),
        CfgExpr::True => Some(true),
        CfgExpr::False => Some(false),
    }
}

/// The value of an option when no tests are compiled.
fn without_tests(cfg: &Cfg) -> Option<bool> {
    match cfg {
        Cfg::Name(name) if name.as_str() == "test" => Some(false),
        _ => None,
    }
}

/// Whether code with this condition is only compiled for tests.
pub(crate) fn is_test_only(condition: &Condition) -> bool {
    match condition {
        Condition::Test => true,
        Condition::Cfg(predicate) => {
            CfgExpr::from_str(predicate).is_ok_and(|predicate| evaluate(&predicate, &without_tests) == Some(false))
        }
    }
}

/// All conditions as one predicate, except that tests are compiled.
pub(crate) fn predicate(conditions: &[Condition]) -> Option<String> {
    let mut predicates: Vec<&str> = Vec::new();
    for condition in conditions {
        if let Condition::Cfg(predicate) = condition
            && predicate != "test"
            && !predicates.contains(&predicate.as_str())
        {
            predicates.push(predicate);
        }
    }
    match predicates.as_slice() {
        [] => None,
        [only] => Some((*only).to_owned()),
        several => Some(format!("all({})", several.join(", "))),
    }
}
