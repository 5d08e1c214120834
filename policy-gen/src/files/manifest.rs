//! The list of generated files in a folder.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use iam_policy_document::Diagnostic;

use crate::Error;
use crate::outputs::can_be_artifact;

use super::change::{Found, find};

/// The name of the file in an output folder that lists which of its files are generated.
pub const MANIFEST: &str = ".iam-policy-generated";

/// The maximum size of a manifest in bytes: enough for a hundred thousand names.
const MAX_LENGTH: u64 = 16 << 20;

/// The start of the line that names the spec: the current one, and that of older versions.
const HEADS: [&str; 2] = ["# Generated from `", "# Made of `"];

/// The contents of the manifest.
///
/// - `spec`: the path from the folder to the spec
/// - `names`: the generated files
pub(super) fn contents<'a>(spec: &str, names: impl Iterator<Item = &'a str>) -> String {
    let [head, _] = HEADS;
    let mut text = format!(
        "{head}{}`. Only the files listed here are replaced or removed.\n",
        one_line(spec)
    );
    for name in names {
        text.push_str(name);
        text.push('\n');
    }
    text
}

/// Reads the names of a folder's generated files from its manifest; `None` if the folder has no manifest.
///
/// The manifest is not trusted: names that no output can produce are ignored, so that no other file is ever replaced
/// or removed.
///
/// - `spec`: the path from the folder to the spec
///
/// # Errors
///
/// If the manifest cannot be read, is not a manifest, or belongs to another spec.
pub(super) fn read(root: &Path, folder: &Path, spec: &str) -> Result<Option<BTreeSet<String>>, Error> {
    let path = folder.join(MANIFEST);
    let text = match load(&root.join(&path)) {
        Ok(Some(text)) => text,
        Ok(None) => return Ok(None),
        Err(error) => return Err(Error::file(&path, &error)),
    };
    let spec = one_line(spec);
    let mut specs = text
        .lines()
        .filter_map(|line| HEADS.iter().find_map(|head| line.strip_prefix(head)));
    let Some(head) = specs.next() else {
        let message = format!("`{}` is not a list of generated files", path.display());
        let problem = Diagnostic::error(message).help("remove it, or choose another folder");
        return Err(Error::refused(problem.into()));
    };
    if !head.strip_prefix(&spec).is_some_and(|rest| rest.starts_with('`')) {
        let other = head.split('`').next().unwrap_or_default();
        let message = format!(
            "the folder `{}` already contains the files generated from `{other}`",
            folder.display()
        );
        let help = format!(
            "choose another folder, or remove `{}` to generate into this one",
            path.display()
        );
        return Err(Error::refused(Diagnostic::error(message).help(help).into()));
    }
    let names = text.lines().filter(|name| can_be_artifact(name));
    Ok(Some(names.map(ToOwned::to_owned).collect()))
}

/// Reads a file if it exists. Bytes that are not UTF-8 are replaced with a character that no artifact's name contains.
fn load(path: &Path) -> io::Result<Option<String>> {
    match find(path)? {
        Found::Nothing | Found::BrokenLink => return Ok(None),
        Found::File => {}
        Found::Folder => return Err(io::ErrorKind::IsADirectory.into()),
        Found::Other => return Err(io::Error::other("not a regular file")),
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_LENGTH + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_LENGTH {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Replaces line breaks and other control characters in a path, so that it cannot add lines to the manifest.
fn one_line(path: &str) -> String {
    path.replace(char::is_control, "\u{FFFD}")
}
