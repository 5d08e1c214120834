#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod built;
mod dependents;
mod describe;
mod encode;
mod error;
mod install;
mod order;
mod pool;
mod readme;
mod source;

use std::fs;
use std::path::Path;

pub use self::built::Built;
pub use self::error::Error;
pub use self::install::{Installed, PACKAGE, install, install_into};

/// The last version of the package that lists dependent actions.
pub const DEPENDENT_ACTIONS_VERSION: &str = "0.15.202512061";

/// Builds both data files. Their bytes depend on the contents of the folders alone.
///
/// - `package`: the folder of the unpacked package
/// - `older`: the folder of an older version. If the package does not list dependent actions, they are taken from
///   there, for the actions and resource types that still exist
///
/// # Errors
///
/// If a file is missing or contains something that this crate does not know, such as a new access level.
pub fn build(package: &Path, older: Option<&Path>) -> Result<Built, Error> {
    let folder = package;
    let package = source::read(folder)?;
    let needs = if package.has_dependent_actions() {
        Some(folder)
    } else {
        older
    };
    let encoded = encode::encode(&package, needs)?;
    let descriptions = describe::encode(&package, &encoded.order)?;
    Ok(Built {
        counts: [
            package.services.len(),
            encoded.order.actions.len(),
            package.services.iter().map(|s| s.resource_types.len()).sum(),
            encoded.order.keys.len(),
        ],
        catalog: encoded.catalog,
        descriptions,
        version: package.version,
        date: package.date,
        dependent_actions: encoded.dependents,
        notes: encoded.notes,
    })
}

/// Installs a version of the package, builds both data files and [writes](write()) them.
///
/// - `version`: the version of the package
/// - `workspace`: the folder that contains `crates/policy-catalog`
///
/// # Errors
///
/// If the version cannot be installed or read, or a file cannot be written.
pub fn refresh(version: &str, workspace: &Path) -> Result<Built, Error> {
    let package = install(version)?;
    let older = install(DEPENDENT_ACTIONS_VERSION)?;
    let built = build(package.path(), Some(older.path()))?;
    write(&built, workspace)?;
    Ok(built)
}

/// Writes both data files into `iam-policy-catalog`, and the facts about them into its README.
///
/// - `workspace`: the folder that contains `crates/policy-catalog`
///
/// # Errors
///
/// If a file cannot be written.
pub fn write(built: &Built, workspace: &Path) -> Result<(), Error> {
    let catalog = workspace.join("crates/policy-catalog");
    let put = |path: &Path, bytes: &[u8]| fs::write(path, bytes).map_err(Error::io(path));
    put(&catalog.join("data/catalog.bin"), &built.catalog)?;
    put(&catalog.join("data/descriptions.bin"), &built.descriptions)?;
    let path = catalog.join("README.md");
    let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
    let text = readme::fill(&text, built).ok_or_else(|| Error::file(&path, "has no table of facts about the data"))?;
    put(&path, text.as_bytes())
}
