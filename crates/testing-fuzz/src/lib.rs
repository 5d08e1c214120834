//! What must hold for any input: functions that panic if it does not.
//!
//! Two programs call them. The targets in the folder `fuzz` do so with cargo-fuzz, which needs a nightly toolchain and finds
//! new inputs by coverage. The test `fuzz` of this crate does so on stable, with [mutated](mutate::Mutator) examples:
//! `cargo xtask fuzz --seconds 60`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a panic is how a failure is reported"
)]

mod answers;
pub mod mutate;

use std::time::{Duration, Instant};

use iam_policy_check::{Options, PolicyType};
use iam_policy_core::{AttachmentKind, Style};
use iam_policy_document::{Diagnostic, Lines, SourceFile};
use iam_policy_eval::simulate::{read_policy, simulate_lines};
use iam_policy_eval::{PolicySet, Reading};
use iam_policy_gen::{Origin, artifacts};
use iam_policy_spec::Source;
use iam_policy_spec::compile::compile;
use serde::Deserialize;

pub use answers::answers;

/// A function that panics for no input, and the inputs to start with.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// The function.
    pub run: fn(&[u8]),
    /// Examples of inputs.
    pub seeds: &'static [&'static str],
    /// Words of the input's language.
    pub words: &'static [&'static str],
}

/// All targets.
pub static TARGETS: [Target; 6] = [
    Target {
        name: "documents",
        run: documents,
        seeds: &[IDENTITY, TRUST, SERVICE_CONTROL],
        words: JSON,
    },
    Target {
        name: "specs",
        run: specs,
        seeds: &[SPEC, SMALL_SPEC],
        words: TOML,
    },
    Target {
        name: "requests",
        run: requests,
        seeds: &[REQUESTS],
        words: JSON,
    },
    Target {
        name: "pairs",
        run: pairs,
        seeds: &[PAIR, CONDITIONS],
        words: JSON,
    },
    Target {
        name: "answers",
        run: answers,
        seeds: &[answers::PER_ACTION, answers::PER_RESOURCE, answers::ERROR],
        words: answers::XML,
    },
    Target {
        name: "templates",
        run: templates,
        seeds: &[TEMPLATE, PLAN, SERVICE],
        words: TEMPLATES,
    },
];

/// How long a function may take for one input of a few kilobytes, in any build on any machine that is not overloaded.
pub const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 10 });

/// Every diagnostic has a location in the source.
fn assert_located<'d>(source: &[u8], diagnostics: impl Iterator<Item = &'d Diagnostic>) {
    let lines = Lines::new(source);
    for diagnostic in diagnostics {
        for span in diagnostic.locations().filter_map(|location| location.span) {
            assert!(span.start <= span.end && span.end <= source.len(), "{diagnostic:?}");
            assert!(lines.position(span.start) <= lines.position(span.end), "{diagnostic:?}");
        }
    }
}

/// Every diagnostic can be shown. This is slow, because it looks for similar names.
fn assert_shown<'d>(source: &[u8], diagnostics: impl Iterator<Item = &'d Diagnostic>) {
    let lines = Lines::new(source);
    for diagnostic in diagnostics {
        let shown = SourceFile::new("fuzz", &lines).show(diagnostic);
        assert!(
            !shown
                .as_str()
                .contains(|character: char| character.is_control() && character != '\n'),
            "{shown}"
        );
    }
}

/// Reads JSON as a policy, checks it, and writes it again.
pub fn documents(source: &[u8]) {
    let reading = iam_policy_document::json::read(source);
    assert_located(source, reading.problems.iter());
    assert_shown(source, reading.problems.iter());
    assert_shown(
        source,
        iam_policy_check::check(&reading.document, &Options::DEFAULT).iter(),
    );
    for &policy_type in PolicyType::ALL {
        let options = Options::DEFAULT.policy_type(policy_type).attach(AttachmentKind::ALL);
        assert_located(source, iam_policy_check::check(&reading.document, &options).iter());
    }
    // What is written is read as the same document.
    let mut written = String::new();
    if reading.document.write(&mut written, Style::MINIFIED).is_ok() && reading.problems.is_empty() {
        let again = iam_policy_document::json::read(written.as_bytes());
        assert_eq!(again.problems, []);
        let mut twice = String::new();
        let _ = again.document.write(&mut twice, Style::MINIFIED);
        assert_eq!(written, twice);
        assert_eq!(written.chars().count(), reading.document.size());
    }
}

/// Finds the policies of a template, checks them, and compiles them with all that they leave unknown.
pub fn templates(source: &[u8]) {
    for reading in [
        iam_policy_templates::yaml::read(source),
        iam_policy_document::json::read(source),
    ] {
        assert_located(source, reading.problems.iter());
        assert_shown(source, reading.problems.iter());
        let Some(template) = iam_policy_templates::policies_in(source, reading.document.root()) else {
            continue;
        };
        assert_located(source, template.problems.iter());
        for policy in &template.policies {
            assert_located(source, policy.problems.iter());
            let selected = iam_policy_templates::select(&template.policies, &policy.name);
            assert!(
                selected.iter().any(|selected| selected.name == policy.name),
                "{}",
                policy.name
            );
            for variant in &policy.variants {
                let options = Options::DEFAULT.policy_type(policy.policy_type);
                let found = iam_policy_check::check(&variant.document, &options);
                assert_located(source, found.iter());
                assert_shown(source, found.iter());
                for reading in [Reading::MostPermissive, Reading::LeastPermissive] {
                    let _ = PolicySet::compile_as(policy.policy_type, [&variant.document], reading);
                }
                assert!(!variant.document.shown().has_unknowns());
            }
        }
    }
}

const TEMPLATES: &[&str] = &[
    "Resources:\n",
    "Type: ",
    "AWS::IAM::Policy",
    "Properties:\n",
    "PolicyDocument: ",
    "Statement: ",
    "Effect: Allow",
    "!Sub ",
    "!Ref ",
    "!If [",
    "!GetAtt ",
    "${",
    "}",
    "Fn::ForEach::",
    "Fn::If",
    "&a ",
    "*a",
    "<<: ",
    "|\n",
    "'",
    "\"",
    "- ",
    ": ",
    "[",
    "]",
    "{",
    "}",
    "\n  ",
    "policy",
    "aws_iam_policy",
    "${self:",
];

const TEMPLATE: &str = "Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub '${Stage}-logs'}
  Worker:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: '{\"Statement\": {\"Effect\": \"Allow\"}}'
      Policies:
        - PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - {Effect: Allow, Action: 's3:GetObject', Resource: !If [IsProd, !Sub '${Bucket.Arn}/*', '*']}
  F:
    Type: AWS::Serverless::Function
    Properties: {Policies: [S3ReadPolicy: {BucketName: !Ref Bucket}]}
";

const PLAN: &str = r#"{"format_version": "1.2", "planned_values": {"root_module": {"resources": [
  {"address": "aws_iam_policy.p", "type": "aws_iam_policy", "values": {"policy": "{\"Statement\": {\"Effect\": \"Allow\"}}"}}
]}}}"#;

const SERVICE: &str = "service: jobs
provider:
  name: aws
  iam: {role: {statements: [{Effect: Allow, Action: 'sqs:SendMessage', Resource: '${self:custom.queue}'}]}}
custom: {queue: 'arn:aws:sqs:*:*:${opt:stage, ''dev''}'}
";

/// Compiles a spec, and generates its files if it has no errors.
pub fn specs(source: &[u8]) {
    let Ok(source) = Source::decode("fuzz.toml", Ok(source.to_vec())) else {
        return;
    };
    let compiled = compile(&source);
    let diagnostics = || compiled.mistakes.iter().chain(&compiled.findings);
    assert_located(source.text().as_bytes(), diagnostics());
    assert_shown(source.text().as_bytes(), diagnostics());
    let origin = Origin {
        command: "fuzz",
        spec: "../fuzz.toml",
    };
    // Whatever could be read must not stop the generator.
    let files = artifacts(&compiled.spec, origin);
    assert_eq!(files, artifacts(&compiled.spec, origin));
    if compiled.mistakes.is_empty() {
        for file in files.iter().filter(|file| file.contents.starts_with('{')) {
            let reading = iam_policy_document::json::read(file.contents.as_bytes());
            assert_eq!(reading.problems, [], "{}", file.contents);
        }
    }
}

/// An answer to a request. Its `id` repeats that of the request, which may be a number of any size.
#[derive(Deserialize)]
struct Answer {
    error: Option<String>,
}

/// Answers requests as JSON lines.
pub fn requests(source: &[u8]) {
    let mut out = Vec::new();
    let summary = simulate_lines(source, &mut out).unwrap();
    let text = str::from_utf8(&out).unwrap();
    let answers: Vec<Answer> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), summary.answers);
    let errors = answers.iter().filter(|answer| answer.error.is_some()).count();
    assert_eq!(errors, summary.errors);
}

/// Compares two policies, each on a line.
pub fn pairs(source: &[u8]) {
    let text = String::from_utf8_lossy(source);
    let Some((old, new)) = text.split_once('\n') else {
        return;
    };
    let (Ok(old), Ok(new)) = (read_policy("old", old), read_policy("new", new)) else {
        return;
    };
    let options = iam_policy_compare::Options::default();
    for (old, new) in [(&old, &new), (&new, &old), (&old, &old)] {
        let start = Instant::now();
        let comparison = options.compare([old], [new]);
        assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
        assert!(
            comparison.newly_allowed.is_empty() || !comparison.verdict.grants_nothing_new(),
            "{comparison:?}"
        );
        if std::ptr::eq(old, new) {
            assert_eq!(comparison.newly_allowed, []);
            assert_eq!(comparison.newly_denied, []);
        }
    }
}

const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "null",
    "true",
    "-1e999",
    "\\u0000",
    "\\ud800",
    "\"Statement\"",
    "\"Effect\"",
    "\"Allow\"",
    "\"Deny\"",
    "\"Action\"",
    "\"NotAction\"",
    "\"Resource\"",
    "\"NotResource\"",
    "\"Principal\"",
    "\"NotPrincipal\"",
    "\"Condition\"",
    "\"AWS\"",
    "\"Service\"",
    "\"StringLike\"",
    "\"ForAllValues:StringNotEqualsIfExists\"",
    "\"Null\"",
    "\"IpAddress\"",
    "\"NumericLessThan\"",
    "\"DateGreaterThan\"",
    "\"ArnNotLike\"",
    "\"BinaryEquals\"",
    "\"aws:SourceIp\"",
    "\"aws:PrincipalArn\"",
    "\"aws:TagKeys\"",
    "${aws:username}",
    "${aws:PrincipalTag/a, 'b'}",
    "${*}",
    "${",
    "*",
    "?",
    "s3:Get*",
    "s3:*Object",
    "arn:aws:s3:::a/*",
    "arn:*:*:*:*:*",
    "arn:aws:iam::123456789012:root",
    "203.0.113.0/24",
    "::1/0",
    "2026-01-01T00:00:00Z",
    "\"Version\": \"2008-10-17\"",
    "\u{202e}",
    "\u{e0041}",
];

const TOML: &[&str] = &[
    "\n",
    "[",
    "]",
    "{",
    "}",
    "=",
    ",",
    "\"",
    "'''",
    "\"\"\"",
    "#",
    "true",
    "1e9",
    "\\u0000",
    "\\U000E0041",
    "[policy.user]",
    "[[policy.user.statement]]",
    "[policy.user.trust]",
    "[policy.user.extension.more]",
    "[[policy.user.extension.more.statement]]",
    "[parameter.bucket]",
    "[page]",
    "partitions = [\"aws\", \"aws-cn\"]",
    "attach = [\"user\"]",
    "effect = \"deny\"",
    "id = \"a\"",
    "reason = \"\"\"a\n\n# b\"\"\"",
    "without = \"`\"",
    "actions = [\"s3:*\"]",
    "not-actions = [\"iam:*\"]",
    "resources = [\"*\"]",
    "not-resources = [\"{bucket}\"]",
    "condition.StringLike.\"aws:PrincipalTag/a\" = [\"{bucket}\", \"*\"]",
    "services = [\"lambda\"]",
    "{partition}",
    "{bucket}",
    "{account}",
    "{",
    "default = \"x\"",
    "allow = [{ code = \"WILDCARD\", why = \"a\" }]",
    "|",
    "<!--",
    "\u{202e}",
];

const IDENTITY: &str = r#"{
  "Version": "2012-10-17",
  "Id": "a",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": ["s3:Get*", "s3:ListBucket"], "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
     "Condition": {"StringLike": {"aws:PrincipalTag/team": ["a*", "${aws:username}"]}, "Bool": {"aws:SecureTransport": "true"}}},
    {"Effect": "Deny", "NotAction": "sts:*", "NotResource": "arn:aws:iam::*:role/admin",
     "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}, "DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}},
    {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"ForAnyValue:StringEqualsIfExists": {"iam:PassedToService": "lambda.amazonaws.com"}, "Null": {"aws:TokenIssueTime": false}, "NumericLessThanEquals": {"s3:max-keys": 10}}}
  ]
}"#;

const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": ["123456789012", "arn:aws:iam::123456789012:role/a"], "Service": "lambda.amazonaws.com", "Federated": "token.actions.githubusercontent.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}}"#;

const SERVICE_CONTROL: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Sid": "Regions", "Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ops"}}}]}"#;

const SMALL_SPEC: &str = "[policy.user]\n[[policy.user.statement]]\nid = \"list\"\nreason = \"Finds it.\"\nactions = [\"s3:ListAllMyBuckets\"]\nresources = [\"*\"]\n";

const SPEC: &str = r#"
[page]
title = "Permissions of {bucket}"
about = """
Text with `code`, | and <b>.
"""

[parameter.bucket]
default = "reports"
description = "The bucket."

[policy.user]
title = "Users"
partitions = ["aws", "aws-cn"]
attach = ["user"]
[[policy.user.statement]]
id = "read"
reason = "Downloads reports."
without = "Nothing works."
actions = ["s3:GetObject", { action = "s3:PutObject", reason = "Uploads." }]
resources = ["arn:{partition}:s3:::{bucket}/*"]
condition.StringLike."aws:PrincipalTag/team" = ["a", "b*"]
[policy.user.extension.layers]
[[policy.user.extension.layers.statement]]
id = "layers"
reason = "Uses layers."
actions = ["lambda:GetLayerVersion"]
resources = ["arn:{partition}:lambda:*:123456789012:layer:a:*"]

[policy.role]
[policy.role.trust]
services = ["lambda"]
[[policy.role.statement]]
id = "send"
reason = "Tells the user."
actions = ["sqs:SendMessage"]
resources = ["arn:{partition}:sqs:*:*:done"]
"#;

const REQUESTS: &str = r#"{"id": 1, "request": {"principal": "arn:aws:iam::123456789012:user/ann", "action": "s3:GetObject", "resource": "arn:aws:s3:::reports/1", "context": {"aws:SourceIp": ["203.0.113.7"], "aws:PrincipalTag/team": "a"}}, "identityPolicies": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::reports/${aws:username}*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}}], "permissionsBoundary": {"Version": "2012-10-17", "Statement": []}, "resourcePolicy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}, "serviceControlPolicies": [[{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]]}
{"id": "b", "request": {"principal": "lambda.amazonaws.com", "action": "sts:AssumeRole", "resource": "arn:aws:iam::123456789012:role/a"}, "resourcePolicy": "{\"Statement\": []}"}

{"id": null, "request": {"principal": "123456789012", "action": "s3:ListAllMyBuckets", "resource": "*"}, "identityPolicies": []}
"#;

const PAIR: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "sqs:SendMessage"], "Resource": ["arn:aws:s3:::reports/*", "arn:aws:sqs:*:*:done"], "Condition": {"StringLike": {"aws:PrincipalTag/team": ["a*", "b?"]}}}, {"Effect": "Deny", "Action": "s3:GetObjectAcl", "NotResource": "arn:aws:s3:::reports/public/*"}]}
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*Object*", "Resource": "arn:aws:s3:::report*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "c"}, "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]}"#;

const CONDITIONS: &str = r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/a"}, "Action": "*", "Resource": "*", "Condition": {"NumericGreaterThan": {"s3:max-keys": "5"}, "DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}, "Null": {"aws:SourceVpc": "true"}}}]}
{"Statement": [{"Effect": "Allow", "Principal": "*", "NotAction": "iam:*", "Resource": "arn:*:s3:::*/${aws:username}", "Condition": {"NumericLessThan": {"s3:max-keys": ["10", "20"]}, "ForAnyValue:StringLike": {"aws:TagKeys": "?"}, "ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:a"}}}, {"Effect": "Deny", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "s3:*", "Resource": "*"}]}"#;
