use core::fmt;

/// The error of a [`FromStr`](core::str::FromStr) implementation for a text that is not one of the type's names.
///
/// # Examples
///
/// ```
/// use iam_policy_core::PolicyType;
///
/// let error = "user".parse::<PolicyType>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown policy type");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnknownName {
    what: &'static str,
}

impl UnknownName {
    /// - `what`: what the text should have named, such as `policy type`
    pub(crate) const fn new(what: &'static str) -> Self {
        Self { what }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown {}", self.what)
    }
}

impl core::error::Error for UnknownName {}
