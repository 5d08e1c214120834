use std::fmt;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use iam_policy_document::{Diagnostic, StyledText, visible_json};

use crate::{style, terminal};

/// Where a command writes: results to one stream, messages to the other.
#[expect(clippy::struct_excessive_bools, reason = "each describes a stream")]
pub struct Output<'a> {
    /// Receives results only.
    pub stdout: &'a mut dyn Write,
    /// Receives messages.
    pub stderr: &'a mut dyn Write,
    /// Whether `stdout` is a terminal.
    pub terminal: bool,
    /// Whether `stderr` is a terminal.
    pub watched: bool,
    /// The number of columns of the terminal.
    pub width: usize,
    /// Whether [`show`](Self::show) writes styles to `stdout`.
    pub stdout_styles: bool,
    /// Whether messages have styles.
    pub stderr_styles: bool,
}

impl fmt::Debug for Output<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("terminal", &self.terminal)
            .finish_non_exhaustive()
    }
}

/// The number of columns of a terminal that does not say.
const WIDTH: usize = 80;

/// The form of a result that is Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// On a terminal text, wrapped and with aligned columns; elsewhere Markdown.
    Human,
    /// Markdown.
    Markdown,
}

impl Form {
    /// The name of [`Human`](Self::Human) as the value of an option.
    pub const HUMAN: &str = "human";
    /// The name of [`Markdown`](Self::Markdown) as the value of an option.
    pub const MARKDOWN: &str = "markdown";
    /// The help of an option that chooses the form.
    pub const HELP: &str = "The output format; `human` is text on a terminal, and Markdown elsewhere [default: human]";

    /// The form with this name; [`Human`](Self::Human) without one.
    ///
    /// - `name`: the value of an option
    #[must_use]
    pub fn from_option(name: Option<&str>) -> Self {
        match name {
            Some(Self::MARKDOWN) => Self::Markdown,
            _ => Self::Human,
        }
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

impl<'a> Output<'a> {
    /// Streams that are not terminals and take no styles.
    ///
    /// - `stdout`: receives results only
    /// - `stderr`: receives messages
    #[must_use]
    pub fn new(stdout: &'a mut dyn Write, stderr: &'a mut dyn Write) -> Self {
        Self {
            stdout,
            stderr,
            terminal: false,
            watched: false,
            width: WIDTH,
            stdout_styles: false,
            stderr_styles: false,
        }
    }

    /// Writes a result whose every byte matters, such as a policy. A closed pipe, as with `| head`, is not an error.
    ///
    /// Everything else goes through [`show`](Self::show) or [`json`](Self::json), which let no text from elsewhere
    /// control the terminal.
    ///
    /// - `result`: written as it is
    ///
    /// # Errors
    ///
    /// Returns [`Exit::Usage`] if the result cannot be written, after reporting it.
    pub fn print(&mut self, result: &str) -> Exit {
        let written = self.stdout.write_all(result.as_bytes());
        match written.and_then(|()| self.stdout.flush()) {
            Ok(()) => Exit::Success,
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Exit::Success,
            Err(error) => self.report(&[Diagnostic::error(format!("the output cannot be written: {error}"))]),
        }
    }

    /// Writes a result for people, such as the findings of a check.
    ///
    /// - `result`: written with its styles if the stream takes them
    ///
    /// # Errors
    ///
    /// As [`print`](Self::print).
    pub fn show(&mut self, result: &StyledText) -> Exit {
        if self.stdout_styles {
            self.print(&style::ansi(result))
        } else {
            self.print(result.as_str())
        }
    }

    /// Writes a result for people that is Markdown.
    ///
    /// - `markdown`: the result
    /// - `form`: how to show it
    ///
    /// # Errors
    ///
    /// As [`print`](Self::print).
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_commands::{Form, Output};
    ///
    /// let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    /// let mut output = Output::new(&mut stdout, &mut stderr);
    /// output.terminal = true;
    /// output.document("# User\n\n| Action | Access |\n|---|---|\n| `s3:GetObject` | Read |\n", Form::Human);
    /// assert_eq!(String::from_utf8(stdout)?, "\
    /// User
    ///
    /// Action        Access
    /// ────────────  ──────
    /// s3:GetObject  Read
    /// ");
    /// # Ok::<(), std::string::FromUtf8Error>(())
    /// ```
    pub fn document(&mut self, markdown: &str, form: Form) -> Exit {
        if self.terminal && form == Form::Human {
            self.show(&terminal::render(markdown, self.width))
        } else {
            self.show(&markdown.into())
        }
    }

    /// Writes a result for programs.
    ///
    /// - `result`: valid JSON, written with the invisible characters in its strings escaped
    ///
    /// # Errors
    ///
    /// As [`print`](Self::print).
    pub fn json(&mut self, result: &str) -> Exit {
        self.print(&visible_json(result))
    }

    /// Reports problems that are not about a source, and returns [`Exit::Usage`].
    ///
    /// - `problems`: at least one
    pub fn report(&mut self, problems: &[Diagnostic]) -> Exit {
        self.refuse(&problems.iter().collect())
    }

    /// Writes messages about problems, and returns [`Exit::Usage`].
    ///
    /// - `messages`: rendered diagnostics
    pub fn refuse(&mut self, messages: &StyledText) -> Exit {
        self.remark(messages);
        Exit::Usage
    }

    /// Writes messages that are not about problems.
    ///
    /// - `messages`: written with their styles if the stream takes them
    pub fn remark(&mut self, messages: &StyledText) {
        let styled = self.stderr_styles.then(|| style::ansi(messages));
        let text = styled.as_deref().unwrap_or(messages.as_str());
        // If messages cannot be written either, only the exit code is left.
        let _ = self
            .stderr
            .write_all(text.as_bytes())
            .and_then(|()| self.stderr.flush());
    }
}
