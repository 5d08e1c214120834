//! Reads AWS's answers about pairs of an action and a resource.
//!
//! An answer has one of two shapes. The current one has a result for each action, with the most restrictive decision
//! over all resources, and inside it a result for each resource. The older one has a result for each pair.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_iam::types::{
    EvaluationResult, OrganizationsDecisionDetail, PermissionsBoundaryDecisionDetail, PolicyEvaluationDecisionType,
    PolicySourceType, Position, Statement,
};
use iam_policy_validate::{Cause, Decision, Matched};

/// The answer about a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict<'a> {
    pub(crate) resource: &'a str,
    pub(crate) decision: Decision,
    pub(crate) cause: Cause,
    /// Whether the cause may be that of another resource: for all resources of a call together, AWS states only once
    /// whether the organization allows an action.
    pub(crate) shared: bool,
}

/// Reads what `result` says about each of the `resources` of the call.
///
/// Resources that it says nothing about are omitted.
///
/// # Errors
///
/// Returns the name of an unknown decision.
///
/// Source: IAM API Reference, `EvaluationResult` and `ResourceSpecificResult`.
pub(crate) fn read<'a>(
    result: &'a EvaluationResult,
    resources: &BTreeSet<&'a str>,
) -> Result<Vec<Verdict<'a>>, &'a str> {
    let organizations = result
        .organizations_decision_detail()
        .map(OrganizationsDecisionDetail::allowed_by_organizations);
    let boundary = result
        .permissions_boundary_decision_detail()
        .map(PermissionsBoundaryDecisionDetail::allowed_by_permissions_boundary);
    let whole = own(decision(result.eval_decision())?, result.eval_decision_details());

    let mut verdicts = Vec::new();
    for specific in result.resource_specific_results() {
        let Some(resource) = resources.get(specific.eval_resource_name()) else {
            continue;
        };
        let decision = own(
            decision(specific.eval_resource_decision())?,
            specific.eval_decision_details(),
        );
        let own_boundary = specific
            .permissions_boundary_decision_detail()
            .map(PermissionsBoundaryDecisionDetail::allowed_by_permissions_boundary);
        let is_boundary_shared = own_boundary.is_none();
        let own_boundary = own_boundary.or(boundary);
        let matched = matched(specific.matched_statements());
        let by_organizations = organizations == Some(false);
        let by_boundary = own_boundary == Some(false);
        let (organizations, boundary, shared) = match decision {
            // If it is allowed, every layer allows it.
            Decision::Allowed => (organizations.map(|_| true), own_boundary.map(|_| true), false),
            _ if resources.len() == 1 => (organizations, own_boundary, false),
            // AWS lists matching statements of the principal's policies, but not those of the organization and the
            // boundary. So if there are none, and only one of the two does not allow it, that one denies it.
            Decision::ExplicitDeny if matched.is_empty() && by_organizations != by_boundary => {
                (organizations, own_boundary, false)
            }
            _ => (
                organizations,
                own_boundary,
                by_organizations || (by_boundary && is_boundary_shared),
            ),
        };
        verdicts.push(Verdict {
            resource,
            decision,
            cause: Cause {
                organizations,
                boundary,
                matched,
                missing_context: specific.missing_context_values().to_vec(),
            },
            shared,
        });
    }
    if !verdicts.is_empty() {
        return Ok(verdicts);
    }
    // The name of the resource may be a template, such as `arn:aws:s3:::*`, which stands for the only resource.
    let named = result.eval_resource_name().and_then(|name| resources.get(name));
    let only = resources.first().filter(|_| resources.len() == 1);
    let about = match named.or(only) {
        Some(resource) => vec![*resource],
        None if whole == Decision::Allowed => resources.iter().copied().collect(),
        None => Vec::new(),
    };
    let cause = Cause {
        organizations,
        boundary,
        matched: matched(result.matched_statements()),
        missing_context: result.missing_context_values().to_vec(),
    };
    Ok(about
        .into_iter()
        .map(|resource| Verdict {
            resource,
            decision: whole,
            cause: cause.clone(),
            shared: false,
        })
        .collect())
}

fn decision(decision: &PolicyEvaluationDecisionType) -> Result<Decision, &str> {
    Decision::from_name(decision.as_str()).ok_or(decision.as_str())
}

/// The decision of the principal's side about a resource in another account, if `details` list both sides.
///
/// Such a resource also needs a policy in its own account. AWS's simulator does not look it up, and the principal
/// cannot lack it.
fn own(decision: Decision, details: Option<&HashMap<String, PolicyEvaluationDecisionType>>) -> Decision {
    let is_own = |kind: &str| !kind.to_ascii_lowercase().contains("resource");
    let mut own = details
        .into_iter()
        .flatten()
        .filter(|(kind, _)| is_own(kind))
        .map(|(_, decision)| decision)
        .peekable();
    let is_allowed = own.peek().is_some() && own.all(|decision| *decision == PolicyEvaluationDecisionType::Allowed);
    if decision == Decision::ImplicitDeny && is_allowed {
        Decision::Allowed
    } else {
        decision
    }
}

fn matched(statements: &[Statement]) -> Vec<Matched> {
    let place = |position: &Position| {
        Some((
            u32::try_from(position.line()).ok()?,
            u32::try_from(position.column()).ok()?,
        ))
    };
    let matched = |statement: &Statement| Matched {
        policy: statement.source_policy_id().unwrap_or_default().to_owned(),
        kind: statement
            .source_policy_type()
            .map(PolicySourceType::as_str)
            .unwrap_or_default()
            .to_owned(),
        start: statement.start_position().and_then(place),
        end: statement.end_position().and_then(place),
    };
    statements.iter().map(matched).collect()
}

#[cfg(test)]
mod tests;
