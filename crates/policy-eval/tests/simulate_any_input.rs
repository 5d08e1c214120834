//! Any line of input is answered with a line of JSON.

#![expect(
    clippy::indexing_slicing,
    reason = "Clippy only recognizes functions marked as tests as test code"
)]

use iam_policy_document::StyledText;
use iam_policy_eval::simulate::{Ask, File, simulate_lines, simulate_one};
use proptest::prelude::*;
use serde_json::Value;

const LINE: &str = r#"{"id": "a", "request": {"principal": "arn:aws:sts::123456789012:assumed-role/r/s", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resourceAccount": "210987654321", "context": {"aws:TagKeys": ["é", "b"], "aws:CurrentTime": "2026-01-01T00:00:00Z"}}, "identityPolicies": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username, 'b'}/*", "Condition": {"ForAllValues:StringLike": {"aws:TagKeys": "?*"}}}}], "resourcePolicy": {"Statement": [{"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "NotAction": "s3:Put*"}]}, "serviceControlPolicies": [[]]}"#;

/// The line with some of its bytes replaced, duplicated or removed.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let edit = (
        0..LINE.len(),
        prop::sample::select(&b"{}[]\":,\\ *?$a0\xFF\xC3\n\t"[..]),
        0..3,
    );
    prop::collection::vec(edit, 0..4).prop_map(|edits| {
        let mut bytes = LINE.as_bytes().to_vec();
        for (at, byte, kind) in edits {
            let at = at.min(bytes.len().saturating_sub(1));
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => {
                    bytes.remove(at);
                }
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_line_is_answered(lines in prop::collection::vec(damaged(), 1..4)) {
        let source = lines.join(&b'\n');
        let mut out = Vec::new();
        let summary = simulate_lines(&source[..], &mut out).unwrap();
        let answers: Vec<Value> = out
            .split(|byte| *byte == b'\n')
            .filter(|answer| !answer.is_empty())
            .map(|answer| serde_json::from_slice(answer).unwrap())
            .collect();
        let asked = source.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        prop_assert_eq!(answers.len(), asked.count());
        prop_assert_eq!(answers.len(), summary.answers);
        prop_assert_eq!(answers.iter().filter(|answer| answer.get("error").is_some()).count(), summary.errors);
    }

    #[test]
    fn every_policy_is_shown(source in damaged(), action in "(s3|iam):[A-Z*]{1,3}", resource in "[*]|arn:aws:s3:::[a*]") {
        let source = String::from_utf8_lossy(&source);
        let policy = source.find("[{").and_then(|at| source.get(at + 1..)).unwrap_or(&source);
        let policy = policy.split("], \"resourcePolicy").next().unwrap_or_default();
        let document = iam_policy_document::json::read(policy.as_bytes()).document;
        let ask = Ask {
            principal: "123456789012",
            action: &action,
            resource: &resource,
            identity: &[File { name: "p.json", source: policy, document: &document }],
            ..Ask::default()
        };
        let _ = simulate_one(&ask, &mut StyledText::new());
        let _ = simulate_one(&Ask { principal: "arn:aws:iam::123456789012:user/a", ..ask }, &mut StyledText::new());
    }
}
