//! The policies of CloudFormation and SAM templates.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fmt::Write;

use expect_test::{Expect, expect};
use iam_policy_document::Lines;
use iam_policy_templates::{Policy, policies_in, yaml};

/// Each policy with its location, name, type and documents.
fn shown(source: &str, policies: &[Policy]) -> String {
    let lines = Lines::new(source.as_bytes());
    let mut text = String::new();
    for policy in policies {
        let at = policy
            .document()
            .root()
            .span()
            .map(|span| lines.position(span.start).to_string());
        let at = at.unwrap_or_default();
        write!(text, "{at} {}: {}", policy.name, policy.policy_type).unwrap();
        if let Some(resource_type) = policy.resource_type {
            write!(text, " of {resource_type}").unwrap();
        }
        if let Some(attach) = policy.attach {
            write!(text, " as {attach}").unwrap();
        }
        text.push('\n');
        for variant in &policy.variants {
            if !variant.conditions.is_empty() {
                writeln!(text, "  where {}", variant.wording()).unwrap();
            }
            writeln!(text, "  {:?}", variant.document).unwrap();
        }
        for problem in &policy.problems {
            writeln!(text, "  {problem}").unwrap();
        }
    }
    text
}

fn check(source: &str, expected: Expect) {
    let reading = yaml::read(source.as_bytes());
    let mut text = String::new();
    for problem in &reading.problems {
        writeln!(text, "{problem}").unwrap();
    }
    if let Some(template) = policies_in(source.as_bytes(), reading.document.root()) {
        text.push_str(&shown(source, &template.policies));
        for managed in &template.managed {
            writeln!(text, "managed {}", iam_policy_core::variable::shown(&managed.arn)).unwrap();
        }
        for problem in &template.problems {
            writeln!(text, "{problem}").unwrap();
        }
    }
    expected.assert_eq(&text);
}

/// Checks how a value of `Resource` is computed, with other sections of the template.
fn resource(value: &str, sections: &str, expected: Expect) {
    let source = format!(
        "Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement:
          Resource: {value}
{sections}"
    );
    let reading = yaml::read(source.as_bytes());
    assert_eq!(reading.problems, [], "{source}");
    let template = policies_in(source.as_bytes(), reading.document.root()).unwrap();
    let mut text = String::new();
    for variant in &template.policies[0].variants {
        let statement = variant.document.statements().next().unwrap();
        let value = statement.0.get("Resource").unwrap().value;
        value.write(&mut text, iam_policy_core::Style::MINIFIED).unwrap();
        let wording = variant.wording();
        writeln!(text, "{}{wording}", if wording.is_empty() { "" } else { " where " }).unwrap();
    }
    expected.assert_eq(&text);
}

#[test]
fn inline_and_managed_policies() {
    check(
        "Resources:
  Worker:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: [lambda.amazonaws.com]}, Action: 'sts:AssumeRole'}
      ManagedPolicyArns:
        - !Sub arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess
      Policies:
        - PolicyName: a
          PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '*'}]}
        - PolicyName: b
          PolicyDocument: {Statement: []}
  Shared:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: shared
      Roles: [!Ref Worker]
      PolicyDocument: {Statement: []}
",
        expect![[r#"
            6:9 Resources.Worker.Properties.AssumeRolePolicyDocument: trust
              {"Statement":{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com"]},"Action":"sts:AssumeRole"}}
            11:27 Resources.Worker.Properties.Policies[0]: identity as inline-role
              {"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}
            13:27 Resources.Worker.Properties.Policies[1]: identity as inline-role
              {"Statement":[]}
            19:23 Resources.Shared.Properties.PolicyDocument: identity as inline-role
              {"Statement":[]}
            managed arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess
        "#]],
    );
}

#[test]
fn policies_of_resources() {
    check(
        r#"Resources:
  B: {Type: "AWS::S3::BucketPolicy", Properties: {PolicyDocument: {Statement: []}}}
  K: {Type: "AWS::KMS::Key", Properties: {KeyPolicy: {Statement: []}}}
  E: {Type: "AWS::ECR::Repository", Properties: {RepositoryPolicyText: {Statement: []}}}
  T: {Type: "AWS::DynamoDB::Table", Properties: {ResourcePolicy: {PolicyDocument: {Statement: []}}}}
  S: {Type: "AWS::SSO::PermissionSet", Properties: {InlinePolicy: {Statement: []}}}
  O: {Type: "AWS::Organizations::Policy", Properties: {Type: RESOURCE_CONTROL_POLICY, Content: {Statement: []}}}
  Tags: {Type: "AWS::Organizations::Policy", Properties: {Type: TAG_POLICY, Content: {tags: {}}}}
  C: {Type: "Custom::Policy", Properties: {A: [{B: {Statement: {Effect: Deny}}}]}}
  N: {Type: "AWS::NetworkManager::CoreNetwork", Properties: {PolicyDocument: {Statement: {Effect: x}}}}
"#,
        expect![[r#"
            2:67 Resources.B.Properties.PolicyDocument: resource of s3:bucket
              {"Statement":[]}
            3:54 Resources.K.Properties.KeyPolicy: resource of kms:key
              {"Statement":[]}
            4:72 Resources.E.Properties.RepositoryPolicyText: resource of ecr:repository
              {"Statement":[]}
            5:83 Resources.T.Properties.ResourcePolicy.PolicyDocument: resource of dynamodb:table
              {"Statement":[]}
            6:67 Resources.S.Properties.InlinePolicy: identity
              {"Statement":[]}
            7:96 Resources.O.Properties.Content: resource-control
              {"Statement":[]}
            9:52 Resources.C.Properties.A[0].B: identity
              {"Statement":{"Effect":"Deny"}}
        "#]],
    );
}

#[test]
fn permissions_are_statements() {
    check(
        r#"Resources:
  F: {Type: "AWS::Lambda::Function"}
  P:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref F
      Principal: sns.amazonaws.com
      SourceArn: !Ref Topic
      SourceAccount: !Ref AWS::AccountId
  Topic: {Type: "AWS::SNS::Topic"}
"#,
        expect![[r#"
            6:7 Resources.P.Properties: resource of lambda:function
              {"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${F}","Condition":{"ArnLike":{"aws:SourceArn":"arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${Topic}"},"StringEquals":{"aws:SourceAccount":"${AWS::AccountId}"}}}}
        "#]],
    );
}

#[test]
fn serverless_functions() {
    check(
        r#"Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - AWSLambdaBasicExecutionRole
        - S3ReadPolicy: {BucketName: !Ref Bucket}
        - Statement: [{Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Queue.Arn}]
        - S3ReadPolcy: {}
  Bucket: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Sub 'logs-${AWS::Region}'}}
  Queue: {Type: "AWS::SQS::Queue"}
"#,
        expect![[r#"
            8:11 Resources.F.Properties.Policies[1].S3ReadPolicy: identity
              {"Version":"2012-10-17","Statement":[{"Action":["s3:GetObject","s3:ListBucket","s3:GetBucketLocation","s3:GetObjectVersion","s3:GetLifecycleConfiguration"],"Effect":"Allow","Resource":["arn:${AWS::Partition}:s3:::logs-${AWS::Region}","arn:${AWS::Partition}:s3:::logs-${AWS::Region}/*"]}]}
            9:11 Resources.F.Properties.Policies[2]: identity as inline-role
              {"Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Queue}"}]}
            managed AWSLambdaBasicExecutionRole
            warning[TEMPLATE_ERROR]: SAM has no policy template `S3ReadPolcy`
              = help: did you mean `S3ReadPolicy`?
        "#]],
    );
}

#[test]
fn references() {
    let sections = "  Bucket: {Type: 'AWS::S3::Bucket'}
  Named: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub '${Stage}-logs'}}
  Role: {Type: 'AWS::IAM::Role', Properties: {Path: /team/, RoleName: r}}
  Other: {Type: 'AWS::Other::Thing'}
Parameters:
  Stage: {Type: String, Default: dev}
  Free: {Type: String}
  Empty: {Type: String, Default: ''}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}
  Names: {Type: CommaDelimitedList, Default: 'a, b'}
";
    for (value, expected) in [
        (
            "!Ref Bucket",
            expect![[r#"
            "${Bucket}"
        "#]],
        ),
        (
            "!GetAtt Bucket.Arn",
            expect![[r#"
            "arn:${AWS::Partition}:s3:::${Bucket}"
        "#]],
        ),
        (
            "!Sub '${Named.Arn}/*'",
            expect![[r#"
            "arn:${AWS::Partition}:s3:::dev-logs/*"
        "#]],
        ),
        (
            "!GetAtt [Role, Arn]",
            expect![[r#"
            "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/team/r"
        "#]],
        ),
        (
            "[!GetAtt Other.Arn, !Ref Other, !Ref Missing]",
            expect![[r#"
            ["${Other.Arn}","${Other}","${Missing}"]
        "#]],
        ),
        (
            "[!Ref Stage, !Ref Free, !Ref Empty, !Ref Stored]",
            expect![[r#"
            ["dev","${Free}","${Empty}","${Stored}"]
        "#]],
        ),
        (
            "!Ref Names",
            expect![[r#"
            ["a","b"]
        "#]],
        ),
        (
            "!Ref AWS::StackId",
            expect![[r#"
            "arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/${AWS::StackName}/${AWS::StackId}"
        "#]],
        ),
        (
            "[a, !Ref 'AWS::NoValue', b]",
            expect![[r#"
            ["a","b"]
        "#]],
        ),
        (
            "!Sub 'ec2.${AWS::URLSuffix}'",
            expect![[r#"
            "ec2.amazonaws.com"
        "#]],
        ),
    ] {
        resource(value, sections, expected);
    }
}

#[test]
fn functions() {
    let sections = "  Bucket: {Type: 'AWS::S3::Bucket'}
Mappings:
  Same: {eu-west-1: {A: x}, us-east-1: {A: x, B: y}}
";
    for (value, expected) in [
        (
            "!Join ['', ['arn:aws:s3:::', !Ref Bucket, '/*']]",
            expect![[r#"
            "arn:aws:s3:::${Bucket}/*"
        "#]],
        ),
        (
            "!Join [':', !Ref List]",
            expect![[r#"
            "${(\"Fn::Join\":[\":\",(\"Ref\":\"List\")])}"
        "#]],
        ),
        (
            "!Sub ['${a}/${!aws:username}/${Bucket}', {a: !Join ['-', [b, c]]}]",
            expect![[r#"
            "b-c/${aws:username}/${Bucket}"
        "#]],
        ),
        (
            "!Select [5, !Split [':', !GetAtt Bucket.Arn]]",
            expect![[r#"
            "${Bucket}"
        "#]],
        ),
        (
            "!Select [1, [a, b]]",
            expect![[r#"
            "b"
        "#]],
        ),
        (
            "!FindInMap [Same, !Ref AWS::Region, A]",
            expect![[r#"
            "x"
        "#]],
        ),
        (
            "!FindInMap [Same, us-east-1, B]",
            expect![[r#"
            "y"
        "#]],
        ),
        (
            "!FindInMap [Same, eu-west-1, B]",
            expect![[r#"
            "${(\"Fn::FindInMap\":[\"Same\",\"eu-west-1\",\"B\"])}"
        "#]],
        ),
        (
            "Fn::ImportValue: !Sub '${AWS::StackName}-bucket'",
            expect![[r#"
            "${(\"Fn::ImportValue\":(\"Fn::Sub\":\"(AWS::StackName)-bucket\"))}"
        "#]],
        ),
    ] {
        let value = if value.starts_with("Fn::") {
            format!("{{{value}}}")
        } else {
            value.to_owned()
        };
        resource(&value, sections, expected);
    }
}

#[test]
fn both_branches_of_conditions() {
    let sections = "Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Equals [!Ref Stage, test]
  NotProd: !Not [!Condition IsProd]
";
    resource(
        "!If [IsProd, a, !Ref Stage]",
        sections,
        expect![[r#"
            "a" where `IsProd` holds
            "${Stage}" where `IsProd` does not hold
        "#]],
    );
    resource(
        "[!If [IsProd, a, b], !If [NotProd, c, d]]",
        sections,
        expect![[r#"
            ["a","d"] where `IsProd` holds and `NotProd` does not
            ["b","c"] where `NotProd` holds and `IsProd` does not
        "#]],
    );
    // No stage is both.
    resource(
        "[!If [IsProd, a, b], !If [IsTest, c, !Ref 'AWS::NoValue']]",
        sections,
        expect![[r#"
            ["b","c"] where `IsTest` holds and `IsProd` does not
            ["a"] where `IsProd` holds and `IsTest` does not
            ["b"] where `IsProd` and `IsTest` do not hold
        "#]],
    );
}

#[test]
fn conditions_that_the_template_decides() {
    let sections = "Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  Always: !Equals [a, a]
  Never: !Not [!Condition Always]
  IsProd: !Equals [!Ref Stage, prod]
  NeverProd: !And [!Condition Never, !Condition IsProd]
  ProdOrAlways: !Or [!Condition IsProd, !Condition Always]
  ProdOrNever: !Or [!Condition IsProd, !Condition Never]
";
    resource(
        "[!If [Always, !Ref Stage, b], !If [Never, c, d], !If [NeverProd, e, f], !If [ProdOrAlways, g, h]]",
        sections,
        expect![[r#"
            ["dev","d","f","g"]
        "#]],
    );
    resource(
        "!If [Always, !If [ProdOrNever, !Ref Stage, b], c]",
        sections,
        expect![[r#"
            "${Stage}" where `ProdOrNever` holds
            "b" where `ProdOrNever` does not hold
        "#]],
    );
}

#[test]
fn a_condition_above_a_policy() {
    check(
        "Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Condition: Wanted
    Properties:
      PolicyDocument: !If
        - Wanted
        - Statement: {Sid: A}
        - Statement: {Sid: B}
",
        expect![[r#"
            8:11 Resources.P.Properties.PolicyDocument."Fn::If"[1]: identity as managed
              {"Statement":{"Sid":"A"}}
        "#]],
    );
}

#[test]
fn json_in_strings() {
    check(
        r#"Resources:
  R:
    Type: AWS::Logs::ResourcePolicy
    Properties:
      PolicyDocument: !Sub |
        {
          "Statement": {"Effect": "Allow", "Principal": {"AWS": "${AWS::AccountId}"}, "Resource": "${Log.Arn}"}
        }
  Log: {Type: "AWS::Logs::LogGroup"}
  Q:
    Type: AWS::Logs::ResourcePolicy
    Properties: {PolicyDocument: '{"Statement": [}'}
"#,
        expect![[r#"
            6:9 Resources.R.Properties.PolicyDocument: resource
              {"Statement":{"Effect":"Allow","Principal":{"AWS":"${AWS::AccountId}"},"Resource":"arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Log}:*"}}
            12:35 Resources.Q.Properties.PolicyDocument: resource
              {"Statement":[]}
              error[JSON_SYNTAX_ERROR]: expected a value or `]`, found `}`
              error[JSON_SYNTAX_ERROR]: expected a comma or `]`, found `}`
        "#]],
    );
}

#[test]
fn loops() {
    check(
        "Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Queues:
    - Name
    - [a, b]
    - Queue${Name}:
        Type: AWS::SQS::QueuePolicy
        Properties:
          PolicyDocument: {Statement: {Effect: Allow, Resource: !Sub '${Name}-queue'}}
",
        expect![[r#"
            9:27 Resources."Fn::ForEach::Queues"[2]."Queue${Name}".Properties.PolicyDocument: resource of sqs:queue
              {"Statement":{"Effect":"Allow","Resource":"a-queue"}}
            9:27 Resources."Fn::ForEach::Queues"[2]."Queue${Name}".Properties.PolicyDocument(2): resource of sqs:queue
              {"Statement":{"Effect":"Allow","Resource":"b-queue"}}
        "#]],
    );
}

#[test]
fn parts_of_templates() {
    check(
        "P: {Type: 'AWS::SQS::QueuePolicy', Properties: {PolicyDocument: {Statement: []}}}",
        expect![[r#"
            1:65 P.Properties.PolicyDocument: resource of sqs:queue
              {"Statement":[]}
        "#]],
    );
    check(
        "Type: AWS::SQS::QueuePolicy\nProperties: {PolicyDocument: {Statement: []}}",
        expect![[r#"
            2:30 Properties.PolicyDocument: resource of sqs:queue
              {"Statement":[]}
        "#]],
    );
    check(
        "Statement: {Effect: Allow, Action: 's3:GetObject', Resource: !Sub 'arn:${AWS::Partition}:s3:::b/*'}",
        expect![[r#"
            1:1 : identity
              {"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:${AWS::Partition}:s3:::b/*"}}
            note[TEMPLATE_ERROR]: `Fn::Sub` is a function of CloudFormation, so a part of this policy is unknown
        "#]],
    );
    check("kind: Deployment\nspec: {replicas: 2}", expect![[""]]);
    check("Statement: {Effect: Allow}", expect![[""]]);
}

#[test]
fn policies_of_apis() {
    check(
        "Resources:
  Own:
    Type: AWS::Serverless::Api
    Properties:
      Auth:
        ResourcePolicy:
          CustomStatements:
            - {Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}
      DefinitionBody:
        x-amazon-apigateway-policy:
          Statement: {Effect: Deny, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}
  Domain:
    Type: AWS::ApiGateway::DomainNameV2
    Properties:
      Policy: !ToJsonString
        Statement: {Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}
  New:
    Type: AWS::New::Thing
    Properties:
      Guard: !ToJsonString
        Statement: {Effect: Allow, Principal: '*', Action: 'sqs:*', Resource: '*'}
  Other:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        x-amazon-apigateway-policy:
          Statement: {Effect: Deny, Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}
",
        expect![[r#"
            8:13 Resources.Own.Properties.Auth.ResourcePolicy.CustomStatements: resource of apigateway:restapi
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}]}
            11:11 Resources.Own.Properties.DefinitionBody.x-amazon-apigateway-policy: resource of apigateway:restapi
              {"Statement":{"Effect":"Deny","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}}
            15:15 Resources.Domain.Properties.Policy: resource of apigateway:restapi
              {"Statement":{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}}
            20:14 Resources.New.Properties.Guard."Fn::ToJsonString": resource
              {"Statement":{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}}
            27:11 Resources.Other.Properties.Body.x-amazon-apigateway-policy: resource of apigateway:restapi
              {"Statement":{"Effect":"Deny","Action":"execute-api:Invoke","Resource":"execute-api:/*"}}
        "#]],
    );
}

#[test]
fn identity_providers_have_arns() {
    check(
        "Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Federated: !Ref Oidc}, Action: 'sts:AssumeRoleWithWebIdentity'}
          - {Effect: Allow, Principal: {Federated: !Ref Saml}, Action: 'sts:AssumeRoleWithSAML'}
  Oidc:
    Type: AWS::IAM::OIDCProvider
    Properties: {Url: 'https://token.actions.githubusercontent.com'}
  Saml:
    Type: AWS::IAM::SAMLProvider
    Properties: {Name: !Ref Directory}
",
        expect![[r#"
            6:9 Resources.Role.Properties.AssumeRolePolicyDocument: trust
              {"Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity"},{"Effect":"Allow","Principal":{"Federated":"arn:${AWS::Partition}:iam::${AWS::AccountId}:saml-provider/${Directory}"},"Action":"sts:AssumeRoleWithSAML"}]}
        "#]],
    );
}

#[test]
fn templates_without_resources_have_no_policies() {
    check(
        "Parameters: {Version: {Type: String}}
Rules: {Known: {Assertions: [{Assert: !Not [!Equals [!Ref Version, '1']]}]}}
",
        expect![[""]],
    );
    let source = b"Parameters: {A: {Type: String}}\nRules: {B: {Assertions: []}}\n";
    assert!(policies_in(source, yaml::read(source).document.root()).is_some());
}
