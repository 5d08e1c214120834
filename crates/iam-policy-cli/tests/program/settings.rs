//! `--set` and `--environment` of the commands that read specs.

use expect_test::{Expect, expect};

use crate::support::Folder;

const SPEC: &str = r#"
[parameters]
account = { kind = "account" }
buckets = { kind = "list", default = ["logs"] }

[environment.prod]
account = "111122223333"
buckets = ["a", "b"]

[environment.dev]
account = "444455556666"

[policy.user]
[[policy.user.statement]]
id        = "read"
reason    = "Reads."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::{buckets}-{account}/*"]
"#;

fn check(arguments: &[&str], expected: Expect) {
    Folder::with(&[("policies.toml", SPEC), ("user.json", USER)]).check(arguments, expected);
}

const USER: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a-111122223333/*"}]}"#;

const SIMULATE: [&str; 9] = [
    "simulate",
    "--principal",
    "arn:aws:iam::111122223333:user/ann",
    "--action",
    "s3:GetObject",
    "--resource",
    "arn:aws:s3:::a-111122223333/key",
    "--identity",
    "policies.toml",
];

fn simulate(options: &[&str], expected: Expect) {
    check(&[&SIMULATE, options].concat(), expected);
}

#[test]
fn a_decision_needs_every_value() {
    simulate(
        &[],
        expect![[r#"
        ---
        error: the parameter `account` has no default and needs a value
          = help: add `--set account=VALUE`
          = help: or choose an environment with `--environment`: `prod` and `dev`
        exit code 2
    "#]],
    );
    simulate(
        &["--environment", "prod"],
        expect![[r#"
        allowed: statement 1 (`Read`) of identity policy 1 allows it
          --> policies.toml:14:1
           |
        15 | id        = "read"
           |             ^^^^^^ allows
        ...
        17 | actions   = ["s3:GetObject"]
           |              ^^^^^^^^^^^^^^ covers `s3:GetObject`
        18 | resources = ["arn:aws:s3:::{buckets}-{account}/*"]
           |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ covers `arn:aws:s3:::a-111122223333/key`
        ---
        exit code 0
    "#]],
    );
    simulate(
        &["--environment", "dev"],
        expect![[r#"
        implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::a-111122223333/key`
        closest match: statement 1 (`Read`) of identity policy 1
          --> policies.toml:14:1
           |
        18 | resources = ["arn:aws:s3:::{buckets}-{account}/*"]
           |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `arn:aws:s3:::a-111122223333/key`
           = help: add `arn:aws:s3:::a-111122223333/key`, or a pattern that covers it, to `resources`
        ---
        exit code 0
    "#]],
    );
    simulate(
        &[
            "--environment",
            "dev",
            "--set",
            "account=111122223333",
            "--set",
            "buckets=x,a",
        ],
        expect![[r#"
        allowed: statement 1 (`Read`) of identity policy 1 allows it
          --> policies.toml:14:1
           |
        15 | id        = "read"
           |             ^^^^^^ allows
        ...
        17 | actions   = ["s3:GetObject"]
           |              ^^^^^^^^^^^^^^ covers `s3:GetObject`
        18 | resources = ["arn:aws:s3:::{buckets}-{account}/*"]
           |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ covers `arn:aws:s3:::a-111122223333/key`
        ---
        exit code 0
    "#]],
    );
}

#[test]
fn mistakes_are_reported_together() {
    simulate(
        &["--environment", "prd", "--set", "acount=1", "--set", "buckets=a,*"],
        expect![[r#"
            ---
            error: `a,*` cannot be the value of `buckets`: it contains `*`, which would widen the resources that use it
             --> policies.toml

            note: `iam-policy check policies.toml` shows all problems
            error: there is no environment `prd`
              = help: did you mean `prod`?
            error: there is no parameter `acount`
              = help: did you mean `account`?
            exit code 2
        "#]],
    );
    simulate(
        &["--set", "account"],
        expect![[r#"
        ---
        error: `--set account` has no value
          = help: write `--set account=VALUE`
        exit code 2
    "#]],
    );
    simulate(
        &["--set", "account=111122223333", "--set", "account=444455556666"],
        expect![[r#"
        ---
        error: the parameter `account` is set twice
         --> policies.toml
          = help: keep one of the values of `account`

        note: `iam-policy check policies.toml` shows all problems
        exit code 2
    "#]],
    );
    check(
        &["explain", "user.json", "--set", "account=111122223333"],
        expect![[r#"
        ---
        error: `--set` and `--environment` are for specs, but no spec is given
        exit code 2
    "#]],
    );
}

#[test]
fn proofs_are_about_these_values() {
    check(
        &["diff", "policies.toml", "user.json"],
        expect![[r#"
        ---
        error: the parameter `account` has no default and needs a value
          = help: add `--set account=VALUE`
          = help: or choose an environment with `--environment`: `prod` and `dev`
        exit code 2
    "#]],
    );
    check(
        &[
            "diff",
            "user.json",
            "policies.toml",
            "--environment",
            "prod",
            "--set",
            "buckets=a",
        ],
        expect![[r#"
        **Nothing changes**: both allow the same requests.
        ---
        exit code 0
    "#]],
    );
    check(
        &[
            "covers",
            "--required",
            "policies.toml#user",
            "--granted",
            "user.json",
            "--environment",
            "prod",
        ],
        expect![[r#"
        **Not covered**: some required permissions are not granted.

        ## Missing permissions

        ### `s3`: Read

        - `s3:GetObject`
          - needed by statement `Read` (policies.toml:14): Reads.
          - for example `s3:GetObject` on `arn:aws:s3:::b-111122223333/a`
        ---
        exit code 1
    "#]],
    );
}

#[test]
fn explanations_and_checks_use_them() {
    check(
        &["explain", "policies.toml", "--environment", "prod"],
        expect![[r#"
            # user

            ## Statement `Read`: Allow

            Reads.

            - Actions: 1 Read
            - Resources: `arn:aws:s3:::a-111122223333/*`, `arn:aws:s3:::b-111122223333/*`

            | Action | Access level | Resource types | Description |
            |---|---|---|---|
            | `s3:GetObject` | Read | `object` | Grants permission to retrieve objects from Amazon S3. |
            ---
            exit code 0
        "#]],
    );
    check(
        &["check", "policies.toml"],
        expect![[r#"
        ---
        1 file checked, no findings
        exit code 0
    "#]],
    );
    check(
        &[
            "check",
            "policies.toml",
            "user.json",
            "--set",
            "accounts=1",
            "--set",
            "account=1",
        ],
        expect![[r#"
        error: `1` cannot be the value of `account`: it is not an account ID, which has twelve digits
         --> policies.toml

        ---
        2 files checked: 1 error in 1 file
        error: there is no parameter `accounts`
          = help: did you mean `account`?
        exit code 2
    "#]],
    );
}

#[test]
fn files_are_generated_with_them() {
    let folder = Folder::with(&[("policies.toml", SPEC)]);
    let generate = ["generate", "--spec", "policies.toml", "--out", "out"];
    let set = ["--environment", "prod", "--set", "buckets=x y"];
    folder.check(
        &[&generate, &set[..]].concat(),
        expect![[r#"
        ---
        error: `x y` cannot be the value of `buckets`: it contains white space
         --> policies.toml

        exit code 1
    "#]],
    );
    let set = ["--environment", "prod", "--set", "buckets=x,y"];
    folder.check(
        &[&generate, &set[..]].concat(),
        expect![[r#"
        wrote out/user.json
        wrote out/prod/user.json
        wrote out/dev/user.json
        wrote out/PERMISSIONS.md
        wrote out/.iam-policy-generated
        ---
        exit code 0
    "#]],
    );
    expect![[r#"
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Read",
              "Effect": "Allow",
              "Action": [
                "s3:GetObject"
              ],
              "Resource": [
                "arn:aws:s3:::x-111122223333/*",
                "arn:aws:s3:::y-111122223333/*"
              ]
            }
          ]
        }
    "#]]
    .assert_eq(&folder.read("out/user.json"));
    expect!["<!-- Written by `iam-policy generate --spec policies.toml --out out --environment prod --set 'buckets=x,y'` from `../policies.toml`. Do not edit: change that file instead. -->"].assert_eq(folder.read("out/PERMISSIONS.md").lines().next().unwrap());
    folder.check(
        &[&generate, &["--check"][..], &set[..]].concat(),
        expect![[r#"
        everything is up to date
        ---
        exit code 0
    "#]],
    );
    folder.check(
        &[&generate, &["--set", "colour=red"][..]].concat(),
        expect![[r#"
        ---
        error: there is no parameter `colour`
          = help: the parameters are `account` and `buckets`
        exit code 1
    "#]],
    );
}
