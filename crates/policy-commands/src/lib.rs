#![doc = include_str!("../README.md")]

mod color;
pub mod completions;
mod help;
pub mod input;
mod output;
pub mod policies;
mod problem;
mod shell;

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{ArgMatches, Command};

use crate::output::visible;
pub use crate::output::{Exit, Output};
pub use crate::problem::Problem;

/// Runs a whole program: parses the process's arguments and runs the requested command on the standard streams.
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
    let mut stdout = io::stdout().lock();
    let terminal = stdout.is_terminal();
    let mut stderr: Box<dyn Write> = if io::stderr().is_terminal() && color::is_wanted() {
        Box::new(color::Painted(io::stderr().lock()))
    } else {
        Box::new(io::stderr().lock())
    };
    let mut output = Output {
        stdout: &mut stdout,
        stderr: &mut *stderr,
        terminal,
    };
    execute(command, env::args_os(), &mut output, run).into()
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
/// let mut output = Output { stdout: &mut stdout, stderr: &mut stderr, terminal: false };
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
    match command.try_get_matches_from(args) {
        Ok(matches) => run(&matches, output),
        Err(message) if message.use_stderr() => output.refuse(visible(&message.render().to_string())),
        Err(help) => output.print(&help.render().to_string()),
    }
}
