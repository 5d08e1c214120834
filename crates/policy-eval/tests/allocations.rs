//! Decisions do not allocate.

#![expect(
    clippy::unwrap_used,
    reason = "Clippy only recognizes functions marked as tests as test code"
)]

use std::hint::black_box;

use iam_policy_eval::{Context, Policies, PolicySet, PolicyType, Request};
use testing_support::allocations::{Counting, allocations};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn compile(kind: PolicyType, statements: &str) -> PolicySet {
    let source = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let reading = iam_policy_document::json::read(source.as_bytes());
    PolicySet::compile(kind, [&reading.document]).unwrap()
}

#[test]
fn nothing_is_allocated() {
    let identity = compile(
        PolicyType::Identity,
        r#"{"Effect": "Allow", "Action": ["s3:*Object", "s3:Get*"], "Resource": ["arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::*/?"],
            "Condition": {
                "StringLike": {"aws:PrincipalTag/team": ["${aws:ResourceTag/team, 'é'}*", "r?d"]},
                "StringNotEqualsIgnoreCase": {"aws:PrincipalTag/team": ["BLUE", "É", "${aws:username}"]},
                "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]},
                "ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "a"},
                "ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::${aws:PrincipalAccount}:*", "arn:aws:iam::*:role/*"]},
                "NumericLessThan": {"aws:MultiFactorAuthAge": "300"},
                "DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"},
                "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]},
                "Bool": {"aws:SecureTransport": "true"},
                "BinaryEquals": {"custom:bytes": "QQ=="},
                "Null": {"custom:none": "true"}
            }},
           {"Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::home/${custom:none}"}"#,
    );
    let all = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    let boundary = compile(PolicyType::PermissionsBoundary, all);
    let session = compile(PolicyType::Session, all);
    let levels = [
        compile(PolicyType::ServiceControl, all),
        compile(PolicyType::ServiceControl, all),
    ];
    let guard = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#;
    let resource_control = [compile(PolicyType::ResourceControl, guard)];
    let resource = compile(
        PolicyType::Resource,
        r#"{"Effect": "Deny", "NotPrincipal": {"AWS": ["111111111111", "arn:aws:iam::111111111111:role/r"]}, "Action": "s3:Put*", "Resource": "*"},
           {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:role/r", "Service": "lambda.amazonaws.com"}, "Action": "s3:Get*", "Resource": "*"}"#,
    );
    let policies = Policies::new(&identity)
        .with_permissions_boundary(&boundary)
        .with_session(&session)
        .with_service_control(&levels)
        .with_resource_control(&resource_control)
        .with_resource(&resource);
    let mut context = Context::new();
    for (key, value) in [
        ("aws:PrincipalTag/team", "red"),
        ("aws:MultiFactorAuthAge", "12"),
        ("aws:CurrentTime", "2026-09-26T12:00:00.5+02:00"),
        ("aws:SourceIp", "203.0.113.7"),
        ("aws:SecureTransport", "true"),
        ("custom:bytes", "QQ=="),
    ] {
        context.set(key, [value]).unwrap();
    }
    context.set("aws:TagKeys", ["a", "b"]).unwrap();
    let mut requests = Vec::new();
    for principal in [
        "arn:aws:iam::111111111111:user/ann",
        "arn:aws:sts::111111111111:assumed-role/r/s",
        "arn:aws:iam::222222222222:role/x",
        "111111111111",
        "lambda.amazonaws.com",
        "*",
    ] {
        for action in [
            "s3:GetObject",
            "S3:PUTOBJECT",
            "s3:ListAllMyBuckets",
            "kms:Decrypt",
            "new:Thing",
        ] {
            for resource in ["arn:aws:s3:::home/ann/x", "arn:aws:s3:::home/bob/long/x", "*"] {
                requests.push(
                    Request::new(principal, action, resource)
                        .unwrap()
                        .with_context(&context),
                );
            }
        }
    }
    let mut allowed = 0;
    let count = allocations(|| {
        for request in &requests {
            allowed += usize::from(black_box(policies.decide(black_box(request))).decision.name() == "allowed");
        }
    });
    assert_eq!(count, 0);
    assert!(allowed > 3, "{allowed}");
}
