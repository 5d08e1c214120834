//! What is on disk. Nothing outside a folder is read through a link in it, and nothing that may block or never end is read.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::path::folder_of;

/// The maximum size in bytes of a file that is compared with generated contents.
const MAX_LENGTH: u64 = 16 << 20;

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    /// A regular file, or a link to one in the folder of the link.
    File,
    /// A folder, or a link to one.
    Folder,
    /// A link whose target does not exist, or is a file in another folder.
    Link,
    /// A device, a pipe or the like, or a link to one. Reading it might never end.
    Other,
}

/// Finds out what is at `path`.
pub(super) fn find(path: &Path) -> io::Result<Found> {
    let own = match fs::symlink_metadata(path) {
        Ok(own) => own,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(error),
    };
    let found = if own.is_symlink() {
        match fs::metadata(path) {
            Ok(target) if target.is_file() && !stays_in_folder(path) => return Ok(Found::Link),
            Ok(target) => target,
            Err(_) => return Ok(Found::Link),
        }
    } else {
        own
    };
    Ok(if found.is_file() {
        Found::File
    } else if found.is_dir() {
        Found::Folder
    } else {
        Found::Other
    })
}

/// Whether the target of a link is in the folder of the link.
fn stays_in_folder(link: &Path) -> bool {
    match (link.canonicalize(), folder_of(link).canonicalize()) {
        (Ok(target), Ok(folder)) => target.starts_with(folder),
        _ => false,
    }
}

/// Reads a regular file; `None` if another run has removed it meanwhile.
///
/// - `path`: where [`find`] has found a file
///
/// # Errors
///
/// If the file cannot be read, is no longer a regular file, or is larger than any generated file.
pub(super) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if !file.metadata()?.is_file() {
        return Err(not_regular());
    }
    let mut bytes = Vec::new();
    file.take(MAX_LENGTH + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_LENGTH {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(Some(bytes))
}

/// The error for a device, a pipe or the like.
pub(super) fn not_regular() -> io::Error {
    io::Error::other("not a regular file")
}
