use std::ops::Range;

use iam_policy_catalog::{Catalog, KeyType};

use crate::error::RequestError;
use iam_policy_document::scalar::{Moment, Network, Number, boolean};

/// The context of a request: condition keys and their values.
///
/// Keys are case-insensitive. Setting a key again replaces its values.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition", "The request context".
///
/// # Examples
///
/// ```
/// use iam_policy_eval::Context;
///
/// let context = Context::new()
///     .with("aws:SourceIp", "203.0.113.7")?
///     .with_all("aws:TagKeys", ["team", "stage"])?;
/// assert_eq!(context.get("AWS:sourceip"), Some(&["203.0.113.7"][..]));
///
/// let error = Context::new().with("aws:SourceIp", "home").unwrap_err();
/// assert_eq!(error.to_string(), "invalid value `home` for `aws:SourceIp`: expected an IP address");
/// # Ok::<(), iam_policy_eval::RequestError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Context<'a> {
    keys: Vec<(&'a str, Range<usize>)>,
    values: Vec<&'a str>,
}

impl<'a> Context<'a> {
    /// An empty context.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            keys: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Adds a value for `key`.
    ///
    /// # Errors
    ///
    /// If AWS documents the key as a number, a date, a Boolean or an IP address, and `value` is not one.
    pub fn with(self, key: &'a str, value: &'a str) -> Result<Self, RequestError> {
        self.with_all(key, [value])
    }

    /// Adds values for `key`. A key without values counts as absent.
    ///
    /// # Errors
    ///
    /// As for [`with`](Self::with), for each value.
    pub fn with_all(mut self, key: &'a str, values: impl IntoIterator<Item = &'a str>) -> Result<Self, RequestError> {
        self.set(key, values)?;
        Ok(self)
    }

    /// Sets the values of `key`, like [`with_all`](Self::with_all).
    ///
    /// # Errors
    ///
    /// As for [`with`](Self::with); nothing is set in that case.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut context = iam_policy_eval::Context::new();
    /// context.set("aws:MultiFactorAuthAge", ["300"])?;
    /// assert!(context.set("aws:MultiFactorAuthAge", ["soon"]).is_err());
    /// assert_eq!(context.get("aws:MultiFactorAuthAge"), Some(&["300"][..]));
    /// # Ok::<(), iam_policy_eval::RequestError>(())
    /// ```
    pub fn set(&mut self, key: &'a str, values: impl IntoIterator<Item = &'a str>) -> Result<(), RequestError> {
        let start = self.values.len();
        self.values.extend(values);
        let range = start..self.values.len();
        if let Err(error) = check(key, self.values.get(range.clone()).unwrap_or_default()) {
            self.values.truncate(start);
            return Err(error);
        }
        match self.keys.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
            Some(entry) => *entry = (key, range),
            None => self.keys.push((key, range)),
        }
        Ok(())
    }

    /// The values of `key`, if present.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[&'a str]> {
        let (_, range) = self.keys.iter().find(|(known, _)| known.eq_ignore_ascii_case(key))?;
        self.values.get(range.clone())
    }

    /// The keys, in the order they were set.
    pub fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.keys.iter().map(|(key, _)| *key)
    }
}

/// Whether the values have the documented type of `key`. String and ARN keys accept anything.
fn check(key: &str, values: &[&str]) -> Result<(), RequestError> {
    let Some(known) = Catalog::get().condition_key(key) else {
        return Ok(());
    };
    let is_right = match known.key_type() {
        KeyType::Bool => |value: &str| boolean(value).is_some(),
        KeyType::Numeric => |value: &str| Number::read(value).is_some(),
        KeyType::Date => |value: &str| Moment::read(value).is_some(),
        KeyType::IpAddress => |value: &str| Network::address(value).is_some(),
        _ => return Ok(()),
    };
    match values.iter().find(|value| !is_right(value)) {
        None => Ok(()),
        Some(wrong) => Err(RequestError::Value {
            key: key.to_owned(),
            value: (*wrong).to_owned(),
            expected: known.key_type(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_in_any_case() {
        let context = Context::new()
            .with("aws:PrincipalTag/Team", "red")
            .and_then(|context| context.with_all("AWS:principaltag/team", ["blue", "green"]))
            .unwrap();
        assert_eq!(context.get("aws:PrincipalTag/team"), Some(&["blue", "green"][..]));
        assert_eq!(context.keys().count(), 1);
        assert_eq!(context.get("aws:PrincipalTag"), None);
    }

    #[test]
    fn values_must_have_the_keys_type() {
        for (key, value, message) in [
            (
                "aws:SecureTransport",
                "yes",
                "invalid value `yes` for `aws:SecureTransport`: expected a Boolean",
            ),
            (
                "aws:MultiFactorAuthAge",
                "1m",
                "invalid value `1m` for `aws:MultiFactorAuthAge`: expected a number",
            ),
            (
                "aws:CurrentTime",
                "noon",
                "invalid value `noon` for `aws:CurrentTime`: expected a date",
            ),
            (
                "aws:SourceIp",
                "1.2.3",
                "invalid value `1.2.3` for `aws:SourceIp`: expected an IP address",
            ),
        ] {
            assert_eq!(Context::new().with(key, value).unwrap_err().to_string(), message);
        }
        for (key, value) in [
            ("aws:SecureTransport", "TRUE"),
            ("aws:EpochTime", "1700000000"),
            ("aws:CurrentTime", "2026-01-02T03:04:05Z"),
            ("aws:SourceIp", "2001:db8::1"),
            ("aws:SourceArn", "no ARN"),
            ("never:Heard", "of it"),
        ] {
            assert!(Context::new().with(key, value).is_ok(), "{key}");
        }
    }
}
