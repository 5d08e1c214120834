//! Whether the actions and the resources of a statement fit together. IAM Access Analyzer has no such checks; all of
//! these codes are specific to this crate.
//!
//! Source: Service Authorization Reference, the resource types of each action.

mod docs;

use std::fmt::Write;

use iam_policy_catalog::{AccessLevel, Action as Known, ResourceType, Service};
use iam_policy_core::Arn;

use crate::Code;
use crate::PolicyType;
use crate::arn::{Format, formats_of};
use crate::context::{Action, Context, Effect, Resource};
use crate::finding::{Hint, Report};
use crate::pattern::covers;
use crate::rules::resources::{any_supported, supports_action};

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    // A trust policy has no resources.
    if context.is(PolicyType::Trust) {
        return;
    }
    for parts in &context.statements {
        if parts.not_action || parts.not_resource || parts.resources.is_empty() {
            continue;
        }
        if let Some(attached_to) = context.options.resource_type
            && !any_supported(attached_to, &parts.resources)
        {
            continue;
        }
        if !parts.resources.iter().any(Resource::is_everything) {
            let mut meetings = Meetings::new(&parts.resources);
            for action in &parts.actions {
                let attached_to = context.options.resource_type;
                if attached_to.is_some_and(|attached_to| !supports_action(attached_to, action)) {
                    continue;
                }
                if !context.is(PolicyType::Identity) {
                    none_matches(&mut meetings, action, report);
                }
                matches_nothing(&mut meetings, action, report);
            }
        } else if context.is(PolicyType::Identity) && parts.effect == Some(Effect::Allow) {
            for action in &parts.actions {
                could_be_limited(context, action, report);
            }
        }
    }
    if context.is(PolicyType::Identity) {
        dependents(context, report);
    }
}

/// `ACTION_SUPPORTS_RESOURCES`: an action is allowed on `*` although it could be limited to specific resources.
fn could_be_limited(context: &Context<'_>, action: &Action<'_>, report: &mut Report) {
    let limitable = |known: Known| !known.is_wildcard_only();
    let covers_limitable = || match action.service {
        Some(service) => service.matching(action.name()).any(limitable),
        None => context.catalog.expand(action.text).any(limitable),
    };
    let is_limitable = action.first.is_some_and(limitable) || (action.is_pattern && covers_limitable());
    if is_limitable {
        report.value(
            Code::ActionSupportsResources,
            // This is by far the most frequent finding, so its message avoids `format!`.
            [
                "`",
                action.text,
                "` is allowed on every resource, but could be limited to specific resources",
            ]
            .concat(),
            action.value,
        );
    }
}

/// `ACTION_MATCHES_NO_RESOURCE`, `ACTION_NEEDS_EVERY_RESOURCE`: a statement applies to an action only if one of its
/// resources can be an ARN of one of the action's resource types. If the action has no resource types, a resource must
/// be `*` or cover a whole type. Patterns of actions are not checked, since one of their actions may fit.
fn matches_nothing(meetings: &mut Meetings<'_>, action: &Action<'_>, report: &mut Report) {
    let Some(known) = action.known else { return };
    if known.is_wildcard_only() {
        if !meetings.covers_everything && !meetings.covers_a_type(known.service()) {
            report.value(
                Code::ActionNeedsEveryResource,
                format!(
                    "`{}` does not support resource-level permissions; it can only be used with `*` as the resource",
                    action.text
                ),
                action.value,
            );
        }
    } else if !meetings.can_be_about(known) {
        let details = format!("`{}` does not apply to any of the statement's resources", action.text);
        report.value(Code::ActionMatchesNoResource, details, action.value).hint =
            Hint::Resources(known, meetings.of_service(known));
    }
}

/// `ACTION_MATCHES_NO_RESOURCE` for a pattern of actions, none of which applies to the statement's resources. S3 rejects
/// bucket policies with such a pattern, and in the policies of an organization it guards nothing.
fn none_matches(meetings: &mut Meetings<'_>, action: &Action<'_>, report: &mut Report) {
    let Some(service) = action.service.filter(|_| action.is_pattern) else {
        return;
    };
    let mut all = service.matching(action.name());
    let Some(first) = all.clone().next() else { return };
    if all.any(|known| known.is_wildcard_only() || meetings.can_be_about(known)) {
        return;
    }
    let details = format!("`{}` does not apply to any of the statement's resources", action.text);
    report.value(Code::ActionMatchesNoResource, details, action.value).hint =
        Hint::Resources(first, meetings.of_service(first));
}

/// The resource types that a statement's resources can match.
struct Meetings<'a> {
    resources: &'a [Resource<'a>],
    /// A resource is equivalent to `*`.
    covers_everything: bool,
    /// The types tested so far. The actions of a statement mostly share their types.
    tried: Vec<(ResourceType, bool)>,
    /// The services tested so far, each with whether a resource covers one of its types.
    services: Vec<(Service, bool)>,
}

impl<'a> Meetings<'a> {
    fn new(resources: &'a [Resource<'a>]) -> Self {
        Self {
            resources,
            covers_everything: resources.iter().any(|resource| covers(resource.text, "*")),
            tried: Vec::new(),
            services: Vec::new(),
        }
    }

    /// Whether the action applies to an ARN that one of the resources matches. An action that tags resources may apply
    /// to any resource of its service: where two services share a prefix, as the two generations of Elastic Load
    /// Balancing do, the reference lists the types of only one.
    fn can_be_about(&mut self, action: Known) -> bool {
        action.resource_types().any(|about| self.can_be(about.resource_type()))
            || (action.access_level() == AccessLevel::Tagging
                && action.service().resource_types().any(|kind| self.can_be(kind)))
    }

    /// Whether a resource covers a whole resource type, or everything in the service. When an action without resource
    /// types is called, many services check the permission on `table/*` or similar, whatever the reference says.
    fn covers_a_type(&mut self, service: Service) -> bool {
        if let Some(&(_, covers)) = self.services.iter().find(|(known, _)| *known == service) {
            return covers;
        }
        let own = self.resources.iter().filter_map(|resource| resource.arn);
        let found = own.filter(|own| own.service == service.prefix()).any(|own| {
            let covers_format = |format: &Format| format.arn.is_some_and(|kind| covers(own.resource, kind.resource));
            own.resource == "*" || service.resource_types().flat_map(formats_of).any(covers_format)
        });
        self.services.push((service, found));
        found
    }

    /// The first few resources that belong to the action's service.
    fn of_service(&self, action: Known) -> Vec<String> {
        let is_of_service = |arn: &Arn<'_>| arn.service == action.service().prefix();
        let own = self
            .resources
            .iter()
            .filter(|resource| resource.arn.as_ref().is_some_and(is_of_service));
        own.take(3).map(|resource| resource.text.to_owned()).collect()
    }

    fn can_be(&mut self, kind: ResourceType) -> bool {
        if let Some(&(_, meets)) = self.tried.iter().find(|&&(known, _)| known == kind) {
            return meets;
        }
        let meets = formats_of(kind).iter().any(|format| {
            let mut resources = self.resources.iter();
            resources.any(|resource| format.meets(resource.text, resource.arn))
        });
        self.tried.push((kind, meets));
        meets
    }
}

/// `MISSING_DEPENDENT_ACTION`: an allowed action requires other actions, which no statement allows. Those required for
/// only some resource types are ignored.
///
/// Source: Service Authorization Reference, "Dependent actions".
fn dependents(context: &Context<'_>, report: &mut Report) {
    let allowing = || {
        context
            .statements
            .iter()
            .filter(|parts| parts.effect == Some(Effect::Allow))
    };
    // Few actions are required by others.
    let mut answers: Vec<(Known, bool)> = Vec::new();
    let mut is_allowed = |needed: Known| {
        if let Some(&(_, answer)) = answers.iter().find(|&&(known, _)| known == needed) {
            return answer;
        }
        let name = needed.to_string();
        let covers = |action: &Action<'_>| action.covers_known(needed, &name);
        let answer = allowing().any(|parts| parts.actions.iter().any(covers) != parts.not_action);
        answers.push((needed, answer));
        answer
    };
    for parts in allowing().filter(|parts| !parts.not_action) {
        for action in &parts.actions {
            let Some(known) = action.known else { continue };
            let mut missing = String::new();
            for needed in known.dependent_actions() {
                if !is_allowed(needed) {
                    let separator = if missing.is_empty() { "" } else { ", " };
                    let _ = write!(missing, "{separator}`{needed}`");
                }
            }
            if !missing.is_empty() {
                report.value(
                    Code::MissingDependentAction,
                    format!("`{}` also requires {missing}, which no statement allows", action.text),
                    action.value,
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::tests::statements;
    const CODES: &[Code] = &[
        ActionMatchesNoResource,
        ActionNeedsEveryResource,
        ActionSupportsResources,
        MissingDependentAction,
    ];

    fn check(source: &str, expected: Expect) {
        statements(PolicyType::Identity, CODES, source, expected);
    }

    #[test]
    fn actions_and_resources_of_other_types() {
        check(
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::reports"}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE <"s3:GetObject">
                  it applies to `arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}/object/${ObjectName}`, `arn:${Partition}:s3:::${BucketName}/${ObjectName}`; did you mean `arn:aws:s3:::reports/*`?
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::reports/*"]}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE <"s3:ListBucket">
                  it applies to `arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}`, `arn:${Partition}:s3:::${BucketName}`; did you mean `arn:aws:s3:::reports`?
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket", "s3:Get*"], "Resource": ["arn:aws:s3:::reports*"]}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": "arn:aws:sns:*:*:x"}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE <"sqs:SendMessage">
                  it applies to `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`
            "#]],
        );
    }

    #[test]
    fn names_exclude_slashes() {
        check(
            r#"{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": ["arn:aws:dynamodb:*:*:table/orders/index/by-day", "arn:aws:s3:::reports/*"]}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE <"dynamodb:GetItem">
                  it applies to `arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}`; did you mean `arn:aws:dynamodb:*:*:table/orders`?
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "arn:aws:dynamodb:*:*:table/orders/*"}"#,
            expect![[""]],
        );
    }

    #[test]
    fn gaps_in_the_reference() {
        check(
            r#"{"Effect": "Allow", "Action": "elasticloadbalancing:AddTags", "Resource": "arn:aws:elasticloadbalancing:*:*:targetgroup/*/*"}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::*"}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Action": ["iam:ListRoles", "dynamodb:ListTables"], "Resource": ["arn:aws:iam::*:role/*", "arn:aws:dynamodb:*:*:table/orders*"]}"#,
            expect![[r#"
                ACTION_NEEDS_EVERY_RESOURCE <"dynamodb:ListTables">
            "#]],
        );
        check(
            r#"[{"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "arn:aws:logs:*:*:log-group:*"}, {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "arn:aws:logs:*:*:log-group:/aws/lambda/*"}]"#,
            expect![[r#"
                ACTION_NEEDS_EVERY_RESOURCE <"logs:DescribeLogGroups">
            "#]],
        );
    }

    #[test]
    fn actions_without_resources() {
        check(
            r#"{"Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "s3:GetObject"], "Resource": "arn:aws:s3:::reports/*"}"#,
            expect![[r#"
                ACTION_NEEDS_EVERY_RESOURCE <"s3:ListAllMyBuckets">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "NotResource": "arn:aws:s3:::reports/*"}"#,
            expect![[""]],
        );
    }

    #[test]
    fn actions_on_everything() {
        check(
            r#"{"Effect": "Allow", "Action": ["lambda:GetFunction", "lambda:ListFunctions", "s3:Get*", "*"], "Resource": "*"}"#,
            expect![[r#"
                ACTION_SUPPORTS_RESOURCES <"lambda:GetFunction">
                ACTION_SUPPORTS_RESOURCES <"s3:Get*">
                ACTION_SUPPORTS_RESOURCES <"*">
            "#]],
        );
        check(
            r#"{"Effect": "Deny", "Action": "lambda:GetFunction", "Resource": "*"}"#,
            expect![[""]],
        );
    }

    #[test]
    fn dependent_actions() {
        check(
            r#"{"Effect": "Allow", "Action": "appsync:CreateGraphqlApi", "Resource": "*"}"#,
            expect![[r#"
                MISSING_DEPENDENT_ACTION <"appsync:CreateGraphqlApi">
            "#]],
        );
        check(
            r#"[{"Effect": "Allow", "Action": "appsync:CreateGraphqlApi", "Resource": "*"}, {"Effect": "Allow", "Action": "iam:Create*", "Resource": "arn:aws:iam::*:role/x"}]"#,
            expect![[""]],
        );
        check(
            r#"[{"Effect": "Allow", "Action": "appsync:CreateGraphqlApi", "Resource": "*"}, {"Effect": "Allow", "NotAction": "s3:*", "Resource": "arn:aws:iam::*:role/x"}]"#,
            expect![[""]],
        );
    }

    #[test]
    fn denials_that_guard_nothing() {
        statements(
            PolicyType::ServiceControl,
            CODES,
            r#"{"Effect": "Deny", "Action": ["s3:ListBucket", "ec2:DescribeInstances", "s3:*Bucket", "s3:DeleteObject*"], "Resource": "arn:aws:s3:::reports/*"}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE <"s3:ListBucket">
                  it applies to `arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}`, `arn:${Partition}:s3:::${BucketName}`; did you mean `arn:aws:s3:::reports`?
                ACTION_NEEDS_EVERY_RESOURCE <"ec2:DescribeInstances">
                ACTION_MATCHES_NO_RESOURCE <"s3:*Bucket">
                  it applies to `arn:${Partition}:s3:::${BucketName}`; did you mean `arn:aws:s3:::reports`?
            "#]],
        );
        statements(
            PolicyType::ServiceControl,
            CODES,
            r#"[{"Effect": "Deny", "Action": ["iam:AttachRolePolicy", "iam:Put*", "iam:DeleteRole"], "Resource": "arn:aws:iam::*:role/control-*"}, {"Effect": "Deny", "Action": ["ec2:RunInstances", "ec2:*"], "Resource": ["arn:aws:ec2:*:*:instance/*"]}, {"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": "*"}, {"Effect": "Deny", "Action": "s3:ListBucket", "NotResource": "arn:aws:s3:::reports/*"}]"#,
            expect![[""]],
        );
        statements(
            PolicyType::ResourceControl,
            CODES,
            r#"{"Effect": "Deny", "Principal": "*", "Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": ["arn:aws:s3:::reports", "arn:aws:sqs:*:*:jobs"]}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE <"s3:GetObject">
                  it applies to `arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}/object/${ObjectName}`, `arn:${Partition}:s3:::${BucketName}/${ObjectName}`; did you mean `arn:aws:s3:::reports/*`?
            "#]],
        );
    }

    #[test]
    fn policies_without_own_resources_depend_on_nothing() {
        statements(
            PolicyType::Resource,
            CODES,
            r#"{"Effect": "Allow", "Principal": "*", "Action": ["appsync:CreateGraphqlApi", "lambda:InvokeFunction"], "Resource": "*"}"#,
            expect![[""]],
        );
    }
}
