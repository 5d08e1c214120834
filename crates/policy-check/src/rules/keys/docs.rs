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
    name: "keys",
    title: "Condition keys",
    #[cfg(feature = "documentation")]
    about: "Whether condition keys exist and mean what they seem to mean.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(
            Code::MissingTagKeyInCondition,
            "missing tag key in condition",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A condition key for tags does not say which tag.",
            why: "`aws:ResourceTag` and the like need the tag's key after a slash. Without it, the name is not a \
                   condition key, and the condition finds no value.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:PrincipalTag": "finance"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:PrincipalTag/team": "finance"}}
}"#,
            ),
            fix: "Append the key of the tag: `aws:PrincipalTag/team`.",
            limits: None,
            source: sources::GLOBAL_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidConditionKeyFormat,
            "invalid condition key format",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A condition key does not have the form `service:key`.",
            why: "AWS rejects the policy. Global keys have a prefix too: `aws:username`, not `username`.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"SourceVpc": "vpc-0123456789abcdef0"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}}
}"#,
            ),
            fix: "Add the prefix of the service, or `aws:` for a global key.",
            limits: None,
            source: sources::CONDITION,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidGlobalConditionKey,
            "invalid global condition key",
            &[Severity::Error],
        )
        .unknown_names(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "No global condition key has this name.",
            why: "No request has the key, so the condition fails unless its operator is negated or ends in \
                   `IfExists`, and then it always holds.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "StringEquals": {"aws:SourceVPCID": "vpc-0123456789abcdef0"}
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}}
}"#,
            ),
            fix: "Correct the name. Global keys are listed in the IAM User Guide.",
            limits: None,
            source: sources::GLOBAL_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidServiceConditionKey,
            "invalid service condition key",
            &[Severity::Error],
        )
        .unknown_names(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The service has no condition key with this name.",
            why: "No request has the key, so the condition fails unless its operator is negated or ends in \
                   `IfExists`, and then it always holds.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:ListBucket",
  "Resource": "arn:aws:s3:::reports",
  "Condition": {"StringLike": {"s3:perfix": "2026/*"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:ListBucket",
  "Resource": "arn:aws:s3:::reports",
  "Condition": {"StringLike": {"s3:prefix": "2026/*"}}
}"#,
            ),
            fix: "Correct the name. The keys of each service are in the Service Authorization Reference.",
            limits: None,
            source: sources::SERVICE_AUTHORIZATION,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::DeprecatedGlobalConditionKey,
            "deprecated global condition key",
            &[Severity::Warning],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The policy uses `aws:ARN`, the old name of `aws:PrincipalArn`.",
            why: "AWS keeps `aws:ARN` for old identity policies only. It has no meaning in other types of policy.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "ArnLike": {"aws:ARN": "arn:aws:iam::123456789012:role/deploy"}
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "ArnLike": {
      "aws:PrincipalArn": "arn:aws:iam::123456789012:role/deploy"
    }
  }
}"#,
            ),
            fix: "Use `aws:PrincipalArn`.",
            limits: Some(
                "Reported for identity policies; for other types of policy see `UNSUPPORTED_GLOBAL_CONDITION_KEY`.",
            ),
            source: sources::GLOBAL_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::UnsupportedGlobalConditionKey,
            "unsupported global condition key",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The policy uses `aws:ARN`, which has no meaning in this type of policy.",
            why: "No request has the key here, so the condition does not do what it says.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "sqs:SendMessage",
  "Resource": "*",
  "Condition": {
    "ArnLike": {"aws:ARN": "arn:aws:iam::123456789012:role/deploy"}
  }
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
    "ArnLike": {
      "aws:PrincipalArn": "arn:aws:iam::123456789012:role/deploy"
    }
  }
}"#,
            ),
            fix: "Use `aws:PrincipalArn` for the caller or `aws:SourceArn` for the resource that a service acts for.",
            limits: Some(
                "Reported for all policies but identity policies; for those see `DEPRECATED_GLOBAL_CONDITION_KEY`.",
            ),
            source: sources::GLOBAL_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(Code::MissingQualifier, "missing qualifier", &[Severity::Error]).catalog(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A condition key that can have several values in a request is compared without `ForAllValues` or \
                   `ForAnyValue`.",
            why: "Without a qualifier it is undefined which of the request's values count, so the condition may hold \
                   when it should not.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:TagKeys": "team"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}}
}"#,
            ),
            fix: "Put `ForAnyValue:` in front of the operator if one matching value is enough, or `ForAllValues:` if \
                   all values must match.",
            limits: None,
            source: sources::MULTIVALUED,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::ForAllValuesWithSingleValuedKey,
            "ForAllValues with single valued key",
            &[Severity::SecurityWarning],
        )
        .catalog()
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "An `Allow` compares a single-valued condition key under `ForAllValues`.",
            why: "`ForAllValues` also holds when the key is missing, so requests without the key are allowed.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "ForAllValues:StringEquals": {"aws:PrincipalTag/team": "finance"}
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:PrincipalTag/team": "finance"}}
}"#,
            ),
            fix: "Remove `ForAllValues:`. Where you need it, also require the key to exist with `\"Null\": {\"KEY\": \
                   \"false\"}`.",
            limits: None,
            source: sources::MULTIVALUED,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::UntrustworthyConditionKey,
            "untrustworthy condition key",
            &[Severity::SecurityWarning],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The statement depends on `aws:Referer` or `aws:UserAgent`.",
            why: "The caller chooses both headers, so anyone can send the value that you expect.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringLike": {"aws:Referer": "https://example.com/*"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}}
}"#,
            ),
            fix: "Limit access by something that the caller cannot choose, such as the principal, the organization or \
                   the network.",
            limits: None,
            source: sources::GLOBAL_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::S3PrefixInNegativeContext,
            "S3 prefix in negative context",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`s3:prefix` is used to exclude part of a bucket from being listed.",
            why: "The condition compares the prefix that the caller asks for, not the keys in the response. Listing \
                   with a shorter prefix, or none, returns the excluded keys as well.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Deny",
  "Action": "s3:ListBucket",
  "Resource": "arn:aws:s3:::reports",
  "Condition": {"StringLike": {"s3:prefix": "secret/*"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:ListBucket",
  "Resource": "arn:aws:s3:::reports",
  "Condition": {"StringLike": {"s3:prefix": "public/*"}}
}"#,
            ),
            fix: "Allow the prefixes that may be listed instead of denying those that may not.",
            limits: None,
            source: sources::S3_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::DynamodbAttributesWithoutSelect,
            "DynamoDB attributes without select",
            &[Severity::SecurityWarning],
        )
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "An `Allow` limits `dynamodb:Attributes` but not `dynamodb:Select`.",
            why: "A request that names no attributes returns all of them, and the condition does not stop it. \
                   Requiring `SPECIFIC_ATTRIBUTES` makes the caller name them.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "dynamodb:Query",
  "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
  "Condition": {
    "ForAllValues:StringEquals": {"dynamodb:Attributes": ["id", "status"]}
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "dynamodb:Query",
  "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
  "Condition": {
    "ForAllValues:StringEquals": {"dynamodb:Attributes": ["id", "status"]},
    "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}
  }
}"#,
            ),
            fix: "Add `\"StringEquals\": {\"dynamodb:Select\": \"SPECIFIC_ATTRIBUTES\"}`.",
            limits: None,
            source: sources::DYNAMODB_CONDITIONS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::DuplicateKeysWithDifferentCase,
            "duplicate keys with different case",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A condition block has the same key twice with different capitalization.",
            why: "Condition keys are case-insensitive, so these are one key with two lists of values, and it is \
                   unclear which list counts.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "StringEquals": {
      "aws:PrincipalTag/team": "finance",
      "AWS:principaltag/team": "audit"
    }
  }
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "StringEquals": {"aws:PrincipalTag/team": ["finance", "audit"]}
  }
}"#,
            ),
            fix: "Merge the two into one key with an array of values.",
            limits: None,
            source: sources::CONDITION,
        },
    },
    Rule {
        facts: Facts::own(
            Code::UnsupportedConditionKey,
            "condition key that no action supports",
            &[Severity::Warning],
        )
        .catalog()
        .compares_parts(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "Requests for none of the statement's actions have the condition key.",
            why: "The result of the condition is always the same: the statement never applies or, with an operator that \
                   holds for a missing key, the condition limits nothing.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Deny",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringLike": {"s3:prefix": "secret/*"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Deny",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/secret/*"
}"#,
            ),
            fix: "Use a key that the actions support, or move the condition to a statement with actions that support it.",
            limits: Some(
                "It is a warning, because AWS's reference does not list all keys of all actions. Global keys and the \
                   claims of identity providers are not checked.",
            ),
            source: sources::SERVICE_AUTHORIZATION,
        },
    },
];
