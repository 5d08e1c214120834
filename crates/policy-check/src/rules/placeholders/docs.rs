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
    name: "placeholders",
    title: "Placeholders",
    #[cfg(feature = "documentation")]
    about: "Whether placeholders of a template or guide have been filled in.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[Rule {
    facts: Facts::own(
        Code::UnfilledPlaceholder,
        "unfilled placeholder",
        &[Severity::Error, Severity::Warning],
    ),
    #[cfg(feature = "documentation")]
    documentation: Documentation {
        summary: "A resource or a condition has a placeholder that was not filled in.",
        why: "AWS does not replace it. The statement applies to a resource or value of that literal name, which does \
               not exist, or, where it is a policy variable without a condition key, to nothing at all.",
        bad: Example::statement(
            PolicyType::Identity,
            r#"{
  "Effect": "Allow",
  "Action": "eks:DescribeCluster",
  "Resource": "arn:aws:eks:eu-west-1:123456789012:cluster/${CLUSTER_NAME}"
}"#,
        ),
        good: Example::statement(
            PolicyType::Identity,
            r#"{
  "Effect": "Allow",
  "Action": "eks:DescribeCluster",
  "Resource": "arn:aws:eks:eu-west-1:123456789012:cluster/production"
}"#,
        ),
        fix: "Replace the placeholder with the value, or render the template that the policy comes from.",
        limits: Some(
            "A variable that no condition key can have, such as `${CLUSTER_NAME}` or `${AWS::Region}`, is an error. A \
               word between angle brackets or double braces is a warning, because a few services accept these \
               characters in names. Account IDs, Regions, partitions and bucket names have codes of their own.",
        ),
        source: sources::VARIABLES,
    },
}];
