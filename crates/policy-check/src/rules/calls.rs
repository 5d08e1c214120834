//! The codes of what a program's code and its spec say about each other. The search for the program's calls reports them.

mod docs;

pub(super) use docs::TOPIC;
