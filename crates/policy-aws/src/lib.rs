#![doc = include_str!("../README.md")]

mod answer;
mod args;
mod batch;
mod call;
mod client;
mod config;
mod connect;
mod failure;
mod identity;
mod permissions;
mod readable;
mod retry;
mod sendable;
mod settings;
mod simulator;

pub use args::args;
pub use client::Client;
pub use permissions::{Permission, PermissionsError, simulate_permissions};
pub use settings::{Credentials, Settings, Timeouts};
pub use simulator::Aws;
