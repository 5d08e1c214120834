//! The resources of a template that attach a policy to something that exists.
//!
//! Source: AWS CloudFormation Template Reference, "Resource and property reference".

use iam_policy_core::{Policy, PolicyResource};

/// How a policy is attached to a resource that is created elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The type of the template's resource.
    pub(super) resource: &'static str,
    /// The property that names what gets the policy.
    pub(super) property: &'static str,
    /// Whether several can get it.
    pub(super) is_list: bool,
    /// The property with the policy.
    pub(super) document: &'static str,
    /// The last part of the parameter's name.
    pub(super) parameter: &'static str,
    /// What the parameter has: begins a sentence that ends with the name of the policy.
    pub(super) about: &'static str,
}

impl Target {
    /// `None` if the policy is a property of the resource itself.
    pub(super) const fn of(policy: &Policy<'_>) -> Option<Self> {
        let Some(resource) = policy.resource_type else {
            return None;
        };
        let (resource, property, is_list, document, parameter, about) = match resource {
            PolicyResource::S3Bucket => (
                "AWS::S3::BucketPolicy",
                "Bucket",
                false,
                "PolicyDocument",
                "Bucket",
                "The name of the bucket that gets",
            ),
            PolicyResource::SqsQueue => (
                "AWS::SQS::QueuePolicy",
                "Queues",
                true,
                "PolicyDocument",
                "Queues",
                "The URLs of the queues, separated by commas, that get",
            ),
            PolicyResource::SnsTopic => (
                "AWS::SNS::TopicPolicy",
                "Topics",
                true,
                "PolicyDocument",
                "Topics",
                "The ARNs of the topics, separated by commas, that get",
            ),
            PolicyResource::Secret => (
                "AWS::SecretsManager::ResourcePolicy",
                "SecretId",
                false,
                "ResourcePolicy",
                "Secret",
                "The ARN or name of the secret that gets",
            ),
            PolicyResource::KinesisStream => (
                "AWS::Kinesis::ResourcePolicy",
                "ResourceArn",
                false,
                "ResourcePolicy",
                "Stream",
                "The ARN of the stream that gets",
            ),
            _ => return None,
        };
        Some(Self {
            resource,
            property,
            is_list,
            document,
            parameter,
            about,
        })
    }
}
