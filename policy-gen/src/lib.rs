#![doc = include_str!("../README.md")]

mod bounds;
mod error;
mod files;
mod gate;
mod language;
mod outputs;
mod path;

pub use bounds::{Bounds, prove_bounds};
pub use error::Error;
pub use files::{Change, Inspection, Kind, MANIFEST, Mode, Outcome, Placeholder, Regenerate, placeholders};
pub use gate::Widened;
pub use iam_policy_spec::Format;
pub use language::{configuration_reference, configuration_schema, reference, schema};
pub use outputs::{Artifact, Origin, artifacts, artifacts_in};
pub use path::{relative, relative_path};
