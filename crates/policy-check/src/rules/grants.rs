//! Whether the actions and the resources of a statement fit together. IAM Access Analyzer has no such checks; all of
//! these codes are specific to this crate.
//!
//! Source: Service Authorization Reference, the resource types of each action. The reference is incomplete: it lacks
//! some forms of ARNs, and some actions that services authorize on an ARN although it lists no resource types for them.
//! So a finding is only an error if the resources are known to be of another type.

mod docs;

use std::fmt::Write;

use iam_policy_catalog::{AccessLevel, Action as Known, ActionResource, GlobalScope, ResourceType, Service};
use iam_policy_core::Arn;
use iam_policy_core::variable::unknowns;
use iam_policy_document::Severity;

use crate::Code;
use crate::PolicyType;
use crate::arn::{Format, formats_of, is_documented_for};
use crate::context::{Action, Condition, Context, Effect, Parts, Resource};
use crate::finding::{At, Hint, Report};
use crate::pattern::{covers, intersect};
use crate::rules::arns::{Misfit, bucket, is_beginning, is_open, is_service, may_be_arn};
use crate::rules::resources::{any_supported, supports_action};
use crate::rules::tags::is_resource_tag;
use crate::wording::listed;

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
            // A broken ARN is reported as such.
            if parts.resources.iter().any(|resource| is_broken(context, resource)) {
                continue;
            }
            let mut meetings = Meetings::new(&parts.resources);
            let mut on_objects = Vec::new();
            for action in &parts.actions {
                let attached_to = context.options.resource_type;
                if attached_to.is_some_and(|attached_to| !supports_action(attached_to, action)) {
                    continue;
                }
                if !context.is(PolicyType::Identity) {
                    none_matches(context, &mut meetings, action, report);
                }
                if meetings.needs_objects(action) {
                    on_objects.push(action);
                } else {
                    matches_nothing(context, &mut meetings, action, report);
                }
            }
            buckets_for_objects(&meetings, &on_objects, parts, report);
        } else if context.is(PolicyType::Identity) && context.grants && parts.effect == Some(Effect::Allow) {
            could_be_limited(context, parts, report);
        }
    }
    if context.is(PolicyType::Identity) {
        dependents(context, report);
    }
}

/// `ACTION_SUPPORTS_RESOURCES`: actions are allowed on `*` although they could be limited to specific resources. There
/// is one finding per statement, and none if a condition limits the resources.
fn could_be_limited(context: &Context<'_>, parts: &Parts<'_>, report: &mut Report) {
    let limits = |condition: &Condition<'_>| describes_resource(context, condition);
    if parts.conditions.iter().any(limits) {
        return;
    }
    let limitable = parts.actions.iter().filter(|action| is_limitable(context, action));
    let limitable: Vec<_> = limitable.collect();
    if !limitable.is_empty() {
        let verb = if limitable.len() == 1 { "is" } else { "are" };
        report.add(
            Code::ActionSupportsResources,
            format!(
                "{} {verb} allowed on every resource, but could be limited to specific resources",
                listed(limitable.iter().map(|action| action.text), "action")
            ),
            limitable.iter().map(|action| At::Value(action.value)),
        );
    }
}

/// Whether a resource is not an ARN of an existing service, or has a Region or an account that its service does not use.
fn is_broken(context: &Context<'_>, resource: &Resource<'_>) -> bool {
    match resource.arn {
        Some(arn) => {
            let service = context.catalog.service(arn.service);
            (!is_open(arn.service) && !is_service(context.catalog, arn.service))
                || service.is_some_and(|service| Misfit::of(service, arn).has_superfluous_segments(arn))
        }
        None => !is_beginning(resource.text) && !may_be_arn(resource.text),
    }
}

/// Whether this is or matches an action with resource types.
fn is_limitable(context: &Context<'_>, action: &Action<'_>) -> bool {
    let limitable = |known: Known| !known.is_wildcard_only();
    let covers_limitable = || match action.service {
        Some(service) => service.matching(action.name()).any(limitable),
        None => context.catalog.expand(action.text).any(limitable),
    };
    action.first.is_some_and(limitable) || (action.is_pattern && covers_limitable())
}

/// Whether a condition is about the resource, such as its tags, its account, or the type of an instance.
fn describes_resource(context: &Context<'_>, condition: &Condition<'_>) -> bool {
    let Some(key) = condition.key else { return false };
    if key.is_global() {
        return key.global_scope() == Some(GlobalScope::Resource);
    }
    let prefix = key.name().split(':').next().unwrap_or_default();
    let is_of_type = |kind: ResourceType| kind.condition_keys().any(|own| own == key);
    is_resource_tag(key)
        || context
            .catalog
            .service(prefix)
            .is_some_and(|service| service.resource_types().any(is_of_type))
}

/// `ACTION_MATCHES_NO_RESOURCE`, `ACTION_NEEDS_EVERY_RESOURCE`: a statement applies to an action only if one of its
/// resources can be an ARN of one of the action's resource types. If the action has no resource types, a resource must
/// be `*` or cover a whole type. Patterns of actions are not checked, since one of their actions may fit.
///
/// An error requires resources of the action's service that all have a form documented for other types, or an action
/// that AWS documents as one without resources elsewhere too. Otherwise the reference may lack the form, or the
/// action's resource types.
fn matches_nothing(context: &Context<'_>, meetings: &mut Meetings<'_>, action: &Action<'_>, report: &mut Report) {
    let Some(known) = action.known else { return };
    let date = context.catalog.date();
    if known.is_wildcard_only() {
        if meetings.covers_everything || meetings.covers_a_type(known.service()) || meetings.is_documented(known) {
            return;
        }
        let is_certain = known.is_without_resource();
        let details = if is_certain {
            format!(
                "`{}` does not support resource-level permissions; it can only be used with `*` as the resource",
                action.text
            )
        } else {
            format!(
                "`{}` does not support resource-level permissions according to AWS's reference (as of {date}), so it may \
                 need `*` as the resource",
                action.text
            )
        };
        let finding = report.value(Code::ActionNeedsEveryResource, details, action.value);
        if is_certain {
            finding.set_severity(Severity::Error);
        }
    } else if !meetings.apply_to(known) {
        let is_certain = meetings.are_of_other_types(known);
        applies_to_none(context, meetings, action, known, is_certain, report);
    }
}

/// Reports `ACTION_MATCHES_NO_RESOURCE` for an action, or a pattern of actions of which `known` is one.
fn applies_to_none(
    context: &Context<'_>,
    meetings: &Meetings<'_>,
    action: &Action<'_>,
    known: Known,
    is_certain: bool,
    report: &mut Report,
) {
    let details = if is_certain {
        format!("`{}` does not apply to any of the statement's resources", action.text)
    } else {
        format!(
            "`{}` does not apply to any of the statement's resources according to AWS's reference (as of {}), which may \
             lack their form",
            action.text,
            context.catalog.date()
        )
    };
    let finding = report.value(Code::ActionMatchesNoResource, details, action.value);
    finding.hint = Hint::Resources(known, meetings.of_service(known));
    if !is_certain {
        finding.set_severity(Severity::Warning);
    }
}

/// `ACTION_MATCHES_NO_RESOURCE` for actions on the objects of S3 buckets, where the statement only has the buckets: one
/// mistake in the resource, however many actions it affects.
fn buckets_for_objects(meetings: &Meetings<'_>, actions: &[&Action<'_>], parts: &Parts<'_>, report: &mut Report) {
    let buckets: Vec<&Resource<'_>> = meetings
        .resources
        .iter()
        .filter(|resource| objects_of(resource).is_some())
        .collect();
    let (Some(first), false) = (buckets.first(), actions.is_empty()) else {
        return;
    };
    let names = listed(actions.iter().map(|action| action.text), "action");
    let verb = if actions.len() == 1 { "applies" } else { "apply" };
    let ending = match buckets.as_slice() {
        [_] => "the resource is a bucket",
        _ => "the resources are buckets",
    };
    let places = buckets.iter().map(|bucket| At::Value(bucket.value));
    let places = places.chain(actions.iter().map(|action| At::Value(action.value)));
    let finding = report.add(
        Code::ActionMatchesNoResource,
        format!("{names} {verb} to objects, but {ending}"),
        places,
    );
    let bucket = first.text.to_owned();
    finding.hint = if parts.actions.len() == actions.len() {
        Hint::Objects(bucket)
    } else {
        Hint::AlsoObjects(bucket)
    };
}

/// The objects in an S3 bucket, if a resource is one.
fn objects_of(resource: &Resource<'_>) -> Option<String> {
    let name = bucket(resource.arn?)?;
    let is_bucket = !name.is_empty() && resource.arn.is_some_and(|arn| arn.resource == name);
    is_bucket.then(|| [resource.text, "/*"].concat())
}

/// `ACTION_MATCHES_NO_RESOURCE` for a pattern of actions, none of which applies to the statement's resources. S3 rejects
/// bucket policies with such a pattern, and in the policies of an organization it guards nothing. As for single actions,
/// an error requires resources that are known to be of other types.
fn none_matches(context: &Context<'_>, meetings: &mut Meetings<'_>, action: &Action<'_>, report: &mut Report) {
    let Some(service) = action.service.filter(|_| action.is_pattern) else {
        return;
    };
    let mut all = service.matching(action.name());
    let Some(first) = all.clone().next() else { return };
    let mut is_certain = true;
    if all.any(|known| {
        is_certain &= meetings.are_of_other_types(known);
        known.is_wildcard_only() || meetings.apply_to(known)
    }) {
        return;
    }
    applies_to_none(context, meetings, action, first, is_certain, report);
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
    /// For the services of actions without a matching resource, the resources that their types can have.
    fits: Vec<(Service, Vec<bool>)>,
}

impl<'a> Meetings<'a> {
    fn new(resources: &'a [Resource<'a>]) -> Self {
        Self {
            resources,
            covers_everything: resources.iter().any(|resource| may_cover(resource.text)),
            tried: Vec::new(),
            services: Vec::new(),
            fits: Vec::new(),
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

    /// Whether the action applies to one of the resources, as far as the reference and AWS's other documentation tell, or
    /// would if an ARN had its Region.
    fn apply_to(&mut self, action: Known) -> bool {
        self.can_be_about(action) || self.is_documented(action) || self.lack_a_region(action)
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

    /// Whether AWS documents the action for a resource outside of the reference.
    fn is_documented(&self, action: Known) -> bool {
        let mut resources = self.resources.iter();
        resources.any(|resource| is_documented_for(action, resource.text, resource.arn))
    }

    /// Whether every resource that could belong to the action is an ARN of a type that the reference lists for the
    /// action's service, but not for the action.
    fn are_of_other_types(&mut self, action: Known) -> bool {
        let resources = self.resources;
        let fit = self.fit_types(action.service());
        let mut found = false;
        for (resource, &fits) in resources.iter().zip(fit) {
            let Some(arn) = resource.arn else { return false };
            if can_be_of_service(action, arn) {
                if !fits {
                    return false;
                }
                found = true;
            }
        }
        found
    }

    /// Whether the action applies to none of the resources, but to the objects of those that are buckets.
    fn needs_objects(&mut self, action: &Action<'_>) -> bool {
        let Some(known) = action.known.filter(|known| known.service().prefix() == "s3") else {
            return false;
        };
        let resources = self.resources;
        let mut objects = resources.iter().filter_map(objects_of);
        !known.is_wildcard_only()
            && objects.any(|objects| {
                let arn = Arn::parse(&objects).ok();
                let mut types = known.resource_types().map(ActionResource::resource_type);
                types.any(|kind| formats_of(kind).iter().any(|format| format.meets(&objects, arn)))
            })
            && !self.can_be_about(known)
            && !self.is_documented(known)
            && self.are_of_other_types(known)
    }

    /// For each resource, whether it can be of a type of this service.
    fn fit_types(&mut self, service: Service) -> &[bool] {
        let place = self.fits.iter().position(|(known, _)| *known == service);
        let place = place.unwrap_or_else(|| {
            let fits = |resource: &Resource<'_>| {
                let meets = |format: &Format| format.meets(resource.text, resource.arn);
                service.resource_types().flat_map(formats_of).any(meets)
            };
            self.fits.push((service, self.resources.iter().map(fits).collect()));
            self.fits.len() - 1
        });
        self.fits.get(place).map_or(&[], |(_, fits)| fits)
    }

    /// Whether a resource would belong to the action if it had a Region. Its absence is reported as such.
    fn lack_a_region(&self, action: Known) -> bool {
        let mut arns = self.resources.iter().filter_map(|resource| resource.arn);
        arns.any(|arn| {
            let fits = |format: &Format| {
                format.arn.is_some_and(|format| {
                    format.service == arn.service
                        && !format.region.is_empty()
                        && intersect(format.resource, arn.resource)
                })
            };
            arn.region.is_empty()
                && action
                    .resource_types()
                    .any(|about| formats_of(about.resource_type()).iter().any(fits))
        })
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

/// Whether a resource covers everything, or with the right values of its unknown parts everything of a kind.
fn may_cover(resource: &str) -> bool {
    covers(resource, "*") || unknowns(resource).any(|unknown| !unknown.is_word)
}

/// Whether an ARN names the action's service, or one that the action's resource types belong to.
fn can_be_of_service(action: Known, arn: Arn<'_>) -> bool {
    let names = |format: &Format| format.arn.is_some_and(|format| format.service == arn.service);
    is_open(arn.service)
        || arn.service == action.service().prefix()
        || action
            .resource_types()
            .any(|about| formats_of(about.resource_type()).iter().any(names))
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
    if allowing().any(|parts| !parts.unknown_actions.is_empty()) {
        return;
    }
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
                    format!(
                        "according to AWS's reference, `{}` can also require {missing}, which no statement allows",
                        action.text
                    ),
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
                ACTION_MATCHES_NO_RESOURCE <"arn:aws:s3:::reports"> <"s3:GetObject">
                  also list the objects: `arn:aws:s3:::reports/*`
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
                ACTION_MATCHES_NO_RESOURCE (warning) <"sqs:SendMessage">
                  it applies to `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`
            "#]],
        );
    }

    #[test]
    fn resources_below_others() {
        check(
            r#"{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "arn:aws:logs:*:*:log-group:/aws/lambda/render"}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE <"logs:PutLogEvents">
                  it applies to `arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:${LogStreamName}`; did you mean `arn:aws:logs:*:*:log-group:/aws/lambda/render:*`?
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
                ACTION_SUPPORTS_RESOURCES <"lambda:GetFunction"> <"s3:Get*"> <"*">
            "#]],
        );
        check(
            r#"{"Effect": "Deny", "Action": "lambda:GetFunction", "Resource": "*"}"#,
            expect![[""]],
        );
    }

    #[test]
    fn actions_on_everything_are_counted() {
        let message = |actions: &str| {
            let source = format!(
                r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": {actions}, "Resource": "*"}}}}"#
            );
            let document = iam_policy_document::json::read(source.as_bytes()).document;
            let findings = crate::check(&document, &crate::Options::default());
            let messages = findings.iter().filter(|finding| ActionSupportsResources.is_of(finding));
            messages.map(|finding| finding.message.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(
            message(r#"["sqs:SendMessage"]"#),
            ["`sqs:SendMessage` is allowed on every resource, but could be limited to specific resources"]
        );
        assert_eq!(
            message(r#"["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "sns:Publish"]"#),
            [
                "`s3:GetObject`, `s3:PutObject`, `sqs:SendMessage` and 1 more action are allowed on every resource, but could \
              be limited to specific resources"
            ]
        );
    }

    #[test]
    fn conditions_that_limit_the_resource() {
        for condition in [
            r#"{"Null": {"aws:ResourceTag/cluster": "false"}}"#,
            r#"{"StringEquals": {"ec2:ResourceTag/team": "blue"}}"#,
            r#"{"StringEquals": {"rds:db-tag/team": "blue"}}"#,
            r#"{"StringEquals": {"s3:ExistingObjectTag/team": "blue"}}"#,
            r#"{"StringEquals": {"aws:ResourceAccount": "123456789012"}}"#,
            r#"{"StringEquals": {"ec2:InstanceType": "t3.micro"}}"#,
        ] {
            let statement = r#"{"Effect": "Allow", "Action": ["ec2:StartInstances", "s3:GetObject", "rds:StartDBInstance"], "Resource": "*", "Condition": "#;
            statements(
                PolicyType::Identity,
                &[ActionSupportsResources],
                &format!("{statement}{condition}}}"),
                expect![[""]],
            );
        }
        for condition in [
            r#"{"StringEquals": {"aws:RequestTag/team": "blue"}}"#,
            r#"{"StringEquals": {"aws:PrincipalTag/team": "blue"}}"#,
            r#"{"StringEquals": {"rds:req-tag/team": "blue"}}"#,
            r#"{"StringEquals": {"ec2:nonsense": "blue"}}"#,
        ] {
            let statement = r#"{"Effect": "Allow", "Action": "rds:StartDBInstance", "Resource": "*", "Condition": "#;
            statements(
                PolicyType::Identity,
                &[ActionSupportsResources],
                &format!("{statement}{condition}}}"),
                expect![[r#"
                    ACTION_SUPPORTS_RESOURCES <"rds:StartDBInstance">
                "#]],
            );
        }
    }

    #[test]
    fn forms_that_the_reference_lacks() {
        // `vpcconnection` is not how the reference writes it, and `agent-instance` is not in the reference at all.
        check(
            r#"{"Effect": "Allow", "Action": "quicksight:DescribeVPCConnection", "Resource": "arn:aws:quicksight:*:*:vpcconnection/*"}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE (warning) <"quicksight:DescribeVPCConnection">
                  it applies to `arn:${Partition}:quicksight:${Region}:${Account}:vpcConnection/${ResourceId}`
            "#]],
        );
        // One of the ARNs may be of a type that the reference does not know.
        check(
            r#"{"Effect": "Allow", "Action": "sagemaker:DescribeEndpointConfig", "Resource": ["arn:aws:sagemaker:*:*:model/*", "arn:aws:sagemaker:*:*:endpointconfig/*"]}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE (warning) <"sagemaker:DescribeEndpointConfig">
                  it applies to `arn:${Partition}:sagemaker:${Region}:${Account}:endpoint-config/${EndpointConfigName}`
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Action": "sagemaker:DescribeEndpointConfig", "Resource": ["arn:aws:sagemaker:*:*:model/*", "arn:aws:sqs:*:*:x"]}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE <"sagemaker:DescribeEndpointConfig">
                  it applies to `arn:${Partition}:sagemaker:${Region}:${Account}:endpoint-config/${EndpointConfigName}`
            "#]],
        );
    }

    #[test]
    fn a_broken_resource_is_one_mistake() {
        check(
            r#"[{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "reports/*"}, {"Effect": "Allow", "Action": "lambda:GetFunction", "Resource": ["arn:aws:lamda:*:*:function:x"]}, {"Effect": "Allow", "Action": "lambda:GetFunction", "Resource": "arn:aws:lambda::123456789012:function:x"}]"#,
            expect![""],
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
                ACTION_NEEDS_EVERY_RESOURCE (error) <"ec2:DescribeInstances">
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
        // The reference may lack `endpointconfig`, and an ARN without its Region is reported as such.
        statements(
            PolicyType::ServiceControl,
            CODES,
            r#"[{"Effect": "Deny", "Action": "sagemaker:*EndpointConfig", "Resource": "arn:aws:sagemaker:*:*:endpointconfig/*"}, {"Effect": "Deny", "Action": "sagemaker:*EndpointConfig", "Resource": "arn:aws:sagemaker::*:endpoint-config/*"}]"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE (warning) <"sagemaker:*EndpointConfig">
                  it applies to `arn:${Partition}:sagemaker:${Region}:${Account}:endpoint-config/${EndpointConfigName}`
            "#]],
        );
        statements(
            PolicyType::ResourceControl,
            CODES,
            r#"{"Effect": "Deny", "Principal": "*", "Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": ["arn:aws:s3:::reports", "arn:aws:sqs:*:*:jobs"]}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE <"arn:aws:s3:::reports"> <"s3:GetObject">
                  also list the objects: `arn:aws:s3:::reports/*`
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
