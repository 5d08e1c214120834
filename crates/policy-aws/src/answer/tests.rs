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
fn the_older_format_has_a_result_per_pair() {
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
fn a_template_stands_for_the_only_resource() {
    check(
        result("arn:aws:s3:::*", "implicitDeny"),
        &["*"],
        expect![[r#"
        * implicitDeny None None false []
    "#]],
    );
}

#[test]
fn the_overall_decision_is_only_used_if_allowed() {
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
fn organization_details_may_concern_another_resource() {
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
fn explicit_denials_name_their_source() {
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
            a explicitDeny Some(false) None true [] p user-managed Some((1, 41)) None
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
fn boundary_details_come_per_resource_or_once() {
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
fn foreign_resources_use_the_principals_side() {
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
fn unknown_decisions_are_errors() {
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
