#![doc = include_str!("../README.md")]

mod clients;
mod worker;

iam_policy::policies!("../policies.toml");

pub use clients::{Clients, Settings};
pub use worker::{Error, Filed, Worker};
