//! An output folder: which of its files are generated, and which of those are not up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use iam_policy_document::Diagnostic;

use crate::error::MOVE;
use crate::outputs::Artifact;
use crate::{Error, MANIFEST};

use super::change::{Change, Kind};
use super::manifest::{self, Placeholder};

/// A folder, and the files that it should contain.
pub(super) struct Folder<'a> {
    /// The folder to which all paths are relative.
    pub(super) root: &'a Path,
    /// The path of this folder.
    pub(super) path: &'a Path,
    /// The path from it to the spec.
    pub(super) spec: &'a str,
    /// All files that are generated from the spec.
    pub(super) artifacts: &'a [Artifact],
    /// What those files show in place of parameters without a default.
    pub(super) placeholders: Vec<Placeholder>,
    /// Whether a file with an artifact's name may be replaced while the folder has no manifest.
    pub(super) is_dedicated: bool,
}

impl Folder<'_> {
    /// The files that are not up to date: artifacts, files that are no longer generated, and the manifest.
    ///
    /// Only the manifest decides which files are generated. Any other file is left alone, and is an error if it is in
    /// the way of an artifact, unless it already has the artifact's contents.
    pub(super) fn changes(&self) -> Result<Vec<Change>, Error> {
        if fs::metadata(self.root.join(self.path)).is_ok_and(|found| !found.is_dir()) {
            return Err(Error::file(self.path, &io::ErrorKind::NotADirectory.into()));
        }
        let listed = manifest::read(self.root, self.path, self.spec)?;
        let mut changes = Vec::new();
        let mut error = Error::default();
        for folder in subfolders(self.artifacts) {
            let _ = error.take(self.is_usable(folder));
        }
        error.clone().or(())?;
        for Artifact { name, contents } in self.artifacts {
            let Some(Some(change)) = error.take(self.change(name, contents)) else {
                continue;
            };
            let is_ours = listed.as_ref().map_or(self.is_dedicated, |names| names.contains(name));
            if change.kind == Kind::Differs && !is_ours {
                error.messages.append(&self.in_the_way(name).into());
            }
            changes.push(change);
        }
        error.or(())?;
        changes.extend(self.left_over(listed.unwrap_or_default())?);
        let names = self.artifacts.iter().map(|artifact| artifact.name.as_str());
        changes.extend(self.change(MANIFEST, &manifest::contents(self.spec, &self.placeholders, names))?);
        Ok(changes)
    }

    /// Whether generated files can be in a subfolder: it must not exist, or be a folder of its own and not a link, which
    /// could lead anywhere.
    fn is_usable(&self, folder: &str) -> Result<(), Error> {
        let path = self.path.join(folder);
        match fs::symlink_metadata(self.root.join(&path)) {
            Ok(found) if found.is_symlink() => {
                let message = format!(
                    "`{}` is a link, so it cannot be a folder for generated files",
                    path.display()
                );
                Err(Error::refused(Diagnostic::error(message).help(MOVE).into()))
            }
            Ok(found) if !found.is_dir() => Err(Error::file(&path, &io::ErrorKind::NotADirectory.into())),
            _ => Ok(()),
        }
    }

    fn change(&self, name: &str, contents: &str) -> Result<Option<Change>, Error> {
        let path = self.path.join(name);
        Change::of_file(self.root, &path, contents).map_err(|error| Error::file(&path, &error))
    }

    fn in_the_way(&self, name: &str) -> Diagnostic {
        let path = self.path.join(name);
        let message = format!(
            "`{}` already exists, and `{MANIFEST}` does not list it as a generated file",
            path.display()
        );
        Diagnostic::error(message).help(MOVE)
    }

    /// The files that are no longer generated.
    fn left_over(&self, listed: BTreeSet<String>) -> Result<Vec<Change>, Error> {
        let names = self.artifacts.iter().map(|artifact| artifact.name.as_str());
        let generated: BTreeMap<String, &str> = names.map(|name| (name.to_ascii_lowercase(), name)).collect();
        let mut changes = Vec::new();
        for name in listed {
            if generated
                .get(&name.to_ascii_lowercase())
                .is_some_and(|now| name == *now || self.is_same_file(&name, now))
            {
                continue;
            }
            let path = self.path.join(&name);
            // What is behind a link is not ours.
            if subfolder(&name).is_some_and(|folder| self.is_usable(folder).is_err()) {
                continue;
            }
            let change = Change::left_over(self.root, &path);
            changes.extend(change.map_err(|error| Error::file(&path, &error))?);
        }
        Ok(changes)
    }

    /// Whether two names refer to the same file, because the file system ignores case.
    fn is_same_file(&self, one: &str, other: &str) -> bool {
        let real = |name| fs::canonicalize(self.root.join(self.path).join(name)).ok();
        real(one).is_some_and(|one| real(other) == Some(one))
    }
}

/// The subfolder that a generated file is in, if any.
pub(super) fn subfolder(name: &str) -> Option<&str> {
    name.split_once('/').map(|(folder, _)| folder)
}

/// The subfolders of generated files, each once.
pub(super) fn subfolders(artifacts: &[Artifact]) -> BTreeSet<&str> {
    artifacts
        .iter()
        .filter_map(|artifact| subfolder(&artifact.name))
        .collect()
}
