//! The program in a temporary folder, and the policies that its tests share.

use std::ops::Deref;
use std::path::Path;
use std::process::Command;

use expect_test::Expect;
use testing_support::{Ran, run_with_input};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_iam-policy");

/// A folder in which the program runs.
pub(crate) struct Folder(testing_support::Folder);

impl Deref for Folder {
    type Target = testing_support::Folder;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Folder {
    /// A folder with these files. Names may contain folders.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        Self(testing_support::Folder::with(files))
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, b"")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Ran {
        run_in(self.0.root(), arguments, stdin)
    }

    /// Runs the program and compares everything it prints, and its exit code.
    pub(crate) fn check(&self, arguments: &[&str], expected: Expect) {
        self.check_with(arguments, b"", expected);
    }

    pub(crate) fn check_with(&self, arguments: &[&str], stdin: &[u8], expected: Expect) {
        expected.assert_eq(&self.run_with(arguments, stdin).to_string());
    }
}

pub(crate) fn run_in(folder: &Path, arguments: &[&str], stdin: &[u8]) -> Ran {
    run_with_input(Command::new(PROGRAM).args(arguments).current_dir(folder), stdin)
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
