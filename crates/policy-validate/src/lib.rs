#![doc = include_str!("../README.md")]

mod answer;
mod failure;
mod question;
mod simulator;

pub use answer::{Answer, Cause, Decision, Matched};
pub use failure::Failure;
pub use question::{ContextEntry, ContextType, Question, Subject};
pub use simulator::Simulator;
