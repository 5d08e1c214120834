//! The codes of invalid specs. The code that reads and compiles specs reports them.

mod docs;

pub(super) use docs::TOPIC;
