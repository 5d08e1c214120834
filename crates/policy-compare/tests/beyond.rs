//! Requests on ARNs that AWS's reference does not list for their action.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use std::fmt::Write;

use expect_test::{Expect, expect};
use iam_policy_catalog::{ActionResource, Catalog, Fit};
use iam_policy_compare::{Comparison, Options, Verdict, compare};
use iam_policy_document::Document;
use iam_policy_eval::{Decision, Policies, PolicySet, PolicyType, Reason, Request};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(policy: &Value) -> Document {
    iam_policy_document::json::read(policy.to_string().as_bytes()).document
}

/// A policy with these statements: an effect, an action and a resource each.
fn policy(statements: &[(&str, &str, &str)]) -> Document {
    let statements: Vec<Value> = statements
        .iter()
        .map(|(effect, action, resource)| json!({"Effect": effect, "Action": action, "Resource": resource}))
        .collect();
    read(&json!({"Version": "2012-10-17", "Statement": statements}))
}

fn show(comparison: &Comparison) -> String {
    let mut text = format!("{}\n", comparison.verdict);
    for (what, witnesses) in [
        ("allowed", &comparison.newly_allowed),
        ("denied", &comparison.newly_denied),
    ] {
        for witness in witnesses {
            let note = witness
                .beyond_the_reference()
                .map_or(String::new(), |note| format!(" ({note})"));
            let _ = writeln!(text, "{what}: {} on {}{note}", witness.action, witness.resource);
        }
    }
    for note in &comparison.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

/// Adds a statement that allows an action on a resource, to nothing.
#[track_caller]
fn added(action: &str, resource: &str, expected: Expect) {
    let comparison = compare(&policy(&[]), &policy(&[("Allow", action, resource)]));
    expected.assert_eq(&show(&comparison));
}

#[test]
fn documented_forms_that_the_reference_lacks() {
    let route = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod";
    let allow = ("Allow", "execute-api:Invoke", &*format!("{route}/*"));
    let deny = ("Deny", "execute-api:Invoke", &*format!("{route}/secret"));
    let comparison = compare(&policy(&[allow, deny]), &policy(&[allow]));
    expect![[r#"
        widened
        allowed: execute-api:Invoke on arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/secret
    "#]]
    .assert_eq(&show(&comparison));
    added(
        "s3:GetObject",
        "arn:aws:s3::123456789012:accesspoint/a.mrap/object/*",
        expect![[r#"
            widened
            allowed: s3:GetObject on arn:aws:s3::123456789012:accesspoint/a.mrap/object/a
        "#]],
    );
    added(
        "bedrock:InvokeModel",
        "arn:aws:bedrock:::foundation-model/*",
        expect![[r#"
            widened
            allowed: bedrock:InvokeModel on arn:aws:bedrock:::foundation-model/a
        "#]],
    );
    added(
        "cloudformation:CreateChangeSet",
        "arn:aws:cloudformation:us-east-1:aws:transform/Serverless-2016-10-31",
        expect![[r#"
            widened
            allowed: cloudformation:CreateChangeSet on arn:aws:cloudformation:us-east-1:aws:transform/Serverless-2016-10-31
        "#]],
    );
}

#[test]
fn forms_that_nothing_documents_are_in_range() {
    added(
        "s3:GetObject",
        "arn:aws:s3:eu-west-1:123456789012:vault/a",
        expect![[r#"
            widened
            allowed: s3:GetObject on arn:aws:s3:eu-west-1:123456789012:vault/a (AWS's reference does not list this form of ARN)
        "#]],
    );
    added(
        "lambda:InvokeFunction",
        "arn:aws:lambda:*:*:bundle:*",
        expect![[r#"
        widened
        allowed: lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:bundle: (AWS's reference does not list this form of ARN)
    "#]],
    );
    // An ARN of the right type with a part missing.
    added(
        "lambda:InvokeFunction",
        "arn:aws:lambda:::function:a",
        expect![[r#"
        widened
        allowed: lambda:InvokeFunction on arn:aws:lambda:::function:a (AWS's reference does not list this form of ARN)
    "#]],
    );
}

#[test]
fn other_types_are_out_of_range() {
    for region in ["us-east-1", "*"] {
        let resource = format!("arn:aws:lambda:{region}:123456789012:event-source-mapping:*");
        let comparison = compare(&policy(&[]), &policy(&[("Allow", "lambda:InvokeFunction", &resource)]));
        assert_eq!(comparison.verdict, Verdict::Equivalent);
        assert!(comparison.newly_allowed.is_empty());
        assert_eq!(comparison.notes.len(), 1, "{:?}", comparison.notes);
    }
    added(
        "lambda:InvokeFunction",
        "arn:aws:lambda:us-east-1:123456789012:event-source-mapping:*",
        expect![[r#"
            equivalent
            note: the policies also differ for `lambda:InvokeFunction` on `arn:aws:lambda:us-east-1:123456789012:event-source-mapping:a`, an ARN of the type `eventSourceMapping`, which AWS's reference does not list for this action (as of 2026-10-27)
        "#]],
    );
    added(
        "s3:GetObject",
        "arn:aws:s3:::bucket",
        expect![[r#"
        equivalent
        note: the policies also differ for `s3:GetObject` on `arn:aws:s3:::bucket`, an ARN of the type `bucket`, which AWS's reference does not list for this action (as of 2026-10-27)
    "#]],
    );
    // Two types.
    added(
        "lambda:InvokeFunction",
        "arn:aws:lambda:*:*:layer:*",
        expect![[r#"
        equivalent
        note: the policies also differ for `lambda:InvokeFunction` on `arn:aws:lambda:us-east-1:123456789012:layer:a`, an ARN of the type `layer`, which AWS's reference does not list for this action (as of 2026-10-27)
    "#]],
    );
}

#[test]
fn other_services_are_out_of_range() {
    added(
        "s3:GetObject",
        "arn:aws:iam::123456789012:user/ann",
        expect![[r#"
        equivalent
    "#]],
    );
    added(
        "lambda:InvokeFunction",
        "arn:aws:sqs:*:*:*",
        expect![[r#"
        equivalent
    "#]],
    );
    // A role is what `sts:AssumeRole` is about, so its service counts.
    added(
        "sts:AssumeRole",
        "arn:aws:iam::123456789012:tower/a",
        expect![[r#"
        widened
        allowed: sts:AssumeRole on arn:aws:iam::123456789012:tower/a (AWS's reference does not list this form of ARN)
    "#]],
    );
}

#[test]
fn actions_without_resource_types() {
    added(
        "logs:DescribeLogGroups",
        "arn:aws:logs:us-east-1:123456789012:log-group::log-stream:",
        expect![[r#"
            widened
            allowed: logs:DescribeLogGroups on arn:aws:logs:us-east-1:123456789012:log-group::log-stream:
        "#]],
    );
    added(
        "sns:ListTopics",
        "arn:aws:sns:us-east-1:123456789012:alerts",
        expect![[r#"
            widened
            allowed: sns:ListTopics on arn:aws:sns:us-east-1:123456789012:alerts (AWS's reference lists no resource types for this action)
        "#]],
    );
    added(
        "sns:ListTopics",
        "arn:aws:sqs:us-east-1:123456789012:alerts",
        expect![[r#"
            equivalent
        "#]],
    );
    // AWS states that these take no resource.
    added(
        "ec2:DescribeInstances",
        "arn:aws:ec2:us-east-1:123456789012:instance/*",
        expect![[r#"
            equivalent
        "#]],
    );
    // The ARNs of this service name another one.
    added(
        "route53-recovery-control-config:ListClusters",
        "arn:aws:route53-recovery-control::123456789012:cluster/*",
        expect![[r#"
            widened
            allowed: route53-recovery-control-config:ListClusters on arn:aws:route53-recovery-control::123456789012:cluster/ (AWS's reference lists no resource types for this action)
        "#]],
    );
}

#[test]
fn witnesses_are_documented_if_possible() {
    added(
        "lambda:*Function",
        "arn:aws:lambda:*:*:*",
        expect![[r#"
        widened
        allowed: lambda:CreateFunction on arn:aws:lambda:us-east-1:123456789012:function:a
        allowed: lambda:CreateWebFunction on arn:aws:lambda:us-east-1:123456789012:web-function/a
        allowed: lambda:UnknownActionFunction on arn:aws:lambda:us-east-1:123456789012:a
    "#]],
    );
}

#[test]
fn coverage_has_the_same_range() {
    let required = policy(&[("Allow", "execute-api:Invoke", "arn:aws:execute-api:*:*:a/prod/secret")]);
    let granted = policy(&[("Allow", "execute-api:Invoke", "arn:aws:execute-api:*:*:a/prod/*/*")]);
    assert!(!Options::default().covers([&required], [&granted]).is_yes());
    let required = policy(&[("Allow", "s3:GetObject", "arn:aws:s3:::b")]);
    let (answer, notes) = Options::default().coverage([&required], [&policy(&[])]);
    assert!(answer.is_yes());
    assert_eq!(notes.len(), 1);
}

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:ListBucket",
    "s3:ListAllMyBuckets",
    "lambda:InvokeFunction",
    "execute-api:Invoke",
    "sts:AssumeRole",
    "iam:ListRoles",
    "ec2:DescribeInstances",
];

const RESOURCES: &[&str] = &[
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::accesspoint/b",
    "arn:aws:s3::123456789012:accesspoint/a.mrap",
    "arn:aws:s3::123456789012:accesspoint/a.mrap/object/k",
    "arn:aws:s3:us-east-1:123456789012:accesspoint/a",
    "arn:aws:s3:us-east-1:123456789012:vault/a",
    "arn:aws:s3:::",
    "arn:aws:lambda:us-east-1:123456789012:function:a",
    "arn:aws:lambda:::function:a",
    "arn:aws:lambda:us-east-1:123456789012:function:",
    "arn:aws:lambda:us-east-1:123456789012:event-source-mapping:a",
    "arn:aws:lambda:us-east-1::event-source-mapping:a",
    "arn:aws:lambda:us-east-1:123456789012:layer:a:1",
    "arn:aws:lambda:us-east-1:123456789012:bundle:a",
    "arn:aws:execute-api:us-east-1:123456789012:a/b/GET/c",
    "arn:aws:execute-api:us-east-1:123456789012:a/b/c",
    "arn:aws:execute-api:us-east-1:123456789012:a/b",
    "arn:aws:iam::123456789012:role/a",
    "arn:aws:iam::123456789012:role/",
    "arn:aws:iam::123456789012:user/a",
    "arn:aws:iam::123456789012:tower/a",
    "arn:aws:sts::123456789012:federated-user/a",
    "arn:aws:ec2:us-east-1:123456789012:instance/a",
    "arn:aws:sqs:us-east-1:123456789012:q",
];

/// Whether a proof is about the request, by the rules in the README.
fn is_in_range(action: &str, resource: &str) -> bool {
    let action = Catalog::get().action(action).unwrap();
    if resource == "*" {
        return !action.resource_types().any(ActionResource::is_required);
    }
    let fit = action.fit(resource);
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let [_, partition, service, region, account, rest] = *parts else {
        return false;
    };
    let is_related =
        service == action.service().prefix() || action.arn_formats().any(|format| format.service() == Some(service));
    if fit == Fit::Documented {
        return true;
    }
    if rest.is_empty() || !is_related || action.is_without_resource() {
        return false;
    }
    // Another type, perhaps with parts missing.
    let or = |part: &str, other: &str| {
        if part.is_empty() {
            other.to_owned()
        } else {
            part.to_owned()
        }
    };
    let mut is_other = false;
    let mut is_own = false;
    for region in [region.to_owned(), or(region, "us-east-1")] {
        for account in [account.to_owned(), or(account, "123456789012")] {
            for rest in [rest.to_owned(), format!("{rest}x")] {
                match action.fit(&format!("arn:{partition}:{service}:{region}:{account}:{rest}")) {
                    Fit::OtherType(_) => is_other = true,
                    Fit::Documented => is_own = true,
                    Fit::Undocumented => {}
                }
            }
        }
    }
    action.is_wildcard_only() || is_own || !is_other
}

/// Patterns that match one of the resources and its neighbors.
fn resource() -> impl Strategy<Value = String> {
    (prop::sample::select(RESOURCES), 0usize..4).prop_map(|(resource, kind)| match kind {
        0 => resource.to_owned(),
        1 => resource
            .rfind(['/', ':'])
            .map_or("*".to_owned(), |at| format!("{}*", &resource[..=at])),
        2 => resource.replace("us-east-1", "*").replace("123456789012", "*"),
        _ => {
            let segments: Vec<&str> = resource.splitn(6, ':').collect();
            segments
                .get(2)
                .map_or("*".to_owned(), |service| format!("arn:aws:{service}:*"))
        }
    })
}

fn statement() -> impl Strategy<Value = Value> {
    let action = prop_oneof![
        4 => prop::sample::select(ACTIONS).prop_map(str::to_owned),
        1 => Just("*".to_owned()),
        1 => Just("s3:*".to_owned()),
    ];
    let effect = prop::sample::select(vec!["Allow", "Allow", "Deny"]);
    (effect, action, prop::bool::weighted(0.15), resource()).prop_map(|(effect, action, not, resource)| {
        json!({"Effect": effect, "Action": action, if not { "NotResource" } else { "Resource" }: resource})
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(40), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_proof_denies_no_difference_that_the_evaluator_finds(
        old in prop::collection::vec(statement(), 1..4),
        changed in statement(),
        at in 0usize..4,
    ) {
        let mut new = old.clone();
        match new.get_mut(at) {
            Some(statement) => *statement = changed,
            None => new.push(changed),
        }
        let [old, new] = [old, new].map(|statements| read(&json!({"Version": "2012-10-17", "Statement": statements})));
        let comparison = compare(&old, &new);
        let [before, after] = [&old, &new].map(|document| PolicySet::compile(PolicyType::Identity, [document]).unwrap());
        let (mut more, mut less) = (None, None);
        for action in ACTIONS {
            for resource in RESOURCES.iter().filter(|resource| is_in_range(action, resource)) {
                let Ok(request) = Request::new("arn:aws:iam::123456789012:user/ann", action, resource) else { continue };
                // A role's trust policy must allow as well.
                let allows = |set| {
                    let response = Policies::new(set).decide(&request);
                    let is_allowed = response.decision == Decision::Allowed;
                    is_allowed || matches!(response.reason, Reason::NotAllowedBy(layer) if layer.policy_type == PolicyType::Resource)
                };
                match (allows(&before), allows(&after)) {
                    (false, true) => more = Some((action, resource)),
                    (true, false) => less = Some((action, resource)),
                    _ => {}
                }
            }
        }
        let said = |verdicts: &[Verdict]| verdicts.contains(&comparison.verdict);
        prop_assert!(more.is_none() || !said(&[Verdict::Equivalent, Verdict::Narrowed]), "{more:?} {comparison:#?}");
        prop_assert!(less.is_none() || !said(&[Verdict::Equivalent, Verdict::Widened]), "{less:?} {comparison:#?}");
        for witness in comparison.newly_allowed.iter().chain(&comparison.newly_denied) {
            if !witness.actions.is_empty() {
                prop_assert!(is_in_range(&witness.action, &witness.resource), "{witness:#?}");
            }
        }
    }
}
