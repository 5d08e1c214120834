#![doc = include_str!("../README.md")]

mod answer;
pub mod coverage;
mod described;
pub mod json;
mod markdown;
mod partition;
mod side;
mod subject;

pub use answer::{Answer, Only, Pair, paired};
pub use markdown::{changes, needs};
pub use partition::partition;
pub use side::Side;
pub use subject::Subject;

/// How many witnesses are looked for in each direction when all of them are shown.
pub const WITNESSES: usize = 100;
