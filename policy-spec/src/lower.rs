use policy_core as core;

use crate::model::{Condition, Policy, Spec, Statement, Template, Trust, Waiver};

/// Hands the policies of `spec` to `f` in the form that the constants have, so that one piece of code renders, measures and
/// explains both.
///
/// - `f`: gets the policies in the order of the spec
///
/// # Examples
///
/// ```
/// use policy_spec::{Source, read, with_policies};
///
/// let source = Source::new("policies.toml", r#"
/// [policy.user]
/// [[policy.user.statement]]
/// id        = "list"
/// reason    = "Finds the bucket."
/// actions   = ["s3:ListAllMyBuckets"]
/// resources = ["*"]
/// "#);
/// let (spec, diagnostics) = read(&source);
/// assert!(diagnostics.is_empty());
/// assert!(with_policies(&spec, |policies| policies[0].allows("s3:ListAllMyBuckets", "*")));
/// ```
pub fn with_policies<R>(spec: &Spec, f: impl FnOnce(&[core::Policy<'_>]) -> R) -> R {
    with_unrendered(spec, |bare| {
        // A policy that cannot be rendered is too long, which the reader of the spec has reported.
        let json: Vec<_> = bare
            .iter()
            .map(|policy| {
                let own = policy
                    .render(core::Options::DEFAULT)
                    .map_or_else(|_| String::new(), |json| json.to_string());
                let trust = policy
                    .render_trust(core::Options::DEFAULT)
                    .map_or_else(|_| String::new(), |json| json.to_string());
                (own, trust)
            })
            .collect();
        let policies: Vec<_> = bare
            .iter()
            .zip(&json)
            .map(|(bare, (own, trust_json))| {
                let mut policy = *bare;
                policy.json = own;
                if let Some(trust) = &mut policy.trust {
                    trust.json = trust_json;
                }
                policy
            })
            .collect();
        f(&policies)
    })
}

/// [`with_policies`], but the policies do not have their JSON, which measuring does not need.
pub(crate) fn with_unrendered<R>(spec: &Spec, f: impl FnOnce(&[core::Policy<'_>]) -> R) -> R {
    // The constants' types borrow slices of each other, so they are built from the inside out, level by level.
    let parameters: Vec<_> = spec
        .parameters
        .iter()
        .map(|parameter| {
            core::Parameter::new(&parameter.name.value, &parameter.default.value)
                .with_about(text(parameter.about.as_ref()))
                .with_allow_slash(parameter.allow_slash)
        })
        .collect();
    let leaves: Vec<_> = spec.policies.iter().map(PolicyLeaves::new).collect();
    let parts: Vec<_> = spec
        .policies
        .iter()
        .zip(&leaves)
        .map(|(policy, leaves)| PolicyParts::new(policy, leaves))
        .collect();
    let statements: Vec<_> = spec
        .policies
        .iter()
        .zip(&parts)
        .map(|(policy, parts)| PolicyStatements::new(policy, parts))
        .collect();
    let extensions: Vec<_> = spec
        .policies
        .iter()
        .zip(&leaves)
        .zip(&statements)
        .map(|((policy, leaves), statements)| statements.extensions(policy, leaves))
        .collect();
    let bare: Vec<_> = (spec.policies.iter().zip(&leaves).zip(&parts))
        .zip(statements.iter().zip(&extensions))
        .map(|(((policy, leaves), parts), (statements, extensions))| {
            core::Policy::new(&policy.name.value, "")
                .with_title(text(policy.title.as_ref()))
                .with_about(text(policy.about.as_ref()))
                .with_attach(&leaves.attach)
                .with_partitions(&policy.partitions)
                .with_parameters(&parameters)
                .with_statements(&statements.own)
                .with_extensions(extensions)
                .with_trust(policy.trust.as_ref().map(|trust| {
                    core::Trust::new(&leaves.services, "")
                        .with_about(text(trust.about.as_ref()))
                        .with_conditions(&parts.trust)
                }))
        })
        .collect();
    f(&bare)
}

fn text(template: Option<&Template>) -> &str {
    template.map_or("", |template| &template.text)
}

fn optional(template: Option<&Template>) -> Option<&str> {
    template.map(|template| template.text.as_str())
}

fn lower_template(template: &Template) -> core::Template<'_> {
    core::Template {
        source: &template.source.value,
        text: &template.text,
    }
}

fn lower_waivers(waivers: &[Waiver]) -> Vec<core::Waiver<'_>> {
    waivers
        .iter()
        .map(|waiver| core::Waiver {
            check: &waiver.check.value,
            why: &waiver.why.text,
        })
        .collect()
}

fn values<T: Copy>(spanned: &[crate::Spanned<T>]) -> Vec<T> {
    spanned.iter().map(|element| element.value).collect()
}

/// What borrows from the spec alone.
struct PolicyLeaves<'s> {
    attach: Vec<core::Attach>,
    statements: Vec<StatementLeaves<'s>>,
    extension_attach: Vec<Vec<core::Attach>>,
    extension_statements: Vec<Vec<StatementLeaves<'s>>>,
    services: Vec<&'s str>,
    trust: Vec<Vec<core::Template<'s>>>,
}

struct StatementLeaves<'s> {
    waivers: Vec<core::Waiver<'s>>,
    action_waivers: Vec<Vec<core::Waiver<'s>>>,
    resource_waivers: Vec<Vec<core::Waiver<'s>>>,
    resource_partitions: Vec<Vec<&'static str>>,
    partitions: Vec<&'static str>,
    condition_values: Vec<Vec<core::Template<'s>>>,
}

impl<'s> PolicyLeaves<'s> {
    fn new(policy: &'s Policy) -> Self {
        let statements = |statements: &'s [Statement]| statements.iter().map(StatementLeaves::new).collect();
        let trust = policy.trust.as_ref();
        Self {
            attach: values(&policy.attach),
            statements: statements(&policy.statements),
            extension_attach: policy
                .extensions
                .iter()
                .map(|extension| values(&extension.attach))
                .collect(),
            extension_statements: policy
                .extensions
                .iter()
                .map(|extension| statements(&extension.statements))
                .collect(),
            services: trust
                .map(|trust| &trust.services)
                .into_iter()
                .flatten()
                .map(|name| name.value.as_str())
                .collect(),
            trust: trust
                .map(|trust| condition_values(&trust.conditions))
                .unwrap_or_default(),
        }
    }
}

fn condition_values(conditions: &[Condition]) -> Vec<Vec<core::Template<'_>>> {
    conditions
        .iter()
        .map(|condition| condition.values.iter().map(lower_template).collect())
        .collect()
}

impl<'s> StatementLeaves<'s> {
    fn new(statement: &'s Statement) -> Self {
        let (_, actions) = statement.action_key();
        let (_, resources) = statement.resource_key();
        Self {
            waivers: lower_waivers(&statement.waivers),
            action_waivers: actions.iter().map(|action| lower_waivers(&action.waivers)).collect(),
            resource_waivers: resources
                .iter()
                .map(|resource| lower_waivers(&resource.waivers))
                .collect(),
            resource_partitions: resources.iter().map(|resource| values(&resource.partitions)).collect(),
            partitions: values(&statement.partitions),
            condition_values: condition_values(&statement.conditions),
        }
    }
}

/// What borrows from leaves.
struct PolicyParts<'l> {
    statements: Vec<StatementParts<'l>>,
    extensions: Vec<Vec<StatementParts<'l>>>,
    trust: Vec<core::Condition<'l>>,
}

struct StatementParts<'l> {
    actions: Vec<core::Action<'l>>,
    resources: Vec<core::Resource<'l>>,
    conditions: Vec<core::Condition<'l>>,
    leaves: &'l StatementLeaves<'l>,
}

impl<'l> PolicyParts<'l> {
    fn new(policy: &'l Policy, leaves: &'l PolicyLeaves<'l>) -> Self {
        let parts = |statements: &'l [Statement], leaves: &'l [StatementLeaves<'l>]| {
            statements
                .iter()
                .zip(leaves)
                .map(|(statement, leaves)| StatementParts::new(statement, leaves))
                .collect()
        };
        Self {
            statements: parts(&policy.statements, &leaves.statements),
            extensions: policy
                .extensions
                .iter()
                .zip(&leaves.extension_statements)
                .map(|(extension, leaves)| parts(&extension.statements, leaves))
                .collect(),
            trust: policy
                .trust
                .as_ref()
                .map(|trust: &Trust| conditions(&trust.conditions, &leaves.trust))
                .unwrap_or_default(),
        }
    }
}

fn conditions<'l>(conditions: &'l [Condition], values: &'l [Vec<core::Template<'l>>]) -> Vec<core::Condition<'l>> {
    conditions
        .iter()
        .zip(values)
        .map(|(condition, values)| core::Condition {
            operator: &condition.operator.value,
            key: &condition.key.value,
            values,
        })
        .collect()
}

impl<'l> StatementParts<'l> {
    fn new(statement: &'l Statement, leaves: &'l StatementLeaves<'l>) -> Self {
        let (_, actions) = statement.action_key();
        let (_, resources) = statement.resource_key();
        let actions = actions.iter().zip(&leaves.action_waivers).map(|(action, waivers)| {
            core::Action::new(&action.pattern.value)
                .with_access(&action.access)
                .with_reason(optional(action.reason.as_ref()))
                .with_without(optional(action.without.as_ref()))
                .with_waivers(waivers)
        });
        let resources = resources
            .iter()
            .zip(&leaves.resource_partitions)
            .zip(&leaves.resource_waivers)
            .map(|((resource, partitions), waivers)| {
                core::Resource::new(lower_template(&resource.arn))
                    .with_partitions(partitions)
                    .with_reason(optional(resource.reason.as_ref()))
                    .with_without(optional(resource.without.as_ref()))
                    .with_waivers(waivers)
            });
        Self {
            actions: actions.collect(),
            resources: resources.collect(),
            conditions: conditions(&statement.conditions, &leaves.condition_values),
            leaves,
        }
    }

    fn statement(&'l self, statement: &'l Statement) -> core::Statement<'l> {
        let lowered = core::Statement::new(&statement.id.value, &statement.sid.value)
            .with_effect(statement.effect)
            .with_conditions(&self.conditions)
            .with_partitions(&self.leaves.partitions)
            .with_reason(text(statement.reason.as_ref()))
            .with_without(optional(statement.without.as_ref()))
            .with_waivers(&self.leaves.waivers);
        let lowered = match statement.action_key().0 {
            "actions" => lowered.with_actions(&self.actions),
            _ => lowered.with_not_actions(&self.actions),
        };
        match statement.resource_key().0 {
            "resources" => lowered.with_resources(&self.resources),
            _ => lowered.with_not_resources(&self.resources),
        }
    }
}

/// What borrows from parts.
struct PolicyStatements<'p> {
    own: Vec<core::Statement<'p>>,
    extensions: Vec<Vec<core::Statement<'p>>>,
}

impl<'p> PolicyStatements<'p> {
    fn new(policy: &'p Policy, parts: &'p PolicyParts<'p>) -> Self {
        let whole = |statements: &'p [Statement], parts: &'p [StatementParts<'p>]| {
            statements
                .iter()
                .zip(parts)
                .map(|(statement, parts)| parts.statement(statement))
                .collect()
        };
        Self {
            own: whole(&policy.statements, &parts.statements),
            extensions: policy
                .extensions
                .iter()
                .zip(&parts.extensions)
                .map(|(extension, parts)| whole(&extension.statements, parts))
                .collect(),
        }
    }

    fn extensions(&'p self, policy: &'p Policy, leaves: &'p PolicyLeaves<'p>) -> Vec<core::Extension<'p>> {
        policy
            .extensions
            .iter()
            .zip(&leaves.extension_attach)
            .zip(&self.extensions)
            .map(|((extension, attach), statements)| {
                core::Extension::new(&extension.name.value)
                    .with_title(text(extension.title.as_ref()))
                    .with_about(text(extension.about.as_ref()))
                    .with_attach(attach)
                    .with_statements(statements)
            })
            .collect()
    }
}
