//! The files that a spec becomes, [JSON and the page](artifacts), and what documents the language itself, its
//! [reference](reference()) and its [JSON Schema](schema).
//!
//! The functions are pure and deterministic: the same spec gives the same bytes on every machine.

mod artifacts;
mod language;
mod names;
mod page;

pub use artifacts::{Artifact, artifacts};
pub use language::{reference, schema};
pub use names::Origin;
