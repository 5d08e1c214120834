use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use policy_check::FindingType;
use policy_compile::{compile, diagnostic};
use policy_gen::{Origin, artifacts};
use policy_spec::Source;

use crate::{Change, Kind};

/// Whether to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Write what is not up to date.
    Write,
    /// Only say what is not up to date.
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
    root: PathBuf,
    specs: Vec<(PathBuf, PathBuf)>,
    files: Vec<(PathBuf, String)>,
}

impl Regenerate {
    /// Nothing yet.
    ///
    /// - `command`: how people run this, such as `cargo xtask regenerate`; the page's head and the messages name it
    #[must_use]
    pub fn new(command: impl Into<String>) -> Self {
        Self {
            command: command.into(),
            root: PathBuf::new(),
            specs: Vec::new(),
            files: Vec::new(),
        }
    }

    /// The folder to which all other paths are relative; without it, the current one.
    #[must_use]
    pub fn root(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = root.into();
        self
    }

    /// Adds a spec and the folder of what is made of it. The folder belongs to the generator.
    #[must_use]
    pub fn spec(mut self, spec: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        self.specs.push((spec.into(), folder.into()));
        self
    }

    /// Adds a file of which the caller knows what it should hold.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>, contents: impl Into<String>) -> Self {
        self.files.push((path.into(), contents.into()));
        self
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
        let mut mistakes = Vec::new();
        let mut changes = Vec::new();
        let mut remarks = Vec::new();
        for (path, folder) in &self.specs {
            let name = path.display().to_string();
            let source = match Source::decode(name, fs::read(self.root.join(path))) {
                Ok(source) => source,
                Err(message) => {
                    mistakes.push(message);
                    continue;
                }
            };
            let compiled = compile(&source);
            mistakes.extend(compiled.errors().iter().map(|error| source.show(error).to_string()));
            remarks.extend(compiled.remarks().map(|finding| {
                let kind = if finding.code.finding_type() == FindingType::Suggestion {
                    "suggestion"
                } else {
                    "warning"
                };
                format!("{kind}: {}", source.show(&diagnostic(finding)))
            }));
            let spec = compiled.spec;
            if spec.complete {
                let from_folder = relative(folder, path);
                let made = artifacts(
                    &spec,
                    Origin {
                        command: &self.command,
                        spec: &from_folder,
                    },
                );
                for artifact in &made {
                    let path = folder.join(&artifact.name);
                    changes.extend(self.change(&path, &artifact.contents)?);
                }
                let names: Vec<&str> = made.iter().map(|artifact| artifact.name.as_str()).collect();
                let left_over = Change::left_over(&self.root, folder, &names);
                changes.extend(left_over.map_err(|error| Error::file(folder, &error))?);
            }
        }
        for (path, contents) in &self.files {
            changes.extend(self.change(path, contents)?);
        }
        if mistakes.is_empty() {
            Ok(Inspection { changes, remarks })
        } else {
            Err(Error { messages: mistakes })
        }
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
        self.report(mode, &mut io::stdout().lock(), &mut io::stderr().lock())
            .unwrap_or(ExitCode::FAILURE)
    }

    fn report(&self, mode: Mode, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<ExitCode> {
        let result = self.inspect().and_then(|inspection| match mode {
            Mode::Write => self.write(&inspection.changes).map(|()| inspection),
            Mode::Check => Ok(inspection),
        });
        let Inspection { changes, remarks } = match result {
            Ok(inspection) => inspection,
            Err(error) => {
                for message in error.messages {
                    writeln!(err, "error: {message}\n")?;
                }
                return Ok(ExitCode::FAILURE);
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
        if changes.is_empty() {
            writeln!(out, "everything is up to date")?;
        } else if mode == Mode::Check {
            let (count, are) = (changes.len(), if changes.len() == 1 { "file is" } else { "files are" });
            writeln!(
                err,
                "error: {count} {are} not up to date\n = help: run `{}`",
                self.command
            )?;
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    }
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

/// The path from a folder to a file, both relative to the same root, with `/`.
fn relative(folder: &Path, file: &Path) -> String {
    let normal = |path: &Path| -> Vec<String> {
        let components = path.components().filter(|component| *component != Component::CurDir);
        components
            .map(|component| component.as_os_str().to_string_lossy().into_owned())
            .collect()
    };
    let (folder, file) = (normal(folder), normal(file));
    let shared = folder.iter().zip(&file).take_while(|(a, b)| a == b).count();
    let up = folder.iter().skip(shared).map(|_| "..".to_owned());
    up.chain(file.iter().skip(shared).cloned())
        .collect::<Vec<_>>()
        .join("/")
}

/// Why files cannot be brought up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What a reader should see, one message for each mistake.
    pub messages: Vec<String>,
}

impl Error {
    fn file(path: &Path, error: &io::Error) -> Self {
        Self {
            messages: vec![format!("`{}`: {error}", path.display())],
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
        let code = regenerate.report(mode, &mut out, &mut err).unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        expected.assert_eq(&format!("{}---\n{}{code:?}\n", text(out), text(err)));
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
                ExitCode(unix_exit_status(0))
            "]],
        );
        check(
            &regenerate,
            Mode::Check,
            expect![[r"
                everything is up to date
                ---
                ExitCode(unix_exit_status(0))
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
                ExitCode(unix_exit_status(1))
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
                ExitCode(unix_exit_status(0))
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

                ExitCode(unix_exit_status(1))
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

    #[test]
    fn paths_from_a_folder_to_its_spec() {
        for (folder, spec, expected) in [
            ("generated", "policies.toml", "../policies.toml"),
            ("a/generated", "a/policies.toml", "../policies.toml"),
            ("a/generated", "b/c/policies.toml", "../../b/c/policies.toml"),
            (".", "policies.toml", "policies.toml"),
        ] {
            assert_eq!(relative(Path::new(folder), Path::new(spec)), expected);
        }
    }
}
