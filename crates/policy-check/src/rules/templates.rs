//! The codes of templates and plans. The program that reads them reports them.

mod docs;

pub(super) use docs::TOPIC;
