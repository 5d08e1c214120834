#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod arn_format;
mod catalog;
mod classes;
#[cfg(feature = "descriptions")]
pub mod descriptions;
mod expand;
#[doc(hidden)]
pub mod format;
mod model;
mod suggest;

pub use self::arn_format::{ArnFormat, ArnPart};
pub use self::catalog::Catalog;
pub use self::classes::{AccessLevel, GlobalScope, KeyType};
pub use self::expand::Expand;
pub use self::model::{Action, ActionResource, Category, ConditionKey, ResourceType, Scenario, Service};
