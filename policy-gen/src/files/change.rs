use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use similar::TextDiff;

use super::disk::{Found, find, not_regular, read};
use super::temporary;

/// How long to look for the shortest diff of two large files.
const PATIENCE: Duration = Duration::from_millis(500);

/// A file that is not up to date. Its [`Display`](fmt::Display) is a unified diff.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The path of the file, as the caller wrote it.
    pub path: PathBuf,
    /// Why it is not up to date.
    pub kind: Kind,
    /// Its contents; empty if it is missing or a temporary file. For a link that is not followed, the path of its target.
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
    /// It is no longer generated, or is a temporary file of a run that was interrupted.
    LeftOver,
}

impl Change {
    /// Compares the file `root`/`path` with its expected contents; `None` if it is up to date.
    pub(super) fn of_file(root: &Path, path: &Path, new: &str) -> io::Result<Option<Self>> {
        let full = root.join(path);
        let (kind, old) = match find(&full)? {
            Found::Nothing => (Kind::Missing, String::new()),
            Found::Link => (Kind::Differs, target(&full)?),
            Found::File => match read(&full)? {
                None => (Kind::Missing, String::new()),
                Some(bytes) if bytes == new.as_bytes() => return Ok(None),
                Some(bytes) => (Kind::Differs, String::from_utf8_lossy(&bytes).into_owned()),
            },
            Found::Folder => return Err(io::ErrorKind::IsADirectory.into()),
            Found::Other => return Err(not_regular()),
        };
        Ok(Some(Self {
            path: path.to_owned(),
            kind,
            old,
            new: new.to_owned(),
        }))
    }

    /// The removal of the file `root`/`path`, if it exists. For a link that is not followed, the diff shows its target.
    pub(super) fn left_over(root: &Path, path: &Path) -> io::Result<Option<Self>> {
        let full = root.join(path);
        let old = match find(&full)? {
            Found::File => match read(&full)? {
                Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                None => return Ok(None),
            },
            Found::Link => target(&full)?,
            Found::Nothing | Found::Folder | Found::Other => return Ok(None),
        };
        Ok(Some(Self {
            path: path.to_owned(),
            kind: Kind::LeftOver,
            old,
            new: String::new(),
        }))
    }

    /// Whether this removes a temporary file.
    pub(super) fn is_temporary(&self) -> bool {
        let name = self.path.file_name().and_then(|name| name.to_str());
        self.kind == Kind::LeftOver && name.is_some_and(temporary::is_name)
    }

    /// The removal of a temporary file. Its contents are never shown.
    pub(super) fn stale(path: PathBuf) -> Self {
        Self {
            path,
            kind: Kind::LeftOver,
            old: String::new(),
            new: String::new(),
        }
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
        let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(&self.old, &self.new);
        write!(f, "{}", diff.unified_diff().header(&from, &to))?;
        // An empty file has no lines to show.
        if self.old == self.new {
            writeln!(f, "--- {from}\n+++ {to}")
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// Between looking for a file and reading it, another run may remove it.
    #[test]
    fn a_file_that_disappears_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let (root, name) = (folder.path(), Path::new("user.json"));
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    fs::write(root.join(name), "old").unwrap();
                    fs::remove_file(root.join(name)).unwrap();
                }
            });
            let compared = (0..5_000).map(|_| Change::of_file(root, name, "new"));
            let failed = compared
                .chain((0..5_000).map(|_| Change::left_over(root, name)))
                .find(Result::is_err);
            is_over.store(true, Ordering::Relaxed);
            assert!(failed.is_none(), "{failed:?}");
        });
    }
}
