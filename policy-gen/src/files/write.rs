//! Writes changes: all new contents beside the old files first, and then each into its place.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::Error;

use super::change::{Change, Kind};

/// Makes `changes`, whose paths are relative to `root`.
///
/// # Errors
///
/// When a file cannot be written. Until all new contents are on disk, every file is as it was.
pub(super) fn write(root: &Path, changes: &[Change]) -> Result<(), Error> {
    let mut staged = Vec::new();
    let result = stage_all(root, changes, &mut staged).and_then(|()| apply_all(root, changes, &staged));
    if result.is_err() {
        for aside in staged.iter().flatten() {
            // Those that are in their place already are not here any more.
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

/// Writes `contents` into a new file beside `path`, whose name nothing had before.
fn stage(path: &Path, contents: &str) -> io::Result<PathBuf> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let process = std::process::id();
    let mut number = 0_u32;
    loop {
        let aside = path.with_file_name(format!(".{name}.{process}-{number}.new"));
        // It never opens what is there already, such as a link to somewhere else.
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
        // A link is replaced or removed itself; the file that it leads to stays as it is.
        let done = match aside {
            Some(aside) => fs::rename(aside, path),
            None => fs::remove_file(path),
        };
        done.map_err(|error| Error::file(&change.path, &error))?;
    }
    Ok(())
}
