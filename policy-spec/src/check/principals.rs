//! Principals: each must be of the kind that its list is for.

use iam_policy_core::principal::{account, is_provider_domain, service_name};
use iam_policy_core::{Arn, IamArn, UniqueId, text};
use iam_policy_document::Numbers;

use super::Checker;
use crate::mistake::mistake;
use crate::model::{Policy, Principal, PrincipalList, Statement};

impl Checker<'_> {
    pub(super) fn principals(&mut self, statement: &Statement, policy: &Policy) {
        let mut seen = Numbers::new();
        for (number, principal) in statement.principals.iter().chain(&statement.not_principals).enumerate() {
            let source = &principal.name.source;
            let text = principal.name.checked();
            // A template that could not be expanded has no text; that has been reported.
            if self.characters(source) || text.is_empty() {
                continue;
            }
            if seen
                .insert(format!("{} {text}", principal.list.key()), number)
                .is_some()
            {
                let message = format!("duplicate `{text}` in `{}`", principal.list.key());
                self.report(mistake(source.span.clone(), message));
                continue;
            }
            if self.is_of_its_kind(principal) && text.starts_with("arn:") {
                self.principal_partition(principal, statement, policy);
            }
        }
    }

    /// Whether a principal is of the kind that its list is for; reported if not.
    fn is_of_its_kind(&mut self, principal: &Principal) -> bool {
        let source = &principal.name.source;
        let text = principal.name.checked();
        let found = Found::of(text);
        let good = match principal.list {
            PrincipalList::Services => {
                found == Found::Service
                    || text
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
                        && !text::is_account(text)
            }
            PrincipalList::Accounts => found == Found::Account,
            PrincipalList::Roles => found == Found::Role,
            PrincipalList::Users => found == Found::User,
            PrincipalList::Oidc => found == Found::Oidc,
            PrincipalList::Saml => found == Found::Saml,
            PrincipalList::Others | PrincipalList::Not => !matches!(found, Found::Group | Found::Nothing),
        };
        if !good {
            let written = match principal.list {
                PrincipalList::Services => source
                    .value
                    .trim_end_matches(iam_policy_core::principal::SERVICE_DOMAIN),
                _ => text,
            };
            let (wanted, example) = wanted(principal.list);
            let diagnostic = match found.noun() {
                Some(noun) if principal.list != PrincipalList::Services || found != Found::Service => {
                    mistake(source.span.clone(), format!("`{written}` is {noun}, not {wanted}"))
                }
                _ => mistake(source.span.clone(), format!("`{written}` is not {wanted}")),
            };
            self.report(match found.list() {
                _ if found == Found::Group => {
                    diagnostic.help("name its users, or a role that they can assume: a group cannot be a principal")
                }
                Some(list) if list != principal.list => diagnostic.help(format!("move it to `{}`", list.key())),
                _ if principal.list == PrincipalList::Oidc && is_host(text) => {
                    diagnostic.help(format!("write `arn:{{partition}}:iam::ACCOUNT:oidc-provider/{text}`"))
                }
                _ => diagnostic.help(example),
            });
        }
        good
    }

    /// A principal's ARN must be in each of the partitions that its statement applies to.
    fn principal_partition(&mut self, principal: &Principal, statement: &Statement, policy: &Policy) {
        let source = &principal.name.source;
        let text = principal.name.checked();
        if let Ok(arn) = Arn::parse(text)
            && self.is_known_partition(source, arn.partition)
        {
            self.arn_partition(source, &[&statement.partitions], policy);
        }
    }
}

/// Whether a text is the host of an identity provider, with or without a path.
fn is_host(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/');
    text.contains('.') && text.bytes().all(is_part)
}

/// What a text names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Everyone,
    Service,
    Account,
    Role,
    User,
    Group,
    Oidc,
    Saml,
    /// Something else that can be a principal, such as a federated user or a canonical user ID.
    Other,
    Nothing,
}

impl Found {
    fn of(text: &str) -> Self {
        if text == "*" {
            return Self::Everyone;
        }
        if is_provider_domain(text) {
            return Self::Oidc;
        }
        if service_name(text).is_some() {
            return Self::Service;
        }
        if account(text).is_some() {
            return Self::Account;
        }
        let Some(arn) = Arn::of_pattern(text) else {
            let is_canonical = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            return if is_canonical || UniqueId::of(text).is_some() {
                Self::Other
            } else {
                Self::Nothing
            };
        };
        match IamArn::of(arn) {
            Some(IamArn::Role { .. } | IamArn::Session { .. }) => Self::Role,
            Some(IamArn::User { .. }) => Self::User,
            Some(IamArn::Group { .. }) => Self::Group,
            Some(IamArn::OidcProvider { .. }) => Self::Oidc,
            Some(IamArn::SamlProvider { .. }) => Self::Saml,
            Some(IamArn::Root | IamArn::RootSession | IamArn::FederatedUser { .. }) => Self::Other,
            None => Self::Nothing,
        }
    }

    fn noun(self) -> Option<&'static str> {
        Some(match self {
            Self::Everyone => "everyone",
            Self::Service => "a service",
            Self::Account => "an account",
            Self::Role => "a role",
            Self::User => "a user",
            Self::Group => "a group",
            Self::Oidc => "an OIDC provider",
            Self::Saml => "a SAML provider",
            Self::Other | Self::Nothing => return None,
        })
    }

    fn list(self) -> Option<PrincipalList> {
        Some(match self {
            Self::Everyone | Self::Other => PrincipalList::Others,
            Self::Service => PrincipalList::Services,
            Self::Account => PrincipalList::Accounts,
            Self::Role => PrincipalList::Roles,
            Self::User => PrincipalList::Users,
            Self::Oidc => PrincipalList::Oidc,
            Self::Saml => PrincipalList::Saml,
            Self::Group | Self::Nothing => return None,
        })
    }
}

/// What a list is for, with an article, and how to write an element of it.
const fn wanted(list: PrincipalList) -> (&'static str, &'static str) {
    match list {
        PrincipalList::Services => (
            "a service principal",
            "write the service's name, such as `lambda`, or the full principal, `lambda.amazonaws.com`",
        ),
        PrincipalList::Accounts => ("an account ID", "write the 12 digits of an account ID"),
        PrincipalList::Roles => ("the ARN of a role", "write `arn:{partition}:iam::ACCOUNT:role/NAME`"),
        PrincipalList::Users => ("the ARN of a user", "write `arn:{partition}:iam::ACCOUNT:user/NAME`"),
        PrincipalList::Oidc => (
            "an OIDC provider",
            "write `arn:{partition}:iam::ACCOUNT:oidc-provider/HOST`, or a domain that IAM knows, such as \
             `cognito-identity.amazonaws.com`",
        ),
        PrincipalList::Saml => (
            "the ARN of a SAML provider",
            "write `arn:{partition}:iam::ACCOUNT:saml-provider/NAME`",
        ),
        PrincipalList::Others | PrincipalList::Not => (
            "a principal",
            "write `*` for everyone, an ARN, an account ID, or the name of a service, such as `lambda.amazonaws.com`",
        ),
    }
}
