//! The input of a command: a file or the standard input.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use iam_policy_account::policies_in;
use iam_policy_document::json::Reading;
use iam_policy_document::{Diagnostic, Document, Lines, SourceFile, StyledText, template_function, unsupported_format};

/// The file name for the standard input.
pub const STDIN: &str = "-";

/// The name of the standard input in messages.
pub const STDIN_NAME: &str = "<stdin>";

/// Larger than any policy or spec can be.
const MAX_BYTES: u64 = 16 << 20;

/// How many errors a command shows before it gives up.
pub const SHOWN: usize = 3;

/// Input that has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name in messages: the path as given by the user.
    pub name: String,
    /// Its contents.
    pub bytes: Vec<u8>,
}

impl Input {
    /// Reads a file, or the standard input for `-`.
    ///
    /// - `path`: as given by the user
    ///
    /// # Errors
    ///
    /// If it cannot be read, is larger than any policy, or is UTF-16.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_commands::input::Input;
    ///
    /// let problem = Input::read("user.jsno".as_ref()).unwrap_err();
    /// assert_eq!(problem.to_string(), "error: there is no file `user.jsno`");
    /// ```
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        Self::read_at_most(path, MAX_BYTES)
    }

    /// Like [`Input::read`], for input that may be larger or must be smaller than a policy.
    ///
    /// - `path`: as given by the user
    /// - `limit`: the maximum size in bytes
    ///
    /// # Errors
    ///
    /// If it cannot be read, is larger than the limit, or is UTF-16.
    pub fn read_at_most(path: &Path, limit: u64) -> Result<Self, Diagnostic> {
        if path == Path::new(STDIN) {
            Self::bounded(STDIN_NAME.to_owned(), Ok(io::stdin().lock()), limit)
        } else {
            Self::bounded(path.display().to_string(), File::open(path), limit)
        }
    }

    /// Reads everything from a reader.
    ///
    /// - `name`: its name in messages
    /// - `reader`: the reader, or why it could not be opened
    ///
    /// # Errors
    ///
    /// As for [`Input::read`].
    pub fn from_reader(name: impl Into<String>, reader: io::Result<impl Read>) -> Result<Self, Diagnostic> {
        Self::bounded(name.into(), reader, MAX_BYTES)
    }

    fn bounded(name: String, reader: io::Result<impl Read>, limit: u64) -> Result<Self, Diagnostic> {
        let mut bytes = Vec::new();
        let read = reader.and_then(|reader| reader.take(limit + 1).read_to_end(&mut bytes));
        read.map_err(|error| unreadable(&name, &error))?;
        if bytes.len() as u64 > limit {
            let megabytes = limit >> 20;
            let for_what = if limit == MAX_BYTES { " for a policy" } else { "" };
            return Err(Diagnostic::error(format!(
                "`{name}` is larger than {megabytes} MiB, too large{for_what}"
            )));
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(Diagnostic::error(format!("`{name}` is UTF-16, but must be UTF-8"))
                .help("PowerShell's `>` writes UTF-8 from version 7 on"));
        }
        Ok(Self { name, bytes })
    }

    /// Parses it as a policy in JSON, or finds the policy in output of the `aws` command line.
    ///
    /// # Errors
    ///
    /// The first [few](SHOWN) messages about why it is not a policy, with locations, or that it contains several.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_commands::input::Input;
    ///
    /// let input = Input { name: "user.json".to_owned(), bytes: b"{\"Statement\": }".to_vec() };
    /// let message = input.document().unwrap_err().to_string();
    /// assert!(message.starts_with("error[JSON_SYNTAX_ERROR]: expected a value, found `}`\n --> user.json:1:15\n"));
    /// ```
    pub fn document(&self) -> Result<Document, StyledText> {
        self.document_of(iam_policy_document::json::read(&self.bytes))
    }

    /// Like [`document`](Self::document), if the JSON has been read already.
    ///
    /// - `reading`: the result of reading it
    ///
    /// # Errors
    ///
    /// Like those of [`document`](Self::document).
    pub fn document_of(&self, reading: Reading) -> Result<Document, StyledText> {
        if !reading.problems.is_empty() {
            return Err(self.show(&reading.problems));
        }
        if let Some(problem) = unsupported_format(reading.document.root()) {
            return Err(self.show(&[problem]));
        }
        let mut answered = policies_in(&self.bytes, &reading.document);
        let document = match (answered.pop(), answered.len()) {
            (None, _) => reading.document,
            (Some(only), 0) if only.problems.is_empty() => only.document,
            (Some(only), 0) => return Err(self.show(&only.problems)),
            (Some(_), others) => {
                let problem = Diagnostic::error(format!("`{}` contains {} policies", self.name, others + 1));
                return Err(problem.help("save the one you mean to a separate file").into());
            }
        };
        match template_function(document.root()) {
            Some(problem) => Err(self.show(&[problem])),
            None => Ok(document),
        }
    }

    /// The first few problems, with their locations.
    fn show(&self, problems: &[Diagnostic]) -> StyledText {
        let lines = Lines::new(&self.bytes);
        SourceFile::new(&self.name, &lines).show_all(problems.iter().take(SHOWN))
    }
}

/// Why a file cannot be read or written.
///
/// - `name`: the file
/// - `error`: the operating system's error
#[must_use]
pub fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::error(match error.kind() {
        ErrorKind::NotFound => format!("there is no file `{name}`"),
        ErrorKind::IsADirectory => format!("`{name}` is a folder"),
        _ => format!("`{name}` cannot be read: {error}"),
    })
}
