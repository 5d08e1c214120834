//! Keeps generated files up to date on disk: finds outdated files, shows their diffs, and writes them.

#[cfg(feature = "calls")]
mod calls;
mod change;
mod disk;
mod folder;
mod lock;
mod manifest;
mod regenerate;
mod temporary;
mod write;

pub use change::{Change, Kind};
pub(crate) use manifest::is_manifest_of;
pub use manifest::{MANIFEST, Placeholder, placeholders};
pub use regenerate::{Inspection, Mode, Outcome, Regenerate};
