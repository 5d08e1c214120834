#![doc = include_str!("../README.md")]

mod artifacts;
mod files;
mod language;
mod names;
mod page;

pub use artifacts::{Artifact, artifacts};
pub use files::{Change, Error, Inspection, Kind, LIST, Mode, Outcome, Regenerate, Widened, relative};
pub use language::{reference, schema};
pub use names::Origin;
