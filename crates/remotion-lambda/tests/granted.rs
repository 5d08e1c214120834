//! `policies validate --granted` and `policies attach`, run as a shell would. They need neither network nor
//! credentials.

#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]

use std::path::{Path, PathBuf};

use expect_test::{Expect, expect};
use iam_policy::Options;
use remotion_lambda_policies::{ALL, ROLE, USER};
use serde_json::Value;
use testing_support::{Ran, isolated, run_with_input};

/// A file in cargo's folder for tests.
fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Runs in that folder, without anything that refers to an AWS account.
fn run(args: &[&str], stdin: &str) -> Ran {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let mut command = isolated(env!("CARGO_BIN_EXE_remotion-lambda"), folder);
    run_with_input(command.arg("policies").args(args).current_dir(folder), stdin.as_bytes())
}

fn prints(args: &[&str], code: i32, expected: Expect) {
    let Ran {
        code: ended,
        stdout,
        stderr,
    } = run(args, "");
    assert_eq!((ended, stderr.as_str()), (code, ""), "{args:?}");
    expected.assert_eq(&stdout);
}

#[test]
fn every_policy_grants_itself() {
    for policy in ALL {
        for &partition in policy.partitions {
            let options = Options::DEFAULT.partition(partition);
            let text = policy.render(options).unwrap().to_string();
            let Ran { code, stdout, stderr } = run(&["validate", policy.name, "--granted", "-"], &text);
            assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
            assert!(
                !stdout.contains('✗') && stdout.contains(&format!("in the partition `{partition}`")),
                "{stdout}"
            );
        }
    }
    let Ran { code, .. } = run(&["validate", "user", "--granted", "-"], ROLE.json);
    assert_eq!(code, 1);
}

#[test]
fn missing_permissions_can_be_pasted() {
    let attached = USER.json.replace("\"lambda:TagResource\"", "\"lambda:ListTags\"");
    file("untagged.json", &attached);
    prints(
        &["validate", "--granted", "untagged.json"],
        1,
        expect![[r#"
            user (User permissions) in the partition `aws`

            ✓ HandleQuotas
            ✓ PermissionValidation
            ✓ LambdaInvokation
            ✓ Storage
            ✓ BucketListing
            ✓ FunctionListing
            ✗ FunctionManagement
                lambda:TagResource on arn:aws:lambda:*:*:function:remotion-render-*
                  no policy of the principal allows it
                  for example on arn:aws:lambda:us-east-1:123456789012:function:remotion-render-
                  why: Tags a function with Remotion's version and the function's memory, disk and timeout.
                  without it: The function has no tags.
            ✓ LogsRetention
            ✓ FetchBinaries

            allowed: 8 of 9 statements

            add to the principal's policies (it has 177 characters):

            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "FunctionManagement",
                  "Effect": "Allow",
                  "Action": [
                    "lambda:TagResource"
                  ],
                  "Resource": [
                    "arn:aws:lambda:*:*:function:remotion-render-*"
                  ]
                }
              ]
            }
        "#]],
    );

    let Ran { stdout: json, .. } = run(&["validate", "--granted", "untagged.json", "--format", "json"], "");
    let result: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(result["allowed"], false);
    let addition = &result["policies"][0]["addition"];
    file("addition.json", &addition.to_string());
    let Ran { code, stdout, .. } = run(&["validate", "--granted", "untagged.json", "addition.json"], "");
    assert_eq!(code, 0, "{stdout}");
}

#[test]
fn an_earlier_release_lacks_what_was_added() {
    // The attached policy is for other buckets than the program is configured to use.
    file("attached.json", USER.json);
    let Ran { code, stdout, stderr } = run(
        &[
            "validate",
            "user",
            "--granted",
            "attached.json",
            "--set",
            "bucket-prefix=acme-",
            "--with",
            "output-bucket",
        ],
        "",
    );
    assert_eq!((code, stderr.as_str()), (1, ""));
    assert!(
        stdout.contains("s3:PutObject") && stdout.contains("on arn:aws:s3:::acme-*"),
        "{stdout}"
    );
    let Ran { code, .. } = run(
        &[
            "validate",
            "--granted",
            "attached.json",
            "--required-from",
            "attached.json",
        ],
        "",
    );
    assert_eq!(code, 0);
}

#[test]
fn asking_needs_credentials() {
    let Ran { code, stdout, stderr } = run(&["validate"], "");
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(
        stderr.starts_with("error: ") && stderr.contains("  = help: "),
        "{stderr}"
    );
}

#[test]
fn the_commands_carry_the_policy() {
    let Ran { code, stdout, stderr } = run(
        &[
            "attach",
            "role",
            "--role-name",
            "remotion-lambda-role",
            "--as",
            "inline-role",
        ],
        "",
    );
    assert_eq!((code, stderr.as_str()), (0, ""));
    let lines = stdout.lines().map(str::trim_start);
    let commands: Vec<&str> = lines.filter(|line| line.starts_with("aws ")).collect();
    assert_eq!(
        commands,
        [
            "aws iam update-assume-role-policy \\",
            "aws iam create-role \\",
            "aws iam put-role-policy \\"
        ]
    );
    let document = stdout
        .lines()
        .last()
        .unwrap()
        .trim_start()
        .strip_prefix("--policy-document '")
        .unwrap();
    let document: Value = serde_json::from_str(document.strip_suffix('\'').unwrap()).unwrap();
    file("pasted.json", &document.to_string());
    let Ran { code, .. } = run(&["validate", "role", "--granted", "pasted.json"], "");
    assert_eq!(code, 0);
}
