//! How AWS classifies actions and condition keys.

use core::fmt;

/// The access level of an action, as in AWS's Service Authorization Reference.
///
/// The data lists actions that change tags or permissions as "Tagging, Write" and "Permissions management, Write"; only
/// the first level is kept.
///
/// ```
/// use iam_policy_catalog::{AccessLevel, Catalog};
///
/// let level = Catalog::get().action("s3:PutBucketPolicy").unwrap().access_level();
/// assert_eq!(level, AccessLevel::PermissionsManagement);
/// assert_eq!(level.to_string(), "Permissions management");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AccessLevel {
    /// Lists resources, without their contents.
    List,
    /// Reads contents.
    Read,
    /// Creates, deletes or modifies.
    Write,
    /// Changes only tags.
    Tagging,
    /// Grants or modifies permissions.
    PermissionsManagement,
}

impl AccessLevel {
    /// All levels, from least to most powerful.
    pub const ALL: [Self; 5] = [
        Self::List,
        Self::Read,
        Self::Write,
        Self::Tagging,
        Self::PermissionsManagement,
    ];

    /// The name of the level, as the AWS documentation writes it.
    ///
    /// ```
    /// assert_eq!(iam_policy_catalog::AccessLevel::Read.as_str(), "Read");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Tagging => "Tagging",
            Self::PermissionsManagement => "Permissions management",
        }
    }

    /// Whether such an action changes anything.
    ///
    /// ```
    /// use iam_policy_catalog::AccessLevel;
    ///
    /// assert!(AccessLevel::Tagging.is_mutating());
    /// assert!(!AccessLevel::List.is_mutating());
    /// ```
    #[must_use]
    pub const fn is_mutating(self) -> bool {
        !matches!(self, Self::List | Self::Read)
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The type of a condition key's values. Whether a key has one value or several is answered by
/// [`ConditionKey::is_multivalued`](crate::ConditionKey::is_multivalued).
///
/// ```
/// use iam_policy_catalog::{Catalog, KeyType};
///
/// let key = Catalog::get().condition_key("aws:PrincipalArn").unwrap();
/// assert_eq!(key.key_type(), KeyType::Arn);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyType {
    /// Text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A date and time.
    Date,
    /// A number.
    Numeric,
    /// An IP address.
    IpAddress,
    /// Bytes.
    Binary,
}

impl KeyType {
    /// All types.
    pub const ALL: [Self; 7] = [
        Self::String,
        Self::Arn,
        Self::Bool,
        Self::Date,
        Self::Numeric,
        Self::IpAddress,
        Self::Binary,
    ];

    /// The name of the type, as the data writes it.
    ///
    /// ```
    /// assert_eq!(iam_policy_catalog::KeyType::IpAddress.as_str(), "IPAddress");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Arn => "ARN",
            Self::Bool => "Bool",
            Self::Date => "Date",
            Self::Numeric => "Numeric",
            Self::IpAddress => "IPAddress",
            Self::Binary => "Binary",
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a global condition key describes: the groups in AWS's list of global keys.
///
/// ```
/// use iam_policy_catalog::{Catalog, GlobalScope};
///
/// let key = Catalog::get().condition_key("aws:PrincipalOrgID").unwrap();
/// assert_eq!(key.global_scope(), Some(GlobalScope::Principal));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum GlobalScope {
    /// The principal.
    Principal,
    /// The principal's role session.
    Session,
    /// Where the request comes from.
    Network,
    /// The resource.
    Resource,
    /// The request itself.
    Request,
}

impl GlobalScope {
    /// All scopes.
    pub const ALL: [Self; 5] = [
        Self::Principal,
        Self::Session,
        Self::Network,
        Self::Resource,
        Self::Request,
    ];

    /// The name of the scope, as the data writes it.
    ///
    /// ```
    /// assert_eq!(iam_policy_catalog::GlobalScope::Session.as_str(), "session");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Principal => "principal",
            Self::Session => "session",
            Self::Network => "network",
            Self::Resource => "resource",
            Self::Request => "request",
        }
    }
}

impl fmt::Display for GlobalScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
