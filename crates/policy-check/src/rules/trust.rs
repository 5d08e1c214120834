//! Who may assume a role.
//!
//! Source: IAM User Guide, "Roles terms and concepts"; IAM Access Analyzer policy check reference.

mod docs;

use iam_policy_core::operator::{Comparison, Operator, Qualifier};
use iam_policy_core::principal::service_name;
use iam_policy_core::variable::{has_unknown, only_unknown};
use iam_policy_core::wildcard::is_pattern;
use iam_policy_core::{Arn, IamArn};
use iam_policy_document::{Element, Numbers, Value};

use crate::Code;
use crate::PolicyType;
use crate::context::{Action, Condition, Context, Effect, Parts};
use crate::finding::{At, Report};
use crate::rules::principals::named;
use crate::rules::tags::has_key;

pub(super) use docs::TOPIC;

/// GitHub's identity provider.
pub(crate) const GITHUB: &str = "token.actions.githubusercontent.com";

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    if !context.is(PolicyType::Trust) {
        return;
    }
    for parts in &context.statements {
        elements(parts, report);
        actions(parts, report);
        session_keys(context, parts, report);
        provider_keys(parts, report);
        roles_anywhere(parts, report);
        audience(parts, report);
        if let Some(member) = parts.element(Element::Principal) {
            let principals = named(member);
            for &(kind, value) in &principals {
                federated(kind, value, report);
            }
            mismatched(parts, &principals, report);
            providers(parts, &principals, report);
            sessions(&principals, report);
        }
    }
}

/// `ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL`, `ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE`,
/// `ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL`: a trust policy names who may assume the role. It does not
/// name the role, since it always applies to its own.
fn elements(parts: &Parts<'_>, report: &mut Report) {
    if let Some(member) = parts.element(Element::NotPrincipal) {
        report.key(
            Code::RoleTrustPolicySyntaxErrorNotPrincipal,
            "role trust policies do not support NotPrincipal; update the policy to use a Principal element instead",
            member,
        );
    }
    for member in [Element::Resource, Element::NotResource]
        .iter()
        .filter_map(|&element| parts.element(element))
    {
        report.key(
            Code::RoleTrustPolicySyntaxErrorResource,
            "role trust policies apply to the role that they are attached to; you cannot specify a resource; remove the \
             Resource or NotResource element",
            member,
        );
    }
    if let Some(member) = parts.element(Element::Principal)
        && member.value.as_str() == Some("*")
        && parts.effect == Some(Effect::Allow)
    {
        report.value(
            Code::RoleTrustPolicyUnsupportedWildcardInPrincipal,
            "\"Principal\": \"*\" is not supported in the principal element of a role trust policy; replace the wildcard with \
             a valid principal value",
            member.value,
        );
    }
}

/// `UNSUPPORTED_ACTION_IN_POLICY`: a trust policy can only have STS actions.
fn actions(parts: &Parts<'_>, report: &mut Report) {
    for action in &parts.actions {
        if action.service.is_some() && !action.prefix.eq_ignore_ascii_case("sts") {
            report.value(
                Code::UnsupportedActionInPolicy,
                format!(
                    "the action `{}` is not supported in the trust policy of a role",
                    action.text
                ),
                action.value,
            );
        }
    }
}

fn allows(parts: &Parts<'_>, name: &str) -> bool {
    parts.actions.iter().any(|action| action.covers(name)) != parts.not_action
}

/// `MISSING_ACTION_FOR_CONDITION_KEY`: setting session tags or a source identity requires an action of its own, in this
/// statement or another.
///
/// Source: IAM User Guide, "Pass session tags in AWS STS", and "Monitor and control actions taken with assumed roles".
fn session_keys(context: &Context<'_>, parts: &Parts<'_>, report: &mut Report) {
    if parts.effect != Some(Effect::Allow) {
        return;
    }
    for condition in &parts.conditions {
        let name = condition.member.key;
        let tags = "aws:RequestTag/";
        let is_tag = name
            .get(..tags.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(tags));
        let action = if is_tag || condition.is("aws:TagKeys") || condition.is("sts:TransitiveTagKeys") {
            "sts:TagSession"
        } else if condition.is("sts:SourceIdentity") {
            "sts:SetSourceIdentity"
        } else {
            continue;
        };
        let allows = |parts: &Parts<'_>| parts.effect == Some(Effect::Allow) && allows(parts, action);
        let is_unknown = context.statements.iter().any(|parts| !parts.unknown_actions.is_empty());
        if !is_unknown && !allows(parts) && !context.statements.iter().any(allows) {
            report.key(
                Code::MissingActionForConditionKey,
                format!(
                    "the {action} action must be in the action block to allow setting values for the condition key {name}; add \
                     {action} to the action block"
                ),
                condition.member,
            );
        }
    }
}

/// `UNSUPPORTED_ACTION_FOR_CONDITION_KEY`: the claims of a web identity provider are known only to actions that take
/// its token, and to those that AWS checks in the same call, such as `sts:TagSession`. Like AWS, this does not check
/// patterns of actions.
///
/// Source: Service Authorization Reference, the condition keys of the actions of STS; Amazon Cognito Developer Guide,
/// "Using attributes for access control policy example", for `sts:TagSession`.
fn provider_keys(parts: &Parts<'_>, report: &mut Report) {
    for condition in &parts.conditions {
        let name = condition.member.key;
        let is_of_provider = name.split_once(':').is_some_and(|(host, _)| host.contains('.'));
        let Some(key) = condition.key.filter(|_| is_of_provider) else {
            continue;
        };
        let unsupported = |action: &&Action<'_>| {
            action.prefix.eq_ignore_ascii_case("sts") && action.known.is_some_and(|known| !has_key(known, key))
        };
        let actions: Vec<_> = parts.actions.iter().filter(unsupported).collect();
        if !actions.is_empty() {
            let names: Vec<_> = actions.iter().map(|action| action.text).collect();
            let places = actions.iter().map(|action| At::Value(action.value));
            report.add(
                Code::UnsupportedActionForConditionKey,
                format!(
                    "the following actions: {} are not supported by the condition key {name}; the condition will not be \
                     evaluated for these actions; we recommend that you move these actions to a different statement without \
                     this condition key",
                    names.join(", ")
                ),
                places.chain([At::Value(condition.member.value)]),
            );
        }
    }
}

/// `MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY`: the service always sets tags and a source identity when it assumes
/// a role.
///
/// Source: IAM Roles Anywhere User Guide, "Trust model".
fn roles_anywhere(parts: &Parts<'_>, report: &mut Report) {
    let service = parts
        .element(Element::Principal)
        .into_iter()
        .flat_map(named)
        .find(|(kind, value)| *kind == "Service" && value.as_str().and_then(service_name) == Some("rolesanywhere"));
    let needed = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"];
    if let Some((_, value)) = service
        && parts.effect == Some(Effect::Allow)
        && parts.unknown_actions.is_empty()
        && !needed.iter().all(|action| allows(parts, action))
    {
        report.value(
            Code::MissingActionForRolesAnywhereTrustPolicy,
            "the rolesanywhere.amazonaws.com service principal requires the sts:AssumeRole, sts:SetSourceIdentity, and \
             sts:TagSession permissions to assume a role; add the missing permissions to the policy",
            value,
        );
    }
}

/// The kind of identity provider that a federated principal names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider<'a> {
    Saml,
    /// The host name, and path, of the provider.
    Oidc(&'a str),
}

pub(crate) fn provider(text: &str) -> Option<Provider<'_>> {
    let Some(arn) = Arn::of_pattern(text) else {
        // Some providers are built into IAM and have no ARN.
        return (text.contains('.') && !text.contains([':', ' ']) && only_unknown(text).is_none())
            .then_some(Provider::Oidc(text));
    };
    match IamArn::of(arn).filter(IamArn::is_complete)? {
        IamArn::SamlProvider { .. } => Some(Provider::Saml),
        IamArn::OidcProvider { issuer } => Some(Provider::Oidc(issuer)),
        _ => None,
    }
}

/// `INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY`: the principal must be a domain name or the ARN of a
/// provider.
fn federated(kind: &str, value: Value<'_>, report: &mut Report) {
    if kind == "Federated"
        && let Some(text) = value.as_str()
        && !is_pattern(text)
        && provider(text).is_none()
        && !has_unknown(text)
    {
        report.value(
            Code::InvalidFederatedPrincipalSyntaxInRoleTrustPolicy,
            "the principal value specifies a federated principal that does not match the expected format; update the \
             federated principal to a domain name or a SAML metadata ARN",
            value,
        );
    }
}

/// `MISMATCHED_ACTION_FOR_PRINCIPAL`: each kind of principal assumes a role with a different action. It is enough if
/// one of the principals matches the action.
fn mismatched(parts: &Parts<'_>, principals: &[(&str, Value<'_>)], report: &mut Report) {
    let any = |wanted: fn(Option<Provider<'_>>) -> bool| {
        principals.iter().any(|(kind, value)| {
            let text = value.as_str();
            let provider = text.and_then(provider);
            let is_unknown = text.is_none() || provider.is_none() && text.is_some_and(has_unknown);
            *kind == "Federated" && wanted(provider) || is_unknown
        })
    };
    let saml = any(|provider| provider == Some(Provider::Saml));
    let oidc = any(|provider| matches!(provider, Some(Provider::Oidc(_))));
    let other = principals.iter().any(|(kind, _)| *kind != "Federated");
    if principals.is_empty() {
        return;
    }
    for action in parts.actions.iter().filter(|action| !action.is_pattern) {
        let suits = match () {
            () if action.covers("sts:AssumeRoleWithSAML") => saml,
            () if action.covers("sts:AssumeRoleWithWebIdentity") => oidc,
            () if action.covers("sts:AssumeRole") => other,
            () => true,
        };
        if !suits {
            let (mut names, mut places) = (Vec::new(), Vec::new());
            // Naming the first few is enough.
            for &(_, value) in principals.iter().take(SHOWN) {
                names.extend(value.as_str());
                places.push(At::Value(value));
            }
            report.add(
                Code::MismatchedActionForPrincipal,
                format!(
                    "the {} action is invalid with the following principal(s): {}; use a SAML provider principal with the \
                     sts:AssumeRoleWithSAML action or use an OIDC provider principal with the sts:AssumeRoleWithWebIdentity \
                     action; ensure the provider is Federated if you use either of the two options",
                    action.text,
                    names.join(", ")
                ),
                [At::Value(action.value)].into_iter().chain(places),
            );
        }
    }
}

/// The maximum number of principals that a finding names.
const SHOWN: usize = 10;

/// `MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL`, `MISSING_GITHUB_REPO_CONDITION_KEY`,
/// `SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED`: a provider issues tokens for all of its users, so a condition must
/// limit which of them may assume the role.
fn providers(parts: &Parts<'_>, principals: &[(&str, Value<'_>)], report: &mut Report) {
    if parts.effect != Some(Effect::Allow) {
        return;
    }
    let names_key = |key| parts.conditions.iter().any(|condition| condition.is(key));
    let names_subject = names_key("token.actions.githubusercontent.com:sub")
        || parts
            .conditions
            .iter()
            .any(|condition| has_unknown(condition.member.key));
    let mut hosts = Numbers::new();
    for (number, condition) in parts.conditions.iter().enumerate() {
        if let Some((host, _)) = condition.member.key.rsplit_once(':') {
            hosts.insert(host.to_ascii_lowercase(), number);
        }
    }
    for &(kind, value) in principals {
        let Some(Provider::Oidc(host)) = value.as_str().filter(|_| kind == "Federated").and_then(provider) else {
            continue;
        };
        if host.eq_ignore_ascii_case(GITHUB) {
            if !names_subject {
                report.value(
                    Code::MissingGithubRepoConditionKey,
                    "granting a federated GitHub principal permissions without a condition key can allow more sources to \
                     assume the role than you intended; add the token.actions.githubusercontent.com:sub condition key and \
                     specify the branch and repository name in the value",
                    value,
                );
            }
        } else if hosts.get(&host.to_ascii_lowercase()).is_none() && !may_name(parts, host) {
            report.value(
                Code::MissingConditionKeyForOidcPrincipal,
                "using an Open ID Connect principal without a condition can be overly permissive; add condition keys with a \
                 prefix that matches your federated OIDC principals to ensure that only the intended identity provider \
                 assumes the role",
                value,
            );
        }
    }
    let names_branch = names_key("token.actions.githubusercontent.com:ref");
    for condition in &parts.conditions {
        if condition.is("token.actions.githubusercontent.com:sub") {
            github_subject(condition, names_branch, report);
        }
    }
}

/// Whether a condition key may begin with the host of a provider. Either may be unknown.
fn may_name(parts: &Parts<'_>, host: &str) -> bool {
    let is_of_provider = |key: &str| key.contains('.') || has_unknown(key);
    parts.conditions.iter().any(|condition| {
        let key = condition.member.key;
        has_unknown(key) || has_unknown(host) && is_of_provider(key)
    })
}

/// Whether a subject such as `repo:owner/name:ref:refs/heads/main` names its repository without wildcards, and also its
/// branch unless another key does.
fn github_subject(condition: &Condition<'_>, names_branch: bool, report: &mut Report) {
    if !condition.operator.is_some_and(Operator::takes_wildcards) {
        return;
    }
    for value in condition.values() {
        let Some(text) = value.as_str().filter(|text| is_pattern(text)) else {
            continue;
        };
        let mut parts = text.split(':');
        let names_repository = parts.next() == Some("repo") && parts.next().is_some_and(|name| !is_pattern(name));
        if !(names_repository && names_branch) {
            report.value(
                Code::SpecificGithubRepoAndBranchRecommended,
                "using a wildcard (*) in token.actions.githubusercontent.com:sub can allow requests from more sources than you \
                 intended; specify the value of token.actions.githubusercontent.com:sub with the repository and branch name, or \
                 the branch in a token.actions.githubusercontent.com:ref condition key",
                value,
            );
        }
    }
}

/// `FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE`, `CONFIRM_AUDIENCE_CLAIM_TYPE`: depending on the provider, tokens have one
/// audience or several.
fn audience(parts: &Parts<'_>, report: &mut Report) {
    for condition in &parts.conditions {
        let Some(operator) = condition
            .operator
            .filter(|operator| matches!(operator.comparison(), Comparison::String(_)))
        else {
            continue;
        };
        if !condition.member.key.to_ascii_lowercase().ends_with(":aud") || operator.qualifier().is_none() {
            continue;
        }
        let single = condition.key.is_some_and(|key| !key.is_multivalued());
        if operator.qualifier() == Some(Qualifier::ForAnyValue) && single {
            report.key(
                Code::ForAnyValueWithAudienceClaimType,
                format!(
                    "using ForAnyValue with the single-valued audience key {} can be overly permissive; remove ForAnyValue:",
                    condition.member.key
                ),
                condition.member,
            );
        } else {
            report.key(
                Code::ConfirmAudienceClaimType,
                "the 'aud' (audience) claim key identifies the recipients that the JSON web token is intended for; audience \
                 claims can be multivalued or single-valued; if the claim is multivalued, use a ForAllValues or ForAnyValue \
                 qualifier; if it is single-valued, do not use a qualifier",
                condition.member,
            );
        }
    }
}

/// `REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY`: a role includes all of its sessions.
fn sessions(principals: &[(&str, Value<'_>)], report: &mut Report) {
    let mut arns = Vec::new();
    for &(kind, value) in principals {
        if kind == "AWS"
            && let Some(arn) = value.as_str().and_then(Arn::of_pattern)
        {
            arns.push((value, arn));
        }
    }
    let key = |arn: Arn<'_>, role: &str| format!("{}/{role}", arn.account);
    let mut roles = Numbers::new();
    for (number, (_, arn)) in arns.iter().enumerate() {
        if let Some(IamArn::Role { name, .. }) = IamArn::of(*arn) {
            roles.insert(key(*arn, name), number);
        }
    }
    for &(value, arn) in &arns {
        // IAM Access Analyzer also recognizes session ARNs with `iam` as the service.
        let service = if arn.service == "iam" { "sts" } else { arn.service };
        let Some(IamArn::Session { role, .. }) = IamArn::of(Arn { service, ..arn }) else {
            continue;
        };
        let parent = roles.get(&key(arn, role));
        if let Some(&(parent, _)) = parent.and_then(|parent| arns.get(parent)) {
            report.add(
                Code::RedundantPrincipalInRoleTrustPolicy,
                format!(
                    "the session {} is redundant with its role {}; remove the session",
                    value.as_str().unwrap_or_default(),
                    parent.as_str().unwrap_or_default()
                ),
                [At::Value(value), At::Value(parent)],
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
        RoleTrustPolicySyntaxErrorNotPrincipal,
        RoleTrustPolicySyntaxErrorResource,
        RoleTrustPolicyUnsupportedWildcardInPrincipal,
        UnsupportedActionInPolicy,
        MissingActionForConditionKey,
        UnsupportedActionForConditionKey,
        MissingActionForRolesAnywhereTrustPolicy,
        InvalidFederatedPrincipalSyntaxInRoleTrustPolicy,
        MismatchedActionForPrincipal,
        MissingConditionKeyForOidcPrincipal,
        MissingGithubRepoConditionKey,
        SpecificGithubRepoAndBranchRecommended,
        ForAnyValueWithAudienceClaimType,
        ConfirmAudienceClaimType,
        RedundantPrincipalInRoleTrustPolicy,
    ];

    fn check(source: &str, expected: Expect) {
        statements(PolicyType::Trust, CODES, source, expected);
    }

    #[test]
    fn elements() {
        check(
            r#"{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": "*", "Action": ["sts:AssumeRole", "s3:GetObject"], "Resource": "*"}"#,
            expect![[r#"
                ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE <"Resource">
                ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL <"*">
                UNSUPPORTED_ACTION_IN_POLICY <"s3:GetObject">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "NotPrincipal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}"#,
            expect![[r#"
                ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL <"NotPrincipal">
            "#]],
        );
    }

    #[test]
    fn keys_of_providers() {
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"], "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:pool"}}}"#,
            expect![""],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": ["sts:AssumeRoleWithWebIdentity", "sts:Tag*"], "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:pool"}}}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/x"}, "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"], "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn keys_of_sessions() {
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:RequestTag/team": "blue", "sts:SourceIdentity": "x"}}}"#,
            expect![[r#"
                MISSING_ACTION_FOR_CONDITION_KEY <"aws:RequestTag/team">
                MISSING_ACTION_FOR_CONDITION_KEY <"sts:SourceIdentity">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"StringEquals": {"aws:RequestTag/team": "blue"}}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn session_tags_as_in_the_guides() {
        // IAM User Guide, "Pass session tags in AWS STS".
        check(
            r#"[{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::123456789012:user/test-session-tags"}, "Condition": {"StringLike": {"aws:RequestTag/Project": "*"}, "StringEquals": {"sts:ExternalId": "Example987"}}}, {"Effect": "Allow", "Action": "sts:TagSession", "Principal": {"AWS": "arn:aws:iam::123456789012:user/test-session-tags"}, "Condition": {"StringEquals": {"aws:RequestTag/Department": ["Engineering", "Marketing"]}, "ForAllValues:StringEquals": {"sts:TransitiveTagKeys": ["Project", "Department"]}}}]"#,
            expect![[""]],
        );
        // Amazon Cognito Developer Guide, "Using attributes for access control policy example".
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"], "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:pool", "aws:RequestTag/department": "legal", "aws:PrincipalTag/team": "blue"}, "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/x"}, "Action": "sts:TagSession", "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}, "StringLike": {"aws:RequestTag/Department": "*"}}}"#,
            expect![[""]],
        );
        // Nobody may set the tag.
        check(
            r#"[{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "123456789012"}, "Condition": {"StringLike": {"aws:RequestTag/Project": "*"}}}, {"Effect": "Deny", "Action": "sts:TagSession", "Principal": {"AWS": "123456789012"}}]"#,
            expect![[r#"
                MISSING_ACTION_FOR_CONDITION_KEY <"aws:RequestTag/Project">
            "#]],
        );
    }

    #[test]
    fn roles_anywhere_needs_three_actions() {
        check(
            r#"{"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": "sts:AssumeRole"}"#,
            expect![[r#"
                MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY <"rolesanywhere.amazonaws.com">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]}"#,
            expect![[""]],
        );
    }

    #[test]
    fn roles_anywhere_in_china() {
        check(
            r#"{"Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com.cn", "rolesanywhere.amazonaws.com.cn"]}, "Action": "sts:AssumeRole"}"#,
            expect![[r#"
                MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY <"rolesanywhere.amazonaws.com.cn">
            "#]],
        );
    }

    #[test]
    fn providers() {
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "nonsense"}, "Action": "sts:AssumeRoleWithSAML"}"#,
            expect![[r#"
                INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY <"nonsense">
                MISMATCHED_ACTION_FOR_PRINCIPAL <"sts:AssumeRoleWithSAML"> <"nonsense">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/x"}, "Action": "sts:AssumeRoleWithWebIdentity"}"#,
            expect![[r#"
                MISMATCHED_ACTION_FOR_PRINCIPAL <"sts:AssumeRoleWithWebIdentity"> <"arn:aws:iam::123456789012:saml-provider/x">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}"#,
            expect![[r#"
                MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL <"accounts.google.com">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"accounts.google.com:aud": "x"}}}"#,
            expect![[""]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRoleWithSAML"}"#,
            expect![[r#"
                MISMATCHED_ACTION_FOR_PRINCIPAL <"sts:AssumeRoleWithSAML"> <"123456789012">
            "#]],
        );
    }

    #[test]
    fn github() {
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}}"#,
            expect![[r#"
                MISSING_GITHUB_REPO_CONDITION_KEY <"arn:aws:iam::123456789012:oidc-provider/token.actions.githu>
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": ["repo:us/*", "repo:us/tool:*"]}}}"#,
            expect![[r#"
                SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED <"repo:us/*">
                SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED <"repo:us/tool:*">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": ["repo:us/*", "repo:us/tool:*"]}, "StringEquals": {"token.actions.githubusercontent.com:ref": "refs/heads/main"}}}"#,
            expect![[r#"
                SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED <"repo:us/*">
            "#]],
        );
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:us/tool:ref:refs/heads/main"}}}"#,
            expect![[""]],
        );
    }

    #[test]
    fn audiences() {
        check(
            r#"{"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"ForAnyValue:StringEquals": {"accounts.google.com:aud": "x"}, "ForAllValues:StringEquals": {"saml:aud": "x"}}}"#,
            expect![[r#"
                FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE <"accounts.google.com:aud">
                CONFIRM_AUDIENCE_CLAIM_TYPE <"saml:aud">
            "#]],
        );
    }

    #[test]
    fn role_sessions() {
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::123456789012:role/team/x", "arn:aws:sts::123456789012:assumed-role/x/me", "arn:aws:sts::123456789012:assumed-role/y/me"]}, "Action": "sts:AssumeRole"}"#,
            expect![[r#"
                REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY <"arn:aws:sts::123456789012:assumed-role/x/me"> <"arn:aws:iam::123456789012:role/team/x">
            "#]],
        );
        // AWS's own example.
        check(
            r#"{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::123456789012:role/x", "arn:aws:iam::123456789012:assumed-role/x/me"]}, "Action": "sts:AssumeRole"}"#,
            expect![[r#"
                REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY <"arn:aws:iam::123456789012:assumed-role/x/me"> <"arn:aws:iam::123456789012:role/x">
            "#]],
        );
    }
}
