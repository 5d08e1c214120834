//! The trait that every format implements.

use iam_policy_core::Policy;
use iam_policy_spec::{Format, Spec};

use super::deployment::Deployment;
use super::deployment::usage::Usage;

/// A format of generated files.
pub(super) trait Output: Sync {
    /// Returns the generated files in a stable order: those of each policy in each of its partitions and environments, and
    /// those that describe all policies.
    fn files(&self, input: &Input<'_>) -> Vec<Artifact>;

    /// Returns whether this format can generate a file called `name`.
    ///
    /// Only such files are ever replaced or removed. It must be true for every name that [`Output::files`] returns, and
    /// false for a name that leads outside the folder. A name may contain one `/`, after the name of a folder.
    fn can_write(&self, name: &str) -> bool;

    /// How the file is used, if it deploys something.
    ///
    /// - `deployment`: what it deploys
    fn usage<'a>(&self, deployment: &Deployment<'a>) -> Option<Usage<'a>> {
        let _ = deployment;
        None
    }
}

/// The input of a format.
pub(super) struct Input<'a> {
    /// The spec, for everything outside its policies: the page's texts, and the parameters.
    pub(super) spec: &'a Spec,
    /// Its policies, with their extensions, partitions and trust policies.
    pub(super) policies: &'a [Policy<'a>],
    /// The origin that the head of a file names.
    pub(super) origin: Origin<'a>,
    /// The formats in which files are generated together.
    pub(super) formats: &'a [Format],
}

/// The origin of artifacts, for the note at the head of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The command that generates them, such as `cargo xtask regenerate`.
    pub command: &'a str,
    /// The path from the artifacts' folder to the spec, such as `../policies.toml`.
    pub spec: &'a str,
}

/// A file that is generated from a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Artifact {
    /// The file's name, such as `user.json`; in the folder of an environment, `prod/user.json`.
    pub name: String,
    /// The whole text of the file.
    pub contents: String,
}

impl Origin<'_> {
    /// The note at the head of a file.
    pub(super) fn note(&self) -> String {
        let Self { command, spec } = self;
        format!("Written by `{command}` from `{spec}`. Do not edit: change that file instead.")
    }
}
