//! The list of generated files in a folder.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use iam_policy_document::Diagnostic;

use crate::Error;
use crate::outputs::can_be_artifact;

use super::disk::{self, Found, find, not_regular};

/// The name of the file in an output folder that lists which of its files are generated.
pub const MANIFEST: &str = ".iam-policy-generated";

/// The start of the line that names the spec: the current one, and that of older versions.
const HEADS: [&str; 2] = ["# Generated from `", "# Made of `"];

/// The contents of the manifest.
///
/// - `spec`: the path from the folder to the spec
/// - `names`: the generated files
pub(super) fn contents<'a>(spec: &str, names: impl Iterator<Item = &'a str>) -> String {
    let [head, _] = HEADS;
    let head = format!(
        "{head}{}`. Only the files listed here are replaced or removed.\n",
        one_line(spec)
    );
    with_names(&head, names)
}

/// Adds names to the contents of a manifest.
pub(super) fn with_names<'a>(contents: &str, names: impl Iterator<Item = &'a str>) -> String {
    let mut text = contents.to_owned();
    for name in names {
        text.push_str(name);
        text.push('\n');
    }
    text
}

/// The text after the first line's start that names the spec, which then begins with it; `None` if it is not a manifest.
fn head(text: &str) -> Option<&str> {
    text.lines()
        .find_map(|line| HEADS.iter().find_map(|head| line.strip_prefix(head)))
}

/// Whether a manifest belongs to a spec.
///
/// - `text`: the contents of the manifest
/// - `spec`: the path from its folder to the spec
pub(crate) fn is_manifest_of(text: &str, spec: &str) -> bool {
    head(text).is_some_and(|head| is_of(head, spec))
}

fn is_of(head: &str, spec: &str) -> bool {
    head.strip_prefix(&one_line(spec))
        .is_some_and(|rest| rest.starts_with('`'))
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
    let Some(head) = head(&text) else {
        let message = format!("`{}` is not a list of generated files", path.display());
        let problem = Diagnostic::error(message).help("remove it, or choose another folder");
        return Err(Error::refused(problem.into()));
    };
    if !is_of(head, spec) {
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
        Found::Nothing | Found::Link => Ok(None),
        Found::File => Ok(disk::read(path)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())),
        Found::Folder => Err(io::ErrorKind::IsADirectory.into()),
        Found::Other => Err(not_regular()),
    }
}

/// Replaces line breaks and other control characters in a path, so that it cannot add lines to the manifest.
fn one_line(path: &str) -> String {
    path.replace(char::is_control, "\u{FFFD}")
}
