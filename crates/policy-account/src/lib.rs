#![doc = include_str!("../README.md")]

mod answer;
mod copy;
mod find;
mod members;
mod model;
mod places;
mod policy;
mod problem;
mod read;
#[cfg(test)]
mod tests;

pub use answer::{Answered, policies_in};
pub use find::{Identity, IdentityPolicy, NotFound, Origin};
pub use model::{Entity, EntityKind, ManagedPolicy, Principals};
pub use policy::{Named, Policy};
pub use read::{Reading, read};
