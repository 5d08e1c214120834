//! Principals: who makes a request, and who a policy names.

use core::fmt;

use crate::arn::{Arn, ArnError};
use crate::text::is_account;

/// What an ARN of IAM or STS identifies.
///
/// Names are not validated: they may be empty or have wildcards. [`is_complete`](Self::is_complete) tells whether any is
/// missing.
///
/// Source: IAM User Guide, "IAM identifiers", and "AWS JSON policy elements: Principal".
///
/// # Examples
///
/// ```
/// use iam_policy_core::{Arn, IamArn};
///
/// let of = |text| IamArn::of(Arn::parse(text).unwrap());
/// assert_eq!(
///     of("arn:aws:iam::123456789012:role/team/deploy"),
///     Some(IamArn::Role { path: "/team/", name: "deploy" })
/// );
/// assert_eq!(
///     of("arn:aws:sts::123456789012:assumed-role/deploy/ci"),
///     Some(IamArn::Session { role: "deploy", session: "ci" })
/// );
/// assert_eq!(of("arn:aws:s3:::reports"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IamArn<'a> {
    /// The root user of an account, or in a policy the account itself.
    Root,
    /// An IAM user.
    User {
        /// The path, from the first slash to the last.
        path: &'a str,
        /// The name without the path.
        name: &'a str,
    },
    /// An IAM group, which is not a principal.
    Group {
        /// The path, from the first slash to the last.
        path: &'a str,
        /// The name without the path.
        name: &'a str,
    },
    /// An IAM role.
    Role {
        /// The path, from the first slash to the last.
        path: &'a str,
        /// The name without the path.
        name: &'a str,
    },
    /// A session of a role.
    Session {
        /// The name of the role. The ARN does not have its path.
        role: &'a str,
        /// The name of the session.
        session: &'a str,
    },
    /// A session of `sts:AssumeRoot`.
    RootSession,
    /// A session of `sts:GetFederationToken`.
    FederatedUser {
        /// The name that was given to the session.
        name: &'a str,
    },
    /// A SAML identity provider.
    SamlProvider {
        /// The name of the provider.
        name: &'a str,
    },
    /// An OIDC identity provider.
    OidcProvider {
        /// The host of the provider and its path, if any.
        issuer: &'a str,
    },
}

impl<'a> IamArn<'a> {
    /// Classifies `arn` by its service and resource. Its other segments do not matter.
    #[must_use]
    pub fn of(arn: Arn<'a>) -> Option<Self> {
        Self::of_resource(arn.service, arn.resource)
    }

    /// Parses the ARN of something that exists: it is in an account, and no name is missing.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::IamArn;
    ///
    /// let (arn, user) = IamArn::parse("arn:aws:iam::123456789012:user/ann").unwrap();
    /// assert_eq!(arn.account, "123456789012");
    /// assert_eq!(user, IamArn::User { path: "/", name: "ann" });
    /// assert_eq!(IamArn::parse("arn:aws:sts::123456789012:assumed-role/deploy"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &'a str) -> Option<(Arn<'a>, Self)> {
        let arn = Arn::parse(text).ok()?;
        let kind = Self::of(arn).filter(|kind| !arn.account.is_empty() && kind.is_complete())?;
        Some((arn, kind))
    }

    fn of_resource(service: &str, resource: &'a str) -> Option<Self> {
        let (kind, rest) = resource.split_once('/').unwrap_or((resource, ""));
        let split = || {
            let path = resource.get(kind.len()..).unwrap_or_default();
            path.split_at_checked(path.rfind('/').map_or(0, |slash| slash + 1))
                .unwrap_or_default()
        };
        Some(match (service, kind) {
            ("iam", "root") if rest.is_empty() => Self::Root,
            ("iam", "user") => {
                let (path, name) = split();
                Self::User { path, name }
            }
            ("iam", "group") => {
                let (path, name) = split();
                Self::Group { path, name }
            }
            ("iam", "role") => {
                let (path, name) = split();
                Self::Role { path, name }
            }
            ("iam", "saml-provider") => Self::SamlProvider { name: rest },
            ("iam", "oidc-provider") => Self::OidcProvider { issuer: rest },
            ("sts", "assumed-role") => {
                let (role, session) = rest.split_once('/').unwrap_or((rest, ""));
                Self::Session { role, session }
            }
            ("sts", "assumed-root") => Self::RootSession,
            ("sts", "federated-user") => Self::FederatedUser { name: rest },
            _ => return None,
        })
    }

    /// Whether every name is there.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        match self {
            Self::Root | Self::RootSession => true,
            Self::User { name, .. }
            | Self::Group { name, .. }
            | Self::Role { name, .. }
            | Self::FederatedUser { name }
            | Self::SamlProvider { name }
            | Self::OidcProvider { issuer: name } => !name.is_empty(),
            Self::Session { role, session } => !role.is_empty() && !session.is_empty(),
        }
    }

    /// The service segment of the ARN: `iam` or `sts`.
    #[must_use]
    pub const fn service(&self) -> &'static str {
        match self {
            Self::Session { .. } | Self::RootSession | Self::FederatedUser { .. } => "sts",
            _ => "iam",
        }
    }

    /// The whole ARN in an account.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::IamArn;
    ///
    /// let role = IamArn::Role { path: "/team/", name: "deploy" };
    /// assert_eq!(
    ///     role.in_account("aws-cn", "123456789012").to_string(),
    ///     "arn:aws-cn:iam::123456789012:role/team/deploy"
    /// );
    /// ```
    #[must_use]
    pub const fn in_account(self, partition: &'a str, account: &'a str) -> impl fmt::Display + use<'a> {
        InAccount {
            arn: self,
            partition,
            account,
        }
    }
}

/// Displays the resource segment of the ARN.
impl fmt::Display for IamArn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("root"),
            Self::User { path, name } => write!(f, "user{path}{name}"),
            Self::Group { path, name } => write!(f, "group{path}{name}"),
            Self::Role { path, name } => write!(f, "role{path}{name}"),
            Self::Session { role, session } => write!(f, "assumed-role/{role}/{session}"),
            Self::RootSession => f.write_str("assumed-root"),
            Self::FederatedUser { name } => write!(f, "federated-user/{name}"),
            Self::SamlProvider { name } => write!(f, "saml-provider/{name}"),
            Self::OidcProvider { issuer } => write!(f, "oidc-provider/{issuer}"),
        }
    }
}

struct InAccount<'a> {
    arn: IamArn<'a>,
    partition: &'a str,
    account: &'a str,
}

impl fmt::Display for InAccount<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (partition, service, account) = (self.partition, self.arn.service(), self.account);
        write!(f, "arn:{partition}:{service}::{account}:{}", self.arn)
    }
}

/// Who makes a request.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal".
///
/// # Examples
///
/// ```
/// use iam_policy_core::Principal;
///
/// let session = Principal::parse("arn:aws:sts::123456789012:assumed-role/deploy/ci").unwrap();
/// assert_eq!(session.account(), Some("123456789012"));
/// assert!(matches!(session, Principal::Session { role: "deploy", .. }));
/// assert_eq!(Principal::parse("lambda.amazonaws.com"), Ok(Principal::Service("lambda.amazonaws.com")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Principal<'a> {
    /// The root user of an account.
    Root {
        /// The partition of the account.
        partition: &'a str,
        /// The account ID.
        account: &'a str,
    },
    /// An IAM user.
    User {
        /// The user's ARN.
        arn: &'a str,
        /// The partition of the account.
        partition: &'a str,
        /// The account ID.
        account: &'a str,
        /// The name without its path.
        name: &'a str,
    },
    /// A session of a role whose name is not known.
    Role {
        /// The role's ARN.
        arn: &'a str,
        /// The partition of the account.
        partition: &'a str,
        /// The account ID.
        account: &'a str,
        /// The role's name without its path.
        role: &'a str,
    },
    /// A session of a role.
    Session {
        /// The session's ARN.
        arn: &'a str,
        /// The partition of the account.
        partition: &'a str,
        /// The account ID.
        account: &'a str,
        /// The role's name. The ARN of a session does not have its path.
        role: &'a str,
        /// The session's name.
        session: &'a str,
    },
    /// A session that a user got from `sts:GetFederationToken`.
    FederatedUser {
        /// The session's ARN.
        arn: &'a str,
        /// The partition of the account.
        partition: &'a str,
        /// The account ID.
        account: &'a str,
        /// The name that was given to the session.
        name: &'a str,
    },
    /// Somebody whom an identity provider authenticated: the provider's ARN or domain.
    Provider(&'a str),
    /// An AWS service.
    Service(&'a str),
    /// Anybody: a request without a signature.
    Anonymous,
}

/// The identity providers that are identified by a domain. All others have ARNs.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal", "OIDC federated principals".
const PROVIDERS: &[&str] = &[
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
];

/// Why a text is not a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrincipalError {
    /// It is an invalid ARN.
    Arn(ArnError),
    /// It is neither an ARN, an account ID, nor the name of a service or provider, or it is the ARN of something that
    /// does not make requests, such as a group.
    Other,
}

impl<'a> Principal<'a> {
    /// Parses a principal.
    ///
    /// - `text`: an ARN, an account ID for the account's root user, the name of a service such as
    ///   `lambda.amazonaws.com`, the domain of an identity provider, or `*` or `anonymous` for anybody
    ///
    /// # Errors
    ///
    /// When it is none of these, or the ARN of something that does not make requests, such as a group.
    pub fn parse(text: &'a str) -> Result<Self, PrincipalError> {
        if matches!(text, "*" | "anonymous") {
            return Ok(Self::Anonymous);
        }
        if is_account(text) {
            return Ok(Self::Root {
                partition: "aws",
                account: text,
            });
        }
        if !text.starts_with("arn:") {
            let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
            return if !text.contains('.') || !text.bytes().all(word) {
                Err(PrincipalError::Other)
            } else if is_provider_domain(text) {
                Ok(Self::Provider(text))
            } else {
                Ok(Self::Service(text))
            };
        }
        let arn = Arn::parse(text).map_err(PrincipalError::Arn)?;
        Self::of_arn(text, arn).ok_or(PrincipalError::Other)
    }

    fn of_arn(text: &'a str, arn: Arn<'a>) -> Option<Self> {
        let Arn { partition, account, .. } = arn;
        let kind = IamArn::of(arn).filter(|kind| !account.is_empty() && kind.is_complete())?;
        Some(match kind {
            IamArn::Root => Self::Root { partition, account },
            IamArn::User { name, .. } => Self::User {
                arn: text,
                partition,
                account,
                name,
            },
            IamArn::Role { name: role, .. } => Self::Role {
                arn: text,
                partition,
                account,
                role,
            },
            IamArn::Session { role, session } => Self::Session {
                arn: text,
                partition,
                account,
                role,
                session,
            },
            IamArn::FederatedUser { name } => Self::FederatedUser {
                arn: text,
                partition,
                account,
                name,
            },
            IamArn::SamlProvider { .. } | IamArn::OidcProvider { .. } => Self::Provider(text),
            IamArn::Group { .. } | IamArn::RootSession => return None,
        })
    }

    /// The account that the principal is in.
    #[must_use]
    pub const fn account(&self) -> Option<&'a str> {
        match self {
            Self::Root { account, .. }
            | Self::User { account, .. }
            | Self::Role { account, .. }
            | Self::Session { account, .. }
            | Self::FederatedUser { account, .. } => Some(account),
            Self::Provider(_) | Self::Service(_) | Self::Anonymous => None,
        }
    }

    /// The partition of the account that the principal is in.
    #[must_use]
    pub const fn partition(&self) -> Option<&'a str> {
        match self {
            Self::Root { partition, .. }
            | Self::User { partition, .. }
            | Self::Role { partition, .. }
            | Self::Session { partition, .. }
            | Self::FederatedUser { partition, .. } => Some(partition),
            Self::Provider(_) | Self::Service(_) | Self::Anonymous => None,
        }
    }

    /// Whether this is a role that only an AWS service may assume and whose policies that service defines. The path of a
    /// session's role is not known, but no other role may have a name like theirs.
    ///
    /// Source: IAM User Guide, "Create a service-linked role".
    #[must_use]
    pub fn is_service_linked_role(&self) -> bool {
        match self {
            Self::Role { arn, .. } => arn.contains(":role/aws-service-role/"),
            Self::Session { role, .. } => role.starts_with("AWSServiceRoleFor"),
            _ => false,
        }
    }
}

impl fmt::Display for Principal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root { partition, account } => write!(f, "{}", IamArn::Root.in_account(partition, account)),
            Self::User { arn, .. }
            | Self::Role { arn, .. }
            | Self::Session { arn, .. }
            | Self::FederatedUser { arn, .. } => f.write_str(arn),
            Self::Provider(name) | Self::Service(name) => f.write_str(name),
            Self::Anonymous => f.write_str("*"),
        }
    }
}

impl fmt::Display for PrincipalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arn(error) => error.fmt(f),
            Self::Other => f.write_str("this is not a principal that makes requests"),
        }
    }
}

impl core::error::Error for PrincipalError {}

/// The keys of a `Principal` element.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal".
///
/// # Examples
///
/// ```
/// use iam_policy_core::PrincipalKey;
///
/// assert_eq!(PrincipalKey::from_name("Service"), Some(PrincipalKey::Service));
/// assert_eq!(PrincipalKey::from_name("service"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKey {
    /// Accounts, users, roles, and their sessions.
    Aws,
    /// AWS services.
    Service,
    /// Identity providers.
    Federated,
    /// Accounts by their canonical user IDs, which only S3 uses.
    CanonicalUser,
}

impl PrincipalKey {
    /// All keys.
    pub const ALL: [Self; 4] = [Self::Aws, Self::Service, Self::Federated, Self::CanonicalUser];

    /// The key as policies spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Service => "Service",
            Self::Federated => "Federated",
            Self::CanonicalUser => "CanonicalUser",
        }
    }

    /// The key with this name, whose case matters.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }
}

/// The account that an account ID or the ARN of a root user identifies, which mean the same in a policy.
///
/// # Examples
///
/// ```
/// use iam_policy_core::principal::account;
///
/// assert_eq!(account("123456789012"), Some("123456789012"));
/// assert_eq!(account("arn:aws:iam::123456789012:root"), Some("123456789012"));
/// assert_eq!(account("arn:aws:iam::123456789012:user/ann"), None);
/// ```
#[must_use]
pub fn account(text: &str) -> Option<&str> {
    if is_account(text) {
        return Some(text);
    }
    match IamArn::parse(text) {
        Some((arn, IamArn::Root)) if is_account(arn.account) => Some(arn.account),
        _ => None,
    }
}

/// Whether `text` is one of the identity providers that IAM knows by their domains. All others have ARNs.
///
/// # Examples
///
/// ```
/// use iam_policy_core::principal::is_provider_domain;
///
/// assert!(is_provider_domain("cognito-identity.amazonaws.com"));
/// assert!(!is_provider_domain("lambda.amazonaws.com"));
/// ```
#[must_use]
pub fn is_provider_domain(text: &str) -> bool {
    PROVIDERS.contains(&text)
}

/// The domains of service principals. Most services use the first in the China Regions as well.
///
/// Source: IAM Access Analyzer's message for `INVALID_SERVICE_PRINCIPAL_FORMAT`.
const SERVICE_DOMAINS: [&str; 3] = [SERVICE_DOMAIN, ".amazon.com", ".amazonaws.com.cn"];

/// The domain of most service principals, with the dot before it.
pub const SERVICE_DOMAIN: &str = ".amazonaws.com";

/// The name of a service without its domain, such as `ec2` for `ec2.amazonaws.com.cn`, or `None` if `text` is not a
/// service principal.
///
/// # Examples
///
/// ```
/// use iam_policy_core::principal::service_name;
///
/// assert_eq!(service_name("delivery.logs.amazonaws.com"), Some("delivery.logs"));
/// assert_eq!(service_name("EC2.amazonaws.com"), None);
/// ```
#[must_use]
pub fn service_name(text: &str) -> Option<&str> {
    let name = SERVICE_DOMAINS.iter().find_map(|domain| text.strip_suffix(domain))?;
    let is_part = |part: &str| {
        let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !part.is_empty() && part.bytes().all(word)
    };
    name.split('.').all(is_part).then_some(name)
}

/// What a unique ID, such as `AIDACKCEVSQ6C2EXAMPLE`, identifies.
///
/// In the `Principal` of a stored policy, IAM replaces the ARN of a deleted user or role by its unique ID.
///
/// Source: IAM User Guide, "IAM identifiers", "Understanding unique ID prefixes".
///
/// # Examples
///
/// ```
/// use iam_policy_core::UniqueId;
///
/// assert_eq!(UniqueId::of("AROADBQP57FF2AEXAMPLE"), Some(UniqueId::Role));
/// assert_eq!(UniqueId::of("ann"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum UniqueId {
    /// An IAM user.
    User,
    /// An IAM group.
    Group,
    /// An IAM role.
    Role,
    /// Anything else.
    Other,
}

impl UniqueId {
    /// The letters that the ID begins with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::User => "AIDA",
            Self::Group => "AGPA",
            Self::Role => "AROA",
            Self::Other => "A",
        }
    }

    /// What `text` identifies, or `None` if it is not a unique ID.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        if text.len() <= 16 || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let all = [Self::User, Self::Group, Self::Role, Self::Other];
        all.into_iter().find(|kind| text.starts_with(kind.prefix()))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use std::format;
    use std::string::{String, ToString};

    use super::*;

    fn check(text: &str, expected: Expect) {
        let principal = match Principal::parse(text) {
            Ok(principal) => format!("{principal:?}"),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&principal);
    }

    fn kind(text: &str) -> String {
        IamArn::parse(text).map_or_else(|| "-".to_string(), |(_, kind)| format!("{kind:?}"))
    }

    #[test]
    fn principals_without_arns() {
        check("*", expect!["Anonymous"]);
        check("anonymous", expect!["Anonymous"]);
        check(
            "123456789012",
            expect![[r#"Root { partition: "aws", account: "123456789012" }"#]],
        );
        check("accounts.google.com", expect![[r#"Provider("accounts.google.com")"#]]);
        check("s3.amazonaws.com", expect![[r#"Service("s3.amazonaws.com")"#]]);
        check("ann", expect!["this is not a principal that makes requests"]);
        check("", expect!["this is not a principal that makes requests"]);
    }

    #[test]
    fn principals_with_arns() {
        for (text, kind) in [
            ("arn:aws:iam::123456789012:root", "Root"),
            ("arn:aws:iam::123456789012:user/team/ann", "User"),
            ("arn:aws:iam::123456789012:role/r", "Role"),
            ("arn:aws:sts::123456789012:assumed-role/r/s", "Session"),
            ("arn:aws:sts::123456789012:federated-user/f", "FederatedUser"),
            ("arn:aws:iam::123456789012:saml-provider/p", "Provider"),
        ] {
            let principal = Principal::parse(text).unwrap();
            assert!(format!("{principal:?}").starts_with(kind), "{principal:?}");
            assert_eq!(principal.to_string(), text);
            if kind != "Provider" {
                assert_eq!(principal.account(), Some("123456789012"));
                assert_eq!(principal.partition(), Some("aws"));
            }
        }
        check(
            "arn:aws:iam::1:group/g",
            expect!["this is not a principal that makes requests"],
        );
        check("arn:aws:iam", expect!["an ARN has six segments, this one has 3"]);
    }

    #[test]
    fn incomplete_arns_identify_nothing() {
        for text in [
            "arn:aws:iam::123456789012:user",
            "arn:aws:iam::123456789012:user/",
            "arn:aws:iam::123456789012:role/path/",
            "arn:aws:iam:::user/ann",
            "arn:aws:iam::123456789012:policy/all",
            "arn:aws:iam::123456789012:root/x",
            "arn:aws:sts::123456789012:assumed-role/deploy",
            "arn:aws:sts::123456789012:assumed-role/deploy/",
            "arn:aws:sts::123456789012:assumed-role//session",
            "arn:aws:sts::123456789012:federated-user/",
            "arn:aws:s3:::user/ann",
        ] {
            assert_eq!(kind(text), "-", "{text}");
        }
    }

    #[test]
    fn arns_round_trip() {
        for text in [
            "arn:aws:iam::123456789012:root",
            "arn:aws:iam::123456789012:user/ann",
            "arn:aws:iam::123456789012:group/a/b",
            "arn:aws-cn:iam::123456789012:role/a/b/c",
            "arn:aws:sts::123456789012:assumed-role/r/s/t",
            "arn:aws:sts::123456789012:assumed-root",
            "arn:aws:sts::123456789012:federated-user/f",
            "arn:aws:iam::123456789012:saml-provider/p",
            "arn:aws:iam::123456789012:oidc-provider/example.com/path",
        ] {
            let (arn, kind) = IamArn::parse(text).unwrap();
            assert_eq!(kind.in_account(arn.partition, arn.account).to_string(), text);
        }
    }

    #[test]
    fn services_and_unique_ids() {
        assert_eq!(service_name("ec2.amazonaws.com.cn"), Some("ec2"));
        assert_eq!(service_name("ec2"), None);
        assert_eq!(service_name(".amazonaws.com"), None);
        assert_eq!(UniqueId::of("AIDAEXAMPLEEXAMPLE1"), Some(UniqueId::User));
        assert_eq!(UniqueId::of("ASIAEXAMPLEEXAMPLE1"), Some(UniqueId::Other));
        assert_eq!(UniqueId::of("AIDA"), None);
        assert_eq!(UniqueId::of("AIDA*EXAMPLEEXAMPLE"), None);
    }
}
