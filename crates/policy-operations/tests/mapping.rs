//! What single operations need.

#![expect(
    clippy::unwrap_used,
    reason = "helpers are test code, of which Clippy sees only what is in functions marked as tests"
)]

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use iam_policy_operations::{Need, Operation, service};

fn operation(name: &str) -> Operation {
    let (client, name) = name.split_once('.').unwrap();
    service(client).unwrap().operation(name).unwrap()
}

#[track_caller]
fn check(name: &str, expected: Expect) {
    let operation = operation(name);
    let mut out = String::new();
    for need in operation.needs() {
        let dependent = if need.is_dependent() { "+" } else { "" };
        let on: Vec<_> = need.resources().collect();
        let on = if on.is_empty() { "?".to_owned() } else { on.join(", ") };
        writeln!(out, "{dependent}{need}\n    {on}").unwrap();
    }
    if let Some(source) = operation.needs_nothing() {
        writeln!(out, "nothing: {:?}", source.kind()).unwrap();
    }
    expected.assert_eq(&out);
}

#[test]
fn versions_of_objects_have_their_own_actions() {
    check(
        "s3.GetObject",
        expect![[r#"
        s3:GetObject if `version_id` is not set
            arn:{partition}:s3:::{Bucket}/{Key}
        s3:GetObjectVersion if `version_id` is set
            arn:{partition}:s3:::{Bucket}/{Key}
        +kms:Decrypt if the object is encrypted with a KMS key
            ?
    "#]],
    );
    check(
        "s3.DeleteObjects",
        expect![[r#"
        s3:DeleteObject
            arn:{partition}:s3:::{Bucket}/{Delete.Objects.Key}
        s3:DeleteObjectVersion if `delete.objects.version_id` is set
            arn:{partition}:s3:::{Bucket}/{Delete.Objects.Key}
        s3:BypassGovernanceRetention if `bypass_governance_retention` is set
            arn:{partition}:s3:::{Bucket}/{Delete.Objects.Key}
    "#]],
    );
}

#[test]
fn operations_whose_action_has_another_name() {
    for (name, action) in [
        ("s3.HeadObject", "s3:GetObject"),
        ("s3.ListObjectsV2", "s3:ListBucket"),
        ("s3.UploadPart", "s3:PutObject"),
        ("s3.CompleteMultipartUpload", "s3:PutObject"),
        ("s3.ListBuckets", "s3:ListAllMyBuckets"),
        ("lambda.Invoke", "lambda:InvokeFunction"),
        ("lambda.InvokeWithResponseStream", "lambda:InvokeFunction"),
        ("sqs.SendMessageBatch", "sqs:SendMessage"),
        ("sns.PublishBatch", "sns:Publish"),
        ("dynamodb.TransactGetItems", "dynamodb:GetItem"),
        ("bedrock-runtime.Converse", "bedrock:InvokeModel"),
        ("iot-data.Publish", "iot:Publish"),
        ("sesv2.SendEmail", "ses:SendEmail"),
        (
            "apigatewaymanagementapi.PostToConnection",
            "execute-api:ManageConnections",
        ),
        ("apigateway.GetRestApis", "apigateway:GET"),
    ] {
        let found = operation(name).needs().next().map(Need::action);
        assert_eq!(found, Some(action), "{name}");
    }
}

#[test]
fn no_permission() {
    check(
        "sts.GetCallerIdentity",
        expect![[r#"
        nothing: Reviewed
    "#]],
    );
    check(
        "cognito-idp.InitiateAuth",
        expect![[r#"
        nothing: Unsigned
    "#]],
    );
    check(
        "sts.AssumeRoleWithWebIdentity",
        expect![[r#"
        nothing: Unsigned
    "#]],
    );
}

#[test]
fn roles_are_passed() {
    check(
        "lambda.CreateFunction",
        expect![[r#"
        lambda:CreateFunction
            arn:{partition}:lambda:{region}:{account}:function:{FunctionName}
        +iam:PassRole
            {Role}
        +lambda:TagResource if `tags` is set
            arn:{partition}:lambda:{region}:{account}:function:{FunctionName}
        +lambda:GetLayerVersion if `layers` is set
            {Layers}
    "#]],
    );
    check(
        "ecs.RegisterTaskDefinition",
        expect![[r#"
        ecs:RegisterTaskDefinition
            arn:{partition}:ecs:{region}:{account}:task-definition/*:*
        +iam:PassRole if `execution_role_arn` is set
            {executionRoleArn}
        +iam:PassRole if `task_role_arn` is set
            {taskRoleArn}
    "#]],
    );
}

#[test]
fn resources_come_from_the_input() {
    check(
        "dynamodb.Query",
        expect![[r#"
        dynamodb:Query if `index_name` is not set
            arn:{partition}:dynamodb:{region}:{account}:table/{TableName}
        dynamodb:Query if `index_name` is set
            arn:{partition}:dynamodb:{region}:{account}:table/{TableName}/index/{IndexName}
    "#]],
    );
    check(
        "dynamodb.TransactWriteItems",
        expect![[r#"
        dynamodb:ConditionCheckItem if `transact_items.condition_check` is set
            arn:{partition}:dynamodb:{region}:{account}:table/{TransactItems.ConditionCheck.TableName}
        dynamodb:DeleteItem if `transact_items.delete` is set
            arn:{partition}:dynamodb:{region}:{account}:table/{TransactItems.Delete.TableName}
        dynamodb:PutItem if `transact_items.put` is set
            arn:{partition}:dynamodb:{region}:{account}:table/{TransactItems.Put.TableName}
        dynamodb:UpdateItem if `transact_items.update` is set
            arn:{partition}:dynamodb:{region}:{account}:table/{TransactItems.Update.TableName}
    "#]],
    );
    check(
        "ssm.SendCommand",
        expect![[r#"
        ssm:SendCommand
            arn:{partition}:ssm:{region}:{account}:document/{DocumentName}, arn:{partition}:ec2:{region}:{account}:instance/{InstanceIds}
        +iam:PassRole if `service_role_arn` is set
            {ServiceRoleArn}
    "#]],
    );
    check(
        "sqs.SendMessage",
        expect![[r#"
        sqs:SendMessage
            arn:{partition}:sqs:{region}:{account}:{QueueUrl:name}
        +kms:Decrypt if the queue is encrypted with a KMS key
            ?
        +kms:GenerateDataKey if the queue is encrypted with a KMS key
            ?
    "#]],
    );
    check(
        "apigatewayv2.GetApi",
        expect![[r#"
        apigateway:GET
            arn:{partition}:apigateway:{region}::/apis/{ApiId}
    "#]],
    );
    check(
        "ec2.RunInstances",
        expect![[r#"
            ec2:RunInstances
                arn:{partition}:ec2:{region}::image/{ImageId}, arn:{partition}:ec2:{region}:{account}:instance/*, arn:{partition}:ec2:{region}:{account}:network-interface/*, arn:{partition}:ec2:{region}:{account}:security-group/{SecurityGroupIds}, arn:{partition}:ec2:{region}:{account}:subnet/{SubnetId}
            +ec2:CreateTags if `tag_specifications` is set
                ?
            +iam:PassRole if `iam_instance_profile` is set
                ?
            +ssm:GetParameters
                ?
        "#]],
    );
}
