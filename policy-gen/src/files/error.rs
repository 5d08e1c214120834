use std::fmt;
use std::io;
use std::path::Path;

/// Why files cannot be brought up to date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Error {
    /// What a reader should see, one message for each mistake.
    pub messages: Vec<String>,
    /// Whether a file cannot be read or written, so that more may be wrong than is known.
    pub is_unreadable: bool,
}

impl Error {
    /// That specs or folders are not as they should be.
    pub(crate) fn refused(messages: Vec<String>) -> Self {
        Self {
            messages,
            is_unreadable: false,
        }
    }

    pub(crate) fn unreadable(message: String) -> Self {
        Self {
            messages: vec![message],
            is_unreadable: true,
        }
    }

    /// That a file that is made of a spec cannot be looked at or written.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        let path = path.display();
        Self::unreadable(match error.kind() {
            io::ErrorKind::IsADirectory => {
                format!("`{path}` is a folder, and should be a file\n = help: move it away, or choose another folder")
            }
            io::ErrorKind::NotADirectory => {
                format!(
                    "`{path}`: a file stands where a folder should be\n = help: move it away, or choose another folder"
                )
            }
            _ => format!("`{path}`: {error}"),
        })
    }

    /// What is in `result`, or nothing, once its messages have been added to these.
    pub(crate) fn take<T>(&mut self, result: Result<T, Self>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.is_unreadable |= error.is_unreadable;
                self.messages.extend(error.messages);
                None
            }
        }
    }

    /// `value`, unless something was wrong.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.messages.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.messages.join("\n\n"))
    }
}

impl std::error::Error for Error {}
