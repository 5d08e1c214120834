//! The list of generated files in a folder.

use std::collections::BTreeSet;
use std::io;
use std::path::{self, Path};

use iam_policy_core::ParameterKind;
use iam_policy_document::Diagnostic;
use iam_policy_spec::{Parameter, Spec};

use crate::Error;
use crate::outputs::can_be_artifact;

use super::disk::{self, Found, find, not_regular};

/// The name of the file in an output folder that lists which of its files are generated.
pub const MANIFEST: &str = ".iam-policy-generated";

/// The start of the line that names the spec: the current one, and that of older versions.
const HEADS: [&str; 2] = ["# Generated from `", "# Made of `"];

/// The text before and after the name and the kind in the line about a placeholder.
const PLACEHOLDER: [&str; 3] = ["# `<", ">` is a parameter without a default, of the kind `", "`."];

/// What generated files show in place of a parameter without a default: `<name>`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Placeholder {
    /// The name of the parameter.
    pub name: String,
    /// The kind of the parameter.
    pub kind: ParameterKind,
}

impl Placeholder {
    /// Those in the files that are generated from a spec.
    pub(super) fn all(spec: &Spec) -> Vec<Self> {
        let parameters = spec.parameters.iter().filter(|parameter| parameter.default.is_none());
        let placeholder = |parameter: &Parameter| Self {
            name: parameter.name.value.clone(),
            kind: parameter.kind,
        };
        parameters.map(placeholder).collect()
    }

    fn of_line(line: &str) -> Option<Self> {
        let [start, middle, end] = PLACEHOLDER;
        let (name, kind) = line.strip_prefix(start)?.strip_suffix(end)?.split_once(middle)?;
        let is_name = name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        Some(Self {
            name: Some(name).filter(|name| is_name && !name.is_empty())?.to_owned(),
            kind: ParameterKind::from_name(kind)?,
        })
    }

    /// A value that the parameter could have.
    #[must_use]
    pub fn example(&self) -> &str {
        self.kind.example().unwrap_or(&self.name)
    }

    /// The text in generated files.
    #[must_use]
    pub fn text(&self) -> String {
        format!("<{}>", self.name)
    }
}

/// Returns the placeholders that a file may contain because it is generated: those in the manifest that lists the file. Any
/// other file has none.
///
/// - `file`: the path of the file
///
/// # Examples
///
/// ```
/// use iam_policy_gen::{Regenerate, placeholders};
///
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("policies.toml"), r#"
/// [parameters]
/// account = { kind = "account" }
/// [policy.user]
/// [[policy.user.statement]]
/// id        = "send"
/// reason    = "Tells the user."
/// actions   = ["sqs:SendMessage"]
/// resources = ["arn:aws:sqs:*:{account}:done"]
/// "#)?;
/// let regenerate = Regenerate::new("cargo xtask regenerate").root(folder.path()).spec("policies.toml", "generated");
/// regenerate.write(&regenerate.changes()?)?;
///
/// let found = placeholders(&folder.path().join("generated/user.json"));
/// assert_eq!((&*found[0].text(), found[0].example()), ("<account>", "123456789012"));
/// assert!(placeholders(&folder.path().join("generated/other.json")).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn placeholders(file: &Path) -> Vec<Placeholder> {
    let Ok(file) = path::absolute(file) else {
        return Vec::new();
    };
    let name = |path: &Path| Some(path.file_name()?.to_str()?.to_owned());
    let (Some(own), Some(folder)) = (name(&file), file.parent()) else {
        return Vec::new();
    };
    // The files of an environment are in a folder of their own.
    let above = folder.parent().zip(name(folder));
    let above = above.map(|(above, folder)| (above, format!("{folder}/{own}")));
    for (folder, name) in [(folder, own)].into_iter().chain(above) {
        let Ok(Some(text)) = load(&folder.join(MANIFEST)) else {
            continue;
        };
        if head(&text).is_some() && can_be_artifact(&name) && text.lines().any(|line| line == name) {
            return text.lines().filter_map(Placeholder::of_line).collect();
        }
    }
    Vec::new()
}

/// The contents of the manifest.
///
/// - `spec`: the path from the folder to the spec
/// - `placeholders`: those in the generated files
/// - `names`: the generated files
pub(super) fn contents<'a>(spec: &str, placeholders: &[Placeholder], names: impl Iterator<Item = &'a str>) -> String {
    let [head, _] = HEADS;
    let mut head = format!(
        "{head}{}`. Only the files listed here are replaced or removed.\n",
        one_line(spec)
    );
    let [start, middle, end] = PLACEHOLDER;
    for Placeholder { name, kind } in placeholders {
        head.extend([start, name, middle, kind.name(), end, "\n"]);
    }
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
