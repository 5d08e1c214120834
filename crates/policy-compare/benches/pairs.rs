//! The cost of comparisons: `cargo bench -p iam-policy-compare`.
//!
//! Compares mutants of the documents in the file named by `POLICIES`, JSON lines with the `policy`'s name and its
//! `document`, or mutants of built-in ones.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic reports invalid data"
)]

use divan::{Bencher, black_box, counter::ItemsCount};
use iam_policy_compare::compare;
use iam_policy_document::Document;
use serde_json::{Value, json};

fn main() {
    divan::main();
}

/// The documents of the corpus, or built-in ones like them.
fn corpus() -> Vec<Value> {
    let lines = std::env::var_os("POLICIES").map(|path| std::fs::read_to_string(path).unwrap());
    let Some(lines) = lines else {
        return vec![
            json!({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"]},
                {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}},
                {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}},
            ]}),
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["ec2:*", "s3:*"], "Resource": "*"}}),
        ];
    };
    let mut latest = std::collections::BTreeMap::new();
    for line in lines.lines() {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        latest.insert(entry["policy"].to_string(), entry["document"].take());
    }
    latest.into_values().collect()
}

fn statements(policy: &mut Value) -> &mut Vec<Value> {
    if !policy["Statement"].is_array() {
        policy["Statement"] = json!([policy["Statement"].take()]);
    }
    policy["Statement"].as_array_mut().unwrap()
}

/// The policy with one change.
fn mutant(policy: &Value, kind: usize) -> Value {
    let mut new = policy.clone();
    let list = statements(&mut new);
    let at = kind * 7 % list.len();
    match kind {
        0 if list.len() > 1 => {
            list.remove(at);
        }
        1 => list[at]["Resource"] = json!("arn:aws:s3:::reports-*"),
        2 => list[at]["Condition"] = json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
        3 => list.push(json!({"Effect": "Allow", "Action": ["iam:PassRole", "kms:*"], "Resource": "*"})),
        _ => list.push(json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}})),
    }
    new
}

fn read(policy: &Value) -> Document {
    iam_policy_document::json::read(policy.to_string().as_bytes()).document
}

fn pairs() -> Vec<(Document, Document)> {
    let corpus = corpus();
    let pairs = corpus
        .iter()
        .flat_map(|policy| (0..5).map(move |kind| (read(policy), read(&mutant(policy, kind)))));
    pairs.collect()
}

/// All of them in sequence.
#[divan::bench]
fn mutants(bencher: Bencher<'_, '_>) {
    let pairs = pairs();
    bencher.counter(ItemsCount::new(pairs.len())).bench(|| {
        pairs
            .iter()
            .filter(|(old, new)| compare(black_box(old), black_box(new)).verdict.grants_nothing_new())
            .count()
    });
}

/// The slowest one.
#[divan::bench]
fn slowest_mutant(bencher: Bencher<'_, '_>) {
    let (old, new) = pairs()
        .into_iter()
        .max_by_key(|(old, new)| {
            let start = std::time::Instant::now();
            black_box(compare(old, new));
            start.elapsed()
        })
        .unwrap();
    bencher.bench(|| compare(black_box(&old), black_box(&new)));
}

/// 1,000 statements of one policy, one of them changed.
#[divan::bench]
fn a_thousand_statements(bencher: Bencher<'_, '_>) {
    let statement = |number: usize| {
        json!({
            "Effect": if number.is_multiple_of(10) { "Deny" } else { "Allow" },
            "Action": [format!("s3:Get{}*", char::from(b'A' + u8::try_from(number % 26).unwrap())), "ec2:Describe*", format!("svc{number}:*")],
            "Resource": [format!("arn:aws:s3:::bucket-{number}/*"), format!("arn:aws:ec2:*:*:instance/{number}*")],
            "Condition": {"StringLike": {format!("aws:PrincipalTag/t{}", number % 9): format!("a{number}*")}},
        })
    };
    let old: Vec<Value> = (0..1000).map(statement).collect();
    let mut new = old.clone();
    new[501]["Resource"] = json!("arn:aws:s3:::bucket-*/*");
    let policy = |statements: Vec<Value>| read(&json!({"Version": "2012-10-17", "Statement": statements}));
    let (old, new) = (policy(old), policy(new));
    bencher.bench(|| compare(black_box(&old), black_box(&new)));
}

/// 400 Deny statements with three conditions each over one Allow; one Deny is removed.
#[divan::bench]
fn hundreds_of_denials(bencher: Bencher<'_, '_>) {
    let denial = |number: usize| {
        json!({
            "Effect": "Deny",
            "Action": "s3:*",
            "Resource": format!("arn:aws:s3:::b/{number}/*"),
            "Condition": {
                "StringNotEquals": {format!("aws:PrincipalTag/t{}", number % 40): format!("v{number}")},
                "Bool": {"aws:SecureTransport": "false"},
                "NotIpAddress": {"aws:SourceIp": format!("10.{}.0.0/16", number % 200)},
            },
        })
    };
    let mut statements = vec![json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"})];
    statements.extend((0..400).map(denial));
    let policy = |statements: &[Value]| read(&json!({"Version": "2012-10-17", "Statement": statements}));
    let old = policy(&statements);
    statements.remove(200);
    let new = policy(&statements);
    bencher.bench(|| compare(black_box(&old), black_box(&new)));
}
