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
    name: "values",
    title: "Condition values",
    #[cfg(feature = "documentation")]
    about: "Whether the values of a condition suit its operator and its key.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(Code::TypeMismatchBoolean, "type mismatch Boolean", &[Severity::Warning]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The value of a Boolean operator or of `Null` is neither `true` nor `false`.",
            why: "The comparison never holds, so the statement does not do what it says.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"Bool": {"aws:SecureTransport": "yes"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"Bool": {"aws:SecureTransport": "true"}}
}"#,
            ),
            fix: "Write `true` or `false`.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(Code::TypeMismatchNumber, "type mismatch number", &[Severity::Warning]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The value of a numeric operator is not a number.",
            why: "The comparison never holds, so the statement does not do what it says.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "5m"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}}
}"#,
            ),
            fix: "Write an integer or a decimal number, without a unit.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(Code::TypeMismatchDate, "type mismatch date", &[Severity::Warning]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The value of a date operator is not a date.",
            why: "The comparison never holds, so the statement does not do what it says.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"DateLessThan": {"aws:CurrentTime": "next year"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}
  }
}"#,
            ),
            fix: "Write an ISO 8601 date such as `2027-01-01` or `2027-01-01T00:00:00Z`, or seconds since 1970.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(Code::InvalidDateValue, "invalid date value", &[Severity::Warning]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The value of a date operator resembles a date but is not in an ISO 8601 format.",
            why: "AWS may interpret it as a different day than intended: `7/1/2027` is in January or in July.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"DateLessThan": {"aws:CurrentTime": "7/1/2027"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"DateLessThan": {"aws:CurrentTime": "2027-07-01"}}
}"#,
            ),
            fix: "Write the date as `YYYY-MM-DD`, with a time and `Z` if the time of day matters.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(Code::TypeMismatchString, "type mismatch string", &[Severity::Warning]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The value of a binary operator is not valid base64.",
            why: "The comparison never holds, so the statement does not do what it says.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"BinaryEquals": {"aws:PrincipalTag/key": "not base64"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "BinaryEquals": {"aws:PrincipalTag/key": "QmluYXJ5VmFsdWU="}
  }
}"#,
            ),
            fix: "Encode the value as base64, padding included.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(Code::TypeMismatchIpRange, "type mismatch IP range", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The value of an IP address operator is not an address or a range.",
            why: "The comparison never holds, so the statement does not do what it says.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0-203.0.113.255"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
}"#,
            ),
            fix: "Write an IPv4 or IPv6 address, or a range in CIDR notation.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(Code::ImproveIpRange, "improve IP range", &[Severity::Suggestion]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The address of a range has bits set that the prefix length ignores.",
            why: "`203.0.113.7/24` means the whole of `203.0.113.0/24`. A reader may take it for a single host.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.7/24"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
}"#,
            ),
            fix: "Write the first address of the range, or `/32` (`/128` for IPv6) if you mean one host.",
            limits: None,
            source: sources::OPERATORS,
        },
    },
    Rule {
        facts: Facts::aws(Code::PrivateIpAddress, "private IP address", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`aws:SourceIp` is compared with private addresses only.",
            why: "`aws:SourceIp` is the public address that AWS receives the request from, so the condition never \
                   holds. Requests through a VPC endpoint do not have the key at all.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"},
    "StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}
  }
}"#,
            ),
            fix: "Use public addresses. For addresses in a VPC use `aws:VpcSourceIp` together with `aws:SourceVpc`.",
            limits: None,
            source: sources::GLOBAL_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(Code::PrivateNotIpAddress, "private NotIpAddress", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "`aws:SourceIp` is required to differ from private addresses only.",
            why: "`aws:SourceIp` is always a public address, so the condition always holds and excludes no one.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
}"#,
            ),
            fix: "Use public addresses. For addresses in a VPC use `aws:VpcSourceIp` together with `aws:SourceVpc`.",
            limits: None,
            source: sources::GLOBAL_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::PrivateIpAddressSubset,
            "private IP address subset",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "Some of the addresses that `aws:SourceIp` is compared with are private.",
            why: "`aws:SourceIp` is always a public address, so the private ranges never match.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}
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
    "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]}
  }
}"#,
            ),
            fix: "Remove the private ranges, or cover them in a statement of their own with `aws:VpcSourceIp` and \
                   `aws:SourceVpc`.",
            limits: None,
            source: sources::GLOBAL_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::PrivateNotIpAddressSubset,
            "private NotIpAddress subset",
            &[Severity::Suggestion],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "Some of the addresses that `aws:SourceIp` is required to differ from are private.",
            why: "`aws:SourceIp` is always a public address, so the private ranges exclude no one.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}
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
    "NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]}
  }
}"#,
            ),
            fix: "Remove the private ranges, or cover them in a statement of their own with `aws:VpcSourceIp` and \
                   `aws:SourceVpc`.",
            limits: None,
            source: sources::GLOBAL_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(Code::InvalidRegion, "invalid Region", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A value of `aws:RequestedRegion` does not have the form of a Region name.",
            why: "No request has such a Region, so the comparison never holds.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-wst-1"}}
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
}"#,
            ),
            fix: "Use a Region code such as `eu-west-1`. Global services report `us-east-1`.",
            limits: Some(
                "Based on the form of the name (area, direction, digit) rather than a list, so that new Regions are \
                   accepted. A policy variable is not accepted either.",
            ),
            source: sources::REGIONS,
        },
    },
    Rule {
        facts: Facts::aws(Code::InvalidVpcFormat, "invalid VPC format", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A value of `aws:SourceVpc` is not a VPC ID.",
            why: "No request has such a value, so the comparison never holds.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-reports"}}
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
            fix: "Use the ID, which is `vpc-` followed by 8 or 17 characters, and not the VPC's name.",
            limits: None,
            source: sources::GLOBAL_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidVpceFormat,
            "invalid VPC endpoint format",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A value of `aws:SourceVpce` is not a VPC endpoint ID.",
            why: "No request has such a value, so the comparison never holds.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "StringEquals": {"aws:SourceVpce": "vpc-0123456789abcdef0"}
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
    "StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}
  }
}"#,
            ),
            fix: "Use the ID, which is `vpce-` followed by 8 or 17 characters. For a VPC use the key `aws:SourceVpc`.",
            limits: None,
            source: sources::GLOBAL_KEYS,
        },
    },
    Rule {
        facts: Facts::aws(Code::InvalidKmsKeyValue, "invalid KMS key value", &[Severity::Error]).catalog(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A value of a condition key for KMS keys is not the ARN of a KMS key.",
            why: "Requests have the full key ARN there, so a key ID or an alias never matches.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*",
  "Condition": {
    "StringEquals": {
      "s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/reports"
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
    "StringEquals": {
      "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:123456789012:key/1234abcd"
    }
  }
}"#,
            ),
            fix: "Write the key ARN: `arn:aws:kms:region:account:key/key-id`.",
            limits: Some("Reported for keys of type ARN whose names contain `kms-key` or `KmsKey`."),
            source: sources::KMS_KEY_ARN,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidServicePrincipalFormat,
            "invalid service principal format",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A service principal does not have the form `service.amazonaws.com`.",
            why: "AWS rejects such a principal, and a condition on it never holds. Service principals are lowercase, \
                   and some include a Region or have another suffix.",
            bad: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"Service": "lambda"},
  "Action": "sts:AssumeRole"
}"#,
            ),
            good: Example::statement(
                PolicyType::Trust,
                r#"{
  "Effect": "Allow",
  "Principal": {"Service": "lambda.amazonaws.com"},
  "Action": "sts:AssumeRole"
}"#,
            ),
            fix: "Write `service.amazonaws.com`. `kms:ViaService` needs the Region as well: \
                   `s3.eu-west-1.amazonaws.com`.",
            limits: Some("Applied to `Principal` and to the condition keys whose values are service principals."),
            source: sources::PRINCIPAL,
        },
    },
];
