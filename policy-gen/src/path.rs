use std::io;
use std::path::{Component, Path, PathBuf};

/// Returns the path from a folder to a file or another folder, with `/` as the separator.
///
/// The result does not depend on where the program runs, even if the arguments do.
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
    let (folder, file) = (names(folder)?, names(file)?);
    let shared = folder.iter().zip(&file).take_while(|(a, b)| a == b).count();
    let up = folder.iter().skip(shared).map(|_| "..".to_owned());
    let path: Vec<_> = up.chain(file.iter().skip(shared).cloned()).collect();
    Ok(if path.is_empty() {
        ".".to_owned()
    } else {
        path.join("/")
    })
}

/// The components of the absolute path.
fn names(path: &Path) -> io::Result<Vec<String>> {
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    let mut plain = PathBuf::new();
    for component in std::path::absolute(path)?.components() {
        if component == Component::ParentDir {
            plain.pop();
        } else {
            plain.push(component);
        }
    }
    let names = plain
        .components()
        .map(|name| name.as_os_str().to_string_lossy().into_owned());
    Ok(names.collect())
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
}
