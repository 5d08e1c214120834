//! What the tests of several crates share: temporary folders and git repositories, programs and what they print, code blocks of
//! Markdown, accounts as AWS prints them, JSON Schema validation and an allocator that counts.
//!
//! This crate is not published and depends on no other crate of the workspace, so any of them can use it in its tests.
//! Everything here panics instead of returning an error: a test that does not get what it needs must fail.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that does not get what it needs must fail"
)]

mod account;
pub mod allocations;
mod folder;
pub mod guide;
mod hostile;
pub mod markdown;
mod program;
#[cfg(feature = "schema")]
mod schema;

pub use account::{ACCOUNT, Account, Entity, allow, deny, policy};
pub use folder::{Folder, git};
pub use hostile::{HOSTILE, assert_tame};
pub use program::{Ran, isolated, run, run_with_input};
#[cfg(feature = "schema")]
pub use schema::Schema;
