#![doc = include_str!("../README.md")]

mod change;
mod list;
mod path;
mod regenerate;

pub use change::{Change, Kind};
pub use list::LIST;
pub use path::relative;
pub use regenerate::{Error, Inspection, Mode, Outcome, Regenerate};
