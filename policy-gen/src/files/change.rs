use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use similar::TextDiff;

/// A file that is not up to date. Its [`Display`](fmt::Display) is a unified diff.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The path of the file, as the caller wrote it.
    pub path: PathBuf,
    /// Why it is not up to date.
    pub kind: Kind,
    /// Its contents; empty if it is missing.
    pub old: String,
    /// The contents that it should have; empty if it is left over.
    pub new: String,
}

/// Why a file is not up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It does not exist.
    Missing,
    /// Its contents differ.
    Differs,
    /// It is no longer generated.
    LeftOver,
}

/// What is at a path. Links are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    File,
    Folder,
    /// A link whose target does not exist.
    BrokenLink,
    /// A device, a pipe or the like. Reading it might never end.
    Other,
}

/// Finds out what is at `path`.
pub(super) fn find(path: &Path) -> io::Result<Found> {
    match fs::metadata(path) {
        Ok(data) if data.is_file() => Ok(Found::File),
        Ok(data) if data.is_dir() => Ok(Found::Folder),
        Ok(_) => Ok(Found::Other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::symlink_metadata(path) {
            Ok(_) => Ok(Found::BrokenLink),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Nothing),
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    }
}

impl Change {
    /// Compares the file `root`/`path` with its expected contents; `None` if it is up to date.
    pub(super) fn of_file(root: &Path, path: &Path, new: &str) -> io::Result<Option<Self>> {
        let full = root.join(path);
        let (kind, old) = match find(&full)? {
            Found::Nothing => (Kind::Missing, String::new()),
            Found::BrokenLink => (Kind::Differs, target(&full)?),
            Found::File => {
                let bytes = fs::read(&full)?;
                if bytes == new.as_bytes() {
                    return Ok(None);
                }
                (Kind::Differs, String::from_utf8_lossy(&bytes).into_owned())
            }
            Found::Folder => return Err(io::ErrorKind::IsADirectory.into()),
            Found::Other => return Err(io::Error::other("not a regular file")),
        };
        Ok(Some(Self {
            path: path.to_owned(),
            kind,
            old,
            new: new.to_owned(),
        }))
    }

    /// The removal of the file `root`/`path`, if it exists. For a broken link, the diff shows its target.
    pub(super) fn left_over(root: &Path, path: &Path) -> io::Result<Option<Self>> {
        let full = root.join(path);
        let old = match find(&full)? {
            Found::File => String::from_utf8_lossy(&fs::read(&full)?).into_owned(),
            Found::BrokenLink => target(&full)?,
            Found::Nothing | Found::Folder | Found::Other => return Ok(None),
        };
        Ok(Some(Self {
            path: path.to_owned(),
            kind: Kind::LeftOver,
            old,
            new: String::new(),
        }))
    }
}

fn target(link: &Path) -> io::Result<String> {
    Ok(fs::read_link(link)?.display().to_string())
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display().to_string().replace('\\', "/");
        let (from, to) = match self.kind {
            Kind::Missing => ("/dev/null".to_owned(), format!("b/{path}")),
            Kind::Differs => (format!("a/{path}"), format!("b/{path}")),
            Kind::LeftOver => (format!("a/{path}"), "/dev/null".to_owned()),
        };
        let diff = TextDiff::from_lines(&self.old, &self.new);
        write!(f, "{}", diff.unified_diff().header(&from, &to))?;
        // An empty file has no lines to show.
        if self.old == self.new {
            writeln!(f, "--- {from}\n+++ {to}")
        } else {
            Ok(())
        }
    }
}
