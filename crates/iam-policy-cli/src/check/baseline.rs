//! Baselines: findings that are known, so that only new ones are reported.
//!
//! A baseline is JSON with one finding per line, sorted, so that a change of it is easy to review. A finding is
//! identified by its code, its file, the resource that the policy belongs to, the Sid and the text that it points to,
//! and counted, so it stays the same when lines move.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iam_policy_check::Code;
use iam_policy_commands::input;
use iam_policy_core::suggest::nearest;
use iam_policy_document::{Diagnostic, Lines, SourceFile, Span, StyledText, Value};
use iam_policy_gen::Regenerate;

use super::finding::{Finding, Identity};
use super::json::to_json;

/// The version of the format.
const VERSION: &str = "1";

const KEYS: [&str; 6] = ["file", "code", "resource", "sid", "text", "count"];

/// A baseline.
#[derive(Debug)]
pub(super) struct Baseline {
    /// Its name in messages.
    pub(super) name: String,
    path: PathBuf,
    pub(super) text: Vec<u8>,
    entries: BTreeMap<Identity, Entry>,
    /// The findings to write.
    found: BTreeMap<Identity, usize>,
}

/// The number of findings with an identity.
#[derive(Clone, Copy, Debug)]
struct Entry {
    count: usize,
    used: usize,
    /// Whether its file has been checked for its code. If so, it is replaced when the baseline is written.
    is_checked: bool,
    span: Option<Span>,
}

impl Baseline {
    /// A baseline without findings.
    pub(super) fn empty(path: PathBuf, name: String) -> Self {
        Self {
            name,
            path,
            text: Vec::new(),
            entries: BTreeMap::new(),
            found: BTreeMap::new(),
        }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    ///
    /// All messages about why it cannot be read.
    pub(super) fn read(path: PathBuf, name: String) -> Result<Self, StyledText> {
        let file = std::fs::File::open(&path);
        let bytes = input::Input::from_reader(name.clone(), file)
            .map_err(|problem| match path.try_exists() {
                Ok(false) => problem.help("write it with `--write-baseline`"),
                _ => problem,
            })?
            .bytes;
        let reading = iam_policy_document::json::read(&bytes);
        let mut problems = reading.problems;
        let mut baseline = Self::empty(path, name);
        if problems.is_empty() {
            baseline.entries(reading.document.root(), &mut problems);
        }
        if !problems.is_empty() {
            let lines = Lines::new(&bytes);
            return Err(SourceFile::new(&baseline.name, &lines).show_all(problems.iter().take(input::SHOWN)));
        }
        baseline.text = bytes;
        Ok(baseline)
    }

    fn entries(&mut self, root: Value<'_>, problems: &mut Vec<Diagnostic>) {
        keys(root, "a baseline", &["version", "findings"], problems);
        match root.get("version") {
            Some(version) if version.value.as_text() == Some(VERSION) => {}
            Some(version) => {
                let problem = at(version.value, format!("the version of this baseline is not {VERSION}"));
                problems.push(problem.help("write it again with `--write-baseline`"));
            }
            None => problems.push(at(root, "missing key `version` in a baseline")),
        }
        let Some(findings) = root.get("findings") else {
            problems.push(at(root, "missing key `findings` in a baseline"));
            return;
        };
        if !findings.value.is_array() {
            problems.push(at(findings.value, "`findings` must be an array"));
        }
        for value in findings.value.items() {
            let before = problems.len();
            let (identity, count) = entry(value, problems);
            if problems.len() > before {
                continue;
            }
            let entry = Entry {
                count,
                used: 0,
                is_checked: false,
                span: value.span(),
            };
            if self.entries.insert(identity, entry).is_some() {
                problems.push(at(value, "duplicate finding").help("add the counts"));
            }
        }
    }

    /// The path of a file in the baseline: relative to the baseline's folder.
    ///
    /// - `path`: the real path of the file; without one, it is the standard input
    pub(super) fn file(&self, path: Option<&Path>) -> Arc<str> {
        let relative = path.and_then(|path| iam_policy_gen::relative(self.folder(), path).ok());
        relative.map_or_else(|| Arc::from(input::STDIN_NAME), Arc::from)
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Whether the baseline has a finding. Each of its entries accepts as many findings as it counts.
    pub(super) fn accept(&mut self, file: &Arc<str>, finding: &Finding, source: &[u8]) -> bool {
        let entry = self.entries.get_mut(&Identity::new(file, finding, source));
        entry.is_some_and(|entry| {
            let is_counted = entry.used < entry.count;
            entry.used += usize::from(is_counted);
            is_counted
        })
    }

    /// Records a finding to write.
    pub(super) fn add(&mut self, file: &Arc<str>, finding: &Finding, source: &[u8]) {
        *self.found.entry(Identity::new(file, finding, source)).or_default() += 1;
    }

    /// Records that all findings of a file have been accepted or added.
    ///
    /// - `report`: whether findings with a code are reported
    pub(super) fn finish(&mut self, file: &Arc<str>, report: impl Fn(Code) -> bool) {
        let first = Identity {
            file: Arc::clone(file),
            ..Identity::default()
        };
        let of_file = self
            .entries
            .range_mut(first..)
            .take_while(|(identity, _)| identity.file == *file);
        for (identity, entry) in of_file {
            entry.is_checked |= Code::from_name(&identity.code).is_none_or(&report);
        }
    }

    /// The entries that accept less than they count: those of files that have been checked, and those of files that do
    /// not exist.
    pub(super) fn stale(&self) -> Vec<Finding> {
        let stale = self.entries.iter().filter_map(|(identity, entry)| {
            let missing = entry.count.saturating_sub(entry.used);
            let (file, code) = (&*identity.file, &*identity.code);
            if missing == 0 || !(entry.is_checked || self.is_gone(file)) {
                return None;
            }
            let message = match missing {
                _ if missing == entry.count => format!("`{code}` is not reported in `{file}` any more"),
                1 => format!("`{code}` is reported once less in `{file}`"),
                _ => format!("`{code}` is reported {missing} times less in `{file}`"),
            };
            let code = Code::StaleBaselineEntry;
            let mut problem = Diagnostic::new(code.severity(), message).with_code(code.name());
            problem.location.span = entry.span;
            Some(problem.help("write the baseline again with `--write-baseline`").into())
        });
        let mut stale: Vec<Finding> = stale.collect();
        stale.sort_by_key(|finding| finding.diagnostic.start());
        stale
    }

    fn is_gone(&self, file: &str) -> bool {
        file != input::STDIN_NAME && matches!(self.folder().join(file).try_exists(), Ok(false))
    }

    /// Writes the findings that were added. What was not checked is kept, if the file exists.
    ///
    /// # Errors
    ///
    /// All messages about why it cannot be written.
    pub(super) fn write(mut self) -> Result<Written, StyledText> {
        for (identity, entry) in &self.entries {
            if !entry.is_checked && !self.is_gone(&identity.file) {
                self.found.insert(identity.clone(), entry.count);
            }
        }
        let written = Written {
            findings: self.found.values().sum(),
            files: self
                .found
                .keys()
                .map(|identity| &identity.file)
                .collect::<BTreeSet<_>>()
                .len(),
        };
        let name = self.path.file_name().unwrap_or_default();
        let output = Regenerate::new("iam-policy check")
            .root(self.folder())
            .file(name, self.contents());
        let changes = output.changes().map_err(|error| error.messages)?;
        output.write(&changes).map_err(|error| error.messages)?;
        Ok(written)
    }

    fn contents(&self) -> String {
        let mut contents = format!("{{\n  \"version\": {VERSION},\n  \"findings\": [");
        for (number, (identity, count)) in self.found.iter().enumerate() {
            contents.push_str(if number == 0 { "\n    {" } else { ",\n    {" });
            let texts = [
                &*identity.file,
                &identity.code,
                &identity.resource,
                &identity.sid,
                &identity.text,
            ];
            for (key, text) in KEYS.into_iter().zip(texts) {
                if !text.is_empty() {
                    // Writing to a `String` cannot fail.
                    let _ = write!(contents, "\"{key}\": {}, ", to_json(&text));
                }
            }
            let _ = write!(contents, "\"count\": {count}}}");
        }
        contents.push_str(if self.found.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
        iam_policy_document::visible_json(&contents)
    }
}

/// What has been written.
pub(super) struct Written {
    pub(super) findings: usize,
    pub(super) files: usize,
}

/// Reads a finding and its number.
fn entry(value: Value<'_>, problems: &mut Vec<Diagnostic>) -> (Identity, usize) {
    keys(value, "a finding", &KEYS, problems);
    let mut text = |key: &str, is_required: bool| {
        let found = value.get(key).map(|member| member.value);
        match (found, found.and_then(Value::as_str)) {
            (_, Some(text)) => return text.to_owned(),
            (Some(found), None) => problems.push(at(found, format!("`{key}` must be a string"))),
            (None, None) if is_required => problems.push(at(value, format!("missing key `{key}` in a finding"))),
            (None, None) => {}
        }
        String::new()
    };
    let identity = Identity {
        file: text("file", true).into(),
        code: text("code", true),
        resource: text("resource", false),
        sid: text("sid", false),
        text: text("text", false),
    };
    let count = value.get("count").map(|member| member.value);
    let number: Option<usize> = count.and_then(Value::as_text).and_then(|count| count.parse().ok());
    if number.is_none_or(|number| number == 0) {
        let problem = at(count.unwrap_or(value), "`count` must be a number of findings");
        problems.push(problem.help("for example, `\"count\": 1`"));
    }
    (identity, number.unwrap_or_default())
}

/// Reports keys that do not exist, or that the value is not an object.
fn keys(value: Value<'_>, noun: &str, known: &[&str], problems: &mut Vec<Diagnostic>) {
    if !value.is_object() {
        problems.push(at(value, format!("{noun} must be an object")));
    }
    for member in value.members().filter(|member| !known.contains(&member.key)) {
        let mut problem = Diagnostic::error(format!("unknown key `{}` in {noun}", member.key));
        problem.location.span = member.key_span();
        problems.push(problem.did_you_mean(nearest(member.key, known.iter().copied())));
    }
}

fn at(value: Value<'_>, message: impl Into<std::borrow::Cow<'static, str>>) -> Diagnostic {
    let mut problem = Diagnostic::error(message);
    problem.location.span = value.span();
    problem
}
