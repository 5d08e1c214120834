use iam_policy_core::Attach;

/// What kind of policy a document is. It decides which elements it must and must not have.
///
/// Source: IAM Access Analyzer API Reference, `ValidatePolicy`, `policyType`.
///
/// # Examples
///
/// ```
/// use iam_policy_check::PolicyType;
///
/// assert_eq!(PolicyType::from_name("service-control"), Some(PolicyType::ServiceControl));
/// assert_eq!(PolicyType::default().name(), "identity");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PolicyType {
    /// It is attached to a user, group or role: AWS's `IDENTITY_POLICY`.
    #[default]
    Identity,
    /// It is attached to a resource: AWS's `RESOURCE_POLICY`.
    Resource,
    /// It says who may assume a role: AWS's `RESOURCE_POLICY` with the resource type
    /// `AWS::IAM::AssumeRolePolicyDocument`.
    Trust,
    /// It limits the accounts of an organization: AWS's `SERVICE_CONTROL_POLICY`.
    ServiceControl,
    /// It limits the resources of an organization: AWS's `RESOURCE_CONTROL_POLICY`.
    ResourceControl,
}

impl PolicyType {
    /// Every type.
    pub const ALL: &'static [Self] = &[
        Self::Identity,
        Self::Resource,
        Self::Trust,
        Self::ServiceControl,
        Self::ResourceControl,
    ];

    /// The name for command lines: `identity`, `resource`, `trust`, `service-control` or `resource-control`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Resource => "resource",
            Self::Trust => "trust",
            Self::ServiceControl => "service-control",
            Self::ResourceControl => "resource-control",
        }
    }

    /// The type of this name; `None` if there is no such type.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether such a policy names principals.
    pub(crate) const fn has_principals(self) -> bool {
        matches!(self, Self::Resource | Self::Trust | Self::ResourceControl)
    }
}

/// What to check for.
///
/// # Examples
///
/// ```
/// use iam_policy_check::{Options, PolicyType};
/// use iam_policy_core::Attach;
///
/// let options = Options {
///     attach: &[Attach::InlineUser, Attach::Managed],
///     ..Options::default()
/// };
/// assert_eq!(options.policy_type, PolicyType::Identity);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// What the document is.
    pub policy_type: PolicyType,
    /// Where it is to be attached: it must be small enough for each of these.
    pub attach: &'a [Attach],
}
