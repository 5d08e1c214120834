#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod catalog;
mod expand;
#[doc(hidden)]
pub mod format;
mod model;
mod suggest;

pub use self::catalog::Catalog;
pub use self::expand::Expand;
pub use self::model::{
    AccessLevel, Action, ActionResource, ArnFormat, ArnPart, Category, ConditionKey, GlobalScope, KeyType,
    ResourceType, Scenario, Service,
};
pub use self::suggest::nearest;
