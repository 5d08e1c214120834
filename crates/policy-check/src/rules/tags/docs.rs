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
    name: "tags",
    title: "Tags",
    #[cfg(feature = "documentation")]
    about: "Conditions on the tags of resources, for actions that do not send them.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(
            Code::AllowWithUnsupportedTagConditionKeyForService,
            "allow with unsupported tag condition key for service",
            &[Severity::Suggestion],
        )
        .catalog()
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "An `Allow` depends on a resource tag, but an action does not send the resource's tags.",
            why: "For that action the condition never holds, so the statement does not grant it.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": ["ec2:StartInstances", "iam:ListRoles"],
  "Resource": "*",
  "Condition": {"StringEquals": {"aws:ResourceTag/team": "finance"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"[
  {
    "Effect": "Allow",
    "Action": "ec2:StartInstances",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:ResourceTag/team": "finance"}}
  },
  {
    "Effect": "Allow",
    "Action": "iam:ListRoles",
    "Resource": "*"
  }
]"#,
            ),
            fix: "Move the actions that the finding points to into a statement without the tag condition.",
            limits: Some("Reported for `aws:ResourceTag`."),
            source: sources::ACCESS_TAGS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::DenyWithUnsupportedTagConditionKeyForService,
            "deny with unsupported tag condition key for service",
            &[Severity::SecurityWarning],
        )
        .catalog()
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A `Deny` depends on a resource tag, but an action does not send the resource's tags.",
            why: "For that action the condition never holds, so the statement does not deny it.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Deny",
  "Action": ["ec2:StartInstances", "iam:ListRoles"],
  "Resource": "*",
  "Condition": {"StringEquals": {"aws:ResourceTag/team": "finance"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"[
  {
    "Effect": "Deny",
    "Action": "ec2:StartInstances",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:ResourceTag/team": "finance"}}
  },
  {
    "Effect": "Deny",
    "Action": "iam:ListRoles",
    "Resource": "*"
  }
]"#,
            ),
            fix: "Move the actions that the finding points to into a statement that denies them without the tag \
                   condition.",
            limits: Some("Reported for `aws:ResourceTag`."),
            source: sources::ACCESS_TAGS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::AllowNotActionWithUnsupportedTagConditionKeyForService,
            "allow NotAction with unsupported tag condition key for service",
            &[Severity::Suggestion],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "An `Allow` with `NotAction` depends on a resource tag, which many of the actions do not send.",
            why: "Only the actions that send the resource's tags are granted; which those are cannot be seen from the \
                   policy.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "NotAction": "iam:*",
  "Resource": "*",
  "Condition": {"StringEquals": {"aws:ResourceTag/team": "finance"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "ec2:StartInstances",
  "Resource": "*",
  "Condition": {"StringEquals": {"aws:ResourceTag/team": "finance"}}
}"#,
            ),
            fix: "List the actions with `Action`.",
            limits: Some("Reported for `aws:ResourceTag`."),
            source: sources::ACCESS_TAGS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::DenyNotActionWithUnsupportedTagConditionKeyForService,
            "deny NotAction with unsupported tag condition key for service",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A `Deny` with `NotAction` depends on a resource tag, which many of the actions do not send.",
            why: "Actions that do not send the resource's tags are not denied; which those are cannot be seen from \
                   the policy.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Deny",
  "NotAction": "iam:*",
  "Resource": "*",
  "Condition": {"StringEquals": {"aws:ResourceTag/team": "finance"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Deny",
  "Action": "ec2:StartInstances",
  "Resource": "*",
  "Condition": {"StringEquals": {"aws:ResourceTag/team": "finance"}}
}"#,
            ),
            fix: "List the actions with `Action`.",
            limits: Some("Reported for `aws:ResourceTag`."),
            source: sources::ACCESS_TAGS,
        },
    },
];
