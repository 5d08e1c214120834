//! Reads the files named on the command line.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::process::{self, Stdio};

use clap::{Arg, ArgMatches, value_parser};
use iam_policy_account::{Answered, Principals, policies_in};
use iam_policy_commands::input::{self, SHOWN, STDIN, STDIN_NAME, unreadable};
use iam_policy_document::{Diagnostic, Document, Lines, Severity, SourceFile, StyledText, template_function};
use iam_policy_spec::configuration::FILE_NAME;
use iam_policy_spec::{Source, Spec};
use iam_policy_templates::hcl;

use crate::comments::{Syntax, blank};
use crate::module::Folder;
use crate::settings::Given;
use crate::templates::Read;

/// The language of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// A policy document, or another file with policies.
    Json,
    /// The same as YAML.
    Yaml,
    /// A spec.
    Toml,
    /// A configuration of this program.
    Configuration,
    /// A module of Terraform, or a file of one.
    Hcl,
}

/// A file or the standard input, after reading.
#[derive(Debug)]
pub(crate) struct Input {
    /// Its name in messages: the path as given by the user.
    pub(crate) name: String,
    pub(crate) language: Language,
    pub(crate) bytes: Vec<u8>,
    /// The module that it belongs to or is.
    pub(crate) module: Option<Folder>,
    /// Whether it is the module, and not one of its files.
    pub(crate) is_folder: bool,
}

impl Input {
    /// Reads a file, or the standard input for `-`.
    pub(crate) fn read(path: &Path) -> Result<Self, Diagnostic> {
        // The name of a pipe, as in `<(git show HEAD:policies.toml)`, says nothing about its contents.
        let is_stream = path == Path::new(STDIN) || fs::metadata(path).is_ok_and(|found| !found.is_file());
        if is_stream && Folder::has_module(path) {
            return Ok(Self {
                name: path.display().to_string(),
                language: Language::Hcl,
                bytes: Vec::new(),
                module: Some(Folder::on_disk(path, path)),
                is_folder: true,
            });
        }
        let input = input::Input::read(path)?;
        let language = if is_stream {
            language_of(&input.bytes)
        } else {
            Language::of_file(path, &input.bytes)
        };
        let folder = if is_stream {
            Folder::Nowhere
        } else {
            Folder::of_file(path)
        };
        Ok(Self::new(language, input).in_folder(folder))
    }

    /// Reads the standard input as the contents of a file, which need not exist.
    ///
    /// - `path`: the file
    pub(crate) fn read_stdin_as(path: &Path) -> Result<Self, Diagnostic> {
        let input = input::Input::from_reader(path.display().to_string(), Ok(io::stdin().lock()))?;
        Ok(Self::new(Language::of_file(path, &input.bytes), input).in_folder(Folder::of_file(path)))
    }

    /// The syntax of its comments, if its language has any.
    pub(crate) fn comments(&self) -> Option<Syntax> {
        match self.language {
            Language::Toml => Some(Syntax::Toml),
            // A configuration has settings for what it ignores.
            Language::Configuration => None,
            // Its names say little about the standard input.
            Language::Hcl if Path::new(&self.name).extension().is_none_or(|own| own != "json") => Some(Syntax::Hcl),
            Language::Json | Language::Yaml | Language::Hcl => Syntax::of_file(Path::new(&self.name)),
        }
    }

    /// The bytes without comments, at the same places, if they are JSON with comments.
    pub(crate) fn json(&self) -> Cow<'_, [u8]> {
        match self.comments() {
            Some(Syntax::Jsonc) => blank(&self.bytes).into(),
            _ => self.bytes.as_slice().into(),
        }
    }

    fn new(language: Language, input: input::Input) -> Self {
        let input::Input { name, bytes } = input;
        Self {
            name,
            language,
            bytes,
            module: None,
            is_folder: false,
        }
    }

    /// The same input as a part of the module in a folder, if it is one.
    fn in_folder(mut self, folder: Folder) -> Self {
        self.module = (self.language == Language::Hcl).then_some(folder);
        self
    }
}

impl Language {
    /// The language of a file with this name and these contents.
    fn of_file(path: &Path, bytes: &[u8]) -> Self {
        let is = |extension| has_extension(path, extension);
        if is_configuration(path) {
            Self::Configuration
        } else if path.file_name().and_then(OsStr::to_str).is_some_and(hcl::is_file) {
            Self::Hcl
        } else if is("toml") {
            Self::Toml
        } else if is("yaml") || is("yml") || is("template") && language_of(bytes) != Self::Json {
            Self::Yaml
        } else {
            Self::Json
        }
    }
}

/// Files at a git revision.
impl Input {
    /// Reads what an argument names: a file, the standard input, or `REVISION:PATH` unless a file has that name.
    pub(crate) fn named(name: &str) -> Result<Self, Diagnostic> {
        let path = Path::new(name);
        match name.split_once(':') {
            Some((revision, within)) if !revision.is_empty() && !revision.starts_with('-') && !path.exists() => {
                let folder = format!("{}/", name.trim_end_matches('/'));
                if !hcl::is_file(name)
                    && listing(&folder).is_ok_and(|names| names.iter().any(|name| hcl::is_file(name)))
                {
                    return Ok(Self {
                        name: name.to_owned(),
                        language: Language::Hcl,
                        bytes: Vec::new(),
                        module: Some(Folder::of_revision(&folder)),
                        is_folder: true,
                    });
                }
                let input = blob(name)?;
                let read = Self::new(Language::of_file(Path::new(within), &input.bytes), input);
                Ok(read.in_folder(Folder::of_revision(name)))
            }
            _ => Self::read(path),
        }
    }
}

/// Asks git for a file.
///
/// - `name`: `REVISION:PATH`; the path is relative to the root of the repository, or with `./` to the current folder
pub(crate) fn blob(name: &str) -> Result<input::Input, Diagnostic> {
    let failed = |why: &str| Diagnostic::error(format!("`{name}` cannot be read: {why}"));
    let child = process::Command::new("git")
        .args(["cat-file", "blob", name])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|error| {
        let why = format!("there is no such file, and reading a revision needs the program `git`: {error}");
        failed(&why)
    })?;
    let stdout = child.stdout.take().ok_or_else(|| failed("git has no output"))?;
    let contents = input::Input::from_reader(name, Ok(stdout));
    // A process that has written too much would wait forever for a reader.
    if contents.is_err() {
        let _ = child.kill();
    }
    let ended = child.wait_with_output().map_err(|error| failed(&error.to_string()))?;
    let contents = contents?;
    if ended.status.success() {
        return Ok(contents);
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let said = said.lines().next().unwrap_or_default();
    let said = said.strip_prefix("fatal: ").unwrap_or(said);
    Err(failed(said).help("it is neither a file nor `REVISION:PATH` in this repository"))
}

/// The names of what is in a folder at a git revision.
///
/// - `prefix`: `REVISION:FOLDER/`, or `REVISION:` for the root
pub(crate) fn listing(prefix: &str) -> Result<Vec<String>, Diagnostic> {
    let listed = process::Command::new("git")
        .args(["ls-tree", "--name-only", "-z", prefix])
        .stdin(Stdio::null())
        .output();
    match listed {
        Ok(listed) if listed.status.success() => {
            let names = listed.stdout.split(|byte| *byte == 0);
            Ok(names
                .filter_map(|name| std::str::from_utf8(name).ok())
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect())
        }
        _ => Err(Diagnostic::error(format!(
            "`{prefix}` is not a folder at a revision of this repository"
        ))),
    }
}

/// A well-formed policy or spec.
pub(crate) enum Parsed {
    Document(Document),
    Spec(Box<Spec>),
}

impl Input {
    /// The policies in output of the `aws` command line.
    ///
    /// # Errors
    ///
    /// All messages about policies in it that cannot be read.
    pub(crate) fn answered(&self, read: &Read) -> Result<Vec<Answered>, StyledText> {
        if self.language != Language::Json {
            return Ok(Vec::new());
        }
        let answered = policies_in(&self.json(), &read.reading.document);
        let mut problems: Vec<_> = answered.iter().flat_map(|policy| policy.problems.clone()).collect();
        let mut functions = answered
            .iter()
            .filter_map(|policy| template_function(policy.document.root()));
        problems.extend(functions.next());
        if problems.is_empty() {
            return Ok(answered);
        }
        let lines = Lines::new(&self.bytes);
        Err(SourceFile::new(&self.name, &lines).show_all(problems.iter().take(SHOWN)))
    }

    /// The name and contents, or all messages about why it is invalid.
    ///
    /// - `read`: what it is, if it has been read as JSON or YAML
    /// - `given`: the values of parameters
    pub(crate) fn parse(mut self, read: Option<Read>, given: &mut Given) -> Result<(String, Parsed), StyledText> {
        if let Cow::Owned(json) = self.json() {
            self.bytes = json;
        }
        let Self {
            name, language, bytes, ..
        } = self;
        let with_hint = |mut messages: StyledText, name: &str| {
            if name != STDIN_NAME {
                let hint = format!("`iam-policy check {name}` shows all problems");
                messages.append(&Diagnostic::new(Severity::Note, hint).into());
            }
            messages
        };
        match language {
            Language::Json | Language::Yaml => {
                let input = input::Input { name, bytes };
                if let Some(read) = read
                    .as_ref()
                    .filter(|read| language == Language::Yaml && read.is_torn())
                {
                    let lines = Lines::new(&input.bytes);
                    let problems = read.reading.problems.iter().take(SHOWN);
                    let messages = SourceFile::new(&input.name, &lines).show_all(problems);
                    return Err(with_hint(messages, &input.name));
                }
                // In YAML, a policy is only read as a part of a template.
                let read = read.filter(|_| language == Language::Json);
                let document = match read {
                    Some(read) => input.document_of(read.reading),
                    None => input.document(),
                };
                match document {
                    Ok(document) => Ok((input.name, Parsed::Document(document))),
                    Err(messages) => Err(with_hint(messages, &input.name)),
                }
            }
            // A module is always read as one.
            Language::Hcl => Err(Diagnostic::error(format!("`{name}` is not a policy")).into()),
            Language::Configuration => {
                let problem = Diagnostic::error(format!(
                    "`{name}` configures this program: it is not a policy or a spec"
                ));
                Err(problem.into())
            }
            Language::Toml => {
                let source = Source::decode(name, Ok(bytes))?;
                let (spec, mistakes) = iam_policy_spec::read_with(&source, given.settings());
                given.saw(&spec);
                if mistakes.is_empty() {
                    return Ok((source.name().to_owned(), Parsed::Spec(Box::new(spec))));
                }
                let messages = source.show_all(mistakes.iter().take(SHOWN));
                Err(with_hint(messages, source.name()))
            }
        }
    }
}

/// The maximum size of an account file in bytes: several times that of the largest accounts.
const MAX_ACCOUNT: u64 = 512 << 20;

/// An account file, and the principals in it.
///
/// # Errors
///
/// All messages about errors in it.
pub(crate) fn principals(path: &Path) -> Result<(input::Input, Principals), StyledText> {
    let name = path.display().to_string();
    let input::Input { bytes, .. } = input::Input::read_at_most(path, MAX_ACCOUNT)?;
    let reading = iam_policy_account::read(&bytes);
    if reading.problems.is_empty() {
        return Ok((input::Input { name, bytes }, reading.principals));
    }
    let lines = Lines::new(&bytes);
    Err(SourceFile::new(&name, &lines).show_all(&reading.problems))
}

/// Whether a file has the name of a configuration. It is never a spec.
pub(crate) fn is_configuration(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == FILE_NAME)
}

/// Whether a file with this name is read in a folder.
pub(crate) fn may_have_policies(path: &Path) -> bool {
    let extensions = ["json", "jsonc", "tf", "toml", "yaml", "yml", "template"];
    extensions.iter().any(|extension| has_extension(path, extension)) && !is_configuration(path)
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|own| own.eq_ignore_ascii_case(extension))
}

/// Detects the language of unnamed input: TOML starts with a comment, a header or a key, YAML with a key and a colon, and
/// JSON with none of these.
fn language_of(bytes: &[u8]) -> Language {
    // A byte order mark is irrelevant here.
    let mut text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if std::str::from_utf8(text).is_ok_and(hcl::is_module) {
        return Language::Hcl;
    }
    let start = text;
    while text.starts_with(b"#") {
        let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
        text = text.get(end..).unwrap_or_default().trim_ascii_start();
    }
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_key = |key: &[u8]| {
        !key.is_empty()
            && key
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-\"'".contains(byte))
    };
    let colon = line.iter().position(|byte| *byte == b':');
    let is_yaml = colon.is_some_and(|colon| {
        let (key, rest) = line.split_at_checked(colon).unwrap_or_default();
        is_key(key) && matches!(rest, [b':'] | [b':', b' ' | b'\r', ..])
    });
    if is_yaml || line.starts_with(b"---") {
        return Language::Yaml;
    }
    match start.first() {
        Some(b'#') => Language::Toml,
        Some(b'[') => {
            let mut inside = text
                .iter()
                .skip_while(|byte| **byte == b'[')
                .filter(|byte| **byte != b' ');
            match inside.next() {
                Some(first) if first.is_ascii_alphabetic() => Language::Toml,
                _ => Language::Json,
            }
        }
        Some(first) if first.is_ascii_alphabetic() => {
            let key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b' ');
            match text.iter().find(|byte| !key(byte)) {
                Some(b'=' | b'"') => Language::Toml,
                _ => Language::Json,
            }
        }
        _ => Language::Json,
    }
}

/// Describes an argument that names one file.
pub(crate) fn file() -> Arg {
    Arg::new("file")
        .value_name("FILE")
        .help("A policy in JSON, a spec (`.toml`) or a template; `FILE#NAME` for one of the policies in it, or `-` for the standard input")
        .required(true)
        .value_parser(value_parser!(PathBuf))
}

/// The argument described by [`file`].
pub(crate) fn path(matches: &ArgMatches) -> &Path {
    matches
        .get_one::<PathBuf>("file")
        .map_or(Path::new(STDIN), PathBuf::as_path)
}

/// All files that `path` names: itself or, for a folder, the files in it that may be policies or specs, sorted folder
/// by folder.
pub(crate) fn files(path: &Path) -> Files {
    let mut files = Files {
        in_folder: path != Path::new(STDIN) && path.is_dir(),
        found: Vec::new(),
        skipped: Vec::new(),
    };
    if let Some(templates) = assembly(path) {
        files.found.extend(templates.into_iter().map(Ok));
    } else if files.in_folder {
        // Files found in `.` are named as if given directly.
        let prefix = if path == Path::new(".") { Path::new("") } else { path };
        match path.canonicalize() {
            Ok(real) => walk(path, prefix, &real, &mut files),
            Err(error) => files.found.push(Err(unreadable(&path.display().to_string(), &error))),
        }
    } else {
        files.found.push(Ok(path.to_owned()));
    }
    files
}

/// How deeply the output of the CDK may be nested.
const MAX_STAGES: usize = 8;

/// The templates in the output of the CDK, if `path` is its folder or its manifest: those of the stacks, of the stages,
/// and of nested stacks. Everything else in it belongs to the assets.
///
/// Source: AWS CDK API Reference, `cloud-assembly-schema`, `AssemblyManifest`.
fn assembly(path: &Path) -> Option<Vec<PathBuf>> {
    let folder = if path.file_name().is_some_and(|name| name == MANIFEST) {
        path.parent()?
    } else {
        path
    };
    let mut templates = Vec::new();
    stacks(folder, 0, &mut templates)?;
    Some(templates)
}

const MANIFEST: &str = "manifest.json";

/// Adds the templates of the stacks that a manifest lists.
fn stacks(folder: &Path, depth: usize, templates: &mut Vec<PathBuf>) -> Option<()> {
    let manifest = fs::read(folder.join(MANIFEST)).ok()?;
    let manifest = iam_policy_document::json::read(&manifest).document;
    let artifacts = manifest
        .root()
        .get("artifacts")
        .filter(|_| manifest.root().get("version").is_some())?;
    let mut nested: Vec<PathBuf> = Vec::new();
    for artifact in artifacts.value.members() {
        let property = |key: &str| {
            let name = artifact.value.get("properties")?.value.get(key)?.value.as_str()?;
            // A name cannot lead out of the folder.
            let is_inside = Path::new(name)
                .components()
                .all(|part| matches!(part, Component::Normal(_)));
            is_inside.then(|| folder.join(name))
        };
        match artifact.value.get("type").and_then(|member| member.value.as_str()) {
            Some("aws:cloudformation:stack") => templates.extend(property("templateFile")),
            Some("cdk:cloud-assembly") if depth < MAX_STAGES => nested.extend(property("directoryName")),
            _ => {}
        }
    }
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let of_nested_stack = |path: &PathBuf| path.to_string_lossy().ends_with(".nested.template.json");
    let mut more: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(of_nested_stack).collect();
    more.sort();
    templates.append(&mut more);
    for folder in nested {
        // Without a manifest, there is nothing to read.
        let _ = stacks(&folder, depth + 1, templates);
    }
    Some(())
}

/// The files of an argument.
pub(crate) struct Files {
    /// The argument is a folder, which may contain unrelated files.
    pub(crate) in_folder: bool,
    /// Files that cannot be accessed are reported in their place.
    pub(crate) found: Vec<Result<PathBuf, Diagnostic>>,
    /// A warning for each file in a folder that has the name of a policy or a spec but is not read.
    pub(crate) skipped: Vec<Diagnostic>,
}

/// Adds the JSON, TOML and YAML files in `folder`. Hidden files are skipped, and so are links to folders, which may form
/// cycles, links out of the folder that the user named, and anything whose end may never come.
///
/// - `prefix`: the path of the folder in messages
/// - `real`: the canonical path of the folder that the user named
fn walk(folder: &Path, prefix: &Path, real: &Path, files: &mut Files) {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => {
            let problem = unreadable(&folder.display().to_string(), &error);
            files.found.push(Err(problem));
            return;
        }
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = prefix.join(&name);
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() {
            walk(&folder.join(&name), &path, real, files);
            continue;
        }
        if !may_have_policies(&path) {
            continue;
        }
        let skipped =
            |why: &str| Diagnostic::new(Severity::Warning, format!("skipped `{}`, which {why}", path.display()));
        let target = entry.path().canonicalize();
        match fs::metadata(entry.path()) {
            Ok(found) if found.is_dir() => {}
            Ok(found) if !found.is_file() => files.skipped.push(skipped("is not a regular file")),
            Ok(_) if kind.is_symlink() && !target.is_ok_and(|target| target.starts_with(real)) => {
                let problem = skipped("is a link to a file outside the folder");
                files.skipped.push(problem.help("name the link itself to follow it"));
            }
            // Links without a target are reported when they are read.
            _ => files.found.push(Ok(path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_detected() {
        for toml in [
            "# x",
            " \n[policy.user]",
            "[[policy.user.statement]]",
            "page.title = 1",
            "page . \"title\" = 1",
            "# a: b\n[policy.user]",
            "\u{feff}# x",
            "\u{feff}[policy.user]",
        ] {
            assert_eq!(language_of(toml.as_bytes()), Language::Toml, "{toml}");
        }
        for yaml in [
            "Resources:\n  A:",
            "---\na: b",
            "# x\n'a': b",
            "\u{feff}AWSTemplateFormatVersion: '2010-09-09'\r\n",
        ] {
            assert_eq!(language_of(yaml.as_bytes()), Language::Yaml, "{yaml}");
        }
        for json in [
            "",
            "{",
            "[",
            "[]",
            "[{}]",
            "[1]",
            "\"a\"",
            "null",
            "nil",
            "oops {",
            "\u{feff}{}",
        ] {
            assert_eq!(language_of(json.as_bytes()), Language::Json, "{json}");
        }
    }
}
