//! Conditions on tags, for actions that do not support them.

mod docs;

use iam_policy_catalog::{Action as Known, ConditionKey};
use iam_policy_core::operator::Comparison;
use iam_policy_document::{Element, Value};

use crate::Code;
use crate::context::{Action, Condition, Context, Effect, Parts};
use crate::finding::{At, Report};

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for parts in &context.statements {
        for condition in parts
            .conditions
            .iter()
            .filter(|condition| is_about_a_tag(condition))
            .take(TAGS)
        {
            unsupported(context, parts, condition, report);
        }
    }
}

/// The maximum number of tags examined per statement: a resource cannot have more.
const TAGS: usize = 50;

/// Whether a condition tests the value of a tag of the resource by the global key. AWS does not report the keys of
/// services here.
fn is_about_a_tag(condition: &Condition<'_>) -> bool {
    let prefix = "aws:ResourceTag/";
    let name = condition.member.key;
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        && condition.operator.is_some_and(|operator| {
            !operator.is_negated() && !operator.has_if_exists() && operator.comparison() != Comparison::Null
        })
}

/// Whether a key stands for the value of one of the resource's tags: `aws:ResourceTag/…`, or a service's own such as
/// `rds:db-tag/…`. Keys about the tags of the request, the principal or a search are others.
pub(crate) fn is_resource_tag(key: ConditionKey) -> bool {
    let name = key.name().to_ascii_lowercase();
    let is_of = |word| name.split_once(':').is_some_and(|(_, key)| key.starts_with(word));
    key.is_template() && name.contains("tag/") && !["req", "principal", "search", "created"].into_iter().any(is_of)
}

/// `ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE`, `DENY_…`, and the same for `NotAction`: for an action that
/// does not send the key, the condition does not hold, so the statement does not apply to it.
///
/// Source: Service Authorization Reference, the condition keys of actions and of their resource types.
fn unsupported(context: &Context<'_>, parts: &Parts<'_>, condition: &Condition<'_>, report: &mut Report) {
    let (Some(effect), Some(key)) = (parts.effect, condition.key) else {
        return;
    };
    let name = condition.member.key;
    if parts.not_action {
        let Some(member) = parts.element(Element::NotAction) else {
            return;
        };
        let (code, details) = match effect {
            Effect::Allow => (
                Code::AllowNotActionWithUnsupportedTagConditionKeyForService,
                format!(
                    "using the effect Allow with NotAction and the tag condition key {name} allows only service actions that \
                     support the condition key; the condition key doesn't apply to some service actions; we recommend that \
                     you use Action instead of NotAction"
                ),
            ),
            Effect::Deny => (
                Code::DenyNotActionWithUnsupportedTagConditionKeyForService,
                format!(
                    "using the effect Deny with NotAction and the tag condition key {name} can be overly permissive because \
                     some service actions are not denied by this statement; we recommend that you use Action instead of \
                     NotAction"
                ),
            ),
        };
        report.add(code, details, [At::Value(member.value), At::Key(condition.member)]);
        return;
    }
    // By service prefix, in alphabetical order.
    let mut services: Vec<(&str, Vec<Value<'_>>)> = Vec::new();
    for action in &parts.actions {
        if let Some(service) = action.service
            && lacks(context, action, key)
        {
            let prefix = service.prefix();
            let place = services.partition_point(|(before, _)| *before < prefix);
            match services.get_mut(place) {
                Some((same, actions)) if *same == prefix => actions.push(action.value),
                _ => services.insert(place, (prefix, vec![action.value])),
            }
        }
    }
    for (service, actions) in services {
        let (code, details) = match effect {
            Effect::Allow => (
                Code::AllowWithUnsupportedTagConditionKeyForService,
                format!(
                    "using the effect Allow with the condition key {name} and actions for services with the following \
                     prefixes does not affect the policy: {service}; the actions for the listed service are not allowed by \
                     this statement; we recommend that you move these actions to a different statement without this \
                     condition key"
                ),
            ),
            Effect::Deny => (
                Code::DenyWithUnsupportedTagConditionKeyForService,
                format!(
                    "using the effect Deny with the tag condition key {name} and actions for services with the following \
                     prefixes can be overly permissive: {service}; actions for the listed service are not denied by this \
                     statement; we recommend that you move these actions to a different statement without this condition key"
                ),
            ),
        };
        let places = actions.into_iter().map(At::Value).chain([At::Key(condition.member)]);
        report.add(code, details, places);
    }
}

/// Whether none of the actions that this element matches has the key.
fn lacks(context: &Context<'_>, action: &Action<'_>, key: ConditionKey) -> bool {
    match action.known {
        Some(known) => !has_key(known, key),
        None if action.is_pattern => {
            let mut covered = context.catalog.expand(action.text).peekable();
            covered.peek().is_some() && covered.all(|known| !has_key(known, key))
        }
        None => false,
    }
}

/// Whether requests for an action, or for its resource, have a key. Actions that AWS checks in the same call share its
/// keys.
pub(crate) fn has_key(action: Known, key: ConditionKey) -> bool {
    has_own_key(action, key) || action.in_same_call().any(|other| has_own_key(other, key))
}

/// Like [`has_key`], for a key that several rows of the catalog stand for, or that the reference lacks for the action.
pub(crate) fn has_key_named(action: Known, name: &str) -> bool {
    let is_meant = |key: ConditionKey| key.stands_for(name);
    action.has_unlisted_key(name)
        || action.condition_keys().any(is_meant)
        || action
            .resource_types()
            .any(|about| about.condition_keys().any(is_meant) || about.resource_type().condition_keys().any(is_meant))
}

fn has_own_key(action: Known, key: ConditionKey) -> bool {
    action.condition_keys().any(|own| own == key)
        || action.resource_types().any(|about| {
            about.condition_keys().any(|own| own == key) || about.resource_type().condition_keys().any(|own| own == key)
        })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::PolicyType;
    use crate::tests::statements;
    const CODES: &[Code] = &[
        AllowWithUnsupportedTagConditionKeyForService,
        DenyWithUnsupportedTagConditionKeyForService,
        AllowNotActionWithUnsupportedTagConditionKeyForService,
        DenyNotActionWithUnsupportedTagConditionKeyForService,
    ];

    fn check(source: &str, expected: Expect) {
        statements(PolicyType::Identity, CODES, source, expected);
    }

    #[test]
    fn actions_without_tags() {
        check(
            r#"{"Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "ec2:StartInstances", "iam:ListRoles"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}}}"#,
            expect![[r#"
                ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE <"iam:ListRoles"> <"aws:ResourceTag/team">
                ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE <"s3:ListAllMyBuckets"> <"aws:ResourceTag/team">
            "#]],
        );
        check(
            r#"{"Effect": "Deny", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}}}"#,
            expect![[r#"
                DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE <"s3:ListAllMyBuckets"> <"aws:ResourceTag/team">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": ["ec2:StartInstances", "ec2:*"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn not_action() {
        check(
            r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}}}"#,
            expect![[r#"
                ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE <"iam:*"> <"aws:ResourceTag/team">
            "#]],
        );
        check(
            r#"{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}}}"#,
            expect![[r#"
                DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE <"iam:*"> <"aws:ResourceTag/team">
            "#]],
        );
    }

    #[test]
    fn conditions_that_match_without_tags() {
        check(
            r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceTag/team": "blue"}, "StringEqualsIfExists": {"aws:ResourceTag/a": "b"}, "Null": {"aws:ResourceTag/c": "true"}}}"#,
            expect![[""]],
        );
    }
}
