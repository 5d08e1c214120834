//! Calls found by the compiler: clippy's `disallowed_methods`, with every operation on the list.
//!
//! Source: Clippy Documentation, "`disallowed_methods`" and "Lint Configuration Options".

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cargo_metadata::Message;
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel, DiagnosticSpan};
use iam_policy_spec::pascal_case;

use crate::workspace::{Workspace, cargo, is_missing_toolchain, kind};

/// What the compiler said.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) hits: Vec<Hit>,
    /// The targets that were compiled, by the ID of their package, their kind and name.
    pub(crate) compiled: BTreeSet<(String, &'static str, String)>,
    /// The first error in each target.
    pub(crate) errors: BTreeMap<(String, &'static str, String), String>,
    /// The options that build scripts set, by the ID of the package.
    pub(crate) cfgs: BTreeMap<String, Vec<String>>,
    /// The features that are enabled, by the ID of the package.
    pub(crate) features: BTreeMap<String, Vec<String>>,
    /// What Cargo said last, if it failed before it compiled anything.
    pub(crate) failure: Option<String>,
}

/// A use of an operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    pub(crate) file: PathBuf,
    pub(crate) start: (usize, usize),
    pub(crate) end: (usize, usize),
    /// The number of the SDK crate.
    pub(crate) sdk: usize,
    pub(crate) method: String,
    /// The package's ID, and the target's kind and name.
    pub(crate) target: (String, &'static str, String),
}

/// Why clippy cannot run.
pub(crate) enum Unavailable {
    Toolchain(String),
    Clippy,
    Other(String),
}

/// What begins the reason of each entry in the list.
const REASON: &str = "iam-policy calls: ";

/// The folder in the workspace's target folder.
const FOLDER: &str = "iam-policy-calls";

/// The version from which clippy reports paths that do not exist, unless they have `allow-invalid`.
const CHECKS_PATHS: u32 = 88;

/// The minor version of clippy in a workspace: 95 for 0.1.95.
pub(crate) fn version(root: &Path) -> Result<u32, Unavailable> {
    let output = Command::new(cargo())
        .args(["clippy", "--version"])
        .current_dir(root)
        .env("RUSTUP_AUTO_INSTALL", "0")
        .output();
    let output = output.map_err(|error| Unavailable::Other(error.to_string()))?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stdout = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(
            if stderr.contains("clippy")
                && (stderr.contains("is not installed")
                    || stderr.contains("no such command")
                    || stderr.contains("component"))
            {
                Unavailable::Clippy
            } else if is_missing_toolchain(&stderr) {
                Unavailable::Toolchain(stderr.into_owned())
            } else {
                Unavailable::Other(stderr.into_owned())
            },
        );
    }
    let version = stdout.split_whitespace().nth(1).unwrap_or_default();
    let minor = version.split(['.', '-']).nth(2).and_then(|minor| minor.parse().ok());
    minor.ok_or_else(|| Unavailable::Other(stdout.into_owned()))
}

/// Lets clippy search.
///
/// - `packages`: the numbers of the packages
/// - `progress`: receives what Cargo says about its progress
pub(crate) fn run(
    workspace: &Workspace,
    packages: &[usize],
    minor: u32,
    progress: &mut (dyn FnMut(&str) + Send),
) -> io::Result<Answer> {
    let target = workspace.target_directory.join(FOLDER);
    let configuration = configuration(&target, &configuration_file(workspace, minor))?;
    let caps = env::var("RUSTFLAGS").is_ok_and(|flags| flags.contains("--cap-lints"))
        || env::var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("--cap-lints"));
    let answer = run_once(workspace, packages, minor, [&target, &configuration], !caps, progress)?;
    // The flags may also come from a file.
    if !caps
        && answer
            .errors
            .values()
            .chain(&answer.failure)
            .any(|error| error.contains("cap-lints"))
    {
        return run_once(workspace, packages, minor, [&target, &configuration], false, progress);
    }
    Ok(answer)
}

fn run_once(
    workspace: &Workspace,
    packages: &[usize],
    minor: u32,
    [target, configuration]: [&Path; 2],
    caps_lints: bool,
    progress: &mut (dyn FnMut(&str) + Send),
) -> io::Result<Answer> {
    let mut command = Command::new(cargo());
    command.args(["clippy", "--all-targets", "--message-format=json"]);
    // From 1.74 on, Cargo can check what does not depend on a package with errors.
    if minor >= 74 {
        command.arg("--keep-going");
    }
    for package in packages.iter().filter_map(|&package| workspace.packages.get(package)) {
        command.arg("--package").arg(&package.id);
    }
    command.arg("--target-dir").arg(target).arg("--");
    if caps_lints {
        // Whatever the code or its lints deny must not keep it from being searched.
        command.args(["--cap-lints", "warn"]);
    }
    command.args([
        "-A",
        "warnings",
        "-A",
        "clippy::all",
        "--force-warn",
        "clippy::disallowed_methods",
    ]);
    command
        .current_dir(&workspace.root)
        .env("CLIPPY_CONF_DIR", configuration)
        .env("CARGO_TERM_COLOR", "never")
        .env("RUSTUP_AUTO_INSTALL", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let (answer, said) = thread::scope(|scope| {
        let said = scope.spawn(|| stderr.map(|stderr| follow(stderr, progress)).unwrap_or_default());
        let answer = stdout.map(|stdout| read(workspace, stdout)).unwrap_or_default();
        (answer, said.join().unwrap_or_default())
    });
    let status = child.wait()?;
    let mut answer = answer;
    if !status.success() && answer.errors.is_empty() {
        answer.failure = Some(said);
    }
    Ok(answer)
}

/// Passes on what Cargo says, and returns the part that is about errors.
fn follow(stderr: impl Read, progress: &mut (dyn FnMut(&str) + Send)) -> String {
    let mut said = String::new();
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        let trimmed = line.trim_start();
        if [
            "Compiling",
            "Checking",
            "Downloading",
            "Downloaded",
            "Updating",
            "Locking",
            "Blocking",
        ]
        .iter()
        .any(|word| trimmed.starts_with(word))
        {
            progress(trimmed);
        } else {
            said.push_str(&line);
            said.push('\n');
        }
    }
    said
}

/// The list of all operations.
fn configuration_file(workspace: &Workspace, minor: u32) -> String {
    let mut text = String::from("disallowed-methods = [\n");
    let invalid = if minor >= CHECKS_PATHS {
        ", allow-invalid = true"
    } else {
        ""
    };
    let mut entry = |path: &str, reason: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "  {{ path = \"{path}\", reason = \"{REASON}{reason}\"{invalid} }},"
        );
    };
    for sdk in &workspace.sdks {
        let name = sdk.crate_name();
        for method in sdk.methods.keys() {
            let reason = format!("{} {method}", sdk.package);
            entry(&format!("{name}::Client::{method}"), reason.clone());
            let builder = format!("{}InputBuilder", pascal_case(method));
            entry(
                &format!("{name}::operation::{method}::builders::{builder}::send_with"),
                reason,
            );
        }
        for waiter in sdk.waiters.keys() {
            entry(
                &format!("{name}::client::Waiters::{waiter}"),
                format!("{} {waiter}", sdk.package),
            );
        }
    }
    text.push_str("]\n");
    text
}

/// A folder with the list. Workspaces that share a target folder may be searched at the same time, so each list has its own.
/// A file that does not change lets Cargo reuse what it has checked.
fn configuration(target: &Path, text: &str) -> io::Result<PathBuf> {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let folder = target.join(format!("clippy-{:016x}", hasher.finish()));
    let file = folder.join("clippy.toml");
    if fs::read_to_string(&file).is_ok_and(|old| old == text) {
        return Ok(folder);
    }
    fs::create_dir_all(&folder)?;
    // Another search must not read half of it.
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let temporary = folder.join(format!("{}-{number}.new", std::process::id()));
    fs::write(&temporary, text)?;
    fs::rename(&temporary, &file)?;
    Ok(folder)
}

fn read(workspace: &Workspace, stdout: impl Read) -> Answer {
    let mut answer = Answer::default();
    for message in Message::parse_stream(BufReader::new(stdout)).map_while(Result::ok) {
        match message {
            Message::CompilerMessage(message) => {
                let Some(kind) = kind(&message.target) else { continue };
                let target = (message.package_id.repr.clone(), kind, message.target.name.clone());
                let diagnostic = &message.message;
                if let Some((sdk, method)) = operation(workspace, diagnostic) {
                    let primary = diagnostic.spans.iter().find(|span| span.is_primary);
                    if let Some(span) = primary.map(|span| in_workspace(workspace, span)) {
                        answer.hits.push(Hit {
                            file: workspace.root.join(&span.file_name),
                            start: (span.line_start, span.column_start),
                            end: (span.line_end, span.column_end),
                            sdk,
                            method,
                            target,
                        });
                    }
                } else if matches!(diagnostic.level, DiagnosticLevel::Error | DiagnosticLevel::Ice)
                    && !diagnostic.message.starts_with("aborting due to")
                {
                    answer.errors.entry(target).or_insert_with(|| error(diagnostic));
                }
            }
            Message::CompilerArtifact(artifact) => {
                if let Some(kind) = kind(&artifact.target) {
                    answer
                        .features
                        .insert(artifact.package_id.repr.clone(), artifact.features);
                    answer
                        .compiled
                        .insert((artifact.package_id.repr, kind, artifact.target.name));
                }
            }
            Message::BuildScriptExecuted(script) => {
                answer.cfgs.insert(script.package_id.repr, script.cfgs);
            }
            _ => {}
        }
    }
    answer.hits.sort();
    answer.hits.dedup();
    answer
}

/// The operation that a diagnostic is about: the number of the SDK crate, and the method.
fn operation(workspace: &Workspace, diagnostic: &Diagnostic) -> Option<(usize, String)> {
    if diagnostic.code.as_ref()?.code != "clippy::disallowed_methods" {
        return None;
    }
    let texts = diagnostic.children.iter().map(|child| child.message.as_str());
    let reason = texts
        .chain([diagnostic.message.as_str()])
        .find_map(|text| text.split_once(REASON))?
        .1;
    let mut words = reason.split_whitespace();
    let (package, method) = (words.next()?, words.next()?);
    let sdk = workspace.sdks.iter().position(|sdk| sdk.package == package)?;
    Some((sdk, method.to_owned()))
}

/// The span, or the innermost invocation of a macro around it in the workspace's own code.
fn in_workspace<'s>(workspace: &Workspace, span: &'s DiagnosticSpan) -> &'s DiagnosticSpan {
    let mut current = span;
    loop {
        let file = workspace.root.join(&current.file_name);
        let is_own = workspace
            .packages
            .iter()
            .any(|package| file.starts_with(&package.folder))
            || file.starts_with(&workspace.target_directory);
        match &current.expansion {
            Some(expansion) if !is_own || !file.is_file() => current = &expansion.span,
            _ => return current,
        }
    }
}

/// An error on one line, with its place.
fn error(diagnostic: &Diagnostic) -> String {
    let place = diagnostic.spans.iter().find(|span| span.is_primary);
    match place {
        Some(span) => format!("{}:{}: {}", span.file_name, span.line_start, diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

/// Keeps a file as it is: whatever happens to it until this is dropped is undone.
#[derive(Debug)]
pub(crate) struct Unchanged {
    path: PathBuf,
    before: Option<Vec<u8>>,
}

impl Unchanged {
    pub(crate) fn new(path: PathBuf) -> Self {
        let before = fs::read(&path).ok();
        Self { path, before }
    }
}

impl Drop for Unchanged {
    fn drop(&mut self) {
        let after = fs::read(&self.path).ok();
        if after != self.before {
            // There is nobody to report a failure to, and the file is still valid.
            let _ = match &self.before {
                Some(before) => fs::write(&self.path, before),
                None => fs::remove_file(&self.path),
            };
        }
    }
}
