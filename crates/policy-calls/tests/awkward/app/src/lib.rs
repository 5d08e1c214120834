#![allow(clippy::all)]
#![deny(warnings)]
#![allow(dead_code, unused_variables, unused_macros, unused_imports, unused_must_use)]
//! Calls of the SDK in every form. A line with calls ends in a comment that names them.

pub mod builders;
pub mod closures;
pub mod false_friends;
pub mod macros;
pub mod nested;
pub mod paths;
pub mod plain;
#[path = "odd_name.rs"]
pub mod renamed;
pub mod values;
pub mod wrappers;

#[cfg(test)]
mod unit;
