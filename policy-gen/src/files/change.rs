use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use similar::TextDiff;

/// What has to happen to one file. Its [`Display`](fmt::Display) is a unified diff.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The file, as the caller names it.
    pub path: PathBuf,
    /// Why it is not as it should be.
    pub kind: Kind,
    /// What it holds; empty if it is missing.
    pub old: String,
    /// What it should hold; empty if it is left over.
    pub new: String,
}

/// Why a file is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It is not there.
    Missing,
    /// It holds something else.
    Differs,
    /// Nothing makes it any more.
    LeftOver,
}

impl Change {
    /// Compares the file `root`/`path` with what it should hold; `None` if it does.
    pub(crate) fn of_file(root: &Path, path: &Path, new: &str) -> io::Result<Option<Self>> {
        let (kind, old) = match fs::read(root.join(path)) {
            Ok(bytes) if bytes == new.as_bytes() => return Ok(None),
            Ok(bytes) => (Kind::Differs, String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Kind::Missing, String::new()),
            Err(error) => return Err(error),
        };
        Ok(Some(Self {
            path: path.to_owned(),
            kind,
            old,
            new: new.to_owned(),
        }))
    }

    /// The removal of the file `root`/`path`, if it is there. Of a link that leads nowhere the diff shows where it
    /// leads.
    pub(crate) fn left_over(root: &Path, path: &Path) -> io::Result<Option<Self>> {
        let old = match fs::read(root.join(path)) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::read_link(root.join(path)) {
                Ok(target) => target.display().to_string(),
                Err(_) => return Ok(None),
            },
            Err(error) => return Err(error),
        };
        Ok(Some(Self {
            path: path.to_owned(),
            kind: Kind::LeftOver,
            old,
            new: String::new(),
        }))
    }

    /// The files in the folder `root`/`path` that are not among `names`, sorted. Folders are left alone, and so are
    /// links to folders.
    pub(crate) fn all_left_over(root: &Path, path: &Path, names: &[&str]) -> io::Result<Vec<Self>> {
        let entries = match fs::read_dir(root.join(path)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut changes = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // A link that leads nowhere has no such data, and is no folder.
            let is_folder = fs::metadata(entry.path()).is_ok_and(|found| found.is_dir());
            if is_folder || name.starts_with('.') || names.contains(&&*name) {
                continue;
            }
            changes.extend(Self::left_over(root, &path.join(&*name))?);
        }
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(changes)
    }

    /// Writes the new contents beside the file; [`Change::apply`] puts them in its place.
    pub(crate) fn prepare(&self, root: &Path) -> io::Result<()> {
        if self.kind == Kind::LeftOver {
            return Ok(());
        }
        let aside = self.aside(root);
        if let Some(folder) = aside.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(aside, &self.new)
    }

    /// Puts the new contents in their place, or removes what is left over. A link is replaced or removed itself; what
    /// it leads to stays as it is.
    pub(crate) fn apply(&self, root: &Path) -> io::Result<()> {
        match self.kind {
            Kind::LeftOver => fs::remove_file(root.join(&self.path)),
            _ => fs::rename(self.aside(root), root.join(&self.path)),
        }
    }

    /// Undoes [`Change::prepare`].
    pub(crate) fn discard(&self, root: &Path) {
        // It may never have been written.
        let _ = fs::remove_file(self.aside(root));
    }

    fn aside(&self, root: &Path) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        root.join(&self.path)
            .with_file_name(format!(".{name}.{}.new", std::process::id()))
    }
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
