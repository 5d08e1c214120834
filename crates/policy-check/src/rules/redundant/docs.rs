//! The facts and the documentation of each code.

#[cfg(feature = "documentation")]
use crate::PolicyType;
use iam_policy_document::Severity;

use crate::code::Code;
#[cfg(feature = "documentation")]
use crate::documentation::{Documentation, Example};
use crate::rule::{Facts, Rule, Topic};
#[cfg(feature = "documentation")]
use crate::sources;

pub(crate) const TOPIC: Topic = Topic {
    name: "redundant",
    title: "Redundancy",
    #[cfg(feature = "documentation")]
    about: "Parts of a policy that can be removed without changing what it grants.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(Code::RedundantAction, "redundant action", &[Severity::Suggestion]).compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A statement lists an action that another entry of the list already covers.",
            why: "The policy is longer than necessary, and removing the entry later would not take the permission \
                   away.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": ["s3:Get*", "s3:GetObject"],
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            fix: "Remove the pattern if it grants more than is needed, and the single action otherwise. Action names \
                   are case-insensitive.",
            limits: None,
            source: sources::ACTION,
        },
    },
    Rule {
        facts: Facts::aws(Code::RedundantResource, "redundant resource", &[Severity::Suggestion]).compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A statement lists a resource that another entry of the list already covers.",
            why: "The policy is longer than necessary, and removing the entry later would not take the permission \
                   away.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": ["arn:aws:s3:::reports/*", "arn:aws:s3:::reports/2026/*"]
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/2026/*"
}"#,
            ),
            fix: "Remove the broader pattern if it grants more than is needed, and the narrower one otherwise. `*` \
                   also matches slashes and colons.",
            limits: None,
            source: sources::RESOURCE,
        },
    },
    Rule {
        facts: Facts::aws(Code::RedundantStatement, "redundant statement", &[Severity::Suggestion]).compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "Two statements are equivalent.",
            why: "Only one of the two has an effect. If one is changed later and the other is forgotten, the policy \
                   still grants the same permissions.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"[
  {
    "Sid": "Read",
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
  },
  {
    "Sid": "ReadAgain",
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
  }
]"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Sid": "Read",
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            fix: "Remove one of the statements.",
            limits: Some(
                "Statements are compared regardless of their `Sid`, the order of their lists and the case of \
                   their actions.",
            ),
            source: sources::STATEMENT,
        },
    },
];
