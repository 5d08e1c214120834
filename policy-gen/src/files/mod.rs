//! Keeps generated files up to date on disk: what is not, as diffs, and how it is written.

mod change;
mod folder;
mod manifest;
mod regenerate;
mod write;

pub use change::{Change, Kind};
pub use manifest::MANIFEST;
pub use regenerate::{Inspection, Mode, Outcome, Regenerate};
