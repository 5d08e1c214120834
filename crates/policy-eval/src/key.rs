use iam_policy_catalog::{Catalog, ConditionKey, ResourceTag};
use iam_policy_core::GlobalKey;

/// A condition key as named in a policy.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    name: Box<str>,
    global: Option<GlobalKey>,
    /// Whether a request may contain the same value under another key.
    has_twin: bool,
    multivalued: bool,
}

impl Key {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            global: GlobalKey::from_name(name),
            has_twin: ResourceTag::of(name).is_some(),
            multivalued: Catalog::get()
                .condition_key(name)
                .is_some_and(ConditionKey::is_multivalued),
        }
    }

    /// The same key for a comparison of dates, to which `aws:CurrentTime` and `aws:EpochTime` are one.
    pub(crate) fn for_moments(self) -> Self {
        let is_now = self.moment_twin().is_some();
        Self {
            has_twin: self.has_twin || is_now,
            ..self
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) const fn global(&self) -> Option<GlobalKey> {
        self.global
    }

    pub(crate) const fn has_twin(&self) -> bool {
        self.has_twin
    }

    /// The other key for the time of the request.
    pub(crate) const fn moment_twin(&self) -> Option<GlobalKey> {
        match self.global {
            Some(GlobalKey::CurrentTime) => Some(GlobalKey::EpochTime),
            Some(GlobalKey::EpochTime) => Some(GlobalKey::CurrentTime),
            _ => None,
        }
    }

    /// Whether AWS documents the key as multivalued.
    pub(crate) const fn is_multivalued(&self) -> bool {
        self.multivalued
    }
}
