//! What the measurements share.

use std::io;
use std::process::{Command, ExitCode};

use crate::workspace::root;

/// Prints a measurement, or the reason why it failed.
pub(crate) fn printed(table: io::Result<String>) -> ExitCode {
    match table {
        Ok(table) => {
            print!("{table}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The command that runs an example of a package with optimizations.
pub(crate) fn example(package: &str, name: &str) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["run", "--quiet", "--release", "--package", package, "--example", name])
        .current_dir(root());
    command
}
