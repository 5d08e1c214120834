//! Compares pairs of policies given as JSON lines.

use std::io::{self, Read, Write};

use iam_policy_compare::report::json;
use iam_policy_compare::{Comparison, Options};
use iam_policy_eval::simulate::{Summary, answer_lines, message, read_policy};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    old: Option<&'a RawValue>,
    #[serde(borrow)]
    new: Option<&'a RawValue>,
}

struct Answer<'a> {
    id: &'a RawValue,
    comparison: &'a Comparison,
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", self.id)?;
        json::verdict(&mut map, self.comparison)?;
        map.end()
    }
}

/// Answers each pair with a verdict.
///
/// - `widened`: set if a new policy allows more than its old one, or if that could not be decided
pub(super) fn compare(
    options: &Options,
    pairs: impl Read,
    out: &mut dyn Write,
    widened: &mut bool,
) -> io::Result<Summary> {
    answer_lines(pairs, out, |source, answer| {
        let source = std::str::from_utf8(source).map_err(|_| "the line is not UTF-8".to_owned())?;
        let line: Line<'_> = serde_json::from_str(source).map_err(|error| message(&error))?;
        let present =
            |key: &str, value: Option<&'_ RawValue>| value.is_some().then_some(()).ok_or(format!("`{key}` is missing"));
        present("id", line.id)?;
        present("old", line.old)?;
        present("new", line.new)?;
        let (Some(id), Some(old), Some(new)) = (line.id, line.old, line.new) else {
            return Ok(());
        };
        let (old, new) = (read_policy("old", old.get())?, read_policy("new", new.get())?);
        let comparison = options.compare([&old], [&new]);
        *widened |= !comparison.verdict.grants_nothing_new();
        let comparison = &comparison;
        serde_json::to_writer(answer, &Answer { id, comparison }).map_err(|error| error.to_string())
    })
}
