//! Reading and checking documents: `cargo bench -p iam-policy-check`.
//!
//! Checks the documents in the file named by `POLICIES`, JSON lines with a `document` each, or generated policies.
//! Memory is the peak resident size of the process, including the source texts, after checking a thousand documents.
#![expect(clippy::print_stdout, reason = "what is measured is printed")]

use std::fmt::Write;
use std::hint::black_box;
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use iam_policy_catalog::Catalog;
use iam_policy_check::{Options, check};

fn main() {
    println!(
        "{} documents of {} bytes on average",
        DOCUMENTS.len(),
        bytes() / DOCUMENTS.len()
    );
    for source in DOCUMENTS.iter().cycle().take(1000) {
        let document = iam_policy_document::json::read(source.as_bytes()).document;
        black_box(check(&document, &Options::default()));
    }
    if let Some(memory) = peak_memory() {
        println!("a thousand documents: {memory} KB");
    }
    divan::main();
}

static DOCUMENTS: LazyLock<Vec<String>> = LazyLock::new(|| answered().unwrap_or_else(made));

fn answered() -> Option<Vec<String>> {
    let text = std::fs::read_to_string(std::env::var_os("POLICIES")?).ok()?;
    text.lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).ok()?;
            serde_json::to_string_pretty(row.get("document")?).ok()
        })
        .collect()
}

/// Policies with one to forty statements.
fn made() -> Vec<String> {
    let actions: Vec<String> = Catalog::get().actions().map(|action| action.to_string()).collect();
    (0..200)
        .map(|number| {
            let mut json = String::from("{\"Version\": \"2012-10-17\", \"Statement\": [");
            for statement in 0..=number % 40 {
                if statement > 0 {
                    json.push(',');
                }
                let some: Vec<_> = actions
                    .iter()
                    .skip((number * 97 + statement * 31) % (actions.len() - 20))
                    .take(8)
                    .map(|action| format!("\"{action}\""))
                    .collect();
                let resource = if statement % 3 == 0 {
                    "*"
                } else {
                    "arn:aws:s3:::reports-*/*"
                };
                let _ = write!(
                    json,
                    "{{\"Effect\": \"Allow\", \"Action\": [{}], \"Resource\": \"{resource}\", \
                     \"Condition\": {{\"StringEquals\": {{\"aws:ResourceTag/team\": \"blue\"}}}}}}",
                    some.join(", ")
                );
            }
            json.push_str("]}");
            json
        })
        .collect()
}

/// In KB.
fn peak_memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn bytes() -> usize {
    DOCUMENTS.iter().map(String::len).sum()
}

#[divan::bench]
fn read(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(DOCUMENTS.len()))
        .counter(BytesCount::new(bytes()))
        .bench(|| {
            for source in &*DOCUMENTS {
                black_box(iam_policy_document::json::read(source.as_bytes()));
            }
        });
}

#[divan::bench]
fn read_and_check(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(DOCUMENTS.len()))
        .counter(BytesCount::new(bytes()))
        .bench(|| {
            for source in &*DOCUMENTS {
                let document = iam_policy_document::json::read(source.as_bytes()).document;
                black_box(check(&document, &Options::default()));
            }
        });
}

/// A single document with this many statements; the time per statement should be constant.
#[divan::bench(args = [10, 100, 1000])]
fn long(bencher: Bencher<'_, '_>, statements: usize) {
    let mut json = String::from("{\"Version\": \"2012-10-17\", \"Statement\": [");
    for number in 0..statements {
        let comma = if number > 0 { "," } else { "" };
        let _ = write!(
            json,
            "{comma}{{\"Sid\": \"S{number}\", \"Effect\": \"Allow\", \"Action\": [\"s3:GetObject\", \"s3:Put*\"], \
             \"Resource\": [\"arn:aws:s3:::bucket-{number}/*\", \"arn:aws:s3:::bucket-{number}\"]}}"
        );
    }
    json.push_str("]}");
    bencher.counter(ItemsCount::new(statements)).bench(|| {
        let document = iam_policy_document::json::read(json.as_bytes()).document;
        check(&document, &Options::default())
    });
}
