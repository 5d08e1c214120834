#![doc = include_str!("../README.md")]

mod calls;
mod cfg;
mod chain;
mod clippy;
mod dependencies;
mod exact;
mod facts;
mod files;
mod names;
mod permissions;
mod sdk;
mod search;
mod sites;
mod source;
mod workspace;

pub use calls::{Argument, Call, Calls, Form, Mode, Part, Permission, Resource, ResourcePart, Unchecked, Unresolved};
pub use search::Search;
