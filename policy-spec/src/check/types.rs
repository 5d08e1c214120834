//! Types of policies: what each of them can have.

use std::ops::Range;

use iam_policy_core::suggest::nearest;
use iam_policy_core::{AttachmentKind, PolicyType};

use super::Checker;
use crate::keys::OTHER_RESOURCE;
use crate::mistake::mistake;
use crate::model::{Policy, Spanned, Spec};
use crate::wording::{list, with_article};

impl Checker<'_> {
    pub(super) fn types(&mut self, spec: &Spec) {
        for policy in &spec.policies {
            self.resource_type(policy);
            self.attachments(policy);
            self.trust_of_type(policy);
            self.bounds(policy, &spec.policies);
            self.included(policy);
        }
    }

    /// A resource policy names the kind of its resource, and no other policy does.
    fn resource_type(&mut self, policy: &Policy) {
        if policy.given_type.is_none() && has_key(policy, "type") {
            return;
        }
        match (&policy.given_type, &policy.resource_type) {
            (Some(given), None) if given.value == PolicyType::Resource && !has_key(policy, "resource-type") => {
                self.report_absence(
                    mistake(
                        given.span.clone(),
                        "this resource policy does not say what it is attached to",
                    )
                    .help(format!(
                        "add the kind of resource, such as `resource-type = \"s3:bucket\"`, or `resource-type = \
                         \"{OTHER_RESOURCE}\"`"
                    )),
                );
            }
            (given, Some(resource)) if given.as_ref().is_none_or(|given| given.value != PolicyType::Resource) => {
                let message = format!(
                    "`resource-type` is for resource policies, but this is {}",
                    with_article(policy.policy_type().label())
                );
                self.report(
                    mistake(resource.span.clone(), message)
                        .help("add `type = \"resource\"`, or remove `resource-type`"),
                );
            }
            _ => {}
        }
    }

    /// Policies of some types can only be attached in one way, and resource policies are part of their resource.
    fn attachments(&mut self, policy: &Policy) {
        let Some(given) = &policy.given_type else { return };
        let extensions = policy.extensions.iter().flat_map(|extension| &extension.attach);
        for kind in policy.attach.iter().chain(extensions) {
            if kind.value.takes(given.value) {
                continue;
            }
            let message = format!(
                "{} cannot be attached as `{}`",
                with_article(given.value.label()),
                kind.value
            );
            let diagnostic = mistake(kind.span.clone(), message);
            self.report(match (given.value, AttachmentKind::only_of(given.value)) {
                (PolicyType::Resource, _) => {
                    diagnostic.help("remove `attach`: a resource policy is part of its resource")
                }
                (_, Some(only)) => diagnostic.help(format!("write `{only}`, or remove `attach`")),
                _ => diagnostic.help("remove it, or change the policy's `type`"),
            });
        }
    }

    /// The statements that a policy includes name principals if its own statements must, and otherwise do not.
    fn included(&mut self, policy: &Policy) {
        if policy.given_type.is_none() && has_key(policy, "type") {
            return;
        }
        let names_principals = policy.policy_type().has_principals();
        let label = with_article(policy.policy_type().label());
        let mut reported: Vec<&Range<usize>> = Vec::new();
        for statement in policy.own_statements() {
            let Some(shared) = &statement.shared else { continue };
            let names = !statement.named_principals().0.is_empty();
            if names == names_principals || reported.contains(&&shared.span) {
                continue;
            }
            reported.push(&shared.span);
            let (name, id) = (&shared.name, &statement.id.value);
            let diagnostic = if names {
                mistake(
                    shared.span.clone(),
                    format!("`{name}` names principals, but the statements of {label} do not"),
                )
                .note(format!("its statement `{id}` does"))
                .help("include it in resource policies or resource control policies only")
            } else {
                mistake(
                    shared.span.clone(),
                    format!("`{name}` names no principals, but the statements of {label} must"),
                )
                .note(format!("its statement `{id}` has none"))
                .help("write the statement in the policy, with its principals")
            };
            self.report(diagnostic);
        }
    }

    fn trust_of_type(&mut self, policy: &Policy) {
        if let (Some(trust), Some(given)) = (&policy.trust, &policy.given_type)
            && given.value != PolicyType::Identity
        {
            let message = format!(
                "{} has no trust policy: only a role has one",
                with_article(given.value.label())
            );
            self.report(
                mistake(trust.span.clone(), message)
                    .help("move it to the policy of the role, which has the type `identity`"),
            );
        }
    }

    fn bounds(&mut self, policy: &Policy, policies: &[Policy]) {
        let is_boundary = policy.policy_type() == PolicyType::PermissionsBoundary;
        if is_boundary && policy.bounds.is_empty() && !has_key(policy, "bounds") {
            let span = policy
                .given_type
                .as_ref()
                .map_or(&policy.name.span, |given| &given.span);
            self.report_absence(
                mistake(
                    span.clone(),
                    format!("the boundary `{}` bounds nothing", policy.name.value),
                )
                .help("add the policies that it must leave everything they grant, such as `bounds = [\"role\"]`"),
            );
        }
        if let Some(first) = policy.bounds.first().filter(|_| !is_boundary) {
            if policy.given_type.is_none() && has_key(policy, "type") {
                return;
            }
            let message = format!(
                "only a permissions boundary bounds policies, but this is {}",
                with_article(policy.policy_type().label())
            );
            self.report(
                mistake(first.span.clone(), message)
                    .help("add `type = \"boundary\"` to the policy, or remove `bounds`"),
            );
            return;
        }
        let mut earlier: Vec<&str> = Vec::new();
        for name in &policy.bounds {
            if earlier.contains(&name.value.as_str()) {
                self.report(mistake(
                    name.span.clone(),
                    format!("duplicate `{}` in `bounds`", name.value),
                ));
                continue;
            }
            earlier.push(&name.value);
            self.bounded(policy, name, policies);
        }
    }

    /// A boundary limits users and roles, so it bounds identity policies.
    fn bounded(&mut self, boundary: &Policy, name: &Spanned<String>, policies: &[Policy]) {
        let Some(bounded) = policies.iter().find(|policy| policy.name.value == name.value) else {
            let mut names: Vec<&str> = Vec::new();
            for policy in policies {
                if policy.policy_type() == PolicyType::Identity {
                    names.push(&policy.name.value);
                }
            }
            let diagnostic = mistake(name.span.clone(), format!("there is no policy `{}`", name.value));
            let suggestion = nearest(&name.value, names.iter().copied());
            self.report_absence(match suggestion {
                Some(_) => diagnostic.did_you_mean(suggestion),
                None if names.is_empty() => diagnostic.help("add the policy that it bounds to the spec"),
                None => diagnostic.help(format!("the identity policies of the spec are {}", list(names))),
            });
            return;
        };
        if bounded.policy_type() != PolicyType::Identity {
            let message = format!(
                "a boundary bounds identity policies, but `{}` is {}",
                name.value,
                with_article(bounded.policy_type().label())
            );
            self.report(mistake(name.span.clone(), message).help("remove it"));
            return;
        }
        let mut missing: Vec<&str> = Vec::new();
        for partition in &bounded.partitions {
            if !boundary.partitions.contains(partition) {
                missing.push(partition.name());
            }
        }
        if !missing.is_empty() && !boundary.partitions.is_empty() {
            let partitions = if missing.len() == 1 { "partition" } else { "partitions" };
            let message = format!(
                "the boundary `{}` does not exist in the {partitions} {} of `{}`",
                boundary.name.value,
                list(missing),
                name.value
            );
            self.report(mistake(name.span.clone(), message).help("add them to the boundary's `partitions`"));
        }
    }
}

/// Whether a policy has a key whose value could not be read.
fn has_key(policy: &Policy, key: &str) -> bool {
    policy.unread.contains(&key)
}
