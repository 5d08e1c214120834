//! Wording shared by diagnostics, also for programs that add their own.

pub use iam_policy_document::wording::list;
pub(crate) use iam_policy_document::wording::sentence;
