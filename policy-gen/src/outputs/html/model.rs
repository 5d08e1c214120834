//! What the page's script knows: the policies with their templates, the parameters, the quotas, and the actions that
//! wildcards stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use iam_policy_catalog::Catalog;
use iam_policy_catalog::descriptions::Describe;
use iam_policy_core::json::Writer;
use iam_policy_core::template::{Piece, pieces};
use iam_policy_core::{AttachmentKind, Condition, Extension, Parameter, Partition, Policy, Statement, Style, Template};

use super::super::summary::TRUST;
use super::forms::{self, Form};

/// The templates of a page, each once. Elements refer to them by number.
#[derive(Default)]
pub(super) struct Templates<'a> {
    numbers: BTreeMap<&'a str, usize>,
    sources: Vec<&'a str>,
}

impl<'a> Templates<'a> {
    /// The number of a template.
    pub(super) fn number(&mut self, template: Template<'a>) -> usize {
        *self.numbers.entry(template.source).or_insert_with(|| {
            self.sources.push(template.source);
            self.sources.len() - 1
        })
    }

    fn write(&self, json: &mut Writer<'_>) -> fmt::Result {
        json.begin_array()?;
        for source in &self.sources {
            json.begin_array()?;
            // A complete spec has no errors in its templates.
            for piece in pieces(source).flatten() {
                match piece {
                    Piece::Text(text) => json.string(text)?,
                    Piece::Parameter(name) => json.list([name])?,
                }
            }
            json.end_array()?;
        }
        json.end_array()
    }
}

/// Patterns with more actions than this are not expanded on the page.
const MOST_ACTIONS: usize = 1000;

/// The model as JSON that can stand in a `<script>`.
pub(super) fn model<'a>(
    policies: &[Policy<'a>],
    parameters: &[Parameter<'a>],
    forms: &[Form<'_>],
    templates: &mut Templates<'a>,
) -> String {
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = write(
        &mut Writer::new(&mut text, Style::MINIFIED),
        policies,
        parameters,
        forms,
        templates,
    );
    // In JSON, it can only be in strings. Nothing in them can end the element or begin a comment then.
    text.replace('<', "\\u003c")
}

fn write<'a>(
    json: &mut Writer<'_>,
    policies: &[Policy<'a>],
    parameters: &[Parameter<'a>],
    forms: &[Form<'_>],
    templates: &mut Templates<'a>,
) -> fmt::Result {
    json.begin_object()?;
    json.key("forms")?;
    forms::write(json, forms)?;
    json.key("policies")?;
    json.begin_array()?;
    for policy in policies {
        write_policy(json, policy, templates)?;
    }
    json.end_array()?;
    json.key("parameters")?;
    json.begin_array()?;
    for parameter in parameters {
        json.begin_object()?;
        json.key("name")?;
        json.string(parameter.name)?;
        json.key("default")?;
        match parameter.default {
            Some(default) => json.string(default)?,
            None => json.literal("null")?,
        }
        json.key("slash")?;
        json.literal(parameter.allow_slash)?;
        json.key("kind")?;
        json.string(parameter.kind)?;
        json.key("any")?;
        json.literal(parameter.any)?;
        json.key("pattern")?;
        json.string(parameter.pattern())?;
        for (key, limit) in [("longest", parameter.longest()), ("items", parameter.max_items)] {
            json.key(key)?;
            match limit {
                Some(limit) => json.literal(limit)?,
                None => json.literal("null")?,
            }
        }
        json.end_object()?;
    }
    json.end_array()?;
    json.key("partitions")?;
    json.list(Partition::ALL)?;
    json.key("environments")?;
    json.begin_array()?;
    for environment in policies.first().map_or(&[][..], |policy| policy.environments) {
        json.begin_object()?;
        json.key("name")?;
        json.string(environment.name)?;
        json.key("values")?;
        json.begin_object()?;
        for (name, value) in environment.values {
            json.key(name)?;
            json.string(value)?;
        }
        json.end_object()?;
        json.end_object()?;
    }
    json.end_array()?;
    json.key("kinds")?;
    json.begin_object()?;
    for kind in AttachmentKind::ALL {
        write_quota(json, kind.name(), kind.description(), kind.quota())?;
    }
    write_quota(json, "trust", TRUST, AttachmentKind::TRUST_QUOTA)?;
    json.end_object()?;
    json.key("templates")?;
    templates.write(json)?;
    write_actions(json, policies)?;
    json.end_object()
}

fn write_quota(json: &mut Writer<'_>, name: &str, description: &str, quota: usize) -> fmt::Result {
    json.key(name)?;
    json.begin_object()?;
    json.key("description")?;
    json.string(description)?;
    json.key("quota")?;
    json.literal(quota)?;
    json.end_object()
}

fn write_policy<'a>(json: &mut Writer<'_>, policy: &Policy<'a>, templates: &mut Templates<'a>) -> fmt::Result {
    json.begin_object()?;
    json.key("name")?;
    json.string(policy.name)?;
    json.key("partitions")?;
    json.list(policy.partitions)?;
    json.key("attach")?;
    json.list(policy.attach)?;
    json.key("statements")?;
    write_statements(json, policy.statements, templates)?;
    json.key("extensions")?;
    json.begin_array()?;
    for Extension {
        name,
        attach,
        statements,
        ..
    } in policy.extensions
    {
        json.begin_object()?;
        json.key("name")?;
        json.string(name)?;
        json.key("attach")?;
        json.list(*attach)?;
        json.key("statements")?;
        write_statements(json, statements, templates)?;
        json.end_object()?;
    }
    json.end_array()?;
    if let Some(trust) = policy.trust {
        json.key("trust")?;
        write_statements(json, trust.statements, templates)?;
    }
    json.end_object()
}

fn write_statements<'a>(
    json: &mut Writer<'_>,
    statements: &[Statement<'a>],
    templates: &mut Templates<'a>,
) -> fmt::Result {
    json.begin_array()?;
    for statement in statements {
        json.begin_object()?;
        json.key("sid")?;
        json.string(statement.sid)?;
        json.key("effect")?;
        json.string(statement.effect)?;
        write_partitions(json, statement.partitions)?;
        write_principals(json, statement, templates)?;
        let (element, actions) = statement.action_element();
        json.key("actions")?;
        json.begin_array()?;
        json.string(element)?;
        json.list(actions.iter().map(|action| action.pattern))?;
        json.end_array()?;
        let (element, resources) = statement.resource_element();
        json.key("resources")?;
        json.begin_array()?;
        json.string(element)?;
        json.begin_array()?;
        for resource in resources {
            json.begin_object()?;
            json.key("template")?;
            json.literal(templates.number(resource.arn))?;
            write_partitions(json, resource.partitions)?;
            json.end_object()?;
        }
        json.end_array()?;
        json.end_array()?;
        json.key("conditions")?;
        write_conditions(json, statement.conditions, templates)?;
        json.end_object()?;
    }
    json.end_array()
}

/// The principals, each with the key that lists it; nothing if there are none.
fn write_principals<'a>(
    json: &mut Writer<'_>,
    statement: &Statement<'a>,
    templates: &mut Templates<'a>,
) -> fmt::Result {
    let (element, principals) = statement.principal_element();
    if principals.is_empty() {
        return Ok(());
    }
    json.key("principals")?;
    json.begin_array()?;
    json.string(element)?;
    json.begin_array()?;
    for principal in principals {
        json.begin_array()?;
        json.string(principal.key.name())?;
        json.literal(templates.number(principal.name))?;
        json.end_array()?;
    }
    json.end_array()?;
    json.end_array()
}

fn write_partitions(json: &mut Writer<'_>, partitions: &[Partition]) -> fmt::Result {
    json.key("partitions")?;
    json.list(partitions)
}

fn write_conditions<'a>(
    json: &mut Writer<'_>,
    conditions: &[Condition<'a>],
    templates: &mut Templates<'a>,
) -> fmt::Result {
    json.begin_array()?;
    for condition in conditions {
        json.begin_object()?;
        json.key("operator")?;
        json.string(condition.operator)?;
        json.key("key")?;
        json.string(condition.key)?;
        json.key("values")?;
        json.begin_array()?;
        for &value in condition.values {
            json.literal(templates.number(value))?;
        }
        json.end_array()?;
        json.end_object()?;
    }
    json.end_array()
}

/// The actions that each pattern stands for, and for each action its access level and AWS's description.
fn write_actions(json: &mut Writer<'_>, policies: &[Policy<'_>]) -> fmt::Result {
    let catalog = Catalog::get();
    let statements = policies.iter().flat_map(|policy| {
        let extensions = policy.extensions.iter().flat_map(|extension| extension.statements);
        let trust = policy.trust.map_or(&[][..], |trust| trust.statements);
        policy.statements.iter().chain(extensions).chain(trust)
    });
    let patterns: BTreeSet<_> = statements
        .flat_map(|statement| statement.action_element().1)
        .map(|action| action.pattern)
        .collect();
    let mut actions = BTreeSet::new();
    json.key("patterns")?;
    json.begin_object()?;
    for pattern in patterns {
        let known: Vec<_> = catalog.expand(pattern).collect();
        if known.is_empty() || known.len() > MOST_ACTIONS {
            continue;
        }
        json.key(pattern)?;
        json.list(&known)?;
        actions.extend(known);
    }
    json.end_object()?;
    json.key("actions")?;
    json.begin_object()?;
    for action in actions {
        json.key(action)?;
        json.begin_array()?;
        json.string(action.access_level())?;
        match action.description() {
            Some(description) => json.string(format_args!("{description}."))?,
            None => json.literal("null")?,
        }
        json.end_array()?;
    }
    json.end_object()
}
