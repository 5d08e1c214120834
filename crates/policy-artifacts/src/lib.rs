#![doc = include_str!("../README.md")]

mod change;
mod gate;
mod git;
mod list;
mod path;
mod regenerate;

pub use change::{Change, Kind};
pub use gate::Widened;
pub use list::LIST;
pub use path::relative;
pub use regenerate::{Error, Inspection, Mode, Outcome, Regenerate};
