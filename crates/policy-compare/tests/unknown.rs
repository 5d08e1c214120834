//! Proofs about policies with unknown parts hold for every value of them.

use iam_policy_compare::{Verdict, compare};
use iam_policy_core::variable::Unknown;
use iam_policy_document::{Builder, Document};
use proptest::prelude::*;

/// - `statements`: each with its effect and its resource, in which `%` and `#` are unknown words
/// - `values`: the texts of these, or none if they are unknown
fn document(statements: &[(bool, String)], values: Option<[&str; 2]>) -> Document {
    let names = [Unknown::word("One").to_string(), Unknown::word("Two").to_string()];
    let [one, two] = values.map_or_else(|| names, |values| values.map(str::to_owned));
    let mut builder = Builder::new();
    if values.is_none() {
        builder.with_unknowns();
    }
    builder.begin_object(None);
    builder.key("Statement", None);
    builder.begin_array(None);
    for (denies, resource) in statements {
        builder.begin_object(None);
        let resource = format!("arn:aws:s3:::{resource}").replace('%', &one).replace('#', &two);
        for (key, value) in [
            ("Effect", if *denies { "Deny" } else { "Allow" }),
            ("Action", "s3:GetObject"),
            ("Resource", &resource),
        ] {
            builder.key(key, None);
            builder.string(value, None);
        }
        builder.end();
    }
    builder.finish()
}

fn statements() -> impl Strategy<Value = Vec<(bool, String)>> {
    prop::collection::vec((prop::bool::weighted(0.3), "[ab%#*]{1,3}/[ab%#*]{0,2}"), 0..3)
}

#[test]
fn the_same_name_is_the_same_text() {
    let one = document(&[(false, "%/*".to_owned())], None);
    let other = document(&[(false, "#/*".to_owned())], None);
    let narrower = document(&[(false, "%/a*".to_owned())], None);
    assert_eq!(compare(&one, &one).verdict, Verdict::Equivalent);
    assert_eq!(compare(&one, &other).verdict, Verdict::Incomparable);
    assert_eq!(compare(&one, &narrower).verdict, Verdict::Narrowed);
    // It may be what is denied.
    let all = [(false, "*/*".to_owned()), (true, "a/*".to_owned())];
    let all = document(&all, None);
    assert!(!compare(&all, &one).verdict.grants_nothing_new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn nothing_new_with_any_values(old in statements(), new in statements(), one in "[ab]{1,2}", two in "[ab]{1,2}") {
        let verdict = compare(&document(&old, None), &document(&new, None)).verdict;
        if verdict.grants_nothing_new() {
            let values = Some([&*one, &*two]);
            let known = compare(&document(&old, values), &document(&new, values)).verdict;
            prop_assert!(
                known.grants_nothing_new() || known == Verdict::Unknown,
                "{old:?} {new:?} {one} {two}: {verdict}, but {known}"
            );
        }
    }
}

/// Grants of one action on one resource, which may have unknown parts.
fn grant(action: &str, resource: &str) -> Document {
    let mut builder = Builder::new();
    builder.with_unknowns();
    builder.begin_object(None);
    builder.key("Statement", None);
    builder.begin_object(None);
    for (key, value) in [("Effect", "Allow"), ("Action", action), ("Resource", resource)] {
        builder.key(key, None);
        builder.string(value, None);
    }
    builder.end();
    builder.finish()
}

#[test]
fn accounts_regions_and_partitions_have_their_form() {
    let [partition, region, account] = ["AWS::Partition", "AWS::Region", "AWS::AccountId"].map(Unknown::word);
    let queue = format!("arn:{partition}:sqs:{region}:{account}:jobs");
    let granted = grant("sqs:SendMessage", &queue);
    let comparison = compare(
        &grant("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:x"),
        &granted,
    );
    let witness = comparison.newly_allowed.first();
    assert_eq!(
        witness.map(|witness| &*witness.resource),
        Some("arn:aws:sqs:us-east-1:123456789012:jobs")
    );
    let wider = compare(&grant("sqs:SendMessage", "arn:*:sqs:*:*:j*"), &granted);
    assert_eq!(wider.verdict, Verdict::Narrowed);
    let elsewhere = grant("sqs:SendMessage", "arn:aws-cn:sqs:*:*:jobs");
    assert_eq!(compare(&elsewhere, &granted).verdict, Verdict::Incomparable);
}
