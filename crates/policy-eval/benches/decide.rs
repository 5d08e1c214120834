//! The cost of decisions, compared with the crate iam-rs: `cargo bench -p iam-policy-eval`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic stops the benchmark"
)]

use std::fmt::Write;

use divan::{Bencher, black_box, counter::ItemsCount};
use iam_policy_eval::{Context, Decision, Policies, PolicySet, PolicyType, Request};
use iam_rs::{Arn, IAMPolicy, IAMRequest, PolicyEvaluator, Principal, PrincipalId};

fn main() {
    divan::main();
}

const ANN: &str = "arn:aws:iam::123456789012:user/ann";

type Pair = (String, String);

/// The user policy of Remotion Lambda.
const USER: &str = include_str!("user.json");

/// An ARN that matches a pattern.
fn concrete(pattern: &str) -> String {
    let mut segments: Vec<_> = pattern.splitn(6, ':').collect();
    for (at, value) in [(3, "eu-west-1"), (4, "123456789012")] {
        if segments[at] == "*" {
            segments[at] = value;
        }
    }
    segments.join(":").replace("?*", "x").replace('*', "1")
}

/// Actions of the user policy, each on a resource where it is allowed and on one where it is not.
fn user_pairs() -> Vec<Pair> {
    let source: serde_json::Value = serde_json::from_str(USER).unwrap();
    let mut pairs = Vec::new();
    for statement in source["Statement"].as_array().unwrap() {
        let pattern = statement["Resource"][0].as_str().unwrap();
        for action in statement["Action"].as_array().unwrap() {
            let action = action.as_str().unwrap();
            if pattern == "*" {
                pairs.push((action.to_owned(), pattern.to_owned()));
                pairs.push((format!("{action}s"), pattern.to_owned()));
            } else {
                let resource = concrete(pattern);
                pairs.push((action.to_owned(), resource.clone()));
                pairs.push((
                    action.to_owned(),
                    resource.replace("remotion", "other").replace("Lambda", "Other"),
                ));
            }
        }
    }
    pairs.truncate(56);
    pairs
}

/// A policy with a thousand statements, as many as all policies of a large organization together.
fn big_policy() -> (String, Vec<Pair>) {
    const SERVICES: &[(&str, &[&str], &str)] = &[
        (
            "s3",
            &["Get*", "PutObject", "List*", "DeleteObject*", "AbortMultipartUpload"],
            "arn:aws:s3:::team-#-*",
        ),
        (
            "dynamodb",
            &["*Item", "Query", "Scan", "BatchGet*", "DescribeTable"],
            "arn:aws:dynamodb:*:123456789012:table/team-#-*",
        ),
        (
            "lambda",
            &["InvokeFunction", "Get*", "Update*Code", "List*"],
            "arn:aws:lambda:*:*:function:team-#-*",
        ),
        (
            "sqs",
            &["SendMessage*", "ReceiveMessage", "DeleteMessage", "Get*"],
            "arn:aws:sqs:eu-west-1:*:team-#-*",
        ),
        (
            "sns",
            &["Publish", "Subscribe", "Get*", "List*"],
            "arn:aws:sns:*:123456789012:team-#-?*",
        ),
        (
            "logs",
            &["Create*", "PutLogEvents", "Describe*"],
            "arn:aws:logs:*:*:log-group:/aws/lambda/team-#-*",
        ),
        (
            "ssm",
            &["GetParameter*", "PutParameter", "Describe*"],
            "arn:aws:ssm:*:123456789012:parameter/team-#/*",
        ),
        (
            "secretsmanager",
            &["GetSecretValue", "Describe*"],
            "arn:aws:secretsmanager:*:*:secret:team-#/*",
        ),
        (
            "ec2",
            &["Describe*", "StartInstances", "StopInstances", "*Tags"],
            "arn:aws:ec2:*:*:instance/i-#*",
        ),
        (
            "iam",
            &["PassRole", "Get*", "ListRole?*"],
            "arn:aws:iam::*:role/team-#/*",
        ),
    ];
    let mut statements = String::new();
    let mut pairs = Vec::new();
    for number in 0..1000 {
        let (service, actions, resource) = SERVICES[number % SERVICES.len()];
        let team = (number / SERVICES.len()).to_string();
        let concrete = |team: &str| concrete(&resource.replace('#', team));
        let (own, other) = (concrete(&team), concrete("none"));
        let resource = resource.replace('#', &team);
        let action = |at: usize| format!("{service}:{}", actions[at % actions.len()]);
        let (one, two) = (action(number / 10), action(number / 10 + 1));
        let comma = if number == 0 { "" } else { "," };
        write!(
            statements,
            r#"{comma}{{"Sid": "S{number}", "Effect": "Allow", "Action": ["{one}", "{two}"], "Resource": ["{resource}"]}}"#
        )
        .unwrap();
        if number % 20 < 10 {
            let action = one.replace("?*", "Policies").replace('*', "Thing");
            pairs.push((action.clone(), own));
            pairs.push((action, other));
        }
    }
    (
        format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#),
        pairs,
    )
}

fn compile(source: &str) -> PolicySet {
    let reading = iam_policy_document::json::read(source.as_bytes());
    PolicySet::compile(PolicyType::Identity, [&reading.document]).unwrap()
}

fn requests(pairs: &[Pair]) -> Vec<Request<'_>> {
    pairs
        .iter()
        .map(|(action, resource)| Request::new(ANN, action, resource).unwrap())
        .collect()
}

fn allowed(set: &PolicySet, requests: &[Request<'_>]) -> usize {
    let policies = Policies::new(set);
    requests
        .iter()
        .filter(|request| policies.decide(black_box(request)).decision == Decision::Allowed)
        .count()
}

fn bench(bencher: Bencher<'_, '_>, source: &str, pairs: &[Pair]) {
    let set = compile(source);
    let requests = requests(pairs);
    assert_eq!(allowed(&set, &requests) * 2, pairs.len());
    bencher
        .counter(ItemsCount::new(pairs.len()))
        .bench(|| allowed(black_box(&set), &requests));
}

#[divan::bench(threads = [1, 2], sample_size = 1000)]
fn user(bencher: Bencher<'_, '_>) {
    bench(bencher, USER, &user_pairs());
}

#[divan::bench(threads = [1, 2])]
fn thousand_statements(bencher: Bencher<'_, '_>) {
    let (source, pairs) = big_policy();
    bench(bencher, &source, &pairs);
}

/// Including the construction of the request.
#[divan::bench]
fn user_new_requests(bencher: Bencher<'_, '_>) {
    let (set, pairs) = (compile(USER), user_pairs());
    let policies = Policies::new(&set);
    bencher.counter(ItemsCount::new(pairs.len())).bench(|| {
        let decide = |(action, resource): &Pair| {
            let request = Request::new(black_box(ANN), action, resource).ok()?;
            Some(policies.decide(&request).decision)
        };
        pairs
            .iter()
            .filter(|pair| decide(pair) == Some(Decision::Allowed))
            .count()
    });
}

#[divan::bench]
fn user_explained(bencher: Bencher<'_, '_>) {
    let (set, pairs) = (compile(USER), user_pairs());
    let requests = requests(&pairs);
    let policies = Policies::new(&set);
    bencher.counter(ItemsCount::new(pairs.len())).bench(|| {
        let explain = |request: &Request<'_>| policies.explain(black_box(request)).matched.len();
        requests.iter().map(explain).sum::<usize>()
    });
}

/// A policy with a condition block and a variable, in a context with ten keys.
#[divan::bench]
fn conditions(bencher: Bencher<'_, '_>) {
    const SOURCE: &str = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*Object", "Resource": "arn:aws:s3:::home/${aws:username}/*", "Condition": {
            "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]},
            "StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"},
            "DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}
        }},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    ]}"#;
    let set = compile(SOURCE);
    let mut context = Context::new();
    for (key, value) in [
        ("aws:CurrentTime", "2026-09-26T12:00:00Z"),
        ("aws:EpochTime", "1790424000"),
        ("aws:SecureTransport", "true"),
        ("aws:RequestedRegion", "eu-west-1"),
        ("aws:UserAgent", "aws-cli/2.20"),
        ("aws:ViaAWSService", "false"),
        ("aws:SourceIp", "203.0.113.7"),
        ("aws:PrincipalTag/team", "red"),
        ("aws:ResourceTag/team", "red"),
        ("aws:userid", "AIDAEXAMPLE"),
    ] {
        context.set(key, [value]).unwrap();
    }
    let request = |resource| {
        Request::new(ANN, "s3:GetObject", resource)
            .unwrap()
            .with_context(&context)
    };
    let requests = [request("arn:aws:s3:::home/ann/x"), request("arn:aws:s3:::home/bob/x")];
    assert_eq!(allowed(&set, &requests), 1);
    bencher
        .counter(ItemsCount::new(requests.len()))
        .bench(|| allowed(black_box(&set), &requests));
}

#[divan::bench]
fn compile_user(bencher: Bencher<'_, '_>) {
    let reading = iam_policy_document::json::read(USER.as_bytes());
    bencher.bench(|| PolicySet::compile(PolicyType::Identity, [black_box(&reading.document)]).is_ok());
}

fn bench_iam_rs(bencher: Bencher<'_, '_>, source: &str, pairs: &[Pair]) {
    let policy: IAMPolicy = serde_json::from_str(source).unwrap();
    let evaluator = PolicyEvaluator::with_policies(vec![policy]);
    let requests: Vec<_> = pairs
        .iter()
        .map(|(action, resource)| {
            let principal = Principal::Aws(PrincipalId::String(ANN.to_owned()));
            // It has no representation of "no resource".
            let resource = if resource == "*" { "arn:aws:any:::any" } else { resource };
            IAMRequest::new(principal, action.as_str(), Arn::parse(resource).unwrap())
        })
        .collect();
    let count = || {
        let is_allowed = |request: &&IAMRequest| {
            let answer = evaluator.evaluate(black_box(request));
            answer.is_ok_and(|answer| answer.decision == iam_rs::Decision::Allow)
        };
        requests.iter().filter(is_allowed).count()
    };
    assert_eq!(count() * 2, pairs.len());
    bencher.counter(ItemsCount::new(pairs.len())).bench(count);
}

#[divan::bench]
fn user_by_iam_rs(bencher: Bencher<'_, '_>) {
    bench_iam_rs(bencher, USER, &user_pairs());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn thousand_statements_by_iam_rs(bencher: Bencher<'_, '_>) {
    let (source, pairs) = big_policy();
    bench_iam_rs(bencher, &source, &pairs);
}
