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
    name: "grants",
    title: "Actions and resources",
    #[cfg(feature = "documentation")]
    about: "Whether the actions and the resources of a statement fit together.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::own(
            Code::ActionMatchesNoResource,
            "action does not apply to any of the statement's resources",
            &[Severity::Error, Severity::Warning],
        )
        .catalog()
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The action does not apply to any of the statement's resources.",
            why: "The statement does not grant or deny the action at all. The usual cause is a bucket ARN where \
                   objects are meant, or the reverse. Amazon S3 rejects a bucket policy with such a statement; in a \
                   policy of an organization, a `Deny` like this protects nothing.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports"
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
            fix: "Use an ARN of a resource type that the action supports; the finding lists their formats. If the \
                   statement mixes actions on different types, list the ARNs of both or split it.",
            limits: Some(
                "Reported for all policies but trust policies. Patterns of actions, of which none applies, are reported \
                   for resource policies and the policies of organizations. It is an error if every ARN of the action's \
                   service has a form that AWS's reference lists for other resource types. Otherwise it is a warning, \
                   because the reference lacks some forms of ARNs.",
            ),
            source: sources::SERVICE_AUTHORIZATION,
        },
    },
    Rule {
        facts: Facts::own(
            Code::ActionNeedsEveryResource,
            "action may only be granted on all resources",
            &[Severity::Warning, Severity::Error],
        )
        .catalog()
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "AWS's reference lists no resource types for the action, so it may require `*` as the resource.",
            why: "AWS evaluates most of these actions against all resources. With any narrower ARN the statement does \
                   not apply to them.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:ListAllMyBuckets",
  "Resource": "arn:aws:s3:::reports"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:ListAllMyBuckets",
  "Resource": "*"
}"#,
            ),
            fix: "Move the action into a statement with `\"Resource\": \"*\"`.",
            limits: Some(
                "Reported for all policies but trust policies, and for actions without wildcards. It is a warning, \
                   because AWS authorizes some of these actions on an ARN all the same, and an error only where AWS \
                   documents elsewhere too that it does not, as for `ec2:Describe*`. A resource that covers a whole \
                   resource type of the service is accepted.",
            ),
            source: sources::SERVICE_AUTHORIZATION,
        },
    },
    Rule {
        facts: Facts::own(
            Code::ActionSupportsResources,
            "action could be limited to resources",
            &[Severity::Warning],
        )
        .catalog()
        .compares_parts()
        .about_each_location(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "Actions are allowed on `*`, although they could be limited to certain resources.",
            why: "The statement grants more than least privilege would: the actions are allowed on every resource of \
                   every account that trusts the caller.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lambda:InvokeFunction",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:render-*"
}"#,
            ),
            fix: "Name the resources. Keep actions that need `*` in a statement of their own.",
            limits: Some(
                "Reported for identity policies, once per statement. A statement whose condition is about the resource, \
                   such as its tags or its account, is not reported.",
            ),
            source: sources::SERVICE_AUTHORIZATION,
        },
    },
    Rule {
        facts: Facts::own(
            Code::MissingDependentAction,
            "missing dependent action",
            &[Severity::Warning],
        )
        .catalog()
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "AWS's reference lists another action as a dependency, and no statement of the policy allows it.",
            why: "Where the operation needs both, AWS checks the permissions for both, and the call fails with \
                   AccessDenied for the other action.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "appsync:CreateGraphqlApi",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"[
  {
    "Effect": "Allow",
    "Action": "appsync:CreateGraphqlApi",
    "Resource": "*"
  },
  {
    "Effect": "Allow",
    "Action": "iam:CreateServiceLinkedRole",
    "Resource": "*",
    "Condition": {
      "StringEquals": {"iam:AWSServiceName": "appsync.amazonaws.com"}
    }
  }
]"#,
            ),
            fix: "Allow the other action as well. If another policy of the same principal does, or the operation is \
                   used in a way that does not need it, the finding can be ignored.",
            limits: Some(
                "Reported for identity policies. Actions that are needed for some resource types only are ignored.",
            ),
            source: sources::SERVICE_AUTHORIZATION,
        },
    },
];
