//! Whether policies grant a permission.

use iam_policy_check::{covers, intersect};
use iam_policy_core::template::{Piece, pieces};
use iam_policy_core::wildcard::{is_everything, matches_ignoring_case};
use iam_policy_core::{Effect, Partition, Segments};
use iam_policy_spec::{Action, Statement};

use super::grants::Judged;
use crate::calls::{Permission, Resource, ResourcePart};

/// How policies answer a need.
pub(super) enum Verdict<'p> {
    Granted,
    /// It is granted on other resources: the first resource that is missing, and a statement with the action.
    Elsewhere(&'p Resource, usize, &'p Statement),
    Missing,
    /// A statement denies it.
    Denied(usize, &'p Statement),
}

pub(super) fn verdict<'p>(permission: &'p Permission, policies: &[&Judged<'p>]) -> Verdict<'p> {
    let statements = || {
        let all = policies.iter().enumerate();
        all.flat_map(|(number, judged)| {
            judged
                .policy
                .all_statements()
                .into_iter()
                .map(move |statement| (number, statement))
        })
    };
    for (number, statement) in statements().filter(|(_, statement)| statement.effect == Effect::Deny) {
        let partition = policies
            .get(number)
            .and_then(|judged| judged.policy.partitions.first().copied())
            .unwrap_or_default();
        let is_everything = !permission.resources.is_empty()
            && permission
                .resources
                .iter()
                .all(|resource| is_all_of(statement, resource, partition));
        if statement.conditions.is_empty() && has_action(statement, permission.action) && is_everything {
            return Verdict::Denied(number, statement);
        }
    }
    let granting: Vec<_> = statements()
        .filter(|(_, statement)| statement.effect == Effect::Allow && has_action(statement, permission.action))
        .collect();
    let Some(&(number, first)) = granting.first() else {
        return Verdict::Missing;
    };
    let missing = permission
        .resources
        .iter()
        .find(|resource| !granting.iter().any(|(_, statement)| applies(statement, resource)));
    match missing {
        Some(resource) => Verdict::Elsewhere(resource, number, first),
        None => Verdict::Granted,
    }
}

fn has_action(statement: &Statement, action: &str) -> bool {
    let matches = |list: &[Action]| list.iter().any(|own| matches_ignoring_case(&own.pattern.value, action));
    if statement.not_actions.is_empty() {
        matches(&statement.actions)
    } else {
        !matches(&statement.not_actions)
    }
}

/// Whether a statement may apply to a resource: some value of what is not known makes it do so.
pub(super) fn applies(statement: &Statement, resource: &Resource) -> bool {
    let text = pattern(resource);
    if !statement.not_resources.is_empty() {
        return !statement
            .not_resources
            .iter()
            .any(|own| covers(&template_pattern(&own.arn.source.value), &text));
    }
    statement.resources.iter().any(|own| {
        let own = template_pattern(&own.arn.source.value);
        if resource.is_none() {
            is_everything(&own)
        } else {
            overlap(&own, &text)
        }
    })
}

/// Whether a resource can match both patterns: each segment of an ARN has its own wildcards.
pub(crate) fn overlap(a: &str, b: &str) -> bool {
    match (Segments::of_arn(a), Segments::of_arn(b)) {
        (Some(a), Some(b)) => a.iter().zip(b.iter()).all(|((_, a), (_, b))| intersect(a, b)),
        _ => intersect(a, b),
    }
}

/// Whether a statement applies to a resource whatever is not known about it.
fn is_all_of(statement: &Statement, resource: &Resource, partition: Partition) -> bool {
    let known = resource.parts.iter().map(|part| match part {
        ResourcePart::Partition => ResourcePart::Text(partition.name().to_owned()),
        other => other.clone(),
    });
    let text = pattern(&Resource { parts: known.collect() });
    statement.not_resources.is_empty()
        && statement.resources.iter().any(|own| {
            let source = &own.arn.source.value;
            // What a parameter stands for is not known here.
            let is_open =
                pieces(source).any(|piece| matches!(piece, Ok(Piece::Parameter(name)) if name != "partition"));
            let own_text = source.replace("{partition}", partition.name());
            own.partitions.is_empty() && !is_open && covers(&template_pattern(&own_text), &text)
        })
}

impl Resource {
    /// Whether the action has no resources: it is only granted on all.
    pub(super) fn is_none(&self) -> bool {
        matches!(self.parts.as_slice(), [ResourcePart::Any])
    }
}

/// A resource as a pattern: what is not known can be anything.
pub(crate) fn pattern(resource: &Resource) -> String {
    resource
        .parts
        .iter()
        .map(|part| match part {
            ResourcePart::Text(text) => text.as_str(),
            _ => "*",
        })
        .collect()
}

/// A resource of a spec as a pattern: a parameter can be anything.
fn template_pattern(source: &str) -> String {
    let mut pattern = String::new();
    for piece in pieces(source) {
        match piece {
            Ok(Piece::Text(text)) => pattern.push_str(text),
            _ => pattern.push('*'),
        }
    }
    pattern
}
