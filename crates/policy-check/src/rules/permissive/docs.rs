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
    name: "permissive",
    title: "Roles that can be passed or created",
    #[cfg(feature = "documentation")]
    about: "Statements that allow `iam:PassRole` or `iam:CreateServiceLinkedRole` for more roles than intended.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(
            Code::PassRoleWithStarInResource,
            "pass role with star in resource",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`iam:PassRole` is allowed on all roles.",
            why: "A principal that may pass any role to a service can have the service act with the permissions of \
                   the most powerful role in the account.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:PassRole",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:PassRole",
  "Resource": "arn:aws:iam::123456789012:role/render",
  "Condition": {
    "StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}
  }
}"#,
            ),
            fix: "Name the roles in `Resource`, and the services in a condition on `iam:PassedToService`.",
            limits: Some("Reported for identity policies."),
            source: sources::PASS_ROLE,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::PassRoleWithStarInActionAndResource,
            "pass role with star in action and resource",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A pattern of actions that includes `iam:PassRole` is allowed on all roles.",
            why: "A principal that may pass any role to a service can have the service act with the permissions of \
                   the most powerful role in the account. The pattern hides that the statement allows it.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:*",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"[
  {
    "Effect": "Allow",
    "Action": ["iam:Get*", "iam:List*"],
    "Resource": "*"
  },
  {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "arn:aws:iam::123456789012:role/render"
  }
]"#,
            ),
            fix: "Use patterns that do not include `iam:PassRole`, and allow it in a statement of its own for the \
                   roles that are needed.",
            limits: Some("Reported for identity policies."),
            source: sources::PASS_ROLE,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::PassRoleWithStarInResourceAndNotAction,
            "pass role with star in resource and NotAction",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A statement with `NotAction` allows `iam:PassRole` on all roles.",
            why: "`NotAction` allows everything that it does not list, `iam:PassRole` included, so a service can be \
                   made to act with the permissions of any role in the account.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "NotAction": "s3:*",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": ["dynamodb:*", "sqs:*"],
  "Resource": "*"
}"#,
            ),
            fix: "List the actions with `Action`, or add `iam:PassRole` to `NotAction`.",
            limits: Some("Reported for identity policies."),
            source: sources::PASS_ROLE,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::PassRoleWithNotResource,
            "pass role with NotResource",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`iam:PassRole` is allowed on all roles except those in `NotResource`.",
            why: "Every role that is created later is included, however powerful it is.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:PassRole",
  "NotResource": "arn:aws:iam::123456789012:role/admin"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:PassRole",
  "Resource": "arn:aws:iam::123456789012:role/render"
}"#,
            ),
            fix: "Name the roles that may be passed with `Resource`.",
            limits: Some("Reported for identity policies."),
            source: sources::PASS_ROLE,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::PassRoleWithStarInActionAndNotResource,
            "pass role with star in action and NotResource",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A pattern of actions that includes `iam:PassRole` is allowed on all resources except those in \
                   `NotResource`.",
            why: "Every role that is not named can be passed to a service, roles that are created later included.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:Pass*",
  "NotResource": "arn:aws:iam::123456789012:role/admin"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:PassRole",
  "Resource": "arn:aws:iam::123456789012:role/render"
}"#,
            ),
            fix: "Name the roles that may be passed with `Resource`.",
            limits: Some("Reported for identity policies."),
            source: sources::PASS_ROLE,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::PassRoleWithNotActionAndNotResource,
            "pass role with NotAction and NotResource",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A statement with `NotAction` and `NotResource` allows `iam:PassRole` on the roles that it does \
                   not name.",
            why: "The statement allows everything that it does not list, on everything that it does not list. \
                   `iam:PassRole` is part of that.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "NotAction": "s3:*",
  "NotResource": "arn:aws:s3:::reports"
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
            fix: "List the actions with `Action` and the resources with `Resource`.",
            limits: Some("Reported for identity policies."),
            source: sources::PASS_ROLE,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::CreateSlrWithStarInResource,
            "create SLR with star in resource",
            &[Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`iam:CreateServiceLinkedRole` is allowed on all roles.",
            why: "Each service-linked role lets a service act in the account, and its permissions are defined by AWS. \
                   Without a limit, such roles can be created for services that you do not use.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:CreateServiceLinkedRole",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:CreateServiceLinkedRole",
  "Resource": "*",
  "Condition": {
    "StringEquals": {"iam:AWSServiceName": "ecs.amazonaws.com"}
  }
}"#,
            ),
            fix: "Name the service in a condition on `iam:AWSServiceName`, or the roles in `Resource`.",
            limits: Some("Reported for identity policies."),
            source: sources::SERVICE_LINKED_ROLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::CreateSlrWithStarInActionAndResource,
            "create SLR with star in action and resource",
            &[Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A pattern of actions that includes `iam:CreateServiceLinkedRole` is allowed on all roles.",
            why: "Service-linked roles can then be created for services that you do not use. A pattern hides that the \
                   statement allows it.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:Create*",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:CreateRole",
  "Resource": "arn:aws:iam::123456789012:role/render-*"
}"#,
            ),
            fix: "Use patterns that do not include `iam:CreateServiceLinkedRole`, and allow it in a statement of its \
                   own with a condition on `iam:AWSServiceName`.",
            limits: Some("Reported for identity policies."),
            source: sources::SERVICE_LINKED_ROLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::CreateSlrWithStarInResourceAndNotAction,
            "create SLR with star in resource and NotAction",
            &[Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A statement with `NotAction` allows `iam:CreateServiceLinkedRole` on all roles.",
            why: "`NotAction` allows everything that it does not list, so service-linked roles can be created for any \
                   service.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "NotAction": "s3:*",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": ["dynamodb:*", "sqs:*"],
  "Resource": "*"
}"#,
            ),
            fix: "List the actions with `Action`, or add `iam:CreateServiceLinkedRole` to `NotAction`.",
            limits: Some("Reported for identity policies."),
            source: sources::SERVICE_LINKED_ROLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::CreateSlrWithNotResource,
            "create SLR with NotResource",
            &[Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`iam:CreateServiceLinkedRole` is allowed on all roles except those in `NotResource`.",
            why: "Service-linked roles can be created for every service that is not excluded, future ones included.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:CreateServiceLinkedRole",
  "NotResource": "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:CreateServiceLinkedRole",
  "Resource": "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/*"
}"#,
            ),
            fix: "Name the roles that may be created with `Resource`.",
            limits: Some("Reported for identity policies."),
            source: sources::SERVICE_LINKED_ROLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::CreateSlrWithStarInActionAndNotResource,
            "create SLR with star in action and NotResource",
            &[Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A pattern of actions that includes `iam:CreateServiceLinkedRole` is allowed on all resources \
                   except those in `NotResource`.",
            why: "Service-linked roles can be created for every service that is not excluded, future ones included.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:Create*",
  "NotResource": "arn:aws:iam::123456789012:role/admin"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "iam:CreateRole",
  "Resource": "arn:aws:iam::123456789012:role/render-*"
}"#,
            ),
            fix: "Use patterns that do not include `iam:CreateServiceLinkedRole`, and name the resources with \
                   `Resource`.",
            limits: Some("Reported for identity policies."),
            source: sources::SERVICE_LINKED_ROLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::CreateSlrWithNotActionAndNotResource,
            "create SLR with NotAction and NotResource",
            &[Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A statement with `NotAction` and `NotResource` allows `iam:CreateServiceLinkedRole` on the \
                   roles that it does not name.",
            why: "The statement allows everything that it does not list, on everything that it does not list. \
                   `iam:CreateServiceLinkedRole` is part of that.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "NotAction": "s3:*",
  "NotResource": "arn:aws:s3:::reports"
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
            fix: "List the actions with `Action` and the resources with `Resource`.",
            limits: Some("Reported for identity policies."),
            source: sources::SERVICE_LINKED_ROLES,
        },
    },
];
