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
    name: "organizations",
    title: "Organization policies",
    #[cfg(feature = "documentation")]
    about: "Elements and values that service control policies and resource control policies cannot have.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(
            Code::ScpSyntaxErrorPrincipal,
            "SCP syntax error principal",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A service control policy has a `Principal` or `NotPrincipal`.",
            why: "A service control policy applies to all principals of the accounts that it is attached to, and AWS \
                   Organizations rejects the element.",
            bad: Example::statement(
                PolicyType::ServiceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": "s3:DeleteBucket",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::ServiceControl,
                r#"{
  "Effect": "Deny",
  "Action": "s3:DeleteBucket",
  "Resource": "*"
}"#,
            ),
            fix: "Remove the element. To exempt a role, use a condition on `aws:PrincipalArn`.",
            limits: None,
            source: sources::SCP_SYNTAX,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RcpSyntaxErrorPrincipal,
            "RCP syntax error principal",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource control policy has a `NotPrincipal`, or a `Principal` other than `\"*\"`.",
            why: "A resource control policy applies to every principal that uses a resource of the organization. AWS \
                   Organizations rejects any other value, `{\"AWS\": \"*\"}` included.",
            bad: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": {"AWS": "123456789012"},
  "Action": "s3:*",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": "s3:*",
  "Resource": "*",
  "Condition": {"Bool": {"aws:SecureTransport": "false"}}
}"#,
            ),
            fix: "Write `\"Principal\": \"*\"` and select principals with a condition.",
            limits: None,
            source: sources::RCP_SYNTAX,
        },
    },
    Rule {
        facts: Facts::aws(Code::RcpSyntaxErrorAllow, "RCP syntax error allow", &[Severity::Error]).compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource control policy has an `Allow` that is not for everything.",
            why: "Only the policy `RCPFullAWSAccess`, which AWS manages, allows. Your own resource control policies \
                   can only deny.",
            bad: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Allow",
  "Principal": "*",
  "Action": "s3:*",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            ),
            good: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": "s3:*",
  "Resource": "*",
  "Condition": {"Bool": {"aws:SecureTransport": "false"}}
}"#,
            ),
            fix: "Write a `Deny` for what must not be allowed.",
            limits: None,
            source: sources::RCP_SYNTAX,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RcpSyntaxErrorNotAction,
            "RCP syntax error NotAction",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource control policy has a `NotAction`.",
            why: "AWS Organizations rejects the element in resource control policies.",
            bad: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "NotAction": "s3:GetObject",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": "s3:*",
  "Resource": "*",
  "Condition": {"Bool": {"aws:SecureTransport": "false"}}
}"#,
            ),
            fix: "List the actions with `Action`.",
            limits: None,
            source: sources::RCP_SYNTAX,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RcpSyntaxErrorAction,
            "RCP syntax error action",
            &[Severity::Error],
        )
        .catalog(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource control policy has an action of a service that does not support such policies.",
            why: "Resource control policies apply to some services only, and AWS Organizations rejects others. A \
                   `Deny` cannot use `*` as its action either.",
            bad: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": "ec2:*",
  "Resource": "*",
  "Condition": {"Bool": {"aws:SecureTransport": "false"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": ["s3:*", "sqs:*"],
  "Resource": "*",
  "Condition": {"Bool": {"aws:SecureTransport": "false"}}
}"#,
            ),
            fix: "Keep the actions of supported services, and cover the others with a service control policy.",
            limits: None,
            source: sources::RCPS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RcpMissingRelatedPrincipalConditionKey,
            "RCP missing related principal condition key",
            &[Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource control policy denies by a property of the principal and does not exempt AWS \
                   services.",
            why: "When an AWS service calls on its own behalf, the request lacks the property or has an unexpected \
                   value, so the `Deny` also blocks the service, for example the delivery of logs.",
            bad: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": "s3:*",
  "Resource": "*",
  "Condition": {
    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": "s3:*",
  "Resource": "*",
  "Condition": {
    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}
  }
}"#,
            ),
            fix: "Add `\"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}`.",
            limits: None,
            source: sources::RCP_EXAMPLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RcpMissingRelatedServicePrincipalConditionKey,
            "RCP missing related service principal condition key",
            &[Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource control policy denies by the source of a service's request and is not limited to AWS \
                   services.",
            why: "Only requests of AWS services have keys such as `aws:SourceOrgID`. Without the limit, the `Deny` \
                   can also apply to people and programs, whose requests have no source.",
            bad: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": "s3:*",
  "Resource": "*",
  "Condition": {
    "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
    "Null": {"aws:SourceAccount": "false"}
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": "s3:*",
  "Resource": "*",
  "Condition": {
    "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
    "Null": {"aws:SourceAccount": "false"},
    "Bool": {"aws:PrincipalIsAWSService": "true"}
  }
}"#,
            ),
            fix: "Add `\"Bool\": {\"aws:PrincipalIsAWSService\": \"true\"}`.",
            limits: None,
            source: sources::RCP_EXAMPLES,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RcpMissingServiceConditionKeyNullCheck,
            "RCP missing service condition key null check",
            &[Severity::Warning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource control policy denies by the source of a service's request and does not require a \
                   source.",
            why: "Not every request of a service has a source account. Without the test, the `Deny` also blocks \
                   services that act for no resource in particular.",
            bad: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": "s3:*",
  "Resource": "*",
  "Condition": {
    "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
    "Bool": {"aws:PrincipalIsAWSService": "true"}
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::ResourceControl,
                r#"{
  "Effect": "Deny",
  "Principal": "*",
  "Action": "s3:*",
  "Resource": "*",
  "Condition": {
    "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
    "Null": {"aws:SourceAccount": "false"},
    "Bool": {"aws:PrincipalIsAWSService": "true"}
  }
}"#,
            ),
            fix: "Add `\"Null\": {\"aws:SourceAccount\": \"false\"}` or `\"Null\": {\"aws:SourceArn\": \"false\"}`.",
            limits: None,
            source: sources::RCP_EXAMPLES,
        },
    },
];
