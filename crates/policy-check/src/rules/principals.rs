//! Who a statement applies to.
//!
//! Source: IAM User Guide, "AWS JSON policy elements: Principal".

mod docs;

use iam_policy_core::operator::Comparison;
use iam_policy_core::principal::service_name;
use iam_policy_core::text::is_account;
use iam_policy_core::variable::{self, has_unknown};
use iam_policy_core::wildcard::is_pattern;
use iam_policy_core::{Arn, IamArn, PrincipalKey, UniqueId};
use iam_policy_document::{Element, Member, Value};

use crate::Code;
use crate::PolicyType;
use crate::context::{Context, Effect, Parts};
use crate::finding::{Hint, Report};
use crate::rules::values::bad_service_principal;

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    for parts in &context.statements {
        presence(context, parts, report);
        if !context.options.policy_type.has_principals() {
            continue;
        }
        for element in [Element::Principal, Element::NotPrincipal] {
            if let Some(member) = parts.element(element) {
                format(member, report);
                for (kind, value) in named(member) {
                    principal(context, kind, value, report);
                }
            }
        }
        not_principal(context, parts, report);
        if context.is(PolicyType::Resource) {
            service_principals(parts, report);
        }
    }
}

/// The principals in an element, each with its kind, such as `AWS`.
pub(crate) fn named(member: Member<'_>) -> Vec<(&str, Value<'_>)> {
    let mut named = Vec::new();
    for kind in member.value.members() {
        for value in kind.value.one_or_many() {
            named.push((kind.key, value));
        }
    }
    named
}

/// `UNSUPPORTED_PRINCIPAL`, `MISSING_PRINCIPAL`: an identity policy applies to its identity, and a resource policy must
/// name its principals. Service control policies have a code of their own.
fn presence(context: &Context<'_>, parts: &Parts<'_>, report: &mut Report) {
    if !parts.statement.0.is_object() {
        return;
    }
    let elements = [Element::Principal, Element::NotPrincipal].map(|element| parts.element(element));
    if context.is(PolicyType::Identity) {
        for member in elements.into_iter().flatten() {
            report.key(
                Code::UnsupportedPrincipal,
                format!(
                    "the policy type identity policy does not support the {} element; remove the {} element",
                    member.key, member.key
                ),
                member,
            );
        }
    } else if context.options.policy_type.has_principals() && elements.iter().all(Option::is_none) {
        report.value(
            Code::MissingPrincipal,
            "add a Principal element to the policy statement",
            parts.statement.0,
        );
    }
}

/// `INVALID_PRINCIPAL_FORMAT`, `INVALID_PRINCIPAL_KEY`, `EMPTY_OBJECT_PRINCIPAL`, `EMPTY_ARRAY_PRINCIPAL`,
/// `DATA_TYPE_MISMATCH`: the element must be `"*"`, or an object of kinds, each with one or more principals.
fn format(member: Member<'_>, report: &mut Report) {
    let empty = "this statement includes no principals and does not affect the policy; specify principals";
    let value = member.value;
    if !value.is_object() {
        if value.as_str() != Some("*") && !value.as_str().is_some_and(has_unknown) {
            report.value(
                Code::InvalidPrincipalFormat,
                "the Principal element contents are not valid; specify a key-value pair in the Principal element",
                value,
            );
        }
        return;
    }
    if value.members().next().is_none() {
        report.value(Code::EmptyObjectPrincipal, empty, value);
    }
    for kind in value.members() {
        if PrincipalKey::from_name(kind.key).is_none() && !has_unknown(kind.key) {
            let details = format!("the principal key `{}` is not valid", kind.key);
            report.key(Code::InvalidPrincipalKey, details, kind).hint =
                Hint::nearest(kind.key, PrincipalKey::ALL.map(PrincipalKey::name));
        }
        if kind.value.is_array() && kind.value.items().next().is_none() {
            report.value(Code::EmptyArrayPrincipal, empty, kind.value);
        }
        for item in kind.value.one_or_many().filter(|item| item.as_str().is_none()) {
            report.value(
                Code::DataTypeMismatch,
                "the text does not match the expected JSON data type string or array of strings",
                item,
            );
        }
    }
}

/// `UNSUPPORTED_WILDCARD_IN_PRINCIPAL`, `INVALID_SERVICE_PRINCIPAL_FORMAT`, `INVALID_ROLE_REFERENCE`,
/// `INVALID_USER_REFERENCE`, `FEDERATED_PRINCIPAL_NOT_SUPPORTED`: the form of each kind of principal. When a role or
/// user is deleted, IAM replaces its ARN with its unique ID, which then matches no one.
fn principal(context: &Context<'_>, kind: &str, value: Value<'_>, report: &mut Report) {
    // An unknown kind is reported by `format`.
    let (Some(key), Some(text)) = (PrincipalKey::from_name(kind), value.as_str()) else {
        return;
    };
    let everyone = text == "*";
    if is_pattern(text) && !(everyone && key == PrincipalKey::Aws) {
        report.value(
            Code::UnsupportedWildcardInPrincipal,
            format!(
                "wildcards (*, ?) are not supported with the principal key {kind}; replace the wildcard with a valid principal \
                 value"
            ),
            value,
        );
        return;
    }
    let unique_id = UniqueId::of(text);
    match key {
        PrincipalKey::Service if service_name(text).is_none() && !has_unknown(text) => {
            bad_service_principal("service", value, report);
        }
        PrincipalKey::Aws if unique_id == Some(UniqueId::Role) => {
            report.value(
                Code::InvalidRoleReference,
                format!(
                    "the Principal element includes the IAM role ID {text}; we recommend that you use a role ARN instead"
                ),
                value,
            );
        }
        PrincipalKey::Aws if unique_id == Some(UniqueId::User) => {
            report.value(
                Code::InvalidUserReference,
                format!(
                    "the Principal element includes the IAM user ID {text}; we recommend that you use a user ARN instead"
                ),
                value,
            );
        }
        PrincipalKey::Aws if unique_id.is_none() && !everyone && (!variable::is_in(text) || has_unknown(text)) => {
            if let Some(why) = why_invalid(text) {
                let details = format!("invalid principal `{text}`: {why}");
                report.value(Code::InvalidPrincipal, details, value);
            }
        }
        PrincipalKey::Federated if context.is(PolicyType::Resource) => {
            report.value(
                Code::FederatedPrincipalNotSupported,
                "the policy type does not support a federated identity provider in the principal element; use a supported \
                 principal",
                value,
            );
        }
        _ => {}
    }
}

/// `INVALID_PRINCIPAL`, which AWS reports only when a policy is stored: why a text is not an account or one of its
/// users, roles and sessions. `None` if it is one.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal"; Amazon CloudFront Developer Guide, "Restrict access
/// to an Amazon S3 origin", for the account of its users.
fn why_invalid(text: &str) -> Option<String> {
    let Some(arn) = Arn::of_pattern(text) else {
        let is_open = is_account(text) || has_unknown(text);
        return (!is_open).then(|| "it is neither an account ID nor an ARN".to_owned());
    };
    if [arn.service, arn.region, arn.resource].into_iter().any(has_unknown) {
        // Only the known parts of names could be looked at.
        return None;
    }
    let why = match IamArn::of(arn) {
        Some(IamArn::Group { .. }) => "groups cannot be principals; specify users, or a role that they can assume",
        Some(IamArn::SamlProvider { .. } | IamArn::OidcProvider { .. }) => {
            "identity providers must be listed under `Federated`"
        }
        _ if !arn.region.is_empty() => "the ARN of a principal cannot have a Region",
        _ if !is_account(arn.account) && arn.account != "cloudfront" && !has_unknown(arn.account) => {
            "an account ID must have 12 digits"
        }
        Some(IamArn::Session { session: "", .. }) => {
            let form = IamArn::Session {
                role: "ROLE",
                session: "SESSION",
            };
            return Some(format!("the ARN of a session must end in `{form}`"));
        }
        Some(kind) if kind.is_complete() && kind != IamArn::RootSession => return None,
        _ => "it must be an account, user, role or session",
    };
    Some(why.to_owned())
}

/// `ALLOW_WITH_NOT_PRINCIPAL`: everyone except the named principals is allowed, including anonymous callers.
fn not_principal(context: &Context<'_>, parts: &Parts<'_>, report: &mut Report) {
    if parts.effect == Some(Effect::Allow)
        && !context.is(PolicyType::Trust)
        && let Some(member) = parts.element(Element::NotPrincipal)
    {
        report.key(
            Code::AllowWithNotPrincipal,
            "using Allow with NotPrincipal can be overly permissive; we recommend that you use Principal instead",
            member,
        );
    }
}

/// Keys that identify the source for which a service makes a request.
const SOURCE_KEYS: &[&str] = &[
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];

/// Keys that are often mistaken for these.
const OTHER_KEYS: &[&str] = &["aws:Referer", "aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce"];

/// Keys that describe a principal of an account. A service is not one.
const ACCOUNT_KEYS: &[&str] = &[
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
];

/// `RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL`, `RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL`,
/// `UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL`: anyone can cause a service to act, so the policy should limit on
/// whose behalf it may.
///
/// Source: IAM User Guide, "The confused deputy problem".
fn service_principals(parts: &Parts<'_>, report: &mut Report) {
    let Some(member) = parts.element(Element::Principal) else {
        return;
    };
    let mut services = named(member);
    services.retain(|(kind, _)| *kind == "Service");
    let Some(&(_, first)) = services.first().filter(|_| parts.effect == Some(Effect::Allow)) else {
        return;
    };
    let (mut unsupported, mut names) = (None, Vec::new());
    for condition in &parts.conditions {
        if condition.is_any(ACCOUNT_KEYS) {
            unsupported = unsupported.or(Some(condition));
            names.push(condition.member.key);
        }
    }
    if let Some(condition) = unsupported {
        report.key(
            Code::UnsupportedConditionKeyForServicePrincipal,
            format!(
                "the following condition keys are not supported when used with the service principal: {}",
                names.join(", ")
            ),
            condition.member,
        );
    }
    let limited = parts.conditions.iter().any(|condition| {
        condition.is_any(SOURCE_KEYS)
            && condition
                .operator
                .is_some_and(|operator| !operator.is_negated() && operator.comparison() != Comparison::Null)
    });
    if limited {
        return;
    }
    let other = parts.conditions.iter().find(|condition| condition.is_any(OTHER_KEYS));
    if let Some(condition) = other {
        let prefix = first
            .as_str()
            .and_then(|text| text.split('.').next())
            .unwrap_or_default();
        report.key(
            Code::RecommendedConditionKeyForServicePrincipal,
            format!(
                "to restrict access to the service principal {prefix} operating on your behalf, we recommend {} instead of {}",
                SOURCE_KEYS.join(", "),
                condition.member.key
            ),
            condition.member,
        );
    } else {
        report.value(
            Code::RestrictAccessToServicePrincipal,
            format!(
                "granting access to a service principal without specifying a source is overly permissive; use one of the \
                 condition keys {} to grant fine-grained access",
                SOURCE_KEYS.join(", ")
            ),
            first,
        );
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::Code::*;
    use crate::Options;
    use crate::tests::statements;
    const CODES: &[Code] = &[
        UnsupportedPrincipal,
        MissingPrincipal,
        InvalidPrincipalFormat,
        InvalidPrincipalKey,
        InvalidPrincipal,
        EmptyObjectPrincipal,
        EmptyArrayPrincipal,
        DataTypeMismatch,
        UnsupportedWildcardInPrincipal,
        InvalidServicePrincipalFormat,
        InvalidRoleReference,
        InvalidUserReference,
        FederatedPrincipalNotSupported,
        AllowWithNotPrincipal,
        RestrictAccessToServicePrincipal,
        RecommendedConditionKeyForServicePrincipal,
        UnsupportedConditionKeyForServicePrincipal,
    ];

    fn check(principal: &str, expected: Expect) {
        let statement = format!(r#"{{"Effect": "Allow", {principal} "Action": "sqs:SendMessage", "Resource": "*"}}"#);
        statements(PolicyType::Resource, CODES, &statement, expected);
    }

    #[test]
    fn account_user_role_and_session_arns() {
        for good in [
            "*",
            "123456789012",
            "arn:aws:iam::123456789012:root",
            "arn:aws-cn:iam::123456789012:user/team/ann",
            "arn:aws:iam::123456789012:role/aws-service-role/x.amazonaws.com/X",
            "arn:aws:sts::123456789012:assumed-role/render/ann@example.com",
            "arn:aws:sts::123456789012:federated-user/ann",
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
        ] {
            assert_eq!(check_text(good), "", "{good}");
        }
        for (bad, why) in [
            ("ann", "it is neither an account ID nor an ARN"),
            ("12345678901", "it is neither an account ID nor an ARN"),
            ("arn:aws:iam::12345:role/x", "an account ID must have 12 digits"),
            (
                "arn:aws:iam:eu-west-1:123456789012:role/x",
                "the ARN of a principal cannot have a Region",
            ),
            (
                "arn:aws:iam::123456789012:group/admins",
                "groups cannot be principals; specify users, or a role that they can assume",
            ),
            (
                "arn:aws:iam::123456789012:saml-provider/x",
                "identity providers must be listed under `Federated`",
            ),
            (
                "arn:aws:sts::123456789012:assumed-role/render",
                "the ARN of a session must end in `assumed-role/ROLE/SESSION`",
            ),
            (
                "arn:aws:iam::123456789012:roles/x",
                "it must be an account, user, role or session",
            ),
            (
                "arn:aws:iam::123456789012:role/",
                "it must be an account, user, role or session",
            ),
        ] {
            assert_eq!(
                check_text(bad),
                format!("error[INVALID_PRINCIPAL]: invalid principal `{bad}`: {why}")
            );
        }
    }

    /// The findings on a trust policy for one principal.
    fn check_text(principal: &str) -> String {
        let source = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "sts:AssumeRole"}}}}"#
        );
        let options = Options::DEFAULT.policy_type(PolicyType::Trust);
        let findings = crate::check(&iam_policy_document::json::read(source.as_bytes()).document, &options);
        let findings: Vec<_> = findings.iter().map(ToString::to_string).collect();
        findings.join("\n")
    }

    #[test]
    fn forms() {
        check(
            r#""#,
            expect![[r#"
            MISSING_PRINCIPAL <{"Effect": "Allow",  "Action": "sqs:SendMessage", "Resource">
        "#]],
        );
        check(r#""Principal": "*","#, expect![[""]]);
        check(
            r#""Principal": "someone","#,
            expect![[r#"
            INVALID_PRINCIPAL_FORMAT <"someone">
        "#]],
        );
        check(
            r#""Principal": {"Aws": "*", "AWS": []},"#,
            expect![[r#"
                INVALID_PRINCIPAL_KEY <"Aws">
                  did you mean `AWS`?
                EMPTY_ARRAY_PRINCIPAL <[]>
            "#]],
        );
        check(
            r#""Principal": {},"#,
            expect![[r#"
            EMPTY_OBJECT_PRINCIPAL <{}>
        "#]],
        );
        check(
            r#""Principal": {"AWS": [5, "123456789012"]},"#,
            expect![[r#"
            DATA_TYPE_MISMATCH <5>
        "#]],
        );
    }

    #[test]
    fn kinds() {
        check(
            r#""Principal": {"AWS": ["*", "arn:aws:iam::123456789012:role/*"], "CanonicalUser": "*"},"#,
            expect![[r#"
                UNSUPPORTED_WILDCARD_IN_PRINCIPAL <"arn:aws:iam::123456789012:role/*">
                UNSUPPORTED_WILDCARD_IN_PRINCIPAL <"*">
            "#]],
        );
        check(
            r#""Principal": {"AWS": ["AROAEXAMPLEEXAMPLE1", "AIDAEXAMPLEEXAMPLE1", "arn:aws:iam::123456789012:root"]},"#,
            expect![[r#"
                INVALID_ROLE_REFERENCE <"AROAEXAMPLEEXAMPLE1">
                INVALID_USER_REFERENCE <"AIDAEXAMPLEEXAMPLE1">
            "#]],
        );
        check(
            r#""Principal": {"Federated": "cognito-identity.amazonaws.com"},"#,
            expect![[r#"
                FEDERATED_PRINCIPAL_NOT_SUPPORTED <"cognito-identity.amazonaws.com">
            "#]],
        );
    }

    #[test]
    fn services() {
        check(
            r#""Principal": {"Service": ["sns", "SNS.amazonaws.com"]}, "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},"#,
            expect![[r#"
                INVALID_SERVICE_PRINCIPAL_FORMAT <"sns">
                INVALID_SERVICE_PRINCIPAL_FORMAT <"SNS.amazonaws.com">
            "#]],
        );
        check(
            r#""Principal": {"Service": ["sns.amazonaws.com", "delivery.logs.amazonaws.com"]}, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:x"}},"#,
            expect![[""]],
        );
        check(
            r#""Principal": {"Service": "sns.amazonaws.com"},"#,
            expect![[r#"
            RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL <"sns.amazonaws.com">
        "#]],
        );
        check(
            r#""Principal": {"Service": "sns.amazonaws.com"}, "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-12345678"}},"#,
            expect![[r#"
                RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL <"aws:SourceVpc">
            "#]],
        );
        check(
            r#""Principal": {"Service": "ec2.amazonaws.com.cn"}, "Condition": {"StringLike": {"aws:Referer": "x"}},"#,
            expect![[r#"
                RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL <"aws:Referer">
            "#]],
        );
        check(
            r#""Principal": {"Service": "sns.amazonaws.com"}, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-x", "aws:SourceOrgID": "o-x"}},"#,
            expect![[r#"
                UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL <"aws:PrincipalOrgID">
            "#]],
        );
    }

    #[test]
    fn allow_with_not_principal() {
        check(
            r#""NotPrincipal": {"AWS": "123456789012"},"#,
            expect![[r#"
            ALLOW_WITH_NOT_PRINCIPAL <"NotPrincipal">
        "#]],
        );
    }

    #[test]
    fn identities_are_their_own_principals() {
        let statement = r#"{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}"#;
        statements(
            PolicyType::Identity,
            CODES,
            statement,
            expect![[r#"
            UNSUPPORTED_PRINCIPAL <"Principal">
        "#]],
        );
    }
}
