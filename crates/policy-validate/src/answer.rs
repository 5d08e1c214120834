use iam_policy_core::Decision;

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Answer {
    /// The index of the question among those asked together.
    pub question: usize,
    /// What was decided.
    pub decision: Decision,
    /// What determined the decision, as far as known.
    pub cause: Cause,
}

/// What determined an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cause {
    /// Whether the organization's service control policies allow it; `None` if unknown.
    pub organizations: Option<bool>,
    /// Whether the permissions boundary allows it; `None` if there is none or it is unknown.
    pub boundary: Option<bool>,
    /// The statements that matched the request.
    pub matched: Vec<Matched>,
    /// Context keys that the answer depends on and that had no value.
    pub missing_context: Vec<String>,
}

/// A statement that matched a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Matched {
    /// `SourcePolicyId`: the policy.
    pub policy: String,
    /// `SourcePolicyType`: the type of policy.
    pub kind: String,
    /// The start of the statement: line and column, counted as AWS counts them.
    pub start: Option<(u32, u32)>,
    /// The end of the statement.
    pub end: Option<(u32, u32)>,
}
