//! Keeps the generated files up to date on disk, and compares policies with those at a revision.

mod change;
mod error;
mod gate;
mod git;
mod list;
mod path;
mod regenerate;

pub use change::{Change, Kind};
pub use error::Error;
pub use gate::Widened;
pub use list::LIST;
pub use path::relative;
pub use regenerate::{Inspection, Mode, Outcome, Regenerate};
