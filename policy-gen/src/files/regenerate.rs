use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use iam_policy_document::{Diagnostic, StyledText};
use iam_policy_spec::Source;
use iam_policy_spec::compile::compile;

use crate::gate::Gate;
use crate::{Error, Format, Origin, Widened, artifacts_in, relative};

use super::change::{Change, Kind};
use super::folder::Folder;
use super::write::write;

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
    specs: Vec<Generated>,
    files: Vec<(PathBuf, String)>,
    formats: Vec<Format>,
    base: Option<String>,
    changelog: PathBuf,
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
            specs: Vec::new(),
            files: Vec::new(),
            formats: Format::DEFAULT.to_vec(),
            base: None,
            changelog: PathBuf::from("CHANGELOG.md"),
        }
    }

    /// Sets the folder to which all other paths are relative; the current one by default.
    #[must_use]
    pub fn root(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = root.into();
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

    /// Sets the formats that are generated from specs; [`Format::DEFAULT`] by default.
    ///
    /// - `formats`: the formats, in the order in which their files are written
    #[must_use]
    pub fn formats(mut self, formats: &[Format]) -> Self {
        self.formats = formats.to_vec();
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
    /// Each policy is compared in each of its partitions, alone and with each of its extensions, and so is its trust
    /// policy. Anything newly allowed even without an extension is only reported for the policy itself.
    ///
    /// - A new spec allowed nothing before.
    /// - If the spec had errors at the base, nothing can be decided about it.
    /// - A spec that was moved is found if git knows the new file.
    /// - A policy that allows no more than one that was removed counts as renamed.
    ///
    /// A line of the changelog mentions a policy as `` `user` ``, a policy with an extension as `` `user+layers` ``, and
    /// a trust policy as `` `role.trust` ``. The path of the spec may precede it, as in `` `tool/policies.toml#user` ``;
    /// it must if several specs have a policy with that name. A new policy only needs one line.
    ///
    /// # Errors
    ///
    /// If git, the repository or the revision cannot be found, or if a file cannot be read.
    pub fn widened(&self) -> Result<Vec<Widened>, Error> {
        let Some(base) = &self.base else {
            return Ok(Vec::new());
        };
        let gate = Gate {
            root: &self.root,
            base,
            changelog: &self.changelog,
        };
        let files = self.specs.iter().filter(|generated| generated.bytes.is_none());
        gate.widened(files.map(|generated| generated.spec.as_path()))
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
        let mut error = Error::default();
        let mut inspection = Inspection::default();
        let _ = error.take(self.one_spec_per_folder());
        for generated in &self.specs {
            let _ = error.take(self.inspect_spec(generated, &mut inspection));
        }
        for (path, contents) in &self.files {
            inspection
                .changes
                .extend(error.take(self.change(path, contents)).flatten());
        }
        error.or(inspection)
    }

    fn one_spec_per_folder(&self) -> Result<(), Error> {
        let mut problems = Vec::new();
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

    fn inspect_spec(&self, generated: &Generated, inspection: &mut Inspection) -> Result<(), Error> {
        let Generated {
            spec: path,
            folder,
            is_shared,
            bytes,
        } = generated;
        let name = path.display().to_string();
        let read = || fs::read(self.root.join(path));
        let source = Source::decode(name.clone(), bytes.clone().map_or_else(read, Ok)).map_err(Error::unreadable)?;
        let compiled = compile(&source);
        inspection.remarks.append(&source.show_all(compiled.remarks()));
        Error::refused(source.show_all(&compiled.errors())).or(())?;
        let from_folder = if bytes.is_some() {
            name
        } else {
            relative(&self.root.join(folder), &self.root.join(path)).map_err(|error| Error::file(folder, &error))?
        };
        let origin = Origin {
            command: &self.command,
            spec: &from_folder,
        };
        let artifacts = artifacts_in(&compiled.spec, origin, &self.formats);
        let folder = Folder {
            root: &self.root,
            path: folder,
            spec: &from_folder,
            artifacts: &artifacts,
            is_dedicated: !is_shared,
        };
        inspection.changes.extend(folder.changes()?);
        Ok(())
    }

    fn change(&self, path: &Path, contents: &str) -> Result<Option<Change>, Error> {
        Change::of_file(&self.root, path, contents).map_err(|error| Error::file(path, &error))
    }

    /// Writes `changes`. All contents are written to temporary files before the first file is replaced.
    ///
    /// - `changes`: the changes from [`Regenerate::changes`] or [`Regenerate::inspect`]
    ///
    /// # Errors
    ///
    /// If a file cannot be written. If that happens while writing the temporary files, no file is touched.
    pub fn write(&self, changes: &[Change]) -> Result<(), Error> {
        write(&self.root, changes)
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
    /// - `out`: receives diffs and the list of written files
    /// - `messages`: errors and findings are appended to it
    ///
    /// # Errors
    ///
    /// If writing to `out` fails.
    pub fn report(&self, mode: Mode, out: &mut dyn Write, messages: &mut StyledText) -> io::Result<Outcome> {
        let result = self.inspect().and_then(|inspection| match mode {
            Mode::Write => self.write(&inspection.changes).map(|()| inspection),
            Mode::Check => Ok(inspection),
        });
        let result = result.and_then(|inspection| match mode {
            Mode::Write => Ok((inspection, Vec::new())),
            Mode::Check => self.widened().map(|widened| (inspection, widened)),
        });
        let (Inspection { changes, remarks }, widened) = match result {
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
        for widened in &widened {
            let base = self.base.as_deref().unwrap_or_default();
            let (name, changelog) = (&widened.name, self.changelog.display());
            let what = if widened.is_undecided {
                format!("it cannot be decided whether `{name}` allows more than at `{base}`")
            } else {
                format!("`{name}` allows more than at `{base}`")
            };
            if let Some(line) = &widened.line {
                writeln!(out, "{what}; `{changelog}` mentions it: {line}")?;
                continue;
            }
            writeln!(out, "\n{}", widened.changes.trim_end())?;
            let message = format!("{what}, and no new line in `{changelog}` mentions it");
            let help = format!("grant less, or add a line that contains `` `{name}` `` and explains why");
            messages.append(&Diagnostic::error(message).help(help).into());
            outcome = Outcome::Refused;
        }
        Ok(outcome)
    }
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
