//! The command group `policies`: a command for each policy of a spec, which prints it, and `explain`.

pub mod choice;
mod document;
mod explain;

use clap::{ArgMatches, Command};
use policy_core::Policy;

use crate::{Exit, Output};

/// The group's name.
pub const NAME: &str = "policies";

/// The group, to be added to a program's commands.
///
/// A policy cannot have a command if its name is `explain` or `help`.
///
/// - `policies`: such as the constant `ALL` that the macro writes
#[must_use]
pub fn command(policies: &'static [Policy<'static>]) -> Command {
    Command::new(NAME)
        .about("Print and explain the IAM policies that this program needs")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(printable(policies).map(document::command))
        .subcommand(explain::command(policies))
}

/// Does what the group is asked for.
///
/// - `policies`: those that [`command`] was made of
/// - `matches`: the arguments of the group
///
/// # Examples
///
/// See [`execute`](crate::execute).
pub fn run(policies: &'static [Policy<'static>], matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    match matches.subcommand() {
        Some((explain::NAME, matches)) => explain::run(policies, matches, output),
        Some((name, matches)) => match policies.iter().find(|policy| policy.name == name) {
            Some(policy) => document::run(policy, matches, output),
            None => Exit::Usage,
        },
        None => Exit::Usage,
    }
}

/// Those whose names are no commands of the group's own.
fn printable(policies: &'static [Policy<'static>]) -> impl Iterator<Item = &'static Policy<'static>> {
    policies
        .iter()
        .filter(|policy| !matches!(policy.name, explain::NAME | "help"))
}
