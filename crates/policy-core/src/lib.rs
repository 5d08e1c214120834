#![doc = include_str!("../README.md")]
#![no_std]

#[cfg(test)]
extern crate std;

mod arn;
mod attachment;
mod context;
mod decide;
mod decision;
mod explain;
mod global_key;
mod index;
pub mod json;
pub mod markdown;
mod model;
mod name;
mod open;
pub mod operator;
mod parameter;
mod part;
mod partition;
pub mod placeholder;
mod policy_resource;
mod policy_type;
pub mod principal;
mod render;
#[doc(hidden)]
pub mod require;
mod shape;
pub mod suggest;
pub mod template;
pub mod text;
pub mod variable;
pub mod visit;
pub mod wildcard;

pub use arn::{Arn, ArnError, ArnPattern, Segment, Segments, VariableScope};
pub use attachment::AttachmentKind;
pub use decide::Evaluation;
pub use decision::Decision;
pub use explain::{AcceptedFindings, Documentation, Explanation, Row, Section, Sections};
pub use global_key::{GlobalKey, Presence, PrincipalKind, US_EAST_1_SERVICES, is_key_name};
pub use json::Style;
pub use model::{
    Action, Condition, Effect, Extension, NamedPrincipal, Policy, Resource, Statement, Template, Trust, Waiver,
};
pub use name::UnknownName;
pub use operator::Operator;
pub use parameter::{Environment, Parameter, ParameterKind, ParameterValue, ValueError};
pub use partition::Partition;
pub use policy_resource::{PolicyResource, ResourceElement};
pub use policy_type::PolicyType;
pub use principal::{IamArn, Principal, PrincipalError, PrincipalKey, UniqueId};
pub use render::{Options, RenderError, Rendered};

/// The version of the policy language that every policy uses; without it AWS would read `${…}` as plain text.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Version".
pub const VERSION: &str = "2012-10-17";

/// The URL of the documentation of the calling crate, in its version. All links to documentation are built from it.
///
/// # Examples
///
/// ```
/// assert!(iam_policy_core::docs_url!().starts_with("https://docs.rs/"));
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! docs_url {
    () => {
        concat!(
            "https://docs.rs/",
            env!("CARGO_PKG_NAME"),
            "/",
            env!("CARGO_PKG_VERSION")
        )
    };
}
