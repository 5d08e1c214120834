//! The report for given answers.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a panic fails the test, in helpers too"
)]

mod support;

use std::fmt::Write;

use expect_test::{Expect, expect};
use iam_policy_validate::{
    Addition, Answer, Blame, Cause, Decision, Matched, Plan, Question, Report, Required, Skipped, Status,
};

use crate::support::{ann, required};

/// One line per check, and one per denial.
fn written(report: &Report) -> String {
    let mut text = String::new();
    for check in &report.checks {
        let status = match &check.status {
            Status::Skipped(Skipped::GrantsNothing) => "grants nothing".to_owned(),
            status => format!("{status:?}"),
        };
        writeln!(text, "{} {} {}: {status}", check.statement, check.action, check.pattern).unwrap();
        for denial in &check.denials {
            let blames = denial.blames().into_iter().map(|blame| match blame {
                Blame::NoPolicy => "no policy".to_owned(),
                Blame::Policy(matched) => format!("policy {}", matched[0].policy),
                Blame::Boundary(matched) => format!("boundary {}", matched.len()),
                Blame::Organization(matched) => format!("organization {}", matched.len()),
                _ => unreachable!(),
            });
            let blames: Vec<String> = blames.collect();
            writeln!(text, "  {}: {}", denial.resource, blames.join(", ")).unwrap();
        }
    }
    text
}

fn answered(required: &Required, answer: impl Fn(&Question) -> (Decision, Cause)) -> Report {
    let plan = Plan::new(required, &ann(), &[]);
    let answers = plan.questions().iter().enumerate().map(|(question, asked)| {
        let (decision, cause) = answer(asked);
        Answer {
            question,
            decision,
            cause,
        }
    });
    // The order of answers does not matter.
    plan.judge(answers.rev())
}

fn check(statements: &str, answer: impl Fn(&Question) -> (Decision, Cause), expected: Expect) {
    let required = required(statements);
    let report = answered(&required, answer);
    let addition = Addition::new(&required, &report).map(|addition| addition.to_string());
    expected.assert_eq(&format!("{}{}", written(&report), addition.unwrap_or_default()));
}

const NONE: fn() -> Cause = Cause::default;

#[test]
fn permissions_allowed_nowhere_can_be_added() {
    check(
        r#"{"Sid": "Lists", "Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "lambda:ListFunctions"], "Resource": "*"},
           {"Sid": "Files", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]}"#,
        |question| match question.action.as_str() {
            "s3:PutObject" | "lambda:ListFunctions" => (Decision::ImplicitDeny, NONE()),
            _ => (Decision::Allowed, NONE()),
        },
        expect![[r#"
            0 s3:ListAllMyBuckets *: Allowed
            0 lambda:ListFunctions *: Denied
              *: no policy
            1 s3:GetObject arn:aws:s3:::a/*: Allowed
            1 s3:GetObject arn:aws:s3:::b/*: Allowed
            1 s3:PutObject arn:aws:s3:::a/*: Denied
              arn:aws:s3:::a/*: no policy
              arn:aws:s3:::a/a: no policy
            1 s3:PutObject arn:aws:s3:::b/*: Denied
              arn:aws:s3:::b/*: no policy
              arn:aws:s3:::b/a: no policy
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "Lists",
                  "Effect": "Allow",
                  "Action": [
                    "lambda:ListFunctions"
                  ],
                  "Resource": [
                    "*"
                  ]
                },
                {
                  "Sid": "Files",
                  "Effect": "Allow",
                  "Action": [
                    "s3:PutObject"
                  ],
                  "Resource": [
                    "arn:aws:s3:::a/*",
                    "arn:aws:s3:::b/*"
                  ]
                }
              ]
            }
        "#]],
    );
}

#[test]
fn the_principals_account_and_region_suffice() {
    let statement =
        r#"{"Effect": "Allow", "Action": "lambda:GetFunction", "Resource": "arn:aws:lambda:*:*:function:f-*"}"#;
    check(
        statement,
        |question| {
            if question
                .resource
                .starts_with("arn:aws:lambda:eu-central-1:123456789012:")
            {
                (Decision::Allowed, NONE())
            } else {
                (Decision::ImplicitDeny, NONE())
            }
        },
        expect![[r#"
            0 lambda:GetFunction arn:aws:lambda:*:*:function:f-*: AllowedHere
              arn:aws:lambda:*:*:function:f-*: no policy
        "#]],
    );
    // But not part of the names in them.
    check(
        statement,
        |question| {
            if question.resource.ends_with("f-a") {
                (Decision::Allowed, NONE())
            } else {
                (Decision::ImplicitDeny, NONE())
            }
        },
        expect![[r#"
            0 lambda:GetFunction arn:aws:lambda:*:*:function:f-*: Denied
              arn:aws:lambda:*:*:function:f-*: no policy
              arn:aws:lambda:eu-central-1:123456789012:function:f-*: no policy
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Action": [
                    "lambda:GetFunction"
                  ],
                  "Resource": [
                    "arn:aws:lambda:*:*:function:f-*"
                  ]
                }
              ]
            }
        "#]],
    );
}

#[test]
fn other_partitions_are_ignored() {
    check(
        r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:*:s3:::b"}"#,
        |question| {
            if question.resource.starts_with("arn:aws:") {
                (Decision::Allowed, NONE())
            } else {
                (Decision::ImplicitDeny, NONE())
            }
        },
        expect![[r#"
            0 s3:ListBucket arn:*:s3:::b: AllowedHere
              arn:*:s3:::b: no policy
        "#]],
    );
}

#[test]
fn blame() {
    let matched = |policy: &str| Matched {
        policy: policy.to_owned(),
        kind: "IAM Policy".to_owned(),
        start: Some((1, 4)),
        end: Some((1, 90)),
    };
    check(
        r#"{"Effect": "Allow", "Action": ["sqs:ListQueues", "sns:ListTopics", "s3:ListAllMyBuckets", "lambda:ListFunctions", "iam:ListUsers"], "Resource": "*"}"#,
        |question| match question.action.as_str() {
            "sqs:ListQueues" => (
                Decision::ExplicitDeny,
                Cause {
                    matched: vec![matched("no-queues")],
                    ..NONE()
                },
            ),
            "sns:ListTopics" => (
                Decision::ImplicitDeny,
                Cause {
                    organizations: Some(false),
                    boundary: Some(false),
                    ..NONE()
                },
            ),
            // An Allow statement does not deny.
            "s3:ListAllMyBuckets" => (
                Decision::ImplicitDeny,
                Cause {
                    boundary: Some(false),
                    organizations: Some(true),
                    matched: vec![matched("lists")],
                    ..NONE()
                },
            ),
            // Statements of the organization are not reported, so the reported one belongs to a policy of the principal
            // that also denies.
            "lambda:ListFunctions" => (
                Decision::ExplicitDeny,
                Cause {
                    organizations: Some(false),
                    matched: vec![matched("p-1")],
                    ..NONE()
                },
            ),
            _ => (Decision::Allowed, NONE()),
        },
        expect![[r#"
            0 sqs:ListQueues *: Denied
              *: policy no-queues
            0 sns:ListTopics *: Denied
              *: organization 0, boundary 0
            0 s3:ListAllMyBuckets *: Denied
              *: boundary 0
            0 lambda:ListFunctions *: Denied
              *: policy p-1, organization 0
            0 iam:ListUsers *: Allowed
        "#]],
    );
}

#[test]
fn unanswered_questions_are_unknown() {
    let required = required(r#"{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}"#);
    let plan = Plan::new(&required, &ann(), &[]);
    let beyond = Answer {
        question: 99,
        decision: Decision::Allowed,
        cause: NONE(),
    };
    let report = plan.judge([beyond]);
    assert!(!report.is_fine());
    expect![[r#"
        0 sqs:ListQueues *: Unknown("no answer")
    "#]]
    .assert_eq(&written(&report));
}

#[test]
fn additions_keep_conditions_and_action_patterns() {
    check(
        r#"{"Sid": "A", "Effect": "Allow", "Action": ["s3:*BucketPolicy", "s3:*BucketAcl"], "Resource": "arn:aws:s3:::b"},
           {"Sid": "B", "Effect": "Allow", "Action": "s3:PutBucketAcl", "Resource": "arn:aws:s3:::c"},
           {"Sid": "C", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:*:q",
            "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}},
           {"Sid": "D", "Effect": "Allow", "Action": "sqs:SendMessage", "NotResource": "arn:aws:sqs:*:*:q"},
           {"Sid": "E", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3*"}"#,
        |question| match question.action.as_str() {
            "s3:GetBucketAcl" => (Decision::Allowed, NONE()),
            _ => (Decision::ImplicitDeny, NONE()),
        },
        expect![[r#"
            0 s3:DeleteBucketPolicy arn:aws:s3:::b: Denied
              arn:aws:s3:::b: no policy
            0 s3:GetBucketPolicy arn:aws:s3:::b: Denied
              arn:aws:s3:::b: no policy
            0 s3:PutBucketPolicy arn:aws:s3:::b: Denied
              arn:aws:s3:::b: no policy
            0 s3:GetBucketAcl arn:aws:s3:::b: Allowed
            0 s3:PutBucketAcl arn:aws:s3:::b: Denied
              arn:aws:s3:::b: no policy
            1 s3:PutBucketAcl arn:aws:s3:::c: Denied
              arn:aws:s3:::c: no policy
            2 sqs:SendMessage arn:aws:sqs:*:*:q: Denied
              arn:aws:sqs:*:*:q: no policy
              arn:aws:sqs:eu-central-1:123456789012:q: no policy
            3 sqs:SendMessage *: Denied
              arn:aws:sqs:eu-central-1:123456789012:a: no policy
            4 s3:ListBucket arn:aws:s3*: Denied
              arn:aws:s3:eu-central-1:123456789012:accesspoint/a: no policy
              arn:aws:s3:::a: no policy
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "A",
                  "Effect": "Allow",
                  "Action": [
                    "s3:*BucketPolicy"
                  ],
                  "Resource": [
                    "arn:aws:s3:::b"
                  ]
                },
                {
                  "Sid": "AAndB",
                  "Effect": "Allow",
                  "Action": [
                    "s3:PutBucketAcl"
                  ],
                  "Resource": [
                    "arn:aws:s3:::b",
                    "arn:aws:s3:::c"
                  ]
                },
                {
                  "Sid": "C",
                  "Effect": "Allow",
                  "Action": [
                    "sqs:SendMessage"
                  ],
                  "Resource": [
                    "arn:aws:sqs:*:*:q"
                  ],
                  "Condition": {
                    "StringEquals": {
                      "aws:RequestedRegion": "eu-west-1"
                    }
                  }
                },
                {
                  "Sid": "D",
                  "Effect": "Allow",
                  "Action": [
                    "sqs:SendMessage"
                  ],
                  "NotResource": "arn:aws:sqs:*:*:q"
                },
                {
                  "Sid": "E",
                  "Effect": "Allow",
                  "Action": [
                    "s3:ListBucket"
                  ],
                  "Resource": [
                    "arn:aws:s3*"
                  ]
                }
              ]
            }
        "#]],
    );
}

#[test]
fn statements_group_by_action_or_resource() {
    let statements = |denied: &'static [(&'static str, &'static str)]| {
        (
            r#"{"Sid": "Queues", "Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
                "Resource": ["arn:aws:sqs:*:*:a", "arn:aws:sqs:*:*:b", "arn:aws:sqs:*:*:c"]}"#,
            move |question: &Question| {
                let is = |(action, resource): &(&str, &str)| {
                    question.action.ends_with(action) && question.pattern.ends_with(resource)
                };
                if denied.iter().any(is) {
                    (Decision::ImplicitDeny, NONE())
                } else {
                    (Decision::Allowed, NONE())
                }
            },
        )
    };
    let count = |denied| {
        let (text, answer) = statements(denied);
        let required = required(text);
        let addition = Addition::new(&required, &answered(&required, answer)).unwrap();
        let pairs: usize = addition
            .document()
            .statements()
            .map(|statement| {
                let of = |element: &str| statement.0.get(element).unwrap().value.one_or_many().count();
                of("Action") * of("Resource")
            })
            .sum();
        assert_eq!(pairs, denied.len());
        addition.document().statements().count()
    };
    assert_eq!(
        count(&[
            ("SendMessage", ":a"),
            ("SendMessage", ":b"),
            ("ReceiveMessage", ":a"),
            ("ReceiveMessage", ":b")
        ]),
        1
    );
    // Send on a, b, c; receive on c; delete on c: two blocks either way.
    assert_eq!(
        count(&[
            ("SendMessage", ":a"),
            ("SendMessage", ":b"),
            ("SendMessage", ":c"),
            ("ReceiveMessage", ":c"),
            ("DeleteMessage", ":c")
        ]),
        2,
    );
    assert_eq!(
        count(&[("SendMessage", ":a"), ("ReceiveMessage", ":b"), ("DeleteMessage", ":c")]),
        3
    );
}

#[test]
fn wide_patterns_are_added_verbatim() {
    let required = required(r#"{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}"#);
    let report = answered(&required, |question| {
        let decision = if question.action.starts_with("ec2:D") {
            Decision::ImplicitDeny
        } else {
            Decision::Allowed
        };
        (decision, NONE())
    });
    let addition = Addition::new(&required, &report).unwrap().to_string();
    assert!(addition.contains(r#""ec2:*""#), "{addition}");
}

#[test]
fn patterns_without_known_actions_are_unknown() {
    check(
        r#"{"Effect": "Allow", "Action": ["quantum:*", "sqs:ListQueues"], "Resource": "*"},
           {"Effect": "Allow", "NotAction": "*", "Resource": "*"}"#,
        |_| (Decision::Allowed, NONE()),
        expect![[r#"
            0 quantum:* *: Unknown("no action in the catalog matches")
            0 sqs:ListQueues *: Allowed
            1 * *: grants nothing
        "#]],
    );
}

#[test]
fn denials_elsewhere_are_not_added() {
    let denying = Matched {
        policy: "no-functions".to_owned(),
        kind: "user".to_owned(),
        start: None,
        end: None,
    };
    check(
        r#"{"Effect": "Allow", "Action": "lambda:GetFunction", "Resource": "arn:aws:lambda:*:*:function:f-*"}"#,
        |question| {
            if question.resource.starts_with("arn:aws:lambda:*") {
                (Decision::ImplicitDeny, NONE())
            } else {
                let matched = vec![denying.clone()];
                (Decision::ExplicitDeny, Cause { matched, ..NONE() })
            }
        },
        expect![[r#"
            0 lambda:GetFunction arn:aws:lambda:*:*:function:f-*: Denied
              arn:aws:lambda:eu-central-1:123456789012:function:f-*: policy no-functions
              arn:aws:lambda:eu-central-1:123456789012:function:f-a: policy no-functions
        "#]],
    );
}

#[test]
fn additions_keep_partially_granted_patterns() {
    let required = required(r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}"#);
    let report = answered(&required, |_| (Decision::ImplicitDeny, NONE()));
    let skipped = |check: &iam_policy_validate::Check| matches!(check.status, Status::Skipped(_));
    assert!(report.checks.iter().any(skipped) && !report.checks.iter().all(skipped));
    let addition = Addition::new(&required, &report).unwrap().to_string();
    assert!(
        addition.contains("\"s3:Get*\"") && addition.matches("\"s3:").count() == 1,
        "{addition}"
    );
}

#[test]
fn the_most_restrictive_of_several_answers_counts() {
    let required = required(r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}"#);
    let plan = Plan::new(&required, &ann(), &[]);
    let answer = |decision| Answer {
        question: 0,
        decision,
        cause: Cause::default(),
    };
    let allowed = || answer(Decision::Allowed);
    let denied = || answer(Decision::ImplicitDeny);
    for answers in [[allowed(), denied()], [denied(), allowed()]] {
        assert_eq!(plan.judge(answers).checks[0].status, Status::Denied);
    }
}
