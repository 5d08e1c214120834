//! The values of conditions that are no text, exactly: numbers, moments, networks and Booleans.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators".

mod moment;
mod network;
mod number;

pub use moment::Moment;
pub use network::Network;
pub use number::Number;

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// `NumericEquals`, `DateEquals`
    Equal,
    /// `NumericLessThan`, `DateLessThan`
    Less,
    /// `NumericLessThanEquals`, `DateLessThanEquals`
    LessOrEqual,
    /// `NumericGreaterThan`, `DateGreaterThan`
    Greater,
    /// `NumericGreaterThanEquals`, `DateGreaterThanEquals`
    GreaterOrEqual,
}

impl Order {
    /// Whether a value stands so to another.
    ///
    /// - `value`: the request's
    /// - `expected`: the policy's
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_eval::scalar::{Number, Order};
    ///
    /// let (value, expected) = (Number::read("9007199254740993"), Number::read("9007199254740992"));
    /// assert!(Order::Greater.holds(&value, &expected));
    /// ```
    pub fn holds<T: Ord>(self, value: &T, expected: &T) -> bool {
        let order = value.cmp(expected);
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

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
