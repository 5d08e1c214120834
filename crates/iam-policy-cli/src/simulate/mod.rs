//! The command `simulate`: decides requests by policies.

mod account;
mod args;
mod forms;
mod one;

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use iam_policy_commands::input::{STDIN, STDIN_NAME, unreadable};
use iam_policy_commands::{Exit, Output, Progress};
use iam_policy_core::text::Grouped;
use iam_policy_document::{Diagnostic, VisibleWriter};
use iam_policy_eval::simulate::{Summary, simulate_lines};

use self::args::REQUESTS;
pub use self::args::{NAME, command};

/// Answers the requests that the arguments describe.
///
/// - `matches`: the arguments of this command
pub fn run(matches: &ArgMatches, output: &mut Output<'_>) -> Exit {
    match matches.get_one::<PathBuf>(REQUESTS) {
        Some(path) => lines(path, output, |requests, out| simulate_lines(requests, out)),
        None => one::run(matches, output),
    }
}

/// Answers requests as JSON lines, and reports how many are invalid.
///
/// - `path`: a file, or `-` for the standard input
pub(crate) fn lines(
    path: &Path,
    output: &mut Output<'_>,
    answer: impl FnOnce(&mut dyn Read, &mut dyn Write) -> io::Result<Summary>,
) -> Exit {
    let (name, mut requests): (String, Box<dyn Read>) = if path == Path::new(STDIN) {
        (STDIN_NAME.to_owned(), Box::new(io::stdin()))
    } else {
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => (name, Box::new(file)),
            Err(error) => return output.report(&[unreadable(&name, &error)]),
        }
    };
    let mut source = Watched {
        inner: &mut *requests,
        failed: false,
        bytes: 0,
        // Answers on the same terminal are progress enough.
        progress: Progress::new(output.watched && !output.terminal),
        stderr: &mut *output.stderr,
    };
    let summary = answer(&mut source, &mut VisibleWriter::json(&mut *output.stdout));
    let source_failed = source.failed;
    source.progress.clear(source.stderr);
    match summary {
        Ok(Summary { errors: 0, .. }) => Exit::Success,
        Ok(summary) => {
            let verb = if summary.errors == 1 { "is" } else { "are" };
            let Summary { answers, errors } = summary;
            output.report(&[Diagnostic::error(format!(
                "{errors} of the {answers} lines of `{name}` {verb} invalid; see the answers"
            ))])
        }
        Err(error) if source_failed => output.report(&[unreadable(&name, &error)]),
        // The reader has gone.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Exit::Success,
        Err(error) => output.report(&[Diagnostic::error(format!("the output cannot be written: {error}"))]),
    }
}

/// A reader that remembers whether reading failed, to tell it from a write error, and shows progress.
struct Watched<'a> {
    inner: &'a mut dyn Read,
    failed: bool,
    bytes: usize,
    progress: Progress,
    stderr: &'a mut dyn Write,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        self.failed = read.as_ref().is_err_and(|error| error.kind() != ErrorKind::Interrupted);
        self.bytes += read.as_ref().copied().unwrap_or_default();
        let megabytes = Grouped(self.bytes / 1_000_000);
        self.progress.step(self.stderr, || format!("{megabytes} MB read"));
        read
    }
}
