//! The configuration of the program `iam-policy`, in files named [`FILE_NAME`].
//!
//! # Examples
//!
//! ```
//! use iam_policy_spec::{Source, configuration};
//!
//! let source = Source::new("iam-policy.toml", r#"
//! [check]
//! ignore = ["REDUNDANT_ACTON"]
//! "#);
//! let (_, diagnostics) = configuration::read(&source);
//! assert_eq!(source.show(&diagnostics[0]).to_string(), "\
//! error[INVALID_CONFIGURATION]: `REDUNDANT_ACTON` is not a code that can be selected or ignored
//!  --> iam-policy.toml:3:11
//!   |
//! 3 | ignore = [\"REDUNDANT_ACTON\"]
//!   |           ^^^^^^^^^^^^^^^^^
//!   = help: did you mean `REDUNDANT_ACTION`?");
//! ```
#![doc = include_str!("../../configuration.md")]

pub mod keys;

use iam_policy_check::{Code, PolicyResource, PolicyType};
use iam_policy_core::AttachmentKind;
use iam_policy_document::{Diagnostic, sort_by_place};

use crate::Source;
use crate::model::Spanned;

/// The name of the file. It is never a spec.
pub const FILE_NAME: &str = "iam-policy.toml";

/// What a configuration says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Configuration {
    /// `[check]`: how `iam-policy check` checks files.
    pub check: Check,
}

/// `[check]`: how files are checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// The settings for all files.
    pub settings: Settings,
    /// The path of the baseline, relative to the folder of the configuration.
    pub baseline: Option<Spanned<String>>,
    /// Patterns for files that are skipped in folders.
    pub exclude: Vec<Spanned<String>>,
    /// Settings for some files, in order.
    pub paths: Vec<Paths>,
}

/// `[[check.path]]`: settings for some files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paths {
    /// Patterns for the files.
    pub files: Vec<Spanned<String>>,
    /// Their settings.
    pub settings: Settings,
}

/// Settings that may differ from file to file. What is `None` is left to other settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// Reports findings with these codes only.
    pub select: Option<Vec<Code>>,
    /// Does not report findings with these codes.
    pub ignore: Vec<Code>,
    /// Whether warnings fail the check.
    pub deny_warnings: Option<bool>,
    /// The type of JSON policies.
    pub policy_type: Option<PolicyType>,
    /// What resource policies are attached to.
    pub resource_type: Option<PolicyResource>,
    /// How JSON policies will be attached.
    pub attach: Option<Vec<AttachmentKind>>,
}

/// Reads a configuration, and returns the parts that could be read and all errors in file order.
///
/// - `source`: the configuration
#[must_use]
pub fn read(source: &Source) -> (Configuration, Vec<Diagnostic>) {
    let (configuration, mut diagnostics) = crate::read::configuration::read(source);
    sort_by_place(&mut diagnostics, Diagnostic::start);
    (configuration, diagnostics)
}
