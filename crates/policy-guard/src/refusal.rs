use std::error::Error;
use std::fmt;

use iam_policy_core::variable::shown;

/// Why a call was not sent: the policies deny it, whatever is not known about it.
///
/// It is the source of the SDK's error. Find it with [`Refusal::of`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The operation, such as `S3.PutObject`.
    pub operation: String,
    /// The permissions that are missing.
    pub missing: Vec<Missing>,
}

/// A permission that the policies do not grant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missing {
    /// The action: `s3:PutObject`.
    pub action: String,
    /// The ARN of the resource, in which unknown parts are `${name}`, or `*`.
    pub resource: String,
    /// Which statement comes closest to granting it, or denies it.
    pub because: String,
    /// What to add to the spec.
    pub add: String,
}

impl Missing {
    /// - `resource`: with [unknown parts](iam_policy_core::variable::Unknown)
    /// - `is_granted`: whether a statement grants the action on other resources
    /// - `is_denied`: whether a statement denies it
    pub(crate) fn new(action: &str, resource: &str, because: &str, is_granted: bool, is_denied: bool) -> Self {
        let pattern = iam_policy_core::variable::pieces(resource)
            .map(|piece| match piece {
                iam_policy_core::variable::Piece::Text(text) => text,
                _ => "*",
            })
            .collect::<String>();
        let add = if is_denied {
            format!("exclude `{pattern}` from the statement that denies it")
        } else if is_granted {
            format!("add `\"{pattern}\"` to the resources of that statement")
        } else {
            format!("add a statement with `actions = [\"{action}\"]` and `resources = [\"{pattern}\"]`")
        };
        Self {
            action: action.to_owned(),
            resource: shown(resource).to_string(),
            because: shown(because).to_string(),
            add,
        }
    }
}

impl Refusal {
    /// The refusal among an error and its sources.
    ///
    /// - `error`: such as an error of the SDK
    #[must_use]
    pub fn of<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(refusal) = error.downcast_ref() {
                return Some(refusal);
            }
            next = error.source();
        }
        None
    }
}

/// All missing permissions, each with the nearest statement and what to add.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` was not sent", self.operation)?;
        for missing in &self.missing {
            write!(f, "\n{}\nhelp: {}", missing.because, missing.add)?;
        }
        Ok(())
    }
}

impl Error for Refusal {}
