//! The `aws` command line asks the server. The environment variable `AWS_CLI` says where the program is; `.ci/run`
//! installs it.

use std::process::Command;
use std::time::Duration;

use expect_test::{Expect, expect};
use iam_policy_server::{Fault, Operation, Server, Settings, Shape};
use serde_json::{Value, json};

use crate::support::{ANN, BUILD, ROOT, principals, server};

/// What the command line answers: what it prints, or what it says against it.
fn aws(server: &Server, key: &str, arguments: &[&str]) -> Result<String, String> {
    let program = std::env::var_os("AWS_CLI");
    let program = program
        .ok_or("AWS_CLI does not say where the program `aws` is")
        .unwrap();
    let output = Command::new(program)
        .args(["--endpoint-url", server.url(), "--output", "json"])
        .args(arguments)
        // What the machine has set must not matter.
        .env("AWS_CONFIG_FILE", "none")
        .env("AWS_SHARED_CREDENTIALS_FILE", "none")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_PAGER", "")
        .env("AWS_ACCESS_KEY_ID", key)
        .env("AWS_SECRET_ACCESS_KEY", "none")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_SESSION_TOKEN")
        .output()
        .unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

fn check(server: &Server, key: &str, arguments: &[&str], expected: Expect) {
    expected.assert_eq(&aws(server, key, arguments).unwrap_or_else(|error| error));
}

#[test]
#[ignore = "needs the aws command line"]
fn caller_identity() {
    check(
        &server(),
        BUILD,
        &["sts", "get-caller-identity"],
        expect![[r#"
            {
                "UserId": "AROACKCEVSQ6C2EXAMPLE:42",
                "Account": "123456789012",
                "Arn": "arn:aws:sts::123456789012:assumed-role/build/42"
            }
        "#]],
    );
}

#[test]
#[ignore = "needs the aws command line"]
fn a_role_with_its_trust_policy() {
    let server = server();
    check(
        &server,
        BUILD,
        &["iam", "get-role", "--role-name", "build"],
        expect![[r#"
            {
                "Role": {
                    "Path": "/ci/",
                    "RoleName": "build",
                    "RoleId": "AROACKCEVSQ6C2EXAMPLE",
                    "Arn": "arn:aws:iam::123456789012:role/ci/build",
                    "CreateDate": "2026-01-15T09:00:00Z",
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Principal": {
                                    "Service": "codebuild.amazonaws.com"
                                },
                                "Action": "sts:AssumeRole"
                            }
                        ]
                    },
                    "MaxSessionDuration": 3600,
                    "PermissionsBoundary": {
                        "PermissionsBoundaryType": "Policy",
                        "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/limit"
                    },
                    "RoleLastUsed": {}
                }
            }
        "#]],
    );
    check(
        &server,
        BUILD,
        &["iam", "get-role", "--role-name", "nobody"],
        expect![[r#"

            An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name nobody cannot be found.
        "#]],
    );
    check(
        &server,
        ANN,
        &["iam", "get-role", "--role-name", "build"],
        expect![[r#"

            An error occurred (AccessDenied) when calling the GetRole operation: User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:GetRole on resource: role build because no identity-based policy allows the iam:GetRole action
        "#]],
    );
}

#[test]
#[ignore = "needs the aws command line"]
fn the_cli_example() {
    // AWS CLI Command Reference, `simulate-custom-policy`, example 1.
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}"#;
    let reading = iam_policy_account::read(br#"{"AccessKeys": {"AKIAROOTEXAMPLE": "arn:aws:iam::123456789012:root"}}"#);
    let server = Server::start(Settings::new(reading.principals)).unwrap();
    check(
        &server,
        ROOT,
        &[
            "iam",
            "simulate-custom-policy",
            "--policy-input-list",
            policy,
            "--action-names",
            "dynamodb:CreateBackup",
            "--context-entries",
            "ContextKeyName='aws:CurrentTime',ContextKeyValues='2019-04-25T11:00:00Z',ContextKeyType=date",
        ],
        expect![[r#"
            {
                "EvaluationResults": [
                    {
                        "EvalActionName": "dynamodb:CreateBackup",
                        "EvalResourceName": "*",
                        "EvalDecision": "allowed",
                        "MatchedStatements": [
                            {
                                "SourcePolicyId": "PolicyInputList.1",
                                "SourcePolicyType": "IAM Policy",
                                "StartPosition": {
                                    "Line": 1,
                                    "Column": 38
                                },
                                "EndPosition": {
                                    "Line": 1,
                                    "Column": 167
                                }
                            }
                        ],
                        "MissingContextValues": []
                    }
                ]
            }
        "#]],
    );
}

#[test]
#[ignore = "needs the aws command line"]
fn the_aws_answer_from_2025() {
    // What AWS answered when it gave a result for each resource, to a role whose policy was written by Python's `json`.
    let reading = iam_policy_account::read(
        br#"{
            "RoleDetailList": [{
                "RoleName": "uploader",
                "Arn": "arn:aws:iam::123456789012:role/uploader",
                "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::123456789012:policy/upload"}]
            }],
            "Policies": [{
                "Arn": "arn:aws:iam::123456789012:policy/upload",
                "PolicyVersionList": [{
                    "IsDefaultVersion": true,
                    "Document": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:PutObject\", \"Resource\": \"arn:aws:s3:::bucket\"}]}"
                }]
            }],
            "AccessKeys": {"AKIAROOTEXAMPLE": "arn:aws:iam::123456789012:root"},
            "ServiceControlPolicies": [[{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]]
        }"#,
    );
    assert_eq!(reading.problems, []);
    let server = Server::start(Settings::new(reading.principals).shape(Shape::PerResource)).unwrap();
    let printed = aws(
        &server,
        ROOT,
        &[
            "iam",
            "simulate-principal-policy",
            "--policy-source-arn",
            "arn:aws:iam::123456789012:role/uploader",
            "--action-names",
            "s3:PutObject",
            "s3:GetObjectVersion",
            "--resource-arns",
            "arn:aws:s3:::bucket",
        ],
    );
    let matched = json!([{
        "SourcePolicyId": "upload",
        "SourcePolicyType": "IAM Policy",
        "StartPosition": {"Line": 1, "Column": 41},
        "EndPosition": {"Line": 1, "Column": 121}
    }]);
    let result = |action: &str, decision: &str, matched: Value| {
        json!({
            "EvalActionName": action,
            "EvalDecision": decision,
            "EvalDecisionDetails": {},
            "EvalResourceName": "arn:aws:s3:::bucket",
            "MatchedStatements": matched,
            "MissingContextValues": [],
            "OrganizationsDecisionDetail": {"AllowedByOrganizations": true},
            "ResourceSpecificResults": [{
                "EvalResourceDecision": decision,
                "EvalResourceName": "arn:aws:s3:::bucket",
                "MatchedStatements": matched,
                "MissingContextValues": []
            }]
        })
    };
    let printed: Value = serde_json::from_str(&printed.unwrap()).unwrap();
    assert_eq!(
        printed,
        json!({
            "EvaluationResults": [
                result("s3:PutObject", "allowed", matched),
                result("s3:GetObjectVersion", "implicitDeny", json!([]))
            ]
        })
    );
}

#[test]
#[ignore = "needs the aws command line"]
fn principal_permissions() {
    check(
        &server(),
        ANN,
        &[
            "iam",
            "simulate-principal-policy",
            "--policy-source-arn",
            "arn:aws:iam::123456789012:user/ann",
            "--action-names",
            "s3:GetObject",
            "--resource-arns",
            "arn:aws:s3:::reports/1.pdf",
            "arn:aws:s3:::reports/drafts/1.pdf",
        ],
        expect![[r#"
            {
                "EvaluationResults": [
                    {
                        "EvalActionName": "s3:GetObject",
                        "EvalResourceName": "arn:${Partition}:s3:::${BucketName}/${ObjectName}",
                        "EvalDecision": "explicitDeny",
                        "MatchedStatements": [
                            {
                                "SourcePolicyId": "read-reports",
                                "SourcePolicyType": "IAM Policy",
                                "StartPosition": {
                                    "Line": 8,
                                    "Column": 6
                                },
                                "EndPosition": {
                                    "Line": 13,
                                    "Column": 6
                                }
                            }
                        ],
                        "MissingContextValues": [],
                        "OrganizationsDecisionDetail": {
                            "AllowedByOrganizations": true
                        },
                        "PermissionsBoundaryDecisionDetail": {
                            "AllowedByPermissionsBoundary": true
                        },
                        "EvalDecisionDetails": {},
                        "ResourceSpecificResults": [
                            {
                                "EvalResourceName": "arn:aws:s3:::reports/1.pdf",
                                "EvalResourceDecision": "allowed",
                                "MatchedStatements": [
                                    {
                                        "SourcePolicyId": "read-reports",
                                        "SourcePolicyType": "IAM Policy",
                                        "StartPosition": {
                                            "Line": 3,
                                            "Column": 17
                                        },
                                        "EndPosition": {
                                            "Line": 8,
                                            "Column": 6
                                        }
                                    }
                                ],
                                "MissingContextValues": [],
                                "PermissionsBoundaryDecisionDetail": {
                                    "AllowedByPermissionsBoundary": true
                                }
                            },
                            {
                                "EvalResourceName": "arn:aws:s3:::reports/drafts/1.pdf",
                                "EvalResourceDecision": "explicitDeny",
                                "MatchedStatements": [
                                    {
                                        "SourcePolicyId": "read-reports",
                                        "SourcePolicyType": "IAM Policy",
                                        "StartPosition": {
                                            "Line": 8,
                                            "Column": 6
                                        },
                                        "EndPosition": {
                                            "Line": 13,
                                            "Column": 6
                                        }
                                    }
                                ],
                                "MissingContextValues": [],
                                "PermissionsBoundaryDecisionDetail": {
                                    "AllowedByPermissionsBoundary": true
                                }
                            }
                        ]
                    }
                ]
            }
        "#]],
    );
}

#[test]
#[ignore = "needs the aws command line"]
fn pages_and_throttling_are_seen_through() {
    for (shape, calls) in [(Shape::PerAction, 2), (Shape::PerResource, 3)] {
        let settings = Settings::new(principals())
            .shape(shape)
            .page_size(2)
            .delay(Duration::from_millis(1))
            .fault(Operation::SimulatePrincipalPolicy, Fault::Throttle, 1);
        let server = Server::start(settings).unwrap();
        let printed = aws(
            &server,
            ANN,
            &[
                "iam",
                "simulate-principal-policy",
                "--policy-source-arn",
                "arn:aws:iam::123456789012:user/ann",
                "--action-names",
                "s3:GetObject",
                "s3:PutObject",
                "s3:ListBucket",
                "--resource-arns",
                "arn:aws:s3:::reports/1",
                "arn:aws:s3:::other/1",
            ],
        );
        let printed: Value = serde_json::from_str(&printed.unwrap()).unwrap();
        let results = printed["EvaluationResults"].as_array().unwrap();
        let decisions: Vec<_> = results
            .iter()
            .flat_map(|result| result["ResourceSpecificResults"].as_array().unwrap())
            .map(|result| result["EvalResourceDecision"].as_str().unwrap())
            .collect();
        let (yes, no) = ("allowed", "implicitDeny");
        assert_eq!(decisions, [yes, no, no, no, yes, no]);
        let statuses: Vec<_> = server.calls().iter().map(|call| call.status).collect();
        assert_eq!(statuses, [&[400][..], &vec![200; calls]].concat());
    }
}
