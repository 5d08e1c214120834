//! Writes changes: first all new contents to temporary files, then each file is replaced.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::Error;

use super::change::{Change, Kind};

/// Writes `changes`, whose paths are relative to `root`.
///
/// # Errors
///
/// If a file cannot be written. No file is touched until all new contents are on disk.
pub(super) fn write(root: &Path, changes: &[Change]) -> Result<(), Error> {
    let mut staged = Vec::new();
    let result = stage_all(root, changes, &mut staged).and_then(|()| apply_all(root, changes, &staged));
    if result.is_err() {
        for aside in staged.iter().flatten() {
            // Fails for those that have been renamed already.
            let _ = fs::remove_file(aside);
        }
    }
    result
}

fn stage_all(root: &Path, changes: &[Change], staged: &mut Vec<Option<PathBuf>>) -> Result<(), Error> {
    for change in changes {
        staged.push(match change.kind {
            Kind::LeftOver => None,
            Kind::Missing | Kind::Differs => {
                let path = root.join(&change.path);
                Some(stage(&path, &change.new).map_err(|error| Error::file(&change.path, &error))?)
            }
        });
    }
    Ok(())
}

/// Writes `contents` to a new temporary file in the folder of `path`.
fn stage(path: &Path, contents: &str) -> io::Result<PathBuf> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let process = std::process::id();
    let mut number = 0_u32;
    loop {
        let aside = path.with_file_name(format!(".{name}.{process}-{number}.new"));
        // `create_new` never opens an existing file or follows a link.
        match OpenOptions::new().write(true).create_new(true).open(&aside) {
            Ok(mut file) => {
                let written = file.write_all(contents.as_bytes());
                return match written {
                    Ok(()) => Ok(aside),
                    Err(error) => {
                        drop(file);
                        let _ = fs::remove_file(&aside);
                        Err(error)
                    }
                };
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}

fn apply_all(root: &Path, changes: &[Change], staged: &[Option<PathBuf>]) -> Result<(), Error> {
    for (change, aside) in changes.iter().zip(staged) {
        let path = root.join(&change.path);
        // A link is replaced or removed itself; its target is not touched.
        let done = match aside {
            Some(aside) => fs::rename(aside, path),
            None => fs::remove_file(path),
        };
        done.map_err(|error| Error::file(&change.path, &error))?;
    }
    Ok(())
}
