//! Scratch packages that use the facade, built by Cargo.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

/// The target folder of all packages, so that the facade is built once.
const TARGET: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/target");

/// A folder with packages.
pub(crate) struct Scratch {
    pub(crate) folder: PathBuf,
}

/// What Cargo did.
pub(crate) struct Run {
    pub(crate) succeeded: bool,
    pub(crate) printed: String,
    pub(crate) messages: String,
}

impl Scratch {
    /// An empty folder.
    ///
    /// - `name`: its name, which must be unique among all tests
    /// - `root`: the folder in it that will contain the manifest that counts
    pub(crate) fn new(name: &str, root: &str) -> io::Result<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        if let Err(error) = fs::remove_dir_all(&folder)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
        let root = folder.join(root);
        fs::create_dir_all(&root)?;
        // The versions in the workspace's lock file are available offline.
        let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
        fs::copy(lock, root.join("Cargo.lock"))?;
        Ok(Self { folder })
    }

    /// Writes a file. `FACADE` becomes the path of the facade.
    pub(crate) fn write(&self, path: &str, text: &str) -> io::Result<()> {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
        let facade = env!("CARGO_MANIFEST_DIR").replace('\\', "/");
        fs::write(path, text.replace("FACADE", &facade))
    }

    /// Runs Cargo.
    ///
    /// - `folder`: where to run it
    pub(crate) fn cargo(&self, folder: &str, arguments: &[&str]) -> io::Result<Run> {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(self.folder.join(folder))
            .env("CARGO_TARGET_DIR", TARGET)
            .env("CARGO_NET_OFFLINE", "true")
            .output()?;
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Ok(Run {
            succeeded: output.status.success(),
            printed: text(&output.stdout),
            messages: text(&output.stderr),
        })
    }
}
