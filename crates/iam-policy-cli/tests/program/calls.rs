//! `iam-policy calls`. `iam-policy-calls` tests what it finds.

use expect_test::expect;
use serde_json::Value;

use crate::support::Folder;

const MANIFEST: &str = r#"[package]
name = "tool"
version = "0.1.0"
edition = "2021"

[dependencies]
aws-config = "1"
aws-sdk-s3 = "1"
"#;

const CODE: &str = r#"use aws_sdk_s3::Client;

async fn run(client: &Client, name: &str) {
    client.get_object().bucket("reports").key(name).send().await;
    client.put_object().bucket("uploads").key("a").send().await;
}

#[test]
fn test() {
    client().delete_object().send();
}
"#;

const SPEC: &str = r#"[policy.user]
[[policy.user.statement]]
id        = "read"
reason    = "Downloads reports."
actions   = ["s3:GetObject", "s3:DeleteObject"]
resources = ["arn:aws:s3:::reports/*"]
"#;

fn folder() -> Folder {
    Folder::with(&[("Cargo.toml", MANIFEST), ("src/main.rs", CODE), ("policies.toml", SPEC)])
}

#[test]
fn a_list() {
    folder().check(&["calls", "--quick"], expect![[r#"
        src/main.rs:4:12: S3.GetObject
          s3:GetObject on arn:{partition}:s3:::reports/{name}
          kms:Decrypt if the object is encrypted with a KMS key
        src/main.rs:5:12: S3.PutObject
          s3:PutObject on arn:{partition}:s3:::uploads/a
          kms:GenerateDataKey if the bucket encrypts with a KMS key
        src/main.rs:10:14: S3.DeleteObject (test)
          s3:DeleteObject on arn:{partition}:s3:::*/*
        Cargo.toml:7:1: STS.AssumeRole (called by aws-config)
          sts:AssumeRole on {role_arn} if the profile names a role
          sts:TagSession on {role_arn} if the profile names a role
          sts:SetSourceIdentity on {role_arn} if the profile names a role
          sts:SetContext on {role_arn} if the profile names a role
        Cargo.toml:7:1: STS.AssumeRoleWithWebIdentity (called by aws-config)
          needs no permission
        Cargo.toml:7:1: Signin.CreateOAuth2Token (called by aws-config)
          needs no permission
        Cargo.toml:7:1: SSO OIDC.CreateToken (called by aws-config)
          needs no permission
        Cargo.toml:7:1: SSO.GetRoleCredentials (called by aws-config)
          needs no permission
        Cargo.toml:8:1: S3.CreateSession (called by aws-sdk-s3)
          s3express:CreateSession on arn:{partition}:s3express:{region}:{account}:bucket/{bucket} if the bucket is a directory bucket
          kms:Decrypt on {ssekms_key_id} if the bucket is a directory bucket
          kms:GenerateDataKey on {ssekms_key_id} if the bucket is a directory bucket
        ---
        3 calls of 3 operations, 1 in tests (quick mode)
        exit code 0
    "#]]);
}

#[test]
fn json() {
    let ran = folder().run(&[
        "calls",
        "--quick",
        "--format",
        "json",
        "--spec",
        "tool=policies.toml#user",
    ]);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    expect!["calls mode unmapped unresolved unchecked partial additions unused"].assert_eq(&keys.join(" "));
    expect![[r#"
        {
          "file": "src/main.rs",
          "line": 4,
          "column": 12,
          "crate": "tool",
          "targets": [
            "bin:tool"
          ],
          "service": "S3",
          "operation": "GetObject",
          "form": "request",
          "actions": [
            {
              "action": "s3:GetObject",
              "source": "AWS documentation, https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html",
              "resources": [
                "arn:{partition}:s3:::reports/{name}"
              ],
              "granted": true
            },
            {
              "action": "kms:Decrypt",
              "source": "AWS documentation, https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html",
              "condition": "if the object is encrypted with a KMS key",
              "resources": [],
              "granted": false
            }
          ],
          "resources": [
            "arn:{partition}:s3:::reports/{name}"
          ],
          "arguments": [
            {
              "member": "bucket",
              "text": "\"reports\""
            },
            {
              "member": "key",
              "text": "name"
            }
          ],
          "test": false,
          "granted": true
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&json["calls"][0]).unwrap());
    expect![[r#"
        [
          {
            "file": "policies.toml",
            "policy": "user",
            "statement": "read",
            "action": "s3:DeleteObject"
          }
        ]"#]]
    .assert_eq(&serde_json::to_string_pretty(&json["unused"]).unwrap());
    assert_eq!(ran.code, 1);
}

#[test]
fn markdown() {
    folder().check(
        &["calls", "--quick", "--format", "markdown"],
        expect![[r#"
        # Where each permission is used

        | Permission | Used by |
        |---|---|
        | `kms:Decrypt` | `src/main.rs:4` `S3.GetObject`<br>`S3.CreateSession` by `aws-sdk-s3` |
        | `kms:GenerateDataKey` | `src/main.rs:5` `S3.PutObject`<br>`S3.CreateSession` by `aws-sdk-s3` |
        | `s3:GetObject` | `src/main.rs:4` `S3.GetObject` |
        | `s3:PutObject` | `src/main.rs:5` `S3.PutObject` |
        | `s3express:CreateSession` | `S3.CreateSession` by `aws-sdk-s3` |
        | `sts:AssumeRole` | `STS.AssumeRole` by `aws-config` |
        | `sts:SetContext` | `STS.AssumeRole` by `aws-config` |
        | `sts:SetSourceIdentity` | `STS.AssumeRole` by `aws-config` |
        | `sts:TagSession` | `STS.AssumeRole` by `aws-config` |
        ---
        exit code 0
    "#]],
    );
}

#[test]
fn findings() {
    folder().check(&["calls", "--quick", "--spec", "policies.toml#user"], expect![[r#"
        error[UNGRANTED_CALL]: `S3.PutObject` needs `s3:PutObject`, which no statement of `policies.toml#user` grants
         --> src/main.rs:5:12
          |
        5 |     client.put_object().bucket("uploads").key("a").send().await;
          |            ^^^^^^^^^^
          = note: source of `s3:PutObject`: AWS documentation, https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
          = help: add a statement with `s3:PutObject` on `arn:{partition}:s3:::uploads/a`

        warning[UNUSED_GRANT]: no call needs `s3:DeleteObject`
         --> policies.toml:5:30
          |
        5 | actions   = ["s3:GetObject", "s3:DeleteObject"]
          |                              ^^^^^^^^^^^^^^^^^
          = note: only tests need it, for example src/main.rs:10
          = help: remove it
          = help: if something else needs it, write `waive = [{ check = "UNUSED_GRANT", why = "…" }]`

        To grant the calls, add this to `policies.toml`, with the reasons:

        [[policy.user.statement]]
        id        = "s3-uploads-a"
        reason    = ""
        actions   = [
          "s3:PutObject", # src/main.rs:5
        ]
        resources = ["arn:{partition}:s3:::uploads/a"]

        ---
        3 calls of 3 operations, 1 in tests (quick mode)
        exit code 1
    "#]]);
}

#[test]
fn a_draft_is_a_spec_without_reasons() {
    let folder = folder();
    let ran = folder.run(&["calls", "--quick", "--draft"]);
    expect![[r#"
        [policy.user]

        [[policy.user.statement]]
        id        = "s3-reports-all"
        reason    = ""
        actions   = [
          "s3:GetObject", # src/main.rs:4
        ]
        resources = ["arn:{partition}:s3:::reports/*"]

        [[policy.user.statement]]
        id        = "s3-uploads-a"
        reason    = ""
        actions   = [
          "s3:PutObject", # src/main.rs:5
        ]
        resources = ["arn:{partition}:s3:::uploads/a"]

        # left out: kms:Decrypt if the object is encrypted with a KMS key (src/main.rs:4)
        # left out: kms:GenerateDataKey if the bucket encrypts with a KMS key (src/main.rs:5)
        ---
        3 calls of 3 operations, 1 in tests (quick mode)
        exit code 0
    "#]]
    .assert_eq(&ran.to_string());
    folder.write(
        "policies.toml",
        ran.stdout
            .replace("reason    = \"\"", "reason    = \"Exchanges files.\""),
    );
    folder.check(
        &["calls", "--quick", "--spec", "policies.toml#user"],
        expect![[r#"
        ---
        3 calls of 3 operations, 1 in tests (quick mode)
        exit code 0
    "#]],
    );
    folder.check(
        &["check", "policies.toml"],
        expect![[r#"
        ---
        1 file checked, no findings
        exit code 0
    "#]],
    );
}

#[test]
fn arguments_that_name_nothing() {
    let folder = folder();
    folder.check(
        &["calls", "--quick", "--spec", "policies.toml#users"],
        expect![[r#"
        ---
        error: `policies.toml` has no policy `users`
          = help: did you mean `user`?
        exit code 2
    "#]],
    );
    folder.check(
        &["calls", "--quick", "--spec", "tool/tol=policies.toml#user"],
        expect![[r#"
        ---
        error: the package `tool` has no target `tol`
          = help: did you mean `tool`?
        exit code 2
    "#]],
    );
    folder.check(
        &["calls", "--quick", "--spec", "policy.toml"],
        expect![[r#"
        ---
        error: there is no file `policy.toml`
        exit code 2
    "#]],
    );
    folder.check(
        &["calls", "--quick", "nowhere"],
        expect![[r#"
        ---
        error: there is no folder `nowhere`
        exit code 2
    "#]],
    );
}

#[test]
fn sarif() {
    let ran = folder().run(&["calls", "--quick", "--format", "sarif", "--spec", "policies.toml#user"]);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let results = json["runs"][0]["results"].as_array().unwrap();
    let found = results.iter().map(|result| {
        let place = &result["locations"][0]["physicalLocation"];
        format!(
            "{} {} {}",
            result["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"]
        )
    });
    let found: Vec<_> = found.collect();
    assert_eq!(
        found,
        [
            r#""UNUSED_GRANT" "policies.toml" 5"#,
            r#""UNGRANTED_CALL" "src/main.rs" 5"#
        ]
    );
}

/// What the guard wrote while the program and its tests ran.
const RECORDING: &str = r#"{"recording":1,"program":"tool","service":"S3","operation":"GetObject","partition":"aws","region":"eu-west-1","members":{"Bucket":["reports"],"Key":["2026/1.pdf"]},"needs":[{"action":"s3:GetObject","resources":["arn:aws:s3:::reports/2026/1.pdf"],"certain":true},{"action":"kms:Decrypt","resources":["${resource}"],"certain":false}]}
{"recording":1,"program":"tool","service":"SQS","operation":"SendMessage","partition":"aws","region":"eu-west-1","members":{"QueueUrl":["https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"]},"needs":[{"action":"sqs:SendMessage","resources":["arn:aws:sqs:eu-west-1:123456789012:jobs"],"certain":true}]}
{"recording":1,"program":"tool","service":"S3","operation":"DeleteObject","members":{"Bucket":["b"],"Key":["k"]},"needs":[{"action":"s3:DeleteObject","resources":["arn:aws:s3:::b/k"],"certain":true}]}
"#;

#[test]
fn recorded_calls_are_listed() {
    let folder = folder();
    folder.write("calls.jsonl", RECORDING);
    folder.check(&["calls", "--quick", "--recorded", "calls.jsonl"], expect![[r#"
        src/main.rs:4:12: S3.GetObject
          s3:GetObject on arn:{partition}:s3:::reports/{name}
          kms:Decrypt if the object is encrypted with a KMS key
        src/main.rs:5:12: S3.PutObject (not recorded)
          s3:PutObject on arn:{partition}:s3:::uploads/a
          kms:GenerateDataKey if the bucket encrypts with a KMS key
        src/main.rs:10:14: S3.DeleteObject (test)
          s3:DeleteObject on arn:{partition}:s3:::*/*
        Cargo.toml:7:1: STS.AssumeRole (called by aws-config)
          sts:AssumeRole on {role_arn} if the profile names a role
          sts:TagSession on {role_arn} if the profile names a role
          sts:SetSourceIdentity on {role_arn} if the profile names a role
          sts:SetContext on {role_arn} if the profile names a role
        Cargo.toml:7:1: STS.AssumeRoleWithWebIdentity (called by aws-config)
          needs no permission
        Cargo.toml:7:1: Signin.CreateOAuth2Token (called by aws-config)
          needs no permission
        Cargo.toml:7:1: SSO OIDC.CreateToken (called by aws-config)
          needs no permission
        Cargo.toml:7:1: SSO.GetRoleCredentials (called by aws-config)
          needs no permission
        Cargo.toml:8:1: S3.CreateSession (called by aws-sdk-s3)
          s3express:CreateSession on arn:{partition}:s3express:{region}:{account}:bucket/{bucket} if the bucket is a directory bucket
          kms:Decrypt on {ssekms_key_id} if the bucket is a directory bucket
          kms:GenerateDataKey on {ssekms_key_id} if the bucket is a directory bucket
        calls.jsonl:2:61: SQS.SendMessage (recorded)
          sqs:SendMessage on arn:aws:sqs:eu-west-1:123456789012:jobs
        ---
        4 calls of 4 operations, 1 in tests, 1 not recorded (quick mode)
        exit code 0
    "#]]);
    let ran = folder.run(&["calls", "--quick", "--recorded", "calls.jsonl", "--format", "json"]);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let recorded = json["calls"].as_array().unwrap().iter().map(|call| {
        let (operation, form, recorded) = (&call["operation"], &call["form"], &call["recorded"]);
        format!("{operation} {form} {recorded}")
    });
    expect![[r#"
        "GetObject" "request" true
        "PutObject" "request" false
        "DeleteObject" "request" true
        "AssumeRole" "request" null
        "AssumeRoleWithWebIdentity" "request" null
        "CreateOAuth2Token" "request" null
        "CreateToken" "request" null
        "GetRoleCredentials" "request" null
        "CreateSession" "request" null
        "SendMessage" "recorded" true"#]]
    .assert_eq(&recorded.collect::<Vec<_>>().join("\n"));
}

#[test]
fn drafts_have_recorded_calls() {
    let folder = folder();
    folder.write("calls.jsonl", RECORDING);
    folder.check(
        &["calls", "--quick", "--draft", "--recorded", "calls.jsonl"],
        expect![[r#"
        [parameters]
        queue = { default = "jobs", about = "The `queue_url` of requests." }

        [policy.user]

        [[policy.user.statement]]
        id        = "s3-reports-all"
        reason    = ""
        actions   = [
          "s3:GetObject", # src/main.rs:4
        ]
        resources = ["arn:{partition}:s3:::reports/*"]

        [[policy.user.statement]]
        id        = "s3-uploads-a"
        reason    = ""
        actions   = [
          "s3:PutObject", # src/main.rs:5
        ]
        resources = ["arn:{partition}:s3:::uploads/a"]

        [[policy.user.statement]]
        id        = "sqs-queue"
        reason    = ""
        actions   = [
          "sqs:SendMessage", # calls.jsonl:2
        ]
        resources = ["arn:{partition}:sqs:*:*:{queue}"]

        # left out: kms:Decrypt if the object is encrypted with a KMS key (src/main.rs:4)
        # left out: kms:GenerateDataKey if the bucket encrypts with a KMS key (src/main.rs:5)
        ---
        4 calls of 4 operations, 1 in tests, 1 not recorded (quick mode)
        exit code 0
    "#]],
    );
}

/// A grant that only a recorded call uses is used, and a recorded call that nothing grants is reported.
#[test]
fn recorded_calls_are_compared() {
    let folder = folder();
    folder.write("calls.jsonl", RECORDING);
    let spec = SPEC.replace("s3:DeleteObject\"]", "s3:PutObject\"]")
        + r#"
[[policy.user.statement]]
id        = "send"
reason    = "Announces reports."
actions   = ["sqs:SendMessage", "sqs:ReceiveMessage"]
resources = ["arn:aws:sqs:*:*:jobs"]
"#;
    folder.write("policies.toml", &spec);
    folder.check(&["calls", "--quick", "--spec", "policies.toml#user", "--recorded", "calls.jsonl"], expect![[r#"
        error[UNGRANTED_CALL]: `S3.PutObject` needs `s3:PutObject` on `arn:{partition}:s3:::uploads/a`, which `policies.toml#user` grants only on other resources
         --> src/main.rs:5:12
          |
        5 |     client.put_object().bucket("uploads").key("a").send().await;
          |            ^^^^^^^^^^
          = help: add `"arn:{partition}:s3:::uploads/a"` to the resources of the statement `read` at policies.toml:3:13

        warning[UNUSED_GRANT]: no call needs `sqs:ReceiveMessage`
          --> policies.toml:11:33
           |
        11 | actions   = ["sqs:SendMessage", "sqs:ReceiveMessage"]
           |                                 ^^^^^^^^^^^^^^^^^^^^
           = help: remove it
           = help: if something else needs it, write `waive = [{ check = "UNUSED_GRANT", why = "…" }]`

        ---
        4 calls of 4 operations, 1 in tests, 1 not recorded (quick mode)
        exit code 1
    "#]]);
    folder.write("policies.toml", SPEC);
    folder.check(&["calls", "--quick", "--spec", "policies.toml#user", "--recorded", "calls.jsonl"], expect![[r#"
        error[UNGRANTED_CALL]: `SQS.SendMessage` needs `sqs:SendMessage`, which no statement of `policies.toml#user` grants
         --> calls.jsonl:2:61
          |
        2 | {"recording":1,"program":"tool","service":"SQS","operation":"SendMessage","partition":"aws","region":"eu-west-1","members":{"QueueUrl":["htt…
          |                                                             ^^^^^^^^^^^^^
          = note: source of `sqs:SendMessage`: AWS documentation, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
          = help: add a statement with `sqs:SendMessage` on `arn:{partition}:sqs:*:*:{queue}`

        error[UNGRANTED_CALL]: `S3.PutObject` needs `s3:PutObject`, which no statement of `policies.toml#user` grants
         --> src/main.rs:5:12
          |
        5 |     client.put_object().bucket("uploads").key("a").send().await;
          |            ^^^^^^^^^^
          = note: source of `s3:PutObject`: AWS documentation, https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
          = help: add a statement with `s3:PutObject` on `arn:{partition}:s3:::uploads/a`

        warning[UNUSED_GRANT]: no call needs `s3:DeleteObject`
         --> policies.toml:5:30
          |
        5 | actions   = ["s3:GetObject", "s3:DeleteObject"]
          |                              ^^^^^^^^^^^^^^^^^
          = note: only tests need it, for example src/main.rs:10
          = help: remove it
          = help: if something else needs it, write `waive = [{ check = "UNUSED_GRANT", why = "…" }]`

        To grant the calls, add this to `policies.toml`, with the reasons:

        [parameters]
        queue = { default = "jobs", about = "The `queue_url` of requests." }

        [[policy.user.statement]]
        id        = "s3-uploads-a"
        reason    = ""
        actions   = [
          "s3:PutObject", # src/main.rs:5
        ]
        resources = ["arn:{partition}:s3:::uploads/a"]

        [[policy.user.statement]]
        id        = "sqs-queue"
        reason    = ""
        actions   = [
          "sqs:SendMessage", # calls.jsonl:2
        ]
        resources = ["arn:{partition}:sqs:*:*:{queue}"]

        ---
        4 calls of 4 operations, 1 in tests, 1 not recorded (quick mode)
        exit code 1
    "#]]);
}

#[test]
fn bad_recordings() {
    let folder = folder();
    let line = RECORDING.lines().next().unwrap();
    folder.write("cut.jsonl", format!("{line}\n{}", line.get(..90).unwrap()));
    folder.write("other.jsonl", line.replace("\"recording\":1", "\"recording\":2"));
    folder.write(
        "mixed.jsonl",
        format!("{line}\n{}\n", line.replace("\"tool\"", "\"worker\"")),
    );
    folder.write("empty.jsonl", "");
    folder.write("not.jsonl", "hello\n[]\n");
    for (file, expected) in [
        (
            "cut.jsonl",
            expect![[r#"
            [policy.user]

            [[policy.user.statement]]
            id        = "s3-reports-all"
            reason    = ""
            actions   = [
              "s3:GetObject", # src/main.rs:4
            ]
            resources = ["arn:{partition}:s3:::reports/*"]

            [[policy.user.statement]]
            id        = "s3-uploads-a"
            reason    = ""
            actions   = [
              "s3:PutObject", # src/main.rs:5
            ]
            resources = ["arn:{partition}:s3:::uploads/a"]

            # left out: kms:Decrypt if the object is encrypted with a KMS key (src/main.rs:4)
            # left out: kms:GenerateDataKey if the bucket encrypts with a KMS key (src/main.rs:5)
            ---
            warning: this line was cut off
             --> cut.jsonl:2:1
              |
            2 | {"recording":1,"program":"tool","service":"S3","operation":"GetObject","partition":"aws","
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = note: the program was stopped while it wrote the line; all other lines count
              = help: run it again to record the call

            3 calls of 3 operations, 1 in tests, 1 not recorded (quick mode)
            exit code 0
        "#]],
        ),
        (
            "other.jsonl",
            expect![[r#"
            ---
            error: the recording has version 2, and this program reads version 1
             --> other.jsonl:1:14
              |
            1 | {"recording":2,"program":"tool","service":"S3","operation":"GetObject","partition":"aws","region":"eu-west-1","members":{"Bucket":["reports"…
              |              ^
              = help: use the same version of `iam-policy-guard` and `iam-policy`, and record again

            exit code 2
        "#]],
        ),
        (
            "mixed.jsonl",
            expect![[r#"
            [policy.user]

            [[policy.user.statement]]
            id        = "s3-reports-all"
            reason    = ""
            actions   = [
              "s3:GetObject", # src/main.rs:4
            ]
            resources = ["arn:{partition}:s3:::reports/*"]

            [[policy.user.statement]]
            id        = "s3-uploads-a"
            reason    = ""
            actions   = [
              "s3:PutObject", # src/main.rs:5
            ]
            resources = ["arn:{partition}:s3:::uploads/a"]

            # left out: kms:Decrypt if the object is encrypted with a KMS key (src/main.rs:4)
            # left out: kms:GenerateDataKey if the bucket encrypts with a KMS key (src/main.rs:5)
            ---
            warning: `mixed.jsonl` also has 1 call of `worker`, which is not part of this workspace
              = note: only calls of `tool` count
              = help: record each program in a file of its own, or name the program with `Guard::program`
            3 calls of 3 operations, 1 in tests, 1 not recorded (quick mode)
            exit code 0
        "#]],
        ),
        (
            "empty.jsonl",
            expect![[r#"
            [policy.user]

            [[policy.user.statement]]
            id        = "s3-reports-all"
            reason    = ""
            actions   = [
              "s3:GetObject", # src/main.rs:4
            ]
            resources = ["arn:{partition}:s3:::reports/*"]

            [[policy.user.statement]]
            id        = "s3-uploads-a"
            reason    = ""
            actions   = [
              "s3:PutObject", # src/main.rs:5
            ]
            resources = ["arn:{partition}:s3:::uploads/a"]

            # left out: kms:Decrypt if the object is encrypted with a KMS key (src/main.rs:4)
            # left out: kms:GenerateDataKey if the bucket encrypts with a KMS key (src/main.rs:5)
            ---
            warning: `empty.jsonl` contains no calls
             --> empty.jsonl
              = help: attach the guard to each client, and run the program or its tests

            3 calls of 3 operations, 1 in tests, 2 not recorded (quick mode)
            exit code 0
        "#]],
        ),
        (
            "not.jsonl",
            expect![[r#"
            ---
            error: this is not a line of a recording
             --> not.jsonl:1:1
              |
            1 | hello
              | ^^^^^
              = note: the same is wrong with another line
              = help: pass a file that `Guard::record` of `iam-policy-guard` wrote

            exit code 2
        "#]],
        ),
        (
            "missing.jsonl",
            expect![[r#"
            ---
            error: cannot read `missing.jsonl`: No such file or directory (os error 2)
            exit code 2
        "#]],
        ),
    ] {
        folder.check(&["calls", "--quick", "--draft", "--recorded", file], expected);
    }
}
