use std::fmt;

use crate::names::snake_case;

/// When an operation needs an action.
///
/// ```
/// use iam_policy_operations::{Condition, service};
///
/// let get = service("S3").unwrap().operation("GetObject").unwrap();
/// let version = get.needs().find(|need| need.action() == "s3:GetObjectVersion").unwrap();
/// assert!(matches!(version.condition(), Some(Condition::Set { member: "VersionId", .. })));
/// assert_eq!(version.condition().unwrap().to_string(), "if `version_id` is set");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Condition {
    /// The input has the member.
    #[non_exhaustive]
    Set {
        /// The member as botocore spells it. A dot separates the names of nested members.
        member: &'static str,
    },
    /// The input lacks the member.
    #[non_exhaustive]
    Unset {
        /// The member.
        member: &'static str,
    },
    /// The member has this value.
    #[non_exhaustive]
    Equals {
        /// The member.
        member: &'static str,
        /// The value, as it is sent.
        value: &'static str,
    },
    /// The member has another value, or none.
    #[non_exhaustive]
    Differs {
        /// The member.
        member: &'static str,
        /// The value, as it is sent.
        value: &'static str,
    },
    /// Something that the input does not say, such as whether an object is encrypted with a customer's key.
    #[non_exhaustive]
    Outside {
        /// What, to be read after "if".
        text: &'static str,
    },
}

impl Condition {
    /// The member that decides, as botocore spells it; `None` if the input does not decide.
    #[must_use]
    pub const fn member(self) -> Option<&'static str> {
        match self {
            Self::Set { member }
            | Self::Unset { member }
            | Self::Equals { member, .. }
            | Self::Differs { member, .. } => Some(member),
            Self::Outside { .. } => None,
        }
    }
}

/// In words, with the member as the Rust SDK spells it.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |member: &str| {
            let names: Vec<String> = member.split('.').map(snake_case).collect();
            names.join(".")
        };
        match self {
            Self::Set { member } => write!(f, "if `{}` is set", name(member)),
            Self::Unset { member } => write!(f, "if `{}` is not set", name(member)),
            Self::Equals { member, value } => write!(f, "if `{}` is `{value}`", name(member)),
            Self::Differs { member, value } => write!(f, "if `{}` is not `{value}`", name(member)),
            Self::Outside { text } => write!(f, "if {text}"),
        }
    }
}
