//! Prints and explains the permissions that Remotion Lambda needs.

use std::process::ExitCode;

use clap::Command;
use policy_cli::{Exit, completions, policies};
use remotion_lambda_policies::ALL;

fn main() -> ExitCode {
    policy_cli::main(command(), |matches, output| match matches.subcommand() {
        Some((policies::NAME, matches)) => policies::run(ALL, matches, output),
        Some((completions::NAME, matches)) => completions::run(command(), matches, output),
        _ => Exit::Usage,
    })
}

fn command() -> Command {
    Command::new("remotion-lambda")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Print and explain the permissions that Remotion Lambda needs")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(policies::command(ALL))
        .subcommand(completions::command())
}
