//! Whatever the unknown parts of a policy are, the decision is between the two readings.

#![expect(clippy::unwrap_used, reason = "the inputs are valid")]

use iam_policy_core::variable::Unknown;
use iam_policy_document::{Builder, Document};
use iam_policy_eval::{Context, Decision, Policies, PolicySet, PolicyType, Reading, Request};
use proptest::prelude::*;

/// A statement, whose texts have `%` for an unknown word and `#` for an unknown text.
#[derive(Clone, Debug)]
struct Statement {
    effect: &'static str,
    action: &'static str,
    not_resource: bool,
    resource: String,
    condition: Option<(&'static str, String)>,
}

fn statement() -> impl Strategy<Value = Statement> {
    let resource = prop_oneof![
        Just("#".to_owned()),
        Just("arn:aws:s3:::%/*".to_owned()),
        Just("arn:aws:s3:::a/%".to_owned()),
        Just("arn:%:s3:::a*".to_owned()),
        Just("#*".to_owned()),
        "arn:aws:s3:::[ab/*%#]{1,4}",
    ];
    let operators = prop_oneof![
        Just("StringEquals"),
        Just("StringNotEquals"),
        Just("StringLike"),
        Just("StringEqualsIgnoreCase"),
        Just("StringNotLikeIfExists"),
        Just("ForAllValues:StringEquals"),
    ];
    let condition = prop::option::of((operators, "[ab*%#]{0,3}"));
    let effect = prop_oneof![3 => Just("Allow"), 1 => Just("Deny")];
    let action = prop_oneof![Just("s3:GetObject"), Just("s3:%"), Just("#")];
    (effect, action, prop::bool::weighted(0.2), resource, condition).prop_map(
        |(effect, action, not_resource, resource, condition)| Statement {
            effect,
            action,
            not_resource,
            resource,
            condition,
        },
    )
}

/// - `values`: the texts of the word and of the other part, or none if they are unknown
fn document(statements: &[Statement], values: Option<(&str, &str)>) -> Document {
    let text = |text: &str| {
        if let Some((word, other)) = values {
            return text.replace('%', word).replace('#', other);
        }
        let word = Unknown::word("Word").to_string();
        let other = Unknown::new("Other").to_string();
        text.replace('%', &word).replace('#', &other)
    };
    let mut builder = Builder::new();
    if values.is_none() {
        builder.with_unknowns();
    }
    builder.begin_object(None);
    builder.key("Statement", None);
    builder.begin_array(None);
    for statement in statements {
        builder.begin_object(None);
        let resource = if statement.not_resource {
            "NotResource"
        } else {
            "Resource"
        };
        for (key, value) in [
            ("Effect", statement.effect),
            ("Action", statement.action),
            (resource, &statement.resource),
        ] {
            builder.key(key, None);
            builder.string(&text(value), None);
        }
        if let Some((operator, value)) = &statement.condition {
            builder.key("Condition", None);
            builder.begin_object(None);
            builder.key(operator, None);
            builder.begin_object(None);
            builder.key("custom:key", None);
            builder.string(&text(value), None);
            builder.end();
            builder.end();
        }
        builder.end();
    }
    builder.finish()
}

fn decide(document: &Document, reading: Reading, resource: &str, value: Option<&str>) -> Decision {
    let set = PolicySet::compile_as(PolicyType::Identity, [document], reading).unwrap();
    let mut context = Context::new();
    if let Some(value) = value {
        context.set("custom:key", [value]).unwrap();
    }
    let request = Request::new("arn:aws:iam::123456789012:user/ann", "s3:GetObject", resource).unwrap();
    Policies::new(&set).decide(&request.with_context(&context)).decision
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn every_value_decides_between_the_readings(
        statements in prop::collection::vec(statement(), 1..4),
        word in "[ab]{1,2}|aws|GetObject",
        other in prop_oneof![
            Just(String::new()),
            Just("arn:aws:s3:::a".to_owned()),
            Just("s3:GetObject".to_owned()),
            "[ab*/:]{0,3}",
        ],
        resource in "arn:aws:s3:::[ab]{1,2}(/[ab]{0,2})?",
        value in prop::option::of("[ab*]{0,3}"),
    ) {
        let unknown = document(&statements, None);
        let known = document(&statements, Some((&word, &other)));
        let decide = |document, reading| decide(document, reading, &resource, value.as_deref());
        let decision = decide(&known, Reading::Given);
        let (most, least) = (
            decide(&unknown, Reading::MostPermissive),
            decide(&unknown, Reading::LeastPermissive),
        );
        prop_assert!(decision == Decision::Allowed || least != Decision::Allowed, "{statements:?} {known:?}");
        prop_assert!(decision != Decision::Allowed || most == Decision::Allowed, "{statements:?} {known:?}");
    }
}
