//! Rebuilds the map of operations to actions from its sources.

use std::path::Path;
use std::process::ExitCode;

use iam_policy_document::StyledText;

/// - `packages`: a folder in which the packages are installed
pub(crate) fn run(packages: Option<&str>) -> ExitCode {
    match iam_policy_operations_build::refresh(&crate::workspace::root(), packages.map(Path::new)) {
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
