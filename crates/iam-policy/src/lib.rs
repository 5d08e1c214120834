#![doc = include_str!("../README.md")]
#![no_std]

pub use iam_policy_core::{
    Action, Arn, ArnError, AttachmentKind, Condition, Effect, Evaluation, Explanation, Extension, Options, Parameter,
    ParameterValue, Partition, Policy, RenderError, Rendered, Resource, Row, Statement, Style, Template, Trust,
    UnknownName, ValueError, Waiver,
};

/// The language of specs: an annotated example with every key, and the reference.
///
/// Editors that support JSON Schema complete and check a spec that starts with a line such as
/// `#:schema path/to/spec.schema.json`. The schema is in the folder `policy-spec` of the repository.
///
/// # Example
///
/// ```toml
#[doc = include_str!("../example.toml")]
/// ```
#[doc = include_str!("../reference.md")]
pub mod language {}

/// Expands to the constants of a spec: a [`Policy`] for each of its policies, with its name in upper case, and `ALL`, a
/// list of them. The documentation of each constant explains every permission.
///
/// The argument is the path of the spec as a string literal, relative to the file that contains the literal. That is the
/// file that calls the macro, as with [`include_str!`], unless a `macro_rules!` of another file contains the call. The
/// crate is rebuilt when the spec changes.
///
/// The call is an item: it belongs into a module or a function. As the constants of each spec include `ALL`, each call
/// needs a module of its own.
///
/// The spec belongs into the folder of the package. Outside, a published package would not contain it; the compiler warns
/// about that unless the package has `publish = false`.
///
/// An error in the spec is a compiler error that shows its location in the spec. The constants that could be read still
/// exist. They allow everything, so that assertions about them do not cause more errors.
///
/// # Examples
///
/// ```
/// iam_policy::policies!("../example/policies.toml");
///
/// const _: () = assert!(USER.allows("s3:GetObject", "arn:aws:s3:::reports-2026/q1.pdf"));
/// assert_eq!(ALL.len(), 1);
/// ```
#[macro_export]
macro_rules! policies {
    ($($input:tt)*) => {
        $crate::__private::policies! { $crate $($input)* }
    };
}

/// Fails to compile unless a policy allows an action on a resource.
///
/// It belongs next to the code that makes the call. Statements with conditions do not count as allowing it; see
/// [`Policy::evaluate`].
///
/// - the policy: a constant expression
/// - the action: a string literal, the name of an action
/// - the resource: a string literal, the ARN of a resource; omitted for actions that do not support resources
///
/// Wildcards are an error in both, since the macro does not check whether everything that matches is allowed.
///
/// # Examples
///
/// ```
/// iam_policy::policies!("../example/policies.toml");
///
/// iam_policy::require_allowed!(USER, "s3:GetObject" on "arn:aws:s3:::reports-2026/q1.pdf");
/// iam_policy::require_allowed!(USER, "s3:ListAllMyBuckets");
/// ```
///
/// ```compile_fail
/// iam_policy::policies!("../example/policies.toml");
///
/// iam_policy::require_allowed!(USER, "s3:DeleteBucket" on "arn:aws:s3:::reports-2026");
/// ```
#[macro_export]
macro_rules! require_allowed {
    ($policy:expr, $action:literal $(,)?) => {
        $crate::require_allowed!(@ $policy, $action, "*", false, $action);
    };
    ($policy:expr, $action:literal on $resource:literal $(,)?) => {
        $crate::require_allowed!(
            @ $policy, $action, $resource,
            $crate::__private::is_pattern($resource),
            ::core::concat!($action, "` on `", $resource)
        );
    };
    (@ $policy:expr, $action:expr, $resource:expr, $is_pattern:expr, $what:expr) => {
        const _: () = match $policy.evaluate($action, $resource) {
            _ if $crate::__private::is_pattern($action) => {
                ::core::panic!("{}", ::core::concat!("`", $action, "` contains wildcards: write a single action"))
            }
            _ if $is_pattern => {
                ::core::panic!("{}", ::core::concat!("`", $resource, "` contains wildcards: write a single resource"))
            }
            $crate::Evaluation::Allowed => {}
            $crate::Evaluation::AllowedIf => ::core::panic!(
                "{}",
                ::core::concat!("`", ::core::stringify!($policy), "` allows `", $what, "` only under conditions"),
            ),
            $crate::Evaluation::DeniedIf => ::core::panic!(
                "{}",
                ::core::concat!("`", ::core::stringify!($policy), "` denies `", $what, "` under conditions"),
            ),
            $crate::Evaluation::Denied => {
                ::core::panic!("{}", ::core::concat!("`", ::core::stringify!($policy), "` denies `", $what, "`"))
            }
            _ => ::core::panic!(
                "{}",
                ::core::concat!("`", ::core::stringify!($policy), "` does not allow `", $what, "`"),
            ),
        };
    };
}

/// What the macros expand to. Not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use iam_policy_core::wildcard::is_pattern;
    pub use iam_policy_macros::policies;
}
