//! Rebuilds the catalog's data from its source.

use std::process::ExitCode;

use iam_policy_document::StyledText;

pub(crate) fn run(version: &str) -> ExitCode {
    match iam_policy_catalog_build::refresh(version, &crate::workspace::root()) {
        Ok(built) => {
            println!("{built}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprint!("{}", StyledText::from(format!("error: {error}\n")));
            ExitCode::FAILURE
        }
    }
}
