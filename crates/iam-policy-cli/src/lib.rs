#![doc = include_str!("../README.md")]

pub mod check;
mod excerpt;
pub mod explain;
pub mod import;
mod input;

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use policy_cli::{Exit, Output, completions};

/// The whole program, on the arguments and the standard streams of the process.
#[must_use]
pub fn main() -> ExitCode {
    policy_cli::main(command(), run)
}

/// The program with all its commands.
///
/// # Examples
///
/// ```
/// let names: Vec<_> = iam_policy_cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
/// assert_eq!(names[0], "check");
/// ```
#[must_use]
pub fn command() -> Command {
    Command::new("iam-policy")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Check, explain, import and generate IAM policies")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(check::command())
        .subcommand(explain::command())
        .subcommand(import::command())
        .subcommand(completions::command())
}

/// Does what the program is asked for.
///
/// - `matches`: the arguments, which fit [`command`]
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    match matches.subcommand() {
        Some((check::NAME, matches)) => check::run(matches, output),
        Some((explain::NAME, matches)) => explain::run(matches, output),
        Some((import::NAME, matches)) => import::run(matches, output),
        Some((completions::NAME, matches)) => completions::run(command(), matches, output),
        _ => Exit::Usage,
    }
}
