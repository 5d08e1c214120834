#![doc = include_str!("../README.md")]
#![no_std]

pub use iam_policy_core::{
    Action, Arn, ArnError, AttachmentKind, Condition, Effect, Evaluation, Explanation, Extension, Options, Parameter,
    ParameterValue, Partition, Policy, RenderError, Rendered, Resource, Row, Statement, Style, Template, Trust,
    UnknownName, ValueError, Waiver,
};

/// Expands to the constants of a spec: one [`Policy`] for each of its policies, named like it in upper case, and `ALL`,
/// a list of them. The documentation of each constant shows its explanation table.
///
/// The argument is the path of the spec as a string literal, relative to the file that calls the macro, as with
/// [`include_str!`]. The crate is built anew when the spec changes.
///
/// A mistake in the spec is an error of the compiler that shows the place in the spec. The constants that could be read
/// are there all the same, and allow everything, so that asserting that something is allowed adds no further errors.
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
/// It belongs beside the code that makes the call. Whatever would allow it only under conditions does not count; see
/// [`Policy::evaluate`].
///
/// - the policy: a constant expression
/// - the action: a literal, the name of one action
/// - the resource: a literal, the ARN of one resource; left out for actions that are about no resource
///
/// A pattern is an error in either place, since whether all that matches it is allowed is another question.
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
                ::core::panic!("{}", ::core::concat!("`", $action, "` is a pattern: name one action"))
            }
            _ if $is_pattern => {
                ::core::panic!("{}", ::core::concat!("`", $resource, "` is a pattern: name one resource"))
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
