//! The rows of the overlay, each with its source.

use super::{
    Applies, ArnForm, NotRequired, SameCall, ShortForm, Source, TypedKey, UnlistedAction, UnlistedKey,
    UnlistedPrincipal, WithoutResource,
};
use crate::arn_format::ArnFormat;
use crate::classes::KeyType;

const fn source(url: &'static str, date: &'static str) -> Source {
    Source { url, date }
}

/// The resource in AWS's denials of actions about all resources of a kind.
const fn list(
    service: &'static str,
    name: &'static str,
    formats: &'static [ArnFormat],
    actions: &'static [&'static str],
    source: Source,
) -> ArnForm {
    ArnForm {
        service,
        name,
        formats,
        applies: Applies::ToActions(actions),
        source,
    }
}

pub(super) const ARN_FORMS: &[ArnForm] = &[
    ArnForm {
        service: "execute-api",
        name: "WebSocket route",
        formats: &[ArnFormat(
            "arn:${Partition}:execute-api:${Region}:${Account}:${ApiId}/${Stage}/${RouteKey}",
        )],
        applies: Applies::ToActions(&["Invoke"]),
        source: source(
            "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html",
            "2026-11-30",
        ),
    },
    ArnForm {
        service: "s3",
        name: "object of a Multi-Region Access Point",
        formats: &[ArnFormat(
            "arn:${Partition}:s3::${Account}:accesspoint/${AccessPointAlias}/object/${ObjectName}",
        )],
        applies: Applies::ToActionsOn("accesspointobject"),
        source: source(
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointPermissions.html",
            "2026-11-30",
        ),
    },
    ArnForm {
        service: "s3",
        name: "Multi-Region Access Point",
        formats: &[ArnFormat(
            "arn:${Partition}:s3::${Account}:accesspoint/${AccessPointAlias}",
        )],
        applies: Applies::ToActionsOn("accesspoint"),
        source: source(
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointPermissions.html",
            "2026-11-30",
        ),
    },
    list(
        "s3",
        "all buckets",
        &[ArnFormat("arn:${Partition}:s3:::*")],
        &["ListAllMyBuckets"],
        source(
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html",
            "2026-11-30",
        ),
    ),
    ArnForm {
        service: "bedrock",
        name: "foundation model without a Region",
        formats: &[ArnFormat("arn:${Partition}:bedrock:::foundation-model/${ResourceId}")],
        applies: Applies::ToActionsOn("foundation-model"),
        source: source(
            "https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html",
            "2026-11-30",
        ),
    },
    ArnForm {
        service: "cloudformation",
        name: "transform",
        formats: &[
            ArnFormat("arn:${Partition}:cloudformation:${Region}:aws:transform/${TransformName}"),
            ArnFormat("arn:${Partition}:cloudformation:${Region}:${Account}:transform/${TransformName}"),
        ],
        applies: Applies::ToActions(&["CreateChangeSet", "CreateStack", "UpdateStack"]),
        source: source(
            "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html",
            "2026-11-30",
        ),
    },
    ArnForm {
        service: "cloudformation",
        name: "public resource type",
        formats: &[ArnFormat(
            "arn:${Partition}:cloudformation:${Region}::type/resource/${Type}",
        )],
        applies: Applies::ToActionsOn("type"),
        source: source(
            "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html",
            "2026-11-30",
        ),
    },
    list(
        "cloudformation",
        "all stacks",
        &[ArnFormat(
            "arn:${Partition}:cloudformation:${Region}:${Account}:stack/*/*",
        )],
        &["ListStacks"],
        source("https://github.com/ruby-no-kai/rubykaigi-net/pull/61", "2026-11-30"),
    ),
    list(
        "cloudformation",
        "all resources of Cloud Control API",
        &[ArnFormat(
            "arn:${Partition}:cloudformation:${Region}:${Account}:resource/*",
        )],
        &["ListResources"],
        source("https://github.com/aws/aws-sdk/issues/140", "2026-11-30"),
    ),
    list(
        "logs",
        "all log groups",
        &[
            ArnFormat("arn:${Partition}:logs:${Region}:${Account}:log-group::log-stream:"),
            ArnFormat("arn:${Partition}:logs:${Region}:${Account}:log-group:*"),
        ],
        &["DescribeLogGroups"],
        source(
            "https://github.com/hashicorp/terraform-provider-aws/issues/8804",
            "2026-11-30",
        ),
    ),
    list(
        "states",
        "all state machines",
        &[ArnFormat("arn:${Partition}:states:${Region}:${Account}:stateMachine:*")],
        &["ListStateMachines"],
        source("https://github.com/scribd/terraform-aws-datadog/pull/18", "2026-11-30"),
    ),
    list(
        "dynamodb",
        "all tables",
        &[ArnFormat("arn:${Partition}:dynamodb:${Region}:${Account}:table/*")],
        &["ListTables"],
        source(
            "https://github.com/AntonShuvaev/intellij-dynamodb/issues/20",
            "2026-11-30",
        ),
    ),
    list(
        "eks",
        "all clusters",
        &[ArnFormat("arn:${Partition}:eks:${Region}:${Account}:cluster/*")],
        &["ListClusters"],
        source("https://github.com/aws/aws-cli/issues/5823", "2026-11-30"),
    ),
    list(
        "lambda",
        "layer",
        &[ArnFormat(
            "arn:${Partition}:lambda:${Region}:${Account}:layer:${LayerName}",
        )],
        &["ListLayerVersions"],
        source(
            "https://github.com/awsdocs/aws-lambda-developer-guide/pull/204",
            "2026-11-30",
        ),
    ),
    list(
        "iam",
        "roles under a path",
        &[
            ArnFormat("arn:${Partition}:iam::${Account}:role/"),
            ArnFormat("arn:${Partition}:iam::${Account}:role/${PathPrefix}/"),
        ],
        &["ListRoles"],
        source(
            "https://github.com/hashicorp/aws-sdk-go-base/blob/main/mockdata/iam.go",
            "2026-11-30",
        ),
    ),
    list(
        "config",
        "configuration recorder of a service",
        &[ArnFormat(
            "arn:${Partition}:config:${Region}:${Account}:configuration-recorder/${RecorderName}/${RecorderId}",
        )],
        &[
            "PutServiceLinkedConfigurationRecorder",
            "PutThirdPartyServiceLinkedConfigurationRecorder",
        ],
        source(
            "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSSecurityHubV2ServiceRolePolicy.html",
            "2026-11-30",
        ),
    ),
    list(
        "wafv2",
        "web ACL",
        &[ArnFormat(
            "arn:${Partition}:wafv2:${Region}:${Account}:${Scope}/webacl/${Name}/${Id}",
        )],
        &["DisassociateWebACL"],
        source(
            "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/NetworkSecurityManagerServiceRolePolicy.html",
            "2026-11-30",
        ),
    ),
];

pub(super) const WITHOUT_RESOURCE: &[WithoutResource] = &[WithoutResource {
    service: "ec2",
    actions: "Describe*",
    source: source(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html",
        "2026-11-30",
    ),
}];

pub(super) const SHORT_FORMS: &[ShortForm] = &[ShortForm {
    service: "execute-api",
    prefix: "execute-api:/",
    stands_for: "arn:*:execute-api:*:*:*/",
    source: source(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html",
        "2026-11-30",
    ),
}];

pub(super) const UNLISTED_ACTIONS: &[UnlistedAction] = &[
    UnlistedAction {
        service: "sns",
        name: "Receive",
        source: source("https://github.com/hashicorp/terraform/issues/3634", "2026-11-30"),
    },
    UnlistedAction {
        service: "logs",
        name: "PutLogEventsBatch",
        source: source(
            "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createdomain-configure-slow-logs.html",
            "2026-11-30",
        ),
    },
];

pub(super) const NOT_REQUIRED: &[NotRequired] = &[
    NotRequired {
        action: "kms:CreateKey",
        dependent: "kms:PutKeyPolicy",
        only: None,
        source: source(
            "https://docs.aws.amazon.com/kms/latest/developerguide/create-keys.html",
            "2026-11-30",
        ),
    },
    NotRequired {
        action: "kms:CreateKey",
        dependent: "kms:TagResource",
        only: Some("the key gets tags"),
        source: source(
            "https://docs.aws.amazon.com/kms/latest/developerguide/create-keys.html",
            "2026-11-30",
        ),
    },
    NotRequired {
        action: "kms:CreateKey",
        dependent: "iam:CreateServiceLinkedRole",
        only: Some("the key is a multi-Region primary key"),
        source: source(
            "https://docs.aws.amazon.com/kms/latest/developerguide/create-keys.html",
            "2026-11-30",
        ),
    },
    NotRequired {
        action: "ec2:DescribeLaunchTemplateVersions",
        dependent: "ssm:GetParameters",
        only: Some("the call resolves a Systems Manager parameter (`ResolveAlias`)"),
        source: source(
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html",
            "2026-11-30",
        ),
    },
];

pub(super) const TYPED_KEYS: &[TypedKey] = &[
    TypedKey {
        name: "events:eventBusInvocation",
        key_type: KeyType::Bool,
        source: source(
            "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html",
            "2026-11-30",
        ),
    },
    TypedKey {
        name: "kms:EncryptionContext:aws:logs:arn",
        key_type: KeyType::Arn,
        source: source(
            "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
            "2026-11-30",
        ),
    },
    TypedKey {
        name: "kms:EncryptionContext:aws:cloudtrail:arn",
        key_type: KeyType::Arn,
        source: source(
            "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html",
            "2026-11-30",
        ),
    },
    TypedKey {
        name: "kms:EncryptionContext:aws:s3:arn",
        key_type: KeyType::Arn,
        source: source(
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
            "2026-11-30",
        ),
    },
];

pub(super) const UNLISTED_KEYS: &[UnlistedKey] = &[UnlistedKey {
    service: "aws-marketplace",
    actions: &["Subscribe", "Unsubscribe"],
    key: "aws-marketplace:ProductId",
    source: source(
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonTimestreamInfluxDBFullAccess.html",
        "2026-11-30",
    ),
}];

const SESSION_TAGS: Source = source(
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html",
    "2026-11-30",
);

pub(super) const SAME_CALLS: &[SameCall] = &[
    SameCall {
        service: "sts",
        action: "AssumeRole",
        with: &["TagSession", "SetSourceIdentity", "SetContext"],
        source: SESSION_TAGS,
    },
    SameCall {
        service: "sts",
        action: "AssumeRoleWithSAML",
        with: &["TagSession", "SetSourceIdentity"],
        source: SESSION_TAGS,
    },
    SameCall {
        service: "sts",
        action: "AssumeRoleWithWebIdentity",
        with: &["TagSession", "SetSourceIdentity"],
        source: SESSION_TAGS,
    },
    SameCall {
        service: "sts",
        action: "GetFederationToken",
        with: &["TagSession"],
        source: SESSION_TAGS,
    },
];

pub(super) const SERVICE_PRINCIPALS: &[UnlistedPrincipal] = &[
    UnlistedPrincipal {
        name: "airflow-env",
        source: source(
            "https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "application.qbusiness",
        source: source(
            "https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/iam-roles.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "batchoperations.s3",
        source: source(
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-iam-role-policies.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "billingreports",
        source: source(
            "https://docs.aws.amazon.com/cur/latest/userguide/cur-s3.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "build.apprunner",
        source: source(
            "https://docs.aws.amazon.com/apprunner/latest/dg/security_iam_service-with-iam.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "cks.kms",
        source: source(
            "https://docs.aws.amazon.com/kms/latest/developerguide/authorize-kms.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "config-multiaccountsetup",
        source: source(
            "https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-config.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "costalerts",
        source: source(
            "https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "credentials.deadline",
        source: source(
            "https://docs.aws.amazon.com/deadline-cloud/latest/userguide/security-iam-service-with-iam.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "eks-nodegroup",
        source: source(
            "https://docs.aws.amazon.com/eks/latest/userguide/using-service-linked-roles-eks-nodegroups.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "hooks.cloudformation",
        source: source(
            "https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/hooks-enable-execution-role.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "iotevents",
        source: source(
            "https://docs.aws.amazon.com/iotevents/latest/developerguide/iotevents-permissions.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "license-manager.master-account",
        source: source(
            "https://docs.aws.amazon.com/license-manager/latest/userguide/management-role.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "member.org.stacksets.cloudformation",
        source: source(
            "https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-cloudformation.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "ops.apigateway",
        source: source(
            "https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "pullthroughcache.ecr",
        source: source(
            "https://docs.aws.amazon.com/AmazonECR/latest/userguide/slr-pull-through-cache.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "replicator.lambda",
        source: source(
            "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "resources.cloudformation",
        source: source(
            "https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-develop.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "stacksets.cloudformation",
        source: source(
            "https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-cloudformation.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "streams.metrics.cloudwatch",
        source: source(
            "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-metric-streams-trustpolicy.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "tagpolicies.tag",
        source: source(
            "https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-tag-policies.html",
            "2026-12-01",
        ),
    },
    UnlistedPrincipal {
        name: "tasks.apprunner",
        source: source(
            "https://docs.aws.amazon.com/apprunner/latest/dg/security_iam_service-with-iam.html",
            "2026-12-01",
        ),
    },
];
