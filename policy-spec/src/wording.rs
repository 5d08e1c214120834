//! What messages about mistakes have in common, for the programs that report further ones.

pub use crate::diagnostic::list;
