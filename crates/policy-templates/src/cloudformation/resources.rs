//! Which properties of which resources are policies.
//!
//! Source: AWS CloudFormation Template Reference, "Resource and property reference"; AWS SAM Developer Guide, "AWS SAM
//! resources and properties". As of October 2026.

use iam_policy_core::{AttachmentKind, PolicyResource, PolicyType};

/// What a property is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) policy_type: PolicyType,
    pub(super) resource_type: Option<PolicyResource>,
    pub(super) attach: Option<AttachmentKind>,
}

/// What a property is, if it is known to be a policy.
///
/// - `property`: the path to it, without the indices of arrays
pub(super) fn kind(resource_type: &str, property: &str) -> Option<Kind> {
    let place = PROPERTIES.partition_point(|(of, ..)| *of < resource_type);
    let own = PROPERTIES
        .get(place..)?
        .iter()
        .take_while(|(of, ..)| *of == resource_type);
    let mut own = own.filter(|(_, path, _)| *path == property);
    own.next().map(|&(_, _, kind)| kind)
}

const IDENTITY: Kind = Kind {
    policy_type: PolicyType::Identity,
    resource_type: None,
    attach: None,
};

const TRUST: Kind = Kind {
    policy_type: PolicyType::Trust,
    ..IDENTITY
};

const RESOURCE: Kind = Kind {
    policy_type: PolicyType::Resource,
    ..IDENTITY
};

const SESSION: Kind = Kind {
    policy_type: PolicyType::Session,
    ..IDENTITY
};

const fn attached(attach: AttachmentKind) -> Kind {
    Kind {
        attach: Some(attach),
        ..IDENTITY
    }
}

const fn of(resource: PolicyResource) -> Kind {
    Kind {
        resource_type: Some(resource),
        ..RESOURCE
    }
}

/// The statements that SAM adds to the policy of an API.
pub(super) const CUSTOM_STATEMENTS: &str = "Auth.ResourcePolicy.CustomStatements";

/// By resource type, in the order of the names.
const PROPERTIES: &[(&str, &str, Kind)] = &[
    ("AWS::ApiGateway::DomainNameV2", "ManagementPolicy", RESOURCE),
    // Its resources have the same short form.
    ("AWS::ApiGateway::DomainNameV2", "Policy", of(PolicyResource::RestApi)),
    (
        "AWS::ApiGateway::RestApi",
        "Body.x-amazon-apigateway-policy",
        of(PolicyResource::RestApi),
    ),
    ("AWS::ApiGateway::RestApi", "Policy", of(PolicyResource::RestApi)),
    (
        "AWS::Backup::BackupVault",
        "AccessPolicy",
        of(PolicyResource::BackupVault),
    ),
    (
        "AWS::Backup::LogicallyAirGappedBackupVault",
        "AccessPolicy",
        of(PolicyResource::BackupVault),
    ),
    ("AWS::CloudTrail::EventDataStore", "ResourcePolicy", RESOURCE),
    ("AWS::CloudTrail::ResourcePolicy", "ResourcePolicy", RESOURCE),
    ("AWS::CodeArtifact::Domain", "PermissionsPolicyDocument", RESOURCE),
    ("AWS::CodeArtifact::Repository", "PermissionsPolicyDocument", RESOURCE),
    (
        "AWS::DynamoDB::GlobalTable",
        "Replicas.ReplicaStreamSpecification.ResourcePolicy.PolicyDocument",
        RESOURCE,
    ),
    (
        "AWS::DynamoDB::GlobalTable",
        "Replicas.ResourcePolicy.PolicyDocument",
        of(PolicyResource::DynamodbTable),
    ),
    (
        "AWS::DynamoDB::Table",
        "ResourcePolicy.PolicyDocument",
        of(PolicyResource::DynamodbTable),
    ),
    (
        "AWS::DynamoDB::Table",
        "StreamSpecification.ResourcePolicy.PolicyDocument",
        RESOURCE,
    ),
    (
        "AWS::EC2::VPCEndpoint",
        "PolicyDocument",
        of(PolicyResource::VpcEndpoint),
    ),
    (
        "AWS::ECR::PublicRepository",
        "RepositoryPolicyText",
        of(PolicyResource::EcrPublicRepository),
    ),
    (
        "AWS::ECR::RegistryPolicy",
        "PolicyText",
        of(PolicyResource::EcrRegistry),
    ),
    (
        "AWS::ECR::Repository",
        "RepositoryPolicyText",
        of(PolicyResource::EcrRepository),
    ),
    (
        "AWS::ECR::RepositoryCreationTemplate",
        "RepositoryPolicy",
        of(PolicyResource::EcrRepository),
    ),
    (
        "AWS::EFS::FileSystem",
        "FileSystemPolicy",
        of(PolicyResource::FileSystem),
    ),
    (
        "AWS::Elasticsearch::Domain",
        "AccessPolicies",
        of(PolicyResource::OpensearchDomain),
    ),
    ("AWS::Events::EventBus", "Policy", of(PolicyResource::EventBus)),
    (
        "AWS::IAM::Group",
        "Policies.PolicyDocument",
        attached(AttachmentKind::InlineGroup),
    ),
    (
        "AWS::IAM::GroupPolicy",
        "PolicyDocument",
        attached(AttachmentKind::InlineGroup),
    ),
    (
        "AWS::IAM::ManagedPolicy",
        "PolicyDocument",
        attached(AttachmentKind::Managed),
    ),
    ("AWS::IAM::Policy", "PolicyDocument", IDENTITY),
    ("AWS::IAM::Role", "AssumeRolePolicyDocument", TRUST),
    (
        "AWS::IAM::Role",
        "Policies.PolicyDocument",
        attached(AttachmentKind::InlineRole),
    ),
    (
        "AWS::IAM::RolePolicy",
        "PolicyDocument",
        attached(AttachmentKind::InlineRole),
    ),
    (
        "AWS::IAM::User",
        "Policies.PolicyDocument",
        attached(AttachmentKind::InlineUser),
    ),
    (
        "AWS::IAM::UserPolicy",
        "PolicyDocument",
        attached(AttachmentKind::InlineUser),
    ),
    ("AWS::IoT::Policy", "PolicyDocument", IDENTITY),
    ("AWS::KMS::Key", "KeyPolicy", of(PolicyResource::KmsKey)),
    ("AWS::KMS::ReplicaKey", "KeyPolicy", of(PolicyResource::KmsKey)),
    ("AWS::Kinesis::ResourcePolicy", "ResourcePolicy", RESOURCE),
    ("AWS::Lex::ResourcePolicy", "Policy", RESOURCE),
    ("AWS::Logs::Destination", "DestinationPolicy", RESOURCE),
    ("AWS::Logs::ResourcePolicy", "PolicyDocument", RESOURCE),
    ("AWS::MSK::ClusterPolicy", "Policy", RESOURCE),
    ("AWS::MediaStore::Container", "Policy", RESOURCE),
    (
        "AWS::OpenSearchService::Domain",
        "AccessPolicies",
        of(PolicyResource::OpensearchDomain),
    ),
    ("AWS::Organizations::ResourcePolicy", "Content", RESOURCE),
    (
        "AWS::Redshift::Cluster",
        "NamespaceResourcePolicy",
        of(PolicyResource::RedshiftNamespace),
    ),
    (
        "AWS::RedshiftServerless::Namespace",
        "NamespaceResourcePolicy",
        of(PolicyResource::RedshiftNamespace),
    ),
    ("AWS::S3::AccessPoint", "Policy", of(PolicyResource::S3AccessPoint)),
    ("AWS::S3::BucketPolicy", "PolicyDocument", of(PolicyResource::S3Bucket)),
    ("AWS::S3::MultiRegionAccessPointPolicy", "Policy", RESOURCE),
    ("AWS::S3Express::AccessPoint", "Policy", RESOURCE),
    ("AWS::S3Express::BucketPolicy", "PolicyDocument", RESOURCE),
    ("AWS::S3ObjectLambda::AccessPointPolicy", "PolicyDocument", RESOURCE),
    ("AWS::S3Outposts::AccessPoint", "Policy", RESOURCE),
    ("AWS::S3Outposts::BucketPolicy", "PolicyDocument", RESOURCE),
    ("AWS::S3Tables::TableBucketPolicy", "ResourcePolicy", RESOURCE),
    ("AWS::S3Tables::TablePolicy", "ResourcePolicy", RESOURCE),
    (
        "AWS::SNS::TopicInlinePolicy",
        "PolicyDocument",
        of(PolicyResource::SnsTopic),
    ),
    ("AWS::SNS::TopicPolicy", "PolicyDocument", of(PolicyResource::SnsTopic)),
    (
        "AWS::SQS::QueueInlinePolicy",
        "PolicyDocument",
        of(PolicyResource::SqsQueue),
    ),
    ("AWS::SQS::QueuePolicy", "PolicyDocument", of(PolicyResource::SqsQueue)),
    ("AWS::SSM::ResourcePolicy", "Policy", RESOURCE),
    ("AWS::SSO::PermissionSet", "InlinePolicy", IDENTITY),
    ("AWS::SageMaker::ModelPackageGroup", "ModelPackageGroupPolicy", RESOURCE),
    ("AWS::Schemas::RegistryPolicy", "Policy", RESOURCE),
    (
        "AWS::SecretsManager::ResourcePolicy",
        "ResourcePolicy",
        of(PolicyResource::Secret),
    ),
    ("AWS::Serverless::Api", CUSTOM_STATEMENTS, of(PolicyResource::RestApi)),
    (
        "AWS::Serverless::Api",
        "DefinitionBody.x-amazon-apigateway-policy",
        of(PolicyResource::RestApi),
    ),
    ("AWS::Serverless::Function", "AssumeRolePolicyDocument", TRUST),
    ("AWS::Transfer::User", "Policy", SESSION),
    ("AWS::VpcLattice::AuthPolicy", "Policy", RESOURCE),
    ("AWS::VpcLattice::ResourcePolicy", "Policy", RESOURCE),
    ("AWS::XRay::ResourcePolicy", "PolicyDocument", RESOURCE),
];

/// The types of resources whose policies are in another language than IAM's, although they look alike.
///
/// Source: AWS Network Manager User Guide, "Core network policy".
pub(super) const OTHER_LANGUAGES: &[&str] = &["AWS::NetworkManager::CoreNetwork"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_properties_are_sorted() {
        assert!(PROPERTIES.is_sorted_by_key(|(resource, property, _)| (resource, property)));
        let role = kind("AWS::IAM::Role", "Policies.PolicyDocument").unwrap();
        assert_eq!(role.attach, Some(AttachmentKind::InlineRole));
        assert!(kind("AWS::IAM::Role", "Policies").is_none());
        assert!(kind("AWS::IAM::Rol", "Policies.PolicyDocument").is_none());
    }
}
