use std::fs;
use std::io;
use std::path::Path;

use crate::files::Error;

/// The name of the file that says which files of a folder are made of a spec.
pub const LIST: &str = ".iam-policy-generated";

/// What a folder's list should say.
pub(crate) struct List {
    head: String,
    pub(crate) contents: String,
}

impl List {
    /// - `spec`: the spec's path as seen from the folder
    /// - `names`: the files that are made of it
    pub(crate) fn new(spec: &str, names: &[&str]) -> Self {
        let head = format!(
            "# Made of `{spec}`. Files that are named here are replaced and removed when it changes, no others.\n"
        );
        let contents = names.iter().fold(head.clone(), |list, name| list + name + "\n");
        Self { head, contents }
    }

    /// The files that the folder's list names, which are none if it has no list.
    ///
    /// A name that leads out of the folder, or that is none of ours, is not taken: whoever wrote it, it is not a file
    /// to be removed.
    pub(crate) fn known(&self, root: &Path, folder: &Path) -> Result<Vec<String>, Error> {
        let path = folder.join(LIST);
        let list = match fs::read_to_string(root.join(&path)) {
            Ok(list) => list,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::file(&path, &error)),
        };
        let Some(names) = list.strip_prefix(&self.head) else {
            let head = list.lines().next().unwrap_or_default();
            let of = head.strip_prefix("# Made of `").and_then(|rest| rest.split('`').next());
            return Err(Error::refused(vec![format!(
                "the folder `{}` has what is made of `{}`\n = help: choose another folder, or remove `{}` if this is to take its place",
                folder.display(),
                of.unwrap_or("another spec"),
                path.display(),
            )]));
        };
        Ok(names
            .lines()
            .filter(|name| is_ours(name))
            .map(ToOwned::to_owned)
            .collect())
    }
}

/// Whether a file of this name can have been made of a spec.
fn is_ours(name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let extension = Path::new(name).extension();
    !name.starts_with('.')
        && name.bytes().all(word)
        && extension.is_some_and(|extension| extension == "json" || extension == "md")
}
