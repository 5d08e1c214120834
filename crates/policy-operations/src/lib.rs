#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod condition;
mod data;
#[doc(hidden)]
pub mod format;
mod names;
mod need;
mod operation;
mod package;
#[doc(hidden)]
pub mod recording;
mod resource_type;
mod service;
mod source;
mod template;

pub use self::condition::Condition;
pub use self::names::snake_case;
pub use self::need::Need;
pub use self::operation::Operation;
pub use self::package::{Package, packages};
pub use self::resource_type::{
    Handler, HandlerNeed, ResourceType, resource_type, resource_type_packages, resource_types,
};
pub use self::service::{Service, service, service_of_crate, services};
pub use self::source::{Source, SourceKind};
pub use self::template::{TemplatePart, ValuePart, template_parts};
