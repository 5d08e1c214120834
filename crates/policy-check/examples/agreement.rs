//! Checks documents that AWS has checked, and prints the result like `iam-policy check --format json`.
//!
//! Usage: `agreement FINDINGS.jsonl > OUT.json`. Each line of the file is an object whose `document` is a policy.
//! Documents are named by line: `0000.json` is the first.

use std::io::{BufWriter, Write};

use iam_policy_check::{Code, Options};
use iam_policy_document::{Diagnostic, Lines, Location, Step};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: agreement FINDINGS.jsonl")?;
    let mut answers = Vec::new();
    for (number, line) in std::fs::read_to_string(path)?.lines().enumerate() {
        let row: Value = serde_json::from_str(line)?;
        let source = serde_json::to_vec_pretty(row.get("document").ok_or("a line has no document")?)?;
        let reading = iam_policy_document::json::read(&source);
        let lines = Lines::new(&source);
        let findings: Vec<_> = iam_policy_check::check(&reading.document, &Options::default())
            .iter()
            .filter(|finding| Code::of(finding).is_some_and(Code::is_aws))
            .map(|finding| answer(finding, &lines))
            .collect();
        answers.push(json!({"file": format!("{number:04}.json"), "findings": findings}));
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer(&mut out, &answers)?;
    out.flush()?;
    Ok(())
}

fn answer(finding: &Diagnostic, lines: &Lines<'_>) -> Value {
    json!({
        "findingType": finding.severity.name(),
        "issueCode": finding.code,
        "findingDetails": finding.message,
        "locations": finding.locations().map(|place| location(place, lines)).collect::<Vec<_>>(),
    })
}

fn location(place: &Location, lines: &Lines<'_>) -> Value {
    let path: Vec<_> = place
        .path
        .0
        .iter()
        .map(|step| match step {
            Step::Value(name) => json!({"value": name}),
            Step::Index(index) => json!({"index": index}),
            Step::Key(name) => json!({"key": name}),
            Step::Substring { start, length } => json!({"substring": {"start": start, "length": length}}),
        })
        .collect();
    let position = |byte| {
        let at = lines.position(byte);
        json!({"line": at.line, "column": at.column - 1, "offset": at.offset})
    };
    let span = place
        .span
        .map(|span| json!({"start": position(span.start), "end": position(span.end)}));
    json!({"path": path, "span": span})
}
