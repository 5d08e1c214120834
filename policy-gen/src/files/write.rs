//! Writes changes: first all new contents to temporary files, then each file is replaced.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use iam_policy_document::Diagnostic;

use crate::outputs::can_be_artifact;
use crate::path::{folder_of, or_current};
use crate::{Error, MANIFEST};

use super::change::{Change, Kind};
use super::lock::Lock;
use super::{manifest, temporary};

/// Locks the folders of `changes`, which are created if necessary, and those of `others` that exist.
///
/// All paths are relative to `root`.
///
/// # Errors
///
/// If a folder cannot be created or opened, or if another run does not release it.
pub(super) fn lock<'a>(
    root: &Path,
    changes: &[Change],
    others: impl Iterator<Item = &'a Path>,
) -> Result<Vec<Lock>, Error> {
    let mut folders: Vec<(PathBuf, &Path)> = Vec::new();
    for change in changes {
        let path = root.join(&change.path);
        let folder = folder_of(&path);
        if change.kind != Kind::LeftOver {
            fs::create_dir_all(folder).map_err(|error| Error::file(&change.path, &error))?;
        }
        folders.extend(folder.canonicalize().ok().map(|real| (real, change.path.as_path())));
    }
    for other in others {
        let real = or_current(&root.join(other)).canonicalize().ok();
        folders.extend(real.filter(|real| real.is_dir()).map(|real| (real, other)));
    }
    // Every run locks in the same order, so that no two runs wait for each other.
    folders.sort();
    folders.dedup_by(|(one, _), (other, _)| one == other);
    let mut locks = Vec::new();
    for (folder, named) in folders {
        locks.push(Lock::wait(&folder).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => {
                let message = format!("another process is writing to the folder of `{}`", named.display());
                Error::unreadable(Diagnostic::error(message).help("try again when it has finished"))
            }
            _ => Error::file(named, &error),
        })?);
    }
    Ok(locks)
}

/// The changes that are still to be made.
///
/// # Errors
///
/// If a file is neither as it was when it was compared nor up to date.
pub(super) fn outstanding(root: &Path, changes: &[Change]) -> Result<Vec<Change>, Error> {
    let mut error = Error::default();
    let mut outstanding = Vec::new();
    for change in changes {
        let now = match change.kind {
            Kind::LeftOver if change.is_temporary() => Ok(Some(change.clone())),
            Kind::LeftOver => Change::left_over(root, &change.path),
            Kind::Missing | Kind::Differs => Change::of_file(root, &change.path, &change.new),
        };
        match error.take(now.map_err(|error| Error::file(&change.path, &error))) {
            Some(Some(now)) if now.old != change.old || now.kind != change.kind => {
                let message = format!("`{}` has been changed since it was compared", change.path.display());
                error
                    .messages
                    .append(&Diagnostic::error(message).help("run the command again").into());
            }
            now => outstanding.extend(now.flatten()),
        }
    }
    error.or(outstanding)
}

/// Writes `changes`, whose paths are relative to `root`. The caller holds the locks.
///
/// # Errors
///
/// If a file cannot be written. No file is touched until all new contents are on disk.
pub(super) fn write(root: &Path, changes: &[Change]) -> Result<(), Error> {
    let steps = steps(changes);
    let mut staged = Vec::new();
    let result = stage_all(root, &steps, &mut staged).and_then(|()| apply_all(root, &steps, &staged));
    if result.is_err() {
        for aside in staged.iter().flatten() {
            // Fails for those that have been renamed already.
            let _ = fs::remove_file(aside);
        }
    }
    result
}

/// The changes in an order in which an interruption leaves no file that is unknown: before files are created and
/// removed, the manifest lists both the old and the new ones.
fn steps(changes: &[Change]) -> Vec<Change> {
    let (manifests, files): (Vec<_>, Vec<_>) = changes
        .iter()
        .cloned()
        .partition(|change| change.path.ends_with(MANIFEST) && change.kind != Kind::LeftOver);
    let before = manifests.iter().map(|manifest| {
        let folder = folder_of(&manifest.path);
        let removed = files
            .iter()
            .filter(|file| file.kind == Kind::LeftOver && !file.is_temporary())
            .filter_map(|file| file.path.strip_prefix(folder).ok().map(name))
            .filter(|name| can_be_artifact(name));
        let removed: Vec<_> = removed.collect();
        Change {
            new: manifest::with_names(&manifest.new, removed.iter().map(String::as_str)),
            ..manifest.clone()
        }
    });
    let before: Vec<_> = before.collect();
    let after = manifests
        .iter()
        .zip(&before)
        .filter(|(after, before)| after.new != before.new);
    let after: Vec<_> = after.map(|(after, _)| after.clone()).collect();
    [before, files, after].concat()
}

/// The name of a file as in a manifest.
fn name(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn stage_all(root: &Path, changes: &[Change], staged: &mut Vec<Option<PathBuf>>) -> Result<(), Error> {
    for change in changes {
        staged.push(match change.kind {
            Kind::LeftOver => None,
            Kind::Missing | Kind::Differs => {
                let aside = temporary::write(&root.join(&change.path), &change.new);
                Some(aside.map_err(|error| Error::file(&change.path, &error))?)
            }
        });
    }
    Ok(())
}

fn apply_all(root: &Path, changes: &[Change], staged: &[Option<PathBuf>]) -> Result<(), Error> {
    for (change, aside) in changes.iter().zip(staged) {
        let path = root.join(&change.path);
        // A link is replaced or removed itself; its target is not touched.
        let done = match aside {
            Some(aside) => fs::rename(aside, path),
            None => match fs::remove_file(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                removed => removed,
            },
        };
        done.map_err(|error| Error::file(&change.path, &error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn change(path: &str, kind: Kind, new: &str) -> Change {
        Change {
            path: path.into(),
            kind,
            old: "old\n".into(),
            new: new.into(),
        }
    }

    fn check(changes: &[Change], expected: Expect) {
        let steps = steps(changes);
        let lines = steps
            .iter()
            .map(|step| format!("{} {:?} {:?}\n", step.path.display(), step.kind, step.new));
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn the_manifest_lists_a_file_as_long_as_it_may_exist() {
        check(
            &[
                change("out/user.json", Kind::Missing, "{}"),
                change("out/.iam-policy-generated", Kind::Differs, "# \nuser.json\n"),
            ],
            expect![[r##"
                out/.iam-policy-generated Differs "# \nuser.json\n"
                out/user.json Missing "{}"
            "##]],
        );
        check(
            &[
                change("out/user.json", Kind::Differs, "{}"),
                change("out/old.json", Kind::LeftOver, ""),
                Change::stale("out/.user.json.0123456789abcdef.new".into()),
                change("out/.iam-policy-generated", Kind::Differs, "# \nuser.json\n"),
                change("out/prod/old.json", Kind::LeftOver, ""),
                change("out/a/b/gone.json", Kind::LeftOver, ""),
                change("other/gone.json", Kind::LeftOver, ""),
            ],
            expect![[r##"
                out/.iam-policy-generated Differs "# \nuser.json\nold.json\nprod/old.json\n"
                out/user.json Differs "{}"
                out/old.json LeftOver ""
                out/.user.json.0123456789abcdef.new LeftOver ""
                out/prod/old.json LeftOver ""
                out/a/b/gone.json LeftOver ""
                other/gone.json LeftOver ""
                out/.iam-policy-generated Differs "# \nuser.json\n"
            "##]],
        );
    }
}
