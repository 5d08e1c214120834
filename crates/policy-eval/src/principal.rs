//! The principals that a policy names.

use iam_policy_core::text::is_account;
use iam_policy_core::variable::{has_unknown, only_unknown};
use iam_policy_core::{Arn, Principal, PrincipalKey};

/// How closely a resource-based policy names the caller, which determines what else must allow the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Naming {
    /// Not at all.
    Not,
    /// By its account, which delegates the decision to the account's own policies.
    Account,
    /// By the role of a session.
    Role,
    /// Directly: the user or session itself, the service, or everyone.
    Itself,
}

/// What one value of a `Principal` or `NotPrincipal` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// `*`, either by itself or under `AWS`; the two are equivalent.
    Everybody,
    /// An account, by its number or its root user's ARN.
    Account {
        partition: Option<Box<str>>,
        account: Box<str>,
    },
    /// A role. Role names are unique within an account, regardless of path.
    Role {
        arn: Box<str>,
        partition: Box<str>,
        account: Box<str>,
        role: Box<str>,
    },
    /// A user or a session, or an ARN that identifies no principal.
    Arn(Box<str>),
    /// A service; `*` is every service.
    Service(Box<str>),
    /// An identity provider; `*` is every provider.
    Provider(Box<str>),
    /// A canonical user ID. Requests do not carry one, so it matches nobody.
    CanonicalUser,
    /// A text with unknown parts, which may be whatever they can make it.
    Open { key: PrincipalKey, text: Box<str> },
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
            Self::Open { key, text } => may_name(*key, text, principal),
        }
    }
}

/// How closely a text with unknown parts may name a principal. If they are the account and the partition, these are the
/// principal's own.
fn may_name(key: PrincipalKey, text: &str, principal: &Principal<'_>) -> Naming {
    let own = |segment: &str, own: Option<&str>| match own {
        Some(own) if only_unknown(segment).is_some() => own.to_owned(),
        _ => segment.to_owned(),
    };
    if key == PrincipalKey::Aws
        && let Some(arn) = Arn::of_pattern(text)
    {
        let (partition, account) = (
            own(arn.partition, principal.partition()),
            own(arn.account, principal.account()),
        );
        let known = Arn {
            partition: &partition,
            account: &account,
            ..arn
        };
        let known = known.to_string();
        if !has_unknown(&known) {
            return Named::compile(key, &known).names(principal);
        }
    }
    let is_of_kind = match principal {
        Principal::Service(_) => key == PrincipalKey::Service,
        Principal::Provider(_) => key == PrincipalKey::Federated,
        Principal::Anonymous => false,
        _ => key == PrincipalKey::Aws,
    };
    if is_of_kind { Naming::Itself } else { Naming::Not }
}

/// Whether a `NotPrincipal` with these values exempts `principal`. It must list every level that AWS checks: the
/// account, then the role, then the user or session.
///
/// Source: IAM User Guide, "AWS JSON policy elements: `NotPrincipal`".
pub(crate) fn exempts(named: &[Named], principal: &Principal<'_>) -> bool {
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
