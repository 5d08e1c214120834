//! Which attributes of which resources are policies.
//!
//! Source: Terraform Registry, AWS provider, the argument reference of each resource. As of November 2026.

use iam_policy_core::{AttachmentKind, PolicyResource, PolicyType};

/// What an attribute is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) policy_type: PolicyType,
    pub(crate) resource_type: Option<PolicyResource>,
    pub(crate) attach: Option<AttachmentKind>,
}

impl Attribute {
    /// A policy of an identity about which nothing else is known.
    pub(crate) const IDENTITY: Self = Self {
        policy_type: PolicyType::Identity,
        resource_type: None,
        attach: None,
    };
}

/// What an attribute is, if it is known to be a policy.
///
/// - `attribute`: the path to the attribute, without indices
pub(crate) fn attribute_of(resource_type: &str, attribute: &str) -> Option<Attribute> {
    let mut own = attributes_of(resource_type).filter(|(name, _)| *name == attribute);
    own.next().map(|(_, attribute)| attribute)
}

/// The attributes of a resource that are policies, with their paths.
pub(crate) fn attributes_of(resource_type: &str) -> impl Iterator<Item = (&'static str, Attribute)> + use<'_> {
    let place = ATTRIBUTES.partition_point(|(of, ..)| *of < resource_type);
    let own = ATTRIBUTES.get(place..).unwrap_or_default().iter();
    own.take_while(move |(of, ..)| *of == resource_type)
        .map(|&(_, name, attribute)| (name, attribute))
}

/// What the content of an `aws_organizations_policy` is; nothing if it is in another language.
///
/// - `policy_type`: its argument `type`
///
/// Source: Terraform Registry, AWS provider, "`aws_organizations_policy`".
pub(crate) fn organization(policy_type: Option<&str>) -> Option<Attribute> {
    let (policy_type, attach) = match policy_type {
        Some("SERVICE_CONTROL_POLICY") | None => (PolicyType::ServiceControl, Some(AttachmentKind::ServiceControl)),
        Some("RESOURCE_CONTROL_POLICY") => (PolicyType::ResourceControl, None),
        Some(_) => return None,
    };
    Some(Attribute {
        policy_type,
        resource_type: None,
        attach,
    })
}

/// The resources that attach the policy that their argument `policy_arn` names.
pub(crate) const ATTACHMENTS: [&str; 4] = [
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
    "aws_iam_group_policy_attachment",
    "aws_iam_policy_attachment",
];

const IDENTITY: Attribute = Attribute::IDENTITY;

const RESOURCE: Attribute = Attribute {
    policy_type: PolicyType::Resource,
    ..IDENTITY
};

const TRUST: Attribute = Attribute {
    policy_type: PolicyType::Trust,
    ..IDENTITY
};

const SESSION: Attribute = Attribute {
    policy_type: PolicyType::Session,
    ..IDENTITY
};

const fn attached(attach: AttachmentKind) -> Attribute {
    Attribute {
        attach: Some(attach),
        ..IDENTITY
    }
}

const fn of(resource: PolicyResource) -> Attribute {
    Attribute {
        resource_type: Some(resource),
        ..RESOURCE
    }
}

/// By resource type, in the order of the names.
const ATTRIBUTES: &[(&str, &str, Attribute)] = &[
    ("aws_api_gateway_rest_api", "policy", of(PolicyResource::RestApi)),
    ("aws_api_gateway_rest_api_policy", "policy", of(PolicyResource::RestApi)),
    ("aws_backup_vault_policy", "policy", of(PolicyResource::BackupVault)),
    (
        "aws_cloudwatch_event_bus_policy",
        "policy",
        of(PolicyResource::EventBus),
    ),
    ("aws_cloudwatch_log_destination_policy", "access_policy", RESOURCE),
    ("aws_cloudwatch_log_resource_policy", "policy_document", RESOURCE),
    (
        "aws_codeartifact_domain_permissions_policy",
        "policy_document",
        RESOURCE,
    ),
    (
        "aws_codeartifact_repository_permissions_policy",
        "policy_document",
        RESOURCE,
    ),
    ("aws_codebuild_resource_policy", "policy", RESOURCE),
    (
        "aws_dynamodb_resource_policy",
        "policy",
        of(PolicyResource::DynamodbTable),
    ),
    ("aws_ecr_registry_policy", "policy", of(PolicyResource::EcrRegistry)),
    ("aws_ecr_repository_policy", "policy", of(PolicyResource::EcrRepository)),
    (
        "aws_ecrpublic_repository_policy",
        "policy",
        of(PolicyResource::EcrPublicRepository),
    ),
    ("aws_efs_file_system_policy", "policy", of(PolicyResource::FileSystem)),
    (
        "aws_elasticsearch_domain",
        "access_policies",
        of(PolicyResource::OpensearchDomain),
    ),
    (
        "aws_elasticsearch_domain_policy",
        "access_policies",
        of(PolicyResource::OpensearchDomain),
    ),
    ("aws_glue_resource_policy", "policy", of(PolicyResource::GlueCatalog)),
    ("aws_iam_group_policy", "policy", attached(AttachmentKind::InlineGroup)),
    ("aws_iam_policy", "policy", attached(AttachmentKind::Managed)),
    ("aws_iam_role", "assume_role_policy", TRUST),
    (
        "aws_iam_role",
        "inline_policy.policy",
        attached(AttachmentKind::InlineRole),
    ),
    ("aws_iam_role_policy", "policy", attached(AttachmentKind::InlineRole)),
    ("aws_iam_user_policy", "policy", attached(AttachmentKind::InlineUser)),
    ("aws_iot_policy", "policy", IDENTITY),
    ("aws_kinesis_resource_policy", "policy", RESOURCE),
    ("aws_kms_external_key", "policy", of(PolicyResource::KmsKey)),
    ("aws_kms_key", "policy", of(PolicyResource::KmsKey)),
    ("aws_kms_key_policy", "policy", of(PolicyResource::KmsKey)),
    ("aws_kms_replica_key", "policy", of(PolicyResource::KmsKey)),
    ("aws_media_store_container_policy", "policy", RESOURCE),
    ("aws_msk_cluster_policy", "policy", RESOURCE),
    (
        "aws_opensearch_domain",
        "access_policies",
        of(PolicyResource::OpensearchDomain),
    ),
    (
        "aws_opensearch_domain_policy",
        "access_policies",
        of(PolicyResource::OpensearchDomain),
    ),
    ("aws_organizations_resource_policy", "content", RESOURCE),
    (
        "aws_redshift_resource_policy",
        "policy",
        of(PolicyResource::RedshiftNamespace),
    ),
    ("aws_s3_bucket", "policy", of(PolicyResource::S3Bucket)),
    ("aws_s3_bucket_policy", "policy", of(PolicyResource::S3Bucket)),
    (
        "aws_s3control_access_point_policy",
        "policy",
        of(PolicyResource::S3AccessPoint),
    ),
    ("aws_secretsmanager_secret", "policy", of(PolicyResource::Secret)),
    ("aws_secretsmanager_secret_policy", "policy", of(PolicyResource::Secret)),
    ("aws_sns_topic", "policy", of(PolicyResource::SnsTopic)),
    ("aws_sns_topic_policy", "policy", of(PolicyResource::SnsTopic)),
    ("aws_sqs_queue", "policy", of(PolicyResource::SqsQueue)),
    ("aws_sqs_queue_policy", "policy", of(PolicyResource::SqsQueue)),
    ("aws_ssoadmin_permission_set_inline_policy", "inline_policy", IDENTITY),
    ("aws_transfer_user", "policy", SESSION),
    ("aws_vpc_endpoint", "policy", of(PolicyResource::VpcEndpoint)),
    ("aws_vpc_endpoint_policy", "policy", of(PolicyResource::VpcEndpoint)),
    ("aws_vpclattice_auth_policy", "policy", RESOURCE),
    ("aws_vpclattice_resource_policy", "policy", RESOURCE),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attributes_are_sorted() {
        assert!(ATTRIBUTES.is_sorted_by_key(|(resource, attribute, _)| (resource, attribute)));
        assert!(attribute_of("aws_iam_role", "assume_role_policy").is_some());
        assert!(attribute_of("aws_iam_role", "policy").is_none());
    }
}
