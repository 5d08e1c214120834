//! The codes of configurations, comments and baselines. The program that reads them reports them.

mod docs;

pub(super) use docs::TOPIC;
