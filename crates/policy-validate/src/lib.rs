#![doc = include_str!("../README.md")]

mod addition;
mod answer;
mod context;
mod failure;
mod force;
mod judge;
mod piece;
mod plan;
mod prove;
mod question;
mod report;
mod required;
mod sample;
mod shape;
mod simulator;

pub use addition::Addition;
pub use answer::{Answer, Cause, Matched};
pub use failure::Failure;
pub use iam_policy_core::Decision;
pub use plan::Plan;
pub use prove::{Granted, NamedPolicy};
pub use question::{ContextEntry, ContextType, Question, Subject};
pub use report::{Blame, Check, Denial, Report, Status};
pub use required::{Entry, Required, RequiredError, Statement};
pub use sample::Skipped;
pub use simulator::Simulator;
