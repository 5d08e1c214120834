//! The facts and the documentation of each code.

#[cfg(feature = "documentation")]
use crate::{PolicyResource, PolicyType};
use iam_policy_document::Severity;

use crate::code::Code;
#[cfg(feature = "documentation")]
use crate::documentation::{Documentation, Example};
use crate::rule::{Facts, Rule, Topic};
#[cfg(feature = "documentation")]
use crate::sources;

pub(crate) const TOPIC: Topic = Topic {
    name: "resources",
    title: "Resource policies",
    #[cfg(feature = "documentation")]
    about: "What the policies of each kind of resource can have.",
    rules: RULES,
    check: Some(super::check),
};

const RULES: &[Rule] = &[
    Rule {
        facts: Facts::aws(
            Code::UnsupportedActionInPolicy,
            "unsupported action in policy",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "An action is not supported by the policies of the resource that the policy is attached to.",
            why: "The policy of a resource controls actions on this resource, and a trust policy who may assume its role. \
                   Services reject policies with other actions, or ignore the actions.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": ["s3:GetObject", "kms:Decrypt"],
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            )
            .attached_to(PolicyResource::S3Bucket),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            )
            .attached_to(PolicyResource::S3Bucket),
            fix: "Move the action into the policy of the resource that it applies to, or into an identity policy.",
            limits: Some(
                "Reported for trust policies and, if it is known what the policy is attached to, for resource policies: \
                   say so (`--resource-type`), unless it follows from the content.",
            ),
            source: sources::POLICY_CHECKS,
        },
    },
    Rule {
        facts: Facts::aws(
            Code::UnsupportedResourceArnInPolicy,
            "unsupported resource ARN in policy",
            &[Severity::Error],
        ),
        #[cfg(feature = "documentation")]
        documentation: Documentation {
            summary: "A resource is not one that the policies of this kind of resource can name.",
            why: "The policy of a resource applies to this resource only. Amazon S3 rejects a bucket policy that names \
                   anything but its bucket and the objects in it, `*` included, and Amazon ECR rejects the policy of a \
                   repository that names any resource.",
            bad: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "s3:GetObject",
  "Resource": "*"
}"#,
            )
            .attached_to(PolicyResource::S3Bucket),
            good: Example::statement(
                PolicyType::Resource,
                r#"{
  "Effect": "Allow",
  "Principal": {"AWS": "123456789012"},
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::reports/*"
}"#,
            )
            .attached_to(PolicyResource::S3Bucket),
            fix: "Name the resource that the policy is attached to. In the policy of an ECR repository, remove \
                   `Resource`.",
            limits: Some(
                "Reported if it is known what the policy is attached to: say so (`--resource-type`), unless it follows \
                   from the content.",
            ),
            source: sources::POLICY_CHECKS,
        },
    },
];
