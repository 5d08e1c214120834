//! Prints, explains and attaches the policies of the example.

use std::process::ExitCode;

use clap::Command;
use example_reports::ALL;
use iam_policy_commands::{Exit, policies};

fn main() -> ExitCode {
    iam_policy_commands::main(command(), |matches, output| match matches.subcommand() {
        Some((policies::NAME, matches)) => policies::run(ALL, matches, output),
        _ => Exit::Usage,
    })
}

fn command() -> Command {
    Command::new("example-reports")
        .subcommand_required(true)
        .subcommand(policies::command(ALL))
}
