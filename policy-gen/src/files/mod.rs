//! Keeps generated files up to date on disk: finds outdated files, shows their diffs, and writes them.

mod change;
mod folder;
mod manifest;
mod regenerate;
mod write;

pub use change::{Change, Kind};
pub use manifest::MANIFEST;
pub use regenerate::{Inspection, Mode, Outcome, Regenerate};
