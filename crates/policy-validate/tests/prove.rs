//! Proofs about local policies.

#![expect(clippy::unwrap_used, reason = "a panic fails the test, in helpers too")]

mod support;

use std::fmt::Write;

use expect_test::{Expect, expect};
use iam_policy_core::{Options, Partition};
use iam_policy_document::Document;
use iam_policy_validate::{Addition, ContextEntry, Granted, NamedPolicy, Report, Required, Status};
use remotion_lambda_policies::{ALL, USER};

use crate::support::{ann, document, required};

/// One line per check that is not simply allowed, and one per denial.
fn written(report: &Report) -> String {
    let mut text = String::new();
    for check in report.checks.iter().filter(|check| check.status != Status::Allowed) {
        writeln!(
            text,
            "{} {} {}: {:?}",
            check.statement, check.action, check.pattern, check.status
        )
        .unwrap();
        for denial in &check.denials {
            write!(text, "  {} {}", denial.action, denial.resource).unwrap();
            for entry in &denial.context {
                write!(text, " {}={}", entry.key, entry.values.join(",")).unwrap();
            }
            writeln!(text, ": {:?}", denial.blames()).unwrap();
        }
    }
    text
}

const NEEDED: &str = r#"{"Sid": "Files", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::reports/*"},
    {"Sid": "Functions", "Effect": "Allow", "Action": "lambda:GetFunction", "Resource": "arn:aws:lambda:*:*:function:f-*"}"#;
const ALL_OF_IT: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

fn granted(identity: &Document) -> Granted<'_> {
    Granted {
        identity: vec![NamedPolicy::new("inline policy `app`", identity)],
        ..Granted::default()
    }
}

fn check(identity: &str, expected: Expect) {
    let identity = document(identity);
    let report = granted(&identity).prove(&required(NEEDED), Some(&ann()), &[]);
    expected.assert_eq(&written(&report));
}

#[test]
fn everything_granted_is_proved() {
    check(ALL_OF_IT, expect![[r#""#]]);
    check(
        r#"{"Effect": "Allow", "Action": ["s3:?etObject", "s3:P*"], "Resource": "arn:aws:s3:::rep*"},
           {"Effect": "Allow", "Action": "lambda:*", "Resource": "arn:aws:lambda:*:*:*"}"#,
        expect![[r#""#]],
    );
}

#[test]
fn witnesses_show_what_is_missing() {
    check(
        r#"{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::reports/2025/*", "arn:aws:s3:::reports/a*"]},
           {"Effect": "Allow", "Action": "lambda:*", "Resource": "arn:aws:lambda:*:123456789012:function:f-*"}"#,
        expect![[r#"
            0 s3:GetObject arn:aws:s3:::reports/*: Denied
              s3:GetObject arn:aws:s3:::reports/x-1: [NoPolicy]
            0 s3:PutObject arn:aws:s3:::reports/*: Denied
              s3:PutObject arn:aws:s3:::reports/x-1: [NoPolicy]
            1 lambda:GetFunction arn:aws:lambda:*:*:function:f-*: AllowedHere
              lambda:GetFunction arn:aws:lambda:us-east-1:a:function:f-: [NoPolicy]
        "#]],
    );
    check(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*"},
           {"Sid": "NoSecrets", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::*secret*"}"#,
        expect![[r#"
            0 s3:GetObject arn:aws:s3:::reports/*: Denied
              s3:GetObject arn:aws:s3:::reports/secret: [Policy([Matched { policy: "inline policy `app`, statement `NoSecrets`", kind: "identity policy", start: None, end: None }])]
            0 s3:PutObject arn:aws:s3:::reports/*: Denied
              s3:PutObject arn:aws:s3:::reports/secret: [Policy([Matched { policy: "inline policy `app`, statement `NoSecrets`", kind: "identity policy", start: None, end: None }])]
        "#]],
    );
}

#[test]
fn conditions_on_unknown_keys_are_not_ignored() {
    let grant = r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}"#;
    check(
        grant,
        expect![[r#"
            0 s3:GetObject arn:aws:s3:::reports/*: Denied
              s3:GetObject arn:aws:s3:::reports/a aws:MultiFactorAuthPresent=: [NoPolicy]
            0 s3:PutObject arn:aws:s3:::reports/*: Denied
              s3:PutObject arn:aws:s3:::reports/a aws:MultiFactorAuthPresent=: [NoPolicy]
            1 lambda:GetFunction arn:aws:lambda:*:*:function:f-*: Denied
              lambda:GetFunction arn:aws:lambda:eu-central-1:123456789012:function:f- aws:MultiFactorAuthPresent=: [NoPolicy]
        "#]],
    );
    let identity = document(grant);
    let present = ContextEntry::new("aws:MultiFactorAuthPresent", ["true"]).unwrap();
    let report = granted(&identity).prove(&required(NEEDED), Some(&ann()), &[present]);
    assert!(report.is_fine(), "{}", written(&report));
}

#[test]
fn keys_derived_from_the_principal_are_known() {
    let own = document(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {
            "StringEquals": {"aws:username": "ann"}, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/team/*"}}}"#,
    );
    assert!(granted(&own).prove(&required(NEEDED), Some(&ann()), &[]).is_fine());
    assert!(!granted(&own).prove(&required(NEEDED), None, &[]).is_fine());
}

#[test]
fn every_context_type_can_be_given() {
    for (key, value, operator) in [
        ("aws:SourceIp", "203.0.113.7", "IpAddress"),
        ("aws:MultiFactorAuthAge", "300", "NumericLessThanEquals"),
        ("aws:CurrentTime", "2026-01-01T00:00:00Z", "DateLessThanEquals"),
        ("aws:TagKeys", "team", "ForAnyValue:StringEquals"),
        ("aws:SecureTransport", "true", "Bool"),
        ("aws:SourceArn", "arn:aws:sns:eu-west-1:123456789012:t", "ArnEquals"),
        ("acme:Stage", "live", "StringEquals"),
    ] {
        let grant = document(&format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{"{operator}": {{"{key}": "{value}"}}}}}}"#
        ));
        let entry = ContextEntry::new(key, [value]).unwrap();
        let report = granted(&grant).prove(&required(NEEDED), None, &[entry]);
        assert!(report.is_fine(), "{key}: {}", written(&report));
        assert!(!granted(&grant).prove(&required(NEEDED), None, &[]).is_fine(), "{key}");
    }
}

#[test]
fn boundary_and_organization_must_allow() {
    let everything = document(ALL_OF_IT);
    let reading = document(r#"{"Effect": "Allow", "Action": ["s3:Get*", "lambda:*"], "Resource": "*"}"#);
    let no_functions = document(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*"},
           {"Sid": "NoFunctions", "Effect": "Deny", "Action": "lambda:*", "Resource": "*"}"#,
    );
    let granted = Granted {
        identity: vec![NamedPolicy::new("inline policy `app`", &everything)],
        boundary: Some(NamedPolicy::new("boundary `reading`", &reading)),
        service_control: vec![
            vec![NamedPolicy::new("FullAccess", &everything)],
            vec![
                NamedPolicy::new("FullAccess", &everything),
                NamedPolicy::new("guard", &no_functions),
            ],
            Vec::new(),
        ],
    };
    let needed = required(NEEDED);
    let report = granted.prove(&needed, Some(&ann()), &[]);
    expect![[r#"
        0 s3:GetObject arn:aws:s3:::reports/*: Denied
          s3:GetObject arn:aws:s3:::reports/a: [Organization([])]
        0 s3:PutObject arn:aws:s3:::reports/*: Denied
          s3:PutObject arn:aws:s3:::reports/a: [Boundary([])]
          s3:PutObject arn:aws:s3:::reports/a: [Organization([])]
        1 lambda:GetFunction arn:aws:lambda:*:*:function:f-*: Denied
          lambda:GetFunction arn:aws:lambda:eu-central-1:123456789012:function:f-: [Organization([Matched { policy: "guard, statement `NoFunctions`", kind: "service control policy", start: None, end: None }])]
          lambda:GetFunction arn:aws:lambda:eu-central-1:123456789012:function:f-: [Organization([])]
    "#]].assert_eq(&written(&report));
    assert!(Addition::new(&needed, &report).is_none());
}

#[test]
fn ungranted_actions_are_skipped() {
    let nothing = document("");
    let report = granted(&nothing).prove(
        &required(
            r#"{"Effect": "Allow", "Action": ["ec2:DescribeInstances", "s3:ListBucket"], "Resource": "arn:aws:s3:::b"},
               {"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*"},
               {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*", "Condition": {"StringEquals": {"aws:username": "bob"}}}"#,
        ),
        Some(&ann()),
        &[],
    );
    expect![[r#"
        0 ec2:DescribeInstances arn:aws:s3:::b: Skipped(GrantsNothing)
        0 s3:ListBucket arn:aws:s3:::b: Skipped(GrantsNothing)
        2 sqs:ListQueues *: Skipped(Otherwise)
    "#]]
    .assert_eq(&written(&report));
    assert!(report.is_fine());
}

#[test]
fn not_action_is_proved_as_a_whole() {
    let needed = r#"{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::vault/*"}"#;
    let prove = |identity: &str| {
        let identity = document(identity);
        let needed = required(needed);
        let report = granted(&identity).prove(&needed, Some(&ann()), &[]);
        let addition = Addition::new(&needed, &report);
        (
            report.is_fine(),
            addition.map(|addition| addition.document().statements().count()),
        )
    };
    assert_eq!(prove(ALL_OF_IT), (true, None));
    assert_eq!(
        prove(r#"{"Effect": "Allow", "NotAction": ["iam:*", "s3:Get*"], "Resource": "*"}"#),
        (false, Some(1))
    );
}

#[test]
fn the_addition_completes_the_principal() {
    for policy in ALL {
        let required = Required::from_policy(policy, Options::DEFAULT).unwrap();
        let some = document(
            r#"{"Effect": "Allow", "Action": ["s3:*Object", "lambda:*"], "Resource": "*"},
               {"Effect": "Allow", "Action": "logs:*", "Resource": "arn:aws:logs:*:123456789012:*"}"#,
        );
        let before = granted(&some).prove(&required, Some(&ann()), &[]);
        assert!(!before.is_fine());
        let addition = Addition::new(&required, &before).unwrap();
        let after = Granted {
            identity: vec![
                NamedPolicy::new("some", &some),
                NamedPolicy::new("addition", addition.document()),
            ],
            ..Granted::default()
        };
        let report = after.prove(&required, Some(&ann()), &[]);
        assert!(report.is_fine(), "{}", written(&report));
    }
}

#[test]
fn a_policy_grants_itself() {
    for policy in ALL {
        for &partition in policy.partitions {
            let options = Options::DEFAULT.partition(partition);
            let required = Required::from_policy(policy, options).unwrap();
            let report = granted(required.document()).prove(&required, None, &[]);
            assert!(
                report.checks.iter().all(|check| check.status == Status::Allowed),
                "{}",
                written(&report)
            );
        }
    }
    let cn = Options::DEFAULT.partition(Partition::China);
    let other = Required::from_policy(&USER, cn).unwrap();
    let required = Required::from_policy(&USER, Options::DEFAULT).unwrap();
    assert!(!granted(other.document()).prove(&required, None, &[]).is_fine());
}

#[test]
fn other_partitions_are_ignored() {
    let own = document(r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::*"}"#);
    let needed = required(r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:*:s3:::b"}"#);
    let status = |subject: Option<&iam_policy_validate::Subject>| {
        let report = granted(&own).prove(&needed, subject, &[]);
        report.checks.into_iter().map(|check| check.status).collect::<Vec<_>>()
    };
    assert_eq!(status(Some(&ann())), [Status::AllowedHere]);
    assert_eq!(status(None), [Status::Denied]);
}
