#![doc = include_str!("../README.md")]

mod cache;
mod excerpt;
mod line;
mod lines;
mod one;

pub use lines::{Summary, simulate_lines};
pub use one::{Ask, File, OneError, simulate_one};
