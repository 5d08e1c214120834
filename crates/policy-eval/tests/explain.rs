//! Explanations of decisions.

#![expect(
    clippy::unwrap_used,
    reason = "Clippy only recognizes functions marked as tests as test code"
)]

use std::fmt::Write;

use expect_test::{Expect, expect};
use iam_policy_eval::{Context, Policies, PolicySet, PolicyType, Request};

const ANN: &str = "arn:aws:iam::123456789012:user/ann";

const POLICY: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"]},
        {"Sid": "Home", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:PrincipalTag/team}/*"},
        {"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*", "Condition": {
            "StringEquals": {"aws:ResourceTag/stage": ["test", "dev"]},
            "Bool": {"aws:MultiFactorAuthPresent": "true"}
        }},
        {"Sid": "NoBuckets", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"},
        {"Effect": "Allow", "NotAction": ["s3:*", "ec2:*", "sqs:Delete*", "iam:*", "kms:*"], "NotResource": "arn:aws:sqs:*:*:secret"}
    ]
}"#;

fn compile(kind: PolicyType, source: &str) -> PolicySet {
    let reading = iam_policy_document::json::read(source.as_bytes());
    assert!(reading.problems.is_empty());
    PolicySet::compile(kind, [&reading.document]).unwrap()
}

fn check(action: &str, resource: &str, context: &Context<'_>, expected: Expect) {
    let set = compile(PolicyType::Identity, POLICY);
    let policies = Policies::new(&set);
    let request = Request::new(ANN, action, resource).unwrap().with_context(context);
    let explanation = policies.explain(&request);
    let mut text = format!("{}: {explanation}\n", explanation.response.decision);
    for matched in &explanation.matched {
        let _ = writeln!(text, "matched: {} {matched}", matched.effect);
    }
    for near in &explanation.near {
        let _ = writeln!(text, "near: {} {}", near.statement.effect, near.statement);
        for failure in &near.failures {
            let _ = writeln!(text, "    {failure}");
        }
    }
    if !explanation.missing.is_empty() {
        let _ = writeln!(text, "missing: {}", explanation.missing.join(", "));
    }
    expected.assert_eq(&text);
}

#[test]
fn allowing_statements() {
    check(
        "s3:GetObject",
        "arn:aws:s3:::a/k",
        &Context::new(),
        expect![[r#"
            allowed: statement 1 (`Read`) of identity policy 1 allows it
            matched: Allow statement 1 (`Read`) of identity policy 1
            near: Allow statement 2 (`Home`) of identity policy 1
                it applies only to the resource `arn:aws:s3:::home/${aws:PrincipalTag/team}/*`, and the request has no `aws:PrincipalTag/team`
            near: Allow statement 5 of identity policy 1
                it excludes the action `s3:*`, `ec2:*`, `sqs:Delete*` or 2 more
            missing: aws:PrincipalTag/team
        "#]],
    );
}

#[test]
fn denying_statements() {
    check(
        "s3:DeleteBucket",
        "arn:aws:s3:::a",
        &Context::new(),
        expect![[r#"
            explicitDeny: statement 4 (`NoBuckets`) of identity policy 1 denies it
            matched: Deny statement 4 (`NoBuckets`) of identity policy 1
            near: Allow statement 2 (`Home`) of identity policy 1
                it applies only to the resource `arn:aws:s3:::home/${aws:PrincipalTag/team}/*`, and the request has no `aws:PrincipalTag/team`
            near: Allow statement 1 (`Read`) of identity policy 1
                it applies only to the action `s3:GetObject` or `s3:ListBucket`
            near: Allow statement 5 of identity policy 1
                it excludes the action `s3:*`, `ec2:*`, `sqs:Delete*` or 2 more
            missing: aws:PrincipalTag/team
        "#]],
    );
}

#[test]
fn a_wrong_resource() {
    check(
        "s3:GetObject",
        "arn:aws:s3:::b/k",
        &Context::new(),
        expect![[r#"
            implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::b/k`; the closest match is statement 1 (`Read`) of identity policy 1, but it applies only to the resource `arn:aws:s3:::a` or `arn:aws:s3:::a/*`
            near: Allow statement 1 (`Read`) of identity policy 1
                it applies only to the resource `arn:aws:s3:::a` or `arn:aws:s3:::a/*`
            near: Allow statement 2 (`Home`) of identity policy 1
                it applies only to the resource `arn:aws:s3:::home/${aws:PrincipalTag/team}/*`, and the request has no `aws:PrincipalTag/team`
            near: Allow statement 5 of identity policy 1
                it excludes the action `s3:*`, `ec2:*`, `sqs:Delete*` or 2 more
            missing: aws:PrincipalTag/team
        "#]],
    );
}

#[test]
fn a_wrong_action() {
    check(
        "s3:PutObject",
        "arn:aws:s3:::a/k",
        &Context::new(),
        expect![[r#"
            implicitDeny: no identity policy allows `s3:PutObject` on `arn:aws:s3:::a/k`; the closest match is statement 2 (`Home`) of identity policy 1, but it applies only to the resource `arn:aws:s3:::home/${aws:PrincipalTag/team}/*`, and the request has no `aws:PrincipalTag/team`
            near: Allow statement 2 (`Home`) of identity policy 1
                it applies only to the resource `arn:aws:s3:::home/${aws:PrincipalTag/team}/*`, and the request has no `aws:PrincipalTag/team`
            near: Allow statement 1 (`Read`) of identity policy 1
                it applies only to the action `s3:GetObject` or `s3:ListBucket`
            near: Allow statement 5 of identity policy 1
                it excludes the action `s3:*`, `ec2:*`, `sqs:Delete*` or 2 more
            missing: aws:PrincipalTag/team
        "#]],
    );
}

#[test]
fn conditions_that_fail() {
    let context = Context::new().with("aws:ResourceTag/stage", "live").unwrap();
    check(
        "ec2:StartInstances",
        "arn:aws:ec2:eu-west-1:123456789012:instance/i-1",
        &context,
        expect![[r#"
            implicitDeny: no identity policy allows `ec2:StartInstances` on `arn:aws:ec2:eu-west-1:123456789012:instance/i-1`; the closest match is statement 3 of identity policy 1, but its condition `StringEquals` on `aws:ResourceTag/stage` (`test` or `dev`) fails because the value is `live`, and its condition `Bool` on `aws:MultiFactorAuthPresent` (`true`) fails because the key is not in the request
            near: Allow statement 3 of identity policy 1
                its condition `StringEquals` on `aws:ResourceTag/stage` (`test` or `dev`) fails because the value is `live`
                its condition `Bool` on `aws:MultiFactorAuthPresent` (`true`) fails because the key is not in the request
            near: Allow statement 5 of identity policy 1
                it excludes the action `s3:*`, `ec2:*`, `sqs:Delete*` or 2 more
            missing: aws:MultiFactorAuthPresent
        "#]],
    );
}

#[test]
fn exceptions() {
    check(
        "sqs:DeleteQueue",
        "arn:aws:sqs:eu-west-1:123456789012:q",
        &Context::new(),
        expect![[r#"
            implicitDeny: no identity policy allows `sqs:DeleteQueue` on `arn:aws:sqs:eu-west-1:123456789012:q`; the closest match is statement 5 of identity policy 1, but it excludes the action `s3:*`, `ec2:*`, `sqs:Delete*` or 2 more
            near: Allow statement 5 of identity policy 1
                it excludes the action `s3:*`, `ec2:*`, `sqs:Delete*` or 2 more
        "#]],
    );
    check(
        "sqs:SendMessage",
        "arn:aws:sqs:eu-west-1:123456789012:secret",
        &Context::new(),
        expect![[r#"
            implicitDeny: no identity policy allows `sqs:SendMessage` on `arn:aws:sqs:eu-west-1:123456789012:secret`; the closest match is statement 5 of identity policy 1, but it excludes the resource `arn:aws:sqs:*:*:secret`
            near: Allow statement 5 of identity policy 1
                it excludes the resource `arn:aws:sqs:*:*:secret`
        "#]],
    );
}

#[test]
fn an_action_without_resource_types() {
    check(
        "s3:ListAllMyBuckets",
        "arn:aws:s3:::a",
        &Context::new(),
        expect![[r#"
            implicitDeny: no identity policy allows `s3:ListAllMyBuckets` on `arn:aws:s3:::a` (AWS usually authorizes `s3:ListAllMyBuckets` on `*`); the closest match is statement 2 (`Home`) of identity policy 1, but it applies only to the resource `arn:aws:s3:::home/${aws:PrincipalTag/team}/*`, and the request has no `aws:PrincipalTag/team`
            near: Allow statement 2 (`Home`) of identity policy 1
                it applies only to the resource `arn:aws:s3:::home/${aws:PrincipalTag/team}/*`, and the request has no `aws:PrincipalTag/team`
            near: Allow statement 1 (`Read`) of identity policy 1
                it applies only to the action `s3:GetObject` or `s3:ListBucket`
            near: Allow statement 5 of identity policy 1
                it excludes the action `s3:*`, `ec2:*`, `sqs:Delete*` or 2 more
            missing: aws:PrincipalTag/team
        "#]],
    );
}

#[test]
fn missing_resource_policy_grants() {
    check(
        "kms:Decrypt",
        "arn:aws:kms:eu-west-1:210987654321:key/k",
        &Context::new(),
        expect![[r#"
            implicitDeny: no identity policy allows `kms:Decrypt` on `arn:aws:kms:eu-west-1:210987654321:key/k`; the closest match is statement 5 of identity policy 1, but it excludes the action `s3:*`, `ec2:*`, `sqs:Delete*` or 2 more
            near: Allow statement 5 of identity policy 1
                it excludes the action `s3:*`, `ec2:*`, `sqs:Delete*` or 2 more
        "#]],
    );
    check(
        "sqs:SendMessage",
        "arn:aws:sqs:eu-west-1:210987654321:q",
        &Context::new(),
        expect![[r#"
            implicitDeny: `arn:aws:sqs:eu-west-1:210987654321:q` is in another account, and there is no resource policy that allows `sqs:SendMessage` on `arn:aws:sqs:eu-west-1:210987654321:q`
            matched: Allow statement 5 of identity policy 1
        "#]],
    );
}

#[test]
fn levels_and_resource_policies() {
    let identity = compile(PolicyType::Identity, POLICY);
    let nothing = compile(PolicyType::ServiceControl, r#"{"Statement": []}"#);
    let guard = compile(
        PolicyType::Resource,
        r#"{"Statement": [{"Sid": "", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}, {"Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "*"}]}"#,
    );
    let levels = [nothing];
    let say = |policies: Policies<'_>, principal| {
        let request = Request::new(principal, "s3:GetObject", "arn:aws:s3:::a/k").unwrap();
        policies.explain(&request).to_string()
    };
    expect!["no service control policy at level 1 of the organization allows `s3:GetObject` on `arn:aws:s3:::a/k`"]
        .assert_eq(&say(Policies::new(&identity).with_service_control(&levels), ANN));
    expect!["statement 1 of the resource policy denies it"]
        .assert_eq(&say(Policies::new(&identity).with_resource(&guard), ANN));
    expect!["there is no resource policy that allows `s3:GetObject` on `arn:aws:s3:::a/k`"]
        .assert_eq(&say(Policies::new(&identity), "lambda.amazonaws.com"));
}
