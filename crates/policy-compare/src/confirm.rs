//! A second opinion: every request is confirmed by the evaluator before it is returned.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use iam_policy_document::{Builder, Document, Statement};
use iam_policy_eval::{Context, Decision, Policies, PolicySet, PolicyType, Request};

/// Both policies, compiled for the evaluator.
#[derive(Debug)]
pub(crate) struct Evaluated {
    pub(crate) old: Side,
    pub(crate) new: Side,
    /// The number of characters of both, which a decision takes time in proportion to.
    pub(crate) size: usize,
}

/// One policy: an identity policy or, if it names principals, a resource policy.
#[derive(Debug)]
pub(crate) struct Side(PolicySet);

/// The caller, if no policy names principals.
const SOMEBODY: &str = "arn:aws:iam::123456789012:user/ann";

/// An account other than the caller's. Across accounts, the policies of both sides must allow, so a side that allows
/// everything leaves the decision to the other.
const ELSEWHERE: &str = "000000000000";

impl Evaluated {
    /// # Errors
    ///
    /// If AWS would not store a document: which policy, and why.
    pub(crate) fn compile(old: &[&Document], new: &[&Document]) -> Result<Self, String> {
        let side = |documents: &[&Document], other: &[&Document], which: &str| {
            // A policy without statements has the type of the other one.
            let decides = if statements(documents).next().is_none() {
                other
            } else {
                documents
            };
            let policy_type = if names_principals(decides) {
                PolicyType::Resource
            } else {
                PolicyType::Identity
            };
            PolicySet::compile(policy_type, documents.iter().copied())
                .map(Side)
                .map_err(|problem| format!("the {which} policy is invalid: {problem}"))
        };
        Ok(Self {
            old: side(old, new, "old")?,
            new: side(new, old, "new")?,
            size: old.iter().chain(new).map(|document| document.size()).sum(),
        })
    }
}

fn statements<'a>(documents: &'a [&'a Document]) -> impl Iterator<Item = Statement<'a>> {
    documents.iter().flat_map(|document| document.statements())
}

/// Whether a statement names principals.
pub(crate) fn names_principals(documents: &[&Document]) -> bool {
    statements(documents).any(Statement::names_principal)
}

impl Side {
    /// The decision of this policy by itself; `None` if the request is invalid.
    pub(crate) fn decide(
        &self,
        principal: Option<&str>,
        action: &str,
        resource: &str,
        context: &BTreeMap<&str, &[String]>,
    ) -> Option<Decision> {
        let mut known = Context::new();
        for (key, values) in context {
            known.set(key, values.iter().map(|value| &**value)).ok()?;
        }
        let request = Request::new(principal.unwrap_or(SOMEBODY), action, resource)
            .ok()?
            .with_resource_account(ELSEWHERE)
            .ok()?
            .with_context(&known);
        let response = if self.0.policy_type() == PolicyType::Resource {
            Policies::new(everything(PolicyType::Identity)?)
                .with_resource(&self.0)
                .decide(&request)
        } else {
            Policies::new(&self.0)
                .with_resource(everything(PolicyType::Resource)?)
                .decide(&request)
        };
        Some(response.decision)
    }
}

/// A policy that allows everything.
fn everything(policy_type: PolicyType) -> Option<&'static PolicySet> {
    static IDENTITY: OnceLock<Option<PolicySet>> = OnceLock::new();
    static RESOURCE: OnceLock<Option<PolicySet>> = OnceLock::new();
    let of_resource = policy_type == PolicyType::Resource;
    let set = if of_resource { &RESOURCE } else { &IDENTITY };
    set.get_or_init(|| {
        let mut builder = Builder::new();
        builder.begin_object(None);
        builder.key("Statement", None);
        builder.begin_object(None);
        builder.key("Effect", None);
        builder.string("Allow", None);
        for key in ["Action", "Resource", "Principal"]
            .iter()
            .take(if of_resource { 3 } else { 2 })
        {
            builder.key(key, None);
            builder.string("*", None);
        }
        PolicySet::compile(policy_type, [&builder.finish()]).ok()
    })
    .as_ref()
}
