//! Temporary files: new contents of a file, until they take its place.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::path::or_current;

/// The end of a temporary file's name.
const SUFFIX: &str = ".new";

/// Writes `contents` to a new temporary file beside `path`, and returns the path of that file.
///
/// The temporary file has the mode of the file that it is going to replace.
pub(super) fn write(path: &Path, contents: &str) -> io::Result<PathBuf> {
    loop {
        let aside = path.with_file_name(random_name(path));
        // `create_new` never opens an existing file or follows a link.
        match OpenOptions::new().write(true).create_new(true).open(&aside) {
            Ok(file) => {
                return match fill(file, path, contents) {
                    Ok(()) => Ok(aside),
                    Err(error) => {
                        let _ = fs::remove_file(&aside);
                        Err(error)
                    }
                };
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

fn fill(mut file: File, path: &Path, contents: &str) -> io::Result<()> {
    // Windows has no modes, only files that cannot be replaced.
    if cfg!(unix)
        && let Ok(old) = fs::symlink_metadata(path)
        && old.is_file()
    {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(contents.as_bytes())
}

/// A name that no other process uses, not even one with the same process ID in another container.
fn random_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // The standard library's only source of randomness: the keys of a hasher.
    let random = RandomState::new().hash_one(0);
    format!(".{name}.{random:016x}{SUFFIX}")
}

/// The file that a temporary file with this name was going to replace; `None` if it is not the name of a temporary file.
fn replaced_by(name: &str) -> Option<&str> {
    let (replaced, random) = name.strip_prefix('.')?.strip_suffix(SUFFIX)?.rsplit_once('.')?;
    let is_random = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Earlier versions used the process ID and a number.
    let is_process = |text: &str| text.split_once('-').is_some_and(|(a, b)| is_number(a) && is_number(b));
    (is_random(random) || is_process(random)).then_some(replaced)
}

/// Whether this is the name of a temporary file.
pub(super) fn is_name(name: &str) -> bool {
    replaced_by(name).is_some()
}

/// Returns the names of a folder's temporary files, sorted.
///
/// - `is_generated`: whether a file of the folder can be generated
pub(super) fn names(folder: &Path, is_generated: impl Fn(&str) -> bool) -> io::Result<BTreeSet<String>> {
    let entries = match fs::read_dir(or_current(folder)) {
        Ok(entries) => entries,
        // Files in its place are reported when they are compared.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(BTreeSet::new());
        }
        Err(error) => return Err(error),
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let is_file = || entry.file_type().is_ok_and(|kind| kind.is_file());
        if replaced_by(&name).is_some_and(&is_generated) && is_file() {
            names.insert(name);
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_random_and_recognized() {
        let path = Path::new("out/user.json");
        let names: BTreeSet<_> = (0..1000).map(|_| random_name(path)).collect();
        assert_eq!(names.len(), 1000);
        for name in names {
            assert_eq!(replaced_by(&name), Some("user.json"), "{name}");
        }
        assert_eq!(replaced_by(".user.json.4711-0.new"), Some("user.json"));
        assert_eq!(
            replaced_by("..iam-policy-generated.0123456789abcdef.new"),
            Some(".iam-policy-generated")
        );
        for name in [
            "",
            ".new",
            "..new",
            "user.json",
            "user.json.0123456789abcdef.new",
            ".user.json.new",
            ".user.json.0123456789abcdef",
            ".user.json.0123456789abcdef.new.bak",
            ".user.json.0123456789abcdeg.new",
            ".user.json.0123456789abcdef0.new",
            ".user.json.1.new",
            ".user.json.-.new",
            ".user.json.1-.new",
        ] {
            assert_eq!(replaced_by(name), None, "{name}");
        }
    }
}
