//! Asking and proving agree: a permission that is proved is never denied when asked about.

#![expect(clippy::unwrap_used, reason = "a panic fails the test, in helpers too")]

mod support;

use iam_policy_core::Options;
use iam_policy_document::Document;
use iam_policy_eval::{Context, Decision, Policies, PolicySet, PolicyType, Reason, Request};
use iam_policy_validate::{Addition, Answer, Cause, Granted, NamedPolicy, Plan, Report, Required, Status};
use proptest::prelude::*;
use proptest::sample::select;
use remotion_lambda_policies::ALL;

use crate::support::{ann, document};

const ACTIONS: &[&str] = &[
    "*",
    "s3:*",
    "s3:Get*",
    "s3:PutObject*",
    "s3:*Bucket",
    "lambda:*",
    "lambda:Get*",
    "lambda:InvokeFunction",
    "logs:*",
    "iam:PassRole",
    "iam:*",
    "servicequotas:*",
];

const RESOURCES: &[&str] = &[
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::remotionlambda-*",
    "arn:aws:s3:::remotionlambda-a*",
    "arn:aws:s3:::remotionlambda-*/*",
    "arn:aws:lambda:*:*:function:remotion-render-*",
    "arn:aws:lambda:*:123456789012:*",
    "arn:aws:lambda:eu-central-1:*:function:remotion-*",
    "arn:aws:lambda:*:*:layer:*",
    "arn:aws:logs:*:*:*",
    "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/*",
    "arn:aws:iam::123456789012:role/remotion-lambda-role",
];

const CONDITIONS: &[&str] = &[
    "",
    "",
    "",
    r#", "Condition": {"StringEquals": {"aws:username": "ann"}}"#,
    r#", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#,
    r#", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}"#,
];

fn granted() -> impl Strategy<Value = String> {
    let quoted = |texts: Vec<&str>| format!("{texts:?}");
    let statement = (
        select(&["Allow", "Allow", "Allow", "Deny"][..]),
        prop::collection::vec(select(ACTIONS), 1..4),
        prop::collection::vec(select(RESOURCES), 1..4),
        select(CONDITIONS),
    );
    let statement = statement.prop_map(move |(effect, actions, resources, condition)| {
        let (actions, resources) = (quoted(actions), quoted(resources));
        format!(r#"{{"Effect": "{effect}", "Action": {actions}, "Resource": {resources}{condition}}}"#)
    });
    prop::collection::vec(statement, 1..6).prop_map(|statements| statements.join(","))
}

/// The answers of AWS's simulator for a user with only this policy.
fn asked(plan: &Plan, granted: &Document) -> Report {
    let set = PolicySet::compile(PolicyType::Identity, [granted]).unwrap();
    let user = ann();
    let answers = plan.questions().iter().enumerate().map(|(question, asked)| {
        let mut context = Context::new();
        for entry in &asked.context {
            context
                .set(&entry.key, entry.values.iter().map(String::as_str))
                .unwrap();
        }
        let request = Request::new(&user.arn, &asked.action, &asked.resource).unwrap();
        let decided = Policies::new(&set).decide(&request.with_context(&context));
        let elsewhere =
            matches!(decided.reason, Reason::NotAllowedBy(layer) if layer.policy_type == PolicyType::Resource);
        let decision = if elsewhere { Decision::Allowed } else { decided.decision };
        Answer {
            question,
            decision,
            cause: Cause::default(),
        }
    });
    plan.judge(answers)
}

fn proved(required: &Required, granted: &[&Document]) -> Report {
    let policies = granted.iter().map(|document| NamedPolicy::new("granted", document));
    let granted = Granted {
        identity: policies.collect(),
        ..Granted::default()
    };
    granted.prove(required, Some(&ann()), &[])
}

/// `CASES` sets the number of cases.
fn cases() -> u32 {
    let said = std::env::var("CASES").ok();
    said.and_then(|said| said.parse().ok()).unwrap_or(8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn proved_permissions_are_not_denied(statements in granted(), which in 0..ALL.len()) {
        let required = Required::from_policy(ALL.get(which).unwrap(), Options::DEFAULT).unwrap();
        let granted = document(&statements);
        let plan = Plan::new(&required, &ann(), &[]);
        let (asked, proved) = (asked(&plan, &granted), proved(&required, &[&granted]));
        // Neither policy has action patterns, so both have the same checks.
        prop_assert_eq!(asked.checks.len(), proved.checks.len());
        for (asked, proved) in asked.checks.iter().zip(&proved.checks) {
            prop_assert_eq!((&asked.action, &asked.pattern), (&proved.action, &proved.pattern));
            prop_assert!(!proved.is_fine() || asked.is_fine(), "{asked:?} {proved:?}");
            prop_assert!(proved.status != Status::Allowed || asked.status == Status::Allowed, "{asked:?} {proved:?}");
            prop_assert!(!matches!(proved.status, Status::Unknown(_)), "{proved:?}");
        }
    }

    #[test]
    fn additions_fix_what_they_can(statements in granted(), which in 0..ALL.len()) {
        let required = Required::from_policy(ALL.get(which).unwrap(), Options::DEFAULT).unwrap();
        let granted = document(&statements);
        let plan = Plan::new(&required, &ann(), &[]);
        for report in [asked(&plan, &granted), proved(&required, &[&granted])] {
            let Some(addition) = Addition::new(&required, &report) else {
                prop_assert!(!report.checks.iter().any(iam_policy_validate::Check::can_be_added));
                continue;
            };
            // With the addition, only explicit denies remain, and it grants nothing beyond the policy.
            let after = proved(&required, &[&granted, addition.document()]);
            for (before, after) in report.checks.iter().zip(&after.checks) {
                prop_assert!(!before.can_be_added() || !after.can_be_added(), "{before:?} {after:?}");
            }
            let covered = iam_policy_compare::Options::default().covers([addition.document()], [required.document()]);
            prop_assert!(covered.is_yes(), "{addition}");
        }
    }
}
