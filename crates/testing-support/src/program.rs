use std::fmt;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a program printed, and its exit code. Its [`Display`](fmt::Display) form is a transcript for inline snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// The standard output.
    pub stdout: String,
    /// The standard error.
    pub stderr: String,
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}---\n{}exit code {}", self.stdout, self.stderr, self.code)
    }
}

/// Runs `command` without input.
///
/// # Examples
///
/// ```
/// use std::process::Command;
///
/// let ran = testing_support::run(Command::new(env!("CARGO")).arg("--version"));
/// assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
/// assert!(ran.stdout.starts_with("cargo "));
/// ```
pub fn run(command: &mut Command) -> Ran {
    run_with_input(command, b"")
}

/// Runs `command` with `input` on its standard input. The program need not read all of it.
pub fn run_with_input(command: &mut Command, input: &[u8]) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    // The pipe is broken when the program exits without reading.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran {
        code: output
            .status
            .code()
            .unwrap_or_else(|| panic!("{command:?}: {}", output.status)),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A command that runs `program` without any environment variable or AWS configuration file of the person who runs the test.
///
/// `home` is the home directory that the program sees; `CARGO_TARGET_TMPDIR` of the test will do.
#[must_use]
pub fn isolated(program: &str, home: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("HOME", home.as_ref())
        .env("AWS_EC2_METADATA_DISABLED", "true");
    command
}
