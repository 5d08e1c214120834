//! Compares pairs of policies: reads JSON lines, `{"id", "old", "new"}`, and writes for each `{"id", "verdict"}`, the
//! reason, and a witness in each direction.
//!
//! `--any-action` and `--any-resource` set the options of the same names, `--time` adds the time in microseconds.
#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "an example, and indexing a `Value` returns `null` for missing members"
)]

use std::collections::BTreeMap;
use std::io::BufRead;
use std::time::Instant;

use iam_policy_compare::{Options, Witness};
use serde_json::{Value, json};

fn request(witness: &Witness) -> Value {
    let context: BTreeMap<&String, &Vec<String>> = witness.context.iter().map(|(key, values)| (key, values)).collect();
    json!({"principal": witness.principal, "action": witness.action, "resource": witness.resource, "context": context})
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let has = |name: &str| std::env::args().any(|argument| argument == name);
    let mut options = Options::default();
    options.any_action = has("--any-action");
    options.any_resource = has("--any-resource");
    for line in std::io::stdin().lock().lines() {
        let pair: Value = serde_json::from_str(&line?)?;
        let read = |name: &str| iam_policy_document::json::read(pair[name].to_string().as_bytes()).document;
        let (old, new) = (read("old"), read("new"));
        let start = Instant::now();
        let comparison = options.compare([&old], [&new]);
        let took = start.elapsed();
        let mut answer = json!({
            "id": pair["id"],
            "verdict": comparison.verdict.as_str(),
            "newlyAllowed": comparison.newly_allowed.first().map(request),
            "newlyDenied": comparison.newly_denied.first().map(request),
            "because": comparison.because,
        });
        if has("--time") {
            answer["microseconds"] = json!(took.as_micros());
        }
        println!("{answer}");
    }
    Ok(())
}
