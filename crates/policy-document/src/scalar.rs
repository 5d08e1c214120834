//! Exact numbers, dates, IP ranges and Booleans, which conditions write as strings.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators".

mod moment;
mod network;
mod number;

pub use moment::Moment;
pub use network::Network;
pub use number::Number;

pub use iam_policy_core::text::boolean;
