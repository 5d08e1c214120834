use core::fmt;
use core::str::FromStr;

use crate::text::same;
use crate::{PolicyType, UnknownName};

/// How a policy is attached, which determines its maximum size.
///
/// Quotas count characters without the white space outside strings. For inline policies, AWS limits the *total* size of
/// all inline policies of an identity, so a policy of the maximum size leaves no room for another one.
///
/// Sources: IAM User Guide, "IAM and AWS STS quotas"; AWS Organizations User Guide, "Quotas and service limits", and
/// AWS What's New, 2026-05-15, on the quotas of service control policies.
///
/// # Examples
///
/// ```
/// use iam_policy_core::AttachmentKind;
///
/// assert_eq!(AttachmentKind::from_name("inline-user"), Some(AttachmentKind::InlineUser));
/// assert_eq!(AttachmentKind::InlineUser.quota(), 2048);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AttachmentKind {
    /// `inline-user`: embedded in an IAM user; 2,048 characters.
    InlineUser,
    /// `inline-group`: embedded in an IAM group; 5,120 characters.
    InlineGroup,
    /// `inline-role`: embedded in a role; 10,240 characters.
    InlineRole,
    /// `managed`: a customer managed policy, attached to any identity or set as a permissions boundary; 6,144
    /// characters.
    Managed,
    /// `service-control`: a service control policy of an organization; 10,240 characters.
    ServiceControl,
    /// `resource-control`: a resource control policy of an organization; 5,120 characters.
    ResourceControl,
}

impl AttachmentKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::InlineUser,
        Self::InlineGroup,
        Self::InlineRole,
        Self::Managed,
        Self::ServiceControl,
        Self::ResourceControl,
    ];

    /// The quota of a role's trust policy, which is no kind of attachment: a trust policy belongs to its role.
    pub const TRUST_QUOTA: usize = 2048;

    /// How many service control policies can be attached to a root, organizational unit or account.
    pub const SERVICE_CONTROL_PER_TARGET: usize = 10;

    /// The name that the spec uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InlineUser => "inline-user",
            Self::InlineGroup => "inline-group",
            Self::InlineRole => "inline-role",
            Self::Managed => "managed",
            Self::ServiceControl => "service-control",
            Self::ResourceControl => "resource-control",
        }
    }

    /// What such a policy is called in a sentence.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(iam_policy_core::AttachmentKind::InlineUser.description(), "inline policy of a user");
    /// ```
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::InlineUser => "inline policy of a user",
            Self::InlineGroup => "inline policy of a group",
            Self::InlineRole => "inline policy of a role",
            Self::Managed => "managed policy",
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
        }
    }

    /// The kind of this `name`; `None` if there is no such kind.
    #[must_use]
    pub const fn from_name(name: &str) -> Option<Self> {
        let mut rest = Self::ALL;
        while let [kind, tail @ ..] = rest {
            if same(kind.name(), name) {
                return Some(*kind);
            }
            rest = tail;
        }
        None
    }

    /// Whether an organization attaches the policy to accounts, rather than an account to its identities.
    #[must_use]
    pub const fn is_of_organization(self) -> bool {
        matches!(self, Self::ServiceControl | Self::ResourceControl)
    }

    /// Whether policies of a type can be attached in this way.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_core::{AttachmentKind, PolicyType};
    ///
    /// assert!(AttachmentKind::Managed.takes(PolicyType::PermissionsBoundary));
    /// assert!(!AttachmentKind::InlineUser.takes(PolicyType::PermissionsBoundary));
    /// ```
    #[must_use]
    pub const fn takes(self, policy_type: PolicyType) -> bool {
        match policy_type {
            // An identity policy may serve as a service control policy as well.
            PolicyType::Identity => !matches!(self, Self::ResourceControl),
            PolicyType::PermissionsBoundary => matches!(self, Self::Managed),
            PolicyType::ServiceControl => matches!(self, Self::ServiceControl),
            PolicyType::ResourceControl => matches!(self, Self::ResourceControl),
            PolicyType::Session | PolicyType::Resource | PolicyType::Trust => false,
        }
    }

    /// The only way in which policies of a type can be attached; `None` if there are several, or none.
    #[must_use]
    pub const fn only_of(policy_type: PolicyType) -> Option<Self> {
        match policy_type {
            PolicyType::PermissionsBoundary => Some(Self::Managed),
            PolicyType::ServiceControl => Some(Self::ServiceControl),
            PolicyType::ResourceControl => Some(Self::ResourceControl),
            _ => None,
        }
    }

    /// How many characters a policy of this kind may have.
    #[must_use]
    pub const fn quota(self) -> usize {
        match self {
            Self::InlineUser => 2048,
            Self::InlineGroup | Self::ResourceControl => 5120,
            Self::InlineRole | Self::ServiceControl => 10_240,
            Self::Managed => 6144,
        }
    }
}

impl FromStr for AttachmentKind {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::from_name(name).ok_or(UnknownName::new("kind of attachment"))
    }
}

impl fmt::Display for AttachmentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
