//! The result of a comparison.

use std::fmt;

use iam_policy_catalog::{Action, Catalog, Fit};
use iam_policy_eval::Decision;

/// How a new policy relates to an old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Both allow the same requests.
    Equivalent,
    /// The new one allows less, and nothing the old one did not.
    Narrowed,
    /// The new one allows more, and everything the old one did.
    Widened,
    /// Each allows something the other does not.
    Incomparable,
    /// It could not be decided; [`Comparison::because`] says why.
    Unknown,
}

impl Verdict {
    /// Its name, such as `widened`.
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

    /// Whether it is proved that nothing new is allowed.
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

/// The location of a statement in the documents compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The index of the document within its policy.
    pub document: usize,
    /// The index of the statement within its document.
    pub statement: usize,
}

/// A request that demonstrates a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Witness {
    /// The caller, if the policies name principals.
    pub principal: Option<String>,
    /// The action.
    pub action: String,
    /// The resource; `*` for an action without a resource.
    pub resource: String,
    /// The relevant condition keys and their values, by key; a key without values must be absent.
    pub context: Vec<(String, Vec<String>)>,
    /// The decision of the old policy.
    pub old_decision: Decision,
    /// The decision of the new policy.
    pub new_decision: Decision,
    /// The statements of the old policy that match the request.
    pub old_statements: Vec<Place>,
    /// The statements of the new policy that match the request.
    pub new_statements: Vec<Place>,
    /// All actions of the catalog for which the same request demonstrates the difference.
    pub actions: Vec<Action>,
    /// All actions that the policies name but that are not in the catalog, for which the same request demonstrates the
    /// difference. If both lists are empty, [`action`](Self::action) is an example of actions that AWS may add.
    pub unknown_actions: Vec<String>,
}

impl Witness {
    /// What AWS's reference lacks about the request, if it does not list the action for the resource: the action may
    /// not support such resources, or the reference may be incomplete or old.
    ///
    /// # Examples
    ///
    /// ```
    /// let read = |json: &str| iam_policy_document::json::read(json.as_bytes()).document;
    /// let old = read(r#"{"Statement": []}"#);
    /// let new = read(
    ///     r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:eu-west-1:123456789012:vault/a"}}"#,
    /// );
    /// let witness = &iam_policy_compare::compare(&old, &new).newly_allowed[0];
    /// assert_eq!(witness.beyond_the_reference(), Some("AWS's reference does not list this form of ARN"));
    /// ```
    #[must_use]
    pub fn beyond_the_reference(&self) -> Option<&'static str> {
        let action = Catalog::get().action(&self.action).filter(|_| self.resource != "*")?;
        match action.fit(&self.resource) {
            Fit::Documented => None,
            _ if action.is_wildcard_only() => Some("AWS's reference lists no resource types for this action"),
            Fit::Undocumented => Some("AWS's reference does not list this form of ARN"),
            Fit::OtherType(_) => Some("AWS's reference does not list this action for this type of resource"),
        }
    }
}

/// The result of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// The verdict.
    pub verdict: Verdict,
    /// Requests that the new policy allows and the old one does not: one for each class of actions, up to a limit.
    pub newly_allowed: Vec<Witness>,
    /// Requests that the old policy allows and the new one does not, with the same limit.
    pub newly_denied: Vec<Witness>,
    /// The reason, briefly.
    pub because: String,
    /// Differences that the verdict ignores: those on ARNs of types that AWS documents, but not for the action. Each is
    /// a sentence.
    pub notes: Vec<String>,
}

impl Comparison {
    pub(crate) fn unknown(because: String) -> Self {
        Self {
            verdict: Verdict::Unknown,
            newly_allowed: Vec::new(),
            newly_denied: Vec::new(),
            because,
            notes: Vec::new(),
        }
    }
}
