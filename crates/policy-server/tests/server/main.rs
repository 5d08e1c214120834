//! The server as its clients see it.
#![expect(
    clippy::unwrap_used,
    reason = "what a test needs and does not get fails it, in its helpers too"
)]

mod agreement;
mod answers;
mod any_call;
mod aws_cli;
mod denials;
mod faults;
mod hostile;
mod support;
