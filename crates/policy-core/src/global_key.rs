//! Global condition keys whose presence or value follows from the rest of the request.
//!
//! Source: IAM User Guide, "AWS global condition context keys", *Availability* of each key, and "IAM policy elements:
//! Variables and tags", "Principal key values".

use crate::principal::Principal;

/// What makes a request, as far as it determines the context of the request.
///
/// # Examples
///
/// ```
/// use iam_policy_core::{Principal, PrincipalKind};
///
/// let session = Principal::parse("arn:aws:sts::123456789012:assumed-role/deploy/ci").unwrap();
/// assert_eq!(session.kind(), PrincipalKind::Role);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// An IAM user.
    User,
    /// A session of a role.
    Role,
    /// A session that a user got from `sts:GetFederationToken`.
    FederatedUser,
    /// The root user of an account.
    Root,
    /// Somebody whom an identity provider authenticated, before a role is assumed.
    Provider,
    /// An AWS service.
    Service,
    /// Anybody: a request without a signature.
    Anonymous,
}

impl PrincipalKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::User,
        Self::Role,
        Self::FederatedUser,
        Self::Root,
        Self::Provider,
        Self::Service,
        Self::Anonymous,
    ];

    /// Whether the principal belongs to an account, and so has an ARN.
    #[must_use]
    pub const fn has_account(self) -> bool {
        matches!(self, Self::User | Self::Role | Self::FederatedUser | Self::Root)
    }
}

impl Principal<'_> {
    /// What kind of principal this is.
    #[must_use]
    pub const fn kind(&self) -> PrincipalKind {
        match self {
            Self::Root { .. } => PrincipalKind::Root,
            Self::User { .. } => PrincipalKind::User,
            Self::Role { .. } | Self::Session { .. } => PrincipalKind::Role,
            Self::FederatedUser { .. } => PrincipalKind::FederatedUser,
            Self::Provider(_) => PrincipalKind::Provider,
            Self::Service(_) => PrincipalKind::Service,
            Self::Anonymous => PrincipalKind::Anonymous,
        }
    }
}

/// Whether requests contain a condition key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Every request does.
    Always,
    /// It depends on more than the principal.
    Sometimes,
    /// No request does.
    Never,
}

/// A global condition key about which AWS documents which requests contain it.
///
/// # Examples
///
/// ```
/// use iam_policy_core::{GlobalKey, Presence, PrincipalKind};
///
/// let key = GlobalKey::from_name("aws:UserName").unwrap();
/// assert_eq!(key.name(), "aws:username");
/// assert_eq!(key.presence(PrincipalKind::User), Presence::Always);
/// assert_eq!(key.presence(PrincipalKind::Role), Presence::Never);
/// assert_eq!(GlobalKey::PrincipalType.constant(PrincipalKind::Role), Some("AssumedRole"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the variants are the names of the keys")]
pub enum GlobalKey {
    CurrentTime,
    EpochTime,
    FederatedProvider,
    MultiFactorAuthAge,
    MultiFactorAuthPresent,
    PrincipalAccount,
    PrincipalArn,
    PrincipalIsAwsService,
    PrincipalOrgId,
    PrincipalOrgPaths,
    PrincipalServiceName,
    PrincipalServiceNamesList,
    PrincipalTag,
    PrincipalType,
    RequestedRegion,
    ResourceAccount,
    SecureTransport,
    SourceIdentity,
    SourceIp,
    SourceVpc,
    SourceVpce,
    TokenIssueTime,
    UserAgent,
    UserId,
    UserName,
    ViaAwsService,
    VpcSourceIp,
}

impl GlobalKey {
    /// All keys.
    pub const ALL: [Self; 27] = [
        Self::CurrentTime,
        Self::EpochTime,
        Self::FederatedProvider,
        Self::MultiFactorAuthAge,
        Self::MultiFactorAuthPresent,
        Self::PrincipalAccount,
        Self::PrincipalArn,
        Self::PrincipalIsAwsService,
        Self::PrincipalOrgId,
        Self::PrincipalOrgPaths,
        Self::PrincipalServiceName,
        Self::PrincipalServiceNamesList,
        Self::PrincipalTag,
        Self::PrincipalType,
        Self::RequestedRegion,
        Self::ResourceAccount,
        Self::SecureTransport,
        Self::SourceIdentity,
        Self::SourceIp,
        Self::SourceVpc,
        Self::SourceVpce,
        Self::TokenIssueTime,
        Self::UserAgent,
        Self::UserId,
        Self::UserName,
        Self::ViaAwsService,
        Self::VpcSourceIp,
    ];

    /// The name in AWS's spelling. That of [`PrincipalTag`](Self::PrincipalTag) ends before the tag's key.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CurrentTime => "aws:CurrentTime",
            Self::EpochTime => "aws:EpochTime",
            Self::FederatedProvider => "aws:FederatedProvider",
            Self::MultiFactorAuthAge => "aws:MultiFactorAuthAge",
            Self::MultiFactorAuthPresent => "aws:MultiFactorAuthPresent",
            Self::PrincipalAccount => "aws:PrincipalAccount",
            Self::PrincipalArn => "aws:PrincipalArn",
            Self::PrincipalIsAwsService => "aws:PrincipalIsAWSService",
            Self::PrincipalOrgId => "aws:PrincipalOrgID",
            Self::PrincipalOrgPaths => "aws:PrincipalOrgPaths",
            Self::PrincipalServiceName => "aws:PrincipalServiceName",
            Self::PrincipalServiceNamesList => "aws:PrincipalServiceNamesList",
            Self::PrincipalTag => "aws:PrincipalTag/",
            Self::PrincipalType => "aws:PrincipalType",
            Self::RequestedRegion => "aws:RequestedRegion",
            Self::ResourceAccount => "aws:ResourceAccount",
            Self::SecureTransport => "aws:SecureTransport",
            Self::SourceIdentity => "aws:SourceIdentity",
            Self::SourceIp => "aws:SourceIp",
            Self::SourceVpc => "aws:SourceVpc",
            Self::SourceVpce => "aws:SourceVpce",
            Self::TokenIssueTime => "aws:TokenIssueTime",
            Self::UserAgent => "aws:UserAgent",
            Self::UserId => "aws:userid",
            Self::UserName => "aws:username",
            Self::ViaAwsService => "aws:ViaAWSService",
            Self::VpcSourceIp => "aws:VpcSourceIp",
        }
    }

    /// The key with this name, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let (service, _) = name.split_at_checked("aws:".len())?;
        if !service.eq_ignore_ascii_case("aws:") {
            return None;
        }
        let tag = Self::PrincipalTag.name();
        Self::ALL.into_iter().find(|key| {
            key.name().eq_ignore_ascii_case(name)
                || *key == Self::PrincipalTag
                    && name.len() > tag.len()
                    && name
                        .get(..tag.len())
                        .is_some_and(|start| start.eq_ignore_ascii_case(tag))
        })
    }

    /// Whether requests of such a principal contain the key. Where AWS does not say, the answer is
    /// [`Sometimes`](Presence::Sometimes).
    #[must_use]
    pub const fn presence(self, principal: PrincipalKind) -> Presence {
        use PrincipalKind::{Anonymous, FederatedUser, Provider, Role, Root, Service, User};
        match (self, principal) {
            (
                Self::CurrentTime
                | Self::EpochTime
                | Self::RequestedRegion
                | Self::SecureTransport
                | Self::UserAgent
                | Self::ViaAwsService,
                _,
            )
            | (Self::PrincipalArn, User | Role | FederatedUser | Root)
            | (
                Self::PrincipalAccount | Self::PrincipalType | Self::UserId,
                User | Role | FederatedUser | Root | Anonymous,
            )
            | (Self::PrincipalIsAwsService, User | Role | FederatedUser | Root | Service)
            | (Self::PrincipalServiceName | Self::PrincipalServiceNamesList, Service)
            | (Self::UserName, User) => Presence::Always,
            (Self::PrincipalArn, Provider | Service | Anonymous)
            | (Self::PrincipalIsAwsService, Provider | Anonymous)
            | (
                Self::PrincipalServiceName | Self::PrincipalServiceNamesList,
                User | Role | FederatedUser | Root | Provider | Anonymous,
            )
            | (Self::UserName, Role | FederatedUser | Root | Provider | Service | Anonymous)
            | (Self::PrincipalOrgId | Self::PrincipalOrgPaths, Service | Anonymous)
            // The service of IAM Roles Anywhere sends the attributes of a certificate as tags.
            | (
                Self::PrincipalTag
                | Self::MultiFactorAuthAge
                | Self::MultiFactorAuthPresent
                | Self::TokenIssueTime,
                Anonymous,
            )
            | (
                Self::FederatedProvider | Self::SourceIdentity,
                User | FederatedUser | Root | Provider | Service | Anonymous,
            ) => Presence::Never,
            _ => Presence::Sometimes,
        }
    }

    /// The value that the key has in all requests of such principals, if there is only one.
    #[must_use]
    pub const fn constant(self, principal: PrincipalKind) -> Option<&'static str> {
        Some(match (self, principal) {
            (Self::PrincipalType, PrincipalKind::Root) => "Account",
            (Self::PrincipalType, PrincipalKind::User) => "User",
            (Self::PrincipalType, PrincipalKind::Role) => "AssumedRole",
            (Self::PrincipalType, PrincipalKind::FederatedUser) => "FederatedUser",
            (Self::PrincipalType, PrincipalKind::Anonymous) => "Anonymous",
            (Self::PrincipalAccount | Self::UserId, PrincipalKind::Anonymous) => "anonymous",
            (Self::PrincipalIsAwsService, PrincipalKind::Service) => "true",
            (Self::PrincipalIsAwsService, kind) if kind.has_account() => "false",
            _ => return None,
        })
    }

    /// The value that follows from the principal, as far as it is a part of what names the principal. The ARN of a root
    /// user or of a session's role is not, nor is the `aws:userid` of a federated user.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{GlobalKey, Principal};
    ///
    /// let ann = Principal::parse("arn:aws:iam::123456789012:user/red/ann")?;
    /// assert_eq!(GlobalKey::UserName.value(&ann), Some("ann"));
    /// assert_eq!(GlobalKey::PrincipalAccount.value(&ann), Some("123456789012"));
    /// assert_eq!(GlobalKey::RequestedRegion.value(&ann), None);
    /// # Ok::<(), iam_policy_core::principal::PrincipalError>(())
    /// ```
    #[must_use]
    pub fn value<'a>(self, principal: &Principal<'a>) -> Option<&'a str> {
        match (self, *principal) {
            (
                Self::PrincipalArn,
                Principal::User { arn, .. } | Principal::Role { arn, .. } | Principal::FederatedUser { arn, .. },
            ) => Some(arn),
            (Self::PrincipalServiceName, Principal::Service(name)) | (Self::UserName, Principal::User { name, .. }) => {
                Some(name)
            }
            (Self::UserId, Principal::Root { account, .. }) => Some(account),
            _ => self.constant(principal.kind()).or_else(|| match self {
                Self::PrincipalAccount => principal.account(),
                _ => None,
            }),
        }
    }

    /// Whether AWS derives the values of the key from the principal alone.
    #[must_use]
    pub const fn is_of_principal(self) -> bool {
        matches!(
            self,
            Self::PrincipalAccount
                | Self::PrincipalArn
                | Self::PrincipalIsAwsService
                | Self::PrincipalServiceName
                | Self::PrincipalType
                | Self::UserId
                | Self::UserName
        )
    }
}

/// Whether a name has the form of a condition key. Anything else, such as the `CLUSTER_NAME` of an unfilled template,
/// is the name of no key, so no request has a value for it.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition", where every key has a prefix and a colon.
///
/// # Examples
///
/// ```
/// use iam_policy_core::is_key_name;
///
/// assert!(is_key_name("aws:username"));
/// assert!(is_key_name("token.actions.githubusercontent.com:sub"));
/// assert!(!is_key_name("CLUSTER_NAME"));
/// assert!(!is_key_name("AWS::Partition"));
/// ```
#[must_use]
pub fn is_key_name(name: &str) -> bool {
    name.split_once(':')
        .is_some_and(|(prefix, rest)| !prefix.is_empty() && !rest.is_empty() && !rest.starts_with(':'))
}

/// The services of the standard partition with a single endpoint, in `us-east-1`. Calls to them have this
/// `aws:RequestedRegion`, whatever Region the caller works in.
///
/// Source: IAM User Guide, "AWS: Denies access to AWS based on the requested Region".
pub const US_EAST_1_SERVICES: [&str; 5] = ["cloudfront", "iam", "organizations", "route53", "support"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for key in GlobalKey::ALL {
            let name = key.name();
            let whole = if name.ends_with('/') {
                std::format!("{name}team")
            } else {
                name.to_ascii_uppercase()
            };
            assert_eq!(GlobalKey::from_name(&whole), Some(key), "{whole}");
        }
        for name in [
            "",
            "aws",
            "aws:",
            "aws:PrincipalTagging",
            "s3:prefix",
            "username",
            "aé:x",
        ] {
            assert_eq!(GlobalKey::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn constants_are_of_keys_that_are_always_present() {
        for kind in PrincipalKind::ALL {
            for key in GlobalKey::ALL {
                if key.constant(kind).is_some() {
                    assert_eq!(key.presence(kind), Presence::Always, "{key:?} {kind:?}");
                }
            }
        }
    }

    #[test]
    fn anonymous_requests_have_no_arn() {
        let of = |key: GlobalKey| {
            (
                key.presence(PrincipalKind::Anonymous),
                key.constant(PrincipalKind::Anonymous),
            )
        };
        assert_eq!(of(GlobalKey::PrincipalArn), (Presence::Never, None));
        assert_eq!(of(GlobalKey::UserName), (Presence::Never, None));
        assert_eq!(of(GlobalKey::PrincipalType), (Presence::Always, Some("Anonymous")));
        assert_eq!(of(GlobalKey::PrincipalAccount), (Presence::Always, Some("anonymous")));
        assert_eq!(of(GlobalKey::SecureTransport), (Presence::Always, None));
    }
}
