//! `iam-policy needs`.

use expect_test::expect;

use crate::support::Folder;

const TEMPLATE: &str = "Parameters:
  Stage: {Type: String, Default: dev}
  BoundaryRole: {Type: String}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {QueueName: !Sub 'jobs-${Stage}'}
  Machine:
    Type: AWS::StepFunctions::Activity
    Properties: {Name: !If [IsProd, prod, !Ref Stage]}
  Caller:
    Type: AWS::Events::Rule
    Properties: {RoleArn: !Ref BoundaryRole}
  Mesh:
    Type: AWS::AppMesh::Mesh
";

#[test]
fn each_resource_is_the_reason_for_its_permissions() {
    let folder = Folder::with(&[("template.yaml", TEMPLATE)]);
    folder.check(
        &["needs", "template.yaml"],
        expect![[r#"
        [parameters]
        aws-account-id = { kind = "account", about = "The account of the stack." }
        aws-region = { kind = "region", about = "The Region of the stack." }
        aws-stack-name = { about = "The name of the stack, or what CloudFormation keeps of it in long names." }
        boundary-role = { kind = "arn", about = "The parameter `BoundaryRole` of the template." }
        stage = { default = "dev", about = "The parameter `Stage` of the template." }

        [policy.deploy]
        about = "For the role that CloudFormation assumes to deploy the stack."

        [[policy.deploy.statement]]
        id        = "events-rule"
        reason    = "CloudFormation creates, updates and deletes `Caller` (AWS::Events::Rule)."
        actions   = [
          "events:DeleteRule",
          "events:DescribeRule",
          "events:ListTagsForResource",
          "events:ListTargetsByRule",
          "events:PutRule",
          "events:PutTargets",
          "events:RemoveTargets",
          "events:TagResource",
          "events:UntagResource",
        ]
        resources = ["arn:{partition}:events:{aws-region}:{aws-account-id}:rule/{aws-stack-name}-*"]

        [[policy.deploy.statement]]
        id        = "pass-role"
        reason    = "CloudFormation passes the role to `Caller` (AWS::Events::Rule)."
        actions   = ["iam:PassRole"]
        resources = ["{boundary-role}"]

        [[policy.deploy.statement]]
        id        = "kms-for-step-functions-activity"
        reason    = "CloudFormation creates, updates and deletes `Machine` (AWS::StepFunctions::Activity)."
        actions   = ["kms:DescribeKey"]
        resources = ["arn:{partition}:kms:*:*:key/*"]

        [[policy.deploy.statement]]
        id        = "sqs-queue"
        reason    = "CloudFormation creates, updates and deletes `Queue` (AWS::SQS::Queue)."
        actions   = [
          "sqs:CreateQueue",
          "sqs:DeleteQueue",
          "sqs:GetQueueAttributes",
          "sqs:GetQueueUrl",
          "sqs:ListQueueTags",
          "sqs:SetQueueAttributes",
          "sqs:TagQueue",
          "sqs:UntagQueue",
        ]
        resources = ["arn:{partition}:sqs:{aws-region}:{aws-account-id}:jobs-{stage}"]

        [[policy.deploy.statement]]
        id        = "states-for-step-functions-activity"
        reason    = "CloudFormation creates, updates and deletes `Machine` (AWS::StepFunctions::Activity)."
        actions   = [
          "states:CreateActivity",
          "states:DeleteActivity",
          "states:DescribeActivity",
          "states:ListTagsForResource",
          "states:TagResource",
          "states:UntagResource",
        ]
        resources = ["arn:{partition}:states:{aws-region}:{aws-account-id}:activity:*"]

        [[policy.deploy.trust.statement]]
        id       = "cloudformation"
        reason   = "CloudFormation assumes the role to deploy the stack."
        services = ["cloudformation.amazonaws.com"]

        # not covered: AWS publishes no permissions for `AWS::AppMesh::Mesh`, the type of `Mesh`
        # The permissions of resource types are those in cfn-lint 1.58.0 of 2026-10-20.
        ---
        warning: not covered: AWS publishes no permissions for `AWS::AppMesh::Mesh`, the type of `Mesh`
          --> template.yaml:14:3
           |
        14 |   Mesh:
           |   ^^^^

        exit code 0
    "#]],
    );
}

#[test]
fn the_spec_has_no_findings_and_generates() {
    let folder = Folder::with(&[("template.yaml", TEMPLATE)]);
    let spec = folder.run(&["needs", "template.yaml"]).stdout;
    folder.write("needs.toml", &spec);
    folder.check(
        &["check", "needs.toml"],
        expect![[r#"
        ---
        1 file checked, no findings
        exit code 0
    "#]],
    );
    let ran = folder.run(&["generate", "--spec", "needs.toml", "--out", "out"]);
    assert_eq!(ran.code, 0, "{ran}");
    folder.check(
        &[
            "simulate",
            "--principal",
            "arn:aws:iam::123456789012:role/deploy",
            "--action",
            "sqs:CreateQueue",
            "--resource",
            "arn:aws:sqs:eu-west-1:123456789012:jobs-dev",
            "--set",
            "aws-region=eu-west-1",
            "--set",
            "aws-account-id=123456789012",
            "--set",
            "boundary-role=arn:aws:iam::123456789012:role/caller",
            "--set",
            "aws-stack-name=jobs",
            "--identity",
            "needs.toml#deploy",
        ],
        expect![[r#"
            allowed: statement 4 (`SqsQueue`) of identity policy 1 allows it
              --> needs.toml:39:1
               |
            40 | id        = "sqs-queue"
               |             ^^^^^^^^^^^ allows
            ...
            43 |   "sqs:CreateQueue",
               |   ^^^^^^^^^^^^^^^^^ covers `sqs:CreateQueue`
            ...
            52 | resources = ["arn:{partition}:sqs:{aws-region}:{aws-account-id}:jobs-{stage}"]
               |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ covers `arn:aws:sqs:eu-west-1:123456789012:jobs-dev`
            ---
            exit code 0
        "#]],
    );
}

/// The lines of a spec with these words, of those with actions and resources.
fn lines(spec: &str, words: &[&str]) -> String {
    let mut found = String::new();
    for line in spec.lines().filter(|line| words.iter().any(|word| line.contains(word))) {
        found.push_str(line.trim());
        found.push('\n');
    }
    found
}

#[test]
fn roles_are_passed_to_what_has_them() {
    let folder = Folder::with(&[(
        "template.yaml",
        "Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: worker, Path: /app/}
  Profile:
    Type: AWS::IAM::InstanceProfile
    Properties: {Roles: [!Ref Role]}
  Server:
    Type: AWS::EC2::Instance
    Properties: {IamInstanceProfile: !Ref Profile}
  Other:
    Type: AWS::EC2::Instance
    Properties: {IamInstanceProfile: elsewhere}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Role: arn:aws:iam::123456789012:role/function
      Environment: {Variables: {ROLE: 'arn:aws:iam::123456789012:role/not-passed'}}
",
    )]);
    let ran = folder.run(&["needs", "template.yaml"]);
    expect![[r#"
        resources = ["arn:{partition}:iam::{aws-account-id}:role/app/worker"]
        reason    = "CloudFormation passes the role to `Server` (AWS::EC2::Instance) and `Profile` (AWS::IAM::InstanceProfile)."
        resources = ["arn:{partition}:iam::{aws-account-id}:role/app/worker"]
        reason    = "CloudFormation passes the role to `Function` (AWS::Lambda::Function)."
        resources = ["arn:aws:iam::123456789012:role/function"]
        # not covered: the template does not determine a role that `Other` passes to a service
        warning: not covered: the template does not determine a role that `Other` passes to a service
          --> template.yaml:11:3
           |
        11 |   Other:
           |   ^^^^^

    "#]].assert_eq(&(lines(&ran.stdout, &[":role/", "passes"]) + &ran.stderr));
}

#[test]
fn sam_is_what_it_becomes() {
    let folder = Folder::with(&[(
        "template.yaml",
        "Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: s3://code/fn.zip
      Events:
        Get: {Type: HttpApi}
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
        New: {Type: Quantum}
  Queue:
    Type: AWS::SQS::Queue
  Link:
    Type: AWS::Serverless::Connector
",
    )]);
    let ran = folder.run(&["needs", "template.yaml"]);
    expect![[r#"
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::ApiGatewayV2::Api) and `Fn` (AWS::ApiGatewayV2::Stage)."
        resources = ["arn:{partition}:apigateway:{aws-region}::/*"]
        reason    = "CloudFormation transforms the template with `AWS::Serverless-2016-10-31`."
        resources = ["arn:{partition}:cloudformation:*:aws:transform/Serverless-2016-10-31"]
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::Lambda::Function)."
        resources = ["*"]
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::Lambda::Function)."
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::IAM::Role)."
        resources = ["arn:{partition}:iam::{aws-account-id}:role/{aws-stack-name}-*"]
        reason    = "CloudFormation passes the role to `Fn` (AWS::Lambda::Function)."
        resources = ["arn:{partition}:iam::{aws-account-id}:role/{aws-stack-name}-*"]
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::Lambda::EventSourceMapping) and `Fn` (AWS::Lambda::Function)."
        resources = ["arn:{partition}:kms:*:*:key/*"]
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::Lambda::EventSourceMapping)."
        resources = ["*"]
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::Lambda::EventSourceMapping), `Fn` (AWS::Lambda::Function) and `Fn` (AWS::Lambda::Permission)."
        resources = ["arn:{partition}:lambda:{aws-region}:{aws-account-id}:function:{aws-stack-name}-*"]
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::Lambda::Function)."
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::Lambda::Function)."
        resources = ["arn:{partition}:lambda:*:*:capacity-provider:*"]
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::Lambda::Function)."
        resources = ["arn:{partition}:lambda:*:*:code-signing-config:*"]
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::Lambda::EventSourceMapping)."
        resources = ["arn:{partition}:lambda:*:*:event-source-mapping:*"]
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::Lambda::Function)."
        resources = ["arn:{partition}:lambda:*:*:layer:*:*"]
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::ApiGatewayV2::Api)."
        resources = ["arn:{partition}:s3:::*/*"]
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::Lambda::Function)."
        resources = ["arn:{partition}:s3:::code/fn.zip"]
        reason    = "CloudFormation creates, updates and deletes `Fn` (AWS::Lambda::Function)."
        resources = ["arn:{partition}:s3files:*:*:file-system/*"]
        reason    = "CloudFormation creates, updates and deletes `Queue` (AWS::SQS::Queue)."
        resources = ["arn:{partition}:sqs:{aws-region}:{aws-account-id}:{aws-stack-name}-*"]
        reason   = "CloudFormation assumes the role to deploy the stack."
        # not covered: AWS publishes no permissions for `AWS::Serverless::Connector`, the type of `Link`
        # the resources that SAM adds for the event `New` of type `Quantum` are not known
        # The permissions of resource types are those in cfn-lint 1.58.0 of 2026-10-20.
        warning: not covered: AWS publishes no permissions for `AWS::Serverless::Connector`, the type of `Link`
          --> template.yaml:13:3
           |
        13 |   Link:
           |   ^^^^

        warning[TEMPLATE_ERROR]: the resources that SAM adds for the event `New` of type `Quantum` are not known
         --> template.yaml:3:3
          |
        3 |   Fn:
          |   ^^

    "#]].assert_eq(&(lines(&ran.stdout, &["reason", "resources = [\"", "#"]) + &ran.stderr));
}

#[test]
fn what_is_looked_up_and_called_is_included() {
    let folder = Folder::with(&[(
        "template.yaml",
        "Transform: [AWS::LanguageExtensions, Own]
Parameters:
  Image: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/service/ami}
  Provider: {Type: String}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: '{{resolve:secretsmanager:db:SecretString:password}} {{resolve:ssm:/app/name:1}}'}
  First:
    Type: Custom::First
    Properties: {ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:maker'}
  Second:
    Type: AWS::CloudFormation::CustomResource
    Properties: {ServiceToken: !Ref Topic}
  Third:
    Type: Custom::Third
    Properties: {ServiceToken: !Ref Provider}
  Metadata:
    Type: AWS::CDK::Metadata
",
    )]);
    let ran = folder.run(&["needs", "template.yaml"]);
    expect![[r#"
        reason    = "CloudFormation transforms the template with `Own`."
        resources = ["arn:{partition}:cloudformation:{aws-region}:{aws-account-id}:transform/Own"]
        reason    = "CloudFormation transforms the template with `AWS::LanguageExtensions`."
        resources = ["arn:{partition}:cloudformation:*:aws:transform/LanguageExtensions"]
        reason    = "CloudFormation creates, updates and deletes `Topic` (AWS::SNS::Topic)."
        resources = ["arn:{partition}:iam::*:role/*"]
        reason    = "CloudFormation calls what provides the custom resource `First`."
        resources = ["arn:aws:lambda:eu-west-1:123456789012:function:maker"]
        reason    = "CloudFormation looks up the value for `Topic`."
        resources = ["arn:{partition}:secretsmanager:{aws-region}:{aws-account-id}:secret:db-*"]
        reason    = "CloudFormation creates, updates and deletes `Topic` (AWS::SNS::Topic)."
        resources = ["arn:{partition}:sns:{aws-region}:{aws-account-id}:{aws-stack-name}-*"]
        reason    = "CloudFormation calls what provides the custom resource `Second`."
        resources = ["arn:{partition}:sns:{aws-region}:{aws-account-id}:{aws-stack-name}-*"]
        reason    = "CloudFormation looks up the value for `Topic`."
        resources = ["arn:{partition}:ssm:{aws-region}:*:parameter/app/name"]
        reason    = "CloudFormation looks up the value for `Image`."
        resources = ["arn:{partition}:ssm:{aws-region}:*:parameter/aws/service/ami"]
        reason   = "CloudFormation assumes the role to deploy the stack."
        # not covered: the template does not determine what provides the custom resource `Third`
        # The permissions of resource types are those in cfn-lint 1.58.0 of 2026-10-20.
        warning: not covered: the template does not determine what provides the custom resource `Third`
          --> template.yaml:15:3
           |
        15 |   Third:
           |   ^^^^^

    "#]]
    .assert_eq(&(lines(&ran.stdout, &["reason", "resources = [\"", "#"]) + &ran.stderr));
}

#[test]
fn large_templates_are_several_policies() {
    let mut template = String::from("Resources:\n");
    for kind in [
        "S3::Bucket",
        "EC2::Instance",
        "RDS::DBInstance",
        "ECS::Service",
        "Lambda::Function",
        "SNS::Topic",
    ] {
        template.extend(["  ", &kind.replace("::", ""), ":\n    Type: AWS::", kind, "\n"]);
    }
    let folder = Folder::with(&[("template.yaml", &template)]);
    let ran = folder.run(&["needs", "template.yaml"]);
    expect![[r#"
        [policy.deploy]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.statement]]
        [[policy.deploy.trust.statement]]
        [policy.deploy-2]
        [[policy.deploy-2.statement]]
        [[policy.deploy-2.statement]]
        [[policy.deploy-2.statement]]
        [[policy.deploy-2.statement]]
        [[policy.deploy-2.statement]]
        [[policy.deploy-2.statement]]
        [[policy.deploy-2.statement]]
        [[policy.deploy-2.statement]]
        [[policy.deploy-2.statement]]
        [[policy.deploy-2.statement]]
        [[policy.deploy-2.statement]]
        [[policy.deploy-2.statement]]
        [[policy.deploy-2.statement]]
        [policy.deploy-3]
        [[policy.deploy-3.statement]]
        [[policy.deploy-3.statement]]
        [[policy.deploy-3.statement]]
        [[policy.deploy-3.statement]]
    "#]]
    .assert_eq(&lines(&ran.stdout, &["[policy."]));
    folder.write("needs.toml", &ran.stdout);
    assert_eq!(folder.run(&["check", "--deny-warnings", "needs.toml"]).code, 0);
}

#[test]
fn what_is_not_a_template_is_refused() {
    let files = [
        ("a.yaml", "Resources: {A: {Type: 'Custom::A'}}"),
        ("b.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n"),
        ("c.json", "{\"Statement\": []}"),
        ("d.yaml", "Resources: {A: {Type: 'AWS::SQS::Queue'\n"),
        ("e.toml", "[policy.user]\n"),
    ];
    let folder = Folder::with(&files);
    let mut said = String::new();
    for (name, _) in files {
        said += &folder.run(&["needs", name]).to_string();
    }
    expect![[r#"
        ---
        warning: not covered: the template does not determine what provides the custom resource `A`
         --> a.yaml:1:13
          |
        1 | Resources: {A: {Type: 'Custom::A'}}
          |             ^

        error: what the resources in `a.yaml` need is not known: nothing is published about `Custom::A`
        exit code 2
        ---
        error: there are no resources in `b.yaml`
        exit code 2
        ---
        error: `c.json` is not a CloudFormation template
          = help: a template is an object with `Resources`; for other formats, nothing says what deploys them
        exit code 2
        ---
        error[YAML_SYNTAX_ERROR]: invalid YAML: while parsing a flow mapping, did not find expected ',' or '}'
         --> d.yaml:2:1
          |
        2 |
          | ^

        exit code 2
        ---
        error: `e.toml` is not a CloudFormation template
          = help: a template is an object with `Resources`; for other formats, nothing says what deploys them
        exit code 2
    "#]]
    .assert_eq(&said);
}
