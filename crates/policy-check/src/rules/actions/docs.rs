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
    name: "actions",
    title: "Actions",
    #[cfg(feature = "documentation")]
    about: "Whether the actions of a statement exist.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(Code::InvalidAction, "invalid action", &[Severity::Error]).unknown_names(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The service has no such action, or none that the pattern matches.",
            why: "A misspelled action grants nothing and denies nothing. AWS stores the policy anyway, so the \
                   mistake only shows when a request is denied unexpectedly, or allowed when it should be denied.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObjects",
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
            fix: "Correct the name. Action names follow the API but not always exactly: the action for \
                   `ListObjectsV2` is `s3:ListBucket`.",
            limits: None,
            source: sources::SERVICE_AUTHORIZATION,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidServiceInAction,
            "invalid service in action",
            &[Severity::Error],
        )
        .unknown_names(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "No AWS service has this prefix.",
            why: "The action matches nothing. The prefix is not always the name of the service: it is \
                   `elasticloadbalancing`, not `elb`, and `states`, not `stepfunctions`.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lamda:InvokeFunction",
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:render"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:render"
}"#,
            ),
            fix: "Use the service prefix from the Service Authorization Reference.",
            limits: None,
            source: sources::SERVICE_AUTHORIZATION,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::WildcardInServiceName,
            "wildcard in service name",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "An action or an ARN has a wildcard in the name of the service.",
            why: "The pattern also covers services that AWS introduces later, and services that happen to have a \
                   similar name.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3*:GetObject",
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
            fix: "Name each service explicitly.",
            limits: None,
            source: sources::ACTION,
        },
    },
];
