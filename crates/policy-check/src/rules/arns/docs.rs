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
    name: "arns",
    title: "Resource ARNs",
    #[cfg(feature = "documentation")]
    about: "Whether the resources of a statement are well-formed ARNs with the parts that their service uses.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(Code::InvalidArnPrefix, "invalid ARN prefix", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource does not begin with `arn:`.",
            why: "Every resource is an ARN or `*`, so AWS rejects the policy.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "reports/*"
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
            fix: "Write the full ARN: `arn:partition:service:region:account:resource`.",
            limits: None,
            source: sources::RESOURCE,
        },
    },
    Rule {
        facts: Facts::aws(Code::MissingArnField, "missing ARN field", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource ARN has fewer than six fields.",
            why: "AWS rejects the policy. An ARN always has five colons before the resource, even where the Region or \
                   the account is left empty.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:reports"
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
            fix: "Write all fields: `arn:partition:service:region:account:resource`. Leave a field empty rather than \
                   omitting its colon.",
            limits: None,
            source: sources::ARNS,
        },
    },
    Rule {
        facts: Facts::aws(Code::InvalidPartition, "invalid partition", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The partition of a resource ARN does not exist.",
            why: "The ARN matches no resource. Partitions are groups of Regions, such as `aws`, `aws-cn` and \
                   `aws-us-gov`.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:amazon:s3:::reports/*"
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
            fix: "Use the partition of the Region that the resource is in; in commercial Regions it is `aws`.",
            limits: None,
            source: sources::ARNS,
        },
    },
    Rule {
        facts: Facts::aws(Code::InvalidService, "invalid service", &[Severity::Error]).unknown_names(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource ARN or a condition key names a service that does not exist.",
            why: "The ARN matches no resource, and a condition on such a key never finds a value.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lamda:eu-west-1:123456789012:function:render"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:render"
}"#,
            ),
            fix: "Use the service prefix from the Service Authorization Reference.",
            limits: Some(
                "Applied to resource ARNs and condition keys. There is no list of service principals to check \
                   those against.",
            ),
            source: sources::SERVICE_AUTHORIZATION,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::InvalidArnServiceCase,
            "invalid ARN service case",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The service in a resource ARN has uppercase letters.",
            why: "ARNs are case-sensitive and service names in them are lowercase, so the ARN matches no resource.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:S3:::reports/*"
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
            fix: "Write the service in lowercase.",
            limits: None,
            source: sources::ARNS,
        },
    },
    Rule {
        facts: Facts::aws(Code::InvalidArnRegion, "invalid ARN Region", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The Region of a resource ARN does not have the form of a Region name.",
            why: "The ARN matches no resource. A common mistake is an Availability Zone (`eu-west-1a`) or a display \
                   name (`Ireland`).",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lambda:eu-west-1a:123456789012:function:render"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:render"
}"#,
            ),
            fix: "Use a Region code such as `eu-west-1`, or `*` for all Regions.",
            limits: Some(
                "Based on the form of the name (area, direction, digit) rather than a list, so that new Regions are \
                   accepted.",
            ),
            source: sources::REGIONS,
        },
    },
    Rule {
        facts: Facts::aws(Code::InvalidArnAccount, "invalid ARN account", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The account of a resource ARN is neither 12 digits nor the name of an owner such as `aws`.",
            why: "The ARN matches no resource. Account IDs have 12 digits, without hyphens and including leading \
                   zeros, which spreadsheets and YAML tend to drop.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lambda:eu-west-1:12345678901:function:render"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lambda:eu-west-1:012345678901:function:render"
}"#,
            ),
            fix: "Write the account ID with all 12 digits.",
            limits: None,
            source: sources::ARNS,
        },
    },
    Rule {
        facts: Facts::aws(Code::MissingArnRegion, "missing ARN Region", &[Severity::Error]).catalog(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource ARN has no Region although all ARNs of this kind have one.",
            why: "An empty field is not a wildcard: the ARN matches no resource.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lambda::123456789012:function:render"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lambda:*:123456789012:function:render"
}"#,
            ),
            fix: "Add the Region, or `*` for all Regions.",
            limits: None,
            source: sources::SERVICE_AUTHORIZATION,
        },
    },
    Rule {
        facts: Facts::aws(Code::MissingArnAccount, "missing ARN account", &[Severity::Error]).catalog(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource ARN has no account although all ARNs of this kind have one.",
            why: "An empty field is not a wildcard: the ARN matches no resource.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lambda:eu-west-1::function:render"
}"#,
            ),
            good: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "lambda:InvokeFunction",
  "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:render"
}"#,
            ),
            fix: "Add the account ID, or `*` for all accounts.",
            limits: Some(
                "Not reported for resources that AWS publishes for everyone without an account, such as the public \
                   documents and parameters of Systems Manager.",
            ),
            source: sources::SERVICE_AUTHORIZATION,
        },
    },
    Rule {
        facts: Facts::aws(Code::ArnRegionNotAllowed, "ARN Region not allowed", &[Severity::Error]).catalog(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource ARN has a Region although no ARN of this kind has one.",
            why: "The ARN matches no resource. Global services such as IAM, and S3 buckets, leave the field empty.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:eu-west-1::reports/*"
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
            fix: "Leave the Region empty but keep its colons. To limit the Region, use the condition key \
                   `aws:RequestedRegion`.",
            limits: None,
            source: sources::SERVICE_AUTHORIZATION,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::ArnAccountNotAllowed,
            "ARN account not allowed",
            &[Severity::Error],
        )
        .catalog(),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource ARN has an account although no ARN of this kind has one.",
            why: "The ARN matches no resource. S3 bucket ARNs, for example, have no account, since bucket names are \
                   unique across all accounts.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3::123456789012:reports/*"
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
            fix: "Leave the account empty but keep its colons. To limit the account, use the condition key \
                   `aws:ResourceAccount`.",
            limits: None,
            source: sources::SERVICE_AUTHORIZATION,
        },
    },
    Rule {
        facts: Facts::own(Code::MixedPartitions, "mixed partitions", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The resources of the policy belong to different partitions.",
            why: "A policy belongs to an account, and an account to one partition. ARNs of any other partition match \
                   nothing there.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": ["arn:aws:s3:::reports/*", "arn:aws-cn:s3:::reports/*"]
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
            fix: "Write one policy for each partition. A spec does that for you: write `{partition}` in its resources.",
            limits: None,
            source: sources::ARNS,
        },
    },
    Rule {
        facts: Facts::own(Code::InvalidBucketName, "invalid bucket name", &[Severity::Error]),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "The bucket in an S3 ARN has a character that no bucket's name can have.",
            why: "There is no such bucket, so the statement applies to nothing. The usual causes are a colon in place of \
                   the slash before the object, and a placeholder that was not filled in.",
            bad: Example::statement(
                PolicyType::Identity,
                r#"{
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports:*"
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
            fix: "Separate the bucket and the object with a slash, and use the bucket's real name.",
            limits: Some(
                "Letters of either case, digits, dots, hyphens and underscores are accepted, because the oldest buckets \
                   may have them all.",
            ),
            source: sources::S3_BUCKET_NAMES,
        },
    },
];
