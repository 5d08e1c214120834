//! What a comparison comes to.

use std::fmt;

use iam_policy_catalog::Action;
use iam_policy_eval::Outcome;

/// How a new policy stands to an old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Both allow the same requests.
    Equivalent,
    /// The new one allows less, and nothing that the old one did not.
    Narrowed,
    /// The new one allows more, and all that the old one did.
    Widened,
    /// Each allows something that the other does not.
    Incomparable,
    /// It could not be decided; [`Comparison::because`] says why.
    Unknown,
}

impl Verdict {
    /// The word for it, such as `widened`.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(iam_policy_compare::Verdict::Incomparable.as_str(), "incomparable");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Narrowed => "narrowed",
            Self::Widened => "widened",
            Self::Incomparable => "incomparable",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it is proved that nothing is allowed that was not.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_compare::Verdict;
    ///
    /// assert!(Verdict::Narrowed.grants_nothing_new());
    /// assert!(!Verdict::Unknown.grants_nothing_new());
    /// ```
    #[must_use]
    pub const fn grants_nothing_new(self) -> bool {
        matches!(self, Self::Equivalent | Self::Narrowed)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where a statement stands in what was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The number of the document among those of its policy, from 0.
    pub document: usize,
    /// The number of the statement in its document, from 0.
    pub statement: usize,
}

/// A request that proves a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Witness {
    /// Who makes it, where the policies name principals.
    pub principal: Option<String>,
    /// The action.
    pub action: String,
    /// The resource; `*` for an action that is about none.
    pub resource: String,
    /// The condition keys that matter and their values, by key; a key without values is one that must not be there.
    pub context: Vec<(String, Vec<String>)>,
    /// What the old policy says.
    pub old_decision: Outcome,
    /// What the new policy says.
    pub new_decision: Outcome,
    /// The statements of the old policy that are about the request.
    pub old_statements: Vec<Place>,
    /// The statements of the new policy that are about the request.
    pub new_statements: Vec<Place>,
    /// All actions of the catalogue for which the same request proves the same.
    pub actions: Vec<Action>,
    /// All actions that the policies name and the catalogue does not have, likewise. If there are none of either,
    /// [`action`](Self::action) is an example of those that AWS may add.
    pub unknown_actions: Vec<String>,
}

/// What a comparison comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// The answer.
    pub verdict: Verdict,
    /// Requests that the new policy allows and the old one does not: one for each kind of action, up to a number.
    pub newly_allowed: Vec<Witness>,
    /// Requests that the old policy allows and the new one does not, likewise.
    pub newly_denied: Vec<Witness>,
    /// Why, in a few words.
    pub because: String,
}

impl Comparison {
    pub(crate) fn unknown(because: String) -> Self {
        Self {
            verdict: Verdict::Unknown,
            newly_allowed: Vec::new(),
            newly_denied: Vec::new(),
            because,
        }
    }
}
