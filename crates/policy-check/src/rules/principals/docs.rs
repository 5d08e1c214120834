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
    name: "principals",
    title: "Principals",
    #[cfg(feature = "documentation")]
    about: "Who a statement applies to, in policies that name principals.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(Code::UnsupportedPrincipal, "unsupported principal", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "An identity policy has a `Principal` or `NotPrincipal`.",
            why: "An identity policy applies to the user, group or role that it is attached to, and IAM rejects the \
                   element.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Principal": "*",
  "Action": "s3:GetObject",
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
            fix: "Remove the element. If the policy is a trust policy or belongs to a resource, check it as one \
                   (`--type trust`, `--type resource`).",
            limits: None,
            source: sources::PRINCIPAL,
        },
    },
    Rule {
        facts: Facts::aws(Code::MissingPrincipal, "missing principal", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A statement of a policy that needs principals has neither `Principal` nor `NotPrincipal`.",
            why: "Resource policies, role trust policies and resource control policies must say who they apply to, \
                   and AWS rejects them otherwise.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            fix: "Add a `Principal`.",
            limits: None,
            source: sources::PRINCIPAL,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidPrincipalFormat,
            "invalid principal format",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`Principal` is a string other than `\"*\"`, or another value that is not an object.",
            why: "AWS rejects the policy. The only string that is allowed is `\"*\"`; everything else names its kind.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": "123456789012",
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            fix: "Write an object such as `{\"AWS\": \"123456789012\"}` or `{\"Service\": \"lambda.amazonaws.com\"}`.",
            limits: None,
            source: sources::PRINCIPAL,
        },
    },
    Rule {
        facts: Facts::aws(Code::InvalidPrincipalKey, "invalid principal key", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A key of `Principal` is not a kind of principal.",
            why: "AWS rejects the policy. The kinds are `AWS`, `Service`, `Federated` and `CanonicalUser`, and they \
                   are case-sensitive.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"Aws": "123456789012"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            fix: "Use one of the four kinds.",
            limits: None,
            source: sources::PRINCIPAL,
        },
    },
    Rule {
        facts: Facts::own(Code::InvalidPrincipal, "invalid principal", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "An AWS principal is not an account, a user, a role or a session.",
            why: "AWS rejects the policy when it is stored. Groups cannot be principals, and identity providers \
                   belong under `Federated`.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "arn:aws:iam::123456789012:group/admins"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "arn:aws:iam::123456789012:role/admin"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            fix: "Name an account, or the ARN of a user, a role or a session in it.",
            limits: None,
            source: sources::PRINCIPAL,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::EmptyObjectPrincipal,
            "empty object principal",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`Principal` is an empty object.",
            why: "The statement applies to no one, so it has no effect.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            fix: "Name the principals or remove the statement.",
            limits: None,
            source: sources::PRINCIPAL,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::EmptyArrayPrincipal,
            "empty array principal",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A kind of principal has an empty array.",
            why: "The statement applies to no principal of this kind. A common cause is a template that inserted no \
                   values.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": []},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": ["123456789012"]},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            fix: "Name the principals or remove the statement.",
            limits: None,
            source: sources::PRINCIPAL,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::UnsupportedWildcardInPrincipal,
            "unsupported wildcard in principal",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A principal has a wildcard.",
            why: "AWS rejects wildcards in principals. Only `\"*\"` alone, for everyone, is accepted.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "arn:aws:iam::123456789012:role/*"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "sqs:SendMessage",
  "Resource": "*",
  "Condition": {
    "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}
  }
}"#,
            ),
            fix: "Name the account and limit its principals with a condition on `aws:PrincipalArn`.",
            limits: None,
            source: sources::PRINCIPAL,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidRoleReference,
            "invalid role reference",
            &[Severity::Warning],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A principal is the unique ID of a role.",
            why: "When a role that a policy names is deleted, IAM replaces its ARN with its ID, `AROA…`. The ID of a \
                   deleted role matches no one, not even a new role with the same name.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "AROACKCEVSQ6C2EXAMPLE"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "arn:aws:iam::123456789012:role/render"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            fix: "Use the ARN of an existing role or remove the principal.",
            limits: None,
            source: sources::IDENTIFIERS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidUserReference,
            "invalid user reference",
            &[Severity::Warning],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A principal is the unique ID of a user.",
            why: "When a user that a policy names is deleted, IAM replaces its ARN with its ID, `AIDA…`. The ID of a \
                   deleted user matches no one, not even a new user with the same name.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "AIDACKCEVSQ6C2EXAMPLE"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "arn:aws:iam::123456789012:user/ann"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            fix: "Use the ARN of an existing user or remove the principal.",
            limits: None,
            source: sources::IDENTIFIERS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::FederatedPrincipalNotSupported,
            "federated principal not supported",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource policy names an identity provider as its principal.",
            why: "Only role trust policies can: someone who signs in through an identity provider first assumes a \
                   role and then acts as it.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"Federated": "accounts.google.com"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "arn:aws:iam::123456789012:role/web"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            fix: "Name the role that federated users assume.",
            limits: None,
            source: sources::PRINCIPAL,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::AllowWithNotPrincipal,
            "allow with NotPrincipal",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "An `Allow` has a `NotPrincipal`.",
            why: "It allows everyone but those named: all other AWS accounts, and anonymous callers too.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "NotPrincipal": {"AWS": "123456789012"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "210987654321"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            fix: "Name those who are allowed with `Principal`.",
            limits: None,
            source: sources::NOT_PRINCIPAL,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RestrictAccessToServicePrincipal,
            "restrict access to service principal",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A service may use the resource on anyone's behalf.",
            why: "Anyone can have the service act in their own account, and the service would use your resource for \
                   them. This is the confused deputy problem.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"Service": "sns.amazonaws.com"},
  "Action": "sqs:SendMessage",
  "Resource": "*"
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"Service": "sns.amazonaws.com"},
  "Action": "sqs:SendMessage",
  "Resource": "*",
  "Condition": {
    "ArnEquals": {
      "aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:reports"
    }
  }
}"#,
            ),
            fix: "Add a condition on `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID` or `aws:SourceOrgPaths`.",
            limits: None,
            source: sources::CONFUSED_DEPUTY,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::RecommendedConditionKeyForServicePrincipal,
            "recommended condition key for service principal",
            &[Severity::Suggestion],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A service's access is limited by a key that does not identify on whose behalf it acts.",
            why: "Keys such as `aws:SourceIp` or `aws:SourceVpc` describe the network of a request, which for a \
                   service is AWS's own. They do not keep the service from acting for someone else.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"Service": "sns.amazonaws.com"},
  "Action": "sqs:SendMessage",
  "Resource": "*",
  "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"Service": "sns.amazonaws.com"},
  "Action": "sqs:SendMessage",
  "Resource": "*",
  "Condition": {
    "ArnEquals": {
      "aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:reports"
    }
  }
}"#,
            ),
            fix: "Use `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID` or `aws:SourceOrgPaths` instead.",
            limits: None,
            source: sources::CONFUSED_DEPUTY,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::UnsupportedConditionKeyForServicePrincipal,
            "unsupported condition key for service principal",
            &[Severity::Error],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A service's access depends on a key that describes the principal's account.",
            why: "A service that calls on its own behalf has no account, user name or organization, so the condition \
                   does not do what it says.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"Service": "sns.amazonaws.com"},
  "Action": "sqs:SendMessage",
  "Resource": "*",
  "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"Service": "sns.amazonaws.com"},
  "Action": "sqs:SendMessage",
  "Resource": "*",
  "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
}"#,
            ),
            fix: "Use the key for the source of the request instead: `aws:SourceOrgID` for `aws:PrincipalOrgID`, \
                   `aws:SourceAccount` for `aws:PrincipalAccount`.",
            limits: None,
            source: sources::CONFUSED_DEPUTY,
        },
    },
];
