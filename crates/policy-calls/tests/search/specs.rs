//! Comparisons with specs, and drafts.

use std::fmt::Write;

use expect_test::{Expect, expect};
use iam_policy_calls::{Calls, Grant, Search};
use iam_policy_document::{Lines, SourceFile};
use iam_policy_spec::Source;
use iam_policy_spec::compile::compile;
use testing_support::Folder;

use crate::sdk;

const MANIFEST: &str = r#"
[package]
name = "tool"
version = "0.1.0"
edition = "2021"

[dependencies]
aws-sdk-s3 = { path = "../sdk/aws-sdk-s3" }
aws-sdk-sqs = { path = "../sdk/aws-sdk-sqs" }
aws-sdk-sns = { path = "../sdk/aws-sdk-sns" }
"#;

/// The calls in a program, found by names.
fn calls(code: &str) -> Calls {
    let folder = Folder::with(&[("tool/Cargo.toml", MANIFEST), ("tool/src/main.rs", code)]);
    sdk::write(&folder);
    Search::new(folder.path("tool")).quick().run(&mut |_| {}).unwrap()
}

/// Compares a program with a spec, and shows what is reported.
fn check(code: &str, spec: &str, expected: Expect) {
    let mut calls = calls(code);
    let source = Source::new("policies.toml", spec);
    let compiled = compile(&source);
    assert_eq!(compiled.errors(), [], "{spec}");
    let judgement = calls.judge(&[Grant::new(&source, &compiled.spec, "user")]).unwrap();
    let mut shown = String::new();
    for (file, found) in &judgement.code {
        let lines = Lines::new(calls.text(file).unwrap().as_bytes());
        write!(shown, "{}", SourceFile::new(file, &lines).show_all(found)).unwrap();
    }
    for (source, found) in &judgement.specs {
        write!(shown, "{}", source.show_all(found)).unwrap();
    }
    for addition in &judgement.additions {
        writeln!(
            shown,
            "{}: {}\n{}\n{}",
            addition.file, addition.policy, addition.parameters, addition.statements
        )
        .unwrap();
    }
    expected.assert_eq(&shown);
}

const CODE: &str = r#"
use aws_sdk_s3::Client;

async fn run(client: &Client, config: &Config) {
    client.get_object().bucket("reports").key("a").send().await;
    client.put_object().bucket(&config.bucket).key(format!("uploads/{id}")).send().await;
}

#[test]
fn test() {
    client().delete_object().send();
}
"#;

#[test]
fn calls_that_are_not_granted() {
    check(
        CODE,
        r#"
[policy.user]
[[policy.user.statement]]
id        = "read"
reason    = "Downloads reports."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::reports/*"]
"#,
        expect![[r#"
            error[UNGRANTED_CALL]: `S3.PutObject` needs `s3:PutObject`, which no statement of `policies.toml#user` grants
             --> src/main.rs:6:12
              |
            6 |     client.put_object().bucket(&config.bucket).key(format!("uploads/{id}")).send().await;
              |            ^^^^^^^^^^
              = note: source of `s3:PutObject`: AWS documentation, https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
              = help: add a statement with `s3:PutObject` on `arn:{partition}:s3:::{bucket}/uploads/*`

            policies.toml: user
            bucket = { about = "The `bucket` of requests." }
            [[policy.user.statement]]
            id        = "s3-bucket-uploads-all"
            reason    = ""
            actions   = [
              "s3:PutObject", # src/main.rs:6
            ]
            resources = ["arn:{partition}:s3:::{bucket}/uploads/*"]
        "#]],
    );
}

#[test]
fn grants_that_nothing_uses() {
    check(
        CODE,
        r#"
[policy.user]
[[policy.user.statement]]
id        = "all"
reason    = "Exchanges reports."
actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "sqs:*"]
resources = ["*"]
"#,
        expect![[r#"
            warning[UNUSED_GRANT]: no call needs `s3:DeleteObject`
             --> policies.toml:6:46
              |
            6 | actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "sqs:*"]
              |                                              ^^^^^^^^^^^^^^^^^
              = note: only tests need it, for example src/main.rs:11
              = help: remove it
              = help: if something else needs it, write `waive = [{ check = "UNUSED_GRANT", why = "…" }]`

            warning[UNUSED_GRANT]: no call needs `sqs:*`
             --> policies.toml:6:65
              |
            6 | actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "sqs:*"]
              |                                                                 ^^^^^^^
              = help: remove it
              = help: if something else needs it, write `waive = [{ check = "UNUSED_GRANT", why = "…" }]`

        "#]],
    );
}

#[test]
fn waivers_of_unused_grants() {
    check(
        CODE,
        r#"
[policy.user]
[[policy.user.statement]]
id        = "all"
reason    = "Exchanges reports."
actions   = [
  { action = "s3:GetObject", waive = [{ check = "UNUSED_GRANT", why = "a script" }] },
  "s3:PutObject",
  { action = "s3:DeleteObject", waive = [{ check = "UNUSED_GRANT", why = "a script" }] },
]
resources = ["arn:aws:s3:::*/*"]
"#,
        expect![[r#"
            error[UNUSED_WAIVER]: unused waiver: `UNUSED_GRANT` reports nothing here
             --> policies.toml:7:49
              |
            7 |   { action = "s3:GetObject", waive = [{ check = "UNUSED_GRANT", why = "a script" }] },
              |                                                 ^^^^^^^^^^^^^^
              = help: remove it

        "#]],
    );
}

#[test]
fn grants_on_other_resources() {
    check(
        CODE,
        r#"
[parameters]
bucket = { default = "uploads" }

[policy.user]
[[policy.user.statement]]
id        = "read"
reason    = "Downloads archives."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::archive/*"]

[[policy.user.statement]]
id        = "write"
reason    = "Uploads reports."
actions   = ["s3:PutObject"]
resources = ["arn:aws:s3:::{bucket}/uploads/*"]
"#,
        expect![[r#"
            error[UNGRANTED_CALL]: `S3.GetObject` needs `s3:GetObject` on `arn:{partition}:s3:::reports/a`, which `policies.toml#user` grants only on other resources
             --> src/main.rs:5:12
              |
            5 |     client.get_object().bucket("reports").key("a").send().await;
              |            ^^^^^^^^^^
              = help: add `"arn:{partition}:s3:::reports/a"` to the resources of the statement `read` at policies.toml:7:13

        "#]],
    );
}

#[test]
fn a_statement_that_denies_a_call() {
    check(
        CODE,
        r#"
[policy.user]
[[policy.user.statement]]
id        = "all"
reason    = "Exchanges reports."
actions   = ["s3:GetObject", "s3:PutObject"]
resources = ["arn:aws:s3:::*/*"]

[[policy.user.statement]]
id        = "no-reports"
effect    = "Deny"
reason    = "They are secret."
actions   = ["s3:Get*"]
resources = ["arn:aws:s3:::reports/*"]
"#,
        expect![[r#"
            error[UNGRANTED_CALL]: `S3.GetObject` needs `s3:GetObject`, which `policies.toml#user` denies
             --> src/main.rs:5:12
              |
            5 |     client.get_object().bucket("reports").key("a").send().await;
              |            ^^^^^^^^^^
              = note: it is denied by the statement `no-reports`

        "#]],
    );
}

#[test]
fn a_draft() {
    let code = r#"
const QUEUE: &str = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs";

async fn run(s3: &aws_sdk_s3::Client, sqs: &aws_sdk_sqs::Client, sns: &aws_sdk_sns::Client, config: &Config, acl: Option<Acl>) {
    s3.list_buckets().send().await;
    s3.get_object().bucket("reports").key("a").send().await;
    s3.head_object().bucket("reports").key(&name).send().await;
    s3.put_object().bucket(&config.upload_bucket).key(&name).set_acl(acl).send().await;
    sqs.send_message().queue_url(QUEUE).send().await;
    sqs.receive_message().queue_url(&config.input_queue_url).send().await;
    sns.publish().topic_arn(config.topic_arn()).send().await;
}
"#;
    let draft = calls(code).draft("user");
    expect![[r#"
        [parameters]
        input-queue = { about = "The `queue_url` of requests." }
        topic = { about = "The `topic_arn` of requests." }
        upload-bucket = { about = "The `bucket` of requests." }

        [policy.user]

        [[policy.user.statement]]
        id        = "s3"
        reason    = ""
        actions   = [
          "s3:ListAllMyBuckets", # src/main.rs:5
        ]
        resources = ["*"]

        [[policy.user.statement]]
        id        = "s3-reports-all"
        reason    = ""
        actions   = [
          "s3:GetObject", # src/main.rs:7
        ]
        resources = ["arn:{partition}:s3:::reports/*"]

        [[policy.user.statement]]
        id        = "s3-reports-a"
        reason    = ""
        actions   = [
          "s3:GetObject", # src/main.rs:6
        ]
        resources = ["arn:{partition}:s3:::reports/a"]

        [[policy.user.statement]]
        id        = "s3-upload-bucket-all"
        reason    = ""
        actions   = [
          "s3:PutObject", # src/main.rs:8
          "s3:PutObjectAcl", # src/main.rs:8 if `acl` is set
        ]
        resources = ["arn:{partition}:s3:::{upload-bucket}/*"]

        [[policy.user.statement]]
        id        = "sns-topic"
        reason    = ""
        actions   = [
          "sns:Publish", # src/main.rs:11
        ]
        resources = ["arn:{partition}:sns:*:*:{topic}"]

        [[policy.user.statement]]
        id        = "sqs-jobs"
        reason    = ""
        actions   = [
          "sqs:SendMessage", # src/main.rs:9
        ]
        resources = ["arn:{partition}:sqs:*:*:jobs"]

        [[policy.user.statement]]
        id        = "sqs-input-queue"
        reason    = ""
        actions   = [
          "sqs:ReceiveMessage", # src/main.rs:10
        ]
        resources = ["arn:{partition}:sqs:*:*:{input-queue}"]

        # left out: kms:Decrypt if the object is encrypted with a KMS key (src/main.rs:6)
        # left out: kms:Decrypt if the object is encrypted with a KMS key and its checksum is requested (src/main.rs:7)
        # left out: kms:Decrypt if the queue is encrypted with a KMS key (src/main.rs:9, src/main.rs:10)
        # left out: kms:Decrypt if the topic is encrypted with a KMS key (src/main.rs:11)
        # left out: kms:GenerateDataKey if the bucket encrypts with a KMS key (src/main.rs:8)
        # left out: kms:GenerateDataKey if the queue is encrypted with a KMS key (src/main.rs:9)
        # left out: kms:GenerateDataKey if the topic is encrypted with a KMS key (src/main.rs:11)
    "#]]
    .assert_eq(&draft);
    let complete = draft.replace("reason    = \"\"", "reason    = \"Needed.\"");
    let compiled = compile(&Source::new("policies.toml", complete));
    assert_eq!(compiled.errors(), []);
}

#[test]
fn a_completed_draft_grants_every_call_and_nothing_else() {
    let mut calls = calls(CODE);
    let draft = calls
        .draft("user")
        .replace("reason    = \"\"", "reason    = \"Needed.\"");
    let source = Source::new("policies.toml", draft);
    let compiled = compile(&source);
    assert_eq!(compiled.errors(), []);
    let judgement = calls.judge(&[Grant::new(&source, &compiled.spec, "user")]).unwrap();
    assert!(judgement.is_clean(), "{judgement:#?}");
    assert_eq!((judgement.partial, judgement.unused), (vec![], vec![]));
}

#[test]
fn programs_that_do_not_exist() {
    let mut calls = calls(CODE);
    let source = Source::new("policies.toml", "[policy.user]\n");
    let compiled = compile(&source);
    let grant = Grant::new(&source, &compiled.spec, "user");
    let others = [
        grant.of(Some("tol"), None),
        grant.of(Some("tool"), Some("tols")),
        Grant::new(&source, &compiled.spec, "users"),
    ];
    let problems = calls.judge(&others).unwrap_err();
    let shown: Vec<_> = problems.iter().map(ToString::to_string).collect();
    expect![[r#"
        error: there is no package `tol` in the workspace
          = help: did you mean `tool`?
        error: the package `tool` has no target `tols`
        error: `policies.toml` has no policy `users`
          = help: did you mean `user`?"#]]
    .assert_eq(&shown.join("\n"));
}

/// A setter in a branch, or with an option, is called in some cases: both alternatives are needed.
const VERSIONS: &str = r#"
async fn run(client: &aws_sdk_s3::Client, version: Option<String>, made: Uuid) {
    let mut request = client.get_object().bucket("reports").key("a");
    if let Some(version) = version.clone() {
        request = request.version_id(version);
    }
    request.send().await;
    client.head_object().bucket("inputs").key("a").set_version_id(version).send().await;
    client.create_bucket().bucket(format!("made-{}", Uuid::new_v4())).send().await;
}
"#;

#[test]
fn a_draft_has_all_that_the_code_provides_for() {
    expect![[r#"
        [parameters]
        bucket = { about = "The `bucket` of requests." }

        [policy.user]

        [[policy.user.statement]]
        id        = "s3-inputs-a"
        reason    = ""
        actions   = [
          "s3:GetObject", # src/main.rs:8 if `version_id` is not set
          "s3:GetObjectVersion", # src/main.rs:8 if `version_id` is set
        ]
        resources = ["arn:{partition}:s3:::inputs/a"]

        [[policy.user.statement]]
        id        = "s3-made-bucket"
        reason    = ""
        actions   = [
          "s3:CreateBucket", # src/main.rs:9
        ]
        resources = ["arn:{partition}:s3:::made-{bucket}"]

        [[policy.user.statement]]
        id        = "s3-reports-a"
        reason    = ""
        actions   = [
          "s3:GetObject", # src/main.rs:3 if `version_id` is not set
          "s3:GetObjectVersion", # src/main.rs:3 if `version_id` is set
        ]
        resources = ["arn:{partition}:s3:::reports/a"]

        # left out: kms:Decrypt if the object is encrypted with a KMS key (src/main.rs:3)
        # left out: kms:Decrypt if the object is encrypted with a KMS key and its checksum is requested (src/main.rs:8)
    "#]]
    .assert_eq(&calls(VERSIONS).draft("user"));
}

#[test]
fn alternatives_are_used() {
    check(
        VERSIONS,
        r#"
[policy.user]
[[policy.user.statement]]
id        = "read"
reason    = "Downloads reports."
actions   = ["s3:GetObject", "s3:GetObjectVersion"]
resources = ["arn:aws:s3:::reports/*", "arn:aws:s3:::inputs/*"]

[[policy.user.statement]]
id        = "make"
reason    = "Creates buckets."
actions   = ["s3:CreateBucket"]
resources = ["*"]
"#,
        expect![[""]],
    );
}
