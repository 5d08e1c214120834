use std::error::Error;
use std::fmt;

use iam_policy_core::variable::{Piece, pieces, shown};

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

/// What grants a permission.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Remedy {
    /// An exception of the statement that denies it.
    Exception,
    /// Another condition of the nearest statement.
    Condition,
    /// Another resource of the nearest statement.
    Resource,
    /// Another statement.
    Statement,
}

impl Missing {
    /// - `resource`, `because`: with [unknown parts](iam_policy_core::variable::Unknown)
    pub(crate) fn new(action: &str, resource: &str, because: &str, remedy: Remedy) -> Self {
        let pattern: String = pieces(resource)
            .map(|piece| match piece {
                Piece::Text(text) => text,
                _ => "*",
            })
            .collect();
        let add = match remedy {
            Remedy::Exception => format!("exclude `{pattern}` from the statement that denies it"),
            Remedy::Condition => "change the condition, or make the request fulfil it".to_owned(),
            Remedy::Resource => format!("add `\"{pattern}\"` to the resources of that statement"),
            Remedy::Statement => {
                format!("add a statement with `actions = [\"{action}\"]` and `resources = [\"{pattern}\"]`")
            }
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
