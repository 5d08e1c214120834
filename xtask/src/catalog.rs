//! Rebuilds the catalog's data from its source.

use std::process::ExitCode;

use crate::report;
use crate::workspace::root;

pub(crate) fn run(version: &str) -> ExitCode {
    report(iam_policy_catalog_build::refresh(version, &root()))
}
