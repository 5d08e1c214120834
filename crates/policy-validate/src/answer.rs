use std::fmt;

/// What was said to a question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Answer {
    /// The number of the question among those that were asked together, from 0.
    pub question: usize,
    /// What was decided.
    pub decision: Decision,
    /// What decided it, as far as that was said.
    pub cause: Cause,
}

/// Whether a request is allowed.
///
/// ```
/// assert_eq!(iam_policy_validate::Decision::ImplicitDeny.to_string(), "implicitDeny");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// It is.
    Allowed,
    /// Nothing allows it.
    ImplicitDeny,
    /// A statement denies it.
    ExplicitDeny,
}

impl Decision {
    /// The name that AWS's simulator gives it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ImplicitDeny => "implicitDeny",
            Self::ExplicitDeny => "explicitDeny",
        }
    }

    /// What AWS's simulator calls by this `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Allowed, Self::ImplicitDeny, Self::ExplicitDeny]
            .into_iter()
            .find(|decision| decision.as_str() == name)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What decided an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cause {
    /// Whether the service control policies of the organization allow it; `None` where that was not said.
    pub organizations: Option<bool>,
    /// Whether the permissions boundary allows it; `None` where there is none or it was not said.
    pub boundary: Option<bool>,
    /// The statements that matched the request.
    pub matched: Vec<Matched>,
    /// The context keys that the answer depends on and whose values were not given.
    pub missing_context: Vec<String>,
}

/// A statement that matched a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Matched {
    /// `SourcePolicyId`: the policy.
    pub policy: String,
    /// `SourcePolicyType`: what kind of policy it is.
    pub kind: String,
    /// Where the statement begins, as line and column, both as AWS counts them.
    pub start: Option<(u32, u32)>,
    /// Where it ends.
    pub end: Option<(u32, u32)>,
}
