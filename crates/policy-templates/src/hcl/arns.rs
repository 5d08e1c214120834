//! The ARNs and IDs of resources.
//!
//! Source: Terraform Registry, AWS provider, the attribute reference of each resource; Service Authorization Reference,
//! the ARN formats of each service. As of November 2026.

/// What the attribute `id` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Id {
    /// The resource's name, which its ARN ends with.
    Name,
    /// Its ARN.
    Arn,
    /// Something else, such as a URL.
    Other,
}

/// A resource whose ARNs have a known form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    pub(super) id: Id,
    /// The attribute with the name, if a configuration can choose it.
    pub(super) name: &'static str,
    /// The ARN after the partition. `{R}` is the Region, `{A}` the account, `{N}` the name, and `{S}` what AWS adds to it.
    pub(super) arn: &'static str,
}

impl Form {
    /// Whether an attribute is the ARN.
    pub(super) fn is_arn(self, attribute: &str) -> bool {
        attribute == "arn" || (attribute == "topic_arn" && self.arn.starts_with("sns:"))
    }
}

/// The form for a resource type. Data sources with the same name describe the same resources.
pub(super) fn form(resource_type: &str) -> Option<Form> {
    let place = FORMS.binary_search_by_key(&resource_type, |(name, ..)| name).ok()?;
    let &(_, id, name, arn) = FORMS.get(place)?;
    Some(Form { id, name, arn })
}

use Id::{Arn, Name, Other};

/// In the order of their names.
const FORMS: &[(&str, Id, &str, &str)] = &[
    ("aws_api_gateway_rest_api", Name, "", "apigateway:{R}::/restapis/{N}"),
    ("aws_athena_workgroup", Name, "name", "athena:{R}:{A}:workgroup/{N}"),
    ("aws_backup_vault", Name, "name", "backup:{R}:{A}:backup-vault:{N}"),
    (
        "aws_cloudfront_distribution",
        Name,
        "",
        "cloudfront::{A}:distribution/{N}",
    ),
    ("aws_cloudtrail", Other, "name", "cloudtrail:{R}:{A}:trail/{N}"),
    ("aws_cloudwatch_event_bus", Name, "name", "events:{R}:{A}:event-bus/{N}"),
    ("aws_cloudwatch_event_rule", Other, "name", "events:{R}:{A}:rule/{N}"),
    ("aws_cloudwatch_log_group", Name, "name", "logs:{R}:{A}:log-group:{N}"),
    (
        "aws_cloudwatch_metric_alarm",
        Name,
        "alarm_name",
        "cloudwatch:{R}:{A}:alarm:{N}",
    ),
    ("aws_codebuild_project", Arn, "name", "codebuild:{R}:{A}:project/{N}"),
    (
        "aws_codecommit_repository",
        Name,
        "repository_name",
        "codecommit:{R}:{A}:{N}",
    ),
    ("aws_codepipeline", Name, "name", "codepipeline:{R}:{A}:{N}"),
    (
        "aws_cognito_identity_pool",
        Name,
        "",
        "cognito-identity:{R}:{A}:identitypool/{N}",
    ),
    ("aws_cognito_user_pool", Name, "", "cognito-idp:{R}:{A}:userpool/{N}"),
    ("aws_db_instance", Other, "identifier", "rds:{R}:{A}:db:{N}"),
    ("aws_dynamodb_table", Name, "name", "dynamodb:{R}:{A}:table/{N}"),
    ("aws_ecr_repository", Name, "name", "ecr:{R}:{A}:repository/{N}"),
    ("aws_ecs_cluster", Arn, "name", "ecs:{R}:{A}:cluster/{N}"),
    (
        "aws_efs_file_system",
        Name,
        "",
        "elasticfilesystem:{R}:{A}:file-system/{N}",
    ),
    ("aws_eks_cluster", Name, "name", "eks:{R}:{A}:cluster/{N}"),
    ("aws_elasticsearch_domain", Arn, "domain_name", "es:{R}:{A}:domain/{N}"),
    ("aws_glue_crawler", Name, "name", "glue:{R}:{A}:crawler/{N}"),
    ("aws_glue_job", Name, "name", "glue:{R}:{A}:job/{N}"),
    ("aws_iam_group", Name, "name", "iam::{A}:group/{N}"),
    (
        "aws_iam_instance_profile",
        Name,
        "name",
        "iam::{A}:instance-profile/{N}",
    ),
    (
        "aws_iam_openid_connect_provider",
        Arn,
        "url",
        "iam::{A}:oidc-provider/{N}",
    ),
    ("aws_iam_policy", Arn, "name", "iam::{A}:policy/{N}"),
    ("aws_iam_role", Name, "name", "iam::{A}:role/{N}"),
    ("aws_iam_saml_provider", Arn, "name", "iam::{A}:saml-provider/{N}"),
    ("aws_iam_user", Name, "name", "iam::{A}:user/{N}"),
    ("aws_instance", Name, "", "ec2:{R}:{A}:instance/{N}"),
    ("aws_iot_thing", Name, "name", "iot:{R}:{A}:thing/{N}"),
    (
        "aws_kinesis_firehose_delivery_stream",
        Arn,
        "name",
        "firehose:{R}:{A}:deliverystream/{N}",
    ),
    ("aws_kinesis_stream", Arn, "name", "kinesis:{R}:{A}:stream/{N}"),
    ("aws_kms_alias", Name, "name", "kms:{R}:{A}:{N}"),
    ("aws_kms_external_key", Name, "", "kms:{R}:{A}:key/{N}"),
    ("aws_kms_key", Name, "", "kms:{R}:{A}:key/{N}"),
    ("aws_kms_replica_key", Name, "", "kms:{R}:{A}:key/{N}"),
    (
        "aws_lambda_function",
        Name,
        "function_name",
        "lambda:{R}:{A}:function:{N}",
    ),
    ("aws_opensearch_domain", Arn, "domain_name", "es:{R}:{A}:domain/{N}"),
    ("aws_rds_cluster", Name, "cluster_identifier", "rds:{R}:{A}:cluster:{N}"),
    ("aws_s3_bucket", Name, "bucket", "s3:::{N}"),
    (
        "aws_secretsmanager_secret",
        Arn,
        "name",
        "secretsmanager:{R}:{A}:secret:{N}-{S}",
    ),
    ("aws_security_group", Name, "", "ec2:{R}:{A}:security-group/{N}"),
    ("aws_sfn_activity", Arn, "name", "states:{R}:{A}:activity:{N}"),
    ("aws_sfn_state_machine", Arn, "name", "states:{R}:{A}:stateMachine:{N}"),
    ("aws_sns_topic", Arn, "name", "sns:{R}:{A}:{N}"),
    ("aws_sqs_queue", Other, "name", "sqs:{R}:{A}:{N}"),
    ("aws_ssm_parameter", Name, "name", "ssm:{R}:{A}:parameter/{N}"),
    ("aws_subnet", Name, "", "ec2:{R}:{A}:subnet/{N}"),
    ("aws_vpc", Name, "", "ec2:{R}:{A}:vpc/{N}"),
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
