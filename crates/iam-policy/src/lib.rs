#![doc = include_str!("../README.md")]
#![no_std]

pub use iam_policy_core::{
    Action, Arn, ArnError, AttachmentKind, Condition, Effect, Environment, Evaluation, Explanation, Extension,
    NamedPrincipal, Options, Parameter, ParameterKind, ParameterValue, Partition, Policy, PolicyResource, PolicyType,
    PrincipalKey, RenderError, Rendered, Resource, Row, Statement, Style, Template, Trust, UnknownName, ValueError,
    Waiver,
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
/// If the spec has environments, the module `environment` has [`Options`] for each: `[environment.prod]` becomes
/// `environment::PROD`, and `USER.render(environment::PROD)` renders the policy for it.
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
/// It belongs next to the code that makes the call.
///
/// - the policy: a constant expression, or a list of policies that are attached together, such as `[USER, LAYERS]`. One of
///   them must allow the request, and none may deny it
/// - the action: a string literal, the name of an action
/// - `on` the resource: the ARN of a resource, a string literal or another constant expression; omitted for actions that do
///   not support resources
/// - `given` keys of the request's context and their values, separated by commas, if a statement has conditions or its
///   resources have policy variables. Nothing is assumed about other keys; see [`Policy::evaluate_with`]. A key with several
///   values is repeated
/// - `within` a policy that must allow the request as well, such as a permissions boundary
///
/// The action and the keys must exist in AWS's catalog, unless one of the policies names them. Wildcards are an error in the
/// action and the resource, since the macro does not check whether everything that matches is allowed.
///
/// # Examples
///
/// ```
/// iam_policy::policies!("../example/policies.toml");
///
/// iam_policy::require_allowed!(USER, "s3:GetObject" on "arn:aws:s3:::reports-2026/q1.pdf");
/// iam_policy::require_allowed!(USER, "s3:ListAllMyBuckets");
///
/// const REPORT: &str = "arn:aws:s3:::reports-2026/q1.pdf";
/// iam_policy::require_allowed!([USER], "s3:GetObject" on REPORT, given "aws:SecureTransport" = "true", within USER);
/// ```
///
/// ```compile_fail
/// iam_policy::policies!("../example/policies.toml");
///
/// iam_policy::require_allowed!(USER, "s3:DeleteBucket" on "arn:aws:s3:::reports-2026");
/// ```
#[macro_export]
macro_rules! require_allowed {
    (
        @ [$($policy:expr),+ $(,)?], $action:literal $(on $resource:expr)?
        $(, given $($key:literal = $value:expr),+)?
        $(, within $boundary:expr)?
        $(,)?
    ) => {
        const _: () = {
            // Local variables are not promoted to constants, whose validation would visit all that the policies contain.
            let policies = [$(match $policy { policy => policy.named(::core::stringify!($policy)) }),+];
            let boundaries = [$(match $boundary { policy => policy.named(::core::stringify!($boundary)) })?];
            let context = [$($(($key, $value)),+)?];
            $crate::__private::Requirement {
                policies: &policies,
                boundaries: &boundaries,
                action: $action,
                known: $crate::__private::action!($action),
                resource: &[$($crate::__private::resource!($resource))?],
                context: &context,
                unknown_keys: &[$($($crate::__private::unknown_key!($key)),+)?],
            }
            .check()
        };
    };
    (@ $($other:tt)*) => {
        ::core::compile_error! {
            "expected an action and a resource, such as `require_allowed!(USER, \"s3:GetObject\" on \"arn:aws:s3:::b/k\")`, \
             followed by `given \"key\" = \"value\"` and `within BOUNDARY` if needed"
        }
    };
    ([$($policy:expr),+ $(,)?], $($rest:tt)+) => {
        $crate::require_allowed! { @ [$($policy),+], $($rest)+ }
    };
    ($policy:expr, $($rest:tt)+) => {
        $crate::require_allowed! { @ [$policy], $($rest)+ }
    };
    ($($other:tt)*) => {
        $crate::require_allowed! { @ }
    };
}

/// What the macros expand to. Not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use iam_policy_core::require::Requirement;
    pub use iam_policy_macros::{action, policies, resource, unknown_key};
}
