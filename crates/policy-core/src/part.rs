/// A part of a policy that becomes part of its document. All numbers are indices into the lists of the
/// [`Policy`](crate::Policy), including elements outside the document's partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// A statement of the policy, or of one of its extensions.
    Statement {
        /// The extension.
        extension: Option<usize>,
        /// The statement.
        index: usize,
    },
    /// A statement of the trust policy.
    TrustStatement(usize),
    /// The statement's Sid.
    Sid,
    /// Its effect.
    Effect,
    /// Its principals.
    Principals,
    /// The key of this principal and those that follow with the same one.
    PrincipalKey(usize),
    /// One of the principals.
    Principal(usize),
    /// The list of its actions.
    Actions,
    /// One of them.
    Action(usize),
    /// The list of its resources, if it has one.
    Resources,
    /// One of them.
    Resource(usize),
    /// Its conditions.
    Conditions,
    /// The operator of this condition and those that follow with the same one.
    Operator(usize),
    /// The key of one condition and its values.
    Condition(usize),
    /// A value of that condition.
    Value(usize),
}
