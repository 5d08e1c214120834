//! The result as JSON.

use iam_policy_core::Partition;
use iam_policy_validate::{Check, Denial, Matched, Status, Subject};
use serde::Serialize;
use serde_json::Value;

use super::verdict::{Verdict, because, skipped};

/// The whole result as one object.
pub(super) fn written(verdicts: &[Verdict], subject: Option<&Subject>) -> serde_json::Result<String> {
    let result = ResultObject {
        principal: subject.map(|subject| PrincipalObject {
            arn: &subject.arn,
            caller: subject.caller.as_deref(),
            account: &subject.account,
            partition: &subject.partition,
            region: subject.region.as_deref(),
        }),
        allowed: verdicts.iter().all(|verdict| verdict.report.is_fine()),
        policies: verdicts.iter().map(policy).collect(),
    };
    Ok(serde_json::to_string_pretty(&result)? + "\n")
}

fn policy(verdict: &Verdict) -> PolicyObject<'_> {
    let statements = verdict.statements().map(|number| {
        let known = verdict.required.statements().get(number);
        StatementObject {
            sid: known.and_then(|known| known.sid.as_deref()),
            id: known.and_then(|known| known.id.as_deref()),
            allowed: verdict.checks(number).all(Check::is_fine),
            checks: verdict
                .checks(number)
                .map(|check| self::check(verdict, check))
                .collect(),
        }
    });
    let remedies = verdict.remedies().into_iter();
    PolicyObject {
        policy: &verdict.named.name,
        partition: verdict.named.partition.map(Partition::name),
        allowed: verdict.report.is_fine(),
        statements: statements.collect(),
        // The writer of policies writes JSON.
        addition: verdict
            .addition
            .as_ref()
            .and_then(|addition| serde_json::from_str(&addition.to_string()).ok()),
        notes: &verdict.notes,
        remedies: remedies
            .map(|remedy| RemedyObject {
                what: remedy.what,
                actions: remedy.actions,
            })
            .collect(),
    }
}

fn check<'v>(verdict: &'v Verdict, check: &'v Check) -> CheckObject<'v> {
    let (status, because) = match &check.status {
        Status::Allowed => ("allowed", None),
        Status::AllowedHere => ("allowedHere", None),
        Status::Denied => ("denied", None),
        Status::Unknown(why) => ("unknown", Some(why.as_str())),
        Status::Skipped(why) => ("skipped", Some(skipped(*why))),
        _ => ("unknown", None),
    };
    CheckObject {
        action: &check.action,
        sample: check.is_sample,
        resource: &check.pattern,
        status,
        because,
        reason: verdict.reason(check),
        without: verdict.without(check),
        denials: check.denials.iter().map(denial).collect(),
    }
}

fn denial(denial: &Denial) -> DenialObject<'_> {
    let context = denial.context.iter();
    DenialObject {
        action: &denial.action,
        resource: &denial.resource,
        context: context
            .map(|entry| (entry.key.clone(), entry.values.clone().into()))
            .collect(),
        decision: denial.decision.name(),
        because: because(denial).join(", and "),
        matched: denial.cause.matched.iter().map(matched).collect(),
        allowed_by_organizations: denial.cause.organizations,
        allowed_by_permissions_boundary: denial.cause.boundary,
        missing_context_values: &denial.cause.missing_context,
    }
}

fn matched(matched: &Matched) -> MatchedObject<'_> {
    let position = |place: Option<(u32, u32)>| place.map(|(line, column)| PositionObject { line, column });
    MatchedObject {
        policy: &matched.policy,
        kind: &matched.kind,
        start: position(matched.start),
        end: position(matched.end),
    }
}

#[derive(Serialize)]
struct ResultObject<'v> {
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<PrincipalObject<'v>>,
    allowed: bool,
    policies: Vec<PolicyObject<'v>>,
}

#[derive(Serialize)]
struct PrincipalObject<'v> {
    arn: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<&'v str>,
    account: &'v str,
    partition: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'v str>,
}

#[derive(Serialize)]
struct PolicyObject<'v> {
    policy: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition: Option<&'v str>,
    allowed: bool,
    statements: Vec<StatementObject<'v>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    addition: Option<Value>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'v [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remedies: Vec<RemedyObject<'v>>,
}

#[derive(Serialize)]
struct StatementObject<'v> {
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'v str>,
    allowed: bool,
    checks: Vec<CheckObject<'v>>,
}

#[derive(Serialize)]
struct CheckObject<'v> {
    action: &'v str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    sample: bool,
    resource: &'v str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    without: Option<&'v str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    denials: Vec<DenialObject<'v>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DenialObject<'v> {
    action: &'v str,
    resource: &'v str,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    context: serde_json::Map<String, Value>,
    decision: &'static str,
    because: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matched: Vec<MatchedObject<'v>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_by_organizations: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_by_permissions_boundary: Option<bool>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    missing_context_values: &'v [String],
}

#[derive(Serialize)]
struct MatchedObject<'v> {
    policy: &'v str,
    kind: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<PositionObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<PositionObject>,
}

#[derive(Serialize)]
struct PositionObject {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct RemedyObject<'v> {
    what: String,
    actions: Vec<&'v str>,
}
