#![doc = include_str!("../README.md")]
//!
//! ## An example with every key
//!
//! ```toml
#![doc = include_str!("../example.toml")]
//! ```
//!
#![doc = include_str!("../reference.md")]

mod check;
pub mod compile;
#[cfg(feature = "tools")]
pub mod configuration;
#[cfg(feature = "tools")]
mod draft;
mod format;
mod include;
pub mod keys;
mod lower;
mod malformed;
mod mistake;
mod model;
mod package;
#[cfg(feature = "tools")]
mod paths;
mod read;
mod settings;
mod source;
pub mod wording;

use iam_policy_document::{Diagnostic, Numbers, sort_by_place};

#[cfg(feature = "tools")]
pub use draft::{Draft, DraftParameter, DraftPlace, DraftStatement, DraftWaiver, draft_template, parameter_name};
pub use format::Format;
pub use lower::with_policies;
pub use model::{
    Action, Condition, Environment, Extension, Included, Page, Parameter, Policy, Principal, PrincipalList, Resource,
    Setting, Shared, Spanned, Spec, Statement, Template, Trust, Waiver, constant_name, pascal_case,
};
pub use package::is_private;
#[cfg(feature = "tools")]
pub use paths::Paths;
pub use settings::Settings;
pub use source::Source;

/// Reads a spec, and returns the parts that could be read and all errors in file order.
///
/// - `source`: the spec
///
/// # Examples
///
/// ```
/// use iam_policy_spec::{Source, read};
///
/// let source = Source::new("policies.toml", r#"
/// [policy.user]
/// [[policy.user.statement]]
/// id        = "list"
/// reason    = "Finds the bucket."
/// actions   = ["s3.ListAllMyBuckets"]
/// resources = ["*"]
/// "#);
/// let (spec, diagnostics) = read(&source);
/// assert_eq!(spec.policies[0].statements[0].sid.value, "List");
/// assert_eq!(source.show(&diagnostics[0]).to_string(), "\
/// error[INVALID_SPEC]: `s3.ListAllMyBuckets` is not an action
///  --> policies.toml:6:14
///   |
/// 6 | actions   = [\"s3.ListAllMyBuckets\"]
///   |              ^^^^^^^^^^^^^^^^^^^^^
///   = help: did you mean `s3:ListAllMyBuckets`?");
/// ```
#[must_use]
pub fn read(source: &Source) -> (Spec, Vec<Diagnostic>) {
    read_with(source, &Settings::default())
}

/// Like [`read`], but some parameters have other values than their defaults.
///
/// Whatever [`Settings::unknown`] returns for all specs that are read with the same settings is ignored. An error in a
/// value has no location.
///
/// - `source`: the spec
/// - `settings`: the values
#[must_use]
pub fn read_with(source: &Source, settings: &Settings) -> (Spec, Vec<Diagnostic>) {
    let read::Reading {
        mut spec,
        syntax,
        tainted,
        form,
    } = read::read(source);
    let is_torn = |at: usize| tainted.iter().any(|range| range.contains(&at));
    for policy in &mut spec.policies {
        policy.statements.retain(|statement| !is_torn(statement.span.start));
        for extension in &mut policy.extensions {
            extension.statements.retain(|statement| !is_torn(statement.span.start));
        }
    }
    for shared in &mut spec.shared {
        shared.statements.retain(|statement| !is_torn(statement.span.start));
    }
    let mut diagnostics = form;
    diagnostics.extend(include::include(&mut spec));
    let wrong = settings.apply(&mut spec);
    diagnostics.extend(check::check(source, &mut spec, !tainted.is_empty()));
    diagnostics.retain(|diagnostic| !is_torn(diagnostic.start()));
    diagnostics.extend(syntax);
    sort_by_place(&mut diagnostics, Diagnostic::start);
    // What several policies include is reported once.
    if !spec.shared.is_empty() {
        let mut seen = Numbers::new();
        diagnostics.retain(|diagnostic| {
            let key = format!("{:?} {}", diagnostic.location.span, diagnostic.message);
            seen.insert(key, 0).is_none()
        });
    }
    diagnostics.splice(0..0, wrong);
    spec.complete = diagnostics.is_empty();
    (spec, diagnostics)
}

/// Returns whether `text` contains policies, which distinguishes specs from other TOML files.
///
/// - `text`: the contents of a TOML file
///
/// # Examples
///
/// ```
/// assert!(iam_policy_spec::is_spec("[policy.user]\ntitle = 5"));
/// assert!(!iam_policy_spec::is_spec("[package]\nname = \"policy\""));
/// ```
#[must_use]
pub fn is_spec(text: &str) -> bool {
    read::has_policies(text)
}
