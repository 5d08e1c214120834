//! Runs the real program as a shell would.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]

#[cfg(unix)]
mod action;
mod calls;
mod check;
mod configuration;
mod diff;
mod explain;
mod generate;
mod hcl;
mod hostile;
mod import;
mod lint;
#[cfg(unix)]
mod names;
mod needs;
mod readme;
mod round_trip;
mod rule;
mod sarif;
mod selection;
mod serve;
mod settings;
mod simulate;
mod support;
mod templates;
mod terminal;
