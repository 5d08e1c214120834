//! What a format has to provide.

use iam_policy_core::Policy;
use iam_policy_spec::Spec;

/// A format in which a spec is written to files.
pub(super) trait Output: Sync {
    /// Generates the files of a spec in this format, in a stable order: those of each policy in each of its partitions,
    /// and those that cover all policies.
    fn files(&self, input: &Input<'_>) -> Vec<Artifact>;

    /// Whether this format has a file called `name` for some spec.
    ///
    /// Only such a file is ever replaced or removed, so this must hold for every name that [`Output::files`] returns,
    /// and must not hold for a name that leads out of a folder.
    fn can_write(&self, name: &str) -> bool;
}

/// What an output turns into files.
pub(super) struct Input<'a> {
    /// The compiled spec, for everything that belongs to no single policy, such as the texts of the page.
    pub(super) spec: &'a Spec,
    /// Its policies, with their extensions, partitions and trust policies.
    pub(super) policies: &'a [Policy<'a>],
    /// What the head of a file says about where it comes from.
    pub(super) origin: Origin<'a>,
}

/// Where artifacts come from, for the note at the head of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The command that writes them, such as `cargo xtask regenerate`.
    pub command: &'a str,
    /// The path from the artifacts' folder to the spec, such as `../policies.toml`.
    pub spec: &'a str,
}

/// A file that is generated from a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Artifact {
    /// The file's name, without a folder.
    pub name: String,
    /// The whole text of the file.
    pub contents: String,
}
