//! Recordings: what a program calls, as lines of a file.

use std::collections::HashSet;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use iam_policy_core::Style;
use iam_policy_core::json::Writer;
use iam_policy_core::variable::shown;
use iam_policy_operations::recording;

use crate::policy::Verdict;
use crate::request::{Call, Plan, Target};

/// A file that calls are written to.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// The lines that have been written, since equal calls are written once.
    state: Mutex<(File, HashSet<String>)>,
}

impl Recorder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        Ok(Self {
            state: Mutex::new((file, HashSet::new())),
        })
    }

    /// Writes a line, unless this process has written it before.
    ///
    /// - `line`: without the line break
    pub(crate) fn write(&self, line: String) -> io::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, written) = &mut *state;
        if written.contains(&line) {
            return Ok(());
        }
        // Other processes append to the same file. Where there are no locks, appending one buffer has to do.
        let is_locked = file.lock().is_ok();
        let result = append(file, &line);
        if is_locked {
            let _ = file.unlock();
        }
        result?;
        written.insert(line);
        Ok(())
    }
}

/// Appends a line. If a process was killed while it wrote, its line must not swallow this one.
fn append(file: &mut File, line: &str) -> io::Result<()> {
    let mut text = String::with_capacity(line.len() + 2);
    let length = file.seek(SeekFrom::End(0))?;
    if length > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            text.push('\n');
        }
    }
    text.push_str(line);
    text.push('\n');
    file.write_all(text.as_bytes())
}

/// A call as a line of a recording.
///
/// - `verdicts`: what the policies say about each permission; empty if there are none
pub(crate) fn line(program: &str, plan: &Plan, target: Target<'_>, call: &Call, verdicts: &[Verdict]) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_line(&mut text, program, plan, target, call, verdicts);
    text
}

fn write_line(
    text: &mut String,
    program: &str,
    plan: &Plan,
    target: Target<'_>,
    call: &Call,
    verdicts: &[Verdict],
) -> fmt::Result {
    let mut json = Writer::new(text, Style::MINIFIED);
    json.begin_object()?;
    json.key(recording::FORMAT)?;
    json.literal(recording::VERSION)?;
    for (key, value) in [
        (recording::PROGRAM, Some(program)),
        (recording::SERVICE, Some(plan.service.as_str())),
        (recording::OPERATION, Some(plan.operation.as_str())),
        (recording::PARTITION, target.partition),
        (recording::REGION, target.region),
        (recording::ACCOUNT, target.account),
    ] {
        if let Some(value) = value {
            json.key(key)?;
            json.string(value)?;
        }
    }
    if !call.members.is_empty() {
        json.key(recording::MEMBERS)?;
        json.begin_object()?;
        for (member, values) in &call.members {
            json.key(member)?;
            json.list(values)?;
        }
        json.end_object()?;
    }
    if let Some(needed) = &call.needed {
        json.key(recording::NEEDS)?;
        json.begin_array()?;
        for (number, need) in needed.iter().enumerate() {
            json.begin_object()?;
            json.key(recording::ACTION)?;
            json.string(need.action)?;
            json.key(recording::RESOURCES)?;
            json.list(need.resources.iter().map(|resource| shown(&resource.arn)))?;
            json.key(recording::CERTAIN)?;
            json.literal(need.is_certain)?;
            if let Some(verdict) = verdicts.get(number) {
                json.key(recording::DECISION)?;
                json.string(match verdict {
                    Verdict::Allowed => recording::ALLOWED,
                    Verdict::Undecided => recording::UNDECIDED,
                    Verdict::Denied => recording::DENIED,
                })?;
            }
            json.end_object()?;
        }
        json.end_array()?;
    }
    json.end_object()
}

/// The name of the running program: the package, under Cargo, or the file without the suffix that Cargo adds to tests.
pub(crate) fn program() -> String {
    if let Ok(package) = std::env::var("CARGO_PKG_NAME") {
        return package;
    }
    let file = std::env::current_exe().ok();
    let name = file
        .as_deref()
        .and_then(Path::file_stem)
        .map(|stem| stem.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    match name.rsplit_once('-') {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => name.to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_torn_line_does_not_swallow_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("calls.jsonl");
        fs::write(&path, "{\"recording\":1,\"pro").unwrap();
        let recorder = Recorder::open(&path).unwrap();
        recorder.write("one".to_owned()).unwrap();
        recorder.write("one".to_owned()).unwrap();
        recorder.write("two".to_owned()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"recording\":1,\"pro\none\ntwo\n");
    }

    #[test]
    fn lines_of_many_writers_stay_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("calls.jsonl");
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    let recorder = Recorder::open(path).unwrap();
                    for number in 0..50 {
                        recorder
                            .write(format!("{writer}-{number}-{}", "x".repeat(9000)))
                            .unwrap();
                    }
                });
            }
        });
        let text = fs::read_to_string(&path).unwrap();
        let lines: HashSet<_> = text.lines().collect();
        assert_eq!(lines.len(), 400);
        assert!(
            lines
                .iter()
                .all(|line| line.ends_with('x') && line.matches('-').count() == 2)
        );
    }
}
