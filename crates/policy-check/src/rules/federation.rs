//! Who can get the session that a statement is about: services, and the users of identity providers.
//!
//! Sources: IAM User Guide, "Create a role for OpenID Connect federation", "AWS global condition context keys" and "IAM and
//! AWS STS condition context keys"; the documentation of each provider for the form of its subjects.

mod docs;

use iam_policy_catalog::{SERVICE_PRINCIPALS_DATE, may_be_service_principal, suggest_service_principal};
use iam_policy_core::operator::{Comparison, Qualifier};
use iam_policy_core::principal::{account, service_name};
use iam_policy_core::variable::has_unknown;
use iam_policy_core::wildcard::{is_everything, is_pattern};
use iam_policy_core::{Arn, GlobalKey, IamArn, Presence, PrincipalKey, PrincipalKind};
use iam_policy_document::{Element, Severity, Value};

use crate::Code;
use crate::PolicyType;
use crate::context::{Condition, Context, Effect, Parts};
use crate::finding::{Hint, Report};
use crate::region::is_region;
use crate::rules::principals::named;
use crate::rules::trust::{GITHUB, Provider, provider};

pub(super) use docs::TOPIC;

pub(crate) fn check(context: &Context<'_>, report: &mut Report) {
    if !context.options.policy_type.has_principals() {
        return;
    }
    for parts in &context.statements {
        for element in [Element::Principal, Element::NotPrincipal] {
            for (_, value) in parts
                .element(element)
                .into_iter()
                .flat_map(named)
                .filter(|(kind, _)| *kind == "Service")
            {
                unknown_service(value, report);
            }
        }
        let Some(member) = parts.element(Element::Principal) else {
            continue;
        };
        let principals = named(member);
        absent_keys(context, parts, &principals, report);
        if context.is(PolicyType::Trust) && parts.effect == Some(Effect::Allow) {
            for &(kind, value) in &principals {
                if kind == "Federated"
                    && let Some(Provider::Oidc(host)) = value.as_str().and_then(provider)
                {
                    oidc(host, value, parts, report);
                }
            }
        }
    }
}

/// `UNKNOWN_SERVICE_PRINCIPAL`
fn unknown_service(value: Value<'_>, report: &mut Report) {
    let Some(name) = value.as_str().and_then(service_name) else {
        return;
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in name.split('.') {
        if !is_region(part) {
            parts.push(part);
        }
    }
    if may_be_service_principal(&parts.join(".")) {
        return;
    }
    let text = value.as_str().unwrap_or_default();
    let meant = suggest_service_principal(text);
    let finding = report.value(
        Code::UnknownServicePrincipal,
        format!("the service principal `{text}` is not known"),
        value,
    );
    finding.note(format!(
        "the list of service principals is of {SERVICE_PRINCIPALS_DATE}; AWS publishes no complete one"
    ));
    match meant {
        Some(meant) => finding.hint = Hint::Meant(meant),
        None => finding.set_severity(Severity::Suggestion),
    }
}

/// An OIDC provider that issues tokens to everybody who has an account there, so that only the subject says whose they are.
struct Shared {
    host: &'static str,
    /// What a subject begins with, before the name of its owner.
    prefix: &'static str,
    /// The character after the owner.
    end: char,
    owners: &'static str,
}

/// Sources: GitHub Docs, "OpenID Connect reference"; GitLab Docs, "OpenID Connect (OIDC) Authentication Using ID Tokens";
/// HCP Terraform documentation, "Workload identity tokens"; Buildkite documentation, "OIDC with Buildkite"; Vercel
/// documentation, "OIDC reference".
const SHARED: &[Shared] = &[
    Shared {
        host: GITHUB,
        prefix: "repo:",
        end: '/',
        owners: "repositories of every owner on GitHub",
    },
    Shared {
        host: "gitlab.com",
        prefix: "project_path:",
        end: '/',
        owners: "projects of every group on GitLab",
    },
    Shared {
        host: "app.terraform.io",
        prefix: "organization:",
        end: ':',
        owners: "workspaces of every organization",
    },
    Shared {
        host: "agent.buildkite.com",
        prefix: "organization:",
        end: ':',
        owners: "pipelines of every organization",
    },
    Shared {
        host: "oidc.vercel.com",
        prefix: "owner:",
        end: ':',
        owners: "projects of every team",
    },
];

/// The claims of a provider that identify who its tokens are for, and who they are about.
fn oidc(host: &str, value: Value<'_>, parts: &Parts<'_>, report: &mut Report) {
    let limits = |claims: &[&str]| {
        parts.conditions.iter().any(|condition| {
            let claim = condition
                .member
                .key
                .rsplit_once(':')
                .filter(|(of, _)| of.eq_ignore_ascii_case(host));
            claim.is_some_and(|(_, claim)| claims.iter().any(|one| one.eq_ignore_ascii_case(claim)))
                && is_required(condition)
        })
    };
    let names_host = parts.conditions.iter().any(|condition| {
        condition
            .member
            .key
            .rsplit_once(':')
            .is_some_and(|(of, _)| of.eq_ignore_ascii_case(host))
    });
    let shared = SHARED.iter().find(|shared| shared.host.eq_ignore_ascii_case(host));
    // Without any condition on the provider's keys, there is a finding for that.
    if names_host && !limits(&["aud", "app_id", "client_id", "oaud", "azp"]) {
        report
            .value(
                Code::MissingAudienceCondition,
                format!("no condition limits `{host}:aud`, the audience that the token was issued for"),
                value,
            )
            .hint = Hint::Advice(match shared {
            Some(shared) if shared.host == GITHUB => {
                format!("require `\"StringEquals\": {{\"{host}:aud\": \"sts.amazonaws.com\"}}`")
            }
            _ => format!("require the audience with `StringEquals` on `{host}:aud`"),
        });
    }
    let is_cluster = host.starts_with("oidc.eks.");
    // GitHub has a code of AWS's for a missing subject.
    if names_host
        && (shared.is_some_and(|shared| shared.host != GITHUB) || is_cluster)
        && !limits(&[
            "sub",
            "project_path",
            "namespace_path",
            "terraform_organization_id",
            "organization_slug",
            "owner_id",
        ])
    {
        let who = shared.map_or("every pod of the cluster", |shared| shared.owners);
        let finding = report.value(
            Code::MissingSubjectCondition,
            format!("no condition limits `{host}:sub`, so this includes {who}"),
            value,
        );
        finding.hint = Hint::Advice(format!("require the subject with `StringEquals` on `{host}:sub`"));
        if is_cluster {
            finding.set_severity(Severity::Warning);
        }
    }
    let subject = format!("{host}:sub");
    for condition in parts.conditions.iter().filter(|condition| condition.is(&subject)) {
        if !condition
            .operator
            .is_some_and(|operator| operator.takes_wildcards() && !operator.is_negated())
        {
            continue;
        }
        for value in condition.values() {
            everyone(value, shared, report);
        }
    }
}

/// `SUBJECT_MATCHES_EVERYONE`
fn everyone(value: Value<'_>, shared: Option<&Shared>, report: &mut Report) {
    let Some(text) = value.as_str() else { return };
    let is_stars = is_everything(text);
    let who = match shared {
        Some(shared) if is_stars || owner(text, shared).is_some_and(is_every_owner) => shared.owners,
        None if is_stars => "everyone whom the provider knows",
        _ => return,
    };
    report
        .value(
            Code::SubjectMatchesEveryone,
            format!("the subject `{text}` includes {who}"),
            value,
        )
        .hint = Hint::Advice(match shared {
        Some(shared) if shared.host == GITHUB => {
            "name the owner and the repository, as in `repo:OWNER/REPOSITORY:ref:refs/heads/main`".to_owned()
        }
        Some(shared) => format!("name the owner: `{}OWNER{}…`", shared.prefix, shared.end),
        None => "name the subject".to_owned(),
    });
}

/// The part of a pattern of subjects that names the owner. If a wildcard comes before it, that is the part.
fn owner<'t>(text: &'t str, shared: &Shared) -> Option<&'t str> {
    match text.strip_prefix(shared.prefix) {
        Some(rest) => Some(rest.split_once(shared.end).map_or(rest, |(owner, _)| owner)),
        None => text
            .split_once('*')
            .filter(|(start, _)| shared.prefix.starts_with(start))
            .map(|_| "*"),
    }
}

/// Whether a pattern matches every owner. None has an empty name.
fn is_every_owner(owner: &str) -> bool {
    owner.bytes().all(|byte| matches!(byte, b'*' | b'?')) && owner.contains('*')
}

/// Whether a condition can only hold if the request has its key.
fn is_required(condition: &Condition<'_>) -> bool {
    condition.operator.is_some_and(|operator| {
        !operator.is_negated()
            && !operator.has_if_exists()
            && operator.comparison() != Comparison::Null
            && operator.qualifier() != Some(Qualifier::ForAllValues)
    })
}

/// `ABSENT_CONDITION_KEY`: a condition that can only hold if the request has a key which no request of these principals has.
fn absent_keys(context: &Context<'_>, parts: &Parts<'_>, principals: &[(&str, Value<'_>)], report: &mut Report) {
    let mut kinds: Vec<&'static [PrincipalKind]> = Vec::new();
    let mut hosts: Vec<&str> = Vec::new();
    let mut has_saml = false;
    for (kind, value) in principals {
        let Some(text) = value.as_str() else { return };
        let Some(possible) = possible_kinds(kind, text) else {
            return;
        };
        kinds.push(possible);
        let provider = provider(text).filter(|_| *kind == "Federated");
        let is_known = match provider {
            Some(Provider::Oidc(host)) => !has_unknown(host),
            Some(Provider::Saml) => true,
            None => !has_unknown(text),
        };
        if !is_known {
            return;
        }
        match provider {
            Some(Provider::Oidc(host)) => hosts.push(host),
            Some(Provider::Saml) => has_saml = true,
            None => {}
        }
    }
    // A resource policy that names a service has a finding of its own.
    let is_of_service = kinds.iter().any(|possible| possible.contains(&PrincipalKind::Service));
    if kinds.is_empty() || is_of_service && context.is(PolicyType::Resource) {
        return;
    }
    let all_are = |kind| kinds.iter().all(|possible| *possible == [kind]);
    for condition in parts.conditions.iter().filter(|condition| is_required(condition)) {
        let key = condition.member.key;
        let never = |key: GlobalKey| {
            kinds
                .iter()
                .all(|possible| possible.iter().all(|kind| key.presence(*kind) == Presence::Never))
        };
        let (who, is_certain) = if GlobalKey::from_name(key).is_some_and(never) {
            (noun(&kinds), true)
        } else if condition.is_any(SOURCE_KEYS) && !is_of_service {
            ("only services that act on behalf of a resource send it", false)
        } else if condition.is("sts:ExternalId")
            && (all_are(PrincipalKind::Provider) || all_are(PrincipalKind::Service))
        {
            (noun(&kinds), all_are(PrincipalKind::Provider))
        } else if all_are(PrincipalKind::Provider) && is_of_other_provider(key, &hosts, has_saml) {
            ("it is a claim of another provider's tokens", true)
        } else if kinds.iter().all(|possible| !possible.contains(&PrincipalKind::Provider))
            // Claims that the catalog knows have a finding about their actions.
            && condition.key.is_none()
            && is_of_other_provider(key, &[], false)
        {
            ("only the tokens of an identity provider have it", true)
        } else {
            continue;
        };
        let finding = report.key(
            Code::AbsentConditionKey,
            format!(
                "no request of these principals has the condition key `{key}`, so the statement never applies: {who}"
            ),
            condition.member,
        );
        if !is_certain {
            finding.set_severity(Severity::Warning);
        }
    }
}

/// Keys that services send to say on whose behalf they make a request.
const SOURCE_KEYS: &[&str] = &[
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];

/// Whether a key is a claim, but not one of these providers.
fn is_of_other_provider(key: &str, hosts: &[&str], has_saml: bool) -> bool {
    let Some((host, _)) = key.rsplit_once(':') else {
        return false;
    };
    if host.eq_ignore_ascii_case("saml") {
        return !has_saml;
    }
    host.contains('.') && !hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
}

/// What can make a request that an entry of `Principal` applies to. `None` if it may be anybody.
fn possible_kinds(kind: &str, text: &str) -> Option<&'static [PrincipalKind]> {
    match PrincipalKey::from_name(kind)? {
        PrincipalKey::Service => Some(&[PrincipalKind::Service]),
        PrincipalKey::Federated => Some(&[PrincipalKind::Provider]),
        PrincipalKey::CanonicalUser => None,
        PrincipalKey::Aws if account(text).is_some() => Some(&[
            PrincipalKind::User,
            PrincipalKind::Role,
            PrincipalKind::FederatedUser,
            PrincipalKind::Root,
        ]),
        PrincipalKey::Aws => match IamArn::of(Arn::of_pattern(text).filter(|_| !is_pattern(text))?)? {
            IamArn::User { .. } => Some(&[PrincipalKind::User]),
            IamArn::Role { .. } | IamArn::Session { .. } => Some(&[PrincipalKind::Role]),
            IamArn::FederatedUser { .. } => Some(&[PrincipalKind::FederatedUser]),
            _ => None,
        },
    }
}

fn noun(kinds: &[&[PrincipalKind]]) -> &'static str {
    match kinds {
        [[PrincipalKind::Service], ..] => "a service does not send it",
        [[PrincipalKind::Provider], ..] => "someone who signs in through an identity provider does not send it",
        [[PrincipalKind::User], ..] => "a user does not send it",
        [[PrincipalKind::Role], ..] => "a role does not send it",
        _ => "they do not send it",
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use iam_policy_core::variable::Unknown;

    use super::*;
    use crate::Code::*;
    use crate::tests::statements;

    const CODES: &[Code] = &[
        UnknownServicePrincipal,
        MissingAudienceCondition,
        MissingSubjectCondition,
        SubjectMatchesEveryone,
        AbsentConditionKey,
    ];

    fn check(source: &str, expected: Expect) {
        statements(PolicyType::Trust, CODES, source, expected);
    }

    fn service(name: &str, expected: Expect) {
        let source =
            format!(r#"{{"Effect": "Allow", "Principal": {{"Service": "{name}"}}, "Action": "sts:AssumeRole"}}"#);
        check(&source, expected);
    }

    /// A statement for a provider with these conditions.
    fn web(host: &str, conditions: &str, expected: Expect) {
        let provider = format!("arn:aws:iam::123456789012:oidc-provider/{host}");
        let source = format!(
            r#"{{"Effect": "Allow", "Principal": {{"Federated": "{provider}"}}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {{{conditions}}}}}"#
        );
        check(&source, expected);
    }

    #[test]
    fn claims_of_unknown_providers() {
        let source = |provider: &str| {
            let condition = r#""StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}"#;
            format!(
                r#"{{"Effect": "Allow", "Principal": {{"Federated": "{provider}"}}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {{{condition}}}}}"#
            )
        };
        let mut findings = Vec::new();
        for provider in [
            "accounts.google.com".to_owned(),
            Unknown::new("Provider.Arn").to_string(),
        ] {
            let read = iam_policy_document::json::read(format!(r#"{{"Statement": {}}}"#, source("P")).as_bytes());
            let root = read.document.root();
            let mut builder = iam_policy_document::Builder::new();
            builder.with_unknowns();
            copy(root, &provider, &mut builder);
            let options = crate::Options::DEFAULT.policy_type(PolicyType::Trust);
            let found = crate::check(&builder.finish(), &options);
            findings.push(found.iter().any(|finding| AbsentConditionKey.is_of(finding)));
        }
        assert_eq!(findings, [true, false]);
    }

    /// Copies a value with `provider` in the place of `P`.
    fn copy(value: Value<'_>, provider: &str, builder: &mut iam_policy_document::Builder) {
        if value.is_object() {
            builder.begin_object(None);
            for member in value.members() {
                builder.key(member.key, None);
                copy(member.value, provider, builder);
            }
            builder.end();
        } else {
            let text = value.as_str().unwrap_or_default();
            builder.string(if text == "P" { provider } else { text }, None);
        }
    }

    #[test]
    fn unknown_services() {
        for name in [
            "lambda.amazonaws.com",
            "pods.eks.amazonaws.com",
            "logs.eu-west-1.amazonaws.com",
            "ec2.amazonaws.com.cn",
            "textract.amazonaws.com",
        ] {
            service(name, expect![""]);
        }
        service(
            "lamda.amazonaws.com",
            expect![[r#"
            UNKNOWN_SERVICE_PRINCIPAL <"lamda.amazonaws.com">
              did you mean `lambda.amazonaws.com`?
        "#]],
        );
        service(
            "api-gateway.amazonaws.com",
            expect![[r#"
            UNKNOWN_SERVICE_PRINCIPAL <"api-gateway.amazonaws.com">
              did you mean `apigateway.amazonaws.com`?
        "#]],
        );
        service(
            "quarterly-reports-of-sales.amazonaws.com",
            expect![[r#"
            UNKNOWN_SERVICE_PRINCIPAL (suggestion) <"quarterly-reports-of-sales.amazonaws.com">
        "#]],
        );
    }

    #[test]
    fn audiences() {
        let aud = r#""StringEquals": {"gitlab.com:aud": "https://gitlab.com", "gitlab.com:sub": "project_path:a/b:ref_type:branch:ref:main"}"#;
        web("gitlab.com", aud, expect![""]);
        let sub = r#""StringEquals": {"gitlab.com:sub": "project_path:a/b:ref_type:branch:ref:main"}"#;
        web(
            "gitlab.com",
            sub,
            expect![[r#"
            MISSING_AUDIENCE_CONDITION <"arn:aws:iam::123456789012:oidc-provider/gitlab.com">
              require the audience with `StringEquals` on `gitlab.com:aud`
        "#]],
        );
        let if_exists = r#""StringEqualsIfExists": {"id.example.com:aud": "reports"}"#;
        web(
            "id.example.com",
            if_exists,
            expect![[r#"
            MISSING_AUDIENCE_CONDITION <"arn:aws:iam::123456789012:oidc-provider/id.example.com">
              require the audience with `StringEquals` on `id.example.com:aud`
        "#]],
        );
    }

    #[test]
    fn subjects() {
        for value in [
            "*",
            "repo:*",
            "repo:*/*:ref:refs/heads/main",
            "re*",
            "repo:example/*",
            "repo:exam*",
        ] {
            let conditions = format!(
                r#""StringEquals": {{"{GITHUB}:aud": "sts.amazonaws.com"}}, "StringLike": {{"{GITHUB}:sub": "{value}"}}"#
            );
            let provider = format!("arn:aws:iam::123456789012:oidc-provider/{GITHUB}");
            let source = format!(
                r#"{{"Effect": "Allow", "Principal": {{"Federated": "{provider}"}}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {{{conditions}}}}}"#
            );
            let found = crate::tests::found(PolicyType::Trust, CODES, &source);
            let is_everyone = !value.contains("exam");
            assert_eq!(
                found.starts_with("SUBJECT_MATCHES_EVERYONE"),
                is_everyone,
                "{value}: {found}"
            );
        }
        web(
            "gitlab.com",
            r#""StringEquals": {"gitlab.com:aud": "https://gitlab.com"}"#,
            expect![[r#"
                MISSING_SUBJECT_CONDITION <"arn:aws:iam::123456789012:oidc-provider/gitlab.com">
                  require the subject with `StringEquals` on `gitlab.com:sub`
            "#]],
        );
        let cluster = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";
        web(
            cluster,
            &format!(r#""StringEquals": {{"{cluster}:aud": "sts.amazonaws.com"}}"#),
            expect![[r#"
                MISSING_SUBJECT_CONDITION (warning) <"arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.>
                  require the subject with `StringEquals` on `oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub`
            "#]],
        );
    }

    #[test]
    fn absent_keys() {
        service("lambda.amazonaws.com", expect![""]);
        let source = |principal: &str, action: &str, condition: &str| {
            format!(
                r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "sts:{action}", "Condition": {{{condition}}}}}"#
            )
        };
        let mfa = r#""Bool": {"aws:MultiFactorAuthPresent": "true"}"#;
        check(&source(r#"{"AWS": "123456789012"}"#, "AssumeRole", mfa), expect![""]);
        check(
            &source(r#"{"Service": "lambda.amazonaws.com"}"#, "AssumeRole", mfa),
            expect![[""]],
        );
        let certificate = r#""StringEquals": {"aws:PrincipalTag/x509Subject/CN": "x", "sts:SourceIdentity": "x"}"#;
        check(
            &source(
                r#"{"Service": "rolesanywhere.amazonaws.com"}"#,
                "AssumeRole",
                certificate,
            ),
            expect![""],
        );
        let external = r#""StringEquals": {"sts:ExternalId": "x"}"#;
        check(
            &source(r#"{"AWS": "123456789012"}"#, "AssumeRole", external),
            expect![""],
        );
        check(
            &source(
                r#"{"Federated": "arn:aws:iam::123456789012:saml-provider/okta"}"#,
                "AssumeRoleWithSAML",
                external,
            ),
            expect![[r#"
                ABSENT_CONDITION_KEY <"sts:ExternalId">
            "#]],
        );
        let claim = r#""StringEquals": {"accounts.google.com:aud": "x"}"#;
        check(
            &source(
                r#"{"Federated": "arn:aws:iam::123456789012:saml-provider/okta"}"#,
                "AssumeRoleWithSAML",
                claim,
            ),
            expect![[r#"
                ABSENT_CONDITION_KEY <"accounts.google.com:aud">
            "#]],
        );
        let account = r#""StringEquals": {"aws:SourceAccount": "123456789012"}"#;
        check(
            &source(r#"{"AWS": "123456789012"}"#, "AssumeRole", account),
            expect![[r#"
                ABSENT_CONDITION_KEY (warning) <"aws:SourceAccount">
            "#]],
        );
        check(
            &source(r#"{"Service": "lambda.amazonaws.com"}"#, "AssumeRole", account),
            expect![""],
        );
        let user = r#""StringEquals": {"aws:username": "ann"}"#;
        check(
            &source(r#"{"AWS": "arn:aws:iam::123456789012:role/r"}"#, "AssumeRole", user),
            expect![[r#"
                ABSENT_CONDITION_KEY <"aws:username">
            "#]],
        );
        // With `IfExists`, or if it is negated, the condition holds without the key.
        let optional = r#""StringEqualsIfExists": {"aws:username": "ann"}, "StringNotEquals": {"aws:userid": "ann"}"#;
        check(
            &source(r#"{"AWS": "arn:aws:iam::123456789012:role/r"}"#, "AssumeRole", optional),
            expect![""],
        );
    }
}
