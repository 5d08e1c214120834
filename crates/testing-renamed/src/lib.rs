//! A crate that depends on `iam-policy` as `permissions`, has no prelude, and shadows every name that an expansion
//! could rely on. It is a test that this compiles.
#![no_std]
#![no_implicit_prelude]
#![allow(
    missing_debug_implementations,
    non_camel_case_types,
    reason = "the shadowing types have no use, and shadow primitive types too"
)]

macro_rules! shadow {
    ($(struct $type:ident;)* $(mod $module:ident;)* $(macro $macro:ident;)*) => {
        $(
            #[doc = "Not what an expansion means by this name."]
            #[expect(missing_debug_implementations, reason = "an expansion that uses it would be wrong")]
            pub struct $type;
        )*
        $(
            #[doc = "Not what an expansion means by this name."]
            pub mod $module {}
        )*
        $(
            #[expect(unused_macros, reason = "an expansion that uses it would be wrong")]
            macro_rules! $macro { () => {}; }
        )*
    };
}

shadow! {
    struct Action; struct AttachmentKind; struct Condition; struct Evaluation; struct Effect; struct Extension; struct Parameter;
    struct Partition; struct Standard; struct China; struct Policy; struct Resource; struct Statement; struct Template; struct Trust; struct Waiver;
    struct Allow; struct Allowed; struct Deny; struct Managed;
    struct Option; struct Some; struct None; struct Result; struct Ok; struct Err;
    struct bool; struct char; struct str; struct u8; struct usize;
    mod core; mod std; mod alloc; mod iam_policy; mod policy_core; mod policy_macros; mod __private;
    macro assert; macro compile_error; macro concat; macro include_bytes; macro include_str; macro panic;
    macro policies; macro require_allowed; macro stringify;
}

::permissions::policies!("../policies.toml");

::permissions::require_allowed!(USER, "s3:ListAllMyBuckets");
::permissions::require_allowed!(USER, "s3:DeleteObject" on "arn:aws:s3:::uploads/archive/cat.jpg");

const _: () = ::core::assert!(USER.attach.len() == 2 && USER.partitions.len() == 2 && USER.parameters.len() == 1);
const _: () = ::core::assert!(USER.statements.len() == 5 && USER.extensions.len() == 1 && USER.trust.is_some());
const _: () = ::core::assert!(ALL.len() == 1);
