#![doc = include_str!("../README.md")]

mod problem;
mod reader;

pub use problem::{Problem, ProblemKind};
pub use reader::{MAX_DEPTH, MAX_PROBLEMS, Reading, read};
