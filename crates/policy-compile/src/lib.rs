#![doc = include_str!("../README.md")]

mod compile;
mod constants;
mod document;
mod findings;

pub use compile::{Compiled, compile};
pub use constants::constants;
pub use document::{document, trust_document};
pub use findings::{diagnostic, findings};
