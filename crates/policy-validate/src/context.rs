//! Context keys: their types, and which ones the principal determines.

use iam_policy_catalog::{Catalog, KeyType};
use iam_policy_core::GlobalKey;
use iam_policy_eval::{Context, RequestError};

use crate::{ContextEntry, ContextType};

impl ContextEntry {
    /// An entry with the type that AWS documents for the key. Undocumented keys are strings.
    ///
    /// - `key`: such as `aws:SourceIp`
    /// - `values`: one, or several for a multivalued key
    ///
    /// # Errors
    ///
    /// If a value does not have the key's type.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_validate::{ContextEntry, ContextType};
    ///
    /// let entry = ContextEntry::new("aws:MultiFactorAuthPresent", ["true"])?;
    /// assert_eq!(entry.kind, ContextType::Boolean);
    /// assert!(ContextEntry::new("aws:SourceIp", ["home"]).is_err());
    /// # Ok::<(), iam_policy_eval::RequestError>(())
    /// ```
    pub fn new(key: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Result<Self, RequestError> {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        Context::new().with_all(key, values.iter().map(String::as_str))?;
        let known = Catalog::get().condition_key(key);
        let several = known.map_or(values.len() > 1, iam_policy_catalog::ConditionKey::is_multivalued);
        let kind = match (
            known.map_or(KeyType::String, iam_policy_catalog::ConditionKey::key_type),
            several,
        ) {
            (KeyType::Bool, false) => ContextType::Boolean,
            (KeyType::Bool, true) => ContextType::BooleanList,
            (KeyType::Date, false) => ContextType::Date,
            (KeyType::Date, true) => ContextType::DateList,
            (KeyType::Numeric, false) => ContextType::Numeric,
            (KeyType::Numeric, true) => ContextType::NumericList,
            (KeyType::IpAddress, false) => ContextType::Ip,
            (KeyType::IpAddress, true) => ContextType::IpList,
            (KeyType::Binary, false) => ContextType::Binary,
            (KeyType::Binary, true) => ContextType::BinaryList,
            (_, false) => ContextType::String,
            (_, true) => ContextType::StringList,
        };
        Ok(Self {
            key: key.to_owned(),
            kind,
            values,
        })
    }
}

/// The entries in the evaluator's form. Values of the wrong type are dropped.
pub(crate) fn evaluated(entries: &[ContextEntry]) -> Context<'_> {
    let mut context = Context::new();
    for entry in entries {
        // Nothing is fixed then.
        let _ = context.set(&entry.key, entry.values.iter().map(String::as_str));
    }
    context
}

/// Whether AWS derives the values of `key` from the principal.
pub(crate) fn is_of_principal(key: &str) -> bool {
    GlobalKey::from_name(key).is_some_and(GlobalKey::is_of_principal)
}

/// `entries`, with those of `others` replacing entries for the same keys.
pub(crate) fn overridden(entries: &[ContextEntry], others: &[ContextEntry]) -> Vec<ContextEntry> {
    let other = |entry: &ContextEntry| others.iter().any(|other| other.key.eq_ignore_ascii_case(&entry.key));
    let kept = entries.iter().filter(|entry| !other(entry));
    let mut all: Vec<ContextEntry> = kept.chain(others).cloned().collect();
    all.sort_unstable();
    all
}
