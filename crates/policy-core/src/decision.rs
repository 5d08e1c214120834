use core::fmt;
use core::str::FromStr;

use crate::UnknownName;
use crate::text::same;

/// AWS's answer to a request, from the most to the least permissive.
///
/// Source: IAM API Reference, `EvaluationResult`, `EvalDecision`.
///
/// # Examples
///
/// ```
/// use iam_policy_core::Decision;
///
/// assert_eq!(Decision::ImplicitDeny.to_string(), "implicitDeny");
/// assert_eq!("allowed".parse(), Ok(Decision::Allowed));
/// assert!(Decision::ExplicitDeny > Decision::ImplicitDeny);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// The request is allowed.
    Allowed,
    /// No statement denies the request, but a statement that is required to allow it is missing.
    ImplicitDeny,
    /// A statement denies the request.
    ExplicitDeny,
}

impl Decision {
    /// Every decision.
    pub const ALL: &'static [Self] = &[Self::Allowed, Self::ImplicitDeny, Self::ExplicitDeny];

    /// The name in AWS's API, such as `implicitDeny`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ImplicitDeny => "implicitDeny",
            Self::ExplicitDeny => "explicitDeny",
        }
    }

    /// The decision with this `name`, which is case-sensitive. Returns `None` if there is no such decision.
    #[must_use]
    pub const fn from_name(name: &str) -> Option<Self> {
        let mut rest = Self::ALL;
        while let [decision, tail @ ..] = rest {
            if same(decision.name(), name) {
                return Some(*decision);
            }
            rest = tail;
        }
        None
    }
}

impl FromStr for Decision {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::from_name(name).ok_or(UnknownName::new("decision"))
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
