use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use iam_policy_document::{Diagnostic, Severity, StyledText, VisibleWriter};
use iam_policy_spec::compile::compile_with;
use iam_policy_spec::{Settings, Source, Spec};

use crate::gate::{Comparison, Gate};
use crate::outputs::{can_be_artifact, is_reserved_on_windows};
use crate::{Artifact, Error, Format, MANIFEST, Origin, Widened, artifacts, artifacts_in, prove_bounds, relative};

use super::change::{Change, Kind};
use super::folder::{Folder, subfolders};
use super::lock::Lock;
use super::manifest::Placeholder;
use super::temporary;
use super::write::{lock, outstanding, write};

/// Whether to write files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Write the files that are not up to date.
    Write,
    /// Only report files that are not up to date and, with a [base](Regenerate::base), policies that allow more.
    Check,
}

/// Keeps the files that are generated from a repository's specs up to date.
///
/// # Examples
///
/// ```
/// use iam_policy_gen::{Kind, Regenerate};
///
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("policies.toml"), r#"
/// [policy.user]
/// [[policy.user.statement]]
/// id        = "list"
/// reason    = "Finds the bucket."
/// actions   = ["s3:ListAllMyBuckets"]
/// resources = ["*"]
/// "#)?;
/// let regenerate = Regenerate::new("cargo xtask regenerate").root(folder.path()).spec("policies.toml", "generated");
///
/// let missing = regenerate.changes()?;
/// assert!(missing.iter().all(|change| change.kind == Kind::Missing));
/// regenerate.write(&missing)?;
/// assert_eq!(regenerate.changes()?, []);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Regenerate {
    command: String,
    rerun: Option<String>,
    root: PathBuf,
    /// Whether the root is relative to the package that Cargo runs, but Cargo does not run this.
    is_outside_cargo: bool,
    specs: Vec<Generated>,
    files: Vec<(PathBuf, String)>,
    /// The formats, if the specs do not choose them.
    formats: Option<Vec<Format>>,
    settings: Settings,
    base: Option<String>,
    changelog: PathBuf,
    /// The code that is compared with policies.
    #[cfg(feature = "calls")]
    pub(super) called: Vec<super::calls::CalledCode>,
}

/// A spec and its output folder.
#[derive(Clone, Debug)]
struct Generated {
    spec: PathBuf,
    folder: PathBuf,
    /// Whether the folder may contain anything, even before it has a manifest.
    is_shared: bool,
    /// The contents of the spec, if it is not a file.
    bytes: Option<Vec<u8>>,
}

/// All specs after compilation.
struct Compiled<'a> {
    specs: Vec<Result<CompiledSpec<'a>, Error>>,
    /// The rendered findings that do not stop a build.
    remarks: StyledText,
}

/// A spec and its generated files.
struct CompiledSpec<'a> {
    generated: &'a Generated,
    /// The path from the output folder to the spec.
    from_folder: String,
    artifacts: Vec<Artifact>,
    spec: Spec,
    source: Source,
}

/// Whether this run holds the locks of all folders.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    Yes,
    No,
}

impl Regenerate {
    /// Creates an instance without any specs or files.
    ///
    /// - `command`: the command that runs this, such as `cargo xtask regenerate`; the head of the page and messages name
    ///   it
    #[must_use]
    pub fn new(command: impl Into<String>) -> Self {
        Self {
            command: command.into(),
            rerun: None,
            root: PathBuf::new(),
            is_outside_cargo: false,
            specs: Vec::new(),
            files: Vec::new(),
            formats: None,
            settings: Settings::default(),
            base: None,
            changelog: PathBuf::from("CHANGELOG.md"),
            #[cfg(feature = "calls")]
            called: Vec::new(),
        }
    }

    /// Sets the folder to which all other paths are relative; the current one by default.
    #[must_use]
    pub fn root(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = root.into();
        self.is_outside_cargo = false;
        self
    }

    /// Sets the folder to which all other paths are relative, itself relative to the package that Cargo runs.
    ///
    /// An xtask should use this. A path from `env!("CARGO_MANIFEST_DIR")` is fixed when the program is built, and Cargo
    /// shares programs between checkouts with the same target folder, so the xtask of one checkout could write the files of
    /// another. Cargo also sets the variable for `cargo run`, and then it is the checkout that the command was meant for.
    /// If the program does not run under Cargo, [`inspect`](Self::inspect) returns an error.
    ///
    /// - `folder`: the path from the folder of the package's manifest, such as `..`
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_gen::Regenerate;
    ///
    /// let regenerate = Regenerate::new("cargo xtask regenerate").root_from_package("..");
    /// assert_eq!(regenerate.changes()?, []);
    /// # Ok::<(), iam_policy_gen::Error>(())
    /// ```
    #[must_use]
    pub fn root_from_package(self, folder: impl AsRef<Path>) -> Self {
        self.root_from(env::var_os("CARGO_MANIFEST_DIR"), folder.as_ref())
    }

    /// The folder to which all other paths are relative.
    #[cfg(feature = "calls")]
    pub(super) fn root_folder(&self) -> &Path {
        &self.root
    }

    fn root_from(mut self, package: Option<OsString>, folder: &Path) -> Self {
        self.is_outside_cargo = package.is_none();
        self.root = PathBuf::from(package.unwrap_or_default()).join(folder);
        self
    }

    /// Sets the command that messages suggest, if it differs from the one that the generated page names.
    #[must_use]
    pub fn rerun(mut self, command: impl Into<String>) -> Self {
        self.rerun = Some(command.into());
        self
    }

    /// Adds a spec and the folder for the files that are generated from it.
    ///
    /// The folder's manifest, [`MANIFEST`](crate::MANIFEST), lists its generated files. No other file is replaced or
    /// removed. While the folder has no manifest yet, files in the way of generated ones are replaced.
    ///
    /// - `spec`: the path of the spec
    /// - `folder`: the path of the folder, which is created if necessary
    #[must_use]
    pub fn spec(self, spec: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        self.add(spec.into(), folder.into(), false, None)
    }

    /// Like [`Regenerate::spec`], but for a folder that may contain anything: while it has no manifest, a file in the
    /// way of a generated one is an error.
    #[must_use]
    pub fn spec_in_shared_folder(self, spec: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        self.add(spec.into(), folder.into(), true, None)
    }

    /// Like [`Regenerate::spec_in_shared_folder`], but for a spec that is not a file, such as standard input. It is not
    /// compared with a [base](Regenerate::base).
    ///
    /// - `name`: the name of the spec on the page and in messages
    /// - `bytes`: the contents of the spec
    /// - `folder`: the path of the folder
    #[must_use]
    pub fn bytes_in_shared_folder(self, name: impl Into<PathBuf>, bytes: Vec<u8>, folder: impl Into<PathBuf>) -> Self {
        self.add(name.into(), folder.into(), true, Some(bytes))
    }

    fn add(mut self, spec: PathBuf, folder: PathBuf, is_shared: bool, bytes: Option<Vec<u8>>) -> Self {
        self.specs.push(Generated {
            spec,
            folder,
            is_shared,
            bytes,
        });
        self
    }

    /// Adds a file that is not generated from a spec. It is replaced if its contents differ.
    ///
    /// - `path`: the path of the file
    /// - `contents`: the contents that it should have
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>, contents: impl Into<String>) -> Self {
        self.files.push((path.into(), contents.into()));
        self
    }

    /// Sets the formats that are generated from all specs. By default, each spec chooses its own with `outputs`, or else
    /// gets [`Format::DEFAULT`].
    ///
    /// - `formats`: the formats, in the order in which their files are written
    #[must_use]
    pub fn formats(mut self, formats: &[Format]) -> Self {
        self.formats = Some(formats.to_vec());
        self
    }

    /// Sets values that the parameters of all specs have in place of their defaults.
    ///
    /// - `settings`: the values
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Compares the policies with those at a revision.
    ///
    /// In [`Mode::Check`], each policy that allows more must be mentioned, in backticks, by a line that was added to
    /// the changelog since; see [`Regenerate::widened`].
    ///
    /// - `revision`: a commit, a branch, a tag, or anything else that git accepts as a revision
    #[must_use]
    pub fn base(mut self, revision: impl Into<String>) -> Self {
        self.base = Some(revision.into());
        self
    }

    /// Sets the changelog that must mention policies that allow more; `CHANGELOG.md` by default.
    #[must_use]
    pub fn changelog(mut self, path: impl Into<PathBuf>) -> Self {
        self.changelog = path.into();
        self
    }

    /// Returns the policies that allow more than at the base, or for which that could not be decided; none without a
    /// base.
    ///
    /// Each policy is compared in each of its partitions, alone and with each of its extensions, with the parameters'
    /// defaults and in each environment, and so is its trust policy. Anything newly allowed even without an extension is
    /// only reported for the policy itself.
    ///
    /// - A new spec allowed nothing before.
    /// - If the spec had errors at the base, nothing can be decided about it.
    /// - A spec that was moved is found if git knows the new file.
    /// - A policy that allows no more than one that was removed counts as renamed.
    /// - A new environment is compared with the parameters' defaults.
    ///
    /// A line of the changelog mentions a policy as `` `user` ``, a policy with an extension as `` `user+layers` ``, and
    /// a trust policy as `` `role.trust` ``. The path of the spec may precede it, as in `` `tool/policies.toml#user` ``;
    /// it must if several specs have a policy with that name. A new policy only needs one line, and so does a new
    /// environment: `` `environment.prod` ``.
    ///
    /// # Errors
    ///
    /// If git, the repository or the revision cannot be found, or if a file cannot be read.
    pub fn widened(&self) -> Result<Vec<Widened>, Error> {
        if self.base.is_none() {
            return Ok(Vec::new());
        }
        self.under_cargo()?;
        let files = self.specs.iter().filter(|generated| generated.bytes.is_none());
        let mut sources = Vec::new();
        for generated in files {
            let path = generated.spec.as_path();
            let contents = fs::read(self.root.join(path));
            let source = Source::decode(path.display().to_string(), contents).map_err(Error::unreadable)?;
            sources.push((path, source));
        }
        let sources: Vec<_> = sources.iter().map(|(path, source)| (*path, source)).collect();
        Ok(self.compare_with_base(&sources)?.widened)
    }

    fn compare_with_base(&self, specs: &[(&Path, &Source)]) -> Result<Comparison, Error> {
        let Some(base) = &self.base else {
            return Ok(Comparison::default());
        };
        let gate = Gate {
            root: &self.root,
            base,
            changelog: &self.changelog,
            settings: &self.settings,
        };
        gate.compare(specs)
    }

    /// Returns the files that are not up to date.
    ///
    /// # Errors
    ///
    /// The same as for [`Regenerate::inspect`].
    pub fn changes(&self) -> Result<Vec<Change>, Error> {
        self.inspect().map(|inspection| inspection.changes)
    }

    /// Returns the files that are not up to date, and the findings about the specs that do not stop a build.
    ///
    /// # Errors
    ///
    /// If a spec has errors or security warnings, if another file is in the way of a generated one, or if a file cannot
    /// be read. The error has a message for each.
    pub fn inspect(&self) -> Result<Inspection, Error> {
        let compiled = self.compile()?;
        let changes = self.compare(&compiled, Held::No)?;
        Ok(Inspection {
            changes,
            remarks: compiled.remarks,
        })
    }

    /// Reads each spec once and generates its files in memory.
    fn compile(&self) -> Result<Compiled<'_>, Error> {
        self.under_cargo()?;
        let mut remarks = StyledText::new();
        let specs: Vec<_> = self
            .specs
            .iter()
            .map(|generated| self.compile_spec(generated, &mut remarks))
            .collect();
        // What only a spec with errors may have is not reported.
        if specs.iter().all(Result::is_ok) {
            let unknown = self
                .settings
                .unknown(specs.iter().flatten().map(|compiled| &compiled.spec));
            Error::refused(unknown.iter().collect()).or(())?;
        }
        Ok(Compiled { specs, remarks })
    }

    fn compile_spec<'a>(&self, generated: &'a Generated, remarks: &mut StyledText) -> Result<CompiledSpec<'a>, Error> {
        let Generated {
            spec: path,
            folder,
            bytes,
            ..
        } = generated;
        let name = path.display().to_string();
        let read = || fs::read(self.root.join(path));
        let source = Source::decode(name.clone(), bytes.clone().map_or_else(read, Ok)).map_err(Error::unreadable)?;
        let compiled = compile_with(&source, &self.settings);
        remarks.append(&source.show_all(compiled.remarks()));
        Error::refused(source.show_all(&compiled.errors())).or(())?;
        let bounds = prove_bounds(&compiled.spec);
        Error::refused(source.show_all(&bounds.errors)).or(())?;
        remarks.append(&source.show_all(&bounds.remarks));
        let reserved = reserved_names(&compiled.spec);
        if cfg!(windows) {
            Error::refused(source.show_all(&reserved)).or(())?;
        }
        remarks.append(&source.show_all(&reserved));
        let from_folder = if bytes.is_some() {
            name
        } else {
            relative(&self.root.join(folder), &self.root.join(path)).map_err(|error| Error::file(folder, &error))?
        };
        let origin = Origin {
            command: &self.command,
            spec: &from_folder,
        };
        Ok(CompiledSpec {
            artifacts: match &self.formats {
                Some(formats) => artifacts_in(&compiled.spec, origin, formats),
                None => artifacts(&compiled.spec, origin),
            },
            spec: compiled.spec,
            generated,
            from_folder,
            source,
        })
    }

    /// Compares the generated files with those on disk.
    fn compare(&self, compiled: &Compiled<'_>, held: Held) -> Result<Vec<Change>, Error> {
        let mut error = Error::default();
        let mut changes = Vec::new();
        let _ = error.take(self.one_spec_per_folder(compiled));
        for spec in &compiled.specs {
            let found = spec.as_ref().map_err(Clone::clone).and_then(|spec| {
                let folder = Folder {
                    root: &self.root,
                    path: &spec.generated.folder,
                    spec: &spec.from_folder,
                    artifacts: &spec.artifacts,
                    placeholders: Placeholder::all(&spec.spec),
                    is_dedicated: !spec.generated.is_shared,
                };
                folder.changes()
            });
            changes.extend(error.take(found).into_iter().flatten());
        }
        for (path, contents) in &self.files {
            changes.extend(error.take(self.change(path, contents)).flatten());
        }
        changes.extend(error.take(self.temporaries(compiled, held)).into_iter().flatten());
        error.or(changes)
    }

    /// The removal of temporary files that interrupted runs have left behind.
    fn temporaries(&self, compiled: &Compiled<'_>, held: Held) -> Result<Vec<Change>, Error> {
        // For each folder, its name if it is an output folder, empty unless it is that of an environment, and the other
        // files in it.
        let mut folders: BTreeMap<PathBuf, (Option<&str>, Vec<&str>)> = BTreeMap::new();
        for generated in &self.specs {
            folders.entry(generated.folder.clone()).or_default().0 = Some("");
        }
        for spec in compiled.specs.iter().flatten() {
            for name in subfolders(&spec.artifacts) {
                folders
                    .entry(spec.generated.folder.join(name))
                    .or_default()
                    .0
                    .get_or_insert(name);
            }
        }
        for (path, _) in &self.files {
            if let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) {
                folders.entry(folder.to_owned()).or_default().1.push(name);
            }
        }
        let mut changes = Vec::new();
        for (path, (output, files)) in folders {
            let path = path.as_path();
            let folder = self.root.join(path);
            // What is behind a link is reported with the files that would be there.
            if output.is_some_and(|name| !name.is_empty()) && folder.is_symlink() {
                continue;
            }
            let is_artifact = |name: &str| match output {
                None => false,
                Some("") => can_be_artifact(name) || name == MANIFEST,
                Some(folder) => can_be_artifact(&format!("{folder}/{name}")),
            };
            let is_generated = |name: &str| is_artifact(name) || files.contains(&name);
            let unreadable = |error| Error::file(path, &error);
            let names = temporary::names(&folder, is_generated).map_err(unreadable)?;
            // While another run writes, they are not left behind.
            if !names.is_empty() && (held == Held::Yes || Lock::attempt(&folder).map_err(unreadable)?.is_some()) {
                changes.extend(names.into_iter().map(|name| Change::stale(path.join(name))));
            }
        }
        Ok(changes)
    }

    fn under_cargo(&self) -> Result<(), Error> {
        if !self.is_outside_cargo {
            return Ok(());
        }
        let problem = Diagnostic::error("cannot find the root folder, because Cargo does not run this program");
        Err(Error::unreadable(problem.help(format!("run `{}`", self.command))))
    }

    fn one_spec_per_folder(&self, compiled: &Compiled<'_>) -> Result<(), Error> {
        let mut problems = Vec::new();
        for spec in compiled.specs.iter().flatten() {
            for name in subfolders(&spec.artifacts) {
                let folder = spec.generated.folder.join(name);
                let one = self.root.join(&folder);
                let mut others = self.specs.iter();
                let other =
                    others.find(|other| relative(&one, &self.root.join(&other.folder)).is_ok_and(|path| path == "."));
                if let Some(other) = other {
                    let message = format!(
                        "the environment `{name}` of `{}` and the spec `{}` are both generated into the folder `{}`",
                        spec.generated.spec.display(),
                        other.spec.display(),
                        folder.display(),
                    );
                    problems.push(Diagnostic::error(message).help("give the spec another folder"));
                }
            }
        }
        for (number, later) in self.specs.iter().enumerate() {
            for earlier in self.specs.iter().take(number) {
                let (one, other) = (self.root.join(&earlier.folder), self.root.join(&later.folder));
                if relative(&one, &other).is_ok_and(|path| path == ".") {
                    let message = format!(
                        "`{}` and `{}` are both generated into the folder `{}`",
                        earlier.spec.display(),
                        later.spec.display(),
                        later.folder.display(),
                    );
                    problems.push(Diagnostic::error(message).help("give each spec a folder of its own"));
                }
            }
        }
        Error::refused(problems.iter().collect()).or(())
    }

    fn change(&self, path: &Path, contents: &str) -> Result<Option<Change>, Error> {
        Change::of_file(&self.root, path, contents).map_err(|error| Error::file(path, &error))
    }

    /// Writes `changes`. All contents are written to temporary files before the first file is replaced.
    ///
    /// Files keep their modes. The folders are locked, so that several runs write one after the other.
    ///
    /// - `changes`: the changes from [`Regenerate::changes`] or [`Regenerate::inspect`]
    ///
    /// # Errors
    ///
    /// If a file cannot be written, if it has been changed since it was compared, or if another run keeps its folder
    /// locked. If that happens while writing the temporary files, no file is touched.
    pub fn write(&self, changes: &[Change]) -> Result<(), Error> {
        let _locks = lock(&self.root, changes, [].into_iter())?;
        write(&self.root, &outstanding(&self.root, changes)?)?;
        self.remove_empty(changes);
        Ok(())
    }

    /// Removes the folders of environments that no longer exist, unless they contain other files.
    fn remove_empty(&self, changes: &[Change]) {
        for change in changes.iter().filter(|change| change.kind == Kind::LeftOver) {
            let folder = change.path.parent();
            let outer = folder.and_then(Path::parent);
            if let (Some(folder), Some(outer)) = (folder, outer)
                && self.specs.iter().any(|generated| generated.folder == outer)
            {
                // It fails if the folder is not empty.
                let _ = fs::remove_dir(self.root.join(folder));
            }
        }
    }

    /// Compares the files, and the policies with those at the base. Each spec is read once: it may be a pipe, and both
    /// comparisons must be about the same text.
    fn check(&self) -> Result<(Inspection, Comparison), Error> {
        let compiled = self.compile()?;
        let changes = self.compare(&compiled, Held::No)?;
        let specs = compiled.specs.iter().flatten();
        let files = specs.filter(|spec| spec.generated.bytes.is_none());
        let sources: Vec<_> = files
            .map(|spec| (spec.generated.spec.as_path(), &spec.source))
            .collect();
        let comparison = self.compare_with_base(&sources)?;
        let inspection = Inspection {
            changes,
            remarks: compiled.remarks,
        };
        Ok((inspection, comparison))
    }

    /// Brings the files up to date, and returns what has changed.
    fn update(&self) -> Result<Inspection, Error> {
        let compiled = self.compile()?;
        let folders = || {
            let folders = self.specs.iter().map(|generated| generated.folder.as_path());
            folders.chain(self.files.iter().filter_map(|(path, _)| path.parent()))
        };
        let mut changes = match self.compare(&compiled, Held::No) {
            Ok(changes) => changes,
            // The files of a run that is not finished may look like those of somebody else.
            Err(error) => match lock(&self.root, &[], folders()) {
                Ok(_locks) => self.compare(&compiled, Held::Yes)?,
                Err(_) => return Err(error),
            },
        };
        if !changes.is_empty() {
            let _locks = lock(&self.root, &changes, folders())?;
            // Another run may have written since.
            changes = self.compare(&compiled, Held::Yes)?;
            write(&self.root, &changes)?;
            self.remove_empty(&changes);
        }
        Ok(Inspection {
            changes,
            remarks: compiled.remarks,
        })
    }

    /// Writes or checks the files, and returns the exit code of a program. Diffs and the list of written files go to
    /// standard output, errors to standard error.
    ///
    /// - `mode`: whether to write files
    #[must_use]
    pub fn run(&self, mode: Mode) -> ExitCode {
        let mut messages = StyledText::new();
        let outcome = self.report(mode, &mut io::stdout().lock(), &mut messages);
        let written = io::stderr().lock().write_all(messages.as_str().as_bytes());
        match written.and(outcome) {
            Ok(Outcome::Done) => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }

    /// Like [`Regenerate::run`], but with the caller's outputs.
    ///
    /// - `mode`: whether to write files
    /// - `out`: receives diffs and the list of written files, with invisible characters escaped
    /// - `messages`: errors and findings are appended to it
    ///
    /// # Errors
    ///
    /// If writing to `out` fails.
    pub fn report(&self, mode: Mode, out: &mut dyn Write, messages: &mut StyledText) -> io::Result<Outcome> {
        let out = &mut VisibleWriter::text(out);
        let result = match mode {
            Mode::Write => self.update().map(|inspection| (inspection, Comparison::default())),
            Mode::Check => self.check(),
        };
        let (Inspection { changes, remarks }, comparison) = match result {
            Ok(both) => both,
            Err(error) => {
                messages.append(&error.messages);
                return Ok(if error.is_unreadable {
                    Outcome::Unreadable
                } else {
                    Outcome::Refused
                });
            }
        };
        messages.append(&remarks);
        for change in &changes {
            match (mode, change.kind) {
                (Mode::Check, _) => write!(out, "{change}")?,
                (Mode::Write, Kind::LeftOver) => writeln!(out, "removed {}", change.path.display())?,
                (Mode::Write, _) => writeln!(out, "wrote {}", change.path.display())?,
            }
        }
        let mut outcome = Outcome::Done;
        if changes.is_empty() {
            writeln!(out, "everything is up to date")?;
        } else if mode == Mode::Check {
            let (count, are) = (changes.len(), if changes.len() == 1 { "file is" } else { "files are" });
            let command = self.rerun.as_ref().unwrap_or(&self.command);
            let problem = Diagnostic::error(format!("{count} {are} not up to date"));
            messages.append(&problem.help(format!("run `{command}`")).into());
            outcome = Outcome::Refused;
        }
        for renamed in &comparison.renamed {
            writeln!(out, "{renamed}")?;
        }
        for widened in &comparison.widened {
            let base = self.base.as_deref().unwrap_or_default();
            let (name, changelog) = (&widened.name, self.changelog.display());
            let what = if widened.is_undecided {
                format!("it cannot be decided whether `{name}` allows more than at `{base}`")
            } else {
                format!("`{name}` allows more than at `{base}`")
            };
            writeln!(out, "\n{}", widened.changes.trim_end())?;
            if let Some(line) = &widened.line {
                writeln!(out, "\n{what}; `{changelog}` mentions it: {line}")?;
                continue;
            }
            let message = format!("{what}, and no new line in `{changelog}` mentions it");
            let help = format!("grant less, or add a line that contains `` `{name}` `` and explains why");
            let mut problem = Diagnostic::error(message).help(help);
            if let Some(line) = widened.discounted {
                let note = format!("line {line} does not count: it is a comment or code, or it repeats earlier text");
                problem = problem.note(note);
            }
            messages.append(&problem.into());
            outcome = Outcome::Refused;
        }
        #[cfg(feature = "calls")]
        if mode == Mode::Check {
            let found = self.judge_calls(messages);
            if outcome == Outcome::Done || found == Outcome::Unreadable {
                outcome = found;
            }
        }
        Ok(outcome)
    }
}

/// Warnings about policies and environments whose files cannot be created on Windows, where they are errors.
fn reserved_names(spec: &Spec) -> Vec<Diagnostic> {
    let severity = if cfg!(windows) {
        Severity::Error
    } else {
        Severity::Warning
    };
    let policies = spec.policies.iter().map(|policy| (&policy.name, ".json", "policy"));
    let environments = spec.environments.iter();
    let environments = environments.map(|environment| (&environment.name, "/", "environment"));
    let reserved = policies
        .chain(environments)
        .filter(|(name, ..)| is_reserved_on_windows(&name.value));
    let problems = reserved.map(|(name, end, noun)| {
        let message = format!(
            "the name `{}` is reserved on Windows, so `{}{end}` cannot be created there",
            name.value, name.value
        );
        Diagnostic::new(severity, message)
            .at(name.span.clone())
            .help(format!("rename the {noun}"))
    });
    problems.collect()
}

/// The outcome of [`Regenerate::report`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// All files are up to date, and the changelog mentions every policy that allows more than at the base.
    Done,
    /// A file is not up to date, the changelog does not mention a policy that allows more, or a spec has errors.
    Refused,
    /// A file or the base cannot be read, or a file cannot be written.
    Unreadable,
}

/// The result of [`Regenerate::inspect`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// The files that are not up to date.
    pub changes: Vec<Change>,
    /// The rendered findings about the specs that do not stop a build.
    pub remarks: StyledText,
}

#[cfg(test)]
mod tests;
