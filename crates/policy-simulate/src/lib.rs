#![doc = include_str!("../README.md")]

mod cache;
mod line;
mod lines;
mod one;

pub use cache::read_policy;
pub use line::{message, read_context};
pub use lines::{Summary, answer_lines, simulate_lines};
pub use one::{Ask, File, OneError, simulate_one, simulate_one_json};
