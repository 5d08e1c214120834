use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::{Origin, artifacts};
use iam_policy_check::FindingType;
use iam_policy_spec::Source;
use iam_policy_spec::compile::{compile, diagnostic};

use crate::files::gate::Gate;
use crate::files::list::{LIST, List};
use crate::files::path::relative;
use crate::files::{Change, Error, Kind, Widened};

/// Whether to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Write what is not up to date.
    Write,
    /// Only say what is not up to date, and with a [base](Regenerate::base) what allows more than it did.
    Check,
}

/// The files of a repository that are made of its specs.
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
    base: Option<String>,
    changelog: PathBuf,
}

/// A spec and the folder of what is made of it.
#[derive(Clone, Debug)]
struct Generated {
    spec: PathBuf,
    folder: PathBuf,
    /// The folder may have other files as well.
    is_shared: bool,
    /// What the spec is, if it is no file.
    bytes: Option<Vec<u8>>,
}

impl Regenerate {
    /// Nothing yet.
    ///
    /// - `command`: how people run this, such as `cargo xtask regenerate`; the page's head and the messages name it
    #[must_use]
    pub fn new(command: impl Into<String>) -> Self {
        Self {
            command: command.into(),
            rerun: None,
            root: PathBuf::new(),
            specs: Vec::new(),
            files: Vec::new(),
            base: None,
            changelog: PathBuf::from("CHANGELOG.md"),
        }
    }

    /// The folder to which all other paths are relative; without it, the current one.
    #[must_use]
    pub fn root(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = root.into();
        self
    }

    /// How to run this here and now, if that is something else than what the page should name; messages name it.
    #[must_use]
    pub fn rerun(mut self, command: impl Into<String>) -> Self {
        self.rerun = Some(command.into());
        self
    }

    /// Adds a spec and the folder of what is made of it. The folder belongs to the generator: whatever else is in it is
    /// left over.
    #[must_use]
    pub fn spec(self, spec: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        self.add(spec.into(), folder.into(), false, None)
    }

    /// As [`Regenerate::spec`], for a folder that may have files of other origin. These are never replaced and never
    /// removed: a list in the folder, [`LIST`], says which files are made of the spec.
    #[must_use]
    pub fn spec_in_shared_folder(self, spec: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        self.add(spec.into(), folder.into(), true, None)
    }

    /// As [`Regenerate::spec_in_shared_folder`], for a spec that is no file, such as one from the standard input.
    /// Nothing is known of it at a [base](Regenerate::base), so that it is not compared with one.
    ///
    /// - `name`: what the page and the messages call it
    /// - `bytes`: the spec
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

    /// Adds a file of which the caller knows what it should hold.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>, contents: impl Into<String>) -> Self {
        self.files.push((path.into(), contents.into()));
        self
    }

    /// Compares the policies with those that the specs made at a revision. In [`Mode::Check`], a policy that allows
    /// more then needs a line in the changelog, which was added since and names it in backticks; see
    /// [`Regenerate::widened`].
    ///
    /// - `revision`: a commit, a branch, a tag, or whatever else git takes for one
    #[must_use]
    pub fn base(mut self, revision: impl Into<String>) -> Self {
        self.base = Some(revision.into());
        self
    }

    /// The changelog in which [`Regenerate::base`] looks; without it, `CHANGELOG.md`.
    #[must_use]
    pub fn changelog(mut self, path: impl Into<PathBuf>) -> Self {
        self.changelog = path.into();
        self
    }

    /// The policies that allow more than at the base, or of which that could not be decided; none without a base.
    ///
    /// Each policy is compared in each of its partitions with what it was there, alone and with each of its extensions,
    /// and so are trust policies. What is allowed with an extension and also without it is the policy's own. A spec
    /// that was not there allowed nothing, and of one that had mistakes nothing can be decided; one that was moved is
    /// found if git knows the new file. A policy under a new name that allows no more than one that is gone is that
    /// one.
    ///
    /// A line names a policy by `` `user` ``, a policy with an extension by `` `user+layers` `` and a trust policy by
    /// `` `role.trust` ``, or each of these behind the spec's path, as in `` `tool/policies.toml#user` ``. That is
    /// necessary where several specs have a policy of the name. A policy that is new altogether is named once.
    ///
    /// # Errors
    ///
    /// When there is no git, no repository or no such revision, or when a file cannot be read.
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

    /// What is not up to date.
    ///
    /// # Errors
    ///
    /// Those of [`Regenerate::inspect`].
    pub fn changes(&self) -> Result<Vec<Change>, Error> {
        self.inspect().map(|inspection| inspection.changes)
    }

    /// What is not up to date, and what the checks say of the specs.
    ///
    /// # Errors
    ///
    /// When a spec has mistakes or findings that are errors or security warnings, all of which the error shows, or when
    /// a file cannot be read.
    pub fn inspect(&self) -> Result<Inspection, Error> {
        let mut error = Error::default();
        let mut inspection = Inspection::default();
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
        let remarks: Vec<_> = compiled.remarks().map(diagnostic).collect();
        let remarks = compiled.remarks().zip(source.show_all(&remarks));
        inspection.remarks.extend(remarks.map(|(finding, shown)| {
            let kind = if finding.code.finding_type() == FindingType::Suggestion {
                "suggestion"
            } else {
                "warning"
            };
            format!("{kind}: {shown}")
        }));
        Error::refused(source.show_all(&compiled.errors())).or(())?;
        let from_folder = if bytes.is_some() {
            name
        } else {
            relative(&self.root.join(folder), &self.root.join(path)).map_err(|error| Error::file(folder, &error))?
        };
        let made = artifacts(
            &compiled.spec,
            Origin {
                command: &self.command,
                spec: &from_folder,
            },
        );
        if fs::metadata(self.root.join(folder)).is_ok_and(|found| !found.is_dir()) {
            return Err(Error::file(folder, &io::ErrorKind::NotADirectory.into()));
        }
        let mut error = Error::default();
        let mut changes = Vec::new();
        for artifact in &made {
            let path = folder.join(&artifact.name);
            changes.extend(error.take(self.change(&path, &artifact.contents)).flatten());
        }
        error.or(())?;
        let names: Vec<&str> = made.iter().map(|artifact| artifact.name.as_str()).collect();
        if *is_shared {
            let list = List::new(&from_folder, &names);
            let known = list.known(&self.root, folder)?;
            let foreign: Vec<_> = changes
                .iter()
                .filter(|change| change.kind == Kind::Differs && !known.iter().any(|name| change.path.ends_with(name)))
                .map(|change| {
                    let path = change.path.display();
                    format!("`{path}` would be replaced, and is not known to be made of this spec\n = help: remove it, or choose another folder")
                })
                .collect();
            Error::refused(foreign).or(())?;
            for name in known.iter().filter(|name| !names.contains(&name.as_str())) {
                let path = folder.join(name);
                let change = Change::left_over(&self.root, &path);
                changes.extend(change.map_err(|error| Error::file(&path, &error))?);
            }
            changes.extend(self.change(&folder.join(LIST), &list.contents)?);
        } else {
            let left_over = Change::all_left_over(&self.root, folder, &names);
            changes.extend(left_over.map_err(|error| Error::file(folder, &error))?);
        }
        inspection.changes.extend(changes);
        Ok(())
    }

    fn change(&self, path: &Path, contents: &str) -> Result<Option<Change>, Error> {
        Change::of_file(&self.root, path, contents).map_err(|error| Error::file(path, &error))
    }

    /// Makes `changes`. All files are written aside before the first is put in its place.
    ///
    /// # Errors
    ///
    /// When a file cannot be written. If that shows before the first is put in its place, all are as they were.
    pub fn write(&self, changes: &[Change]) -> Result<(), Error> {
        let each = |step: fn(&Change, &Path) -> io::Result<()>| {
            changes
                .iter()
                .try_for_each(|change| step(change, &self.root).map_err(|error| Error::file(&change.path, &error)))
        };
        each(Change::prepare)
            .and_then(|()| each(Change::apply))
            .inspect_err(|_| {
                for change in changes {
                    change.discard(&self.root);
                }
            })
    }

    /// Does all of it, as a program: diffs and what was done go to standard output, errors to standard error.
    #[must_use]
    pub fn run(&self, mode: Mode) -> ExitCode {
        match self.report(mode, &mut io::stdout().lock(), &mut io::stderr().lock()) {
            Ok(Outcome::Done) => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }

    /// As [`Regenerate::run`], with these streams.
    ///
    /// # Errors
    ///
    /// When a stream cannot be written.
    pub fn report(&self, mode: Mode, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
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
                for message in error.messages {
                    writeln!(err, "error: {message}\n")?;
                }
                return Ok(if error.is_unreadable {
                    Outcome::Unreadable
                } else {
                    Outcome::Refused
                });
            }
        };
        for remark in remarks {
            writeln!(err, "{remark}\n")?;
        }
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
            writeln!(err, "error: {count} {are} not up to date\n = help: run `{command}`")?;
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
                writeln!(out, "{what}; `{changelog}` says: {line}")?;
                continue;
            }
            writeln!(out, "\n{}", widened.changes.trim_end())?;
            writeln!(
                err,
                "error: {what}, and no line that was added to `{changelog}` since names it\n = help: grant less, or add a line that says why, with `` `{name}` `` in it"
            )?;
            outcome = Outcome::Refused;
        }
        Ok(outcome)
    }
}

/// How [`Regenerate::report`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// All files are up to date, and no policy allows more than at the base without a word in the changelog.
    Done,
    /// Something is not up to date or allows more, or a spec has mistakes.
    Refused,
    /// A file cannot be read or written, or the base cannot be looked at.
    Unreadable,
}

/// What [`Regenerate::inspect`] finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// What is not up to date.
    pub changes: Vec<Change>,
    /// Warnings and suggestions about the specs, as they are shown to a reader.
    pub remarks: Vec<String>,
}

#[cfg(test)]
mod tests;
