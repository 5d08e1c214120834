//! Calls that policies do not grant.

use iam_policy_check::Code;
use iam_policy_document::Diagnostic;
use iam_policy_document::wording::list;
use iam_policy_spec::Statement;

use super::grants::Judged;
use super::verdict::{Verdict, verdict};
use super::{Judgement, Partial};
use crate::calls::{Call, Permission, Resource};
use crate::draft::Plan;

/// Notes what is granted, and reports what is not.
pub(super) fn judge(call: &mut Call, policies: &[&Judged<'_>], judgement: &mut Judgement) {
    let place = (call.file.clone(), call.line, call.column);
    let operation = format!("{}.{}", call.service, call.operation);
    let mut findings = Vec::new();
    let mut missing: Vec<Permission> = Vec::new();
    let is_own = call.origin.is_none();
    for permission in call.permissions.iter_mut().flatten() {
        let (granted, finding) = {
            let verdict = verdict(permission, policies);
            let granted = matches!(verdict, Verdict::Granted);
            let judged = |number: usize| policies.get(number).copied();
            let mut finding = None;
            if permission.is_certain && is_own {
                match verdict {
                    Verdict::Granted => {}
                    Verdict::Missing => missing.push(permission.clone()),
                    Verdict::Denied(number, statement) => {
                        let name = judged(number).map(Judged::name).unwrap_or_default();
                        finding = Some(
                            error(
                                call.span,
                                format!("`{operation}` needs `{}`, which `{name}` denies", permission.action),
                            )
                            .note(format!("it is denied by the statement `{}`", statement.id.value)),
                        );
                    }
                    Verdict::Elsewhere(resource, number, statement) => {
                        if let Some(judged) = judged(number) {
                            judgement.partial.push(Partial {
                                file: place.0.clone(),
                                line: place.1,
                                column: place.2,
                                action: permission.action,
                                resource: resource.to_string(),
                                policy: judged.policy.name.value.clone(),
                                statement: statement.id.value.clone(),
                            });
                            finding = Some(elsewhere(
                                call.span,
                                &operation,
                                permission.action,
                                resource,
                                statement,
                                judged,
                            ));
                        }
                    }
                }
            }
            (granted, finding)
        };
        permission.is_granted = Some(granted);
        findings.extend(finding);
    }
    if let (false, Some(judged)) = (missing.is_empty(), policies.first()) {
        let actions: Vec<_> = missing.iter().map(|permission| permission.action).collect();
        let names: Vec<_> = policies.iter().map(|judged| judged.name()).collect();
        let message = format!(
            "`{operation}` needs {}, which no statement of {} grants",
            list(&actions),
            list(&names)
        );
        let mut finding = error(call.span, message);
        for permission in &missing {
            finding = finding.note(format!("source of `{}`: {}", permission.action, permission.source));
        }
        for (actions, resource) in Plan::of(call, &missing).lines() {
            finding = finding.help(format!("add a statement with {} on `{resource}`", list(actions)));
        }
        let place = judgement
            .plans
            .iter()
            .position(|(file, policy, _)| file == judged.source.name() && *policy == judged.policy.name.value);
        let place = place.unwrap_or_else(|| {
            let (file, policy) = (judged.source.name().to_owned(), judged.policy.name.value.clone());
            judgement.plans.push((file, policy, Plan::default()));
            judgement.plans.len() - 1
        });
        if let Some((_, _, plan)) = judgement.plans.get_mut(place) {
            for permission in &missing {
                plan.add(permission, call);
            }
        }
        findings.push(finding);
    }
    if !findings.is_empty() {
        judgement.code.entry(place.0).or_default().extend(findings);
    }
}

fn error(span: (usize, usize), message: String) -> Diagnostic {
    let code = Code::UngrantedCall;
    Diagnostic::new(code.severity(), message)
        .with_code(code.name())
        .at(span.0..span.1)
}

/// Reports a permission that is granted on other resources.
fn elsewhere(
    span: (usize, usize),
    operation: &str,
    action: &str,
    resource: &Resource,
    statement: &Statement,
    judged: &Judged<'_>,
) -> Diagnostic {
    let name = judged.name();
    let id = &statement.id.value;
    let position = judged.source.position(statement.id.span.start);
    let resource = if resource.is_none() {
        "*".to_owned()
    } else {
        crate::draft::template(resource).0
    };
    error(
        span,
        format!("`{operation}` needs `{action}` on `{resource}`, which `{name}` grants only on other resources"),
    )
    .help(format!(
        "add `\"{resource}\"` to the resources of the statement `{id}` at {}:{position}",
        judged.source.name()
    ))
}
