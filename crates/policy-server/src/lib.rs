#![doc = include_str!("../README.md")]

mod authorize;
mod batch;
mod body;
mod caller;
mod error;
mod http;
mod id;
mod identity;
mod operation;
mod origin;
mod perform;
mod query;
mod server;
mod settings;
mod simulate;
mod state;
mod xml;

pub use operation::Operation;
pub use server::Server;
pub use settings::{Batches, Fault, Settings, Shape};
pub use state::Call;
