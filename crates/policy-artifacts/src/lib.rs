#![doc = include_str!("../README.md")]

mod change;
mod regenerate;

pub use change::{Change, Kind};
pub use regenerate::{Error, Inspection, Mode, Regenerate};
