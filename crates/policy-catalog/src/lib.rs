#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod action;
mod arn_format;
mod catalog;
mod classes;
mod condition_key;
mod data;
#[cfg(feature = "descriptions")]
pub mod descriptions;
mod expand;
mod fit;
#[doc(hidden)]
pub mod format;
mod managed;
pub mod overlay;
mod pattern;
mod resource_tag;
mod resource_type;
mod service;
mod suggest;

pub use self::action::{Action, ActionResource, Scenario};
pub use self::arn_format::{ArnFormat, ArnPart, Extent};
pub use self::catalog::Catalog;
pub use self::classes::{AccessLevel, GlobalScope, KeyType};
pub use self::condition_key::ConditionKey;
pub use self::expand::Expand;
pub use self::fit::{DocumentedArn, Fit};
pub use self::managed::ManagedPolicy;
pub use self::resource_tag::ResourceTag;
pub use self::resource_type::ResourceType;
pub use self::service::{Category, Service};
