//! Documents about part of a required policy, as input for `iam-policy-compare`.

use iam_policy_document::{Builder, Document, Element};

use crate::required::Required;

/// A statement that denies everything outside the part.
#[derive(Clone, Debug)]
pub(crate) enum Only<'a> {
    /// Only resources that match.
    Resource(&'a str),
    /// Only resources that do not match.
    NotResource(&'a str),
    /// Only requests for which the condition does not hold: operator, key, values.
    Unless(&'static str, &'a str, Vec<&'a str>),
}

/// What one statement grants and no other statement of the same policy denies.
///
/// - `action`, `resource`: replace the statement's own, if given
/// - `only`: further restrictions
pub(crate) fn document(
    required: &Required,
    statement: usize,
    action: Option<&[&str]>,
    resource: Option<&[&str]>,
    only: &[Only<'_>],
) -> Document {
    let mut builder = Builder::new();
    builder.begin_object(None);
    if let Some(version) = required.document.version() {
        builder.key("Version", None);
        builder.copy(version.value);
    }
    builder.key("Statement", None);
    builder.begin_array(None);
    if let Some(written) = required.written(statement) {
        builder.begin_object(None);
        for member in written.0.members() {
            let (key, list) = match Element::from_name(member.key) {
                Some(Element::Action | Element::NotAction) => ("Action", action),
                Some(Element::Resource | Element::NotResource) => ("Resource", resource),
                _ => (member.key, None),
            };
            if let Some(list) = list {
                builder.key(key, None);
                builder.strings(list);
            } else {
                builder.key(member.key, None);
                builder.copy(member.value);
            }
        }
        builder.end();
    }
    let denials = required.document.statements().zip(required.statements());
    for (written, _) in denials.filter(|(_, statement)| statement.effect == iam_policy_core::Effect::Deny) {
        builder.copy(written.0);
    }
    for only in only {
        deny(&mut builder, only);
    }
    builder.finish()
}

fn deny(builder: &mut Builder, only: &Only<'_>) {
    builder.begin_object(None);
    for (key, value) in [("Effect", "Deny"), ("Action", "*")] {
        builder.key(key, None);
        builder.string(value, None);
    }
    match only {
        Only::Resource(pattern) => {
            builder.key("NotResource", None);
            builder.string(pattern, None);
        }
        Only::NotResource(pattern) => {
            builder.key("Resource", None);
            builder.string(pattern, None);
        }
        Only::Unless(operator, key, values) => {
            builder.key("Resource", None);
            builder.string("*", None);
            builder.key("Condition", None);
            builder.begin_object(None);
            builder.key(operator, None);
            builder.begin_object(None);
            builder.key(key, None);
            builder.strings(values);
            builder.end();
            builder.end();
        }
    }
    builder.end();
}
