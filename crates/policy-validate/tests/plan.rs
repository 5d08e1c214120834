//! What is asked.

mod support;

use expect_test::{Expect, expect};
use policy_core::Options;
use policy_validate::{ContextEntry, Plan, Required};
use remotion_lambda_policies::{ROLE, USER};

use crate::support::{ann, required};

/// The questions, a line each: statement, action, resource, context.
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
        0 servicequotas:GetServiceQuota arn:aws:servicequotas:eu-central-1:123456789012:a/a
        0 servicequotas:GetAWSDefaultServiceQuota *
        0 servicequotas:RequestServiceQuotaIncrease *
        0 servicequotas:RequestServiceQuotaIncrease arn:aws:servicequotas:eu-central-1:123456789012:a/a
        0 servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota *
        0 servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota arn:aws:servicequotas:eu-central-1:123456789012:a/a
        1 iam:SimulatePrincipalPolicy *
        1 iam:SimulatePrincipalPolicy arn:aws:iam::123456789012:group/a
        1 iam:SimulatePrincipalPolicy arn:aws:iam::123456789012:role/a
        1 iam:SimulatePrincipalPolicy arn:aws:iam::123456789012:user/a
        2 iam:PassRole arn:aws:iam::*:role/remotion-lambda-role
        2 iam:PassRole arn:aws:iam::123456789012:role/remotion-lambda-role
        3 s3:GetObject arn:aws:s3:::remotionlambda-*
        3 s3:GetObject arn:aws:s3:::remotionlambda-/a
        3 s3:DeleteObject arn:aws:s3:::remotionlambda-*
        3 s3:DeleteObject arn:aws:s3:::remotionlambda-/a
        3 s3:PutObjectAcl arn:aws:s3:::remotionlambda-*
        3 s3:PutObjectAcl arn:aws:s3:::remotionlambda-/a
        3 s3:PutObject arn:aws:s3:::remotionlambda-*
        3 s3:PutObject arn:aws:s3:::remotionlambda-/a
        3 s3:CreateBucket arn:aws:s3:::remotionlambda-*
        3 s3:CreateBucket arn:aws:s3:::remotionlambda-
        3 s3:ListBucket arn:aws:s3:::remotionlambda-*
        3 s3:ListBucket arn:aws:s3:::remotionlambda-
        3 s3:GetBucketLocation arn:aws:s3:::remotionlambda-*
        3 s3:GetBucketLocation arn:aws:s3:::remotionlambda-
        3 s3:PutBucketAcl arn:aws:s3:::remotionlambda-*
        3 s3:PutBucketAcl arn:aws:s3:::remotionlambda-
        3 s3:DeleteBucket arn:aws:s3:::remotionlambda-*
        3 s3:DeleteBucket arn:aws:s3:::remotionlambda-
        3 s3:PutBucketOwnershipControls arn:aws:s3:::remotionlambda-*
        3 s3:PutBucketOwnershipControls arn:aws:s3:::remotionlambda-
        3 s3:PutBucketPublicAccessBlock arn:aws:s3:::remotionlambda-*
        3 s3:PutBucketPublicAccessBlock arn:aws:s3:::remotionlambda-
        3 s3:PutLifecycleConfiguration arn:aws:s3:::remotionlambda-*
        3 s3:PutLifecycleConfiguration arn:aws:s3:::remotionlambda-
        4 s3:ListAllMyBuckets *
        5 lambda:ListFunctions *
        5 lambda:GetFunction *
        5 lambda:GetFunction arn:aws:lambda:eu-central-1:123456789012:function:a
        6 lambda:InvokeAsync arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:InvokeAsync arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:InvokeAsync arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-
        6 lambda:InvokeFunction arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:InvokeFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:InvokeFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-
        6 lambda:CreateFunction arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:CreateFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:CreateFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-
        6 lambda:DeleteFunction arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:DeleteFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:DeleteFunction arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-
        6 lambda:PutFunctionEventInvokeConfig arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:PutFunctionEventInvokeConfig arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:PutFunctionEventInvokeConfig arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-
        6 lambda:PutRuntimeManagementConfig arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:PutRuntimeManagementConfig arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:PutRuntimeManagementConfig arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-
        6 lambda:TagResource arn:aws:lambda:*:*:function:remotion-render-*
        6 lambda:TagResource arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-*
        6 lambda:TagResource arn:aws:lambda:eu-central-1:123456789012:function:remotion-render-
        7 logs:CreateLogGroup arn:aws:logs:*:*:log-group:/aws/lambda/remotion-render-*
        7 logs:CreateLogGroup arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/remotion-render-*
        7 logs:CreateLogGroup arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/remotion-render-
        7 logs:PutRetentionPolicy arn:aws:logs:*:*:log-group:/aws/lambda/remotion-render-*
        7 logs:PutRetentionPolicy arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/remotion-render-*
        7 logs:PutRetentionPolicy arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/remotion-render-
    "#]].assert_eq(&written(&Plan::new(&required, &ann(), &[])));
}
