//! What AWS's answer says about each pair of an action and a resource.
//!
//! The answer has one of two shapes. Today's has one result for each action, whose own decision is the most restrictive over
//! all resources, and inside it one for each resource. The older one has one result for each pair.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_iam::types::{
    EvaluationResult, OrganizationsDecisionDetail, PermissionsBoundaryDecisionDetail, PolicyEvaluationDecisionType,
    PolicySourceType, Position, Statement,
};
use policy_validate::{Cause, Decision, Matched};

/// What an answer says about a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict<'a> {
    pub(crate) resource: &'a str,
    pub(crate) decision: Decision,
    pub(crate) cause: Cause,
    /// Whether the cause may be another resource's: AWS says only once for all resources of a call whether the organization
    /// allows an action.
    pub(crate) shared: bool,
}

/// Reads what `result` says about each of the `resources` of its call.
///
/// A resource that it says nothing about is left out.
///
/// # Errors
///
/// The name of a decision that is unknown.
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
            // What is allowed, is allowed by all.
            Decision::Allowed => (organizations.map(|_| true), own_boundary.map(|_| true), false),
            _ if resources.len() == 1 => (organizations, own_boundary, false),
            // Statements of the principal's own policies are told, those of organization and boundary are not.
            Decision::ExplicitDeny if !matched.is_empty() => (
                organizations.filter(|allowed| *allowed),
                own_boundary.filter(|allowed| *allowed || !is_boundary_shared),
                false,
            ),
            Decision::ExplicitDeny if by_organizations != by_boundary => (organizations, own_boundary, false),
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
    // The name of the resource may be a template, such as `arn:aws:s3:::*`, where nothing else can be meant.
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

/// What the principal's own side decides about a resource of another account, where `details` tell both sides.
///
/// Such a resource needs a policy in its own account besides, which AWS's simulator does not look up, and which cannot be what the
/// principal lacks.
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
mod tests {
    use std::fmt::Write as _;

    use aws_sdk_iam::types::ResourceSpecificResult;
    use aws_sdk_iam::types::builders::{EvaluationResultBuilder, ResourceSpecificResultBuilder};
    use expect_test::{Expect, expect};

    use super::*;

    fn result(name: &str, decision: &str) -> EvaluationResultBuilder {
        EvaluationResult::builder()
            .eval_action_name("s3:GetObject")
            .eval_resource_name(name)
            .eval_decision(decision.into())
    }

    fn specific(name: &str, decision: &str) -> ResourceSpecificResultBuilder {
        ResourceSpecificResult::builder()
            .eval_resource_name(name)
            .eval_resource_decision(decision.into())
    }

    fn organizations(allowed: bool) -> OrganizationsDecisionDetail {
        OrganizationsDecisionDetail::builder()
            .allowed_by_organizations(allowed)
            .build()
    }

    fn boundary(allowed: bool) -> PermissionsBoundaryDecisionDetail {
        PermissionsBoundaryDecisionDetail::builder()
            .allowed_by_permissions_boundary(allowed)
            .build()
    }

    fn statement(policy: &str) -> Statement {
        Statement::builder()
            .source_policy_id(policy)
            .source_policy_type(PolicySourceType::UserManaged)
            .start_position(Position::builder().line(1).column(41).build())
            .end_position(Position::builder().line(-1).column(113).build())
            .build()
    }

    fn check(result: EvaluationResultBuilder, resources: &[&'static str], expected: Expect) {
        let result = result.build().unwrap();
        let mut text = String::new();
        match read(&result, &resources.iter().copied().collect()) {
            Err(name) => writeln!(text, "unknown: {name}").unwrap(),
            Ok(verdicts) => {
                for verdict in verdicts {
                    let Verdict {
                        resource,
                        decision,
                        cause,
                        shared,
                    } = verdict;
                    let Cause {
                        organizations,
                        boundary,
                        matched,
                        missing_context,
                    } = cause;
                    write!(
                        text,
                        "{resource} {decision} {organizations:?} {boundary:?} {shared} {missing_context:?}"
                    )
                    .unwrap();
                    for matched in matched {
                        let Matched {
                            policy,
                            kind,
                            start,
                            end,
                        } = matched;
                        write!(text, " {policy} {kind} {start:?} {end:?}").unwrap();
                    }
                    writeln!(text).unwrap();
                }
            }
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn each_resource_has_its_own_decision() {
        check(
            result("arn:${Partition}:s3:::${BucketName}", "implicitDeny")
                .organizations_decision_detail(organizations(true))
                .missing_context_values("aws:SourceIp")
                .resource_specific_results(
                    specific("a", "allowed")
                        .matched_statements(statement("p"))
                        .build()
                        .unwrap(),
                )
                .resource_specific_results(
                    specific("b", "implicitDeny")
                        .missing_context_values("aws:SourceIp")
                        .build()
                        .unwrap(),
                )
                .resource_specific_results(specific("not asked", "explicitDeny").build().unwrap()),
            &["a", "b"],
            expect![[r#"
                a allowed Some(true) None false [] p user-managed Some((1, 41)) None
                b implicitDeny Some(true) None false ["aws:SourceIp"]
            "#]],
        );
    }

    #[test]
    fn the_older_shape_has_a_result_for_each_pair() {
        check(
            result("b", "explicitDeny")
                .matched_statements(statement("p"))
                .organizations_decision_detail(organizations(false)),
            &["a", "b"],
            expect![[r#"
                b explicitDeny Some(false) None false [] p user-managed Some((1, 41)) None
            "#]],
        );
    }

    #[test]
    fn a_template_means_the_only_resource() {
        check(
            result("arn:aws:s3:::*", "implicitDeny"),
            &["*"],
            expect![[r#"
            * implicitDeny None None false []
        "#]],
        );
    }

    #[test]
    fn the_most_restrictive_decision_says_something_only_if_all_is_allowed() {
        check(
            result("*", "allowed"),
            &["a", "b"],
            expect![[r#"
            a allowed None None false []
            b allowed None None false []
        "#]],
        );
        check(result("*", "implicitDeny"), &["a", "b"], expect![[""]]);
    }

    #[test]
    fn what_the_organization_says_of_a_call_may_be_about_another_resource() {
        let both = |first: ResourceSpecificResult| {
            result("*", "implicitDeny")
                .organizations_decision_detail(organizations(false))
                .resource_specific_results(first)
                .resource_specific_results(specific("b", "allowed").build().unwrap())
        };
        check(
            both(specific("a", "implicitDeny").build().unwrap()),
            &["a", "b"],
            expect![[r#"
                a implicitDeny Some(false) None true []
                b allowed Some(true) None false []
            "#]],
        );
        check(
            both(specific("a", "implicitDeny").build().unwrap()),
            &["a"],
            expect![[r#"
                a implicitDeny Some(false) None false []
            "#]],
        );
    }

    #[test]
    fn an_explicit_denial_tells_whose_it_is() {
        let both = |first: ResourceSpecificResultBuilder| {
            result("*", "explicitDeny")
                .organizations_decision_detail(organizations(false))
                .resource_specific_results(first.build().unwrap())
                .resource_specific_results(specific("b", "allowed").build().unwrap())
        };
        let denied = || specific("a", "explicitDeny");
        check(
            both(denied()),
            &["a", "b"],
            expect![[r#"
            a explicitDeny Some(false) None false []
            b allowed Some(true) None false []
        "#]],
        );
        check(
            both(denied().matched_statements(statement("p"))),
            &["a", "b"],
            expect![[r#"
                a explicitDeny None None false [] p user-managed Some((1, 41)) None
                b allowed Some(true) None false []
            "#]],
        );
        check(
            both(denied().permissions_boundary_decision_detail(boundary(true))),
            &["a", "b"],
            expect![[r#"
                a explicitDeny Some(false) Some(true) false []
                b allowed Some(true) None false []
            "#]],
        );
        check(
            both(denied().permissions_boundary_decision_detail(boundary(false))),
            &["a", "b"],
            expect![[r#"
                a explicitDeny Some(false) Some(false) true []
                b allowed Some(true) None false []
            "#]],
        );
    }

    #[test]
    fn the_boundary_is_said_for_each_resource_or_once() {
        let both = |first: ResourceSpecificResult| {
            result("*", "implicitDeny")
                .permissions_boundary_decision_detail(boundary(false))
                .resource_specific_results(first)
                .resource_specific_results(specific("b", "allowed").build().unwrap())
        };
        let detailed = specific("a", "implicitDeny").permissions_boundary_decision_detail(boundary(true));
        check(
            both(detailed.build().unwrap()),
            &["a", "b"],
            expect![[r#"
            a implicitDeny None Some(true) false []
            b allowed None Some(true) false []
        "#]],
        );
        check(
            both(specific("a", "implicitDeny").build().unwrap()),
            &["a", "b"],
            expect![[r#"
                a implicitDeny None Some(false) true []
                b allowed None Some(true) false []
            "#]],
        );
    }

    #[test]
    fn of_a_resource_of_another_account_the_principals_side_counts() {
        let across = |own: &str, there: &str| {
            let details = [("IAM Policy", own), ("Resource Policy", there)];
            let details = details.map(|(kind, decision)| (kind.to_owned(), decision.into()));
            let own = specific("a", "implicitDeny").set_eval_decision_details(Some(details.into()));
            result("a", "implicitDeny").resource_specific_results(own.build().unwrap())
        };
        check(
            across("allowed", "implicitDeny"),
            &["a"],
            expect![[r#"
            a allowed None None false []
        "#]],
        );
        check(
            across("implicitDeny", "allowed"),
            &["a"],
            expect![[r#"
            a implicitDeny None None false []
        "#]],
        );
        check(
            across("implicitDeny", "implicitDeny"),
            &["a"],
            expect![[r#"
            a implicitDeny None None false []
        "#]],
        );
        let empty = specific("a", "implicitDeny").set_eval_decision_details(Some(HashMap::new()));
        check(
            result("a", "implicitDeny").resource_specific_results(empty.build().unwrap()),
            &["a"],
            expect![[r#"
                a implicitDeny None None false []
            "#]],
        );
    }

    #[test]
    fn a_decision_that_nobody_knows_is_an_error() {
        check(
            result("a", "maybe"),
            &["a"],
            expect![[r#"
            unknown: maybe
        "#]],
        );
        check(
            result("a", "allowed").resource_specific_results(specific("a", "perhaps").build().unwrap()),
            &["a"],
            expect![[r#"
                unknown: perhaps
            "#]],
        );
    }
}
