//! Searches in whole workspaces, which depend on crates with the names and types of the AWS SDK's.
#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]

mod awkward;
mod sdk;
