//! A fake simulator answers in place of AWS.

use expect_test::expect;
use iam_policy_commands::Exit;
use iam_policy_validate::{Cause, Decision, Failure, Matched};

use crate::{ANN, Answering, allowed, answers, ran};

#[test]
fn everything_is_allowed() {
    answers(
        &[],
        |_| Ok(allowed()),
        Exit::Success,
        expect![[r#"
        user (What a caller needs) in the partition `aws`
        for arn:aws:iam::123456789012:user/ann

        ✓ Buckets
        ✓ Functions

        everything is allowed: 2 of 2 statements
    "#]],
    );
    answers(
        &["role", "user"],
        |_| Ok(allowed()),
        Exit::Success,
        expect![[r#"
        user (What a caller needs) in the partition `aws`
        for arn:aws:iam::123456789012:user/ann

        ✓ Buckets
        ✓ Functions

        everything is allowed: 2 of 2 statements

        role in the partition `aws`
        for arn:aws:iam::123456789012:user/ann

        ✓ Read

        everything is allowed: 1 of 1 statements
    "#]],
    );
}

#[test]
fn missing_permissions_come_with_reason_and_addition() {
    answers(
        &[],
        |question| {
            Ok(if question.action == "s3:PutBucketPolicy" {
                (Decision::ImplicitDeny, Cause::default())
            } else {
                allowed()
            })
        },
        Exit::Negative,
        expect![[r#"
            user (What a caller needs) in the partition `aws`
            for arn:aws:iam::123456789012:user/ann

            ✗ Buckets
                s3:PutBucketPolicy on arn:aws:s3:::acme-files
                  no policy of the principal allows it
                  why: Makes a bucket public.
                  without it: New buckets fall back to an ACL.
            ✓ Functions

            allowed: 1 of 2 statements

            add to the principal's policies (it has 144 characters; the limit for all inline policies of the user is 2,048):

            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "Buckets",
                  "Effect": "Allow",
                  "Action": [
                    "s3:PutBucketPolicy"
                  ],
                  "Resource": [
                    "arn:aws:s3:::acme-files"
                  ]
                }
              ]
            }
        "#]],
    );
}

#[test]
fn unfixable_denials_name_who_can_fix_them() {
    let answer: Answering = |question| {
        let cause = Cause::default();
        Ok(match question.action.as_str() {
            "s3:CreateBucket" => {
                let matched = vec![Matched {
                    policy: "no-buckets".to_owned(),
                    kind: "user".to_owned(),
                    start: Some((3, 5)),
                    end: Some((3, 80)),
                }];
                (Decision::ExplicitDeny, Cause { matched, ..cause })
            }
            "s3:PutBucketPolicy" => (
                Decision::ImplicitDeny,
                Cause {
                    organizations: Some(false),
                    ..cause
                },
            ),
            _ => (
                Decision::ImplicitDeny,
                Cause {
                    boundary: Some(false),
                    missing_context: vec!["aws:SourceIp".to_owned()],
                    ..cause
                },
            ),
        })
    };
    answers(
        &[],
        answer,
        Exit::Negative,
        expect![[r#"
            user (What a caller needs) in the partition `aws`
            for arn:aws:iam::123456789012:user/ann

            ✗ Buckets
                s3:CreateBucket on arn:aws:s3:::acme-files
                  `no-buckets` at 3:5 denies it
                  why: Sets buckets up.
                  without it: Nothing works.
                s3:PutBucketPolicy on arn:aws:s3:::acme-files
                  the service control policies of the organization do not allow it
                  why: Makes a bucket public.
                  without it: New buckets fall back to an ACL.
            ✗ Functions
                lambda:GetFunction on arn:aws:lambda:*:*:function:acme-*
                  the permissions boundary does not allow it
                  the answer depends on `aws:SourceIp`: set them with `--context KEY=VALUE`
                  why: Finds functions.

            allowed: 0 of 2 statements

            what an addition cannot fix:

            s3:CreateBucket: `no-buckets` at 3:5 has to be changed or detached, since a deny overrides every allow
            s3:PutBucketPolicy: the service control policies must allow it too; ask whoever manages the organization
            lambda:GetFunction: the permissions boundary must allow it too; ask whoever manages it
        "#]],
    );
    answers(
        &["--format", "json"],
        answer,
        Exit::Negative,
        expect![[r#"
            {
              "principal": {
                "arn": "arn:aws:iam::123456789012:user/ann",
                "account": "123456789012",
                "partition": "aws",
                "region": "eu-central-1"
              },
              "allowed": false,
              "policies": [
                {
                  "policy": "user",
                  "partition": "aws",
                  "allowed": false,
                  "statements": [
                    {
                      "sid": "Buckets",
                      "id": "buckets",
                      "allowed": false,
                      "checks": [
                        {
                          "action": "s3:CreateBucket",
                          "resource": "arn:aws:s3:::acme-files",
                          "status": "denied",
                          "reason": "Sets buckets up.",
                          "without": "Nothing works.",
                          "denials": [
                            {
                              "action": "s3:CreateBucket",
                              "resource": "arn:aws:s3:::acme-files",
                              "decision": "explicitDeny",
                              "because": "`no-buckets` at 3:5 denies it",
                              "matched": [
                                {
                                  "policy": "no-buckets",
                                  "kind": "user",
                                  "start": {
                                    "line": 3,
                                    "column": 5
                                  },
                                  "end": {
                                    "line": 3,
                                    "column": 80
                                  }
                                }
                              ]
                            }
                          ]
                        },
                        {
                          "action": "s3:PutBucketPolicy",
                          "resource": "arn:aws:s3:::acme-files",
                          "status": "denied",
                          "reason": "Makes a bucket *public*.",
                          "without": "New buckets fall back to an ACL.",
                          "denials": [
                            {
                              "action": "s3:PutBucketPolicy",
                              "resource": "arn:aws:s3:::acme-files",
                              "decision": "implicitDeny",
                              "because": "the service control policies of the organization do not allow it",
                              "allowedByOrganizations": false
                            }
                          ]
                        }
                      ]
                    },
                    {
                      "sid": "Functions",
                      "id": "functions",
                      "allowed": false,
                      "checks": [
                        {
                          "action": "lambda:GetFunction",
                          "resource": "arn:aws:lambda:*:*:function:acme-*",
                          "status": "denied",
                          "reason": "Finds functions.",
                          "denials": [
                            {
                              "action": "lambda:GetFunction",
                              "resource": "arn:aws:lambda:*:*:function:acme-*",
                              "decision": "implicitDeny",
                              "because": "the permissions boundary does not allow it",
                              "allowedByPermissionsBoundary": false,
                              "missingContextValues": [
                                "aws:SourceIp"
                              ]
                            },
                            {
                              "action": "lambda:GetFunction",
                              "resource": "arn:aws:lambda:eu-central-1:123456789012:function:acme-*",
                              "decision": "implicitDeny",
                              "because": "the permissions boundary does not allow it",
                              "allowedByPermissionsBoundary": false,
                              "missingContextValues": [
                                "aws:SourceIp"
                              ]
                            },
                            {
                              "action": "lambda:GetFunction",
                              "resource": "arn:aws:lambda:eu-central-1:123456789012:function:acme-a",
                              "decision": "implicitDeny",
                              "because": "the permissions boundary does not allow it",
                              "allowedByPermissionsBoundary": false,
                              "missingContextValues": [
                                "aws:SourceIp"
                              ]
                            }
                          ]
                        }
                      ]
                    }
                  ],
                  "remedies": [
                    {
                      "what": "`no-buckets` at 3:5 has to be changed or detached, since a deny overrides every allow",
                      "actions": [
                        "s3:CreateBucket"
                      ]
                    },
                    {
                      "what": "the service control policies must allow it too; ask whoever manages the organization",
                      "actions": [
                        "s3:PutBucketPolicy"
                      ]
                    },
                    {
                      "what": "the permissions boundary must allow it too; ask whoever manages it",
                      "actions": [
                        "lambda:GetFunction"
                      ]
                    }
                  ]
                }
              ]
            }
        "#]],
    );
}

#[test]
fn the_principals_account_and_region_suffice() {
    answers(
        &[],
        |question| {
            Ok(if question.resource.starts_with("arn:aws:lambda:*") {
                (Decision::ImplicitDeny, Cause::default())
            } else {
                allowed()
            })
        },
        Exit::Success,
        expect![[r#"
            user (What a caller needs) in the partition `aws`
            for arn:aws:iam::123456789012:user/ann

            ✓ Buckets
            ✓ Functions
                only in the principal's own account and region

            everything is allowed: 2 of 2 statements
        "#]],
    );
}

#[test]
fn context_is_sent() {
    let answer: Answering = |question| {
        let keys: Vec<_> = question
            .context
            .iter()
            .map(|entry| (entry.key.as_str(), entry.values.len()))
            .collect();
        assert_eq!(keys, [("aws:SourceIp", 1), ("aws:TagKeys", 2)]);
        Ok(allowed())
    };
    let args = [
        "--context",
        "aws:TagKeys=a",
        "--context",
        "aws:SourceIp=203.0.113.7",
        "--context",
        "aws:tagkeys=b",
    ];
    assert_eq!(ran(&args, ANN, Ok(()), answer).0, Exit::Success);
}

#[test]
fn unsupported_principals_are_errors() {
    let root = ran(&[], ANN, Err(Failure::Root), |_| Ok(allowed()));
    assert_eq!((root.0, root.1.as_str()), (Exit::Usage, ""));
    expect![[r#"
        error: the credentials are those of the account's root user
          = help: the root user is allowed everything in its account that the organization does not deny, and AWS does not simulate it
          = help: ask about another user, group or role, such as `--principal arn:aws:iam::123456789012:user/ann`
    "#]].assert_eq(&root.2);
    // Earlier answers do not make it one.
    let later = ran(&[], ANN, Ok(()), |question| {
        if question.action == "s3:CreateBucket" {
            return Ok(allowed());
        }
        Err(Failure::NotAuthorized {
            action: "iam:SimulatePrincipalPolicy".to_owned(),
            message: "no\u{1b}[2J".to_owned(),
        })
    });
    assert_eq!((later.0, later.1.as_str()), (Exit::Usage, ""));
    expect![[r#"
        error: the caller is not allowed `iam:SimulatePrincipalPolicy`: no\u{1b}[2J
          = help: allow the caller `iam:SimulatePrincipalPolicy`, or ask with the credentials of someone who may
          = help: policies at hand can be examined without asking AWS: `--granted FILE`
          = help: 1 of 5 questions had been answered
    "#]]
    .assert_eq(&later.2);
}

#[test]
fn the_partition_follows_the_principal() {
    let china = "arn:aws-cn:iam::123456789012:user/ann";
    let of_china: Answering = |question| {
        assert!(question.pattern.starts_with("arn:aws-cn:"), "{question:?}");
        Ok(allowed())
    };
    assert_eq!(ran(&[], china, Ok(()), of_china).0, Exit::Success);
    assert_eq!(
        ran(&["--partition", "aws-cn"], china, Ok(()), of_china).0,
        Exit::Success
    );
    let other = ran(&["--partition", "aws"], china, Ok(()), of_china);
    assert_eq!((other.0, other.1.as_str()), (Exit::Usage, ""));
    expect![[r#"
        error: `arn:aws-cn:iam::123456789012:user/ann` is in the partition `aws-cn` and has no permissions in `aws`
          = help: omit `--partition`, or name a principal in that partition
    "#]]
    .assert_eq(&other.2);
    let elsewhere = ran(&[], "arn:aws-us-gov:iam::123456789012:user/ann", Ok(()), |_| {
        Ok(allowed())
    });
    assert_eq!(elsewhere.0, Exit::Usage);
    expect![[r#"
        error: `arn:aws-us-gov:iam::123456789012:user/ann` is in the partition `aws-us-gov`, which the policy `user` does not support
          = help: the partitions of this policy are `aws` and `aws-cn`
    "#]].assert_eq(&elsewhere.2);
}

#[test]
fn wide_patterns_are_sampled() {
    let needed = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(
        needed.path(),
        r#"{"Statement": {"Effect": "Allow", "Action": ["ec2:*", "sqs:*"], "Resource": "*"}}"#,
    )
    .unwrap();
    let args = ["--required-from", needed.path().to_str().unwrap()];
    let (exit, stdout, _) = ran(&args, ANN, Ok(()), |_| Ok(allowed()));
    assert_eq!(exit, Exit::Success);
    assert!(
        stdout.contains("✓ statement 1\n    only a sample of the many actions in `ec2:*` was asked about\n"),
        "{stdout}"
    );
    let (_, json, _) = ran(&[&args[..], &["--format", "json"]].concat(), ANN, Ok(()), |_| {
        Ok(allowed())
    });
    assert!(json.contains("\"sample\": true"), "{json}");
}
