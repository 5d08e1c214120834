//! The rows of the overlay, each with its source.

use super::{Applies, ArnForm, NotRequired, SameCall, ShortForm, Source, TypedKey, UnlistedAction, WithoutResource};
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
