//! Helpers for all benchmarks.

use std::io;
use std::process::{Command, ExitCode};

use iam_policy_document::StyledText;

use crate::workspace::root;

/// Prints the results of a benchmark, or the error.
pub(crate) fn printed(table: io::Result<String>) -> ExitCode {
    match table {
        Ok(table) => {
            print!("{table}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprint!("{}", StyledText::from(format!("error: {error}\n")));
            ExitCode::FAILURE
        }
    }
}

/// A command that runs an example of a package in release mode.
pub(crate) fn example(package: &str, name: &str) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["run", "--quiet", "--release", "--package", package, "--example", name])
        .current_dir(root());
    command
}
