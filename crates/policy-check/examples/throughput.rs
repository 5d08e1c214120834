//! Measures how many documents per second are read and checked in one thread.
//!
//! Usage: `throughput POLICIES.jsonl`. Each line of the file is an object whose `document` is a policy.
#![expect(clippy::print_stdout, reason = "what is measured is printed")]

use std::hint::black_box;
use std::time::Instant;

use iam_policy_check::{Options, check};
use serde_json::Value;

/// The minimum duration of a measurement.
const SECONDS: f64 = 3.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: throughput POLICIES.jsonl")?;
    let mut documents = Vec::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let row: Value = serde_json::from_str(line)?;
        documents.push(serde_json::to_vec(
            row.get("document").ok_or("a line without `document`")?,
        )?);
    }
    let start = Instant::now();
    let mut checked = 0_u32;
    while start.elapsed().as_secs_f64() < SECONDS {
        for source in &documents {
            let document = iam_policy_document::json::read(source).document;
            black_box(check(&document, &Options::default()));
            checked += 1;
        }
    }
    println!("{:.1}", f64::from(checked) / start.elapsed().as_secs_f64());
    Ok(())
}
