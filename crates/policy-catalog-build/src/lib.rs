#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod dependents;
mod describe;
mod encode;
mod error;
mod install;
mod order;
mod pool;
mod readme;
mod source;

use std::fmt;
use std::fs;
use std::path::Path;

pub use self::error::Error;
pub use self::install::{Installed, PACKAGE, install, install_into};

/// The last version of the package that tells which actions depend on which others. Later ones leave it out.
pub const DEPENDENT_ACTIONS_VERSION: &str = "0.15.202512061";

/// Both data files, and what to say about them.
#[derive(Debug)]
#[non_exhaustive]
pub struct Built {
    /// The bytes of `catalog.bin`.
    pub catalog: Vec<u8>,
    /// The bytes of `descriptions.bin`.
    pub descriptions: Vec<u8>,
    /// The version of the package.
    pub version: String,
    /// The day on which it was collected, as `YYYY-MM-DD`.
    pub date: String,
    /// The version and the day of the dependent actions, if there are any.
    pub dependent_actions: Option<(String, String)>,
    /// How many services, actions, resource types and condition keys there are.
    pub counts: [usize; 4],
    /// What could not be taken over, in sentences.
    pub notes: Vec<String>,
}

impl fmt::Display for Built {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [services, actions, resource_types, condition_keys] = self.counts;
        write!(
            f,
            "{PACKAGE} {} of {}: {services} services, {actions} actions, {resource_types} resource types, \
             {condition_keys} condition keys; {} bytes, and {} bytes of descriptions",
            self.version,
            self.date,
            self.catalog.len(),
            self.descriptions.len(),
        )?;
        self.notes.iter().try_for_each(|note| write!(f, "\nnote: {note}"))
    }
}

/// Makes both data files from the folder of an unpacked package. If it says nothing about dependent actions, they are
/// taken from the folder of an older version, for the actions and resource types that still exist.
///
/// The bytes are a function of what is in the folders alone.
///
/// # Errors
///
/// If a file is missing or says something that this program does not know, such as a new access level.
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

/// Installs a version of the package, writes both data files into the crates that embed them, and their facts into the
/// README of the catalogue. `workspace` is the folder that has `crates/policy-catalog` in it.
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

/// The second half of [`refresh`].
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
    let text =
        readme::fill(&text, built).ok_or_else(|| Error::file(&path, "has no place for the facts of the data"))?;
    put(&path, text.as_bytes())
}
