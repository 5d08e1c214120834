//! The fuzz targets on stable, without coverage: a test of `testing-fuzz`, so that its dependencies are built as for all tests.

use std::process::{Command, ExitCode};

use crate::workspace::root;

/// - `options`: those of the test
pub(crate) fn run(options: &[&str]) -> ExitCode {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["test", "--workspace", "--locked", "--test", "fuzz", "--"])
        .args(options);
    match cargo.current_dir(root()).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: cannot run cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
