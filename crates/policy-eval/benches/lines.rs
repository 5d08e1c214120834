//! The cost of JSON lines: `cargo bench -p iam-policy-eval`.

#![expect(clippy::unwrap_used, reason = "a panic stops the benchmark")]

use std::fmt::Write;

use divan::{Bencher, counter::ItemsCount};
use iam_policy_eval::simulate::simulate_lines;

fn main() {
    divan::main();
}

const LINES: usize = 5_000;

/// The user policy of Remotion Lambda, on one line.
fn user() -> String {
    let source: serde_json::Value = serde_json::from_str(include_str!("user.json")).unwrap();
    source.to_string()
}

fn bench(bencher: Bencher<'_, '_>, policy: impl Fn(usize) -> String) {
    const ACTIONS: &[&str] = &[
        "s3:GetObject",
        "lambda:InvokeFunction",
        "iam:PassRole",
        "logs:CreateLogGroup",
    ];
    let mut lines = String::new();
    for (number, action) in (0..LINES).zip(ACTIONS.iter().cycle()) {
        let policy = policy(number);
        writeln!(
            lines,
            r#"{{"id":"{number}","request":{{"principal":"arn:aws:iam::123456789012:user/ann","action":"{action}","resource":"arn:aws:s3:::remotionlambda-{number}/out.mp4","context":{{"aws:SourceIp":"203.0.113.7","aws:SecureTransport":"true"}}}},"identityPolicies":[{policy}]}}"#
        )
        .unwrap();
    }
    bencher.counter(ItemsCount::new(LINES)).bench(|| {
        let summary = simulate_lines(lines.as_bytes(), &mut std::io::sink()).unwrap();
        assert_eq!((summary.answers, summary.errors), (LINES, 0));
    });
}

#[divan::bench]
fn same_policy(bencher: Bencher<'_, '_>) {
    let user = user();
    bench(bencher, |_| user.clone());
}

/// A hundred policies in rotation.
#[divan::bench]
fn some_policies(bencher: Bencher<'_, '_>) {
    let user = user();
    bench(bencher, |number| {
        user.replace("remotionlambda-", &format!("remotionlambda-{}", number % 100))
    });
}

/// A policy with nine statements and 1.7 kB on each line, never repeated.
#[divan::bench]
fn other_policies(bencher: Bencher<'_, '_>) {
    let user = user();
    bench(bencher, |number| {
        user.replace("remotionlambda-", &format!("remotionlambda-{number}"))
    });
}

/// A small policy on each line, never repeated.
#[divan::bench]
fn other_small_policies(bencher: Bencher<'_, '_>) {
    bench(bencher, |number| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::remotionlambda-{number}/*"}},{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"Bool":{{"aws:SecureTransport":"false"}}}}}}]}}"#
        )
    });
}
