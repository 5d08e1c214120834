#![doc = include_str!("../README.md")]

mod ask;
mod assume;
mod beyond;
mod classes;
mod compare;
mod condition;
mod confirm;
mod decide;
mod formats;
mod glob;
mod invariant;
mod language;
mod options;
mod pair;
mod principal;
mod query;
mod questions;
mod read;
pub mod report;
mod sat;
mod terms;
mod theory;
mod unknown;
mod verdict;
mod witness;
mod word;
mod work;

pub use iam_policy_eval::Decision;

pub use compare::compare;
pub use options::Options;
pub use questions::{Addition, Additions, Answer, Mergeable};
pub use verdict::{Comparison, Place, Verdict, Witness};
