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
    name: "wildcards",
    title: "Wildcards in sensitive conditions",
    #[cfg(feature = "documentation")]
    about: "Whether wildcards and policy variables let a condition match more than intended.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(
            Code::WildcardUsageTooPermissive,
            "wildcard usage too permissive",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A condition that identifies the caller has a wildcard that admits unintended callers.",
            why: "Keys such as `aws:PrincipalOrgID` or `aws:SourceAccount` identify an account, an organization or a \
                   network. With a wildcard, others can have a value that matches as well; `repo:*` in a GitHub \
                   subject admits every repository on GitHub.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
}"#,
            ),
            fix: "Write out the value and use `StringEquals`. In the subject of an identity provider, put at least \
                   six literal characters in front of the wildcard; in `aws:userid`, use it only after the colon.",
            limits: Some(
                "Reported for sensitive global keys, `aws:userid`, and the `sub` claim of identity providers, in \
                   operators that read wildcards.",
            ),
            source: sources::GLOBAL_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::VariableUsageTooPermissive,
            "variable usage too permissive",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A condition that identifies the caller has a policy variable that admits unintended callers.",
            why: "A variable takes its value from the request. Where that value is the caller's choice, the condition \
                   compares the caller with itself and admits everyone.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "StringLike": {"aws:SourceAccount": "${aws:PrincipalAccount}"}
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}
}"#,
            ),
            fix: "Write out the value. In the subject of an identity provider, put at least six literal characters in \
                   front of the variable.",
            limits: Some(
                "Reported for sensitive global keys, `aws:userid`, and the `sub` claim of identity providers, in \
                   operators that read wildcards.",
            ),
            source: sources::GLOBAL_KEYS,
        },
    },
];
