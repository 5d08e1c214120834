//! What the policies of each kind of resource can have.
//!
//! A rule applies only if it is known what the policy is attached to: [the options](crate::Options::resource_type) say
//! so, or the content leaves no doubt.

mod docs;

use iam_policy_core::wildcard::is_pattern;
use iam_policy_core::{PolicyResource, ResourceElement};
use iam_policy_document::Element;

use crate::Code;
use crate::context::{Action, Context, Parts, Resource};
use crate::finding::{Hint, Report};

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    let Some(attached_to) = context.options.resource_type else {
        return;
    };
    for parts in &context.statements {
        actions(attached_to, parts, report);
        resources(attached_to, parts, report);
    }
}

/// `UNSUPPORTED_ACTION_IN_POLICY`: the action belongs to another service, or the service does not accept it in policies
/// of this kind.
fn actions(attached_to: PolicyResource, parts: &Parts<'_>, report: &mut Report) {
    if parts.not_action {
        return;
    }
    for action in &parts.actions {
        if !supports_action(attached_to, action) {
            report.value(
                Code::UnsupportedActionInPolicy,
                format!(
                    "the action `{}` is not supported in the policy of {}",
                    action.text,
                    attached_to.label()
                ),
                action.value,
            );
        }
    }
}

/// The actions that SNS accepts in the policies of topics. The default policy of a topic has `SNS:Receive`, which is
/// not in AWS's reference.
///
/// Source: Amazon SNS Developer Guide, "Amazon SNS API permissions: Actions and resources reference".
const OF_TOPICS: &[&str] = &[
    "AddPermission",
    "DeleteTopic",
    "GetDataProtectionPolicy",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "ListTagsForResource",
    "Publish",
    "PutDataProtectionPolicy",
    "Receive",
    "RemovePermission",
    "SetTopicAttributes",
    "Subscribe",
];

/// Whether the policy of a resource can have an action. Patterns and unknown services can always be meant.
pub(crate) fn supports_action(attached_to: PolicyResource, action: &Action<'_>) -> bool {
    if is_pattern(action.prefix) || action.service.is_none() {
        return true;
    }
    if attached_to
        .service()
        .is_some_and(|service| !action.prefix.eq_ignore_ascii_case(service))
    {
        return false;
    }
    let Some(known) = action.known else { return true };
    match attached_to {
        PolicyResource::SnsTopic => OF_TOPICS.contains(&known.name()),
        // Actions of the account, such as `s3:ListAllMyBuckets`.
        PolicyResource::S3Bucket => !known.is_wildcard_only(),
        _ => true,
    }
}

/// `UNSUPPORTED_RESOURCE_ARN_IN_POLICY`: the resource is not one that policies of this kind can name.
fn resources(attached_to: PolicyResource, parts: &Parts<'_>, report: &mut Report) {
    if attached_to.resource_element() == ResourceElement::Unsupported {
        for element in [Element::Resource, Element::NotResource] {
            if let Some(member) = parts.element(element) {
                report
                    .key(
                        Code::UnsupportedResourceArnInPolicy,
                        format!(
                            "the policy of {} cannot have a {} element: it applies to the repository",
                            attached_to.label(),
                            member.key
                        ),
                        member,
                    )
                    .hint = Hint::Advice("remove the element".to_owned());
            }
        }
        return;
    }
    for resource in &parts.resources {
        if !attached_to.accepts(resource.text) {
            let finding = report.value(
                Code::UnsupportedResourceArnInPolicy,
                format!(
                    "the resource `{}` is not supported in the policy of {}",
                    resource.text,
                    attached_to.label()
                ),
                resource.value,
            );
            if attached_to == PolicyResource::S3Bucket && resource.is_everything() {
                finding.hint = Hint::Advice(
                    "name the bucket and its objects, such as `arn:aws:s3:::reports` and `arn:aws:s3:::reports/*`"
                        .to_owned(),
                );
            }
        }
    }
}

/// Whether a statement has a resource that the policy can name.
pub(crate) fn any_supported(attached_to: PolicyResource, resources: &[Resource<'_>]) -> bool {
    resources.iter().any(|resource| attached_to.accepts(resource.text))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::tests::resource_policy;

    const CODES: &[Code] = &[
        ActionMatchesNoResource,
        ActionNeedsEveryResource,
        InvalidArnPrefix,
        InvalidArnRegion,
        MissingResource,
        UnsupportedActionInPolicy,
        UnsupportedResourceArnInPolicy,
    ];

    /// Checks a policy whose kind is inferred.
    fn check(statements: &str, expected: Expect) {
        resource_policy(None, CODES, statements, expected);
    }

    fn check_of(attached_to: PolicyResource, statements: &str, expected: Expect) {
        resource_policy(Some(attached_to), CODES, statements, expected);
    }

    #[test]
    fn bucket_policies() {
        // S3 rejects these: "Action does not apply to any resource(s) in statement".
        check(
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports"}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE <"arn:aws:s3:::reports"> <"s3:GetObject">
                  append `/*` for the objects: `arn:aws:s3:::reports/*`
            "#]],
        );
        check(
            r#"{"Effect": "Deny", "Principal": "*", "Action": ["s3:PutObject", "s3:GetBucketAcl"], "Resource": "arn:aws:s3:::reports/AWSLogs/*"}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE <"s3:GetBucketAcl">
                  it applies to `arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}`, `arn:${Partition}:s3:::${BucketName}`; did you mean `arn:aws:s3:::reports`?
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": "*", "Action": ["s3:*Object", "s3:Get*"], "Resource": ["arn:aws:s3:::reports"]}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE <"s3:*Object">
                  it applies to `arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}/object/${ObjectName}`, `arn:${Partition}:s3:::${BucketName}/${ObjectName}`; did you mean `arn:aws:s3:::reports/*`?
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["s3:ListAllMyBuckets", "s3:GetObject"], "Resource": "arn:aws:s3:::reports/*"}"#,
            expect![[r#"
                UNSUPPORTED_ACTION_IN_POLICY <"s3:ListAllMyBuckets">
            "#]],
        );
        // "Policy has invalid resource".
        check_of(
            PolicyResource::S3Bucket,
            r#"[{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}, {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::reports/*", "arn:aws:s3:eu-west-1:123456789012:accesspoint/a/object/*"]}]"#,
            expect![[r#"
                UNSUPPORTED_RESOURCE_ARN_IN_POLICY <"*">
                  name the bucket and its objects, such as `arn:aws:s3:::reports` and `arn:aws:s3:::reports/*`
                UNSUPPORTED_RESOURCE_ARN_IN_POLICY <"arn:aws:s3:eu-west-1:123456789012:accesspoint/a/object/*">
            "#]],
        );
        check_of(
            PolicyResource::S3Bucket,
            r#"{"Effect": "Allow", "Principal": "*", "Action": ["kms:Decrypt", "s3:GetObject", "*"], "Resource": "arn:aws:s3:::reports/*"}"#,
            expect![[r#"
                UNSUPPORTED_ACTION_IN_POLICY <"kms:Decrypt">
            "#]],
        );
    }

    #[test]
    fn bucket_policies_that_s3_accepts() {
        for statements in [
            // Public read.
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"}"#,
            // TLS only.
            r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::site", "arn:aws:s3:::site/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#,
            // CloudTrail.
            r#"[{"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::trail"}, {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::trail/AWSLogs/123456789012/*"}]"#,
            // Replication.
            r#"[{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/r"}, "Action": ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ObjectOwnerOverrideToBucketOwner"], "Resource": "arn:aws:s3:::copy/*"}, {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/r"}, "Action": ["s3:List*", "s3:GetBucketVersioning", "s3:PutBucketVersioning"], "Resource": "arn:aws:s3:::copy"}]"#,
            // An action for each resource.
            r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["s3:ListBucket", "s3:GetObject", "s3:DeleteObject*"], "Resource": ["arn:aws:s3:::site", "arn:aws:s3:::site/*"]}"#,
            // The endpoint of a VPC has such a policy too.
            r#"{"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}"#,
            // An access point.
            r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:eu-west-1:123456789012:accesspoint/reports/object/*"}"#,
        ] {
            check(statements, expect![[""]]);
        }
    }

    #[test]
    fn endpoint_policies() {
        check_of(
            PolicyResource::VpcEndpoint,
            r#"[{"Effect": "Allow", "Principal": "*", "Action": ["s3:ListAllMyBuckets", "s3:GetObject", "sqs:SendMessage"], "Resource": "*"}, {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::site", "arn:aws:s3:::site/*", "arn:aws:sqs:*:*:jobs"]}]"#,
            expect![[""]],
        );
    }

    #[test]
    fn repository_policies() {
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], "Condition": {"StringLike": {"aws:SourceArn": "arn:aws:lambda:eu-west-1:123456789012:function:*"}}}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": "*", "Action": "ecr-public:DescribeImages"}"#,
            expect![[""]],
        );
        // The policy of a registry names repositories.
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": ["ecr:CreateRepository", "ecr:ReplicateImage"], "Resource": "arn:aws:ecr:eu-west-1:210987654321:repository/*"}"#,
            expect![[""]],
        );
        check_of(
            PolicyResource::EcrRepository,
            r#"{"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage", "Resource": "*"}"#,
            expect![[r#"
                UNSUPPORTED_RESOURCE_ARN_IN_POLICY <"Resource">
                  remove the element
            "#]],
        );
        check(
            r#"[{"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}, {"Effect": "Allow", "Principal": "*", "Action": "ecr:GetDownloadUrlForLayer", "Resource": "arn:aws:ecr:eu-west-1:123456789012:repository/a"}]"#,
            expect![[r#"
                UNSUPPORTED_RESOURCE_ARN_IN_POLICY <"Resource">
                  remove the element
            "#]],
        );
    }

    #[test]
    fn policies_of_apis() {
        check(
            r#"[{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}, {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": ["execute-api:/prod/GET/pets", "execute-api:/prod"], "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/pets"}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": ["execute-api/*", "arn:aws:s3:::pets/*"]}"#,
            expect![[r#"
                INVALID_ARN_PREFIX <"execute-api/*">
                UNSUPPORTED_RESOURCE_ARN_IN_POLICY <"arn:aws:s3:::pets/*">
            "#]],
        );
        // Only API Gateway completes the short form.
        check(
            r#"{"Effect": "Allow", "Principal": "*", "Action": ["execute-api:Invoke", "sqs:SendMessage"], "Resource": "execute-api:/*"}"#,
            expect![[r#"
                INVALID_ARN_PREFIX <"execute-api:/*">
            "#]],
        );
    }

    #[test]
    fn topic_policies() {
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["SNS:GetTopicAttributes", "SNS:Publish", "SNS:Receive"], "Resource": "arn:aws:sns:us-east-1:123456789012:alerts", "Condition": {"StringEquals": {"AWS:SourceOwner": "123456789012"}}}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sns:Publish", "Resource": "arn:aws:sns:*:*:uploads", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::uploads"}}}"#,
            expect![[""]],
        );
        // SNS: "Policy statement action out of service scope!"
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["sns:Publish", "sns:CreateTopic", "sns:SetSubscriptionAttributes"], "Resource": "arn:aws:sns:us-east-1:123456789012:alerts"}"#,
            expect![[r#"
                UNSUPPORTED_ACTION_IN_POLICY <"sns:CreateTopic">
                UNSUPPORTED_ACTION_IN_POLICY <"sns:SetSubscriptionAttributes">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sns:Publish", "Resource": "arn:aws:sqs:us-east-1:123456789012:alerts"}"#,
            expect![[r#"
                UNSUPPORTED_RESOURCE_ARN_IN_POLICY <"arn:aws:sqs:us-east-1:123456789012:alerts">
            "#]],
        );
    }

    #[test]
    fn queue_policies() {
        for resource in ["arn:aws:sqs:eu-west-1:123456789012:jobs", "*"] {
            check(
                &format!(
                    r#"{{"Effect": "Allow", "Principal": {{"Service": "sns.amazonaws.com"}}, "Action": "sqs:SendMessage", "Resource": "{resource}", "Condition": {{"ArnEquals": {{"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:events"}}}}}}"#
                ),
                expect![[""]],
            );
        }
        check_of(
            PolicyResource::SqsQueue,
            r#"{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sns:Publish", "Resource": "arn:aws:sns:eu-west-1:123456789012:events"}"#,
            expect![[r#"
                UNSUPPORTED_ACTION_IN_POLICY <"sns:Publish">
                UNSUPPORTED_RESOURCE_ARN_IN_POLICY <"arn:aws:sns:eu-west-1:123456789012:events">
            "#]],
        );
    }

    #[test]
    fn key_policies() {
        check(
            r#"[{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}, {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/app"}, "Action": ["kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"], "Resource": "*"}, {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/app"}, "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], "Resource": "*", "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}]"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/app"}, "Action": ["kms:Decrypt", "kms:CreateAlias"], "Resource": "arn:aws:kms:eu-west-1:123456789012:alias/app"}"#,
            expect![[r#"
                ACTION_MATCHES_NO_RESOURCE <"kms:Decrypt">
                  it applies to `arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}`
            "#]],
        );
    }

    #[test]
    fn function_and_secret_policies() {
        check(
            r#"{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:render", "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/nightly"}}}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:render", "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion", "Resource": "arn:aws:lambda:eu-west-1:123456789012:layer:fonts:3"}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}"#,
            expect![[""]],
        );
        check_of(
            PolicyResource::LambdaFunction,
            r#"{"Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion", "Resource": "arn:aws:lambda:eu-west-1:123456789012:layer:fonts:3"}"#,
            expect![[r#"
                UNSUPPORTED_RESOURCE_ARN_IN_POLICY <"arn:aws:lambda:eu-west-1:123456789012:layer:fonts:3">
            "#]],
        );
    }

    #[test]
    fn resources_that_imply_the_element() {
        // As the console of EFS and the guide of Redshift write them.
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"], "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"Service": "redshift.amazonaws.com"}, "Action": "redshift:AuthorizeInboundIntegration", "Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:rds:eu-west-1:123456789012:cluster:orders"}}}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sqs:SendMessage"}"#,
            expect![[r#"
                MISSING_RESOURCE <{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "A>
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["sqs:SendMessage", "ecr:BatchGetImage"]}"#,
            expect![[r#"
                MISSING_RESOURCE <{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "A>
            "#]],
        );
    }
}
