use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A temporary folder, deleted when this value is dropped. It can become a git repository.
///
/// # Examples
///
/// ```
/// use testing_support::Folder;
///
/// let folder = Folder::with(&[("specs/policies.toml", "# empty\n")]);
/// folder.init();
/// folder.commit("first");
/// folder.write("specs/policies.toml", "# changed\n");
/// assert_eq!(folder.read("specs/policies.toml"), "# changed\n");
/// folder.git(&["diff", "--stat", "first"]);
/// ```
#[derive(Debug)]
pub struct Folder(TempDir);

impl Folder {
    /// Creates a folder with these files, each a path relative to the folder and its text.
    #[must_use]
    pub fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    /// The path of the folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.0.path()
    }

    /// The path of the file `name`, which need not exist.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Writes a file, and creates the folders that lead to it.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    /// The text of a file.
    #[must_use]
    pub fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Turns the folder into an empty git repository.
    pub fn init(&self) {
        self.git(&["init", "-q"]);
    }

    /// Commits all files and tags the commit. The tag is also the commit message.
    pub fn commit(&self, tag: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-qm", tag]);
        self.git(&["tag", tag]);
    }

    /// Runs [git](git) in the folder.
    pub fn git(&self, arguments: &[&str]) {
        git(self.root(), arguments);
    }
}

/// Runs git in a folder, independent of the repository and the identity of the person who runs the test.
pub fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(folder);
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    for setting in [
        "user.name=a",
        "user.email=a@example.com",
        "commit.gpgsign=false",
        "tag.gpgsign=false",
    ] {
        command.args(["-c", setting]);
    }
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
}
