//! The files of a Terraform module.

use std::fs;
use std::path::{Component, Path, PathBuf};

use iam_policy_commands::input;
use iam_policy_document::Diagnostic;
use iam_policy_templates::hcl::{self, Module, Reader};

use crate::input::blob;

/// Where a module is.
#[derive(Clone, Debug)]
pub(crate) enum Folder {
    /// On the disk.
    Disk {
        /// As the user named it.
        path: PathBuf,
        /// The real path of the folder that the user named. No file outside of it is read.
        root: PathBuf,
    },
    /// At a git revision: what comes before the names of its files.
    Revision(String),
    /// Nowhere: the module is a text.
    Nowhere,
}

impl Folder {
    /// The folder of a file, outside of which nothing is read.
    pub(crate) fn of_file(file: &Path) -> Self {
        let path = file.parent().unwrap_or(Path::new(""));
        Self::on_disk(path, path)
    }

    /// - `root`: the folder that the user named
    pub(crate) fn on_disk(path: &Path, root: &Path) -> Self {
        let named = |path: &Path| {
            if path.as_os_str().is_empty() {
                PathBuf::from(".")
            } else {
                path.to_owned()
            }
        };
        // Files in `.` are named as if given directly.
        let path = if path == Path::new(".") { Path::new("") } else { path };
        match named(root).canonicalize() {
            Ok(root) => Self::Disk {
                path: path.to_owned(),
                root,
            },
            Err(_) => Self::Nowhere,
        }
    }

    /// The folder of a file at a revision.
    ///
    /// - `name`: `REVISION:PATH`
    pub(crate) fn of_revision(name: &str) -> Self {
        let end = name.rfind(['/', ':']).map_or(0, |at| at + 1);
        Self::Revision(name.get(..end).unwrap_or_default().to_owned())
    }

    /// The names and contents of the module's files.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read. Files that cannot be read are left out.
    fn files(&self) -> Result<Vec<(String, Vec<u8>)>, Diagnostic> {
        let mut files = Vec::new();
        match self {
            Self::Disk { path, root } => {
                let folder = if path.as_os_str().is_empty() {
                    Path::new(".")
                } else {
                    path
                };
                let entries =
                    fs::read_dir(folder).map_err(|error| input::unreadable(&folder.display().to_string(), &error))?;
                let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
                names.sort();
                for name in names {
                    let own = path.join(&name);
                    if name
                        .to_str()
                        .is_some_and(|name| hcl::is_file(name) || hcl::is_values(name))
                        && is_inside(&own, root)
                        && let Ok(read) = input::Input::read(&own)
                    {
                        files.push((read.name, read.bytes));
                    }
                }
            }
            Self::Revision(prefix) => {
                let listed = crate::input::listing(prefix)?;
                for name in listed.iter().filter(|name| hcl::is_file(name) || hcl::is_values(name)) {
                    let own = format!("{prefix}{name}");
                    files.push((own.clone(), blob(&own)?.bytes));
                }
            }
            Self::Nowhere => {}
        }
        Ok(files)
    }

    /// Reads the module.
    ///
    /// - `given`: the name and contents of a file that replaces the one on the disk
    ///
    /// # Errors
    ///
    /// If the folder cannot be read.
    pub(crate) fn read(&self, given: Option<(&str, &[u8])>) -> Result<Module, Diagnostic> {
        let mut files = self.files()?;
        if let Some((name, bytes)) = given {
            files.retain(|(own, _)| own != name);
            files.push((name.to_owned(), bytes.to_vec()));
            files.sort();
        }
        Ok(hcl::read(files, self))
    }

    /// Whether there is a module.
    pub(crate) fn has_module(path: &Path) -> bool {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        let mut names = entries.map(|entry| entry.file_name());
        names.any(|name| name.to_str().is_some_and(hcl::is_file))
    }
}

/// Whether a path leads to a regular file in a folder.
fn is_inside(path: &Path, root: &Path) -> bool {
    let is_file = || fs::metadata(path).is_ok_and(|found| found.is_file());
    path.canonicalize().is_ok_and(|real| real.starts_with(root)) && is_file()
}

impl Reader for Folder {
    fn read(&self, path: &str) -> Result<(String, Vec<u8>), String> {
        match self {
            Self::Disk { path: folder, root } => {
                let own = normal(&folder.join(path));
                let Ok(real) = own.canonicalize() else {
                    return Err("does not exist, so it is not read".to_owned());
                };
                if !real.starts_with(root) {
                    return Err("is outside of the folder that is checked, so it is not read".to_owned());
                }
                if !fs::metadata(&own).is_ok_and(|found| found.is_file()) {
                    return Err("is not a regular file, so it is not read".to_owned());
                }
                match input::Input::read(&own) {
                    Ok(input) => Ok((input.name, input.bytes)),
                    Err(_) => Err("cannot be read".to_owned()),
                }
            }
            Self::Revision(prefix) => {
                let own = normal(Path::new(path));
                if own.components().any(|part| !matches!(part, Component::Normal(_))) {
                    return Err("is outside of the folder of the module, so it is not read".to_owned());
                }
                let name = format!("{prefix}{}", own.display());
                match blob(&name) {
                    Ok(read) => Ok((name, read.bytes)),
                    Err(_) => Err("does not exist at this revision, so it is not read".to_owned()),
                }
            }
            Self::Nowhere => Err("is not read, because the module is not in a folder".to_owned()),
        }
    }
}

/// A path without `.`, and without `..` after a name. Links are resolved elsewhere.
fn normal(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(result.components().next_back(), Some(Component::Normal(_))) => {
                result.pop();
            }
            other => result.push(other),
        }
    }
    result
}
