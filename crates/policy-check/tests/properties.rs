//! Any document is checked in linear time, and every finding has a location.

use iam_policy_check::{Code, Options, PolicyType, check};
use iam_policy_core::AttachmentKind;
use iam_policy_document::{Diagnostic, Document, Span};
use proptest::prelude::*;

fn findings(document: &Document) -> Vec<Diagnostic> {
    PolicyType::ALL
        .iter()
        .flat_map(|&policy_type| {
            let options = Options::DEFAULT.policy_type(policy_type).attach(AttachmentKind::ALL);
            check(document, &options)
        })
        .collect()
}

fn is_placed(source: &[u8]) -> Result<(), TestCaseError> {
    let reading = iam_policy_document::json::read(source);
    for finding in findings(&reading.document) {
        prop_assert!(!finding.message.is_empty());
        let _ = finding.help_texts().count();
        for place in finding.locations() {
            let span = place.span.unwrap_or(Span::new(0, 0));
            prop_assert!(span.start <= span.end && span.end <= source.len(), "{}", finding);
        }
    }
    Ok(())
}

/// Strings with a meaning somewhere in a policy.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "Allow",
            "Deny",
            "*",
            "s3:GetObject",
            "s3:Get*",
            "iam:PassRole",
            "iam:*",
            "s*:x",
            "s3",
            "nonsense:x",
            "?",
            "2012-10-17",
            "arn:aws:s3:::b/*",
            "arn:aws:iam::123456789012:role/x",
            "arn:aws:sqs:mars:1:q",
            "arn:",
            "arn:aws",
            "${aws:username}",
            "${",
            "${}",
            "10.0.0.0/8",
            "203.0.113.7/24",
            "2026-01-01",
            "7/1/2026",
            "true",
            "5",
            "sns.amazonaws.com",
            "repo:a/b:*",
            "é",
            "→",
            "",
        ])
        .prop_map(str::to_owned),
        "[a-z*?:/${}]{0,12}",
    ]
}

/// Names of elements, operators and keys.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "Version",
            "Id",
            "Statement",
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
            "AWS",
            "Service",
            "Federated",
            "StringEquals",
            "StringLike",
            "ForAllValues:StringNotLikeIfExists",
            "Null",
            "Bool",
            "IpAddress",
            "NotIpAddress",
            "DateLessThan",
            "NumericLessThan",
            "BinaryEquals",
            "ArnLike",
            "NullIfExists",
            "aws:SourceIp",
            "aws:TagKeys",
            "aws:RequestTag/a",
            "aws:RequestTag/",
            "aws:ResourceTag/a",
            "aws:CalledVia",
            "aws:SourceVpc",
            "s3:prefix",
            "aws:PrincipalArn",
            "iam:PassedToService",
            "token.actions.githubusercontent.com:sub",
            "aws:nonsense",
            "nonsense",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z:/]{0,8}",
    ]
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        8 => word().prop_map(|word| serde_json::Value::from(word).to_string()),
        1 => prop::sample::select(vec!["null", "true", "5", "-1.5"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((name(), inner), 0..7).prop_map(|members| {
                let members: Vec<_> = members
                    .iter()
                    .map(|(key, value)| format!("\"{key}\":{value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// Documents in the form of a policy with arbitrary contents.
fn policy() -> impl Strategy<Value = String> {
    let statement = prop::collection::vec((name(), json()), 0..9).prop_map(|members| {
        let members: Vec<_> = members
            .iter()
            .map(|(key, value)| format!("\"{key}\":{value}"))
            .collect();
        format!("{{{}}}", members.join(","))
    });
    (word(), prop::collection::vec(statement, 0..4)).prop_map(|(version, statements)| {
        let version = serde_json::Value::from(version);
        format!("{{\"Version\":{version},\"Statement\":[{}]}}", statements.join(","))
    })
}

proptest! {
    #[test]
    fn checks_any_policy(source in policy()) {
        is_placed(source.as_bytes())?;
    }

    #[test]
    fn checks_any_json(source in json()) {
        is_placed(source.as_bytes())?;
    }

    #[test]
    fn checks_truncated_or_mutated_policies(source in policy(), cut in 0usize..400, byte in any::<u8>(), at in 0usize..400) {
        let mut bytes = source.into_bytes();
        bytes.truncate(bytes.len().saturating_sub(cut / 4));
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        is_placed(&bytes)?;
    }
}

/// A statement with these elements, repeated many times.
fn repeated(list: &str, item: impl Fn(usize) -> String) -> String {
    let mut items = String::new();
    let mut number = 0;
    while items.len() < 4_000 {
        if number > 0 {
            items.push(',');
        }
        items += &item(number);
        number += 1;
    }
    list.replace('@', &items)
}

/// Anything that could be slow. The benchmark `repetitive` shows that the time grows linearly.
#[test]
fn checks_repetitive_policies() {
    let allow = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [@], "Resource": "*"}]}"#;
    let resources = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": [@]}]}"#;
    let conditions = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringLike": {@}}}]}"#;
    let statements = r#"{"Version": "2012-10-17", "Statement": [@]}"#;
    let principals = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": [@]}, "Action": "sts:AssumeRole"}]}"#;
    for source in [
        repeated(allow, |number| format!("\"s3:Get*{number}*\"")),
        repeated(allow, |number| format!("\"s3:*{number}\"")),
        repeated(allow, |_| "\"s3:Get*\"".to_owned()),
        repeated(allow, |number| format!("\"lambda:CreateFunction{}\"", number % 2)),
        repeated(allow, |_| "\"lambda:CreateFunction\"".to_owned()),
        repeated(resources, |number| format!("\"arn:aws:sns:*:*:{number}\"")),
        repeated(resources, |number| format!("\"arn:aws:s3:::*{number}*/*\"")),
        repeated(resources, |number| format!("\"arn:aws{number}:nonsense:::x\"")),
        repeated(conditions, |number| format!("\"aws:ResourceTag/{number}\": \"*\"")),
        repeated(conditions, |number| {
            format!("\"nonsense{number}\": [\"${{aws:username}}\"]")
        }),
        repeated(statements, |_| {
            r#"{"Sid": "A", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#.to_owned()
        }),
        repeated(statements, |number| {
            format!(r#"{{"Sid": "A{number}", "Effect": "Deny", "NotAction": "s3:{number}", "NotResource": "*"}}"#)
        }),
        repeated(principals, |number| {
            format!("\"arn:aws:sts::123456789012:assumed-role/x{number}/y\"")
        }),
    ] {
        let document = iam_policy_document::json::read(source.as_bytes()).document;
        let shown: String = source.chars().take(150).collect();
        assert!(!findings(&document).is_empty(), "{shown}");
    }
}

#[test]
fn checks_documents_without_positions() {
    let mut builder = iam_policy_document::Builder::new();
    builder.begin_object(None);
    builder.key("Version", None);
    builder.string("2012-10-17", None);
    builder.key("Statement", None);
    builder.begin_object(None);
    builder.key("Effect", None);
    builder.string("Allow", None);
    builder.key("Action", None);
    builder.path(iam_policy_document::Path(vec![iam_policy_document::Step::value(
        "actions",
    )]));
    builder.string("s3:GetObjcet", None);
    builder.key("Resource", None);
    builder.string("*", None);
    let found = check(&builder.finish(), &Options::default());
    let invalid = found.iter().find(|finding| Code::InvalidAction.is_of(finding)).unwrap();
    assert_eq!(invalid.location.path.to_string(), "actions");
    assert_eq!(invalid.location.span, None);
}
