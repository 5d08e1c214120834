//! The questions for given policies.

#![expect(clippy::unwrap_used, reason = "a panic fails the test, in helpers too")]

mod support;

use expect_test::{Expect, expect};
use iam_policy_core::{ArnPattern, Options};
use iam_policy_validate::{ContextEntry, Plan, Required};
use remotion_lambda_policies::{ROLE, USER};

use crate::support::{ann, required, subject};

/// One line per question: statement, action, resource, context.
fn written(plan: &Plan) -> String {
    let mut text = String::new();
    for question in plan.questions() {
        let context = question
            .context
            .iter()
            .map(|entry| format!(" {}={}", entry.key, entry.values.join(",")));
        let line = format!(
            "{} {} {}{}\n",
            question.statement,
            question.action,
            question.resource,
            context.collect::<String>(),
        );
        text.push_str(&line);
    }
    text
}

fn check(statements: &str, expected: Expect) {
    check_in(statements, &[], expected);
}

fn check_in(statements: &str, context: &[(&str, &str)], expected: Expect) {
    let context: Vec<_> = context
        .iter()
        .map(|(key, value)| ContextEntry::new(key, [*value]).unwrap())
        .collect();
    expected.assert_eq(&written(&Plan::new(&required(statements), &ann(), &context)));
}

#[test]
fn remotion_user() {
    let required = Required::from_policy(&USER, Options::DEFAULT).unwrap();
    expect![[r#"
        0 servicequotas:GetServiceQuota *
        0 servicequotas:GetServiceQuota arn:aws:servicequotas:eu-central-1:123456789012:*/*
        0 servicequotas:GetServiceQuota arn:aws:servicequotas:eu-central-1:123456789012:a/a
        0 servicequotas:GetAWSDefaultServiceQuota *
        0 servicequotas:RequestServiceQuotaIncrease *
        0 servicequotas:RequestServiceQuotaIncrease arn:aws:servicequotas:eu-central-1:123456789012:*/*
        0 servicequotas:RequestServiceQuotaIncrease arn:aws:servicequotas:eu-central-1:123456789012:a/a
        0 servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota *
        0 servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota arn:aws:servicequotas:eu-central-1:123456789012:*/*
        0 servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota arn:aws:servicequotas:eu-central-1:123456789012:a/a
        1 iam:SimulatePrincipalPolicy *
        1 iam:SimulatePrincipalPolicy arn:aws:iam::123456789012:group/*
        1 iam:SimulatePrincipalPolicy arn:aws:iam::123456789012:role/*
        1 iam:SimulatePrincipalPolicy arn:aws:iam::123456789012:user/*
        1 iam:SimulatePrincipalPolicy arn:aws:iam::123456789012:group/a
        1 iam:SimulatePrincipalPolicy arn:aws:iam::123456789012:role/a
        1 iam:SimulatePrincipalPolicy arn:aws:iam::123456789012:user/a
        2 iam:PassRole arn:aws:iam::*:role/remotion-lambda-role
        2 iam:PassRole arn:aws:iam::123456789012:role/remotion-lambda-role
        3 s3:GetObject arn:aws:s3:::remotionlambda-*/*
        3 s3:GetObject arn:aws:s3:::remotionlambda-a/a
        3 s3:DeleteObject arn:aws:s3:::remotionlambda-*/*
        3 s3:DeleteObject arn:aws:s3:::remotionlambda-a/a
        3 s3:PutObjectAcl arn:aws:s3:::remotionlambda-*/*
        3 s3:PutObjectAcl arn:aws:s3:::remotionlambda-a/a
        3 s3:PutObject arn:aws:s3:::remotionlambda-*/*
        3 s3:PutObject arn:aws:s3:::remotionlambda-a/a
        3 s3:CreateBucket arn:aws:s3:::remotionlambda-*
        3 s3:CreateBucket arn:aws:s3:::remotionlambda-a
        3 s3:ListBucket arn:aws:s3:::remotionlambda-*
        3 s3:ListBucket arn:aws:s3:::remotionlambda-a
        3 s3:GetBucketLocation arn:aws:s3:::remotionlambda-*
        3 s3:GetBucketLocation arn:aws:s3:::remotionlambda-a
        3 s3:PutBucketAcl arn:aws:s3:::remotionlambda-*
        3 s3:PutBucketAcl arn:aws:s3:::remotionlambda-a
        3 s3:DeleteBucket arn:aws:s3:::remotionlambda-*
        3 s3:DeleteBucket arn:aws:s3:::remotionlambda-a
        3 s3:PutBucketOwnershipControls arn:aws:s3:::remotionlambda-*
        3 s3:PutBucketOwnershipControls arn:aws:s3:::remotionlambda-a
        3 s3:PutBucketPublicAccessBlock arn:aws:s3:::remotionlambda-*
        3 s3:PutBucketPublicAccessBlock arn:aws:s3:::remotionlambda-a
        3 s3:PutLifecycleConfiguration arn:aws:s3:::remotionlambda-*
        3 s3:PutLifecycleConfiguration arn:aws:s3:::remotionlambda-a
        4 s3:ListAllMyBuckets *
        5 lambda:ListFunctions *
        5 lambda:GetFunction arn:aws:lambda:eu-central-1:123456789012:function:*
        5 lambda:GetFunction arn:aws:lambda:eu-central-1:123456789012:function:a
        6 lambda:InvokeAsync arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:InvokeAsync arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:InvokeAsync arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-a
        6 lambda:InvokeFunction arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:InvokeFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:InvokeFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-a
        6 lambda:CreateFunction arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:CreateFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:CreateFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-a
        6 lambda:DeleteFunction arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:DeleteFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:DeleteFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-a
        6 lambda:PutFunctionEventInvokeConfig arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:PutFunctionEventInvokeConfig arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:PutFunctionEventInvokeConfig arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-a
        6 lambda:PutRuntimeManagementConfig arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:PutRuntimeManagementConfig arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:PutRuntimeManagementConfig arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-a
        6 lambda:TagResource arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:TagResource arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:TagResource arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-a
        7 logs:CreateLogGroup arn:aws:logs:*:*:log-group:/aws/lambda/remotion-render-*
        7 logs:CreateLogGroup arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/remotion-render-*
        7 logs:CreateLogGroup arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/remotion-render-a
        7 logs:PutRetentionPolicy arn:aws:logs:*:*:log-group:/aws/lambda/remotion-render-*
        7 logs:PutRetentionPolicy arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/remotion-render-*
        7 logs:PutRetentionPolicy arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/remotion-render-a
        8 lambda:GetLayerVersion arn:aws:lambda:*:678892195805:layer:remotion-binaries-*:*
        8 lambda:GetLayerVersion arn:aws:lambda:eu-central-1:678892195805:layer:remotion-binaries-*:*
        8 lambda:GetLayerVersion arn:aws:lambda:eu-central-1:678892195805:layer:remotion-binaries-a:a
        8 lambda:GetLayerVersion arn:aws:lambda:*:580247275435:layer:LambdaInsightsExtension*:*
        8 lambda:GetLayerVersion arn:aws:lambda:eu-central-1:580247275435:layer:LambdaInsightsExtension*:*
        8 lambda:GetLayerVersion arn:aws:lambda:eu-central-1:580247275435:layer:LambdaInsightsExtensiona:a
    "#]].assert_eq(&written(&Plan::new(&required, &ann(), &[])));
}

#[test]
fn remotion_role() {
    let required = Required::from_policy(&ROLE, Options::DEFAULT).unwrap();
    expect![[r#"
        0 s3:ListAllMyBuckets *
        1 s3:CreateBucket arn:aws:s3:::remotionlambda-*
        1 s3:CreateBucket arn:aws:s3:::remotionlambda-a
        1 s3:ListBucket arn:aws:s3:::remotionlambda-*
        1 s3:ListBucket arn:aws:s3:::remotionlambda-a
        1 s3:PutBucketAcl arn:aws:s3:::remotionlambda-*
        1 s3:PutBucketAcl arn:aws:s3:::remotionlambda-a
        1 s3:GetObject arn:aws:s3:::remotionlambda-*/*
        1 s3:GetObject arn:aws:s3:::remotionlambda-a/a
        1 s3:DeleteObject arn:aws:s3:::remotionlambda-*/*
        1 s3:DeleteObject arn:aws:s3:::remotionlambda-a/a
        1 s3:PutObjectAcl arn:aws:s3:::remotionlambda-*/*
        1 s3:PutObjectAcl arn:aws:s3:::remotionlambda-a/a
        1 s3:PutObject arn:aws:s3:::remotionlambda-*/*
        1 s3:PutObject arn:aws:s3:::remotionlambda-a/a
        1 s3:GetBucketLocation arn:aws:s3:::remotionlambda-*
        1 s3:GetBucketLocation arn:aws:s3:::remotionlambda-a
        2 lambda:InvokeFunction arn:aws:lambda:*:*:function:remotion-render-*
        2 lambda:InvokeFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        2 lambda:InvokeFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-a
        3 logs:CreateLogGroup arn:aws:logs:*:*:log-group:/aws/lambda-insights
        3 logs:CreateLogGroup arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda-insights
        4 logs:CreateLogStream arn:aws:logs:*:*:log-group:/aws/lambda/remotion-render-*:log-stream:*
        4 logs:CreateLogStream arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/remotion-render-*:log-stream:*
        4 logs:CreateLogStream arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/remotion-render-a:log-stream:a
        4 logs:CreateLogStream arn:aws:logs:*:*:log-group:/aws/lambda-insights:log-stream:*
        4 logs:CreateLogStream arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda-insights:log-stream:*
        4 logs:CreateLogStream arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda-insights:log-stream:a
        4 logs:PutLogEvents arn:aws:logs:*:*:log-group:/aws/lambda/remotion-render-*:log-stream:*
        4 logs:PutLogEvents arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/remotion-render-*:log-stream:*
        4 logs:PutLogEvents arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/remotion-render-a:log-stream:a
        4 logs:PutLogEvents arn:aws:logs:*:*:log-group:/aws/lambda-insights:log-stream:*
        4 logs:PutLogEvents arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda-insights:log-stream:*
        4 logs:PutLogEvents arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda-insights:log-stream:a
    "#]].assert_eq(&written(&Plan::new(&required, &ann(), &[])));
}

#[test]
fn self_denied_actions_are_not_asked() {
    check(
        r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::a*"},
           {"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*"},
           {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::aa*"}"#,
        expect![[r#"
            0 s3:GetObject arn:aws:s3:::a*/*
            0 s3:GetObject arn:aws:s3:::ab/a
        "#]],
    );
}

#[test]
fn actions_without_resources_ask_about_star() {
    check(
        r#"{"Effect": "Allow", "Action": "s3:listallmybuckets", "Resource": "*"},
           {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "NotResource": "arn:aws:s3:::a"},
           {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::*"}"#,
        expect![[r#"
            0 s3:ListAllMyBuckets *
            1 s3:ListAllMyBuckets *
        "#]],
    );
}

#[test]
fn action_patterns_expand_to_catalog_actions() {
    check(
        r#"{"Effect": "Allow", "Action": ["s3:*BucketPolicy", "s3:GetBucketPolicy"], "Resource": "arn:aws:s3:::b"}"#,
        expect![[r#"
            0 s3:DeleteBucketPolicy arn:aws:s3:::b
            0 s3:GetBucketPolicy arn:aws:s3:::b
            0 s3:PutBucketPolicy arn:aws:s3:::b
        "#]],
    );
    let all = required(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let plan = Plan::new(&all, &ann(), &[]);
    let mut actions: Vec<_> = plan
        .questions()
        .iter()
        .map(|question| question.action.as_str())
        .collect();
    actions.dedup();
    assert!((100..=200).contains(&actions.len()), "{}", actions.len());
}

#[test]
fn not_action_and_not_resource_are_sampled() {
    let rest = required(r#"{"Effect": "Allow", "NotAction": ["iam:*", "s3:Get*"], "Resource": "*"}"#);
    let plan = Plan::new(&rest, &ann(), &[]);
    assert!(plan.questions().len() > 100);
    for question in plan.questions() {
        assert!(
            !question.action.starts_with("iam:") && !question.action.starts_with("s3:Get"),
            "{question:?}"
        );
    }
    check(
        r#"{"Effect": "Allow", "Action": ["sqs:SendMessage", "s3:GetObject"], "NotResource": ["arn:aws:sqs:*:*:a*", "arn:aws:s3:::a/*"]}"#,
        expect![[r#"
            0 sqs:SendMessage arn:aws:sqs:eu-central-1:123456789012:b
            0 s3:GetObject *
            0 s3:GetObject arn:aws:s3:eu-central-1:123456789012:accesspoint/a/object/a
            0 s3:GetObject arn:aws:s3:::aa/aa
        "#]],
    );
}

#[test]
fn conditions_determine_the_context() {
    let statement = r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:*:jobs", "Condition": {
        "StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-central-1"]},
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]},
        "ForAnyValue:StringEquals": {"aws:CalledVia": ["athena.amazonaws.com"]}
    }}"#;
    check(
        statement,
        expect![[r#"
        0 sqs:SendMessage arn:aws:sqs:*:*:jobs aws:CalledVia=athena.amazonaws.com aws:MultiFactorAuthPresent=true aws:RequestedRegion=eu-central-1
        0 sqs:SendMessage arn:aws:sqs:eu-central-1:123456789012:jobs aws:CalledVia=athena.amazonaws.com aws:MultiFactorAuthPresent=true aws:RequestedRegion=eu-central-1
    "#]],
    );
    // Given values apply even if the policy does not mention the key.
    check_in(
        statement,
        &[("aws:RequestedRegion", "us-east-1"), ("aws:SourceIp", "203.0.113.7")],
        expect![[r#"
            0 sqs:SendMessage arn:aws:sqs:*:*:jobs aws:CalledVia=athena.amazonaws.com aws:MultiFactorAuthPresent=true aws:RequestedRegion=us-east-1 aws:SourceIp=203.0.113.7
            0 sqs:SendMessage arn:aws:sqs:eu-central-1:123456789012:jobs aws:CalledVia=athena.amazonaws.com aws:MultiFactorAuthPresent=true aws:RequestedRegion=us-east-1 aws:SourceIp=203.0.113.7
        "#]],
    );
    // The policy grants nothing here, so there are no questions.
    check_in(statement, &[("aws:RequestedRegion", "us-west-2")], expect![[r#""#]]);
}

#[test]
fn variables_take_the_subjects_values() {
    check(
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"}"#,
        expect![[r#"
            0 s3:GetObject arn:aws:s3:::home/ann/a
        "#]],
    );
    let home = required(
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/*", "Condition": {
            "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}}"#,
    );
    assert_eq!(Plan::new(&home, &ann(), &[]).questions(), []);
    let role = subject("arn:aws:iam::123456789012:role/build");
    assert!(!Plan::new(&home, &role, &[]).questions().is_empty());
    let group = subject("arn:aws:iam::123456789012:group/staff");
    let plan = Plan::new(
        &required(r#"{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}"#),
        &group,
        &[],
    );
    assert_eq!(plan.questions().len(), 1);
}

#[test]
fn unknown_actions_are_asked() {
    check(
        r#"{"Effect": "Allow", "Action": "quantum:Leap", "Resource": ["arn:aws:quantum:*:*:gate/*", "*"]}"#,
        expect![[r#"
            0 quantum:Leap arn:aws:quantum:*:*:gate/*
            0 quantum:Leap arn:aws:quantum:eu-central-1:123456789012:gate/*
            0 quantum:Leap arn:aws:quantum:eu-central-1:123456789012:gate/a
            0 quantum:Leap *
            0 quantum:Leap arn:aws:a:us-east-1:123456789012:a
        "#]],
    );
}

#[test]
fn non_arn_resources_are_sampled() {
    check(
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3*", "arn:aws:s3:::b"]}"#,
        expect![[r#"
            0 s3:GetObject arn:aws:s3:eu-central-1:123456789012:accesspoint/a/object/a
            0 s3:GetObject arn:aws:s3:::a/a
        "#]],
    );
}

#[test]
fn the_policy_allows_every_question() {
    for policy in [&USER, &ROLE] {
        for &partition in policy.partitions {
            let mut subject = ann();
            partition.name().clone_into(&mut subject.partition);
            let options = Options::DEFAULT.partition(partition);
            let required = Required::from_policy(policy, options).unwrap();
            let first = Plan::new(&required, &subject, &[]);
            assert_eq!(first.questions(), Plan::new(&required, &subject, &[]).questions());
            for question in first.questions() {
                let statement = &required.statements()[question.statement];
                let matches = |text: &str| ArnPattern::new(text).matches(&question.resource);
                assert!(
                    statement.actions.iter().any(|entry| entry.text == question.action),
                    "{question:?}"
                );
                assert!(matches(&question.pattern), "{question:?}");
            }
        }
    }
}
