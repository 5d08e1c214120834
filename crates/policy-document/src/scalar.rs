//! Exact numbers, dates, IP ranges and Booleans, which conditions write as strings.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators".

mod moment;
mod network;
mod number;

pub use moment::Moment;
pub use network::Network;
pub use number::Number;

/// Parses `true` or `false`, ignoring case.
///
/// # Examples
///
/// ```
/// use iam_policy_document::scalar::boolean;
///
/// assert_eq!((boolean("True"), boolean("FALSE"), boolean("yes")), (Some(true), Some(false), None));
/// ```
#[must_use]
pub fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
