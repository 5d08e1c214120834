//! Required and optional members of JSON objects.

use iam_policy_document::{Diagnostic, Kind, Span, Value};

use crate::policy::described;
use crate::problem::problem;

/// The location of a value. Every value read from text has one.
pub(crate) fn span(value: Value<'_>) -> Span {
    value.span().unwrap_or(Span::new(0, 0))
}

/// The value under `key`, unless it is `null`.
pub(crate) fn present<'a>(object: Value<'a>, key: &str) -> Option<Value<'a>> {
    let value = object.get(key)?.value;
    (value.kind() != Kind::Null).then_some(value)
}

/// The items of the array under `key`; none if it is missing or `null`.
pub(crate) fn items<'a>(
    object: Value<'a>,
    key: &str,
    problems: &mut Vec<Diagnostic>,
) -> impl Iterator<Item = Value<'a>> + use<'a> {
    let value = object.get(key).map(|member| member.value);
    if let Some(value) = value
        && !matches!(value.kind(), Kind::Array | Kind::Null)
    {
        problems.push(problem(
            format!("expected an array in `{key}`, found {}", described(value.kind())),
            span(value),
        ));
    }
    value.into_iter().flat_map(Value::items)
}

/// The string under `key`, if present.
pub(crate) fn optional<'a>(object: Value<'a>, key: &str, problems: &mut Vec<Diagnostic>) -> Option<(&'a str, Span)> {
    let value = object.get(key)?.value;
    match value.kind() {
        Kind::String(text) => Some((text, span(value))),
        Kind::Null => None,
        other => {
            problems.push(problem(
                format!("expected a string in `{key}`, found {}", described(other)),
                span(value),
            ));
            None
        }
    }
}

/// The string under `key`, which is required.
///
/// - `what`: what the object is, such as `user`, for messages
pub(crate) fn required<'a>(
    object: Value<'a>,
    key: &str,
    what: &str,
    problems: &mut Vec<Diagnostic>,
) -> Option<(&'a str, Span)> {
    if !object.is_object() {
        problems.push(problem(
            format!("expected an object for a {what}, found {}", described(object.kind())),
            span(object),
        ));
        return None;
    }
    if object.get(key).is_none_or(|member| member.value.kind() == Kind::Null) {
        problems.push(problem(format!("this {what} has no `{key}`"), span(object)));
        return None;
    }
    optional(object, key, problems)
}
