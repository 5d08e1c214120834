//! The documentation of each rule: why it matters, examples, and sources. One page per topic.
//!
//! `iam-policy rule CODE` prints the same.

#[doc = include_str!("../docs/rules/actions.md")]
pub mod actions {}

#[doc = include_str!("../docs/rules/arns.md")]
pub mod arns {}

#[doc = include_str!("../docs/rules/grants.md")]
pub mod grants {}

#[doc = include_str!("../docs/rules/calls.md")]
pub mod calls {}

#[doc = include_str!("../docs/rules/configuration.md")]
pub mod configuration {}

#[doc = include_str!("../docs/rules/escalation.md")]
pub mod escalation {}

#[doc = include_str!("../docs/rules/federation.md")]
pub mod federation {}

#[doc = include_str!("../docs/rules/keys.md")]
pub mod keys {}

#[doc = include_str!("../docs/rules/networks.md")]
pub mod networks {}

#[doc = include_str!("../docs/rules/operators.md")]
pub mod operators {}

#[doc = include_str!("../docs/rules/organizations.md")]
pub mod organizations {}

#[doc = include_str!("../docs/rules/permissive.md")]
pub mod permissive {}

#[doc = include_str!("../docs/rules/placeholders.md")]
pub mod placeholders {}

#[doc = include_str!("../docs/rules/principals.md")]
pub mod principals {}

#[doc = include_str!("../docs/rules/redundant.md")]
pub mod redundant {}

#[doc = include_str!("../docs/rules/resources.md")]
pub mod resources {}

#[doc = include_str!("../docs/rules/sizes.md")]
pub mod sizes {}

#[doc = include_str!("../docs/rules/specs.md")]
pub mod specs {}

#[doc = include_str!("../docs/rules/templates.md")]
pub mod templates {}

#[doc = include_str!("../docs/rules/structure.md")]
pub mod structure {}

#[doc = include_str!("../docs/rules/tags.md")]
pub mod tags {}

#[doc = include_str!("../docs/rules/trust.md")]
pub mod trust {}

#[doc = include_str!("../docs/rules/values.md")]
pub mod values {}

#[doc = include_str!("../docs/rules/variables.md")]
pub mod variables {}

#[doc = include_str!("../docs/rules/wildcards.md")]
pub mod wildcards {}
