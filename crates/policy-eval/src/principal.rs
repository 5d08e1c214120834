//! Who makes a request, and whom a policy names.

use std::fmt;

use iam_policy_core::text::is_account;
use iam_policy_core::{Arn, Segment, Segments};

use crate::request::RequestError;

/// Who makes a request.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal".
///
/// # Examples
///
/// ```
/// use iam_policy_eval::Principal;
///
/// let session = Principal::parse("arn:aws:sts::123456789012:assumed-role/deploy/ci").unwrap();
/// assert_eq!(session.account(), Some("123456789012"));
/// assert!(matches!(session, Principal::Session { role: "deploy", .. }));
/// assert_eq!(Principal::parse("lambda.amazonaws.com"), Ok(Principal::Service("lambda.amazonaws.com")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Principal<'a> {
    /// The root user of an account.
    Root {
        /// The partition of the account.
        partition: &'a str,
        /// The account.
        account: &'a str,
    },
    /// An IAM user.
    User {
        /// The user's ARN.
        arn: &'a str,
        /// The account.
        account: &'a str,
        /// The name without its path.
        name: &'a str,
    },
    /// Some session of a role, whose name is not known.
    Role {
        /// The role's ARN.
        arn: &'a str,
        /// The partition of the account.
        partition: &'a str,
        /// The account.
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
        /// The account.
        account: &'a str,
        /// The role's name; its path is not in the ARN of a session.
        role: &'a str,
        /// The session's name.
        session: &'a str,
    },
    /// A session that a user got from `sts:GetFederationToken`.
    FederatedUser {
        /// The session's ARN.
        arn: &'a str,
        /// The account.
        account: &'a str,
        /// The name that was given to the session.
        name: &'a str,
    },
    /// Somebody for whom an identity provider vouches: the provider's ARN or domain.
    Provider(&'a str),
    /// An AWS service.
    Service(&'a str),
    /// Nobody in particular: a request without a signature.
    Anonymous,
}

/// The identity providers that are named by a domain. All others have ARNs.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal", "OIDC federated principals".
const PROVIDERS: &[&str] = &[
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
];

impl<'a> Principal<'a> {
    /// Reads a principal.
    ///
    /// - `text`: an ARN, the number of an account for its root user, the name of a service such as
    ///   `lambda.amazonaws.com`, the domain of an identity provider, or `*` or `anonymous` for anybody
    ///
    /// # Errors
    ///
    /// When it is none of these, or the ARN of something that makes no requests, such as a group.
    pub fn parse(text: &'a str) -> Result<Self, RequestError> {
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
            if !text.contains('.') || !text.bytes().all(word) {
                return Err(RequestError::Principal(text.to_owned()));
            }
            return Ok(if PROVIDERS.contains(&text) {
                Self::Provider(text)
            } else {
                Self::Service(text)
            });
        }
        let arn = Arn::parse(text).map_err(|error| RequestError::PrincipalArn(text.to_owned(), error))?;
        Self::of_arn(text, arn).ok_or_else(|| RequestError::Principal(text.to_owned()))
    }

    fn of_arn(text: &'a str, arn: Arn<'a>) -> Option<Self> {
        let Arn { partition, account, .. } = arn;
        if account.is_empty() {
            return None;
        }
        let (kind, name) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
        let last = name.rsplit('/').next().filter(|last| !last.is_empty());
        Some(match (arn.service, kind) {
            ("iam", "root") if name.is_empty() => Self::Root { partition, account },
            ("iam", "user") => Self::User {
                arn: text,
                account,
                name: last?,
            },
            ("iam", "role") => Self::Role {
                arn: text,
                partition,
                account,
                role: last?,
            },
            ("iam", "saml-provider" | "oidc-provider") if !name.is_empty() => Self::Provider(text),
            ("sts", "assumed-role") => {
                let (role, session) = name.split_once('/')?;
                if role.is_empty() || session.is_empty() {
                    return None;
                }
                Self::Session {
                    arn: text,
                    partition,
                    account,
                    role,
                    session,
                }
            }
            ("sts", "federated-user") if !name.is_empty() => Self::FederatedUser {
                arn: text,
                account,
                name,
            },
            _ => return None,
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

    /// Whether it is a role that only an AWS service may assume and whose policies that service defines. Of a session,
    /// the path of the role is not known, but no other role may have such a name.
    ///
    /// Source: IAM User Guide, "Create a service-linked role".
    pub(crate) fn is_service_linked_role(&self) -> bool {
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
            Self::Root { partition, account } => write!(f, "arn:{partition}:iam::{account}:root"),
            Self::User { arn, .. }
            | Self::Role { arn, .. }
            | Self::Session { arn, .. }
            | Self::FederatedUser { arn, .. } => f.write_str(arn),
            Self::Provider(name) | Self::Service(name) => f.write_str(name),
            Self::Anonymous => f.write_str("*"),
        }
    }
}

/// How closely a resource-based policy names who makes the request: it decides what else must allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Naming {
    /// It does not.
    Not,
    /// It names the account, which delegates the decision to the account's own policies.
    Account,
    /// It names the role of which this is a session.
    Role,
    /// It names the user or the session itself, the service, or everybody.
    Itself,
}

/// What one value of a `Principal` or `NotPrincipal` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// `*`, alone or under `AWS`: the two are equivalent.
    Everybody,
    /// An account, by its number or by its root user's ARN.
    Account {
        partition: Option<Box<str>>,
        account: Box<str>,
    },
    /// A role. Names of roles are unique in an account whatever their paths are.
    Role {
        arn: Box<str>,
        partition: Box<str>,
        account: Box<str>,
        role: Box<str>,
    },
    /// A user, a session, or an ARN that is nobody's.
    Arn(Box<str>),
    /// A service; `*` is every service.
    Service(Box<str>),
    /// An identity provider; `*` is every provider.
    Provider(Box<str>),
    /// An account by S3's own name for it, which no request tells.
    CanonicalUser,
}

impl Named {
    /// - `kind`: the key, such as `AWS`
    ///
    /// `None` if there is no such key.
    pub(crate) fn compile(kind: &str, text: &str) -> Option<Self> {
        Some(match kind {
            "AWS" if text == "*" => Self::Everybody,
            "AWS" if is_account(text) => Self::Account {
                partition: None,
                account: text.into(),
            },
            "AWS" => match Principal::parse(text) {
                Ok(Principal::Root { partition, account }) => Self::Account {
                    partition: Some(partition.into()),
                    account: account.into(),
                },
                Ok(Principal::Role {
                    arn,
                    partition,
                    account,
                    role,
                }) => Self::Role {
                    arn: arn.into(),
                    partition: partition.into(),
                    account: account.into(),
                    role: role.into(),
                },
                _ => Self::Arn(text.into()),
            },
            "Service" => Self::Service(text.into()),
            "Federated" => Self::Provider(text.into()),
            "CanonicalUser" => Self::CanonicalUser,
            _ => return None,
        })
    }

    /// How closely it names `principal`.
    ///
    /// Source: IAM User Guide, "AWS JSON policy elements: Principal".
    pub(crate) fn names(&self, principal: &Principal<'_>) -> Naming {
        let found = |found: bool, naming: Naming| if found { naming } else { Naming::Not };
        match self {
            Self::Everybody => Naming::Itself,
            Self::Account { partition, account } => found(
                principal.account() == Some(account)
                    && partition
                        .as_deref()
                        .is_none_or(|partition| partition_of(principal) == Some(partition)),
                Naming::Account,
            ),
            Self::Role {
                arn,
                partition,
                account,
                role,
            } => match principal {
                Principal::Role { arn: own, .. } => found(*own == &**arn, Naming::Role),
                Principal::Session {
                    partition: own_partition,
                    account: own_account,
                    role: own_role,
                    ..
                } => found(
                    (*own_partition, *own_account, *own_role) == (partition, account, role),
                    Naming::Role,
                ),
                _ => Naming::Not,
            },
            Self::Arn(arn) => found(
                matches!(principal,
                    Principal::User { arn: own, .. }
                    | Principal::Session { arn: own, .. }
                    | Principal::FederatedUser { arn: own, .. } if *own == &**arn),
                Naming::Itself,
            ),
            Self::Service(name) => found(
                matches!(principal, Principal::Service(own) if &**name == "*" || *own == &**name),
                Naming::Itself,
            ),
            Self::Provider(name) => found(
                matches!(principal, Principal::Provider(own) if &**name == "*" || *own == &**name),
                Naming::Itself,
            ),
            Self::CanonicalUser => Naming::Not,
        }
    }
}

fn partition_of<'a>(principal: &Principal<'a>) -> Option<&'a str> {
    match principal {
        Principal::Root { partition, .. } => Some(partition),
        Principal::User { arn, .. }
        | Principal::Role { arn, .. }
        | Principal::Session { arn, .. }
        | Principal::FederatedUser { arn, .. } => Segments::new(arn).get(Segment::Partition),
        Principal::Provider(_) | Principal::Service(_) | Principal::Anonymous => None,
    }
}

/// Whether a `NotPrincipal` of these leaves `principal` out. It must list every level at which AWS checks: the account,
/// then the role, then the user or the session.
///
/// Source: IAM User Guide, "AWS JSON policy elements: `NotPrincipal`".
pub(crate) fn excepts(named: &[Named], principal: &Principal<'_>) -> bool {
    let lists = |naming: Naming| named.iter().any(|named| named.names(principal) == naming);
    if named.contains(&Named::Everybody) {
        return true;
    }
    match principal {
        Principal::Root { .. } => lists(Naming::Account),
        Principal::User { .. } | Principal::FederatedUser { .. } => lists(Naming::Account) && lists(Naming::Itself),
        Principal::Role { .. } => lists(Naming::Account) && lists(Naming::Role),
        Principal::Session { .. } => lists(Naming::Account) && lists(Naming::Role) && lists(Naming::Itself),
        Principal::Provider(_) | Principal::Service(_) => lists(Naming::Itself),
        Principal::Anonymous => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> String {
        match Principal::parse(text) {
            Ok(principal) => format!("{principal:?}").split([' ', '(']).next().unwrap().to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn who_makes_requests() {
        for (text, expected) in [
            ("*", "Anonymous"),
            ("anonymous", "Anonymous"),
            ("123456789012", "Root"),
            ("arn:aws:iam::123456789012:root", "Root"),
            ("arn:aws:iam::123456789012:user/team/ann", "User"),
            ("arn:aws:iam::123456789012:role/r", "Role"),
            ("arn:aws:sts::123456789012:assumed-role/r/s", "Session"),
            ("arn:aws:sts::123456789012:federated-user/f", "FederatedUser"),
            ("arn:aws:iam::123456789012:saml-provider/p", "Provider"),
            ("accounts.google.com", "Provider"),
            ("s3.amazonaws.com", "Service"),
            ("arn:aws:iam::1:group/g", "`arn:aws:iam::1:group/g` makes no requests"),
            (
                "arn:aws:sts::1:assumed-role/r",
                "`arn:aws:sts::1:assumed-role/r` makes no requests",
            ),
            (
                "arn:aws:iam",
                "the principal `arn:aws:iam` is no ARN: an ARN has six segments, this one has 3",
            ),
            ("ann", "`ann` makes no requests"),
            ("", "`` makes no requests"),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn a_role_is_named_whatever_its_path() {
        let named = Named::compile("AWS", "arn:aws:iam::123456789012:role/team/r").unwrap();
        let naming = |text| named.names(&Principal::parse(text).unwrap());
        assert_eq!(naming("arn:aws:sts::123456789012:assumed-role/r/s"), Naming::Role);
        assert_eq!(naming("arn:aws:iam::123456789012:role/team/r"), Naming::Role);
        assert_eq!(naming("arn:aws:iam::123456789012:role/r"), Naming::Not);
        assert_eq!(naming("arn:aws:sts::210987654321:assumed-role/r/s"), Naming::Not);
        assert_eq!(naming("arn:aws-cn:sts::123456789012:assumed-role/r/s"), Naming::Not);
    }

    #[test]
    fn everybody_is_every_kind_of_principal() {
        let named = Named::compile("AWS", "*").unwrap();
        for text in ["*", "123456789012", "lambda.amazonaws.com", "accounts.google.com"] {
            assert_eq!(named.names(&Principal::parse(text).unwrap()), Naming::Itself, "{text}");
        }
    }
}
