//! Rebuilds the catalog's data from its source.

use std::process::ExitCode;

pub(crate) fn run(version: &str) -> ExitCode {
    match iam_policy_catalog_build::refresh(version, &crate::workspace::root()) {
        Ok(built) => {
            println!("{built}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
