//! The tables of the IAM User Guide, row by row.
//!
//! `guide.json` has the rows, grouped by condition. A row with `rule` is one in which the guide contradicts itself:
//! `holds` is what the table says, `rule` what the text of the same page says, and `why` how they differ. The text is
//! followed.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "Clippy only recognizes functions marked as tests as test code"
)]

use iam_policy_eval::{Context, Decision, Policies, PolicySet, PolicyType, Request};
use serde_json::{Value, json};

const ANN: &str = "arn:aws:iam::123456789012:user/ann";

fn guide() -> Value {
    serde_json::from_str(include_str!("guide.json")).unwrap()
}

fn compile(statements: Value) -> PolicySet {
    let source = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let reading = iam_policy_document::json::read(source.as_bytes());
    PolicySet::compile(PolicyType::Identity, [&reading.document]).unwrap()
}

fn context(source: &Value) -> Context<'_> {
    let mut context = Context::new();
    for (key, value) in source.as_object().unwrap() {
        match value {
            Value::Array(values) => context.set(key, values.iter().map(|value| value.as_str().unwrap())),
            single => context.set(key, [single.as_str().unwrap()]),
        }
        .unwrap();
    }
    context
}

/// Whether the condition holds: once as what allows, once as what denies.
fn holds(condition: &Value, source: &Value) -> bool {
    let allow = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
    let deny = json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition});
    let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let context = context(source);
    let request = Request::new(ANN, "s3:GetObject", "arn:aws:s3:::b/k")
        .unwrap()
        .with_context(&context);
    let decide = |statements| Policies::new(&compile(statements)).decide(&request).decision;
    let (allowed, denied) = (decide(json!([allow])), decide(json!([all, deny])));
    match (allowed, denied) {
        (Decision::Allowed, Decision::ExplicitDeny) => true,
        (Decision::ImplicitDeny, Decision::Allowed) => false,
        answers => panic!("{condition} {source}: {answers:?}"),
    }
}

#[test]
fn conditions() {
    let (mut rows, mut contradictions) = (0, 0);
    for group in guide()["conditions"].as_array().unwrap() {
        for case in group["cases"].as_array().unwrap() {
            let expected = case.get("rule").unwrap_or(&case["holds"]).as_bool().unwrap();
            let condition = &group["condition"];
            assert_eq!(holds(condition, &case["context"]), expected, "{condition} {case}");
            rows += 1;
            contradictions += usize::from(case.get("rule").is_some());
        }
    }
    assert_eq!((rows, contradictions), (45, 7));
}

#[test]
fn resources() {
    let mut rows = 0;
    for group in guide()["resources"].as_array().unwrap() {
        let set = compile(json!({"Effect": "Allow", "Action": "*", "Resource": group["pattern"]}));
        for (list, expected) in [("matches", Decision::Allowed), ("others", Decision::ImplicitDeny)] {
            for resource in group[list].as_array().unwrap() {
                let request = Request::new(ANN, "s3:GetObject", resource.as_str().unwrap()).unwrap();
                assert_eq!(Policies::new(&set).decide(&request).decision, expected, "{resource}");
                rows += 1;
            }
        }
    }
    assert_eq!(rows, 11);
}
