//! What a deployment creates, whatever its language: a role for each policy with a trust policy, and a managed policy for
//! each of the others.

pub(super) mod comment;
pub(super) mod identifiers;
pub(super) mod usage;
pub(super) mod values;

use std::collections::BTreeSet;

use iam_policy_core::template::{Piece, pieces};
use iam_policy_core::{
    AttachmentKind, Condition, Environment, Parameter, ParameterKind, Partition, Policy, PolicyType, Statement,
};
use iam_policy_spec as spec;

use super::html::plain;
use super::output::Input;

/// A spec as something to deploy.
pub(super) struct Deployment<'a> {
    pub(super) policies: Vec<Deployed<'a>>,
    /// The parameters that some policy uses.
    pub(super) parameters: Vec<&'a Parameter<'a>>,
    /// The environments; none if no policy uses a parameter.
    pub(super) environments: &'a [Environment<'a>],
}

/// A policy, and what becomes of it.
pub(super) struct Deployed<'a> {
    pub(super) policy: &'a Policy<'a>,
    pub(super) form: Form,
    /// The name of the role or managed policy, if the spec has one: a template.
    pub(super) name: Option<&'a str>,
    /// The index of the policy that is the permissions boundary of its role.
    pub(super) boundary: Option<usize>,
}

/// What becomes of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A role with the policy.
    Role {
        /// Whether the policy is a managed one, and not part of the role.
        is_managed: bool,
    },
    /// A managed policy.
    Managed,
    /// An inline policy of existing identities, of these kinds.
    Inline { user: bool, group: bool, role: bool },
    /// A permissions boundary: a managed policy that is attached to nothing.
    Boundary,
    /// A policy of an organization.
    Organization(OrganizationPolicy),
    /// A document alone: what it is attached to is created elsewhere.
    Document,
}

/// The types of policies that an organization has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OrganizationPolicy {
    ServiceControl,
    ResourceControl,
}

impl OrganizationPolicy {
    /// The name of the type in the API.
    ///
    /// Source: AWS Organizations API Reference, `CreatePolicy`, `Type`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ServiceControl => "SERVICE_CONTROL_POLICY",
            Self::ResourceControl => "RESOURCE_CONTROL_POLICY",
        }
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::ServiceControl => PolicyType::ServiceControl.label(),
            Self::ResourceControl => PolicyType::ResourceControl.label(),
        }
    }
}

impl Form {
    /// What is created, in words; `None` if that has no name.
    pub(super) fn label(self) -> Option<&'static str> {
        match self {
            Self::Role { .. } => Some("role"),
            Self::Managed | Self::Boundary => Some("managed policy"),
            Self::Organization(policy) => Some(policy.label()),
            Self::Inline { .. } | Self::Document => None,
        }
    }
}

impl<'a> Deployment<'a> {
    pub(super) fn new(input: &Input<'a>) -> Self {
        let of_spec = input.spec.policies.iter();
        let policies: Vec<_> = input
            .policies
            .iter()
            .zip(of_spec)
            .map(|(policy, written)| Deployed::new(policy, written, input.policies))
            .collect();
        let used: BTreeSet<_> = policies.iter().flat_map(Deployed::parameters).collect();
        let first = input.policies.first();
        let parameters = first.map_or(&[][..], |policy| policy.parameters).iter();
        let parameters: Vec<_> = parameters.filter(|parameter| used.contains(parameter.name)).collect();
        let environments = first.map_or(&[][..], |policy| policy.environments);
        Self {
            policies,
            environments: if parameters.is_empty() { &[] } else { environments },
            parameters,
        }
    }

    /// Whether every parameter has a value without an environment.
    pub(super) fn has_all_defaults(&self) -> bool {
        self.parameters.iter().all(|parameter| parameter.default.is_some())
    }

    /// Whether the name of something, without its path, is or contains the value of this parameter.
    pub(super) fn is_in_a_name(&self, parameter: &Parameter<'_>) -> bool {
        let names = self.policies.iter().filter_map(Deployed::path_and_name);
        names
            .flat_map(|(_, name)| placeholders(name))
            .any(|name| name == parameter.name)
    }
}

impl<'a> Deployed<'a> {
    fn new(policy: &'a Policy<'a>, written: &'a spec::Policy, all: &[Policy<'a>]) -> Self {
        Self {
            boundary: all.iter().position(|other| other.bounds.contains(&policy.name)),
            policy,
            form: form(policy),
            name: written.deploy_as.as_ref().map(|name| name.source.value.as_str()),
        }
    }

    /// The title without markup.
    pub(super) fn title(&self) -> String {
        plain(self.policy.heading())
    }

    /// Every statement with the name of its extension.
    pub(super) fn statements(&self) -> impl Iterator<Item = (Option<&'a str>, &'a Statement<'a>)> + use<'a> {
        let own = self.policy.statements.iter().map(|statement| (None, statement));
        let extensions = self.policy.extensions.iter();
        own.chain(extensions.flat_map(|extension| {
            let statements = extension.statements.iter();
            statements.map(|statement| (Some(extension.name), statement))
        }))
    }

    /// The templates of its documents.
    pub(super) fn templates(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let trust = self.policy.trust.into_iter().flat_map(|trust| trust.statements);
        let statements = self.statements().map(|(_, statement)| statement).chain(trust);
        statements.flat_map(|statement| {
            let principals = statement
                .principal_element()
                .1
                .iter()
                .map(|principal| principal.name.source);
            let resources = statement
                .resource_element()
                .1
                .iter()
                .map(|resource| resource.arn.source);
            principals.chain(resources).chain(values(statement.conditions))
        })
    }

    /// The parameters in its templates.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.templates().chain(self.name).flat_map(placeholders)
    }

    /// The templates of the path before its name, if any, and of the name.
    pub(super) fn path_and_name(&self) -> Option<(Option<&'a str>, &'a str)> {
        let name = self.name?;
        Some(match name.rsplit_once('/') {
            Some((path, name)) => (Some(path), name),
            None => (None, name),
        })
    }

    /// Whether its name may have a path before it.
    pub(super) fn may_have_path(&self) -> bool {
        let allows_slash = |name: &str| {
            let mut parameters = self.policy.parameters.iter();
            parameters.any(|parameter| parameter.name == name && parameter.allow_slash)
        };
        self.name
            .is_some_and(|name| name.contains('/') || placeholders(name).any(allows_slash))
    }
}

/// The templates of the values.
fn values<'a>(conditions: &'a [Condition<'a>]) -> impl Iterator<Item = &'a str> {
    conditions
        .iter()
        .flat_map(|condition| condition.values)
        .map(|value| value.source)
}

/// The lists in a template, each once.
pub(super) fn lists<'p>(template: &str, parameters: &'p [Parameter<'p>]) -> Vec<&'p Parameter<'p>> {
    let mut lists: Vec<&Parameter<'_>> = Vec::new();
    for name in placeholders(template) {
        let found = parameters
            .iter()
            .find(|one| one.name == name && one.kind == ParameterKind::List);
        lists.extend(found.filter(|found| lists.iter().all(|list| list.name != found.name)));
    }
    lists
}

/// The partitions that something is limited to; `None` if it is wherever that is of which it is a part.
///
/// - `whole`: the partitions of the whole
pub(super) fn limit<'p>(whole: &[Partition], partitions: &'p [Partition]) -> Option<&'p [Partition]> {
    let is_everywhere = whole.iter().all(|partition| partitions.contains(partition));
    (!partitions.is_empty() && !is_everywhere).then_some(partitions)
}

/// The partitions in which a statement of a policy is.
pub(super) const fn partitions_of<'p>(policy: &Policy<'p>, statement: &Statement<'p>) -> &'p [Partition] {
    match statement.partitions {
        [] => policy.partitions,
        own => own,
    }
}

fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    pieces(template).filter_map(|piece| match piece {
        Ok(Piece::Parameter(name)) => Some(name),
        _ => None,
    })
}

/// The form that the policy may have whatever its extensions. If there is none, a managed policy has the quota for most.
fn form(policy: &Policy<'_>) -> Form {
    match policy.policy_type {
        PolicyType::PermissionsBoundary => return Form::Boundary,
        PolicyType::ServiceControl => return Form::Organization(OrganizationPolicy::ServiceControl),
        PolicyType::ResourceControl => return Form::Organization(OrganizationPolicy::ResourceControl),
        PolicyType::Identity => {}
        _ => return Form::Document,
    }
    let is_allowed = |kind| {
        let with = |extensions: &[&str]| {
            let mut kinds = policy.attachments(extensions).into_iter().flatten();
            kinds.any(|allowed| allowed == kind)
        };
        policy.attach.contains(&kind) && policy.extensions.iter().all(|extension| with(&[extension.name]))
    };
    let mut kinds = policy.attach.iter().copied().filter(|&kind| is_allowed(kind));
    let is_managed = |kind: &AttachmentKind| *kind == AttachmentKind::Managed;
    if policy.trust.is_some() {
        // The author's first choice.
        let chosen = kinds.find(|kind| is_managed(kind) || *kind == AttachmentKind::InlineRole);
        let is_managed = chosen.map_or(!policy.attach.is_empty(), |kind| is_managed(&kind));
        return Form::Role { is_managed };
    }
    let kinds: Vec<_> = kinds.collect();
    let has = |kind| kinds.contains(&kind);
    if kinds.is_empty() || kinds.iter().any(is_managed) {
        return Form::Managed;
    }
    if has(AttachmentKind::ServiceControl) {
        return Form::Organization(OrganizationPolicy::ServiceControl);
    }
    Form::Inline {
        user: has(AttachmentKind::InlineUser),
        group: has(AttachmentKind::InlineGroup),
        role: has(AttachmentKind::InlineRole),
    }
}

/// The paragraphs that explain a statement: its reason, and what happens without it.
///
/// - `reason`: empty if each of its parts has its own
pub(super) fn explanation(reason: &str, without: Option<&str>) -> Vec<String> {
    let reason = (!reason.is_empty()).then(|| reason.to_owned());
    let without = without.map(|without| format!("Without it: {without}"));
    reason.into_iter().chain(without).collect()
}

/// The characters of a text that IAM accepts in the description of a role.
///
/// Source: IAM API Reference, `CreateRole`, the pattern of `Description`.
pub(super) fn role_description(text: &str) -> String {
    let is_accepted = |one: &char| matches!(one, ' '..='~' | '\u{A1}'..='\u{FF}');
    text.chars().filter(is_accepted).take(1000).collect()
}
