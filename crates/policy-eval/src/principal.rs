//! Who a policy names.

use iam_policy_core::text::is_account;
use iam_policy_core::{Principal, PrincipalKey};

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
    pub(crate) fn compile(key: PrincipalKey, text: &str) -> Self {
        match key {
            PrincipalKey::Aws if text == "*" => Self::Everybody,
            PrincipalKey::Aws if is_account(text) => Self::Account {
                partition: None,
                account: text.into(),
            },
            PrincipalKey::Aws => match Principal::parse(text) {
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
            PrincipalKey::Service => Self::Service(text.into()),
            PrincipalKey::Federated => Self::Provider(text.into()),
            PrincipalKey::CanonicalUser => Self::CanonicalUser,
        }
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
                        .is_none_or(|partition| principal.partition() == Some(partition)),
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

    #[test]
    fn a_role_is_named_whatever_its_path() {
        let named = Named::compile(PrincipalKey::Aws, "arn:aws:iam::123456789012:role/team/r");
        let naming = |text| named.names(&Principal::parse(text).unwrap());
        assert_eq!(naming("arn:aws:sts::123456789012:assumed-role/r/s"), Naming::Role);
        assert_eq!(naming("arn:aws:iam::123456789012:role/team/r"), Naming::Role);
        assert_eq!(naming("arn:aws:iam::123456789012:role/r"), Naming::Not);
        assert_eq!(naming("arn:aws:sts::210987654321:assumed-role/r/s"), Naming::Not);
        assert_eq!(naming("arn:aws-cn:sts::123456789012:assumed-role/r/s"), Naming::Not);
    }

    #[test]
    fn everybody_is_every_kind_of_principal() {
        let named = Named::compile(PrincipalKey::Aws, "*");
        for text in ["*", "123456789012", "lambda.amazonaws.com", "accounts.google.com"] {
            assert_eq!(named.names(&Principal::parse(text).unwrap()), Naming::Itself, "{text}");
        }
    }
}
