//! Paths as the service that shows findings knows them.

use std::env;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

/// The working copy of a repository on a service that runs checks.
pub(super) struct Repository(Option<PathBuf>);

impl Repository {
    /// - `variable`: the environment variable with the path of the working copy
    pub(super) fn of_variable(variable: &str) -> Self {
        let folder = env::var_os(variable).filter(|folder| !folder.is_empty());
        Self(folder.and_then(|folder| Path::new(&folder).canonicalize().ok()))
    }

    /// A path relative to the working copy if the file is in there; otherwise as it is, without `./`.
    ///
    /// - `name`: the path relative to the current folder, or an absolute one
    pub(super) fn path(&self, name: &str) -> String {
        let within = self.0.as_deref().and_then(|root| {
            let path = Path::new(name);
            let folder = match path.parent()? {
                folder if folder.as_os_str().is_empty() => Path::new("."),
                folder => folder,
            };
            let path = folder.canonicalize().ok()?.join(path.file_name()?);
            Some(path.strip_prefix(root).ok()?.display().to_string())
        });
        let path = within.as_deref().unwrap_or(name);
        let path = path.strip_prefix("./").unwrap_or(path);
        if MAIN_SEPARATOR == '/' {
            path.to_owned()
        } else {
            path.replace(MAIN_SEPARATOR, "/")
        }
    }
}
