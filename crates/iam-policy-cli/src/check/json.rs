//! Findings as IAM Access Analyzer gives them.
//!
//! Source: IAM Access Analyzer API Reference, `ValidatePolicyFinding`.

use iam_policy_document::{Diagnostic, Lines, Location, Path, Position, Step};
use serde::Serialize;

use super::format::{Format, Part, Tally};
use super::inspect::Inspected;

/// One array, in which each file is an object on a line of its own.
#[derive(Default)]
pub(super) struct Json {
    any: bool,
}

impl Format for Json {
    fn begin(&mut self) -> Part {
        Part::Json("[".to_owned())
    }

    fn file(&mut self, inspected: &Inspected) -> Part {
        let separator = if self.any { ",\n" } else { "\n" };
        self.any = true;
        let lines = Lines::new(&inspected.text);
        let file = FileFindings {
            file: &inspected.name,
            findings: inspected
                .diagnostics()
                .map(|diagnostic| JsonFinding::new(diagnostic, &lines))
                .collect(),
        };
        Part::Json(separator.to_owned() + &to_json(&file))
    }

    fn end(&mut self, _tally: &Tally) -> Part {
        Part::Json(if self.any { "\n]\n" } else { "]\n" }.to_owned())
    }
}

/// JSON of something whose keys are all strings, which never fails.
pub(super) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[derive(Serialize)]
struct FileFindings<'a> {
    file: &'a str,
    findings: Vec<JsonFinding<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonFinding<'a> {
    finding_type: &'static str,
    issue_code: &'static str,
    finding_details: String,
    locations: Vec<JsonLocation<'a>>,
}

#[derive(Serialize)]
struct JsonLocation<'a> {
    path: Vec<JsonStep<'a>>,
    span: JsonSpan,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum JsonStep<'a> {
    Value(&'a str),
    Index(usize),
    Key(&'a str),
    Substring { start: usize, length: usize },
}

#[derive(Serialize)]
struct JsonSpan {
    start: JsonPosition,
    end: JsonPosition,
}

#[derive(Serialize)]
struct JsonPosition {
    line: usize,
    column: usize,
    offset: usize,
}

impl<'a> JsonFinding<'a> {
    fn new(diagnostic: &'a Diagnostic, lines: &Lines<'_>) -> Self {
        Self {
            finding_type: diagnostic.severity.name(),
            issue_code: diagnostic.code.unwrap_or_default(),
            finding_details: diagnostic.details(),
            locations: diagnostic
                .locations()
                .map(|location| JsonLocation::new(location, lines))
                .collect(),
        }
    }
}

impl<'a> JsonLocation<'a> {
    fn new(place: &'a Location, lines: &Lines<'_>) -> Self {
        // What stands nowhere is about the text as a whole.
        let (start, end) = place.span.map_or((0, usize::MAX), |span| (span.start, span.end));
        Self {
            path: steps(&place.path),
            span: JsonSpan {
                start: lines.position(start).into(),
                end: lines.position(end).into(),
            },
        }
    }
}

fn steps(path: &Path) -> Vec<JsonStep<'_>> {
    path.0
        .iter()
        .map(|step| match step {
            Step::Value(name) => JsonStep::Value(name),
            Step::Index(index) => JsonStep::Index(*index),
            Step::Key(name) => JsonStep::Key(name),
            Step::Substring { start, length } => JsonStep::Substring {
                start: *start,
                length: *length,
            },
        })
        .collect()
}

impl From<Position> for JsonPosition {
    fn from(at: Position) -> Self {
        Self {
            line: at.line,
            // IAM Access Analyzer counts columns from 0.
            column: at.column - 1,
            offset: at.offset,
        }
    }
}
