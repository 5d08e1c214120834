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

/// An item of a list, by its number.
type Item = fn(usize) -> String;

/// Lists that could be slow: what is around the items of each, and the items.
const REPETITIVE: &[(&str, Item)] = &[
    (ACTIONS, |number| format!("\"s3:Get*{number}*\"")),
    (ACTIONS, |number| format!("\"s3:*{number}\"")),
    (ACTIONS, |_| "\"s3:Get*\"".to_owned()),
    (ACTIONS, |number| format!("\"lambda:CreateFunction{}\"", number % 2)),
    (ACTIONS, |number| {
        format!("\"iam:*{number}\", \"iam:PutRolePolicy\", \"lambda:*\", \"*a*b*{number}\"")
    }),
    (RESOURCES, |number| format!("\"arn:aws:sns:*:*:{number}\"")),
    (RESOURCES, |number| format!("\"arn:aws:s3:::*{number}*/*\"")),
    (RESOURCES, |number| format!("\"arn:aws{number}:nonsense:::x\"")),
    (RESOURCES, |number| format!("\"arn:aws:iam::*:role/{number}*\"")),
    (CONDITIONS, |number| format!("\"aws:ResourceTag/{number}\": \"*\"")),
    (CONDITIONS, |number| {
        format!("\"nonsense{number}\": [\"${{aws:username}}\"]")
    }),
    (STATEMENTS, |_| {
        r#"{"Sid": "A", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#.to_owned()
    }),
    (STATEMENTS, |number| {
        format!(r#"{{"Sid": "A{number}", "Effect": "Deny", "NotAction": "s3:{number}", "NotResource": "*"}}"#)
    }),
    (STATEMENTS, |number| {
        let effect = if number % 2 == 0 { "Allow" } else { "Deny" };
        format!(
            r#"{{"Effect": "{effect}", "Action": "*", "Resource": ["arn:aws:iam::*:role/{number}*", "arn:aws:lambda:*:*:function:{number}"]}}"#
        )
    }),
    (STATEMENTS, |number| {
        let effect = if number % 2 == 0 { "Allow" } else { "Deny" };
        format!(
            r#"{{"Effect": "{effect}", "Action": "iam:*", "Resource": "*", "Condition": {{"Bool": {{"aws:a{number}": "true"}}}}}}"#
        )
    }),
    (PRINCIPALS, |number| {
        format!("\"arn:aws:sts::123456789012:assumed-role/x{number}/y\"")
    }),
];

const ACTIONS: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [@], "Resource": "*"}]}"#;
const RESOURCES: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "sqs:SendMessage", "iam:*", "sts:*", "lambda:*"], "Resource": [@]}]}"#;
const CONDITIONS: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringLike": {@}}}]}"#;
const STATEMENTS: &str = r#"{"Version": "2012-10-17", "Statement": [@]}"#;
const PRINCIPALS: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": [@]}, "Action": "sts:AssumeRole"}]}"#;

/// Policies with long lists; the time per byte should be constant.
#[divan::bench(args = [10_000, 40_000, 160_000], sample_count = 3)]
fn repetitive(bencher: Bencher<'_, '_>, size: usize) {
    let sources = REPETITIVE.iter().map(|(around, item)| {
        let mut items = String::new();
        let mut number = 0;
        while items.len() < size {
            if number > 0 {
                items.push(',');
            }
            items += &item(number);
            number += 1;
        }
        around.replace('@', &items)
    });
    let documents: Vec<_> = sources
        .map(|source| iam_policy_document::json::read(source.as_bytes()).document)
        .collect();
    bencher.counter(BytesCount::new(size * documents.len())).bench(|| {
        for document in &documents {
            black_box(check(document, &Options::default()));
        }
    });
}

/// Text, most of which is not JSON; the time per byte should be constant.
#[divan::bench(args = [100_000, 1_000_000], sample_count = 3)]
fn repetitive_json(bencher: Bencher<'_, '_>, size: usize) {
    let pieces = [
        "1,",
        "\"\\\"\",",
        "{},",
        ",",
        "\"a\" ",
        "\" ",
        "\\",
        "{\"a\":1},",
        "x ",
        "}",
        "\"\\ud800\",",
    ];
    let mut sources: Vec<String> = pieces
        .iter()
        .map(|piece| format!("[{}1]", piece.repeat(size / piece.len())))
        .collect();
    let mut keys = String::from("{");
    for number in 0..size / 10 {
        let _ = write!(keys, "\"{number}\":0,");
    }
    sources.push(keys);
    bencher.counter(BytesCount::new(size * sources.len())).bench(|| {
        for source in &sources {
            black_box(iam_policy_document::json::read(source.as_bytes()));
        }
    });
}
