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
    name: "networks",
    title: "Networks",
    #[cfg(feature = "documentation")]
    about: "Conditions on the network that a request comes from.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(
            Code::MissingPairedConditionKeys,
            "missing paired condition keys",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The statement limits `aws:VpcSourceIp` but not the VPC.",
            why: "Private addresses are not unique: the same range exists in VPCs of other accounts, whose requests \
                   would match too.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"},
    "StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}
  }
}"#,
            ),
            fix: "Add `aws:SourceVpc`, `aws:SourceVpce` or `aws:SourceVpcArn` to the same statement.",
            limits: None,
            source: sources::GLOBAL_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::UseConditionKeyOnlyWithSupportedServices,
            "use condition key only with supported services",
            &[Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A condition on the owner of a VPC endpoint covers services that do not send the key.",
            why: "Only some services send `aws:VpceAccount`, `aws:VpceOrgID` and `aws:VpceOrgPaths`. For the others \
                   the condition never holds, or always does if it is negated, so a `Deny` can block every request to \
                   them.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "ec2:DescribeInstances",
  "Resource": "*",
  "Condition": {"StringEquals": {"aws:VpceAccount": "123456789012"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:VpceAccount": "123456789012"}}
}"#,
            ),
            fix: "Limit the statement to actions of services that support the key. For other services list the \
                   endpoints or VPCs with `aws:SourceVpce` or `aws:SourceVpc`.",
            limits: Some("Based on the services that AWS listed in 2026."),
            source: sources::GLOBAL_KEYS,
        },
    },
];
