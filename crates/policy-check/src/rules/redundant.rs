//! Parts of a policy that can be removed without changing what it grants.

mod docs;

use std::hash::{DefaultHasher, Hash, Hasher};

use iam_policy_core::wildcard::is_pattern;
use iam_policy_document::{Element, Value};

use crate::Code;
use crate::context::{Condition, Context, Parts};
use crate::finding::{At, Report};
use crate::groups::{Case, groups};

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for parts in &context.statements {
        actions(parts, report);
        resources(parts, report);
    }
    statements(context, report);
}

/// `REDUNDANT_ACTION`: an action is a duplicate, ignoring case, or a pattern covers it.
fn actions(parts: &Parts<'_>, report: &mut Report) {
    let (mut texts, mut values) = (Vec::new(), Vec::new());
    for action in &parts.actions {
        texts.push((action.text, action.is_pattern));
        values.push(action.value);
    }
    for group in groups(&texts, Case::Ignored) {
        let count = group.members.len();
        let (named, _) = texts.get(group.redundant).copied().unwrap_or_default();
        report.add(
            Code::RedundantAction,
            format!(
                "the {count} actions are redundant because they provide similar permissions; remove redundant \
                 actions such as {named}"
            ),
            group.places(&values),
        );
    }
}

/// `REDUNDANT_RESOURCE`: a resource is a duplicate, or a pattern covers it. `*` also matches colons and slashes.
fn resources(parts: &Parts<'_>, report: &mut Report) {
    let (mut texts, mut values) = (Vec::new(), Vec::new());
    for resource in &parts.resources {
        texts.push((resource.text, is_pattern(resource.text)));
        values.push(resource.value);
    }
    for group in groups(&texts, Case::Sensitive) {
        let count = group.members.len();
        let (named, _) = texts.get(group.redundant).copied().unwrap_or_default();
        report.add(
            Code::RedundantResource,
            format!(
                "the {count} resource ARNs are redundant because they reference the same resource; review the use of \
                 wildcards (*), or remove the resource {named}"
            ),
            group.places(&values),
        );
    }
}

/// `REDUNDANT_STATEMENT`: two statements are equal apart from their Sids, the order of their lists and the case of
/// their actions.
fn statements(context: &Context<'_>, report: &mut Report) {
    if context.statements.len() < 2 {
        return;
    }
    let mut measured = Vec::new();
    let mut sizes = Vec::new();
    for parts in &context.statements {
        if parts.statement.0.is_object() {
            let size = characters(parts);
            measured.push((parts, size));
            sizes.push(size);
        }
    }
    // Equal statements have the same length, so statements with a unique length need no comparison.
    let sizes = repeated(sizes);
    let mut alike = Vec::new();
    let mut meanings = Vec::new();
    for (parts, size) in measured {
        if sizes.binary_search(&size).is_ok() {
            let meaning = meaning(parts);
            alike.push((parts, meaning));
            meanings.push(meaning);
        }
    }
    let meanings = repeated(meanings);
    let mut groups: Vec<Vec<At<'_>>> = vec![Vec::new(); meanings.len()];
    let mut order = Vec::new();
    for (parts, meaning) in alike {
        if let Ok(number) = meanings.binary_search(&meaning)
            && let Some(group) = groups.get_mut(number)
        {
            if group.len() == 1 {
                order.push(number);
            }
            group.push(At::Value(parts.statement.0));
        }
    }
    for number in order {
        report.add(
            Code::RedundantStatement,
            "the statements are redundant because they provide identical permissions; remove the redundant statement",
            groups.get(number).cloned().unwrap_or_default(),
        );
    }
}

/// The numbers that appear more than once in a list, smallest first.
fn repeated(mut numbers: Vec<u64>) -> Vec<u64> {
    numbers.sort_unstable();
    let mut repeated = Vec::new();
    let mut rest = numbers.as_slice();
    while let [number, after @ ..] = rest {
        if after.first() == Some(number) && repeated.last() != Some(number) {
            repeated.push(*number);
        }
        rest = after;
    }
    repeated
}

/// The total length in bytes of a statement's actions, resources and conditions.
fn characters(parts: &Parts<'_>) -> u64 {
    let mut size = 0;
    for action in &parts.actions {
        size += action.text.len();
    }
    for resource in &parts.resources {
        size += resource.text.len();
    }
    for value in parts.conditions.iter().flat_map(Condition::values) {
        size += value.as_text().unwrap_or_default().len();
    }
    size as u64
}

/// A hash that is the same for equal statements. Two different statements are expected to share one only among about
/// 2^32 statements.
fn meaning(parts: &Parts<'_>) -> u64 {
    let mut all = DefaultHasher::new();
    for &element in Element::ALL {
        let Some(member) = parts.element(element).filter(|_| element != Element::Sid) else {
            continue;
        };
        element.hash(&mut all);
        // The order of a list is irrelevant.
        let mut numbers = Vec::new();
        if member.value.is_object() {
            numbers = blocks(member.value);
        } else {
            let fold = matches!(element, Element::Action | Element::NotAction);
            for value in member.value.one_or_many() {
                numbers.push(text(value, fold));
            }
        }
        numbers.sort_unstable();
        numbers.hash(&mut all);
    }
    all.finish()
}

/// The hashes of everything that a condition compares, or of all principals.
fn blocks(object: Value<'_>) -> Vec<u64> {
    let mut parts = Vec::new();
    for outer in object.members() {
        let inner = outer.value.members().map(|inner| (inner.key, inner.value));
        for (key, value) in inner.chain(
            outer
                .value
                .one_or_many()
                .filter(|value| !value.is_object())
                .map(|value| ("", value)),
        ) {
            for value in value.one_or_many() {
                let mut part = DefaultHasher::new();
                (outer.key, key.to_ascii_lowercase(), text(value, false)).hash(&mut part);
                parts.push(part.finish());
            }
        }
    }
    parts
}

fn text(value: Value<'_>, fold: bool) -> u64 {
    let mut part = DefaultHasher::new();
    match value.as_text() {
        Some(text) if fold => text.bytes().for_each(|byte| byte.to_ascii_lowercase().hash(&mut part)),
        text => text.hash(&mut part),
    }
    part.finish()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::PolicyType;
    use crate::tests::statements;
    const CODES: &[Code] = &[RedundantAction, RedundantResource, RedundantStatement];

    fn check(source: &str, expected: Expect) {
        statements(PolicyType::Identity, CODES, source, expected);
    }

    #[test]
    fn actions() {
        check(
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", "sqs:SendMessage", "S3:getobject"], "Resource": "*"}"#,
            expect![[r#"
                REDUNDANT_ACTION <"s3:GetObject"> <"S3:getobject">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*", "s3:PutObject", "s3:GetObjectAcl", "s3:*Acl"], "Resource": "*"}"#,
            expect![[r#"
                REDUNDANT_ACTION <"s3:GetObject"> <"s3:Get*">
                REDUNDANT_ACTION <"s3:GetObjectAcl"> <"s3:*Acl">
            "#]],
        );
        check(
            r#"{"Effect": "Deny", "NotAction": ["s3:*", "s3:Get*"], "Resource": "*"}"#,
            expect![[r#"
                REDUNDANT_ACTION <"s3:*"> <"s3:Get*">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": ["s3:Get*", "s3:Put*", "s3:GetObjec?x"], "Resource": "*"}"#,
            expect![[r#"
                REDUNDANT_ACTION <"s3:Get*"> <"s3:GetObjec?x">
            "#]],
        );
    }

    #[test]
    fn resources() {
        check(
            r#"{"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:s3:::a*", "arn:aws:s3:::a*/*", "arn:aws:s3:::b", "arn:aws:s3:::b/*"]}"#,
            expect![[r#"
                REDUNDANT_RESOURCE <"arn:aws:s3:::a*"> <"arn:aws:s3:::a*/*">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:logs:*:*:log-group:x", "arn:aws:logs:*:*:x", "arn:aws:s3:::A", "arn:aws:s3:::a"]}"#,
            expect![[r#"
                REDUNDANT_RESOURCE <"arn:aws:logs:*:*:log-group:x"> <"arn:aws:logs:*:*:x">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:s3:::*a*", "arn:aws:s3:::*a*/*"]}"#,
            expect![[r#"
                REDUNDANT_RESOURCE <"arn:aws:s3:::a"> <"arn:aws:s3:::a/*"> <"arn:aws:s3:::*a*"> <"arn:aws:s3:::*a*/*">
            "#]],
        );
    }

    #[test]
    fn whole_statements() {
        check(
            r#"[{"Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}, {"Sid": "B", "Effect": "Allow", "Action": ["S3:PutObject", "s3:GetObject"], "Resource": ["*"]}]"#,
            expect![[r#"
                REDUNDANT_STATEMENT <{"Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject", "> <{"Sid": "B", "Effect": "Allow", "Action": ["S3:PutObject", ">
            "#]],
        );
        check(
            r#"[{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]"#,
            expect![[""]],
        );
    }
}
