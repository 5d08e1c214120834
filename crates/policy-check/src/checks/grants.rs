//! Actions and resources that do not go together. Access Analyzer has no such checks; all codes here are this crate's own.
//!
//! Source of all: Service Authorization Reference, the resource types of each action.

use policy_catalog::Action as Known;

use crate::Code;
use crate::context::{Action, Context, Effect, Rule};
use crate::finding::{At, Report};
use crate::options::PolicyType;
use crate::pattern::{Case, covers, intersect};

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    if !context.is(PolicyType::Identity) {
        return;
    }
    for rule in &context.statements {
        if rule.not_action || rule.not_resource || rule.resources.is_empty() {
            continue;
        }
        let everything = rule.resources.iter().find(|resource| resource.is_everything());
        for action in &rule.actions {
            match everything {
                Some(star) if rule.effect == Some(Effect::Allow) => could_be_limited(context, action, star, report),
                Some(_) => {}
                None => matches_nothing(rule, action, report),
            }
        }
    }
    dependents(context, report);
}

/// `ACTION_SUPPORTS_RESOURCES`: an action is allowed on `*`, though it could be limited to resources.
fn could_be_limited(
    context: &Context<'_>,
    action: &Action<'_>,
    star: &crate::context::Resource<'_>,
    report: &mut Report,
) {
    let limitable = match action.action {
        Some(known) => !known.is_wildcard_only(),
        None if action.is_pattern => context
            .catalog
            .expand(action.text)
            .any(|known| !known.is_wildcard_only()),
        None => false,
    };
    if limitable {
        report.add(
            Code::ActionSupportsResources,
            format!(
                "`{}` is allowed on every resource, but could be limited to some",
                action.text
            ),
            [At::Value(action.value), At::Value(star.value)],
        );
    }
}

/// `ACTION_MATCHES_NO_RESOURCE`, `ACTION_NEEDS_EVERY_RESOURCE`: a statement is about an action only if one of its resources can be the ARN of one of the
/// action's resource types, or, if the action has none, if the resource is `*`. Patterns of actions are left alone: something in them may
/// fit.
fn matches_nothing(rule: &Rule<'_>, action: &Action<'_>, report: &mut Report) {
    let Some(known) = action.action else { return };
    if known.is_wildcard_only() {
        let covered = rule
            .resources
            .iter()
            .any(|resource| covers(resource.text, "*", Case::Sensitive));
        if !covered {
            report.value(
                Code::ActionNeedsEveryResource,
                format!(
                    "`{}` is about no resource, so this statement is not about it; only `*` as the resource is",
                    action.text
                ),
                action.value,
            );
        }
    } else if !rule.resources.iter().any(|resource| can_be_about(known, resource.text)) {
        let mut formats = known
            .resource_types()
            .flat_map(|about| about.resource_type().arn_formats())
            .map(|format| format!("`{format}`"))
            .collect::<Vec<_>>();
        formats.dedup();
        let more = formats.len().saturating_sub(3);
        formats.truncate(3);
        let mut help = format!("it is about {}", formats.join(", "));
        if more > 0 {
            help.push_str(&format!(" and {more} more"));
        }
        let finding = report.value(
            Code::ActionMatchesNoResource,
            format!("`{}` is about none of the statement's resources", action.text),
            action.value,
        );
        finding.help = Some(help);
    }
}

/// Whether some ARN is both one that the action is about and one that the pattern matches.
fn can_be_about(action: Known, resource: &str) -> bool {
    action
        .resource_types()
        .flat_map(|about| about.resource_type().arn_formats())
        .any(|format| intersect(format.as_str(), resource))
}

/// `MISSING_DEPENDENT_ACTION`: whoever may call an action needs others as well, which no statement allows. Those that are needed for some resource types
/// only are not asked for.
///
/// Source: Service Authorization Reference, "Dependent actions".
fn dependents(context: &Context<'_>, report: &mut Report) {
    let allows = |needed: &str| {
        context.statements.iter().any(|rule| {
            rule.effect == Some(Effect::Allow)
                && rule.actions.iter().any(|action| action.covers(needed)) != rule.not_action
        })
    };
    for rule in context
        .statements
        .iter()
        .filter(|rule| rule.effect == Some(Effect::Allow) && !rule.not_action)
    {
        for action in &rule.actions {
            let Some(known) = action.action else { continue };
            let missing: Vec<String> = known
                .dependent_actions()
                .map(|needed| needed.to_string())
                .filter(|needed| !allows(needed))
                .collect();
            if !missing.is_empty() {
                report.value(
                    Code::MissingDependentAction,
                    format!(
                        "`{}` also needs {}, which no statement allows",
                        action.text,
                        list(&missing)
                    ),
                    action.value,
                );
            }
        }
    }
}

fn list(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
