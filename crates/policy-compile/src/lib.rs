#![doc = include_str!("../README.md")]

mod compile;
mod document;
mod findings;

pub use compile::{Compiled, compile};
pub use document::{document, trust_document};
pub use findings::{diagnostic, findings};
