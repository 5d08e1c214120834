//! The explanation as JSON.

use std::collections::BTreeMap;

use iam_policy_catalog::Action as Known;
use iam_policy_catalog::descriptions::Describe;
use serde::Serialize;

use super::extent::{Cost, Extent};
use super::subject::{Condition, Pattern, Principal, Resource, Statement, Subject};

/// What an action adds. Each of its types lists the resources of the statement that may have it.
pub(super) const COST: Cost = Cost {
    action: 600,
    resources: 2,
};

/// An array with one object per policy and per extension.
pub(super) fn write(file: &str, subjects: &[Subject<'_>]) -> String {
    let explained: Vec<_> = subjects.iter().map(|subject| Explained::new(file, subject)).collect();
    // All keys are strings, so this cannot fail.
    serde_json::to_string_pretty(&explained).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
struct Explained<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    trust: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    whose: Option<&'a str>,
    statements: Vec<ExplainedStatement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExplainedStatement<'a> {
    sid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    effect: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    partitions: &'a [&'static str],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    principals: Vec<ExplainedPrincipal<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_principals: Vec<ExplainedPrincipal<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<ExplainedPattern<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_actions: Vec<ExplainedPattern<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<ExplainedResource<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_resources: Vec<ExplainedResource<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<ExplainedCondition<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    without: Option<&'a str>,
}

#[derive(Serialize)]
struct ExplainedPrincipal<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExplainedPattern<'a> {
    pattern: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    without: Option<&'a str>,
    expands_to: Vec<ExplainedAction<'a>>,
    /// The index of the statement that expands the same pattern for the same resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    expanded_in_statement: Option<usize>,
    /// The number of actions for each access level, if they are too many to list.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_levels: Option<BTreeMap<&'static str, usize>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExplainedAction<'a> {
    action: String,
    access_level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    resource_types: Vec<ExplainedType<'a>>,
}

#[derive(Serialize)]
struct ExplainedType<'a> {
    name: &'static str,
    required: bool,
    /// The statement's resources that may have this type.
    resources: Vec<&'a str>,
}

#[derive(Serialize)]
struct ExplainedResource<'a> {
    arn: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    partitions: &'a [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    without: Option<&'a str>,
}

#[derive(Serialize)]
struct ExplainedCondition<'a> {
    operator: &'a str,
    key: &'a str,
    values: &'a [&'a str],
}

impl<'a> Explained<'a> {
    fn new(file: &'a str, subject: &'a Subject<'a>) -> Self {
        Self {
            file,
            policy: subject.policy,
            extension: subject.extension,
            trust: subject.is_trust,
            whose: subject.whose,
            statements: subject.statements.iter().map(ExplainedStatement::new).collect(),
        }
    }
}

impl<'a> ExplainedStatement<'a> {
    fn new(statement: &'a Statement<'a>) -> Self {
        let principals = |not: bool| {
            let principals = statement.principals.iter().filter(|_| statement.not_principals == not);
            principals
                .map(|&Principal { kind, id }| ExplainedPrincipal { kind, id })
                .collect()
        };
        let actions = |not: bool| {
            let patterns = statement.actions.iter().filter(|_| statement.not_actions == not);
            patterns
                .map(|pattern| ExplainedPattern::new(statement, pattern))
                .collect()
        };
        let resources = |not: bool| {
            let resources = statement.resources.iter().filter(|_| statement.not_resources == not);
            resources.map(ExplainedResource::new).collect()
        };
        Self {
            sid: statement.sid,
            id: statement.id,
            effect: statement.effect,
            partitions: &statement.partitions,
            principals: principals(false),
            not_principals: principals(true),
            actions: actions(false),
            not_actions: actions(true),
            resources: resources(false),
            not_resources: resources(true),
            conditions: statement.conditions.iter().map(ExplainedCondition::new).collect(),
            reason: statement.reason,
            without: statement.without,
        }
    }
}

impl<'a> ExplainedPattern<'a> {
    fn new(statement: &Statement<'a>, pattern: &Pattern<'a>) -> Self {
        Self {
            pattern: pattern.text,
            reason: pattern.reason,
            without: pattern.without,
            expands_to: match &pattern.extent {
                Extent::Full => pattern
                    .actions()
                    .map(|action| ExplainedAction::new(statement, action))
                    .collect(),
                Extent::Same { .. } | Extent::Summary(_) => Vec::new(),
            },
            expanded_in_statement: match &pattern.extent {
                Extent::Same { statement } => Some(*statement),
                Extent::Full | Extent::Summary(_) => None,
            },
            access_levels: match &pattern.extent {
                Extent::Summary(levels) => Some(levels.iter().map(|(level, count)| (level.as_str(), *count)).collect()),
                Extent::Full | Extent::Same { .. } => None,
            },
        }
    }
}

impl<'a> ExplainedAction<'a> {
    fn new(statement: &Statement<'a>, action: Known) -> Self {
        Self {
            action: action.to_string(),
            access_level: action.access_level().as_str(),
            description: action.description().map(|description| description.to_string()),
            resource_types: action
                .resource_types()
                .map(|about| ExplainedType {
                    name: about.resource_type().name(),
                    required: about.is_required(),
                    resources: statement.about(about.resource_type()),
                })
                .collect(),
        }
    }
}

impl<'a> ExplainedResource<'a> {
    fn new(resource: &'a Resource<'a>) -> Self {
        Self {
            arn: resource.arn,
            partitions: &resource.partitions,
            reason: resource.reason,
            without: resource.without,
        }
    }
}

impl<'a> ExplainedCondition<'a> {
    fn new(condition: &'a Condition<'a>) -> Self {
        Self {
            operator: condition.operator,
            key: condition.key,
            values: &condition.values,
        }
    }
}
