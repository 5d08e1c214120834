use core::fmt;
use core::str::FromStr;

use crate::UnknownName;
use crate::text::same;

/// The purpose of a policy, which determines what its elements mean and which of them it can have.
///
/// Source: IAM User Guide, "Policies and permissions in AWS Identity and Access Management", "Policy types".
///
/// # Examples
///
/// ```
/// use iam_policy_core::PolicyType;
///
/// assert_eq!(PolicyType::from_name("service-control"), Some(PolicyType::ServiceControl));
/// assert_eq!(PolicyType::ServiceControl.label(), "service control policy");
/// assert!("user".parse::<PolicyType>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PolicyType {
    /// `identity`: attached to a user, group or role.
    #[default]
    Identity,
    /// `boundary`: the permissions boundary of a user or role.
    PermissionsBoundary,
    /// `session`: passed when a session is created.
    Session,
    /// `service-control`: limits the principals in an organization's accounts.
    ServiceControl,
    /// `resource-control`: limits access to the resources in an organization's accounts.
    ResourceControl,
    /// `resource`: attached to a resource, such as a bucket policy or a key policy.
    Resource,
    /// `trust`: the resource policy of a role, which determines who can assume it.
    Trust,
}

impl PolicyType {
    /// Every type.
    pub const ALL: &'static [Self] = &[
        Self::Identity,
        Self::PermissionsBoundary,
        Self::Session,
        Self::ServiceControl,
        Self::ResourceControl,
        Self::Resource,
        Self::Trust,
    ];

    /// The name in specs and on command lines, such as `service-control`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::PermissionsBoundary => "boundary",
            Self::Session => "session",
            Self::ServiceControl => "service-control",
            Self::ResourceControl => "resource-control",
            Self::Resource => "resource",
            Self::Trust => "trust",
        }
    }

    /// The type in prose, such as `service control policy`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Identity => "identity policy",
            Self::PermissionsBoundary => "permissions boundary",
            Self::Session => "session policy",
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::Resource => "resource policy",
            Self::Trust => "trust policy",
        }
    }

    /// The type with this `name`, which is case-sensitive. Returns `None` if there is no such type.
    #[must_use]
    pub const fn from_name(name: &str) -> Option<Self> {
        let mut rest = Self::ALL;
        while let [policy_type, tail @ ..] = rest {
            if same(policy_type.name(), name) {
                return Some(*policy_type);
            }
            rest = tail;
        }
        None
    }

    /// Whether a policy of this type is attached to a resource. Its statements can omit `Resource`.
    #[must_use]
    pub const fn is_resource_based(self) -> bool {
        matches!(self, Self::Resource | Self::Trust)
    }

    /// Whether the statements of a policy of this type name the principals that they apply to.
    #[must_use]
    pub const fn has_principals(self) -> bool {
        self.is_resource_based() || matches!(self, Self::ResourceControl)
    }
}

impl FromStr for PolicyType {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::from_name(name).ok_or(UnknownName::new("policy type"))
    }
}

impl fmt::Display for PolicyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses() {
        for &policy_type in PolicyType::ALL {
            assert_eq!(policy_type.name().parse(), Ok(policy_type));
        }
    }
}
