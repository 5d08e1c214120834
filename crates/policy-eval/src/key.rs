use iam_policy_catalog::{Catalog, ConditionKey};

/// A condition key as named in a policy.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    name: Box<str>,
    filled: Option<Filled>,
    multivalued: bool,
}

/// The keys that follow from the rest of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    PrincipalArn,
    PrincipalAccount,
    PrincipalType,
    PrincipalIsAwsService,
    PrincipalServiceName,
    Username,
    UserId,
    ResourceAccount,
}

const FILLED: &[(&str, Filled)] = &[
    ("aws:PrincipalArn", Filled::PrincipalArn),
    ("aws:PrincipalAccount", Filled::PrincipalAccount),
    ("aws:PrincipalType", Filled::PrincipalType),
    ("aws:PrincipalIsAWSService", Filled::PrincipalIsAwsService),
    ("aws:PrincipalServiceName", Filled::PrincipalServiceName),
    ("aws:username", Filled::Username),
    ("aws:userid", Filled::UserId),
    ("aws:ResourceAccount", Filled::ResourceAccount),
];

impl Key {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            filled: FILLED
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, filled)| *filled),
            multivalued: Catalog::get()
                .condition_key(name)
                .is_some_and(ConditionKey::is_multivalued),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) const fn filled(&self) -> Option<Filled> {
        self.filled
    }

    /// Whether AWS documents the key as multivalued.
    pub(crate) const fn is_multivalued(&self) -> bool {
        self.multivalued
    }
}
