use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Component, Path, PathBuf};

/// Returns the path from a folder to a file or another folder, with `/` as the separator.
///
/// The result does not depend on where the program runs, even if the arguments do. Bytes that are not UTF-8 are escaped,
/// as in `\xFF`, so that different paths have different texts; [`relative_path`] returns them as they are.
///
/// - `folder`: the folder where the path starts
/// - `file`: the file or folder where it ends
///
/// # Errors
///
/// If the current folder cannot be determined.
///
/// # Examples
///
/// ```
/// use std::path::Path;
///
/// let path = iam_policy_gen::relative(Path::new("tool/generated"), Path::new("./tool/policies.toml"))?;
/// assert_eq!(path, "../policies.toml");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn relative(folder: &Path, file: &Path) -> io::Result<String> {
    let path = relative_path(folder, file)?;
    let names: Vec<_> = path.iter().map(text).collect();
    Ok(names.join("/"))
}

/// Returns the path from a folder to a file or another folder.
///
/// - `folder`: the folder where the path starts
/// - `file`: the file or folder where it ends
///
/// # Errors
///
/// If the current folder cannot be determined.
///
/// # Examples
///
/// ```
/// use std::path::Path;
///
/// let path = iam_policy_gen::relative_path(Path::new("tool"), Path::new("tool/../policies.toml"))?;
/// assert_eq!(path, Path::new("../policies.toml"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn relative_path(folder: &Path, file: &Path) -> io::Result<PathBuf> {
    let (folder, file) = (names(folder)?, names(file)?);
    let shared = folder.iter().zip(&file).take_while(|(a, b)| a == b).count();
    let up = folder.iter().skip(shared).map(|_| OsStr::new(".."));
    let path: PathBuf = up.chain(file.iter().skip(shared).map(OsString::as_os_str)).collect();
    Ok(or_current(&path).to_owned())
}

/// The path itself or, if it is empty, `.`, which means the same but can be opened.
pub(crate) fn or_current(path: &Path) -> &Path {
    if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    }
}

/// The folder that contains a file.
pub(crate) fn folder_of(file: &Path) -> &Path {
    or_current(file.parent().unwrap_or(Path::new("")))
}

/// The components of the absolute path.
fn names(path: &Path) -> io::Result<Vec<OsString>> {
    let path = or_current(path);
    let mut plain = PathBuf::new();
    for component in std::path::absolute(path)?.components() {
        if component == Component::ParentDir {
            plain.pop();
        } else {
            plain.push(component);
        }
    }
    Ok(plain.components().map(|name| name.as_os_str().to_owned()).collect())
}

/// The text of a name, in which bytes that are not UTF-8 are escaped.
fn text(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_from_a_folder_to_its_spec() {
        let here = std::env::current_dir().unwrap();
        let absolute = here.join("policies.toml");
        for (folder, spec, expected) in [
            ("generated", "policies.toml", "../policies.toml"),
            ("a/generated", "a/policies.toml", "../policies.toml"),
            ("a/generated", "b/c/policies.toml", "../../b/c/policies.toml"),
            (".", "policies.toml", "policies.toml"),
            ("", "policies.toml", "policies.toml"),
            ("x/../generated", "./policies.toml", "../policies.toml"),
            ("generated", absolute.to_str().unwrap(), "../policies.toml"),
            ("generated", "generated", "."),
        ] {
            assert_eq!(relative(Path::new(folder), Path::new(spec)).unwrap(), expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn different_names_have_different_texts() {
        use std::os::unix::ffi::OsStrExt;

        let text = |name: &[u8]| relative(Path::new(""), Path::new(OsStr::from_bytes(name))).unwrap();
        assert_eq!(text(b"a\xff\xfe.toml"), r"a\xFF\xFE.toml");
        assert_eq!(text("ö.toml".as_bytes()), "ö.toml");
    }
}
