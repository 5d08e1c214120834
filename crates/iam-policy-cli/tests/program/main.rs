//! Runs the real program as a shell would.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]

mod calls;
mod check;
mod diff;
mod explain;
mod generate;
mod hostile;
mod import;
mod readme;
mod rule;
mod sarif;
mod selection;
mod serve;
mod simulate;
mod support;
mod terminal;
