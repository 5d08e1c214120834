#![doc = include_str!("../README.md")]

mod artifacts;
mod language;
mod names;
mod page;

pub use artifacts::{Artifact, artifacts};
pub use language::{reference, schema};
pub use names::Origin;
