use iam_policy_core as core;

use crate::model::{Condition, Parameter, Principal, Setting, Spanned, Spec, Statement, Template, Waiver};

/// Calls `f` with the policies of `spec` as the types of the generated constants, and returns its result.
///
/// The same code can therefore render, measure and explain a spec and its constants.
///
/// - `spec`: the spec, or the parts of it that could be read
/// - `f`: receives the policies in the order of the spec
///
/// # Examples
///
/// ```
/// use iam_policy_spec::{Source, read, with_policies};
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
        let json = render(bare);
        f(&with_json(bare, &json))
    })
}

/// Like [`with_policies`], but without the policies' JSON, which measuring does not need.
pub(crate) fn with_unrendered<R>(spec: &Spec, f: impl FnOnce(&[core::Policy<'_>]) -> R) -> R {
    lowered(spec, Missing::Kept, f)
}

/// Like [`with_unrendered`], but each parameter has a value, so that a document can be checked as AWS would receive it:
/// an example if the parameter has no valid default.
pub(crate) fn with_examples<R>(spec: &Spec, f: impl FnOnce(&[core::Policy<'_>]) -> R) -> R {
    lowered(spec, Missing::Examples, f)
}

/// What becomes of a parameter without a default.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Kept,
    Examples,
}

/// The kind and the limits of a parameter, for checking its values.
pub(crate) fn rule(parameter: &Parameter) -> core::Parameter<'_> {
    core::Parameter::required(&parameter.name.value)
        .with_kind(parameter.kind)
        .with_allow_slash(parameter.allow_slash)
        .with_any(parameter.any)
        .with_max_length(parameter.max_length)
        .with_max_items(parameter.max_items)
}

/// A value that a parameter could have.
pub(crate) fn example(parameter: &Parameter) -> &str {
    parameter.kind.example().unwrap_or(&parameter.name.value)
}

fn lowered<R>(spec: &Spec, missing: Missing, f: impl FnOnce(&[core::Policy<'_>]) -> R) -> R {
    // The constants' types borrow slices of each other, so they are built from the inside out, level by level. A level
    // contains all values of a type, in the order of the spec. The next level takes its slices from it in that order.
    let texts = Texts::new(spec);
    let leaves = Leaves::new(spec, &texts, missing);
    let parts = Parts::new(spec, &leaves, &texts);
    let statements = statements(spec, &leaves, &parts);
    let (policies, extensions) = policies(spec, &leaves, &parts.environments, &statements);
    f(&with_extensions(spec, policies, &extensions))
}

/// The JSON of each policy, and that of its trust policy.
fn render(policies: &[core::Policy<'_>]) -> Vec<[String; 2]> {
    let text = |json: Result<core::Rendered<'_>, _>| match json {
        Ok(json) => json.to_string(),
        // A policy that cannot be rendered is too long, which has been reported.
        Err(_) => String::new(),
    };
    let mut json = Vec::new();
    for policy in policies {
        let trust = policy.render_trust(core::Options::GENERATED);
        json.push([text(policy.render(core::Options::GENERATED)), text(trust)]);
    }
    json
}

fn with_json<'a>(policies: &[core::Policy<'a>], json: &'a [[String; 2]]) -> Vec<core::Policy<'a>> {
    let mut policies = policies.to_vec();
    for (policy, [own, trust_json]) in policies.iter_mut().zip(json) {
        policy.json = own;
        if let Some(trust) = &mut policy.trust {
            trust.json = trust_json;
        }
    }
    policies
}

/// Removes the first `count` elements from `rest` and returns them.
fn take<'a, T>(rest: &mut &'a [T], count: usize) -> &'a [T] {
    let (taken, remaining) = rest.split_at_checked(count).unwrap_or((rest, &[]));
    *rest = remaining;
    taken
}

fn text(template: Option<&Template>) -> &str {
    template.map_or("", |template| &template.text)
}

fn optional(template: Option<&Template>) -> Option<&str> {
    template.map(|template| template.text.as_str())
}

/// - `more`: the texts for the other elements of a list, which are taken from it
fn lower<'t>(template: &'t Template, more: &mut &'t [&'t str]) -> core::Template<'t> {
    core::Template::new(&template.source.value, &template.text)
        .with_more(take(more, template.more.len()))
        .with_widest(template.widest.as_deref())
}

/// The texts of lists.
#[derive(Default)]
struct Texts<'s> {
    /// Those of parameters, each followed by an example, then those of environments.
    settings: Vec<&'s str>,
    /// Those of the other elements of lists in resources.
    resources: Vec<&'s str>,
    /// Those of the other elements of lists in principals and the values of conditions.
    values: Vec<&'s str>,
}

impl<'s> Texts<'s> {
    fn new(spec: &'s Spec) -> Self {
        let mut texts = Self::default();
        for parameter in &spec.parameters {
            if let Some(default) = &parameter.default {
                texts.setting(default);
            }
            texts.settings.push(example(parameter));
        }
        for (_, value) in spec.environments.iter().flat_map(|environment| &environment.values) {
            texts.setting(value);
        }
        for policy in &spec.policies {
            for statement in policy.all_statements() {
                for resource in statement.resource_key().1 {
                    texts.resources.extend(resource.arn.more.iter().map(String::as_str));
                }
                for principal in statement.named_principals().0 {
                    texts.values.extend(principal.name.more.iter().map(String::as_str));
                }
                texts.conditions(&statement.conditions);
            }
        }
        texts
    }

    fn setting(&mut self, setting: &'s Setting) {
        for text in setting.texts() {
            self.settings.push(&text.value);
        }
    }

    fn conditions(&mut self, conditions: &'s [Condition]) {
        for value in conditions.iter().flat_map(|condition| &condition.values) {
            self.values.extend(value.more.iter().map(String::as_str));
        }
    }
}

/// The value of a parameter, with its texts taken from `texts`.
fn setting<'t>(setting: &'t Setting, texts: &mut &'t [&'t str]) -> core::ParameterValue<'t> {
    let taken = take(texts, setting.texts().len());
    match setting {
        Setting::Text(text) => core::ParameterValue::Text(&text.value),
        Setting::List(_) => core::ParameterValue::List(taken),
    }
}

/// The values that only borrow from the spec.
#[derive(Default)]
struct Leaves<'s> {
    parameters: Vec<core::Parameter<'s>>,
    /// The values of all environments.
    settings: Vec<(&'s str, core::ParameterValue<'s>)>,
    attach: Vec<core::AttachmentKind>,
    bounds: Vec<&'s str>,
    managed: Vec<&'s str>,
    principals: Vec<core::NamedPrincipal<'s>>,
    waivers: Vec<core::Waiver<'s>>,
    partitions: Vec<core::Partition>,
    values: Vec<core::Template<'s>>,
}

impl<'s> Leaves<'s> {
    fn new(spec: &'s Spec, texts: &'s Texts<'s>, missing: Missing) -> Self {
        let mut leaves = Self::default();
        let mut settings = texts.settings.as_slice();
        for parameter in &spec.parameters {
            let own = parameter
                .default
                .as_ref()
                .map(|default| setting(default, &mut settings));
            let example = take(&mut settings, 1);
            let example = match parameter.kind {
                core::ParameterKind::List => Some(core::ParameterValue::List(example)),
                _ => example.first().map(|text| core::ParameterValue::Text(text)),
            };
            let default = match missing {
                Missing::Examples => own.filter(|_| !parameter.is_broken).or(example),
                Missing::Kept => own.or(example.filter(|_| parameter.is_broken)),
            };
            let lowered = rule(parameter).with_default(default);
            leaves
                .parameters
                .push(lowered.with_about(text(parameter.about.as_ref())));
        }
        for (name, value) in spec.environments.iter().flat_map(|environment| &environment.values) {
            leaves.settings.push((&name.value, setting(value, &mut settings)));
        }
        let mut values = texts.values.as_slice();
        for policy in &spec.policies {
            leaves.attach(&policy.attach);
            for bounded in &policy.bounds {
                leaves.bounds.push(&bounded.value);
            }
            leaves
                .managed
                .extend(policy.managed.iter().map(|managed| managed.value.as_str()));
            for extension in &policy.extensions {
                leaves.attach(&extension.attach);
            }
            for statement in policy.all_statements() {
                leaves.statement(statement, &mut values);
            }
        }
        leaves
    }

    fn statement(&mut self, statement: &'s Statement, values: &mut &'s [&'s str]) {
        self.waivers(&statement.waivers);
        self.partitions(&statement.partitions);
        for Principal { key, name, .. } in statement.named_principals().0 {
            self.principals
                .push(core::NamedPrincipal::new(*key, lower(name, values)));
        }
        for action in statement.action_key().1 {
            self.waivers(&action.waivers);
        }
        for resource in statement.resource_key().1 {
            self.waivers(&resource.waivers);
            self.partitions(&resource.partitions);
        }
        self.conditions(&statement.conditions, values);
    }

    fn attach(&mut self, attach: &[Spanned<core::AttachmentKind>]) {
        for kind in attach {
            self.attach.push(kind.value);
        }
    }

    fn waivers(&mut self, waivers: &'s [Waiver]) {
        for waiver in waivers {
            self.waivers
                .push(core::Waiver::new(&waiver.check.value, &waiver.why.text));
        }
    }

    fn partitions(&mut self, partitions: &[Spanned<core::Partition>]) {
        for partition in partitions {
            self.partitions.push(partition.value);
        }
    }

    fn conditions(&mut self, conditions: &'s [Condition], more: &mut &'s [&'s str]) {
        for value in conditions.iter().flat_map(|condition| &condition.values) {
            self.values.push(lower(value, more));
        }
    }
}

/// The values that borrow from leaves. Their statements do not have actions, resources and conditions yet.
struct Parts<'l> {
    actions: Vec<core::Action<'l>>,
    resources: Vec<core::Resource<'l>>,
    conditions: Vec<core::Condition<'l>>,
    statements: Vec<core::Statement<'l>>,
    environments: Vec<core::Environment<'l>>,
    /// The leaves that have not been taken yet.
    waivers: &'l [core::Waiver<'l>],
    partitions: &'l [core::Partition],
    values: &'l [core::Template<'l>],
    more: &'l [&'l str],
}

impl<'l> Parts<'l> {
    fn new(spec: &'l Spec, leaves: &'l Leaves<'l>, texts: &'l Texts<'l>) -> Self {
        let mut parts = Self {
            actions: Vec::new(),
            resources: Vec::new(),
            conditions: Vec::new(),
            statements: Vec::new(),
            environments: Vec::new(),
            waivers: &leaves.waivers,
            partitions: &leaves.partitions,
            values: &leaves.values,
            more: &texts.resources,
        };
        let mut settings = leaves.settings.as_slice();
        for environment in &spec.environments {
            let values = take(&mut settings, environment.values.len());
            parts
                .environments
                .push(core::Environment::new(&environment.name.value, values));
        }
        for policy in &spec.policies {
            for statement in policy.all_statements() {
                parts.statement(statement);
            }
        }
        parts
    }

    fn statement(&mut self, statement: &'l Statement) {
        self.statements.push(
            core::Statement::new(&statement.id.value, &statement.sid.value)
                .with_effect(statement.effect)
                .with_reason(text(statement.reason.as_ref()))
                .with_without(optional(statement.without.as_ref()))
                .with_waivers(take(&mut self.waivers, statement.waivers.len()))
                .with_partitions(take(&mut self.partitions, statement.partitions.len())),
        );
        for action in statement.action_key().1 {
            self.actions.push(
                core::Action::new(&action.pattern.value)
                    .with_access(&action.access)
                    .with_reference(&action.reference)
                    .with_reason(optional(action.reason.as_ref()))
                    .with_without(optional(action.without.as_ref()))
                    .with_waivers(take(&mut self.waivers, action.waivers.len())),
            );
        }
        for resource in statement.resource_key().1 {
            self.resources.push(
                core::Resource::new(lower(&resource.arn, &mut self.more))
                    .with_partitions(take(&mut self.partitions, resource.partitions.len()))
                    .with_reason(optional(resource.reason.as_ref()))
                    .with_without(optional(resource.without.as_ref()))
                    .with_waivers(take(&mut self.waivers, resource.waivers.len())),
            );
        }
        self.conditions(&statement.conditions);
    }

    fn conditions(&mut self, conditions: &'l [Condition]) {
        for condition in conditions {
            self.conditions.push(core::Condition::new(
                &condition.operator.value,
                &condition.key.value,
                take(&mut self.values, condition.values.len()),
            ));
        }
    }
}

/// The statements of all policies, their extensions and their trust policies.
fn statements<'p>(spec: &'p Spec, leaves: &'p Leaves<'p>, parts: &'p Parts<'p>) -> Vec<core::Statement<'p>> {
    let mut statements = parts.statements.clone();
    let mut unfilled = statements.iter_mut();
    let mut actions = parts.actions.as_slice();
    let mut resources = parts.resources.as_slice();
    let mut conditions = parts.conditions.as_slice();
    let mut principals = leaves.principals.as_slice();
    for policy in &spec.policies {
        for (statement, lowered) in policy.all_statements().into_iter().zip(&mut unfilled) {
            match statement.named_principals() {
                (own, false) => lowered.principals = take(&mut principals, own.len()),
                (own, true) => lowered.not_principals = take(&mut principals, own.len()),
            }
            match statement.action_key() {
                ("actions", own) => lowered.actions = take(&mut actions, own.len()),
                (_, own) => lowered.not_actions = take(&mut actions, own.len()),
            }
            match statement.resource_key() {
                ("resources", own) => lowered.resources = take(&mut resources, own.len()),
                (_, own) => lowered.not_resources = take(&mut resources, own.len()),
            }
            lowered.conditions = take(&mut conditions, statement.conditions.len());
        }
    }
    statements
}

/// The policies without their extensions, and the extensions of all of them.
fn policies<'p>(
    spec: &'p Spec,
    leaves: &'p Leaves<'p>,
    environments: &'p [core::Environment<'p>],
    mut statements: &'p [core::Statement<'p>],
) -> (Vec<core::Policy<'p>>, Vec<core::Extension<'p>>) {
    let mut policies = Vec::new();
    let mut extensions = Vec::new();
    let mut attach = leaves.attach.as_slice();
    let mut bounds = leaves.bounds.as_slice();
    let mut managed = leaves.managed.as_slice();
    for policy in &spec.policies {
        let resource_type = policy.resource_type.as_ref().and_then(|resource| resource.value);
        policies.push(
            core::Policy::new(&policy.name.value, "")
                .with_title(text(policy.title.as_ref()))
                .with_about(text(policy.about.as_ref()))
                .with_policy_type(policy.policy_type())
                .with_resource_type(resource_type)
                .with_bounds(take(&mut bounds, policy.bounds.len()))
                .with_attach(take(&mut attach, policy.attach.len()))
                .with_partitions(&policy.partitions)
                .with_parameters(&leaves.parameters)
                .with_environments(environments)
                .with_managed(take(&mut managed, policy.managed.len()))
                .with_statements(take(&mut statements, policy.statements.len())),
        );
        for extension in &policy.extensions {
            extensions.push(
                core::Extension::new(&extension.name.value)
                    .with_title(text(extension.title.as_ref()))
                    .with_about(text(extension.about.as_ref()))
                    .with_attach(take(&mut attach, extension.attach.len()))
                    .with_statements(take(&mut statements, extension.statements.len())),
            );
        }
        if let (Some(trust), Some(lowered)) = (&policy.trust, policies.last_mut()) {
            let statements = take(&mut statements, trust.statements.len());
            lowered.trust = Some(core::Trust::new(statements, "").with_about(text(trust.about.as_ref())));
        }
    }
    (policies, extensions)
}

fn with_extensions<'e>(
    spec: &Spec,
    mut policies: Vec<core::Policy<'e>>,
    mut extensions: &'e [core::Extension<'e>],
) -> Vec<core::Policy<'e>> {
    for (policy, lowered) in spec.policies.iter().zip(&mut policies) {
        lowered.extensions = take(&mut extensions, policy.extensions.len());
    }
    policies
}
