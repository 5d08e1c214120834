#![doc = include_str!("../README.md")]
//!
//! ## An example with every key
//!
//! ```toml
#![doc = include_str!("../example.toml")]
//! ```
//!
//! ## The rules
//!
//! - Order in the file is order in everything that is made of it.
//! - Placeholders, `{name}`, stand in resources, in the values of conditions and in prose; never in actions, Sids, ids
//!   or keys. `{{` and `}}` are braces. IAM's own variables, such as `${aws:username}`, pass through.
//! - Every action and every resource is covered by a reason: the statement's, or its own.
//! - Ids and Sids are unique over a policy and its extensions together, since they come into one document.
//! - No partition of the policy leaves a statement without resources, unless the statement is limited to other
//!   partitions.
//! - A policy fits the quota of every kind that it may be attached as, in each of its partitions, with the parameters'
//!   defaults: alone, with each extension, and with all extensions that share a kind. An extension's own `attach`
//!   replaces the policy's in the combinations that it is in. White space outside strings does not count.
//! - Text that goes into a policy has only the characters that IAM accepts: tab, line feed, carriage return, and U+0020
//!   to U+00FF. Prose may have any.
//!
//! None of these can be waived. A waiver accepts a *finding*: something that AWS would accept and a reviewer might not.
#![doc = include_str!("../reference.md")]

mod check;
pub mod compile;
#[cfg(feature = "tools")]
mod draft;
pub mod keys;
mod lower;
mod mistake;
mod model;
#[cfg(feature = "tools")]
mod paths;
mod read;
mod source;
pub mod wording;

use iam_policy_document::{Diagnostic, sort_by_place};

#[cfg(feature = "tools")]
pub use draft::{Draft, DraftStatement};
pub use lower::with_policies;
pub use model::{
    Action, Condition, Extension, Page, Parameter, Policy, Resource, Spanned, Spec, Statement, Template, Trust, Waiver,
    constant_name,
};
#[cfg(feature = "tools")]
pub use paths::Paths;
pub use source::Source;

/// Reads a spec: what could be understood, and all errors in file order.
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
    let mut diagnostics = form;
    diagnostics.extend(check::check(source, &mut spec, !tainted.is_empty()));
    diagnostics.retain(|diagnostic| !is_torn(diagnostic.start()));
    diagnostics.extend(syntax);
    sort_by_place(&mut diagnostics, Diagnostic::start);
    spec.complete = diagnostics.is_empty();
    (spec, diagnostics)
}

/// Whether `text` contains policies, to tell specs in a folder from other TOML files.
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
