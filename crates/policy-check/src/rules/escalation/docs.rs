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
    name: "escalation",
    title: "Privilege escalation",
    #[cfg(feature = "documentation")]
    about: "Whether the permissions of a policy let a principal gain more permissions than the policy grants.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[Rule {
    facts: Facts::own(
        Code::PrivilegeEscalation,
        "privilege escalation",
        &[Severity::SecurityWarning],
    )
    .compares_parts(),
    #[cfg(feature = "documentation")]
    documentation: Documentation {
        summary: "The policy lets a principal gain permissions that it does not grant, or grants full administrator \
                   access.",
        why: "A principal that can create credentials for other users, change policies, or run code with a role of its \
                   choice has the permissions of those users and roles too. Each finding names the actions and what \
                   they make possible; there are about sixty published combinations.",
        bad: Example::statement(
            PolicyType::Identity,
            r#"[
  {
    "Effect": "Allow",
    "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"],
    "Resource": "arn:aws:lambda:*:*:function:render-*"
  },
  {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "arn:aws:iam::123456789012:role/*"
  }
]"#,
        ),
        good: Example::statement(
            PolicyType::Identity,
            r#"[
  {
    "Effect": "Allow",
    "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"],
    "Resource": "arn:aws:lambda:*:*:function:render-*"
  },
  {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "arn:aws:iam::123456789012:role/render"
  }
]"#,
        ),
        fix: "Remove one of the actions, or name the resources: the roles that may be passed, the users and roles that \
                   may be changed, the functions that may be updated. A condition on `iam:PassedToService`, \
                   `iam:PolicyARN` or `iam:PermissionsBoundary` limits an action too. For administrators, accept the \
                   finding with a waiver.",
        limits: Some(
            "Reported for identity policies, if the deciding action is allowed on all resources of its type, or \
                   if two actions together suffice for some. Statements with a condition that selects resources or \
                   uses of an action, and actions that a statement denies, are left out; conditions on the principal, \
                   the network or the time are mentioned. In the output of `aws iam \
                   get-account-authorization-details`, all policies of a principal are considered together.",
        ),
        source: sources::PATHFINDING,
    },
}];
