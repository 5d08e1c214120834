#![doc = include_str!("../README.md")]

mod answer;
mod args;
mod batch;
mod client;
mod connect;
mod failure;
mod identity;
mod settings;
mod simulator;

pub use args::args;
pub use client::Client;
pub use settings::{Settings, Timeouts};
pub use simulator::Aws;
