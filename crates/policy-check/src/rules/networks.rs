//! Conditions on the network that a request comes from.

mod docs;

use iam_policy_core::wildcard::is_pattern;

use crate::Code;
use crate::context::{Action, Condition, Context, Parts};
use crate::finding::Report;

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for parts in &context.statements {
        for condition in &parts.conditions {
            paired(parts, condition, report);
            supported(parts, condition, report);
        }
    }
}

/// `MISSING_PAIRED_CONDITION_KEYS`: several networks can use the same private addresses, so `aws:VpcSourceIp` requires
/// a key that identifies the network.
///
/// Source: IAM User Guide, "AWS global condition context keys", `aws:VpcSourceIp`.
fn paired(parts: &Parts<'_>, condition: &Condition<'_>, report: &mut Report) {
    if !condition.is("aws:VpcSourceIp") {
        return;
    }
    let names = ["aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn"];
    if !parts.conditions.iter().any(|other| other.is_any(&names)) {
        report.key(
            Code::MissingPairedConditionKeys,
            format!(
                "using the condition key {} can be overly permissive without also using one of the following condition \
                 keys: {}; condition keys like this one are more secure when paired with a related key",
                condition.member.key,
                names.join(", ")
            ),
            condition.member,
        );
    }
}

/// The services that send `aws:VpceAccount`, `aws:VpceOrgPaths` and `aws:VpceOrgID`.
///
/// Source: IAM User Guide, "AWS global condition context keys", `aws:VpceAccount`, in 2026.
const OF_ENDPOINTS: &[&str] = &[
    "acm-pca",
    "apprunner",
    "applicationinsights",
    "athena",
    "cloudformation",
    "comprehendmedical",
    "compute-optimizer",
    "datasync",
    "discovery",
    "dynamodb",
    "ebs",
    "ecr",
    "ecs",
    "firehose",
    "gamelift",
    "healthlake",
    "iam",
    "iotfleetwise",
    "iotwireless",
    "kinesisanalytics",
    "kms",
    "lambda",
    "medical-imaging",
    "omics",
    "payment-cryptography",
    "polly",
    "rbin",
    "rekognition",
    "route53",
    "s3",
    "scheduler",
    "servicediscovery",
    "servicequotas",
    "shield",
    "ssm-contacts",
    "storagegateway",
    "textract",
    "transcribe",
    "transfer",
];

/// The services that send only `aws:VpceOrgID` of these keys.
///
/// Source: as above, `aws:VpceOrgID`.
const OF_ORGANIZATIONS: &[&str] = &[
    "b2bi",
    "cassandra",
    "cognito-identity",
    "dms",
    "ds-data",
    "identitystore",
    "iottwinmaker",
    "network-firewall",
    "pricing",
    "ses",
    "sms-voice",
    "sqs",
    "workmail",
];

/// `USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES`: requests to other services do not have these keys, so the
/// condition never holds for them or, if it is negated, always holds.
///
/// Source: IAM Access Analyzer policy check reference.
fn supported(parts: &Parts<'_>, condition: &Condition<'_>, report: &mut Report) {
    let of_organizations: &[&str] = if condition.is("aws:VpceOrgID") {
        OF_ORGANIZATIONS
    } else if condition.is_any(&["aws:VpceAccount", "aws:VpceOrgPaths"]) {
        &[]
    } else {
        return;
    };
    let is_supported = |action: &Action<'_>| {
        let mut known = OF_ENDPOINTS.iter().chain(of_organizations);
        // A service that does not exist is reported by `actions`.
        (action.service.is_none() && !is_pattern(action.prefix))
            || known.any(|service| service.eq_ignore_ascii_case(action.prefix))
    };
    if parts.not_action || !parts.actions.iter().all(is_supported) {
        report.key(
            Code::UseConditionKeyOnlyWithSupportedServices,
            format!(
                "the condition key {} works only with specific AWS services and must be scoped to supported services in \
                 your policies",
                condition.member.key
            ),
            condition.member,
        );
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::PolicyType;
    use crate::tests::{condition, statements};

    const CODES: &[Code] = &[MissingPairedConditionKeys, UseConditionKeyOnlyWithSupportedServices];

    fn check_actions(actions: &str, key: &str, expected: Expect) {
        let statement = format!(
            r#"{{"Effect": "Deny", {actions}, "Resource": "*", "Condition": {{"StringNotEqualsIfExists": {{"{key}": "x"}}}}}}"#
        );
        statements(PolicyType::Identity, CODES, &statement, expected);
    }

    #[test]
    fn addresses_need_a_network() {
        condition(
            CODES,
            r#"{"IpAddress": {"aws:vpcsourceip": "10.0.0.0/8"}}"#,
            expect![[r#"
                MISSING_PAIRED_CONDITION_KEYS <"aws:vpcsourceip">
            "#]],
        );
        condition(
            CODES,
            r#"{"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:SourceVPC": "vpc-12345678"}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn endpoint_owner_keys() {
        for actions in [
            r#""Action": "s3:*""#,
            r#""Action": ["kms:Decrypt", "Lambda:InvokeFunction"]"#,
            r#""Action": "nosuch:Thing""#,
        ] {
            check_actions(actions, "aws:VpceAccount", expect![[""]]);
        }
        for actions in [
            r#""Action": "*""#,
            r#""NotAction": "s3:*""#,
            r#""Action": ["s3:*", "sqs:*"]"#,
            r#""Action": "s*:Get*""#,
        ] {
            check_actions(
                actions,
                "aws:vpceorgpaths",
                expect![[r#"
                    USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES <"aws:vpceorgpaths">
                "#]],
            );
        }
        check_actions(r#""Action": "sqs:*""#, "aws:VpceOrgID", expect![[""]]);
    }
}
