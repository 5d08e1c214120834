//! The input of a command: a file or the standard input.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use iam_policy_account::policies_in;
use iam_policy_document::{Document, Excerpt, Lines, Visible};

use crate::Problem;

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
    /// assert_eq!(problem.to_string(), "error: there is no file `user.jsno`\n");
    /// ```
    pub fn read(path: &Path) -> Result<Self, Problem> {
        if path == Path::new(STDIN) {
            Self::from_reader(STDIN_NAME, Ok(io::stdin().lock()))
        } else {
            Self::from_reader(path.display().to_string(), File::open(path))
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
    pub fn from_reader(name: impl Into<String>, reader: io::Result<impl Read>) -> Result<Self, Problem> {
        let (name, mut bytes) = (name.into(), Vec::new());
        let read = reader.and_then(|reader| reader.take(MAX_BYTES + 1).read_to_end(&mut bytes));
        read.map_err(|error| unreadable(&name, &error))?;
        if bytes.len() as u64 > MAX_BYTES {
            let megabytes = MAX_BYTES >> 20;
            return Err(Problem::new(format!(
                "`{name}` has more than {megabytes} MiB, which no policy may have"
            )));
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(Problem::new(format!("`{name}` is in UTF-16, and has to be in UTF-8"))
                .help("what `>` writes in PowerShell is in UTF-8 from version 7 on"));
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
    /// assert!(input.document().unwrap_err().starts_with("error: expected a value, found `}`\n --> user.json:1:15\n"));
    /// ```
    pub fn document(&self) -> Result<Document, String> {
        let reading = iam_policy_document::json::read(&self.bytes);
        if reading.problems.is_empty() {
            let mut answered = policies_in(&self.bytes, &reading.document);
            return match (answered.pop(), answered.len()) {
                (None, _) => Ok(reading.document),
                (Some(only), 0) => Ok(only.document),
                (Some(_), others) => {
                    let problem = Problem::new(format!("there are {} policies in `{}`", others + 1, self.name));
                    Err(problem
                        .help("give the one that is meant as a file of its own")
                        .to_string())
                }
            };
        }
        let lines = Lines::new(&self.bytes);
        let messages = reading.problems.iter().take(SHOWN).map(|problem| {
            let excerpt = Excerpt::new(&self.name, &self.bytes, &lines).marks([problem.span]);
            let margin = excerpt.margin();
            let help = problem.help(&self.bytes);
            let help = help.map(|help| format!("{:margin$} = help: {help}\n", ""));
            let help = help.unwrap_or_default();
            format!("error: {}\n{excerpt}{help}\n", Visible(&problem.to_string()))
        });
        Err(messages.collect())
    }
}

/// Why a file cannot be read or written.
///
/// - `name`: the file
/// - `error`: the operating system's error
#[must_use]
pub fn unreadable(name: &str, error: &io::Error) -> Problem {
    Problem::new(match error.kind() {
        ErrorKind::NotFound => format!("there is no file `{name}`"),
        ErrorKind::IsADirectory => format!("`{name}` is a folder"),
        _ => format!("`{name}` cannot be read: {error}"),
    })
}
