#![doc = include_str!("../README.md")]

mod error;
mod files;
mod gate;
mod language;
mod outputs;
mod path;

pub use error::Error;
pub use files::{Change, Inspection, Kind, MANIFEST, Mode, Outcome, Regenerate};
pub use gate::Widened;
pub use language::{configuration_reference, configuration_schema, reference, schema};
pub use outputs::{Artifact, Format, Origin, artifacts, artifacts_in};
pub use path::{relative, relative_path};
