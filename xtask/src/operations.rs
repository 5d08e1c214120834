//! Rebuilds the map of operations to actions from its sources.

use std::path::Path;
use std::process::ExitCode;

use crate::report;
use crate::workspace::root;

/// - `packages`: a folder in which the packages are installed
pub(crate) fn run(packages: Option<&str>) -> ExitCode {
    report(iam_policy_operations_build::refresh(&root(), packages.map(Path::new)))
}
