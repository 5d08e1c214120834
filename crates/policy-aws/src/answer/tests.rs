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
    let resources = resources.iter().copied().collect();
    let asked = Asked {
        resources: &resources,
        account: "111111111111",
        is_only: true,
    };
    match read(&result, asked) {
        Err(what) => writeln!(text, "error: {what}").unwrap(),
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
            ),
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
    let denied = || {
        result("*", "implicitDeny")
            .organizations_decision_detail(organizations(false))
            .resource_specific_results(specific("a", "implicitDeny").build().unwrap())
    };
    check(
        denied().resource_specific_results(specific("b", "allowed").build().unwrap()),
        &["a", "b"],
        expect![[r#"
            a implicitDeny Some(false) None true []
            b allowed Some(true) None false []
        "#]],
    );
    check(
        denied(),
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
    const THERE: &str = "arn:aws:sqs:eu-west-1:222222222222:jobs";
    const HERE: &str = "arn:aws:sqs:eu-west-1:111111111111:jobs";
    let details = |own: &str, there: &str| {
        let details = [("IAM Policy", own), ("Resource Policy", there)];
        Some(
            details
                .map(|(kind, decision)| (kind.to_owned(), decision.into()))
                .into(),
        )
    };
    let about = |resource: &str, own: &str, there: &str| {
        let specific = specific(resource, "implicitDeny").set_eval_decision_details(details(own, there));
        result(resource, "implicitDeny").resource_specific_results(specific.build().unwrap())
    };
    let decision = |result: EvaluationResultBuilder, resource: &'static str| {
        let resources = BTreeSet::from([resource]);
        let asked = Asked {
            resources: &resources,
            account: "111111111111",
            is_only: true,
        };
        read(&result.build().unwrap(), asked).unwrap()[0].decision
    };
    assert_eq!(
        decision(about(THERE, "allowed", "implicitDeny"), THERE),
        Decision::Allowed
    );
    // A resource of the same account, a denial in the other account, or one by a layer above the principal.
    for denied in [
        (about(HERE, "allowed", "implicitDeny"), HERE),
        (about("arn:aws:s3:::a", "allowed", "implicitDeny"), "arn:aws:s3:::a"),
        (about(THERE, "allowed", "explicitDeny"), THERE),
        (about(THERE, "implicitDeny", "allowed"), THERE),
        (about(THERE, "implicitDeny", "implicitDeny"), THERE),
        (
            about(THERE, "allowed", "implicitDeny").organizations_decision_detail(organizations(false)),
            THERE,
        ),
        (
            about(THERE, "allowed", "implicitDeny").permissions_boundary_decision_detail(boundary(false)),
            THERE,
        ),
    ] {
        assert_eq!(decision(denied.0, denied.1), Decision::ImplicitDeny);
    }
    let whole = result(THERE, "implicitDeny").set_eval_decision_details(details("allowed", "implicitDeny"));
    assert_eq!(decision(whole, THERE), Decision::Allowed);
}

#[test]
fn contradictions_are_errors() {
    let alone = |decision: &str| result("a", decision);
    let with = |overall: &str, own: ResourceSpecificResultBuilder| {
        result("a", overall).resource_specific_results(own.build().unwrap())
    };
    let details = |decision: &str| Some(HashMap::from([("IAM Policy".to_owned(), decision.into())]));
    let cases = [
        alone("allowed").organizations_decision_detail(organizations(false)),
        alone("allowed").permissions_boundary_decision_detail(boundary(false)),
        alone("allowed").set_eval_decision_details(details("implicitDeny")),
        with("allowed", specific("a", "implicitDeny")),
        with("implicitDeny", specific("a", "allowed")),
        with("allowed", specific("a", "allowed")).organizations_decision_detail(organizations(false)),
        with(
            "allowed",
            specific("a", "allowed").permissions_boundary_decision_detail(boundary(false)),
        ),
        with(
            "allowed",
            specific("a", "allowed").set_eval_decision_details(details("explicitDeny")),
        ),
        with("allowed", specific("b", "allowed")),
        result("b", "allowed"),
        result("b", "explicitDeny"),
    ];
    let mut told = String::new();
    for case in cases {
        let resources = BTreeSet::from(["a"]);
        let asked = Asked {
            resources: &resources,
            account: "111111111111",
            is_only: true,
        };
        writeln!(told, "{}", read(&case.build().unwrap(), asked).unwrap_err()).unwrap();
    }
    expect![[r#"
        it allows `s3:GetObject`, but says that the organization does not
        it allows `s3:GetObject`, but says that the permissions boundary does not
        it allows `s3:GetObject`, but its details do not
        it allows `s3:GetObject`, but not on `a`
        it denies `s3:GetObject`, but allows it on every resource
        it allows `s3:GetObject`, but says that the organization does not
        it allows `s3:GetObject` on `a`, but says that the permissions boundary does not
        it allows `s3:GetObject` on `a`, but its details do not
        it is about `s3:GetObject` on `b`, which was not asked about
        it is about `s3:GetObject` on `b`, which was not asked about
        it is about `s3:GetObject` on `b`, which was not asked about
    "#]]
    .assert_eq(&told);
}

#[test]
fn a_layer_above_denies_what_the_policies_allow() {
    check(
        result("a", "implicitDeny")
            .organizations_decision_detail(organizations(false))
            .resource_specific_results(specific("a", "allowed").build().unwrap()),
        &["a"],
        expect![[r#"
            a implicitDeny Some(false) None false []
        "#]],
    );
    check(
        result("*", "implicitDeny")
            .organizations_decision_detail(organizations(false))
            .resource_specific_results(specific("a", "allowed").build().unwrap())
            .resource_specific_results(specific("b", "allowed").build().unwrap()),
        &["a", "b"],
        expect![[""]],
    );
}

#[test]
fn one_of_several_results_does_not_apply_to_every_resource() {
    let resources = BTreeSet::from(["a", "b"]);
    let asked = Asked {
        resources: &resources,
        account: "111111111111",
        is_only: false,
    };
    let result = result("arn:${Partition}:s3:::${BucketName}", "allowed");
    assert_eq!(read(&result.build().unwrap(), asked), Ok(Vec::new()));
}

#[test]
fn unknown_decisions_are_errors() {
    check(
        result("a", "maybe"),
        &["a"],
        expect![[r#"
            error: unknown decision `maybe`
        "#]],
    );
    check(
        result("a", "explicitDeny").resource_specific_results(specific("a", "perhaps").build().unwrap()),
        &["a"],
        expect![[r#"
            error: unknown decision `perhaps`
        "#]],
    );
}
