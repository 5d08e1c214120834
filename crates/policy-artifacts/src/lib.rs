#![doc = include_str!("../README.md")]

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
