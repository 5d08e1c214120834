//! Errors in requests.

use std::fmt;

use iam_policy_catalog::KeyType;
use iam_policy_core::{ArnError, PrincipalError};

/// Why a request is invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The principal is a malformed ARN.
    PrincipalArn(String, ArnError),
    /// The principal is not one that makes requests.
    Principal(String),
    /// The action is not `service:Name`, or contains wildcards.
    Action(String),
    /// The resource is neither `*` nor an ARN.
    Resource(String, ArnError),
    /// The account of the resource does not consist of twelve digits.
    Account(String),
    /// A context value does not have the key's type.
    Value {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// The type of the key.
        expected: KeyType,
    },
}

impl RequestError {
    pub(crate) fn principal(text: &str, error: PrincipalError) -> Self {
        match error {
            PrincipalError::Arn(error) => Self::PrincipalArn(text.to_owned(), error),
            PrincipalError::Other => Self::Principal(text.to_owned()),
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrincipalArn(text, error) => write!(f, "the principal `{text}` is not an ARN: {error}"),
            Self::Principal(text) => write!(f, "`{text}` is not a principal"),
            Self::Action(text) => write!(f, "invalid action `{text}`: expected `service:Name` without wildcards"),
            Self::Resource(text, error) => write!(f, "the resource `{text}` is neither `*` nor an ARN: {error}"),
            Self::Account(text) => write!(f, "invalid account `{text}`: expected twelve digits"),
            Self::Value { key, value, expected } => {
                let expected = match expected {
                    KeyType::Bool => "a Boolean",
                    KeyType::Numeric => "a number",
                    KeyType::Date => "a date",
                    KeyType::IpAddress => "an IP address",
                    other => other.as_str(),
                };
                write!(f, "invalid value `{value}` for `{key}`: expected {expected}")
            }
        }
    }
}

impl std::error::Error for RequestError {}
