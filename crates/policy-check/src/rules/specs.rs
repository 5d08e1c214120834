//! What is wrong with a spec. These codes are given by what reads and compiles specs.

mod docs;

pub(super) use docs::TOPIC;
