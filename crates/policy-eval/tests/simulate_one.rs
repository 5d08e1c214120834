//! Reports about one request, as text and as JSON.

use expect_test::{Expect, expect};
use iam_policy_document::{Document, StyledText};
use iam_policy_eval::simulate::{Ask, File, OneError, simulate_one, simulate_one_json};

const USER: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Read",
            "Effect": "Allow",
            "Action": ["s3:Get*", "s3:ListBucket"],
            "Resource": [
                "arn:aws:s3:::logs",
                "arn:aws:s3:::logs/*"
            ]
        },
        {
            "Effect": "Allow",
            "Action": "ec2:StartInstances",
            "Resource": "*",
            "Condition": {
                "StringEquals": {"aws:ResourceTag/stage": ["test", "dev"]},
                "Bool": {"aws:MultiFactorAuthPresent": "true"}
            }
        },
        {"Sid": "NoKeys", "Effect": "Deny", "NotAction": ["s3:*", "ec2:*", "sqs:*"], "Resource": "*"}
    ]
}
"#;

/// A policy in a file that lives until the end of the test.
fn file(name: &'static str, source: &'static str) -> File<'static> {
    let document: &Document = Box::leak(Box::new(iam_policy_document::json::read(source.as_bytes()).document));
    File { name, source, document }
}

fn check(ask: &Ask<'_>, expected: Expect) {
    let mut out = StyledText::new();
    let text = match simulate_one(ask, &mut out) {
        Ok(_) => out.to_string(),
        Err(OneError::Policies(diagnostics)) => diagnostics.to_string(),
        Err(error) => format!("error: {error}\n"),
    };
    expected.assert_eq(&text);
}

fn ask(action: &'static str, resource: &'static str) -> Ask<'static> {
    Ask {
        principal: "arn:aws:iam::123456789012:user/ann",
        action,
        resource,
        identity: Box::leak(Box::new([file("user.json", USER)])),
        ..Ask::default()
    }
}

#[test]
fn allowed_requests() {
    check(
        &ask("s3:GetObject", "arn:aws:s3:::logs/1"),
        expect![[r#"
            allowed: statement 1 (`Read`) of identity policy 1 allows it
              --> user.json:4:9
               |
            6  |             "Effect": "Allow",
               |             ^^^^^^^^^^^^^^^^^ allows
            7  |             "Action": ["s3:Get*", "s3:ListBucket"],
               |                        ^^^^^^^^^ covers `s3:GetObject`
            ...
            10 |                 "arn:aws:s3:::logs/*"
               |                 ^^^^^^^^^^^^^^^^^^^^^ covers `arn:aws:s3:::logs/1`
        "#]],
    );
}

#[test]
fn denied_requests() {
    check(
        &ask("kms:ListKeys", "*"),
        expect![[r#"
            explicitDeny: statement 3 (`NoKeys`) of identity policy 1 denies it
              --> user.json:22:9
               |
            22 |         {"Sid": "NoKeys", "Effect": "Deny", "NotAction": ["s3:*", "ec2:*", "sqs:*"], "Resource": "*"}
               |                           ^^^^^^^^^^^^^^^^ denies
               |                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not exclude it
               |                                                                                                  ^^^ covers `*`
               = help: an explicit deny overrides every allow: narrow this statement or its conditions
        "#]],
    );
}

#[test]
fn resources_that_the_reference_does_not_list() {
    // AWS authorizes this on `*`, but the decision is about the resource that the request names.
    check(
        &ask("s3:ListAllMyBuckets", "arn:aws:s3:::logs"),
        expect![[r#"
            implicitDeny: no identity policy allows `s3:ListAllMyBuckets` on `arn:aws:s3:::logs` (AWS usually authorizes `s3:ListAllMyBuckets` on `*`)
            closest match: statement 1 (`Read`) of identity policy 1
             --> user.json:4:9
              |
            7 |             "Action": ["s3:Get*", "s3:ListBucket"],
              |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `s3:ListAllMyBuckets`
              = help: add `s3:ListAllMyBuckets` to `Action`
        "#]],
    );
    check(
        &ask("sns:ListTopics", "arn:aws:sns:eu-west-1:123456789012:a"),
        expect![[r#"
            explicitDeny: statement 3 (`NoKeys`) of identity policy 1 denies it
              --> user.json:22:9
               |
            22 |         {"Sid": "NoKeys", "Effect": "Deny", "NotAction": ["s3:*", "ec2:*", "sqs:*"], "Resource": "*"}
               |                           ^^^^^^^^^^^^^^^^ denies
               |                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not exclude it
               |                                                                                                  ^^^ covers `arn:aws:sns:eu-west-1:123456789012:a`
               = help: an explicit deny overrides every allow: narrow this statement or its conditions
            note: AWS usually authorizes `sns:ListTopics` on `*`
        "#]],
    );
    check(
        &ask("s3:ListBucket", "arn:aws:s3:::logs/1"),
        expect![[r#"
            allowed: statement 1 (`Read`) of identity policy 1 allows it
              --> user.json:4:9
               |
            6  |             "Effect": "Allow",
               |             ^^^^^^^^^^^^^^^^^ allows
            7  |             "Action": ["s3:Get*", "s3:ListBucket"],
               |                                   ^^^^^^^^^^^^^^^ covers `s3:ListBucket`
            ...
            10 |                 "arn:aws:s3:::logs/*"
               |                 ^^^^^^^^^^^^^^^^^^^^^ covers `arn:aws:s3:::logs/1`
            note: `arn:aws:s3:::logs/1` is of the type `object`, which AWS's reference does not list for `s3:ListBucket` (as of 2026-10-27)
        "#]],
    );
    // AWS's documentation has this one, though not the reference.
    check(
        &ask("s3:GetObject", "arn:aws:s3::123456789012:accesspoint/a.mrap/object/1"),
        expect![[r#"
            implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3::123456789012:accesspoint/a.mrap/object/1`
            closest match: statement 1 (`Read`) of identity policy 1
             --> user.json:4:9
              |
            8 |             "Resource": [
              |             ^^^^^^^^^^^^^ does not cover `arn:aws:s3::123456789012:accesspoint/a.mrap/object/1`
              = help: add `arn:aws:s3::123456789012:accesspoint/a.mrap/object/1`, or a pattern that covers it, to `Resource`
        "#]],
    );
}

#[test]
fn requests_that_are_not_allowed() {
    check(
        &ask("s3:GetObject", "arn:aws:s3:::log/1"),
        expect![[r#"
            implicitDeny: no identity policy allows `s3:GetObject` on `arn:aws:s3:::log/1`
            closest match: statement 1 (`Read`) of identity policy 1
             --> user.json:4:9
              |
            8 |             "Resource": [
              |             ^^^^^^^^^^^^^ does not cover `arn:aws:s3:::log/1`
              = help: add `arn:aws:s3:::log/1`, or a pattern that covers it, to `Resource`
        "#]],
    );
    check(
        &ask("s3:PutObject", "arn:aws:s3:::logs/1"),
        expect![[r#"
            implicitDeny: no identity policy allows `s3:PutObject` on `arn:aws:s3:::logs/1`
            closest match: statement 1 (`Read`) of identity policy 1
             --> user.json:4:9
              |
            7 |             "Action": ["s3:Get*", "s3:ListBucket"],
              |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not cover `s3:PutObject`
              = help: add `s3:PutObject` to `Action`
        "#]],
    );
    check(
        &ask("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:q"),
        expect![[r#"
            implicitDeny: no identity policy allows `sqs:SendMessage` on `arn:aws:sqs:eu-west-1:123456789012:q`
              = help: allow `sqs:SendMessage` on `arn:aws:sqs:eu-west-1:123456789012:q` in an identity policy
        "#]],
    );
    check(
        &ask("s3:GetAccountPublicAccessBlock", "*"),
        expect![[r#"
            implicitDeny: no identity policy allows `s3:GetAccountPublicAccessBlock` on `*`
            closest match: statement 1 (`Read`) of identity policy 1
             --> user.json:4:9
              |
            8 |             "Resource": [
              |             ^^^^^^^^^^^^^ does not cover `*`, which `s3:GetAccountPublicAccessBlock` requires
              = help: allow `s3:GetAccountPublicAccessBlock` in a statement whose `Resource` is `*`
        "#]],
    );
}

#[test]
fn conditions() {
    let ask = Ask {
        context: &[
            ("aws:ResourceTag/stage", vec!["live"]),
            ("aws:MultiFactorAuthPresnt", vec!["true"]),
        ],
        ..ask("ec2:StartInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1")
    };
    check(
        &ask,
        expect![[r#"
            implicitDeny: no identity policy allows `ec2:StartInstances` on `arn:aws:ec2:eu-west-1:123456789012:instance/i-1`
            closest match: statement 2 of identity policy 1
              --> user.json:13:9
               |
            18 |                 "StringEquals": {"aws:ResourceTag/stage": ["test", "dev"]},
               |                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `aws:ResourceTag/stage` is `live`
            19 |                 "Bool": {"aws:MultiFactorAuthPresent": "true"}
               |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `aws:MultiFactorAuthPresent` is not in the request
               = help: use a different `aws:ResourceTag/stage` in the request, or change the condition
               = help: add `aws:MultiFactorAuthPresent` to the request context if real requests have it

            note: the decision may depend on context keys that are not in the request: `aws:MultiFactorAuthPresent`
            note: AWS has no condition key `aws:MultiFactorAuthPresnt`; did you mean `aws:MultiFactorAuthPresent`?
        "#]],
    );
}

#[test]
fn resource_policies_and_levels() {
    let queue = "arn:aws:sqs:eu-west-1:210987654321:q";
    let all = file(
        "all.json",
        r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
    );
    let ours = Ask {
        identity: &[all],
        ..ask("sqs:SendMessage", queue)
    };
    check(
        &ours,
        expect![[r#"
            implicitDeny: `arn:aws:sqs:eu-west-1:210987654321:q` is in another account, and there is no resource policy that allows `sqs:SendMessage` on `arn:aws:sqs:eu-west-1:210987654321:q`
              = help: allow `arn:aws:iam::123456789012:user/ann` to perform `sqs:SendMessage` in the policy of `arn:aws:sqs:eu-west-1:210987654321:q`
        "#]],
    );
    let policy = file(
        "queue.json",
        r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "sqs:*", "Resource": "*"}]}"#,
    );
    let theirs = Ask {
        resource_policy: Some(policy),
        ..ours
    };
    check(
        &theirs,
        expect![[r#"
            implicitDeny: `arn:aws:sqs:eu-west-1:210987654321:q` is in another account, and the resource policy does not allow `sqs:SendMessage` on `arn:aws:sqs:eu-west-1:210987654321:q`
            closest match: statement 1 of the resource policy
             --> queue.json:1:16
              |
            1 | {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "sqs:*", "Resource": "*"}]}
              |                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ does not name `arn:aws:iam::123456789012:user/ann`
              = help: add `arn:aws:iam::123456789012:user/ann` to `Principal`
        "#]],
    );
    let levels = Ask {
        service_control: &[vec![all], vec![]],
        ..ours
    };
    check(
        &levels,
        expect![[r#"
            implicitDeny: no service control policy at level 2 of the organization allows `sqs:SendMessage` on `arn:aws:sqs:eu-west-1:210987654321:q`
              = help: allow `sqs:SendMessage` on `arn:aws:sqs:eu-west-1:210987654321:q` in a service control policy
        "#]],
    );
}

#[test]
fn undecidable_requests() {
    check(
        &ask("GetObject", "*"),
        expect![[r"
        error: invalid action `GetObject`: expected `service:Name` without wildcards
    "]],
    );
    let wrong = Ask {
        identity: &[
            file("b.json", "{\n  \"Statement\": {\"Effect\": \"Maybe\"}}"),
            file("c.json", "{}"),
        ],
        service_control: &[vec![file("d.json", "{\"Statement\": 5}")]],
        ..ask("s3:GetObject", "*")
    };
    check(
        &wrong,
        expect![[r#"
            error: `Maybe` is neither `Allow` nor `Deny`
             --> b.json:2:27
              |
            2 |   "Statement": {"Effect": "Maybe"}}
              |                           ^^^^^^^

            error: `Statement` is missing
             --> c.json:1:1
              |
            1 | {}
              | ^^

            error: expected a statement, found number
             --> d.json:1:15
              |
            1 | {"Statement": 5}
              |               ^

        "#]],
    );
}

#[test]
fn json_agrees_with_the_text() {
    let mut out = Vec::new();
    let ask = ask("s3:GetObject", "arn:aws:s3:::log/1");
    simulate_one_json(&ask, &mut out).unwrap_or_else(|error| panic!("{error}"));
    expect![[r#"
        {"decision":"implicitDeny","matched":[],"near":[{"policy":"identityPolicies[0]","statement":0,"sid":"Read","effect":"Allow","file":"user.json","line":4,"failures":["it applies only to the resource `arn:aws:s3:::logs` or `arn:aws:s3:::logs/*`"]}],"missing":[],"notes":[],"because":"no identity policy allows `s3:GetObject` on `arn:aws:s3:::log/1`; the closest match is statement 1 (`Read`) of identity policy 1, but it applies only to the resource `arn:aws:s3:::logs` or `arn:aws:s3:::logs/*`"}
    "#]].assert_eq(&String::from_utf8_lossy(&out));
}
