#![doc = include_str!("../README.md")]

mod assume;
mod classes;
mod compare;
mod condition;
mod decide;
mod formats;
mod glob;
mod number;
mod principal;
mod query;
mod read;
mod sat;
mod terms;
mod theory;
mod verdict;
mod word;
mod work;

pub use compare::{Options, compare};
pub use verdict::{Comparison, Decision, Place, Verdict, Witness};
