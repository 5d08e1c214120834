//! A constant's answer without a context holds in every context, and its answer with a whole context is the evaluator's.

#![expect(
    clippy::unwrap_used,
    reason = "Clippy only recognizes functions marked as tests as test code"
)]

use iam_policy_core::{Action, Condition, Effect, Evaluation, Policy, Resource, Statement, Template};
use iam_policy_eval::{Context, Decision, Policies, PolicySet, PolicyType, Request};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, json};

const PATTERNS: &[&str] = &[
    "*",
    "s3:*",
    "S3:get*",
    "s3:PutObject",
    "lambda:Invoke?unction",
    "*Object",
    "new:Thing",
];
const ACTIONS: &[&str] = &["s3:GetObject", "s3:putobject", "lambda:InvokeFunction", "new:Thing"];

/// Without variables, so that the answer depends on the context only through conditions.
const RESOURCES: &[&str] = &[
    "*",
    "arn:aws:s3:::b*",
    "arn:aws:s3:::b/?",
    "arn:aws:lambda:*:*:function:f:*",
    "arn:aws:lambda:*",
    "arn:aws:s3:::b/${*}",
    "arn:aws:lambda:*:function:f:1",
];
const VARIABLES: &[&str] = &["arn:aws:s3:::b/${custom:name}", "arn:aws:s3:::${aws:username}*"];
const TARGETS: &[&str] = &[
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b",
    "arn:aws:lambda:eu-west-1:111111111111:function:f:1",
    "*",
];

/// The values of `custom:k` in a request.
const ANSWERS: &[&[&str]] = &[
    &["yes"],
    &["no"],
    &["true"],
    &["b"],
    &[""],
    &["*"],
    &["arn:aws:s3:::b"],
    &["yes", "no"],
];

#[derive(Clone, Debug)]
struct Source {
    deny: bool,
    actions: (bool, Vec<&'static str>),
    resources: (bool, Vec<&'static str>),
    /// The operator and the value of a condition on `custom:k`.
    condition: Option<(&'static str, &'static str)>,
}

/// Conditions that a constant can evaluate.
const CONDITIONS: &[(&str, &str)] = &[
    ("StringEquals", "yes"),
    ("StringNotEquals", "yes"),
    ("StringLike", "?e*"),
    ("StringNotLike", "n*"),
    ("StringEqualsIgnoreCase", "YES"),
    ("StringEqualsIfExists", "*"),
    ("StringEquals", "${*}"),
    ("StringLike", "${custom:name}"),
    ("StringNotEquals", "${aws:username}"),
    ("ForAnyValue:StringEquals", "yes"),
    ("ForAllValues:StringLike", "y*"),
    ("ForAnyValue:StringNotEquals", "yes"),
    ("ArnLike", "arn:aws:s3:::?"),
    ("Bool", "TRUE"),
    ("Null", "false"),
    ("Null", "true"),
    ("ForAllValues:Null", "true"),
    ("BinaryEquals", "yes"),
];

fn source(conditions: &'static [(&str, &str)]) -> impl Strategy<Value = Source> {
    let resources = RESOURCES.iter().chain(VARIABLES).copied().collect::<Vec<_>>();
    let rarely = || prop::bool::weighted(0.2);
    (
        any::<bool>(),
        (rarely(), subsequence(PATTERNS, 1..3)),
        (rarely(), subsequence(resources, 1..3)),
        prop::option::weighted(0.3, select(conditions)),
    )
        .prop_map(|(deny, actions, resources, condition)| Source {
            deny,
            actions,
            resources,
            condition,
        })
}

/// The constant's answer.
fn by_constant(sources: &[Source], action: &str, resource: &str, context: &[(&str, &str)]) -> Evaluation {
    let values: Vec<_> = sources
        .iter()
        .map(|source| source.condition.map(|(_, value)| Template::literal(value)))
        .collect();
    let conditions: Vec<_> = sources
        .iter()
        .zip(&values)
        .map(|(source, value)| Some(Condition::new(source.condition?.0, "custom:k", value.as_slice())))
        .collect();
    let parts: Vec<(Vec<_>, Vec<_>)> = sources
        .iter()
        .map(|source| {
            let actions = source.actions.1.iter().map(|pattern| Action::new(pattern));
            let resources = source.resources.1.iter().map(|pattern| Resource::literal(pattern));
            (actions.collect(), resources.collect())
        })
        .collect();
    let statements: Vec<_> = sources
        .iter()
        .zip(&parts)
        .zip(&conditions)
        .map(|((source, (actions, resources)), condition)| {
            let statement =
                Statement::new("s", "S").with_effect(if source.deny { Effect::Deny } else { Effect::Allow });
            let statement = if source.actions.0 {
                statement.with_not_actions(actions)
            } else {
                statement.with_actions(actions)
            };
            let statement = if source.resources.0 {
                statement.with_not_resources(resources)
            } else {
                statement.with_resources(resources)
            };
            // As in generated code.
            statement
                .with_conditions(condition.as_slice())
                .with_hints(1, statement.index())
        })
        .collect();
    Policy::new("p", "")
        .with_statements(&statements)
        .evaluate_with(action, resource, context)
}

fn compile(sources: &[Source]) -> PolicySet {
    let statements: Vec<_> = sources
        .iter()
        .map(|source| {
            let mut statement = Map::new();
            let effect = if source.deny { "Deny" } else { "Allow" };
            statement.insert("Effect".to_owned(), json!(effect));
            let element = |negated, name: &str| if negated { format!("Not{name}") } else { name.to_owned() };
            statement.insert(element(source.actions.0, "Action"), json!(source.actions.1));
            statement.insert(element(source.resources.0, "Resource"), json!(source.resources.1));
            if let Some((operator, value)) = source.condition {
                statement.insert("Condition".to_owned(), json!({operator: {"custom:k": value}}));
            }
            statement
        })
        .collect();
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    PolicySet::compile(
        PolicyType::Identity,
        [&iam_policy_document::json::read(text.as_bytes()).document],
    )
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_constant_and_an_evaluator_agree(
        sources in prop::collection::vec(source(&[("StringEquals", "yes")]), 0..5),
        action in select(ACTIONS),
        resource in select(TARGETS),
        name in select(&["k", "x"][..]),
    ) {
        let by_constant = by_constant(&sources, action, resource, &[]);
        let set = compile(&sources);
        let decide = |answer| {
            let context = Context::new().with("custom:k", answer).and_then(|context| context.with("custom:name", name)).unwrap();
            let request = Request::new("arn:aws:iam::111111111111:user/b", action, resource).unwrap();
            Policies::new(&set).decide(&request.with_context(&context)).decision
        };
        let (held, failed) = (decide("yes"), decide("no"));
        let has_variables = sources.iter().any(|source| source.resources.1.iter().any(|pattern| VARIABLES.contains(pattern)));
        match by_constant {
            Evaluation::Allowed => prop_assert_eq!((held, failed), (Decision::Allowed, Decision::Allowed)),
            Evaluation::Denied => prop_assert_eq!((held, failed), (Decision::ExplicitDeny, Decision::ExplicitDeny)),
            Evaluation::NotAllowed => prop_assert_eq!((held, failed), (Decision::ImplicitDeny, Decision::ImplicitDeny)),
            // The variable has a value that no condition mentions.
            Evaluation::AllowedIf if has_variables => {
                prop_assert!(held != Decision::ExplicitDeny && failed != Decision::ExplicitDeny);
            }
            Evaluation::AllowedIf => prop_assert_eq!((held, failed), (Decision::Allowed, Decision::ImplicitDeny)),
            Evaluation::DeniedIf if has_variables => {}
            Evaluation::DeniedIf => {
                prop_assert_eq!(held, Decision::ExplicitDeny);
                prop_assert_ne!(failed, Decision::ExplicitDeny);
            }
            other => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn with_the_whole_context_they_are_the_same(
        sources in prop::collection::vec(source(CONDITIONS), 0..5),
        action in select(ACTIONS),
        resource in select(TARGETS),
        name in select(&["k", "x", "yes", "*"][..]),
        answers in select(ANSWERS),
    ) {
        let mut known = vec![("custom:name", name), ("aws:username", "b")];
        known.extend(answers.iter().map(|answer| ("custom:k", *answer)));
        let by_constant = by_constant(&sources, action, resource, &known);
        let set = compile(&sources);
        let context = Context::new().with("custom:name", name).unwrap();
        let context = context.with_all("custom:k", answers.iter().copied()).unwrap();
        let request = Request::new("arn:aws:iam::111111111111:user/b", action, resource).unwrap();
        let decision = Policies::new(&set).decide(&request.with_context(&context)).decision;
        let expected = match decision {
            Decision::Allowed => Evaluation::Allowed,
            Decision::ImplicitDeny => Evaluation::NotAllowed,
            Decision::ExplicitDeny => Evaluation::Denied,
        };
        prop_assert_eq!(by_constant, expected, "{:?}", answers);
    }
}
