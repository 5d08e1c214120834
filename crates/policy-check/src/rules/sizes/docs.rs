//! The facts and the documentation of each code.

#[cfg(feature = "documentation")]
use iam_policy_core::AttachmentKind;

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
    name: "sizes",
    title: "Sizes",
    #[cfg(feature = "documentation")]
    about: "Whether a policy is small enough for where it is attached. Whitespace outside strings does not count.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(
            Code::PolicySizeExceedsIdentityPolicyQuota,
            "policy size exceeds identity policy quota",
            &[Severity::Warning],
        )
        .checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The policy exceeds the largest quota of any identity policy.",
            why: "IAM rejects the policy: 10,240 characters, the quota of a role's inline policies, is the largest \
                   that any user, group or role can have.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/…"
}"#,
            )
            .of_characters(10_241),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/…"
}"#,
            )
            .of_characters(10_240),
            fix: "Split the policy, replace lists with patterns, and remove redundant actions and resources.",
            limits: Some(
                "The quotas of managed policies and of the inline policies of users and groups are smaller. Say \
                   how the policy is attached (`--attach`) to check those.",
            ),
            source: sources::IAM_QUOTAS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::PolicySizeExceedsRoleTrustPolicyQuota,
            "policy size exceeds role trust policy quota",
            &[Severity::Warning],
        )
        .checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The role trust policy is larger than the default quota.",
            why: "IAM rejects a role trust policy of more than 2,048 characters unless the quota of the account was \
                   raised, which is possible up to 4,096.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "sts:AssumeRole",
  "Condition": {"StringEquals": {"sts:ExternalId": "…"}}
}"#,
            )
            .of_characters(2_049),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "sts:AssumeRole",
  "Condition": {"StringEquals": {"sts:ExternalId": "…"}}
}"#,
            )
            .of_characters(2_048),
            fix: "Shorten the policy, for example with one condition on `aws:PrincipalOrgID` instead of a list of \
                   accounts, or request a higher quota.",
            limits: None,
            source: sources::IAM_QUOTAS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::PolicySizeExceedsScpQuota,
            "policy size exceeds SCP quota",
            &[Severity::Error],
        )
        .checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The service control policy is larger than its quota.",
            why: "AWS Organizations rejects a service control policy of more than 10,240 characters. Until May 2026 \
                   the quota was 5,120.",
            bad: Example::statement(
                PolicyType::ServiceControl,
                r#"{
  "Effect": "Deny",
  "Action": "s3:DeleteBucket",
  "Resource": "arn:aws:s3:::…"
}"#,
            )
            .of_characters(10_241),
            good: Example::statement(
                PolicyType::ServiceControl,
                r#"{
  "Effect": "Deny",
  "Action": "s3:DeleteBucket",
  "Resource": "arn:aws:s3:::…"
}"#,
            )
            .of_characters(10_240),
            fix: "Split the policy: up to ten can be attached to a root, organizational unit or account. Or replace \
                   lists with patterns.",
            limits: None,
            source: sources::ORGANIZATIONS_QUOTAS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::PolicySizeExceedsRcpQuota,
            "policy size exceeds RCP quota",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The resource control policy is larger than its quota.",
            why: "AWS Organizations rejects a resource control policy of more than 5,120 characters.",
            bad: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": "s3:DeleteBucket",
  "Resource": "arn:aws:s3:::…"
}"#,
            )
            .of_characters(5_121),
            good: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": "s3:DeleteBucket",
  "Resource": "arn:aws:s3:::…"
}"#,
            )
            .of_characters(5_120),
            fix: "Split the policy into several that are attached to the same target, or replace lists with \
                   patterns.",
            limits: None,
            source: sources::ORGANIZATIONS_QUOTAS,
        },
    },
    Rule {
        facts: Facts::own(
            Code::PolicySizeExceedsAttachQuota,
            "policy size exceeds attachment quota",
            &[Severity::Error],
        )
        .checked_by_specs(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The policy exceeds the quota of one of the ways in which it will be attached.",
            why: "Each kind of attachment has its own quota: a managed policy can have 6,144 characters, an inline \
                   policy of a user 2,048. AWS reports the size only when the policy is stored.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/…"
}"#,
            )
            .attached(&[AttachmentKind::InlineUser])
            .of_characters(2_049),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/…"
}"#,
            )
            .attached(&[AttachmentKind::InlineUser])
            .of_characters(2_048),
            fix: "Attach the policy in a way that has a larger quota, split it, or shorten its lists.",
            limits: Some("Reported only for the kinds of attachment that the options name (`--attach`)."),
            source: sources::IAM_QUOTAS,
        },
    },
];
