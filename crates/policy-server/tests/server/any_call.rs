//! Whatever is asked, there is an answer, and it is XML.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::support::{ANN, IAM, ROOT, STS, call, server};

const NAMES: &[&str] = &[
    "Action",
    "Version",
    "PolicySourceArn",
    "RoleName",
    "UserName",
    "ActionNames.member.1",
    "ActionNames.member.2",
    "ActionNames.member.99999999999999999999",
    "ResourceArns.member.1",
    "ResourceArns.member.2",
    "PolicyInputList.member.1",
    "PermissionsBoundaryPolicyInputList.member.1",
    "ResourcePolicy",
    "ResourceOwner",
    "CallerArn",
    "ContextEntries.member.1.ContextKeyName",
    "ContextEntries.member.1.ContextKeyType",
    "ContextEntries.member.1.ContextKeyValues.member.1",
    "MaxItems",
    "Marker",
];

const VALUES: &[&str] = &[
    "",
    "GetRole",
    "SimulateCustomPolicy",
    "SimulatePrincipalPolicy",
    STS,
    "build",
    "s3:GetObject",
    "s3:*",
    "iam:?",
    "nobody:Knows",
    "*",
    "arn:aws:s3:::reports/1",
    "arn:aws:iam::123456789012:user/ann",
    "arn:aws:iam::123456789012:role/ci/build",
    "arn:aws:iam::123456789012:group/readers",
    "arn:aws:iam::123456789012:root",
    "arn:::::",
    r#"{"Statement": []}"#,
    r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
    r#"{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}"#,
    "aws:SourceIp",
    "ip",
    "203.0.113.7",
    "1",
    "18446744073709551615",
    "\u{0}<&>\"\u{FFFE}",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(VALUES).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

/// Whether each element that is begun is ended.
fn is_well_formed(xml: &str) -> bool {
    let mut open = Vec::new();
    for tag in xml.split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else {
            return false;
        };
        let name = tag.split(' ').next().unwrap();
        if let Some(name) = name.strip_prefix('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    open.is_empty() && !xml.is_empty()
}

#[test]
fn every_call_has_an_answer() {
    let server = server();
    let more = proptest::collection::vec((proptest::sample::select(NAMES), value()), 0..8);
    let simulation =
        proptest::sample::select(&["SimulatePrincipalPolicy", "SimulateCustomPolicy", "GetRole", "GetUser"][..]);
    let key = proptest::sample::select(&[ANN, ROOT, "", "x"][..]);
    proptest!(ProptestConfig::with_cases(400), |(more in more, action in simulation, key in key)| {
        let mut parameters = vec![
            ("Action", action),
            ("Version", IAM),
            ("PolicySourceArn", "arn:aws:iam::123456789012:user/ann"),
            ("ActionNames.member.1", "s3:GetObject"),
            ("PolicyInputList.member.1", r#"{"Statement": []}"#),
            ("RoleName", "nobody"),
        ];
        // What is there twice counts as it is there last.
        parameters.extend(more.iter().map(|(name, value)| (*name, value.as_str())));
        let answer = call(&server, key, &parameters);
        prop_assert!(is_well_formed(&answer.body), "{}", answer.body);
        prop_assert!([200, 400, 403, 404].contains(&answer.status), "{}", answer.body);
    });
    // Answers of all kinds were among them.
    let statuses: BTreeSet<_> = server.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, BTreeSet::from([200, 400, 403, 404]));
}
