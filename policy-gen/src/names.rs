//! What artifacts are called, and where they come from.

use iam_policy_core::{Partition, Policy};

/// Where artifacts come from, for the note at their head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The command that writes them, such as `cargo xtask regenerate`.
    pub command: &'a str,
    /// The spec's path as seen from them, such as `../policies.toml`.
    pub spec: &'a str,
}

/// The name of a policy's JSON file for `partition`.
pub(crate) fn file_name(policy: &Policy<'_>, partition: Partition) -> String {
    if partition == policy.default_partition() {
        format!("{}.json", policy.name)
    } else {
        format!("{}.{partition}.json", policy.name)
    }
}
