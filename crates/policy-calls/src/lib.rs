#![doc = include_str!("../README.md")]

mod calls;
mod cfg;
mod chain;
mod clippy;
mod dependencies;
mod draft;
mod exact;
mod facts;
mod files;
mod judge;
mod named;
mod names;
mod permissions;
mod recorded;
mod sdk;
mod search;
mod show;
mod sites;
mod source;
mod workspace;

pub use calls::{
    Argument, Call, Calls, Form, Mode, Part, Permission, Resource, ResourcePart, Searched, Unchecked, Unresolved,
};
pub use judge::{Addition, Grant, Judgement, Partial, Unused};
pub use named::NamedGrant;
pub use recorded::Recording;
pub use search::Search;
