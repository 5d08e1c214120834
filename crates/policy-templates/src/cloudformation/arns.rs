//! What `Ref` and `Fn::GetAtt` return for the resources of a template.
//!
//! Source: AWS CloudFormation Template Reference, "Return values" of each resource type; Service Authorization
//! Reference, the ARN formats of each service. As of October 2026.

/// What `Ref` returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// The resource's name, which its ARN ends with.
    Name,
    /// Its ARN.
    Arn,
    /// Something else, such as an ID or a URL.
    Other,
}

/// A resource type whose ARNs have a known form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    pub(crate) reference: Reference,
    /// The property with the name, if a template can choose it.
    pub(crate) name: &'static str,
    /// The ARN after the partition. `{R}` is the Region, `{A}` the account, `{N}` the name.
    pub(crate) arn: &'static str,
}

/// The form for a resource type.
pub(crate) fn form(resource_type: &str) -> Option<Form> {
    let place = FORMS.binary_search_by_key(&resource_type, |(name, ..)| name).ok()?;
    let &(_, reference, name, arn) = FORMS.get(place)?;
    Some(Form { reference, name, arn })
}

use Reference::{Arn, Name, Other};

/// In the order of their names.
const FORMS: &[(&str, Reference, &str, &str)] = &[
    ("AWS::ApiGateway::RestApi", Other, "", "apigateway:{R}::/restapis/{N}"),
    ("AWS::AppSync::GraphQLApi", Arn, "", "appsync:{R}:{A}:apis/{N}"),
    ("AWS::Athena::WorkGroup", Name, "Name", "athena:{R}:{A}:workgroup/{N}"),
    (
        "AWS::Backup::BackupVault",
        Name,
        "BackupVaultName",
        "backup:{R}:{A}:backup-vault:{N}",
    ),
    (
        "AWS::CloudFront::Distribution",
        Name,
        "",
        "cloudfront::{A}:distribution/{N}",
    ),
    (
        "AWS::CloudTrail::Trail",
        Name,
        "TrailName",
        "cloudtrail:{R}:{A}:trail/{N}",
    ),
    (
        "AWS::CloudWatch::Alarm",
        Name,
        "AlarmName",
        "cloudwatch:{R}:{A}:alarm:{N}",
    ),
    ("AWS::CodeBuild::Project", Name, "Name", "codebuild:{R}:{A}:project/{N}"),
    (
        "AWS::CodeCommit::Repository",
        Other,
        "RepositoryName",
        "codecommit:{R}:{A}:{N}",
    ),
    ("AWS::CodePipeline::Pipeline", Name, "Name", "codepipeline:{R}:{A}:{N}"),
    (
        "AWS::Cognito::IdentityPool",
        Name,
        "",
        "cognito-identity:{R}:{A}:identitypool/{N}",
    ),
    ("AWS::Cognito::UserPool", Name, "", "cognito-idp:{R}:{A}:userpool/{N}"),
    (
        "AWS::DynamoDB::GlobalTable",
        Name,
        "TableName",
        "dynamodb:{R}:{A}:table/{N}",
    ),
    ("AWS::DynamoDB::Table", Name, "TableName", "dynamodb:{R}:{A}:table/{N}"),
    ("AWS::EC2::Instance", Name, "", "ec2:{R}:{A}:instance/{N}"),
    ("AWS::EC2::SecurityGroup", Name, "", "ec2:{R}:{A}:security-group/{N}"),
    ("AWS::EC2::Subnet", Name, "", "ec2:{R}:{A}:subnet/{N}"),
    ("AWS::EC2::VPC", Name, "", "ec2:{R}:{A}:vpc/{N}"),
    (
        "AWS::ECR::Repository",
        Name,
        "RepositoryName",
        "ecr:{R}:{A}:repository/{N}",
    ),
    ("AWS::ECS::Cluster", Name, "ClusterName", "ecs:{R}:{A}:cluster/{N}"),
    (
        "AWS::EFS::FileSystem",
        Name,
        "",
        "elasticfilesystem:{R}:{A}:file-system/{N}",
    ),
    ("AWS::EKS::Cluster", Name, "Name", "eks:{R}:{A}:cluster/{N}"),
    (
        "AWS::Elasticsearch::Domain",
        Name,
        "DomainName",
        "es:{R}:{A}:domain/{N}",
    ),
    ("AWS::Events::EventBus", Name, "Name", "events:{R}:{A}:event-bus/{N}"),
    ("AWS::Events::Rule", Name, "Name", "events:{R}:{A}:rule/{N}"),
    ("AWS::Glue::Crawler", Name, "Name", "glue:{R}:{A}:crawler/{N}"),
    ("AWS::Glue::Database", Name, "", "glue:{R}:{A}:database/{N}"),
    ("AWS::Glue::Job", Name, "Name", "glue:{R}:{A}:job/{N}"),
    ("AWS::IAM::Group", Name, "GroupName", "iam::{A}:group/{N}"),
    (
        "AWS::IAM::InstanceProfile",
        Name,
        "InstanceProfileName",
        "iam::{A}:instance-profile/{N}",
    ),
    (
        "AWS::IAM::ManagedPolicy",
        Arn,
        "ManagedPolicyName",
        "iam::{A}:policy/{N}",
    ),
    ("AWS::IAM::OIDCProvider", Arn, "Url", "iam::{A}:oidc-provider/{N}"),
    ("AWS::IAM::Role", Name, "RoleName", "iam::{A}:role/{N}"),
    ("AWS::IAM::SAMLProvider", Arn, "Name", "iam::{A}:saml-provider/{N}"),
    ("AWS::IAM::User", Name, "UserName", "iam::{A}:user/{N}"),
    ("AWS::IoT::Thing", Name, "ThingName", "iot:{R}:{A}:thing/{N}"),
    ("AWS::KMS::Alias", Name, "AliasName", "kms:{R}:{A}:{N}"),
    ("AWS::KMS::Key", Name, "", "kms:{R}:{A}:key/{N}"),
    ("AWS::KMS::ReplicaKey", Name, "", "kms:{R}:{A}:key/{N}"),
    ("AWS::Kinesis::Stream", Name, "Name", "kinesis:{R}:{A}:stream/{N}"),
    (
        "AWS::KinesisFirehose::DeliveryStream",
        Name,
        "DeliveryStreamName",
        "firehose:{R}:{A}:deliverystream/{N}",
    ),
    (
        "AWS::Lambda::Function",
        Name,
        "FunctionName",
        "lambda:{R}:{A}:function:{N}",
    ),
    (
        "AWS::Logs::LogGroup",
        Name,
        "LogGroupName",
        "logs:{R}:{A}:log-group:{N}:*",
    ),
    (
        "AWS::OpenSearchService::Domain",
        Name,
        "DomainName",
        "es:{R}:{A}:domain/{N}",
    ),
    (
        "AWS::RDS::DBCluster",
        Name,
        "DBClusterIdentifier",
        "rds:{R}:{A}:cluster:{N}",
    ),
    (
        "AWS::RDS::DBInstance",
        Name,
        "DBInstanceIdentifier",
        "rds:{R}:{A}:db:{N}",
    ),
    ("AWS::S3::Bucket", Name, "BucketName", "s3:::{N}"),
    ("AWS::SNS::Topic", Arn, "TopicName", "sns:{R}:{A}:{N}"),
    ("AWS::SQS::Queue", Other, "QueueName", "sqs:{R}:{A}:{N}"),
    ("AWS::SSM::Parameter", Name, "Name", "ssm:{R}:{A}:parameter/{N}"),
    (
        "AWS::SageMaker::NotebookInstance",
        Arn,
        "NotebookInstanceName",
        "sagemaker:{R}:{A}:notebook-instance/{N}",
    ),
    (
        "AWS::SecretsManager::Secret",
        Arn,
        "",
        "secretsmanager:{R}:{A}:secret:{N}",
    ),
    (
        "AWS::Serverless::Function",
        Name,
        "FunctionName",
        "lambda:{R}:{A}:function:{N}",
    ),
    (
        "AWS::Serverless::SimpleTable",
        Name,
        "TableName",
        "dynamodb:{R}:{A}:table/{N}",
    ),
    (
        "AWS::Serverless::StateMachine",
        Arn,
        "Name",
        "states:{R}:{A}:stateMachine:{N}",
    ),
    (
        "AWS::StepFunctions::Activity",
        Arn,
        "Name",
        "states:{R}:{A}:activity:{N}",
    ),
    (
        "AWS::StepFunctions::StateMachine",
        Arn,
        "StateMachineName",
        "states:{R}:{A}:stateMachine:{N}",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_are_sorted_and_arns() {
        assert!(FORMS.is_sorted_by_key(|(name, ..)| name));
        for (name, _, _, arn) in FORMS {
            let arn = format!("arn:aws:{arn}").replace(['{', '}'], "");
            assert!(iam_policy_core::Arn::parse(&arn).is_ok(), "{name} {arn}");
            assert!(arn.contains('N'), "{name}");
        }
    }
}
