#![doc = include_str!("../README.md")]

mod color;
pub mod completions;
mod help;
pub mod input;
pub mod man;
mod output;
pub mod policies;
mod problem;
mod progress;
pub mod shell;
mod style;
mod terminal;

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use clap::{ArgMatches, Command};

use iam_policy_document::{Role, Severity, StyledText};

pub use crate::output::{Exit, Form, Output};
pub use crate::problem::with_candidates;
pub use crate::progress::Progress;

/// Runs a whole program: parses the process's arguments and runs the requested command on the standard streams.
///
/// All commands get the option `--color auto|always|never`. By default, terminals get colors unless an environment
/// variable such as `NO_COLOR` says otherwise.
///
/// - `command`: the program with all its subcommands
/// - `run`: runs the command, given arguments that match `command`
///
/// # Examples
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use iam_policy_commands::policies;
/// use remotion_lambda_policies::ALL;
///
/// fn main() -> ExitCode {
///     iam_policy_commands::main(policies::command(ALL), |matches, output| policies::run(ALL, matches, output))
/// }
/// ```
pub fn main(command: Command, run: impl FnOnce(&ArgMatches, &mut Output<'_>) -> Exit) -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().collect();
    let parsed = color::with_option(command).try_get_matches_from(&arguments);
    color::choose(parsed.as_ref().ok(), &arguments).write_global();
    let (stdout, stderr) = (io::stdout(), io::stderr());
    let terminal = stdout.is_terminal();
    let stdout_styles = takes_styles(&stdout);
    let stderr_styles = takes_styles(&stderr);
    // Only streams that take styles are wrapped: results on others must be written as they are.
    let mut stdout: Box<dyn Write> = if stdout_styles {
        Box::new(AutoStream::always(stdout.lock()))
    } else {
        Box::new(stdout.lock())
    };
    let mut stderr: Box<dyn Write> = if stderr_styles {
        Box::new(AutoStream::always(stderr.lock()))
    } else {
        Box::new(stderr.lock())
    };
    let mut output = Output::new(&mut *stdout, &mut *stderr);
    output.terminal = terminal;
    output.watched = io::stderr().is_terminal();
    output.stdout_styles = stdout_styles;
    output.stderr_styles = stderr_styles;
    if let (true, Some((columns, _))) = (terminal, terminal_size::terminal_size()) {
        output.width = columns.0.into();
    }
    answer(parsed, &mut output, run).into()
}

/// Whether a stream is a terminal that takes styles, and the user wants them.
fn takes_styles(stream: &impl RawStream) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}

/// Like [`main`], with the given arguments and streams. The first argument is the program's name.
///
/// Help goes to the standard output and exits successfully. Arguments that do not match `command` are a usage error.
///
/// # Examples
///
/// ```
/// use iam_policy_commands::{Exit, Output, policies};
/// use remotion_lambda_policies::{ALL, USER};
///
/// let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
/// let mut output = Output::new(&mut stdout, &mut stderr);
/// let exit = iam_policy_commands::execute(policies::command(ALL), ["policies", "user"], &mut output, |matches, output| {
///     policies::run(ALL, matches, output)
/// });
/// assert_eq!(exit, Exit::Success);
/// assert_eq!(stdout, USER.json.as_bytes());
/// ```
pub fn execute<A: Into<OsString> + Clone>(
    command: Command,
    args: impl IntoIterator<Item = A>,
    output: &mut Output<'_>,
    run: impl FnOnce(&ArgMatches, &mut Output<'_>) -> Exit,
) -> Exit {
    answer(command.try_get_matches_from(args), output, run)
}

/// Runs the command, or shows what the argument parser says.
fn answer(
    parsed: Result<ArgMatches, clap::Error>,
    output: &mut Output<'_>,
    run: impl FnOnce(&ArgMatches, &mut Output<'_>) -> Exit,
) -> Exit {
    match parsed {
        Ok(matches) => run(&matches, output),
        Err(message) if message.use_stderr() => output.refuse(&usage(&message)),
        Err(help) => output.show(&help.render().to_string().into()),
    }
}

/// A message of the argument parser, whose first word is the severity.
fn usage(message: &clap::Error) -> StyledText {
    let text = message.render().to_string();
    let mut styled = StyledText::new();
    match text.strip_prefix(Severity::Error.label()) {
        Some(rest) => {
            let (first, more) = rest.split_at(rest.find('\n').unwrap_or(rest.len()));
            styled.push(Role::Severity(Severity::Error), Severity::Error.label());
            styled.push(Role::Message, first);
            styled.plain(more);
        }
        None => styled.plain(&text),
    }
    styled
}
