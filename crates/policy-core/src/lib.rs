#![doc = include_str!("../README.md")]
#![no_std]

#[cfg(test)]
extern crate std;

mod arn;
mod attach;
mod decide;
mod explain;
pub mod json;
mod model;
pub mod operator;
mod partition;
mod render;
pub mod suggest;
pub mod template;
pub mod text;
pub mod visit;
pub mod wildcard;

pub use arn::{Arn, ArnError};
pub use attach::Attach;
pub use decide::Decision;
pub use explain::{Explanation, Row};
pub use json::Style;
pub use model::{
    Action, Condition, Effect, Extension, Parameter, Policy, Resource, Statement, Template, Trust, Waiver,
};
pub use operator::Operator;
pub use partition::Partition;
pub use render::{Options, RenderError, Rendered, ValueError};

/// The policy language that every policy is written in; without it AWS would read `${…}` as plain text.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Version".
pub const VERSION: &str = "2012-10-17";
