//! Elements and values that service control policies and resource control policies cannot have.

mod docs;

use iam_policy_core::operator::Comparison;
use iam_policy_core::variable::only_unknown;
use iam_policy_document::{Element, Value};

use crate::Code;
use crate::PolicyType;
use crate::context::{Context, Effect, Parts, Resource};
use crate::finding::Report;

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for parts in &context.statements {
        match context.options.policy_type {
            PolicyType::ServiceControl => service_control(parts, report),
            PolicyType::ResourceControl => {
                resource_control(parts, report);
                rcp_actions(context, parts, report);
                rcp_conditions(parts, report);
            }
            _ => {}
        }
    }
}

/// `SCP_SYNTAX_ERROR_PRINCIPAL`: a service control policy applies to every principal of its accounts, so it names none.
/// Since September 2025 it can have every other element and value of the policy language; the codes with which IAM
/// Access Analyzer enforces the language of before are obsolete.
///
/// Source: AWS Organizations User Guide, "SCP syntax".
fn service_control(parts: &Parts<'_>, report: &mut Report) {
    for member in [Element::Principal, Element::NotPrincipal]
        .iter()
        .filter_map(|&element| parts.element(element))
    {
        report.key(
            Code::ScpSyntaxErrorPrincipal,
            "SCPs do not support specifying principals; remove the Principal or NotPrincipal element",
            member,
        );
    }
}

/// `RCP_SYNTAX_ERROR_PRINCIPAL`, `RCP_SYNTAX_ERROR_NOTACTION`, `RCP_SYNTAX_ERROR_ALLOW`: a resource control policy
/// applies to every principal and has no `NotAction`. Only AWS's own can allow.
///
/// Source: AWS Organizations User Guide, "RCP syntax".
fn resource_control(parts: &Parts<'_>, report: &mut Report) {
    let everyone = |value: Value<'_>| {
        value
            .as_str()
            .is_some_and(|text| text == "*" || only_unknown(text).is_some())
    };
    let principal = parts.element(Element::Principal);
    if let Some(member) = parts.element(Element::NotPrincipal) {
        report.key(
            Code::RcpSyntaxErrorPrincipal,
            "RCPs only support \"*\" in the Principal element; NotPrincipal is not supported",
            member,
        );
    }
    if let Some(member) = principal.filter(|member| !everyone(member.value)) {
        report.value(
            Code::RcpSyntaxErrorPrincipal,
            "RCPs only support \"*\" in the Principal element",
            member.value,
        );
    }
    if let Some(member) = parts.element(Element::NotAction) {
        report.key(Code::RcpSyntaxErrorNotAction, "RCPs do not support NotAction", member);
    }
    if parts.effect == Some(Effect::Allow) {
        let full = principal.is_some_and(|member| everyone(member.value))
            && !parts.not_resource
            && parts.resources.iter().all(Resource::is_everything)
            && parts.conditions.is_empty();
        if !full {
            report.value(
                Code::RcpSyntaxErrorAllow,
                "RCPs support the effect Allow only with \"*\" as Principal and Resource and without conditions",
                parts.statement.0,
            );
        }
    }
}

/// `RCP_SYNTAX_ERROR_ACTION`: resource control policies support only some services, and each action of a Deny must name
/// one.
///
/// Source: AWS Organizations User Guide, "List of AWS services that support RCPs". The catalog has the list.
fn rcp_actions(context: &Context<'_>, parts: &Parts<'_>, report: &mut Report) {
    for action in &parts.actions {
        let supported = match action.service {
            Some(service) => service.supports_resource_control_policies(),
            // A service that does not exist is reported by `actions`.
            None => !action.is_everything() || parts.effect == Some(Effect::Allow),
        };
        if !supported {
            let mut names = Vec::new();
            for service in context.catalog.services() {
                if service.supports_resource_control_policies() {
                    names.push(service.prefix());
                }
            }
            report.value(
                Code::RcpSyntaxErrorAction,
                format!("RCPs only support actions of these services: {}", names.join(", ")),
                action.value,
            );
        }
    }
}

/// Keys that describe the caller. Requests by AWS services do not have them, or have other values than expected.
///
/// Source: IAM User Guide, "AWS global condition context keys", "Properties of the principal".
const PRINCIPAL_KEYS: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalTag/",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
];

/// Keys that describe the source for which an AWS service makes a request. No other requests have them.
const SOURCE_KEYS: &[&str] = &[
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
];

/// `RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY`, `RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY`,
/// `RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK`: a Deny for outside callers must exempt AWS services, and a Deny by
/// the source of a service's request must exempt requests that have no source.
///
/// Source: IAM Access Analyzer policy check reference; AWS Organizations User Guide, "RCP examples".
fn rcp_conditions(parts: &Parts<'_>, report: &mut Report) {
    if parts.effect != Some(Effect::Deny) {
        return;
    }
    // A key that ends in a slash covers all keys that start with it.
    let names = |name: &str, key: &str| match name.get(..key.len()) {
        Some(start) if key.ends_with('/') => start.eq_ignore_ascii_case(key),
        _ => name.eq_ignore_ascii_case(key),
    };
    // Conditions that compare the key with values, so not `Null`.
    let compared = |keys: &[&str]| {
        parts
            .conditions
            .iter()
            .find(|condition| {
                condition
                    .operator
                    .is_some_and(|operator| operator.comparison() != Comparison::Null)
                    && keys.iter().any(|key| names(condition.member.key, key))
            })
            .copied()
    };
    let is_set = |key: &str, text: &str, operator: &str| {
        parts.conditions.iter().any(|condition| {
            condition.is(key)
                && condition.operator_member.key.eq_ignore_ascii_case(operator)
                && condition
                    .values()
                    .any(|value| value.as_text().is_some_and(|own| own.eq_ignore_ascii_case(text)))
        })
    };
    let service = "aws:PrincipalIsAWSService";
    if let Some(condition) = compared(PRINCIPAL_KEYS)
        && !is_set(service, "false", "BoolIfExists")
    {
        report.key(
            Code::RcpMissingRelatedPrincipalConditionKey,
            format!(
                "add BoolIfExists aws:PrincipalIsAWSService false when {} is used in an RCP",
                condition.member.key
            ),
            condition.member,
        );
    }
    if let Some(condition) = compared(SOURCE_KEYS) {
        if !is_set(service, "true", "Bool") && !is_set(service, "true", "BoolIfExists") {
            report.key(
                Code::RcpMissingRelatedServicePrincipalConditionKey,
                format!(
                    "add BoolIfExists aws:PrincipalIsAWSService true when {} is used in an RCP",
                    condition.member.key
                ),
                condition.member,
            );
        }
        if !is_set("aws:SourceAccount", "false", "Null") && !is_set("aws:SourceArn", "false", "Null") {
            report.key(
                Code::RcpMissingServiceConditionKeyNullCheck,
                format!(
                    "add Null aws:SourceAccount false or Null aws:SourceArn false when {} is used in an RCP",
                    condition.member.key
                ),
                condition.member,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::tests::statements;
    const CODES: &[Code] = &[
        ScpSyntaxErrorPrincipal,
        RcpSyntaxErrorAction,
        RcpSyntaxErrorAllow,
        RcpSyntaxErrorNotAction,
        RcpSyntaxErrorPrincipal,
        RcpMissingRelatedPrincipalConditionKey,
        RcpMissingRelatedServicePrincipalConditionKey,
        RcpMissingServiceConditionKeyNullCheck,
    ];

    fn check_scp(source: &str, expected: Expect) {
        statements(PolicyType::ServiceControl, CODES, source, expected);
    }

    fn check_rcp(source: &str, expected: Expect) {
        statements(PolicyType::ResourceControl, CODES, source, expected);
    }

    #[test]
    fn service_control() {
        check_scp(
            r#"[{"Effect": "Allow", "Action": ["*", "s3:Get*"], "Resource": "*"}, {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}, {"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*"}]"#,
            expect![[r#"
                SCP_SYNTAX_ERROR_PRINCIPAL <"Principal">
                SCP_SYNTAX_ERROR_PRINCIPAL <"NotPrincipal">
            "#]],
        );
    }

    /// AWS Organizations accepts these since September 2025.
    #[test]
    fn service_control_policies_have_the_whole_language() {
        for statement in [
            r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::reports*"}"#,
            r#"{"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}"#,
            r#"{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::secret*"}"#,
            r#"{"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::public/*"}"#,
            r#"{"Effect": "Deny", "Action": ["s3:*Bucket", "ec2:Create?ags", "*:Delete*"], "Resource": "*"}"#,
            r#"{"Effect": "Deny", "NotAction": "s3:*", "Resource": "arn:aws:s3:::x"}"#,
        ] {
            check_scp(statement, expect![[""]]);
        }
    }

    #[test]
    fn resource_control() {
        check_rcp(
            r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#,
            expect![[""]],
        );
        check_rcp(
            r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#,
            expect![[""]],
        );
        check_rcp(
            r#"{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "arn:aws:s3:::x"}"#,
            expect![[r#"
                RCP_SYNTAX_ERROR_PRINCIPAL <{"AWS": "*"}>
                RCP_SYNTAX_ERROR_ALLOW <{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3>
            "#]],
        );
        check_rcp(
            r#"{"Effect": "Deny", "NotPrincipal": "*", "NotAction": "s3:*", "Resource": "*"}"#,
            expect![[r#"
                RCP_SYNTAX_ERROR_PRINCIPAL <"NotPrincipal">
                RCP_SYNTAX_ERROR_NOTACTION <"NotAction">
            "#]],
        );
    }

    #[test]
    fn resource_control_supported_services() {
        check_rcp(
            r#"{"Effect": "Deny", "Principal": "*", "Action": ["ec2:*", "*", "sts:AssumeRole"], "Resource": "*"}"#,
            expect![[r#"
                RCP_SYNTAX_ERROR_ACTION <"ec2:*">
                RCP_SYNTAX_ERROR_ACTION <"*">
            "#]],
        );
    }

    #[test]
    fn resource_control_service_principals() {
        check_rcp(
            r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-x"}}}"#,
            expect![[r#"
                RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY <"aws:PrincipalOrgID">
            "#]],
        );
        check_rcp(
            r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-x"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}"#,
            expect![[""]],
        );
        check_rcp(
            r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-x"}}}"#,
            expect![[r#"
                RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY <"aws:SourceOrgID">
                RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK <"aws:SourceOrgID">
            "#]],
        );
        check_rcp(
            r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-x"}, "Bool": {"aws:PrincipalIsAWSService": "true"}, "Null": {"aws:SourceAccount": "false"}}}"#,
            expect![[""]],
        );
        check_rcp(
            r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:principaltag/exempt": "true"}}}"#,
            expect![[r#"
                RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY <"aws:principaltag/exempt">
            "#]],
        );
        check_rcp(
            r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-x/*"}}}"#,
            expect![[r#"
                RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY <"aws:PrincipalOrgPaths">
            "#]],
        );
        check_rcp(
            r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:PrincipalOrgID": "true"}}}"#,
            expect![[""]],
        );
    }
}
