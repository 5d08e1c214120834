//! Paths in the workspace.

use std::env;
use std::path::PathBuf;

/// The root folder of the workspace in which Cargo runs this program, which need not be the one where it was built.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("..")
}
