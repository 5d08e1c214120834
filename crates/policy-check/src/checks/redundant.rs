//! What could be left out.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use policy_document::{Element, Value};

use crate::Code;
use crate::context::{Condition, Context, Rule};
use crate::finding::{At, Report};
use crate::pattern::{Case, covers};

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for rule in &context.statements {
        actions(rule, report);
        resources(rule, report);
    }
    statements(context, report);
}

/// `REDUNDANT_ACTION`: an action is there twice, in whatever case, or a pattern covers it.
fn actions(rule: &Rule<'_>, report: &mut Report) {
    let texts: Vec<_> = rule.actions.iter().map(|action| action.text).collect();
    for group in groups(&texts, Case::Ignored) {
        let count = group.members.len();
        let named = texts.get(group.redundant).copied().unwrap_or_default();
        report.add(
            Code::RedundantAction,
            format!(
                "the {count} action(s) are redundant because they provide similar permissions; update the policy to remove \
                 the redundant action such as: {named}"
            ),
            group
                .members
                .iter()
                .filter_map(|&member| rule.actions.get(member))
                .map(|action| At::Value(action.value)),
        );
    }
}

/// `REDUNDANT_RESOURCE`: a resource is there twice, or a pattern covers it. `*` spans colons and slashes.
fn resources(rule: &Rule<'_>, report: &mut Report) {
    let texts: Vec<_> = rule.resources.iter().map(|resource| resource.text).collect();
    for group in groups(&texts, Case::Sensitive) {
        let count = group.members.len();
        let named = texts.get(group.redundant).copied().unwrap_or_default();
        report.add(
            Code::RedundantResource,
            format!(
                "the {count} resource ARN(s) are redundant because they reference the same resource; review the use of \
                 wildcards (*), or remove the resource {named} to remove the redundancy"
            ),
            group
                .members
                .iter()
                .filter_map(|&member| rule.resources.get(member))
                .map(|resource| At::Value(resource.value)),
        );
    }
}

/// Patterns of which one covers all.
struct Group {
    /// In the order of the list.
    members: Vec<usize>,
    /// The first that can be left out.
    redundant: usize,
}

/// How many comparisons with patterns that have a wildcard before their end are made for each text of a list. Such patterns are
/// few; without a limit, a list made of nothing else would take time that grows with the square of its length.
const COMPARISONS: usize = 64;

/// The groups of `texts`, in the order of their first members. Each text that some other one covers is in the group of the first that covers
/// it and is not covered itself.
fn groups(texts: &[&str], case: Case) -> Vec<Group> {
    if texts.len() < 2 {
        return Vec::new();
    }
    // Equal texts come together, and all that start alike.
    let folded = case.fold(texts);
    let mut rest = folded.as_str();
    let keys: Vec<&str> = texts
        .iter()
        .map(|text| {
            let (key, after) = rest.split_at_checked(text.len()).unwrap_or((rest, ""));
            rest = after;
            key
        })
        .collect();
    let key = |at: usize| keys.get(at).copied().unwrap_or_default();
    let mut sorted: Vec<(&str, usize)> = keys.iter().copied().zip(0..).collect();
    sorted.sort_unstable();

    // For each text, the first of those that are equal to it.
    let mut cover: Vec<usize> = (0..keys.len()).collect();
    let mut last = ("", usize::MAX);
    for &(text, at) in &sorted {
        if last.1 != usize::MAX && last.0 == text {
            if let Some(own) = cover.get_mut(at) {
                *own = last.1;
            }
        } else {
            last = (text, at);
        }
    }

    // The texts that start with what stands before a pattern's first wildcard are neighbours.
    let mut budget = keys.len() * COMPARISONS;
    let mut patterns: Vec<(&str, bool, usize)> = keys
        .iter()
        .zip(0..)
        .filter(|&(_, at)| cover.get(at) == Some(&at))
        .filter_map(|(key, at)| {
            let start = key.bytes().position(|byte| matches!(byte, b'*' | b'?'))?;
            let (literal, rest) = key.split_at_checked(start)?;
            Some((literal, rest == "*", at))
        })
        .collect();
    // Whatever covers a pattern has a beginning that is no longer; of equal ones the first in the list counts.
    patterns.sort_by_key(|&(literal, simple, at)| (literal.len(), !simple, at));
    for (literal, simple, pattern) in patterns {
        if cover.get(pattern) != Some(&pattern) {
            continue;
        }
        let start = sorted.partition_point(|&(text, _)| text < literal);
        for &(text, at) in sorted.get(start..).unwrap_or_default() {
            if !text.starts_with(literal) {
                break;
            }
            if !simple {
                if budget == 0 {
                    break;
                }
                budget -= 1;
            }
            let covered = cover.get(at).is_some_and(|&root| root != at && key(root) != text);
            if covered || text == key(pattern) {
                continue;
            }
            if (simple || covers(key(pattern), text, Case::Sensitive))
                && let Some(own) = cover.get_mut(at)
            {
                *own = pattern;
            }
        }
    }
    collect(&cover)
}

/// Gathers the texts under what covers them, through covers of covers.
fn collect(cover: &[usize]) -> Vec<Group> {
    let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
    for at in 0..cover.len() {
        let mut root = at;
        // A chain is as long as patterns are nested.
        while let Some(&next) = cover.get(root)
            && next != root
        {
            root = next;
        }
        if root != at {
            members.entry(root).or_insert_with(|| vec![root]).push(at);
        }
    }
    let mut groups: Vec<Group> = members
        .into_iter()
        .map(|(root, mut members)| {
            let first = members.get(1).copied().unwrap_or(root);
            members.sort_unstable();
            Group {
                members,
                redundant: first,
            }
        })
        .collect();
    groups.sort_by_key(|group| group.members.first().copied());
    groups
}

/// `REDUNDANT_STATEMENT`: two statements are the same but for their Sids, and the order and case of their actions and the like.
fn statements(context: &Context<'_>, report: &mut Report) {
    if context.statements.len() < 2 {
        return;
    }
    // Statements that say the same have as many characters, so the others need not be looked at closely.
    let objects = || context.statements.iter().filter(|rule| rule.statement.0.is_object());
    let mut sizes: HashMap<usize, usize> = HashMap::with_capacity(context.statements.len());
    for rule in objects() {
        *sizes.entry(characters(rule)).or_default() += 1;
    }
    let mut seen: HashMap<u64, Vec<&Rule<'_>>> = HashMap::new();
    let mut order = Vec::new();
    for rule in objects().filter(|rule| sizes.get(&characters(rule)).is_some_and(|&count| count > 1)) {
        let meaning = meaning(rule);
        let same = seen.entry(meaning).or_default();
        if same.len() == 1 {
            order.push(meaning);
        }
        same.push(rule);
    }
    for same in order {
        report.add(
            Code::RedundantStatement,
            "the statements are redundant because they provide identical permissions; update the policy to remove the \
             redundant statement",
            seen.get(&same)
                .into_iter()
                .flatten()
                .map(|rule| At::Value(rule.statement.0)),
        );
    }
}

/// How many bytes the actions, resources and conditions of a statement have.
fn characters(rule: &Rule<'_>) -> usize {
    let actions = rule.actions.iter().map(|action| action.text.len());
    let resources = rule.resources.iter().map(|resource| resource.text.len());
    let conditions = rule.conditions.iter().flat_map(Condition::values);
    let conditions = conditions.filter_map(Value::as_text).map(str::len);
    actions.chain(resources).chain(conditions).sum()
}

/// A number that two statements have in common if they say the same, and otherwise only by an accident that takes 2^32 statements.
fn meaning(rule: &Rule<'_>) -> u64 {
    let mut all = DefaultHasher::new();
    for &element in Element::ALL {
        let Some(member) = rule.element(element).filter(|_| element != Element::Sid) else {
            continue;
        };
        element.hash(&mut all);
        // The order of a list does not matter.
        let mut parts: Vec<u64> = if member.value.is_object() {
            blocks(member.value)
        } else {
            let fold = matches!(element, Element::Action | Element::NotAction);
            member.value.one_or_many().map(|value| text(value, fold)).collect()
        };
        parts.sort_unstable();
        parts.hash(&mut all);
    }
    all.finish()
}

/// The numbers of all that is compared in a condition, or of all principals.
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

    #[test]
    fn a_pattern_and_all_that_it_covers_are_one_group() {
        for (texts, expected) in [
            (&["a*", "ab", "ab*", "abc"][..], &[&[0, 1, 2, 3][..]][..]),
            (&["ab", "cd"], &[]),
            (&["*b", "ab", "a*"], &[&[0, 1]]),
            (&["x", "y*", "x", "yz"], &[&[0, 2], &[1, 3]]),
            (&["a?", "ab", "a*"], &[&[0, 1, 2]]),
        ] {
            let groups: Vec<_> = groups(texts, Case::Sensitive)
                .into_iter()
                .map(|group| group.members)
                .collect();
            assert_eq!(groups, expected, "{texts:?}");
        }
    }
}
