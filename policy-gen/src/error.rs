use std::fmt;
use std::io;
use std::path::Path;

use iam_policy_document::{Diagnostic, StyledText};

/// The help if something is in the way of a generated file.
pub(crate) const MOVE: &str = "move it away, or choose another folder";

/// Why generated files cannot be brought up to date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Error {
    /// The messages, one for each mistake.
    pub messages: StyledText,
    /// Whether a file could not be read or written, so that there may be further mistakes.
    pub is_unreadable: bool,
}

impl Error {
    /// Mistakes in specs or folders. Without messages, nothing is wrong.
    pub(crate) fn refused(messages: StyledText) -> Self {
        Self {
            messages,
            is_unreadable: false,
        }
    }

    pub(crate) fn unreadable(problem: Diagnostic) -> Self {
        Self {
            messages: problem.into(),
            is_unreadable: true,
        }
    }

    /// An I/O error of a generated file or an output folder.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        let path = path.display();
        Self::unreadable(match error.kind() {
            io::ErrorKind::IsADirectory => Diagnostic::error(format!("`{path}` is a folder, not a file")).help(MOVE),
            io::ErrorKind::NotADirectory => Diagnostic::error(format!("`{path}` is a file, not a folder")).help(MOVE),
            _ => Diagnostic::error(format!("cannot access `{path}`: {error}")),
        })
    }

    /// Returns the value of `result`, or adds its messages to these.
    pub(crate) fn take<T>(&mut self, result: Result<T, Self>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.is_unreadable |= error.is_unreadable;
                self.messages.append(&error.messages);
                None
            }
        }
    }

    /// Returns `value`, unless there are messages.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.messages.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.messages.as_str().trim_end())
    }
}

impl std::error::Error for Error {}
