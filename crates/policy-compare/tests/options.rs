//! Principals, and unbounded questions.

use iam_policy_compare::{Comparison, Decision, Options, Verdict, compare};
use iam_policy_document::Document;
use serde_json::{Value, json};

fn read(policy: &Value) -> Document {
    iam_policy_document::json::read(policy.to_string().as_bytes()).document
}

fn bucket(principal: &Value) -> Document {
    read(&json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"},
    ]}))
}

#[test]
fn principals_are_compared() {
    let account = bucket(&json!({"AWS": "111122223333"}));
    let user = bucket(&json!({"AWS": "arn:aws:iam::111122223333:user/ann"}));
    let everyone = bucket(&json!("*"));
    assert_eq!(compare(&account, &user).verdict, Verdict::Narrowed);
    let comparison = compare(&account, &everyone);
    assert_eq!(comparison.verdict, Verdict::Widened);
    let witness = &comparison.newly_allowed[0];
    assert_eq!(
        witness.principal.as_deref(),
        Some("arn:aws:iam::999999999999:user/someone")
    );
    assert_eq!(
        (witness.old_decision, witness.new_decision),
        (Decision::ImplicitDeny, Decision::Allowed)
    );
    assert_eq!(
        compare(&everyone, &bucket(&json!({"AWS": ["*"]}))).verdict,
        Verdict::Equivalent
    );
}

#[test]
fn exceptions_must_list_the_account_as_well() {
    let deny = |spared: Value| {
        read(&json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"},
            {"Effect": "Deny", "NotPrincipal": {"AWS": spared}, "Action": "s3:*", "Resource": "*"},
        ]}))
    };
    let ann = "arn:aws:iam::111122223333:user/ann";
    let nobody = deny(json!(["arn:aws:iam::111122223333:root"]));
    assert_eq!(compare(&nobody, &deny(json!([ann]))).verdict, Verdict::Narrowed);
    let comparison = compare(&nobody, &deny(json!([ann, "111122223333"])));
    assert_eq!(comparison.verdict, Verdict::Widened);
    assert_eq!(comparison.newly_allowed[0].principal.as_deref(), Some(ann));
}

fn any_action(old: &Value, new: &Value) -> Comparison {
    let mut options = Options::default();
    options.any_action = true;
    options.compare([&read(old)], [&read(new)])
}

#[test]
fn a_future_action() {
    let allow = |actions: Value| json!({"Statement": {"Effect": "Allow", "Action": actions, "Resource": "*"}});
    // Together they match everything `s3:Get*` matches today, and each unknown action of one wildcard.
    let old = allow(json!(["s3:Get*Z*", "s3:Get*"]));
    assert_eq!(any_action(&old, &allow(json!("s3:Get*"))).verdict, Verdict::Equivalent);
    let letters: Vec<String> = ('a'..='y').map(|c| format!("s3:{c}*")).collect();
    let comparison = any_action(&allow(json!(letters)), &allow(json!("s3:*")));
    assert_eq!(comparison.verdict, Verdict::Widened);
    let action = &comparison.newly_allowed[0].action;
    assert!(action.starts_with("s3:"), "{action}");
}

#[test]
fn an_action_without_resource_types_applies_to_its_service() {
    let allow = |resource: &str| json!({"Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": resource}});
    let (nothing, one) = (json!({"Statement": []}), allow("arn:aws:s3:::b"));
    assert_eq!(compare(&read(&nothing), &read(&one)).verdict, Verdict::Widened);
    let elsewhere = allow("arn:aws:sqs:eu-west-1:123456789012:q");
    assert_eq!(compare(&read(&nothing), &read(&elsewhere)).verdict, Verdict::Equivalent);
    assert_eq!(compare(&read(&one), &read(&allow("*"))).verdict, Verdict::Widened);
    let not =
        json!({"Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "NotResource": "arn:aws:s3:::b"}});
    assert_eq!(compare(&read(&not), &read(&allow("*"))).verdict, Verdict::Widened);
}

#[test]
fn get_caller_identity_is_always_allowed() {
    let policy =
        |effect: &str| json!({"Statement": {"Effect": effect, "Action": "sts:GetCallerIdentity", "Resource": "*"}});
    assert_eq!(
        compare(&read(&policy("Deny")), &read(&policy("Allow"))).verdict,
        Verdict::Equivalent
    );
}

#[test]
fn the_version_enables_variables() {
    let policy = |version: &str| {
        read(
            &json!({"Version": version, "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}"}}),
        )
    };
    let comparison = compare(&policy("2012-10-17"), &policy("2008-10-17"));
    assert_eq!(comparison.verdict, Verdict::Incomparable);
    assert_eq!(comparison.newly_allowed[0].resource, "arn:aws:s3:::b/${aws:username}");
}

#[test]
fn trust_policies_and_key_policies() {
    let trust = |principal: Value| {
        read(
            &json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}}),
        )
    };
    let lambda = trust(json!({"Service": "lambda.amazonaws.com"}));
    let comparison = compare(
        &lambda,
        &trust(json!({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]})),
    );
    assert_eq!(comparison.verdict, Verdict::Widened, "{}", comparison.because);
    assert_eq!(
        comparison.newly_allowed[0].principal.as_deref(),
        Some("ec2.amazonaws.com")
    );
    assert_eq!(comparison.newly_allowed[0].resource, "arn:aws:iam::123456789012:role/a");
    let key = read(
        &json!({"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"}}),
    );
    let nothing = read(&json!({"Statement": []}));
    assert_eq!(compare(&key, &nothing).verdict, Verdict::Narrowed);
    let identity = read(&json!({"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}));
    assert_eq!(compare(&nothing, &identity).verdict, Verdict::Widened);
    assert_eq!(compare(&nothing, &lambda).verdict, Verdict::Widened);
}

/// Whether a statement with these actions and this resource allows anything, with and without bounds.
fn allows_something(actions: &[&str], resource: &str) -> [bool; 2] {
    let nothing = read(&json!({"Version": "2012-10-17", "Statement": []}));
    let policy = read(&json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": actions, "Resource": resource},
    ]}));
    [false, true].map(|any_resource| {
        let mut options = Options::default();
        options.any_resource = any_resource;
        let verdict = options.compare([&nothing], [&policy]).verdict;
        assert!([Verdict::Equivalent, Verdict::Widened].contains(&verdict), "{verdict}");
        verdict == Verdict::Widened
    })
}

#[test]
fn bucket_and_table_names_have_no_slash() {
    for (actions, resource) in [
        (&["s3:ListBucket", "s3:PutBucketPolicy"][..], "arn:aws:s3:::reports/*"),
        (
            &["dynamodb:DeleteTable", "dynamodb:GetItem"],
            "arn:aws:dynamodb:*:*:table/orders/index/*",
        ),
    ] {
        assert_eq!(allows_something(actions, resource), [false, true], "{resource}");
    }
    for (actions, resource) in [
        (&["s3:ListBucket"][..], "arn:aws:s3:::reports*"),
        (&["s3:GetObject"], "arn:aws:s3:::reports/*"),
        (&["s3:GetObject"], "arn:aws:s3:::*/*/*"),
        (&["dynamodb:Query"], "arn:aws:dynamodb:*:*:table/orders/*"),
        (&["dynamodb:GetItem"], "arn:aws:dynamodb:*:*:table/orders"),
    ] {
        assert_eq!(allows_something(actions, resource), [true, true], "{resource}");
    }
}
