//! Reads AWS's answers about pairs of an action and a resource.
//!
//! An answer has one of two shapes. The current one has a result for each action, with the most restrictive decision
//! over all resources, and inside it a result for each resource. The older one has a result for each pair.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_iam::types::{
    EvaluationResult, OrganizationsDecisionDetail, PermissionsBoundaryDecisionDetail, PolicyEvaluationDecisionType,
    PolicySourceType, Position, Statement,
};
use iam_policy_core::{Arn, wildcard};
use iam_policy_validate::{Cause, Decision, Matched};

/// The answer about a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict<'q> {
    pub(crate) resource: &'q str,
    pub(crate) decision: Decision,
    pub(crate) cause: Cause,
    /// Whether the cause may be that of another resource: for all resources of a call together, AWS states only once
    /// whether the organization allows an action.
    pub(crate) shared: bool,
}

/// What a result is an answer to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a, 'q> {
    /// The resources of the call.
    pub(crate) resources: &'a BTreeSet<&'q str>,
    /// The account of the principal.
    pub(crate) account: &'a str,
    /// Whether the answer has no other result for the action. Only then does an overall decision that names none of the
    /// resources apply to all of them.
    pub(crate) is_only: bool,
}

/// Reads what `result` says about each of the resources that were `asked` about. It may omit some.
///
/// # Errors
///
/// Returns what is wrong with a result that contradicts itself, is about another resource, or has an unknown decision.
/// Such a result proves nothing, least of all that a request is allowed.
///
/// Source: IAM API Reference, `EvaluationResult` and `ResourceSpecificResult`.
pub(crate) fn read<'q>(result: &EvaluationResult, asked: Asked<'_, 'q>) -> Result<Vec<Verdict<'q>>, String> {
    let action = result.eval_action_name();
    let layers = Layers {
        organizations: result
            .organizations_decision_detail()
            .map(OrganizationsDecisionDetail::allowed_by_organizations),
        boundary: result
            .permissions_boundary_decision_detail()
            .map(PermissionsBoundaryDecisionDetail::allowed_by_permissions_boundary),
    };
    let overall = decision(result.eval_decision())?;
    check(overall, layers, result.eval_decision_details())
        .map_err(|what| format!("it allows `{action}`, but {what}"))?;
    if result.resource_specific_results().is_empty() {
        return overall_only(result, overall, layers, asked);
    }

    let mut verdicts = Vec::new();
    let mut allows_every = true;
    for specific in result.resource_specific_results() {
        let name = specific.eval_resource_name();
        let resource = *asked.resources.get(name).ok_or_else(|| unasked(action, name))?;
        let own = specific
            .permissions_boundary_decision_detail()
            .map(PermissionsBoundaryDecisionDetail::allowed_by_permissions_boundary);
        let decision = decision(specific.eval_resource_decision())?;
        let details = specific.eval_decision_details();
        let alone = Layers {
            organizations: None,
            boundary: own,
        };
        check(decision, alone, details).map_err(|what| format!("it allows `{action}` on `{resource}`, but {what}"))?;
        if overall == Decision::Allowed && decision != Decision::Allowed {
            return Err(format!("it allows `{action}`, but not on `{resource}`"));
        }
        allows_every &= decision == Decision::Allowed;
        let layers = Layers {
            boundary: own.or(layers.boundary),
            ..layers
        };
        let decision = layers.of_principal(decision, details, resource, asked.account);
        let matched = matched(specific.matched_statements());
        let (layers, shared) = layers.about(decision, matched.is_empty(), own.is_none(), asked.resources.len());
        verdicts.push(Verdict {
            resource,
            decision,
            cause: layers.cause(matched, specific.missing_context_values()),
            shared,
        });
    }
    let is_answered = |resource: &&str| verdicts.iter().any(|verdict| verdict.resource == *resource);
    if overall != Decision::Allowed && allows_every && asked.resources.iter().all(is_answered) {
        return denied_as_a_whole(action, overall, layers, &verdicts);
    }
    Ok(verdicts)
}

/// Reads a result that has no decisions for individual resources.
fn overall_only<'q>(
    result: &EvaluationResult,
    overall: Decision,
    layers: Layers,
    asked: Asked<'_, 'q>,
) -> Result<Vec<Verdict<'q>>, String> {
    let Asked { resources, .. } = asked;
    // The name of the resource may be a template, such as `arn:${Partition}:s3:::${BucketName}`.
    let about: Vec<&'q str> = match result.eval_resource_name() {
        Some(name) if let Some(resource) = resources.get(name) => vec![*resource],
        Some(name) if !is_template(name) => return Err(unasked(result.eval_action_name(), name)),
        _ if resources.len() == 1 => resources.iter().copied().collect(),
        _ if overall == Decision::Allowed && asked.is_only => resources.iter().copied().collect(),
        _ => Vec::new(),
    };
    let verdict = |resource| Verdict {
        resource,
        decision: layers.of_principal(overall, result.eval_decision_details(), resource, asked.account),
        cause: layers.cause(matched(result.matched_statements()), result.missing_context_values()),
        shared: false,
    };
    Ok(about.into_iter().map(verdict).collect())
}

/// The verdicts of a result that denies an action although it allows it on every resource. A layer that AWS states only
/// once may be the reason.
fn denied_as_a_whole<'q>(
    action: &str,
    overall: Decision,
    layers: Layers,
    verdicts: &[Verdict<'q>],
) -> Result<Vec<Verdict<'q>>, String> {
    if !layers.deny() {
        return Err(format!("it denies `{action}`, but allows it on every resource"));
    }
    let [verdict] = verdicts else {
        // Which of the resources is denied takes a call for each.
        return Ok(Vec::new());
    };
    Ok(vec![Verdict {
        decision: overall,
        cause: Cause {
            organizations: layers.organizations,
            boundary: layers.boundary,
            ..verdict.cause.clone()
        },
        ..verdict.clone()
    }])
}

fn unasked(action: &str, resource: &str) -> String {
    format!("it is about `{action}` on `{resource}`, which was not asked about")
}

/// Whether the name of a resource stands for any resource of a type.
fn is_template(name: &str) -> bool {
    name.contains("${") || wildcard::is_pattern(name)
}

/// Whether a resource belongs to another account than the principal's, as far as its ARN shows.
fn is_foreign(resource: &str, account: &str) -> bool {
    let is_account = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    Arn::parse(resource).is_ok_and(|arn| is_account(arn.account) && arn.account != account)
}

/// Finds a contradiction in an answer: if it allows a request, no part of it may say otherwise.
fn check(
    decision: Decision,
    layers: Layers,
    details: Option<&HashMap<String, PolicyEvaluationDecisionType>>,
) -> Result<(), &'static str> {
    if decision != Decision::Allowed {
        return Ok(());
    }
    if layers.organizations == Some(false) {
        return Err("says that the organization does not");
    }
    if layers.boundary == Some(false) {
        return Err("says that the permissions boundary does not");
    }
    let mut details = details.into_iter().flat_map(HashMap::values);
    if details.any(|detail| *detail != PolicyEvaluationDecisionType::Allowed) {
        return Err("its details do not");
    }
    Ok(())
}

/// Whether the layers above the principal's own policies allow a request; `None` if AWS does not say.
#[derive(Clone, Copy, Debug)]
struct Layers {
    organizations: Option<bool>,
    boundary: Option<bool>,
}

impl Layers {
    /// Whether one of them does not allow it.
    fn deny(self) -> bool {
        self.organizations == Some(false) || self.boundary == Some(false)
    }

    /// The decision of the principal's side about a resource in another account, if `details` list both sides.
    ///
    /// Such a resource also needs a policy in its own account. AWS's simulator does not look it up, and the principal
    /// cannot lack it.
    fn of_principal(
        self,
        decision: Decision,
        details: Option<&HashMap<String, PolicyEvaluationDecisionType>>,
        resource: &str,
        account: &str,
    ) -> Decision {
        if decision != Decision::ImplicitDeny || self.deny() || !is_foreign(resource, account) {
            return decision;
        }
        let is_own = |kind: &str| !kind.to_ascii_lowercase().contains("resource");
        let own = details.into_iter().flatten().filter(|(kind, _)| is_own(kind));
        let mut own = own.map(|(_, decision)| decision).peekable();
        let is_denied =
            |decision: &PolicyEvaluationDecisionType| *decision == PolicyEvaluationDecisionType::ExplicitDeny;
        let there_denied = details.into_iter().flat_map(HashMap::values).any(is_denied);
        let is_allowed = own.peek().is_some() && own.all(|own| *own == PolicyEvaluationDecisionType::Allowed);
        if is_allowed && !there_denied {
            Decision::Allowed
        } else {
            decision
        }
    }

    /// What they say about one of `resources`, with its `decision`, and whether that may concern another one.
    fn about(self, decision: Decision, none_matched: bool, is_boundary_shared: bool, resources: usize) -> (Self, bool) {
        let by_organizations = self.organizations == Some(false);
        let by_boundary = self.boundary == Some(false);
        match decision {
            // If it is allowed, every layer allows it.
            Decision::Allowed => {
                let allowed = Self {
                    organizations: self.organizations.map(|_| true),
                    boundary: self.boundary.map(|_| true),
                };
                (allowed, false)
            }
            _ if resources == 1 => (self, false),
            // AWS lists matching statements of the principal's policies, but not those of the organization and the
            // boundary. So if there are none, and only one of the two does not allow it, that one denies it.
            Decision::ExplicitDeny if none_matched && by_organizations != by_boundary => (self, false),
            _ => (self, by_organizations || (by_boundary && is_boundary_shared)),
        }
    }

    fn cause(self, matched: Vec<Matched>, missing_context: &[String]) -> Cause {
        Cause {
            organizations: self.organizations,
            boundary: self.boundary,
            matched,
            missing_context: missing_context.to_vec(),
        }
    }
}

fn decision(decision: &PolicyEvaluationDecisionType) -> Result<Decision, String> {
    let name = decision.as_str();
    Decision::from_name(name).ok_or_else(|| format!("unknown decision `{name}`"))
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
