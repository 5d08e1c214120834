use core::fmt;
use core::str::FromStr;

use crate::variable::is_in;
use crate::wildcard::is_pattern;
use crate::{Arn, UnknownName};

/// The kind of resource that a resource policy is attached to, as `SERVICE:TYPE`.
///
/// Each service has rules of its own for the policies of its resources: which actions they can have, and which
/// resources they can or must name.
///
/// # Examples
///
/// ```
/// use iam_policy_core::PolicyResource;
///
/// let bucket = PolicyResource::from_name("s3:bucket").unwrap();
/// assert_eq!(bucket, PolicyResource::S3Bucket);
/// assert_eq!(bucket.label(), "an S3 bucket");
/// assert!(bucket.accepts("arn:aws:s3:::reports/*") && !bucket.accepts("*"));
/// assert!(!PolicyResource::EcrRepository.accepts("*"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PolicyResource {
    /// `apigateway:restapi`: a REST API of API Gateway. Its policy may shorten the ARNs of its methods to
    /// `execute-api:/STAGE/METHOD/PATH`.
    ///
    /// Source: API Gateway Developer Guide, "API Gateway resource policy examples".
    RestApi,
    /// `backup:backupvault`: a vault of AWS Backup.
    BackupVault,
    /// `dynamodb:table`: a DynamoDB table.
    DynamodbTable,
    /// `ec2:vpc-endpoint`: a VPC endpoint. Its policy can have the actions of every service and name any resource.
    ///
    /// Source: AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies".
    VpcEndpoint,
    /// `ecr-public:repository`: a public repository. Its policy has no `Resource`.
    ///
    /// Source: Amazon ECR Public User Guide, "Public repository policies in Amazon ECR Public".
    EcrPublicRepository,
    /// `ecr:registry`: the private registry of an account.
    EcrRegistry,
    /// `ecr:repository`: a private repository. Its policy has no `Resource`.
    ///
    /// Source: Amazon ECR User Guide, "Private repository policies in Amazon ECR".
    EcrRepository,
    /// `elasticfilesystem:file-system`: an EFS file system. Its policy can omit `Resource`.
    ///
    /// Source: Amazon EFS User Guide, "Resource-based policy examples".
    FileSystem,
    /// `es:domain`: a domain of OpenSearch Service.
    OpensearchDomain,
    /// `events:event-bus`: an event bus of EventBridge.
    EventBus,
    /// `glue:catalog`: the Data Catalog of AWS Glue.
    GlueCatalog,
    /// `kinesis:stream`: a Kinesis data stream.
    KinesisStream,
    /// `kms:key`: a KMS key. In its policy, `*` stands for the key.
    ///
    /// Source: AWS KMS Developer Guide, "Key policies in AWS KMS".
    KmsKey,
    /// `lambda:function`: a Lambda function, or a version or alias of one.
    LambdaFunction,
    /// `lambda:layerversion`: a version of a Lambda layer.
    LambdaLayerVersion,
    /// `redshift:namespace`: a namespace of Redshift. Its policy can omit `Resource`.
    ///
    /// Source: Amazon Redshift Management Guide, "Zero-ETL integrations".
    RedshiftNamespace,
    /// `s3:accesspoint`: an S3 access point.
    S3AccessPoint,
    /// `s3:bucket`: a general purpose bucket. Its policy must name the bucket or its objects.
    ///
    /// Source: Amazon S3 User Guide, "Bucket policies for Amazon S3".
    S3Bucket,
    /// `secretsmanager:secret`: a secret. In its policy, `*` stands for the secret.
    ///
    /// Source: AWS Secrets Manager User Guide, "Resource-based policies".
    Secret,
    /// `sns:topic`: an SNS topic.
    ///
    /// Source: Amazon SNS Developer Guide, "Amazon SNS API permissions: Actions and resources reference".
    SnsTopic,
    /// `sqs:queue`: an SQS queue.
    SqsQueue,
}

/// Whether the statements of a resource policy have `Resource` or `NotResource`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceElement {
    /// They must have it.
    Required,
    /// They can omit it: the statement then applies to the resource that the policy is attached to.
    Optional,
    /// They cannot have it: the service rejects the policy.
    Unsupported,
}

/// What [`PolicyResource`] knows about each kind.
struct Facts {
    name: &'static str,
    label: &'static str,
    /// The prefix of the actions, which ARNs have as their service too; empty for all services.
    service: &'static str,
    resource: ResourceElement,
}

const fn facts(name: &'static str, label: &'static str, service: &'static str, resource: ResourceElement) -> Facts {
    Facts {
        name,
        label,
        service,
        resource,
    }
}

impl PolicyResource {
    /// Every kind, in the order of their names.
    pub const ALL: &'static [Self] = &[
        Self::RestApi,
        Self::BackupVault,
        Self::DynamodbTable,
        Self::VpcEndpoint,
        Self::EcrPublicRepository,
        Self::EcrRegistry,
        Self::EcrRepository,
        Self::FileSystem,
        Self::OpensearchDomain,
        Self::EventBus,
        Self::GlueCatalog,
        Self::KinesisStream,
        Self::KmsKey,
        Self::LambdaFunction,
        Self::LambdaLayerVersion,
        Self::RedshiftNamespace,
        Self::S3AccessPoint,
        Self::S3Bucket,
        Self::Secret,
        Self::SnsTopic,
        Self::SqsQueue,
    ];

    const fn facts(self) -> Facts {
        use ResourceElement::{Optional, Required, Unsupported};
        match self {
            Self::RestApi => facts(
                "apigateway:restapi",
                "a REST API of API Gateway",
                "execute-api",
                Required,
            ),
            Self::BackupVault => facts("backup:backupvault", "a backup vault", "backup", Required),
            Self::DynamodbTable => facts("dynamodb:table", "a DynamoDB table", "dynamodb", Required),
            Self::VpcEndpoint => facts("ec2:vpc-endpoint", "a VPC endpoint", "", Required),
            Self::EcrPublicRepository => facts(
                "ecr-public:repository",
                "a public ECR repository",
                "ecr-public",
                Unsupported,
            ),
            Self::EcrRegistry => facts("ecr:registry", "an ECR registry", "ecr", Required),
            Self::EcrRepository => facts("ecr:repository", "an ECR repository", "ecr", Unsupported),
            Self::FileSystem => facts(
                "elasticfilesystem:file-system",
                "an EFS file system",
                "elasticfilesystem",
                Optional,
            ),
            Self::OpensearchDomain => facts("es:domain", "an OpenSearch Service domain", "es", Required),
            Self::EventBus => facts("events:event-bus", "an event bus", "events", Required),
            Self::GlueCatalog => facts("glue:catalog", "a Glue Data Catalog", "glue", Required),
            Self::KinesisStream => facts("kinesis:stream", "a Kinesis data stream", "kinesis", Required),
            Self::KmsKey => facts("kms:key", "a KMS key", "kms", Required),
            Self::LambdaFunction => facts("lambda:function", "a Lambda function", "lambda", Required),
            Self::LambdaLayerVersion => facts("lambda:layerversion", "a Lambda layer version", "lambda", Required),
            Self::RedshiftNamespace => facts("redshift:namespace", "a Redshift namespace", "redshift", Optional),
            Self::S3AccessPoint => facts("s3:accesspoint", "an S3 access point", "s3", Required),
            Self::S3Bucket => facts("s3:bucket", "an S3 bucket", "s3", Required),
            Self::Secret => facts(
                "secretsmanager:secret",
                "a Secrets Manager secret",
                "secretsmanager",
                Required,
            ),
            Self::SnsTopic => facts("sns:topic", "an SNS topic", "sns", Required),
            Self::SqsQueue => facts("sqs:queue", "an SQS queue", "sqs", Required),
        }
    }

    /// The name, such as `s3:bucket`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// The resource in prose, with its article, such as `an S3 bucket`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.facts().label
    }

    /// The prefix of the actions that the policy can have, such as `s3`. Returns `None` if it can have those of every
    /// service.
    #[must_use]
    pub const fn service(self) -> Option<&'static str> {
        let service = self.facts().service;
        if service.is_empty() { None } else { Some(service) }
    }

    /// Whether the policy's statements have `Resource`.
    #[must_use]
    pub const fn resource_element(self) -> ResourceElement {
        self.facts().resource
    }

    /// The kind with this `name`, in which case does not matter. Returns `None` if there is no such kind.
    #[must_use]
    pub const fn from_name(name: &str) -> Option<Self> {
        let mut rest = Self::ALL;
        while let [kind, tail @ ..] = rest {
            if kind.name().eq_ignore_ascii_case(name) {
                return Some(*kind);
            }
            rest = tail;
        }
        None
    }

    /// Whether the policy may name this resource. A text that is not an ARN is accepted unless the service is known to
    /// reject it: whether ARNs are well-formed is another question.
    ///
    /// - `resource`: an element of `Resource`, which may contain wildcards and policy variables
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::PolicyResource;
    ///
    /// assert!(PolicyResource::KmsKey.accepts("*"));
    /// assert!(PolicyResource::RestApi.accepts("execute-api:/prod/GET/*"));
    /// assert!(!PolicyResource::SnsTopic.accepts("arn:aws:sqs:eu-west-1:123456789012:jobs"));
    /// ```
    #[must_use]
    pub fn accepts(self, resource: &str) -> bool {
        if self.resource_element() == ResourceElement::Unsupported {
            return false;
        }
        if resource == "*" {
            return !matches!(self, Self::S3Bucket | Self::S3AccessPoint);
        }
        let Some(arn) = Arn::of_pattern(resource) else {
            return true;
        };
        let is_open = |segment: &str| is_pattern(segment) || is_in(segment);
        // Whether the text may start with this, given what precedes its first wildcard or variable.
        let starts = |kind: &str| {
            let literal = arn.resource.split(['*', '?', '$']).next().unwrap_or_default();
            literal.starts_with(kind) || (is_open(arn.resource) && kind.starts_with(literal))
        };
        if is_open(arn.service) {
            return true;
        }
        let is_of_service = match self {
            Self::RedshiftNamespace => matches!(arn.service, "redshift" | "redshift-serverless"),
            _ => self.service().is_none_or(|service| service == arn.service),
        };
        is_of_service
            && match self {
                Self::S3Bucket => arn.region.is_empty() && arn.account.is_empty(),
                Self::S3AccessPoint => starts("accesspoint/"),
                Self::LambdaFunction => starts("function:"),
                Self::LambdaLayerVersion => starts("layer:"),
                _ => true,
            }
    }
}

impl FromStr for PolicyResource {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::from_name(name).ok_or(UnknownName::new("resource type"))
    }
}

impl fmt::Display for PolicyResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses() {
        for &kind in PolicyResource::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(PolicyResource::from_name(&kind.name().to_ascii_uppercase()), Some(kind));
        }
        assert_eq!(PolicyResource::from_name("s3"), None);
        assert!(PolicyResource::ALL.is_sorted_by_key(|kind| kind.name()));
    }

    #[test]
    fn resources_of_other_kinds() {
        use PolicyResource::*;
        for (kind, accepted, rejected) in [
            (
                S3Bucket,
                &["arn:aws:s3:::reports", "arn:aws:s3:::reports/*", "arn:*:s3:::*"][..],
                &[
                    "*",
                    "arn:aws:s3:eu-west-1:123456789012:accesspoint/a/object/*",
                    "arn:aws:sns:::x",
                ][..],
            ),
            (
                S3AccessPoint,
                &[
                    "arn:aws:s3:eu-west-1:123456789012:accesspoint/a/object/*",
                    "arn:aws:s3::123456789012:*",
                ],
                &["arn:aws:s3:::reports/*", "*"],
            ),
            (
                EcrRepository,
                &[],
                &["*", "arn:aws:ecr:eu-west-1:123456789012:repository/a"],
            ),
            (
                LambdaFunction,
                &[
                    "arn:aws:lambda:eu-west-1:123456789012:function:a:PROD",
                    "arn:aws:lambda:*:*:fun*",
                    "*",
                ],
                &["arn:aws:lambda:eu-west-1:123456789012:layer:a:1"],
            ),
            (
                RedshiftNamespace,
                &["arn:aws:redshift-serverless:eu-west-1:123456789012:namespace/a"],
                &["arn:aws:s3:::a"],
            ),
        ] {
            for resource in accepted {
                assert!(kind.accepts(resource), "{kind} {resource}");
            }
            for resource in rejected {
                assert!(!kind.accepts(resource), "{kind} {resource}");
            }
        }
    }
}
