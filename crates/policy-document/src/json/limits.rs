//! Limits of the reader.

/// The maximum nesting depth of objects and arrays. A policy needs seven levels.
pub const MAX_DEPTH: usize = 128;

/// The number of problems after which reading stops.
pub const MAX_PROBLEMS: usize = 100;
