#![doc = include_str!("../README.md")]

mod builder;
mod document;
mod excerpt;
#[cfg(feature = "json")]
pub mod json;
mod lines;
mod numbers;
mod order;
mod path;
mod rendered;
pub mod scalar;
mod statement;
mod write;

pub use builder::Builder;
pub use document::{Document, Kind, Member, Value};
pub use excerpt::{Excerpt, Visible};
pub use lines::{LineIndex, Lines, Position};
pub use numbers::Numbers;
pub use order::sort_by_place;
pub use path::{Path, Span, Step};
pub use statement::{Condition, Element, Statement};
