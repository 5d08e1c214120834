//! The locations of everything in the document of a policy.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use std::fmt::Write;

use expect_test::{Expect, expect};
use iam_policy_core::Options;
use iam_policy_document::{Document, Span, Value};
use iam_policy_spec::compile::{document, trust_document};
use iam_policy_spec::{Source, read, with_policies};

const SPEC: &str = r#"
[parameters]
team = { default = "red", about = "The team." }

[policy.role]
partitions = ["aws", "aws-cn"]

[[policy.role.statement]]
id         = "china-only"
partitions = ["aws-cn"]
reason     = "Skipped."
actions    = ["s3:ListAllMyBuckets"]
resources  = ["*"]

[[policy.role.statement]]
id        = "read"
sid       = "Reads"
reason    = "Reads."
actions   = ["s3:GetObject", { action = "s3:PutObject", reason = "Writes." }]
resources = [
    { arn = "arn:aws-cn:s3:::c/*", partitions = ["aws-cn"] },
    "arn:{partition}:s3:::{team}/*",
    { arn = "arn:{partition}:s3:::b/*", reason = "There." },
]
condition.StringEquals."aws:RequestedRegion" = ["eu-west-1", "eu-west-2"]
condition.StringEquals."aws:PrincipalTag/team" = "{team}"
condition.Bool."aws:SecureTransport" = true

[policy.role.trust]
services = ["lambda", "ec2"]
condition.ArnLike."aws:SourceArn" = "arn:{partition}:lambda:*:*:function:*"

[policy.role.extension.other]
[[policy.role.extension.other.statement]]
id        = "other"
reason    = "Other."
actions   = ["s3:ListBucket"]
resources = ["*"]

[policy.role.extension.deny]
[[policy.role.extension.deny.statement]]
id            = "deny"
effect        = "Deny"
reason        = "Denies."
not-actions   = ["s3:*"]
not-resources = ["arn:{partition}:s3:::a"]
"#;

/// Lists each value with its path, the text of its span in the spec, and that of its key.
fn check(document: &Document, expected: Expect) {
    let at = |span: Option<Span>| span.map_or("-", |span| span.of(SPEC).unwrap());
    let mut shown = String::new();
    for value in document.values() {
        let parent = value.parent();
        let key = parent.and_then(|parent| parent.members().find(|member| member.value == value));
        let key = key.map_or(String::new(), |member| {
            format!("{} [{}] ", member.key, at(member.key_span()))
        });
        let text = value.as_str().map_or(String::new(), |text| format!("{text:?} "));
        writeln!(shown, "{}: {key}{text}[{}]", Value::path(value), at(value.span())).unwrap();
    }
    expected.assert_eq(&shown);
}

#[test]
fn a_policy_with_an_extension() {
    let (spec, mistakes) = read(&Source::new("policies.toml", SPEC));
    assert_eq!(mistakes, []);
    let document = with_policies(&spec, |lowered| {
        let options = Options::DEFAULT.extensions(&["deny"]);
        document(&spec.policies[0], &lowered[0], options)
    });
    check(
        &document,
        expect![[r#"
        policy.role: [role]
        policy.role.Version: Version [-] "2012-10-17" [-]
        policy.role.Statement: Statement [-] [-]
        policy.role.statement[1]: [[[policy.role.statement]]]
        policy.role.statement[1].sid: Sid [-] "Reads" ["Reads"]
        policy.role.statement[1].effect: Effect [-] "Allow" ["read"]
        policy.role.statement[1].actions: Action [[[policy.role.statement]]] [-]
        policy.role.statement[1].actions[0]: "s3:GetObject" ["s3:GetObject"]
        policy.role.statement[1].actions[1]: "s3:PutObject" ["s3:PutObject"]
        policy.role.statement[1].resources: Resource [[[policy.role.statement]]] [-]
        policy.role.statement[1].resources[1]: "arn:aws:s3:::red/*" ["arn:{partition}:s3:::{team}/*"]
        policy.role.statement[1].resources[2]: "arn:aws:s3:::b/*" ["arn:{partition}:s3:::b/*"]
        policy.role.statement[1].condition: Condition [-] [-]
        policy.role.statement[1].condition.StringEquals: StringEquals [StringEquals] [-]
        policy.role.statement[1].condition.StringEquals."aws:RequestedRegion": aws:RequestedRegion ["aws:RequestedRegion"] [-]
        policy.role.statement[1].condition.StringEquals."aws:RequestedRegion"[0]: "eu-west-1" ["eu-west-1"]
        policy.role.statement[1].condition.StringEquals."aws:RequestedRegion"[1]: "eu-west-2" ["eu-west-2"]
        policy.role.statement[1].condition.StringEquals."aws:PrincipalTag/team": aws:PrincipalTag/team ["aws:PrincipalTag/team"] [-]
        policy.role.statement[1].condition.StringEquals."aws:PrincipalTag/team"[0]: "red" ["{team}"]
        policy.role.statement[1].condition.Bool: Bool [Bool] [-]
        policy.role.statement[1].condition.Bool."aws:SecureTransport": aws:SecureTransport ["aws:SecureTransport"] [-]
        policy.role.statement[1].condition.Bool."aws:SecureTransport"[0]: "true" [true]
        policy.role.extension.deny.statement[0]: [[[policy.role.extension.deny.statement]]]
        policy.role.extension.deny.statement[0].sid: Sid [-] "Deny" ["deny"]
        policy.role.extension.deny.statement[0].effect: Effect [-] "Deny" ["deny"]
        policy.role.extension.deny.statement[0].not-actions: NotAction [[[policy.role.extension.deny.statement]]] [-]
        policy.role.extension.deny.statement[0].not-actions[0]: "s3:*" ["s3:*"]
        policy.role.extension.deny.statement[0].not-resources: NotResource [[[policy.role.extension.deny.statement]]] [-]
        policy.role.extension.deny.statement[0].not-resources[0]: "arn:aws:s3:::a" ["arn:{partition}:s3:::a"]
    "#]],
    );
}

#[test]
fn a_trust_policy() {
    let (spec, _) = read(&Source::new("policies.toml", SPEC));
    let document = with_policies(&spec, |lowered| {
        trust_document(&spec.policies[0], &lowered[0], Options::DEFAULT).unwrap()
    });
    check(
        &document,
        expect![[r#"
            policy.role.trust: [[policy.role.trust]]
            policy.role.trust.Version: Version [-] "2012-10-17" [-]
            policy.role.trust.Statement: Statement [-] [-]
            policy.role.trust: [[policy.role.trust]]
            policy.role.trust.effect: Effect [-] "Allow" [[policy.role.trust]]
            policy.role.trust.services: Principal ["lambda"] ["lambda"]
            policy.role.trust.services: Service ["lambda"] ["lambda"]
            policy.role.trust.services[0]: "lambda.amazonaws.com" ["lambda"]
            policy.role.trust.services[1]: "ec2.amazonaws.com" ["ec2"]
            policy.role.trust.actions: Action [[policy.role.trust]] [-]
            policy.role.trust.actions[0]: "sts:AssumeRole" [[policy.role.trust]]
            policy.role.trust.condition: Condition [-] [-]
            policy.role.trust.condition.ArnLike: ArnLike [ArnLike] [-]
            policy.role.trust.condition.ArnLike."aws:SourceArn": aws:SourceArn ["aws:SourceArn"] [-]
            policy.role.trust.condition.ArnLike."aws:SourceArn"[0]: "arn:aws:lambda:*:*:function:*" ["arn:{partition}:lambda:*:*:function:*"]
        "#]],
    );
}
