#![doc = include_str!("../README.md")]

mod explain;
mod guard;
mod input;
mod policy;
mod record;
mod refusal;
mod request;

pub use guard::Guard;
pub use refusal::{Missing, Refusal};
