//! A naive evaluator: no compilation, no shared code.

use std::collections::BTreeMap;

use serde_json::Value;

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) principal: Option<String>,
    pub(crate) context: BTreeMap<String, Vec<String>>,
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(|item| item.as_str().unwrap().to_owned()).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

/// `*` matches any run, `?` any character; `\u{1}` quotes the next character.
fn glob(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['\u{1}', c, rest @ ..], _) => matches!(text, [t, tail @ ..] if t == c && glob(rest, tail)),
        (['*', rest @ ..], _) => glob(rest, text) || matches!(text, [_, tail @ ..] if glob(pattern, tail)),
        (['?', rest @ ..], [_, tail @ ..]) => glob(rest, tail),
        ([p, rest @ ..], [t, tail @ ..]) => p == t && glob(rest, tail),
        _ => false,
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    glob(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}

fn matches_arn(pattern: &str, text: &str) -> bool {
    let (patterns, texts): (Vec<_>, Vec<_>) = (pattern.splitn(6, ':').collect(), text.splitn(6, ':').collect());
    if patterns.len() < 6 && pattern.ends_with('*') {
        patterns.len() <= texts.len()
            && patterns
                .iter()
                .zip(&texts)
                .all(|(pattern, text)| matches(pattern, text))
    } else {
        patterns.len() == texts.len()
            && patterns
                .iter()
                .zip(&texts)
                .all(|(pattern, text)| matches(pattern, text))
    }
}

impl Request {
    pub(crate) fn values(&self, key: &str) -> Vec<String> {
        let found = self.context.iter().find(|(known, _)| known.eq_ignore_ascii_case(key));
        found.map(|(_, values)| values.clone()).unwrap_or_default()
    }

    /// The text with variables replaced by their values, every character quoted.
    fn resolve(&self, text: &str, variables: bool) -> Option<String> {
        let mut resolved = String::new();
        let mut rest = text;
        while variables
            && let Some((before, after)) = rest.split_once("${")
            && let Some((name, tail)) = after.split_once('}')
        {
            resolved.push_str(before);
            let value = match name {
                "*" | "?" | "$" => name.to_owned(),
                _ => {
                    let (key, default) = match name.split_once(", '") {
                        Some((key, default)) => (key, Some(default.trim_end_matches('\''))),
                        None => (name, None),
                    };
                    match &*self.values(key) {
                        [only] => only.clone(),
                        [] => default?.to_owned(),
                        _ => return None,
                    }
                }
            };
            for c in value.chars() {
                resolved.extend(['\u{1}', c]);
            }
            rest = tail;
        }
        resolved.push_str(rest);
        Some(resolved)
    }

    fn resource_fits(&self, pattern: &str, variables: bool) -> bool {
        self.resolve(pattern, variables)
            .is_some_and(|pattern| matches_arn(&pattern, &self.resource))
    }

    fn one_value_fits(&self, operator: &str, expected: &str, value: &str, variables: bool) -> bool {
        let quoted = |text: &str| text.chars().flat_map(|c| ['\u{1}', c]).collect::<String>();
        let number = |text: &str| text.parse::<f64>().ok();
        let literal = || {
            let text = expected.replace("${", "\u{2}").replace(['*', '?'], "\u{3}");
            if text == expected {
                self.resolve(&quoted(expected), false)
            } else {
                self.resolve(expected, variables)
            }
        };
        match operator {
            "StringEquals" => literal().is_some_and(|pattern| matches(&pattern, value)),
            "StringEqualsIgnoreCase" => self
                .resolve(expected, variables)
                .is_some_and(|pattern| matches(&pattern.to_lowercase(), &value.to_lowercase())),
            "StringLike" => self
                .resolve(expected, variables)
                .is_some_and(|pattern| matches(&pattern, value)),
            "ArnLike" | "ArnEquals" => self
                .resolve(expected, variables)
                .is_some_and(|pattern| matches_arn(&pattern, value)),
            "NumericEquals" => number(value) == number(expected),
            "NumericLessThan" => number(value) < number(expected),
            "NumericLessThanEquals" => number(value) <= number(expected),
            "NumericGreaterThan" => number(value) > number(expected),
            "NumericGreaterThanEquals" => number(value) >= number(expected),
            // All dates in these tests are in UTC and in one format, except for fractions.
            "DateLessThan" => value.trim_end_matches('Z') < expected.trim_end_matches('Z'),
            "DateGreaterThanEquals" => value.trim_end_matches('Z') >= expected.trim_end_matches('Z'),
            "IpAddress" => {
                let (network, bits) = expected.split_once('/').unwrap_or((expected, "32"));
                let read = |text: &str| text.parse::<std::net::Ipv4Addr>().map(u32::from);
                let (Ok(network), Ok(value), Ok(bits)) = (read(network), read(value), bits.parse::<u32>()) else {
                    return false;
                };
                bits == 0 || (network ^ value) >> (32 - bits) == 0
            }
            "Bool" => value.eq_ignore_ascii_case(expected),
            other => panic!("{other}"),
        }
    }

    fn condition_fits(&self, operator: &str, key: &str, expected: &[String], variables: bool) -> bool {
        let values = self.values(key);
        if operator == "Null" {
            return expected
                .iter()
                .any(|expected| (expected == "true") == values.is_empty());
        }
        let (set, operator) = match operator.split_once(':') {
            Some((set, operator)) => (set, operator),
            None => ("", operator),
        };
        let (operator, if_exists) = match operator.strip_suffix("IfExists") {
            Some(operator) => (operator, true),
            None => (operator, false),
        };
        let (operator, negated) = match operator {
            "NotIpAddress" => ("IpAddress".to_owned(), true),
            _ if operator.contains("Not") => (operator.replacen("Not", "", 1), true),
            _ => (operator.to_owned(), false),
        };
        let fits = |value: &String| {
            expected
                .iter()
                .any(|expected| self.one_value_fits(&operator, expected, value, variables))
        };
        if values.is_empty() {
            return if_exists || set == "ForAllValues" || (set.is_empty() && negated);
        }
        match set {
            // A single empty string is no value to a set operator.
            _ if !set.is_empty() && values == [""] => set == "ForAllValues",
            "ForAllValues" => values.iter().all(|value| fits(value) != negated),
            "ForAnyValue" => values.iter().any(|value| fits(value) != negated),
            _ => values.iter().any(fits) != negated,
        }
    }

    fn principal_fits(&self, principal: &Value) -> bool {
        let own = self.principal.as_deref().unwrap();
        if principal == "*" {
            return true;
        }
        principal.as_object().unwrap().iter().any(|(kind, names)| {
            list(names).iter().any(|name| match &**kind {
                "AWS" => {
                    let role = name
                        .strip_prefix("arn:aws:iam::")
                        .and_then(|rest| rest.split_once(":role/"));
                    let is_role = role.is_some_and(|(account, role)| {
                        own.starts_with(&format!("arn:aws:sts::{account}:assumed-role/{role}/"))
                    });
                    name == "*"
                        || name == own
                        || is_role
                        || name.len() == 12 && own.contains(&format!("::{name}:"))
                        || {
                            name.strip_suffix(":root").is_some_and(|account| {
                                let sessions = account.replacen(":iam:", ":sts:", 1);
                                own.starts_with(&format!("{account}:")) || own.starts_with(&format!("{sessions}:"))
                            })
                        }
                }
                _ => name == own,
            })
        })
    }

    fn statement_fits(&self, statement: &Value, variables: bool) -> bool {
        let any_action = |value: &Value| {
            list(value)
                .iter()
                .any(|pattern| matches(&pattern.to_lowercase(), &self.action.to_lowercase()))
        };
        let any_resource = |value: &Value| list(value).iter().any(|pattern| self.resource_fits(pattern, variables));
        statement.get("Action").is_none_or(any_action)
            && !statement.get("NotAction").is_some_and(any_action)
            && statement.get("Resource").is_none_or(any_resource)
            && !statement.get("NotResource").is_some_and(any_resource)
            && statement
                .get("Principal")
                .is_none_or(|principal| self.principal_fits(principal))
            && !statement
                .get("NotPrincipal")
                .is_some_and(|principal| self.principal_fits(principal))
            && statement.get("Condition").is_none_or(|block| {
                block.as_object().unwrap().iter().all(|(operator, keys)| {
                    keys.as_object()
                        .unwrap()
                        .iter()
                        .all(|(key, expected)| self.condition_fits(operator, key, &list(expected), variables))
                })
            })
    }

    pub(crate) fn is_allowed(&self, policy: &Value) -> bool {
        let variables = policy.get("Version").is_some_and(|version| version == "2012-10-17");
        let statements = match &policy["Statement"] {
            Value::Array(statements) => statements.clone(),
            other => vec![other.clone()],
        };
        let has = |effect: &str| {
            statements
                .iter()
                .any(|statement| statement["Effect"] == effect && self.statement_fits(statement, variables))
        };
        has("Allow") && !has("Deny")
    }
}
