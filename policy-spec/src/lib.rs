//! The language in which IAM permissions and their reasons are written.
mod check;
mod diagnostic;
pub mod keys;
mod lower;
mod model;
mod read;
mod source;
mod suggest;

pub use diagnostic::Diagnostic;
pub use lower::with_policies;
pub use model::{
    Action, Condition, Extension, Page, Parameter, Policy, Resource, Spanned, Spec, Statement, Template, Trust, Waiver,
    constant_name,
};
pub use source::{Excerpt, Position, Source};

/// Reads a spec: what could be understood of it, and all its mistakes in the order of the file.
///
/// # Examples
///
/// ```
/// use policy_spec::{Source, read};
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
/// `s3.ListAllMyBuckets` is not an action
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
    let mut diagnostics = form;
    diagnostics.extend(check::check(source, &mut spec));
    diagnostics.retain(|diagnostic| !tainted.iter().any(|range| range.contains(&diagnostic.span.start)));
    diagnostics.extend(syntax);
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
    spec.complete = diagnostics.is_empty();
    (spec, diagnostics)
}
