use std::fmt::{self, Display};
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use iam_policy_document::Visible;

use crate::color;
use crate::problem::Problem;

/// Where a command writes: results to one stream, messages to the other.
pub struct Output<'a> {
    /// Receives results only.
    pub stdout: &'a mut dyn Write,
    /// Receives messages.
    pub stderr: &'a mut dyn Write,
    /// Whether `stdout` is a terminal.
    pub terminal: bool,
}

impl fmt::Debug for Output<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("terminal", &self.terminal)
            .finish_non_exhaustive()
    }
}

/// The result of a command, which is the program's exit code.
///
/// Exits are ordered by their code, so the exit of several tasks is their maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Exit {
    /// 0: success.
    Success,
    /// 1: the command ran, and its answer is negative; for example, the policy has errors.
    Negative,
    /// 2: the command could not run, or its result could not be written; a message says why.
    Usage,
}

impl Exit {
    /// The exit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Negative => 1,
            Self::Usage => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

impl Output<'_> {
    /// Writes a result. A closed pipe, as with `| head`, is not an error.
    ///
    /// # Errors
    ///
    /// Returns [`Exit::Usage`] if the result cannot be written, after reporting it.
    pub fn print(&mut self, result: &str) -> Exit {
        let written = self.stdout.write_all(result.as_bytes());
        match written.and_then(|()| self.stdout.flush()) {
            Ok(()) => Exit::Success,
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Exit::Success,
            Err(error) => self.report(&[Problem::new(format!("the output cannot be written: {error}"))]),
        }
    }

    /// As [`print`](Self::print), for a result in the form of messages, such as what a check has found: at a terminal
    /// it is in colors, unless the environment has `NO_COLOR`.
    pub fn show(&mut self, messages: &str) -> Exit {
        if self.terminal && color::is_wanted() {
            self.print(&color::paint(messages))
        } else {
            self.print(messages)
        }
    }

    /// Reports all problems.
    pub fn report(&mut self, problems: &[Problem]) -> Exit {
        let messages: String = problems.iter().map(Problem::to_string).collect();
        self.refuse(messages)
    }

    /// Says what is wrong in words of the caller's own, as they are.
    pub fn refuse(&mut self, message: impl Display) -> Exit {
        self.remark(message);
        Exit::Usage
    }

    /// Writes a message that is no mistake, as it is.
    pub fn remark(&mut self, message: impl Display) {
        // If messages cannot be written either, only the exit code is left.
        let _ = self
            .stderr
            .write_all(message.to_string().as_bytes())
            .and_then(|()| self.stderr.flush());
    }
}

/// Escapes everything that could move a terminal's cursor, since much of the text comes from elsewhere.
pub(crate) fn visible(text: &str) -> String {
    let lines = text
        .lines()
        .flat_map(|line| [Visible(line).to_string(), "\n".to_owned()]);
    lines.collect()
}
