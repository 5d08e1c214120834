use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use policy_check::FindingType;
use policy_compile::{compile, diagnostic};
use policy_gen::{Origin, artifacts};
use policy_spec::Source;

use crate::gate::Gate;
use crate::list::{LIST, List};
use crate::path::relative;
use crate::{Change, Kind, Widened};

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
/// use policy_artifacts::{Kind, Regenerate};
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

    /// Adds a spec and the folder of what is made of it. The folder belongs to the generator: whatever else is in it is left over.
    #[must_use]
    pub fn spec(self, spec: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        self.add(spec.into(), folder.into(), false, None)
    }

    /// As [`Regenerate::spec`], for a folder that may have files of other origin. These are never replaced and never removed: a list in
    /// the folder, [`LIST`], says which files are made of the spec.
    #[must_use]
    pub fn spec_in_shared_folder(self, spec: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        self.add(spec.into(), folder.into(), true, None)
    }

    /// As [`Regenerate::spec_in_shared_folder`], for a spec that is no file, such as one from the standard input. Nothing is known of
    /// it at a [base](Regenerate::base), so that it is not compared with one.
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

    /// Compares the policies with those that the specs made at a revision. In [`Mode::Check`], a policy that allows more then needs a
    /// line in the changelog, which was added since and names it in backticks; see [`Regenerate::widened`].
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
    /// Each policy is compared in each of its partitions with what it was there, alone and with each of its extensions, and so are
    /// trust policies. What is allowed with an extension and also without it is the policy's own. A spec that was not there, or that had mistakes, allowed
    /// nothing; one that was moved is found if git knows the new file. A policy under a new name that allows no more than one that is
    /// gone is that one.
    ///
    /// A line names a policy by `` `user` ``, a policy with an extension by `` `user+layers` `` and a trust policy by `` `role.trust` ``, or
    /// each of these behind the spec's path, as in `` `tool/policies.toml#user` ``. That is necessary where several specs have a policy of
    /// the name. A policy that is new altogether is named once.
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
    /// When a spec has mistakes or findings that are errors or security warnings, all of which the error shows, or when a file
    /// cannot be read.
    pub fn inspect(&self) -> Result<Inspection, Error> {
        let mut error = Error::default();
        let mut inspection = Inspection::default();
        for generated in &self.specs {
            if let Err(found) = self.inspect_spec(generated, &mut inspection) {
                error.is_unreadable |= found.is_unreadable;
                error.messages.extend(found.messages);
            }
        }
        for (path, contents) in &self.files {
            inspection.changes.extend(self.change(path, contents)?);
        }
        if error.messages.is_empty() {
            Ok(inspection)
        } else {
            Err(error)
        }
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
        inspection.remarks.extend(compiled.remarks().map(|finding| {
            let kind = if finding.code.finding_type() == FindingType::Suggestion {
                "suggestion"
            } else {
                "warning"
            };
            format!("{kind}: {}", source.show(&diagnostic(finding)))
        }));
        let messages: Vec<_> = compiled
            .errors()
            .iter()
            .map(|error| source.show(error).to_string())
            .collect();
        if !messages.is_empty() {
            return Err(Error {
                messages,
                is_unreadable: false,
            });
        }
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
        let mut changes = Vec::new();
        for artifact in &made {
            let path = folder.join(&artifact.name);
            changes.extend(self.change(&path, &artifact.contents)?);
        }
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
            if !foreign.is_empty() {
                return Err(Error {
                    messages: foreign,
                    is_unreadable: false,
                });
            }
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
        for change in changes {
            if let Err(error) = change.prepare(&self.root) {
                for written in changes {
                    written.discard(&self.root);
                }
                return Err(Error::file(&change.path, &error));
            }
        }
        for change in changes {
            change
                .apply(&self.root)
                .map_err(|error| Error::file(&change.path, &error))?;
        }
        Ok(())
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

/// Why files cannot be brought up to date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Error {
    /// What a reader should see, one message for each mistake.
    pub messages: Vec<String>,
    /// Whether a file cannot be read or written, so that more may be wrong than is known.
    pub is_unreadable: bool,
}

impl Error {
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        Self::unreadable(format!("`{}`: {error}", path.display()))
    }

    pub(crate) fn unreadable(message: String) -> Self {
        Self {
            messages: vec![message],
            is_unreadable: true,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.messages.join("\n\n"))
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use tempfile::TempDir;

    use super::*;

    const SPEC: &str = r#"
[policy.user]
[[policy.user.statement]]
id        = "list"
reason    = "Finds the bucket."
actions   = ["s3:ListAllMyBuckets"]
resources = ["*"]
"#;

    fn repository(spec: &str) -> (TempDir, Regenerate) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("policies.toml"), spec).unwrap();
        let regenerate = Regenerate::new("cargo xtask regenerate")
            .root(folder.path())
            .spec("policies.toml", "generated");
        (folder, regenerate)
    }

    fn check(regenerate: &Regenerate, mode: Mode, expected: Expect) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let outcome = regenerate.report(mode, &mut out, &mut err).unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        expected.assert_eq(&format!("{}---\n{}{outcome:?}\n", text(out), text(err)));
    }

    #[test]
    fn what_was_written_is_up_to_date() {
        let (folder, regenerate) = repository(SPEC);
        check(
            &regenerate,
            Mode::Write,
            expect![[r"
                wrote generated/user.json
                wrote generated/PERMISSIONS.md
                ---
                Done
            "]],
        );
        check(
            &regenerate,
            Mode::Check,
            expect![[r"
                everything is up to date
                ---
                Done
            "]],
        );
        let files: Vec<_> = fs::read_dir(folder.path().join("generated")).unwrap().collect();
        assert_eq!(files.len(), 2, "nothing is left aside: {files:?}");
    }

    #[test]
    fn drift_is_shown_and_not_mended() {
        let (folder, regenerate) = repository(SPEC);
        regenerate.write(&regenerate.changes().unwrap()).unwrap();
        let generated = folder.path().join("generated");
        let drifted = fs::read_to_string(generated.join("user.json"))
            .unwrap()
            .replace("ListAllMyBuckets", "*");
        fs::write(generated.join("user.json"), &drifted).unwrap();
        fs::remove_file(generated.join("PERMISSIONS.md")).unwrap();
        fs::write(generated.join("old.json"), "{}\n").unwrap();
        fs::write(generated.join(".gitkeep"), "").unwrap();
        check(
            &regenerate,
            Mode::Check,
            expect![[r#"
                --- a/generated/user.json
                +++ b/generated/user.json
                @@ -5,7 +5,7 @@
                       "Sid": "List",
                       "Effect": "Allow",
                       "Action": [
                -        "s3:*"
                +        "s3:ListAllMyBuckets"
                       ],
                       "Resource": [
                         "*"
                --- /dev/null
                +++ b/generated/PERMISSIONS.md
                @@ -0,0 +1,34 @@
                +<!-- Written by `cargo xtask regenerate` from `../policies.toml`. Do not edit: change that file instead. -->
                +
                +# Permissions
                +
                +## user
                +
                +120 characters.
                +
                +<details>
                +<summary>The policy as JSON</summary>
                +
                +```json
                +{
                +  "Version": "2012-10-17",
                +  "Statement": [
                +    {
                +      "Sid": "List",
                +      "Effect": "Allow",
                +      "Action": [
                +        "s3:ListAllMyBuckets"
                +      ],
                +      "Resource": [
                +        "*"
                +      ]
                +    }
                +  ]
                +}
                +```
                +
                +</details>
                +
                +| Sid | Permission | Scope | Reason |
                +|---|---|---|---|
                +| `List` | `s3:ListAllMyBuckets` List | `*` | Finds the bucket. |
                --- a/generated/old.json
                +++ /dev/null
                @@ -1 +0,0 @@
                -{}
                ---
                error: 3 files are not up to date
                 = help: run `cargo xtask regenerate`
                Refused
            "#]],
        );
        assert_eq!(fs::read_to_string(generated.join("user.json")).unwrap(), drifted);
        check(
            &regenerate,
            Mode::Write,
            expect![[r"
                wrote generated/user.json
                wrote generated/PERMISSIONS.md
                removed generated/old.json
                ---
                Done
            "]],
        );
        assert_eq!(regenerate.changes().unwrap(), []);
    }

    #[test]
    fn a_bad_spec_touches_nothing() {
        let (folder, regenerate) = repository(&SPEC.replace("s3:", "s3."));
        let regenerate = regenerate.spec("none.toml", "none").file("other.txt", "new\n");
        check(
            &regenerate,
            Mode::Write,
            expect![[r#"
                ---
                error: `s3.ListAllMyBuckets` is not an action
                 --> policies.toml:6:14
                  |
                6 | actions   = ["s3.ListAllMyBuckets"]
                  |              ^^^^^^^^^^^^^^^^^^^^^
                  = help: did you mean `s3:ListAllMyBuckets`?

                error: there is no file `none.toml`

                Unreadable
            "#]],
        );
        assert!(!folder.path().join("generated").exists() && !folder.path().join("other.txt").exists());
    }

    #[test]
    fn a_folder_that_cannot_be_written_loses_nothing() {
        let (folder, regenerate) = repository(SPEC);
        let regenerate = regenerate.file("blocked/file.txt", "new\n");
        fs::write(folder.path().join("blocked"), "a file where a folder should be").unwrap();
        let error = regenerate
            .changes()
            .and_then(|changes| regenerate.write(&changes))
            .unwrap_err();
        assert!(error.to_string().starts_with("`blocked/file.txt`: "), "{error}");
        assert!(!folder.path().join("generated/user.json").exists());
    }

    fn shared(folder: &TempDir, spec: &str) -> Regenerate {
        Regenerate::new("iam-policy generate")
            .root(folder.path())
            .spec_in_shared_folder(spec, "out")
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_shared_folder_keeps_what_is_not_ours() {
        let (folder, _) = repository(SPEC);
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        for name in ["notes.md", "admin.json", "old.json"] {
            fs::write(out.join(name), "mine\n").unwrap();
        }
        let regenerate = shared(&folder, "policies.toml");
        check(
            &regenerate,
            Mode::Write,
            expect![[r#"
            wrote out/user.json
            wrote out/PERMISSIONS.md
            wrote out/.iam-policy-generated
            ---
            Done
        "#]],
        );
        assert_eq!(
            names(&out),
            [
                LIST,
                "PERMISSIONS.md",
                "admin.json",
                "notes.md",
                "old.json",
                "user.json"
            ]
        );
        expect![[r#"
            # Made of `../policies.toml`. Files that are named here are replaced and removed when it changes, no others.
            user.json
            PERMISSIONS.md
        "#]]
        .assert_eq(&fs::read_to_string(out.join(LIST)).unwrap());

        // What has been made of the spec is replaced, and removed when it is no longer made.
        fs::write(out.join("user.json"), "edited\n").unwrap();
        fs::write(folder.path().join("policies.toml"), SPEC.replace("user", "reader")).unwrap();
        check(
            &regenerate,
            Mode::Write,
            expect![[r#"
            wrote out/reader.json
            wrote out/PERMISSIONS.md
            removed out/user.json
            wrote out/.iam-policy-generated
            ---
            Done
        "#]],
        );
        assert_eq!(
            names(&out),
            [
                LIST,
                "PERMISSIONS.md",
                "admin.json",
                "notes.md",
                "old.json",
                "reader.json"
            ]
        );
        assert_eq!(regenerate.changes().unwrap(), []);
    }

    #[test]
    fn a_shared_folder_is_not_overwritten() {
        let (folder, _) = repository(SPEC);
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("user.json"), "mine\n").unwrap();
        let regenerate = shared(&folder, "policies.toml");
        check(
            &regenerate,
            Mode::Write,
            expect![[r#"
            ---
            error: `out/user.json` would be replaced, and is not known to be made of this spec
             = help: remove it, or choose another folder

            Refused
        "#]],
        );
        assert!(regenerate.changes().is_err());
        assert_eq!(names(&out), ["user.json"]);
        assert_eq!(fs::read_to_string(out.join("user.json")).unwrap(), "mine\n");
    }

    #[test]
    fn files_that_are_as_they_should_be_are_ours() {
        let (folder, regenerate) = repository(SPEC);
        regenerate.write(&regenerate.changes().unwrap()).unwrap();
        fs::rename(folder.path().join("generated"), folder.path().join("out")).unwrap();
        fs::remove_file(folder.path().join("out/PERMISSIONS.md")).unwrap();
        let regenerate = shared(&folder, "policies.toml");
        regenerate.write(&regenerate.changes().unwrap()).unwrap();
        assert_eq!(names(&folder.path().join("out")), [LIST, "PERMISSIONS.md", "user.json"]);
    }

    #[test]
    fn a_folder_is_for_one_spec() {
        let (folder, _) = repository(SPEC);
        fs::write(folder.path().join("other.toml"), SPEC.replace("user", "role")).unwrap();
        let first = shared(&folder, "policies.toml");
        first.write(&first.changes().unwrap()).unwrap();
        check(
            &shared(&folder, "other.toml"),
            Mode::Write,
            expect![[r#"
            ---
            error: the folder `out` has what is made of `../policies.toml`
             = help: choose another folder, or remove `out/.iam-policy-generated` if this is to take its place

            Refused
        "#]],
        );
        assert_eq!(first.changes().unwrap(), []);
    }

    #[test]
    fn a_list_cannot_name_what_is_not_ours() {
        let (folder, _) = repository(SPEC);
        let regenerate = shared(&folder, "policies.toml");
        regenerate.write(&regenerate.changes().unwrap()).unwrap();
        let out = folder.path().join("out");
        fs::write(folder.path().join("victim.json"), "mine\n").unwrap();
        fs::write(out.join(".hidden.json"), "mine\n").unwrap();
        fs::write(out.join("main.rs"), "mine\n").unwrap();
        let list = fs::read_to_string(out.join(LIST)).unwrap();
        fs::write(
            out.join(LIST),
            list + "../victim.json\n.hidden.json\nmain.rs\ngone.json\n",
        )
        .unwrap();
        check(
            &regenerate,
            Mode::Write,
            expect![[r#"
            wrote out/.iam-policy-generated
            ---
            Done
        "#]],
        );
        assert!(
            folder.path().join("victim.json").exists()
                && out.join(".hidden.json").exists()
                && out.join("main.rs").exists()
        );
    }
}
