#![doc = include_str!("../README.md")]

mod constants;
mod documentation;
mod writer;

pub use constants::constants;
