#![doc = include_str!("../README.md")]

pub mod calls;
pub mod check;
mod comments;
pub mod diff;
pub mod explain;
pub mod generate;
pub mod import;
mod input;
mod module;
pub mod needs;
mod policies;
pub mod rule;
pub mod serve;
mod settings;
pub mod simulate;
mod templates;

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use iam_policy_commands::{Exit, Output, completions, man};

/// Runs the program on the process's arguments and standard streams.
#[must_use]
pub fn main() -> ExitCode {
    iam_policy_commands::main(command(), run)
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
        .about("Check, explain, simulate, compare, import and generate IAM policies")
        .after_help(EXAMPLES)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(check::command())
        .subcommand(calls::command())
        .subcommand(rule::command())
        .subcommand(explain::command())
        .subcommand(simulate::command())
        .subcommand(diff::command())
        .subcommand(diff::covers::command())
        .subcommand(import::command())
        .subcommand(needs::command())
        .subcommand(generate::command())
        .subcommand(serve::command())
        .subcommand(completions::command())
        .subcommand(man::command())
}

const EXAMPLES: &str = "\
Examples:
  iam-policy check user.json policies/
  iam-policy explain user.json
  iam-policy simulate --principal arn:aws:iam::123456789012:user/ann \\
    --action s3:GetObject --resource arn:aws:s3:::reports/a --identity user.json
  iam-policy diff HEAD~1:user.json user.json
  aws iam get-account-authorization-details | iam-policy check -";

/// Runs the requested command.
///
/// - `matches`: arguments that match [`command`]
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    match matches.subcommand() {
        Some((check::NAME, matches)) => check::run(matches, output),
        Some((calls::NAME, matches)) => calls::run(matches, output),
        Some((rule::NAME, matches)) => rule::run(matches, output),
        Some((explain::NAME, matches)) => explain::run(matches, output),
        Some((simulate::NAME, matches)) => simulate::run(matches, output),
        Some((diff::NAME, matches)) => diff::run(matches, output),
        Some((diff::covers::NAME, matches)) => diff::covers::run(matches, output),
        Some((import::NAME, matches)) => import::run(matches, output),
        Some((needs::NAME, matches)) => needs::run(matches, output),
        Some((generate::NAME, matches)) => generate::run(matches, output),
        Some((serve::NAME, matches)) => serve::run(matches, output),
        Some((completions::NAME, matches)) => completions::run(command(), matches, output),
        Some((man::NAME, matches)) => man::run(command(), matches, output),
        _ => Exit::Usage,
    }
}

/// An option that takes one of several names.
fn choice(name: &'static str, value_name: &'static str, names: impl Iterator<Item = &'static str>, help: &str) -> Arg {
    let names: Vec<_> = names.collect();
    Arg::new(name)
        .long(name)
        .value_name(value_name)
        .help(format!("{help} [possible values: {}]", names.join(", ")))
        // Left to itself, clap puts these on lines of their own, after one of white space alone.
        .hide_possible_values(true)
        .value_parser(names)
}
