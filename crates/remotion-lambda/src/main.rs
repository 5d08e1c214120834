//! Prints, explains, compares, validates and attaches the policies that Remotion Lambda needs.

use std::process::ExitCode;

use clap::Command;
use iam_policy_aws::{Aws, Settings};
use iam_policy_commands::{Exit, completions, man, policies};
use remotion_lambda_policies::ALL;

fn main() -> ExitCode {
    iam_policy_commands::main(command(), |matches, output| match matches.subcommand() {
        Some((policies::NAME, matches)) => policies::run_asking(ALL, matches, output, &|matches| {
            Box::new(Aws::new(Settings::from_matches(matches)))
        }),
        Some((completions::NAME, matches)) => completions::run(command(), matches, output),
        Some((man::NAME, matches)) => man::run(command(), matches, output),
        _ => Exit::Usage,
    })
}

fn command() -> Command {
    Command::new("remotion-lambda")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Print, explain, compare, validate and attach the policies that Remotion Lambda needs")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(policies::command_asking(ALL, iam_policy_aws::args()))
        .subcommand(completions::command())
        .subcommand(man::command())
}
