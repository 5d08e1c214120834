//! The values of conditions that are no text, exactly: numbers, moments, networks and Booleans.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators".

mod moment;
mod network;
mod number;

pub use moment::Moment;
pub use network::Network;
pub use number::Number;

/// `true` or `false`, in any case.
///
/// # Examples
///
/// ```
/// use iam_policy_eval::scalar::boolean;
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
