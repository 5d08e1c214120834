#![doc = include_str!("../README.md")]

mod answer;
mod context;
mod failure;
mod force;
mod piece;
mod plan;
mod question;
mod required;
mod sample;
mod simulator;

pub use answer::{Answer, Cause, Decision, Matched};
pub use failure::Failure;
pub use plan::Plan;
pub use question::{ContextEntry, ContextType, Question, Subject};
pub use required::{Entry, Required, RequiredError, Statement};
pub use sample::Skipped;
pub use simulator::Simulator;
