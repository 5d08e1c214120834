//! A temporary folder to run the program in.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use expect_test::Expect;
use tempfile::TempDir;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_iam-policy");

/// A folder in which the program runs.
pub(crate) struct Folder(TempDir);

pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    /// Creates a folder with these files, whose names may contain folders.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Turns it into a git repository and commits everything.
    pub(crate) fn repository(&self) {
        let settings = ["user.name=a", "user.email=a@example.com", "commit.gpgsign=false"];
        for arguments in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", "a"]] {
            let mut command = Command::new("git");
            command.current_dir(self.0.path());
            for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
                command.env_remove(variable);
            }
            for setting in settings {
                command.args(["-c", setting]);
            }
            assert!(
                command.args(arguments).output().unwrap().status.success(),
                "{arguments:?}"
            );
        }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, b"")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Ran {
        run_in(self.0.path(), arguments, stdin)
    }

    /// Runs the program and compares its output, messages and exit code.
    pub(crate) fn check(&self, arguments: &[&str], expected: Expect) {
        self.check_with(arguments, b"", expected);
    }

    pub(crate) fn check_with(&self, arguments: &[&str], stdin: &[u8], expected: Expect) {
        let ran = self.run_with(arguments, stdin);
        expected.assert_eq(&format!("{}---\n{}exit code {}\n", ran.stdout, ran.stderr, ran.code));
    }
}

pub(crate) fn run_in(folder: &Path, arguments: &[&str], stdin: &[u8]) -> Ran {
    let mut child = Command::new(PROGRAM)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read its input may have ended already.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A policy without findings.
pub(crate) const GOOD: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::reports/*"
    }
  ]
}
"#;

/// A policy with two errors.
pub(crate) const BAD: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["s3:GetObjcet", "s3:PutObject"], "Resource": "arn:aws:s3:::reports"}
  ]
}
"#;

/// A valid spec.
pub(crate) const SPEC: &str = r#"
[policy.user]
[[policy.user.statement]]
id        = "read"
reason    = "Downloads reports."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::reports/*"]
"#;
