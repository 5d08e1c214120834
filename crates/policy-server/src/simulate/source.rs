//! The policies of a simulation, with AWS's names for them.

use std::borrow::Cow;

use iam_policy_account::{Identity, Origin};
use iam_policy_document::{Document, Lines};
use iam_policy_eval::{PolicySet, PolicyType};

use crate::error::Error;

/// AWS's names for the types of policies in answers.
///
/// Source: IAM API Reference, `SimulatePrincipalPolicy`, "Examples".
pub(crate) const IAM_POLICY: &str = "IAM Policy";
pub(crate) const RESOURCE_POLICY: &str = "Resource Policy";
pub(crate) const BOUNDARY_POLICY: &str = "Permissions Boundary Policy";

/// A policy that statements can be from.
pub(crate) struct Source<'s> {
    /// What AWS calls it.
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) text: &'s str,
    pub(crate) document: Cow<'s, Document>,
}

/// The policies of an identity. One that it has by several ways is there once.
pub(crate) fn sources_of<'p>(identity: &Identity<'p>) -> Vec<Source<'p>> {
    let mut seen = Vec::new();
    let mut sources = Vec::new();
    for policy in &identity.policies {
        let id = match policy.origin {
            Origin::Managed { arn, .. } => {
                // A user may have a policy by a group as well.
                if seen.contains(&arn) {
                    continue;
                }
                seen.push(arn);
                policy.name.to_owned()
            }
            origin => {
                let entity = origin.entity();
                format!("{}_{}_{}", entity.kind.name(), entity.name, policy.name)
            }
        };
        sources.push(Source {
            id,
            kind: IAM_POLICY,
            text: policy.policy.text(),
            document: Cow::Borrowed(policy.policy.document()),
        });
    }
    sources
}

/// Reads a policy that a call gives.
pub(crate) fn read(parameter: &str, text: &str, policy_type: PolicyType) -> Result<Document, Error> {
    let reading = iam_policy_document::json::read(text.as_bytes());
    let lines = Lines::new(text.as_bytes());
    let wrong = |what: String| Error::invalid_input(format!("Invalid {parameter}: {what}"));
    if let Some(problem) = reading.problems.first() {
        let position = lines.position(problem.start());
        return Err(wrong(format!("{position}: {}", problem.message)));
    }
    match PolicySet::compile(policy_type, [&reading.document]) {
        Ok(_) => Ok(reading.document),
        Err(error) => Err(wrong(error.to_string())),
    }
}

pub(crate) fn compile<'d>(
    policy_type: PolicyType,
    documents: impl IntoIterator<Item = &'d Document>,
) -> Result<PolicySet, Error> {
    // Each has been compiled before, on its own.
    PolicySet::compile(policy_type, documents).map_err(|_| Error::internal_failure())
}
