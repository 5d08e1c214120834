//! What a compile-time IAM policy is made of, and everything that can be done with one without allocating.
//!
//! A spec becomes constants of the type [`Policy`]. From such a constant a program
//!
//! - reads the JSON that AWS accepts ([`Policy::json`]),
//! - decides at compile time whether a request is allowed ([`Policy::allows`], [`Policy::evaluate`]),
//! - renders the policy for another partition, with other parameter values, with extensions or in another style
//!   ([`Policy::render`]),
//! - shows why each permission is there ([`Policy::explanation`]).
//!
//! The crate is `no_std`, has no dependencies and never allocates. It is also the one place where the rules of IAM that
//! need no data are written down: [wildcards](wildcard), [ARNs](Arn), [templates](template), [characters](text),
//! [partitions](Partition), [quotas](Attach) and [the JSON writer](json).
//!
//! The types carry a lifetime so that the compiler of specs can use the very same code on a policy that is not a constant
//! yet. Constants are `Policy<'static>`.
//!
//! ```
//! use policy_core::{Action, Policy, Resource, Statement};
//!
//! const READER: Policy = Policy::new("reader", "{}").with_statements(&[
//!     Statement::new("read", "Read")
//!         .with_actions(&[Action::new("s3:GetObject")])
//!         .with_resources(&[Resource::literal("arn:aws:s3:::reports-*")]),
//! ]);
//! const _: () = assert!(READER.allows("s3:GetObject", "arn:aws:s3:::reports-2026/q1.pdf"));
//! const _: () = assert!(!READER.allows("s3:PutObject", "arn:aws:s3:::reports-2026/q1.pdf"));
//! ```
#![no_std]

#[cfg(test)]
extern crate std;

mod arn;
mod attach;
mod decide;
mod explain;
pub mod json;
mod model;
mod partition;
mod render;
pub mod template;
pub mod text;
pub mod wildcard;

pub use arn::{Arn, ArnError};
pub use attach::Attach;
pub use decide::Decision;
pub use explain::{Explanation, Row};
pub use json::Style;
pub use model::{
    Action, Condition, Effect, Extension, Parameter, Policy, Resource, Statement, Template, Trust, Waiver,
};
pub use partition::Partition;
pub use render::{Options, RenderError, Rendered, ValueError};

/// The policy language that every policy is written in; without it AWS would read `${…}` as plain text.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Version".
pub const VERSION: &str = "2012-10-17";
