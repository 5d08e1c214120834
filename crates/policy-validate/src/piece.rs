//! Documents about part of a required policy, as input for `iam-policy-compare`.

use iam_policy_core::{GlobalKey, US_EAST_1_SERVICES};
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
    /// Only requests of somebody who works in this Region of the standard partition: to regional services there, and to
    /// global ones in `us-east-1`.
    Region(&'a str),
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
        if let Only::Region(region) = only {
            let global: Vec<String> = US_EAST_1_SERVICES
                .iter()
                .map(|service| format!("{service}:*"))
                .collect();
            let global: Vec<&str> = global.iter().map(String::as_str).collect();
            let condition = |region| Only::Unless("StringNotEquals", GlobalKey::RequestedRegion.name(), vec![region]);
            deny(&mut builder, "NotAction", &global, &condition(*region));
            deny(&mut builder, "Action", &global, &condition("us-east-1"));
        } else {
            deny(&mut builder, "Action", &["*"], only);
        }
    }
    builder.finish()
}

fn deny(builder: &mut Builder, element: &str, actions: &[&str], only: &Only<'_>) {
    builder.begin_object(None);
    builder.key("Effect", None);
    builder.string("Deny", None);
    builder.key(element, None);
    builder.strings(actions);
    match only {
        Only::Region(_) => {}
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
