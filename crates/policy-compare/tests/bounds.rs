//! Hard inputs are decided, or given up. The benchmark `hard` measures how long that takes.

use iam_policy_compare::{Comparison, Verdict};
use serde_json::{Value, json};

fn compare(old: &Value, new: &Value) -> Comparison {
    let read = |policy: &Value| iam_policy_document::json::read(policy.to_string().as_bytes()).document;
    iam_policy_compare::compare(&read(old), &read(new))
}

fn letter(number: usize) -> char {
    ('a'..='z').nth(number % 26).unwrap_or('a')
}

fn policy(statements: Vec<Value>) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(action: &str, resource: Value) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

#[test]
fn many_wildcards_in_one_pattern() {
    let stars: String = ('a'..='z').flat_map(|c| ['*', c]).collect();
    let old = policy(vec![allow("s3:GetObject", json!(format!("arn:aws:s3:::{stars}*")))]);
    let new = policy(vec![allow(
        "s3:GetObject",
        json!(format!("arn:aws:s3:::{stars}*{stars}*")),
    )]);
    let comparison = compare(&old, &new);
    assert_eq!(comparison.verdict, Verdict::Narrowed);
}

#[test]
fn many_patterns_with_wildcards() {
    let some = |from: usize| -> Vec<String> {
        (0..20)
            .map(|number| {
                format!(
                    "arn:aws:s3:::b/*{}*{}*{}*",
                    letter(number + from),
                    number % 7,
                    number % 5
                )
            })
            .collect()
    };
    let old = policy(vec![allow("s3:GetObject", json!(some(0)))]);
    let new = policy(vec![
        allow("s3:GetObject", json!("arn:aws:s3:::b/*a*1*1*a*b*c*")),
        json!({"Effect": "Deny", "Action": "s3:*", "Resource": some(3)}),
    ]);
    let comparison = compare(&old, &new);
    assert!(!comparison.newly_denied.is_empty() || comparison.verdict == Verdict::Unknown);
}

#[test]
fn question_marks_after_a_star() {
    // A fully built automaton would have a state for each set of recent characters.
    let old = policy(vec![allow(
        "s3:GetObject",
        json!(format!("arn:aws:s3:::b/*a{}", "?".repeat(40))),
    )]);
    let new = policy(vec![allow(
        "s3:GetObject",
        json!(format!("arn:aws:s3:::b/*b{}", "?".repeat(40))),
    )]);
    assert_eq!(compare(&old, &new).verdict, Verdict::Incomparable);
}

#[test]
fn hundreds_of_denies_over_one_allow() {
    let denial = |number: usize| {
        json!({
            "Effect": "Deny",
            "Action": "s3:*",
            "Resource": format!("arn:aws:s3:::b/{number}/*"),
            "Condition": {
                "StringNotEquals": {format!("aws:PrincipalTag/t{}", number % 40): format!("v{number}")},
                "Bool": {"aws:SecureTransport": "false"},
                "NotIpAddress": {"aws:SourceIp": [format!("10.{}.0.0/16", number % 200)]},
            },
        })
    };
    let mut statements = vec![allow("s3:GetObject", json!("arn:aws:s3:::b/*"))];
    statements.extend((0..400).map(denial));
    let old = policy(statements.clone());
    statements.remove(200);
    let new = policy(statements);
    let comparison = compare(&old, &new);
    assert_eq!(comparison.verdict, Verdict::Widened);
    assert_eq!(comparison.newly_allowed[0].resource, "arn:aws:s3:::b/199/");
}

#[test]
fn denies_that_leave_nothing() {
    // Each single request is denied by one of them: a pigeonhole problem.
    let denial = |number: usize| json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/a": format!("{number}")}}});
    let names: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let mut new = vec![
        json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/a": names}}}),
    ];
    new.extend((0..100).map(denial));
    let comparison = compare(&policy(vec![]), &policy(new));
    assert_eq!(comparison.verdict, Verdict::Equivalent);
}

#[test]
fn a_thousand_statements_against_their_mutant() {
    let statement = |number: usize| {
        json!({
            "Effect": if number.is_multiple_of(10) { "Deny" } else { "Allow" },
            "Action": [format!("s3:Get{}*", letter(number).to_ascii_uppercase()), "ec2:Describe*", format!("svc{number}:*")],
            "Resource": [format!("arn:aws:s3:::bucket-{number}/*"), format!("arn:aws:ec2:*:*:instance/{number}*")],
            "Condition": {"StringLike": {format!("aws:PrincipalTag/t{}", number % 9): format!("a{number}*")}},
        })
    };
    let old: Vec<Value> = (0..1000).map(statement).collect();
    let mut new = old.clone();
    new[501]["Resource"] = json!(["arn:aws:s3:::bucket-*/*"]);
    let comparison = compare(&policy(old), &policy(new));
    assert_eq!(comparison.verdict, Verdict::Incomparable, "{}", comparison.because);
}

#[test]
fn redundancy_among_many_statements() {
    let statement = |number: usize| {
        json!({
            "Effect": if number.is_multiple_of(10) { "Deny" } else { "Allow" },
            "Action": ["ec2:Describe*", format!("svc{number}:*")],
            "Resource": [format!("arn:aws:s3:::bucket-{number}/*"), format!("arn:aws:ec2:*:*:instance/{number}*")],
            "Condition": {"StringLike": {format!("aws:PrincipalTag/t{}", number % 9): format!("a{number}*")}},
        })
    };
    // 100 denies what 10 already denies, nothing allows what 0 denies, and 55 is a duplicate.
    let statements: Vec<Value> = (0..120).chain([55]).map(statement).collect();
    let policy = iam_policy_document::json::read(policy(statements).to_string().as_bytes()).document;
    let options = iam_policy_compare::Options::default();
    let numbers =
        |places: Vec<iam_policy_compare::Place>| -> Vec<usize> { places.iter().map(|place| place.statement).collect() };
    assert_eq!(numbers(options.redundant([&policy]).unwrap()), [0, 55, 100, 120]);
    assert_eq!(numbers(options.droppable([&policy]).unwrap()), [0, 100, 120]);
}

#[test]
fn a_document_that_is_not_a_policy() {
    for (bad, because) in [
        (
            json!([]),
            "the new policy is invalid: expected a policy document, found array",
        ),
        (
            policy(vec![
                json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Conditon": {}}),
            ]),
            "the new policy is invalid: `Statement[0].Conditon`: unknown statement element",
        ),
    ] {
        let comparison = compare(&policy(vec![]), &bad);
        assert_eq!((comparison.verdict, &*comparison.because), (Verdict::Unknown, because));
    }
}

/// With less than a comparison needs, it either has the same answer or none.
#[test]
fn a_spent_budget_never_proves_anything() {
    let tag = |number: usize| format!("aws:PrincipalTag/t{number}");
    let old = policy(vec![
        allow(
            "s3:Get*",
            json!(["arn:aws:s3:::a*/*", "arn:aws:s3:::${aws:username}/*"]),
        ),
        json!({"Effect": "Allow", "Action": "*:List*", "Resource": "*", "Condition": {"StringLike": {tag(1): ["a*b*", "*c"], tag(2): "${aws:username, 'x'}"}}}),
        json!({"Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::*z*", "Condition": {"NumericLessThan": {"s3:max-keys": [5, 9]}}}),
    ]);
    let narrower = policy(vec![allow("s3:GetObject", json!("arn:aws:s3:::ab*/*"))]);
    let wider = policy(vec![
        allow("s3:*", json!("*")),
        json!({"Effect": "Allow", "Action": "*:List*", "Resource": "*", "Condition": {"StringLike": {tag(1): "*"}}}),
    ]);
    let named = |action: &str| {
        policy(vec![
            json!({"Effect": "Allow", "Principal": {"AWS": ["123456789012", "arn:aws:iam::123456789012:role/a"]}, "Action": action, "Resource": "*"}),
            json!({"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:role/a"}, "Action": "sts:*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/a*"}}}),
        ])
    };
    let pairs = [
        (old.clone(), narrower.clone()),
        (narrower, old.clone()),
        (old.clone(), wider.clone()),
        (wider, old.clone()),
        (old.clone(), old),
        (named("sts:AssumeRole"), named("sts:*")),
        (named("sts:*"), named("sts:AssumeRole")),
    ];
    let read = |policy: &Value| iam_policy_document::json::read(policy.to_string().as_bytes()).document;
    let mut given_up = 0;
    for (old, new) in &pairs {
        let (old, new) = (read(old), read(new));
        let mut options = iam_policy_compare::Options::default();
        let whole = options.compare([&old], [&new]);
        assert_ne!(whole.verdict, Verdict::Unknown, "{}", whole.because);
        let (mut steps, mut known) = (1, 0);
        while known < 3 {
            options.steps = steps;
            let part = options.compare([&old], [&new]);
            if part.verdict == Verdict::Unknown {
                given_up += 1;
            } else {
                known += 1;
                assert_eq!(part.verdict, whole.verdict, "after {steps} steps");
            }
            let covers = options.covers([&new], [&old]);
            assert!(
                !covers.is_yes() || whole.verdict.grants_nothing_new(),
                "after {steps} steps"
            );
            assert!(options.redundant([&old]).is_ok_and(|places| places.len() < 3));
            steps += steps / 3 + 1;
        }
    }
    assert!(given_up > 50, "{given_up}");
}

#[test]
fn what_is_too_hard_is_given_up() {
    let given_up = |steps: u64, new: Value| {
        let read = |policy: Value| iam_policy_document::json::read(policy.to_string().as_bytes()).document;
        let mut options = iam_policy_compare::Options::default();
        options.steps = steps;
        let comparison = options.compare([&read(policy(vec![]))], [&read(policy(vec![new]))]);
        assert_eq!(comparison.verdict, Verdict::Unknown);
        comparison.because
    };
    // Each default doubles the number of cases.
    let defaults: Vec<String> = (0..40)
        .map(|number| format!("${{aws:PrincipalTag/t{number}, 'd'}}"))
        .collect();
    let defaults = defaults.concat();
    assert_eq!(
        given_up(
            500_000,
            allow("s3:GetObject", json!(format!("arn:aws:s3:::{defaults}")))
        ),
        "the comparison reached its work limit"
    );
    let stars = "*a".repeat(40_000);
    assert_eq!(
        given_up(500_000, allow("s3:GetObject", json!(format!("arn:aws:s3:::b/{stars}")))),
        "a text of the policies has more than 65,000 characters"
    );
}
