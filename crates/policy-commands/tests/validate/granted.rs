//! Proves policies in files.

use std::fs;

use expect_test::{Expect, expect};
use iam_policy_commands::Exit;

use crate::{ANN, EVERYTHING, folder, ran_in};

#[test]
fn proves_policies_in_files() {
    let folder = folder(&[
        ("all.json", EVERYTHING),
        (
            "some.json",
            r#"{"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                {"Sid": "NoPolicies", "Effect": "Deny", "Action": "s3:Put*Policy", "Resource": "*",
                 "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}]}"#,
        ),
        (
            "limit.json",
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
        ),
        (
            "need.json",
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:*Object", "Resource": "*"}}"#,
        ),
    ]);
    let check = |args: &[&str], exit: Exit, expected: Expect| {
        let (ended, stdout, stderr) = ran_in(folder.path(), args);
        assert_eq!((ended, stderr.as_str()), (exit, ""), "{args:?}");
        expected.assert_eq(&stdout);
    };
    check(
        &["--granted", "@all.json"],
        Exit::Success,
        expect![[r#"
        user (What a caller needs) in the partition `aws`

        ✓ Buckets
        ✓ Functions

        everything is allowed: 2 of 2 statements
    "#]],
    );
    check(
        &["user", "--granted", "@some.json"],
        Exit::Negative,
        expect![[r#"
            user (What a caller needs) in the partition `aws`

            ✗ Buckets
                s3:PutBucketPolicy on arn:aws:s3:::acme-files
                  `some.json`, statement `NoPolicies` denies it
                  for example on arn:aws:s3:::acme-files, where `aws:MultiFactorAuthPresent` is `false`
                  why: Makes a bucket public.
                  without it: New buckets fall back to an ACL.
            ✗ Functions
                lambda:GetFunction on arn:aws:lambda:*:*:function:acme-*
                  no policy of the principal allows it
                  for example on arn:aws:lambda:us-east-1:123456789012:function:acme-
                  why: Finds functions.

            allowed: 0 of 2 statements

            add to the principal's policies (it has 157 characters):

            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "Functions",
                  "Effect": "Allow",
                  "Action": [
                    "lambda:GetFunction"
                  ],
                  "Resource": [
                    "arn:aws:lambda:*:*:function:acme-*"
                  ]
                }
              ]
            }

            what an addition cannot fix:

            s3:PutBucketPolicy: `some.json`, statement `NoPolicies` has to be changed or detached, since a deny overrides every allow
        "#]],
    );
    // Both apply together.
    check(
        &[
            "--granted",
            "@some.json",
            "@all.json",
            "--context",
            "aws:MultiFactorAuthPresent=true",
        ],
        Exit::Success,
        expect![[r#"
            user (What a caller needs) in the partition `aws`

            ✓ Buckets
            ✓ Functions

            everything is allowed: 2 of 2 statements
        "#]],
    );
    check(
        &[
            "--granted",
            "@all.json",
            "--boundary",
            "@limit.json",
            "--service-control",
            "@all.json",
            "--service-control",
            "@some.json",
        ],
        Exit::Negative,
        expect![[r#"
            user (What a caller needs) in the partition `aws`

            ✗ Buckets
                s3:PutBucketPolicy on arn:aws:s3:::acme-files
                  a service control policy of the organization denies it: `some.json`, statement `NoPolicies`
                  for example on arn:aws:s3:::acme-files, where `aws:MultiFactorAuthPresent` is `false`
                  why: Makes a bucket public.
                  without it: New buckets fall back to an ACL.
            ✗ Functions
                lambda:GetFunction on arn:aws:lambda:*:*:function:acme-*
                  the permissions boundary does not allow it
                  the service control policies of the organization do not allow it
                  for example on arn:aws:lambda:us-east-1:123456789012:function:acme-
                  why: Finds functions.

            allowed: 0 of 2 statements

            what an addition cannot fix:

            s3:PutBucketPolicy, lambda:GetFunction: the service control policies must allow it too; ask whoever manages the organization
            lambda:GetFunction: the permissions boundary must allow it too; ask whoever manages it
        "#]],
    );
    check(
        &["--granted", "@limit.json", "--required-from", "@need.json"],
        Exit::Success,
        expect![[r#"
            need.json

            ✓ statement 1

            everything is allowed: 1 of 1 statements
        "#]],
    );
    check(
        &["--granted", "@need.json", "--required-from", "@limit.json"],
        Exit::Negative,
        expect![[r#"
            limit.json

            ✗ statement 1
                s3:* on *
                  no policy of the principal allows it
                  for example s3:CreateJob on *

            allowed: 0 of 1 statements

            add to the principal's policies (it has 69 characters):

            {
              "Statement": [
                {
                  "Effect": "Allow",
                  "Action": [
                    "s3:*"
                  ],
                  "Resource": [
                    "*"
                  ]
                }
              ]
            }
        "#]],
    );
    check(
        &[
            "role",
            "--granted",
            "@limit.json",
            "--principal",
            ANN,
            "--region",
            "eu-west-1",
        ],
        Exit::Success,
        expect![[r#"
            role in the partition `aws`
            for arn:aws:iam::123456789012:user/ann

            ✓ Read

            everything is allowed: 1 of 1 statements
        "#]],
    );
}

#[test]
fn the_partition_follows_the_files() {
    let china = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": ["arn:aws-cn:s3:::*", "arn:aws-cn:lambda:*:*:*"]}}"#;
    let folder = folder(&[("china.json", china)]);
    assert_eq!(ran_in(folder.path(), &["--granted", "@china.json"]).0, Exit::Success);
    assert_eq!(
        ran_in(folder.path(), &["--granted", "@china.json", "--partition", "aws"]).0,
        Exit::Negative
    );
}

/// Account output: `ann` with an inline policy of the given length, her group and her boundary.
const ACCOUNT: &str = r#"{
    "UserDetailList": [{
        "UserName": "ann",
        "Arn": "arn:aws:iam::123456789012:user/ann",
        "UserPolicyList": [{
            "PolicyName": "notes",
            "PolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:CreateBucket", "Resource": "NOTES"}}
        }],
        "GroupList": ["staff"],
        "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/limit"}
    }],
    "GroupDetailList": [{
        "GroupName": "staff",
        "Arn": "arn:aws:iam::123456789012:group/staff",
        "GroupPolicyList": [{
            "PolicyName": "functions",
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "lambda:*", "Resource": "arn:aws:lambda:*:123456789012:*"},
                {"Effect": "Deny", "Action": "s3:CreateBucket", "Resource": "*"}
            ]}
        }]
    }],
    "Policies": [{
        "PolicyName": "limit",
        "Arn": "arn:aws:iam::123456789012:policy/limit",
        "DefaultVersionId": "v1",
        "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true,
            "Document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": "lambda:*", "Resource": "*"}}}]
    }]
}"#;

#[test]
fn proves_a_principal_of_an_account() {
    let long = format!("arn:aws:s3:::{}", "a".repeat(1_850));
    let folder = folder(&[
        ("account.json", &ACCOUNT.replace("NOTES", &long)),
        ("all.json", EVERYTHING),
    ]);
    let (exit, stdout, stderr) = ran_in(folder.path(), &["--granted", "@account.json", "--principal", ANN]);
    assert_eq!((exit, stderr.as_str()), (Exit::Negative, ""));
    expect![[r#"
        user (What a caller needs) in the partition `aws`
        for arn:aws:iam::123456789012:user/ann

        ✗ Buckets
            s3:CreateBucket on arn:aws:s3:::acme-files
              `functions`, inline policy of the group `staff`, statement 2 denies it
              why: Sets buckets up.
              without it: Nothing works.
            s3:PutBucketPolicy on arn:aws:s3:::acme-files
              no policy of the principal allows it
              why: Makes a bucket public.
              without it: New buckets fall back to an ACL.
        ✗ Functions
            lambda:GetFunction on arn:aws:lambda:*:*:function:acme-*
              the permissions boundary does not allow it
              for example on arn:aws:lambda:us-east-1:123456789012:function:acme-
              why: Finds functions.

        allowed: 0 of 2 statements

        add to the principal's policies (it has 144 characters; with the user's inline policies the total is 2,103, and the limit is 2,048: attach it as a managed policy):

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

        what an addition cannot fix:

        s3:CreateBucket: `functions`, inline policy of the group `staff`, statement 2 has to be changed or detached, since a deny overrides every allow
        lambda:GetFunction: the permissions boundary must allow it too; ask whoever manages it
    "#]].assert_eq(&stdout);

    let (exit, stdout, stderr) = ran_in(folder.path(), &["--granted", "@account.json"]);
    assert_eq!((exit, stdout.as_str()), (Exit::Usage, ""));
    expect![[r#"
        error: `account.json` describes a whole account
          = help: select a principal with `--principal ARN`
          = help: such as `--principal arn:aws:iam::123456789012:user/ann`
    "#]]
    .assert_eq(&stderr);
    let other = [
        "--granted",
        "@account.json",
        "--principal",
        "arn:aws:iam::123456789012:user/anne",
    ];
    expect![[r#"
        error: there is no user `arn:aws:iam::123456789012:user/anne`
    "#]]
    .assert_eq(&ran_in(folder.path(), &other).2);
    let twice = ["--granted", "@account.json", "@account.json", "--principal", ANN];
    expect![[r#"
        error: `account.json` and `account.json` both describe an account
          = help: put the pages of one account into one file, as an array
    "#]]
    .assert_eq(&ran_in(folder.path(), &twice).2);
    let dangling = ACCOUNT.replace("policy/limit\"}\n", "policy/other\"}\n");
    fs::write(folder.path().join("account.json"), dangling).unwrap();
    let (exit, _, stderr) = ran_in(folder.path(), &["--granted", "@account.json", "--principal", ANN]);
    assert_eq!(exit, Exit::Usage);
    assert!(stderr.contains("policy/other"), "{stderr}");
}

#[test]
fn skipped_questions_are_reported() {
    let folder = folder(&[
        ("all.json", EVERYTHING),
        (
            "need.json",
            r#"{"Statement": [
                {"Sid": "Nothing", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::b"},
                {"Sid": "Something", "Effect": "Allow", "Action": ["s3:ListBucket", "s3:ListAllMyBuckets"], "Resource": "arn:aws:s3:::b"},
                {"Effect": "Deny", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}"#,
        ),
    ]);
    let (exit, stdout, _) = ran_in(
        folder.path(),
        &["--granted", "@all.json", "--required-from", "@need.json"],
    );
    assert_eq!(exit, Exit::Success);
    expect![[r#"
        need.json

        - Nothing
            s3:ListAllMyBuckets on arn:aws:s3:::b was not asked about: the policy itself does not grant it
        ✓ Something
            s3:ListAllMyBuckets on arn:aws:s3:::b was not asked about: the policy itself does not grant it

        everything is allowed: 1 of 1 statements, and 1 not asked about
    "#]]
    .assert_eq(&stdout);
    let (_, json, _) = ran_in(
        folder.path(),
        &[
            "--granted",
            "@all.json",
            "--required-from",
            "@need.json",
            "--format",
            "json",
        ],
    );
    assert!(json.contains("\"policy\": \"need.json\""), "{json}");
}

#[test]
fn notes_say_what_a_proof_does_not_consider() {
    let folder = folder(&[
        (
            "some.json",
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}"#,
        ),
        (
            "need.json",
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]}}"#,
        ),
    ]);
    let run = |format: &str| {
        let args = [
            "--granted",
            "@some.json",
            "--required-from",
            "@need.json",
            "--format",
            format,
        ];
        ran_in(folder.path(), &args)
    };
    let (exit, _, stderr) = run("human");
    assert_eq!((exit, &stderr), (Exit::Success, &run("json").2));
    expect![[r#"
        note: the policies also differ for `s3:GetObject` on `arn:aws:s3:::b`, an ARN of the type `bucket`, which AWS's reference does not list for this action (as of 2026-10-27)
    "#]]
    .assert_eq(&stderr);
}

#[test]
fn control_characters_are_escaped() {
    let deny = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "\u001b[2J", "Effect": "Deny", "Action": "s3:Create*", "Resource": "*"}]}"#;
    let folder = folder(&[("deny.json", deny)]);
    let (exit, stdout, _) = ran_in(folder.path(), &["--granted", "@deny.json"]);
    assert_eq!(exit, Exit::Negative);
    assert!(
        stdout.contains(r"statement `\u{1b}[2J` denies it") && !stdout.contains('\u{1b}'),
        "{stdout}"
    );
}

#[test]
fn options_apply_to_policies_that_have_them() {
    let folder = folder(&[("all.json", EVERYTHING)]);
    let check = |args: &[&str], exit: Exit, expected: Expect| {
        let (ended, stdout, stderr) = ran_in(folder.path(), &[args, &["--granted", "@all.json"]].concat());
        assert_eq!(ended, exit, "{stderr}");
        expected.assert_eq(&(stdout + &stderr));
    };
    check(
        &["user", "role", "--with", "archive", "--set", "bucket=b"],
        Exit::Success,
        expect![[r#"
            user (What a caller needs) in the partition `aws`

            ✓ Buckets
            ✓ Functions
            ✓ Archive

            everything is allowed: 3 of 3 statements

            role in the partition `aws`

            ✓ Read

            everything is allowed: 1 of 1 statements
        "#]],
    );
    check(
        &["role", "--with", "archive", "--set", "bucket=b", "--set", "bucket"],
        Exit::Usage,
        expect![[r#"
            error: there is no parameter `bucket`
              = help: there are no parameters
            error: `role` has no extension `archive`
              = help: it is one of `user`
            error: `--set bucket` has no value
              = help: there are no parameters
        "#]],
    );
    check(
        &[
            "user", "role", "--with", "archiv", "--with", "more", "--set", "bukket=b", "--set", "bucket=*",
        ],
        Exit::Usage,
        expect![[r#"
            error: `*` cannot be the value of `bucket`: it contains `*`, which would widen the resources that use it
              = help: the policy adds its own wildcards
              = help: the default is `acme-files`
            error: there is no parameter `bukket`
              = help: did you mean `bucket`?
              = help: the parameters are `bucket`
            error: there is no extension `archiv`
              = help: did you mean `archive`?
              = help: the extensions are `archive`
            error: there is no extension `more`
              = help: the extensions are `archive`
        "#]],
    );
    // Too large for a user, but not for a managed policy.
    let long = format!("bucket={}", "b".repeat(2000));
    let (ended, _, _) = ran_in(folder.path(), &["user", "--set", &long, "--granted", "@all.json"]);
    assert_eq!(ended, Exit::Success);
}
