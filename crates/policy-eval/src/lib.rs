#![doc = include_str!("../README.md")]

mod arn;
mod condition;
mod context;
mod error;
mod explain;
mod index;
mod key;
mod pattern;
mod policies;
mod principal;
mod request;
mod set;
pub mod simulate;
mod statement;
mod template;
mod texts;

pub use context::Context;
pub use error::RequestError;
pub use explain::{Explanation, Failure, NearMiss, StatementRef};
pub use iam_policy_core::{Decision, PolicyType, Principal};
pub use policies::{Layer, Policies, Reason, Response};
pub use request::Request;
pub use set::{PolicyError, PolicyErrorKind, PolicySet, Reading};
