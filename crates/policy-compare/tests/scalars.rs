//! Numbers, dates, addresses and Booleans are compared exactly.

use expect_test::{Expect, expect};
use iam_policy_compare::{Verdict, compare};
use serde_json::{Value, json};

const NUMBER: &str = "s3:max-keys";
const DATE: &str = "aws:CurrentTime";
const ADDRESS: &str = "aws:SourceIp";

/// Compares an Allow under one condition with the same under another; shows the verdict and the key's value in the
/// first witness of each direction.
fn check(key: &str, old: (&str, Value), new: (&str, Value), expected: Expect) {
    let read = |(operator, values): (&str, Value)| {
        let policy = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {operator: {key: values}},
        }});
        iam_policy_document::json::read(policy.to_string().as_bytes()).document
    };
    let comparison = compare(&read(old), &read(new));
    let mut lines = vec![comparison.verdict.as_str().to_owned()];
    if comparison.verdict == Verdict::Unknown {
        lines.push(comparison.because);
    }
    for (sign, witness) in [
        ("+", comparison.newly_allowed.first()),
        ("-", comparison.newly_denied.first()),
    ] {
        let Some(witness) = witness else { continue };
        let value = witness.context.iter().find(|(known, _)| known == key);
        let value = value.and_then(|(_, values)| values.first());
        lines.push(format!("{sign} {}", value.map_or("absent", String::as_str)));
    }
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn equal_numbers_in_any_notation() {
    for (one, other) in [
        ("1e3", "1000"),
        ("1E+3", "1000.0"),
        ("12.5e-1", "1.25"),
        (".5", "0.5"),
        ("5.", "+5"),
        ("-0", "0"),
        ("007", "7"),
        ("1e400", "10e399"),
        ("0.0000000000000001", "1e-16"),
    ] {
        for operator in ["NumericEquals", "NumericLessThan", "NumericNotEquals"] {
            check(
                NUMBER,
                (operator, json!(one)),
                (operator, json!(other)),
                expect!["equivalent"],
            );
        }
    }
}

#[test]
fn exponents_count() {
    check(
        NUMBER,
        ("NumericLessThanEquals", json!("1e3")),
        ("NumericLessThanEquals", json!("1001")),
        expect![[r#"
            widened
            + 1001"#]],
    );
    check(
        NUMBER,
        ("NumericGreaterThan", json!("2e400")),
        ("NumericGreaterThan", json!("1e400")),
        expect![[r#"
            widened
            + 2e400"#]],
    );
    check(
        NUMBER,
        ("NumericLessThan", json!("1e-20")),
        ("NumericLessThan", json!("1e-21")),
        expect![[r#"
            narrowed
            - 0.000000000000000000001"#]],
    );
}

#[test]
fn numbers_beyond_float_precision() {
    check(
        NUMBER,
        ("NumericEquals", json!("9007199254740992")),
        ("NumericEquals", json!("9007199254740993")),
        expect![[r#"
            incomparable
            + 9007199254740993
            - 9007199254740992"#]],
    );
    check(
        NUMBER,
        ("NumericLessThan", json!("100000000000000000000000000000000000000001")),
        ("NumericLessThan", json!("100000000000000000000000000000000000000000")),
        expect![[r#"
            narrowed
            - 1e41"#]],
    );
    check(
        NUMBER,
        ("NumericLessThanEquals", json!("0.1")),
        ("NumericLessThanEquals", json!("0.1000000000000000000000000001")),
        expect![[r#"
            widened
            + 0.1000000000000000000000000001"#]],
    );
    check(
        NUMBER,
        ("NumericLessThan", json!("9007199254740993")),
        ("NumericLessThanEquals", json!("9007199254740992")),
        expect![[r#"
            narrowed
            - 9007199254740992.1"#]],
    );
}

#[test]
fn equal_dates_in_any_notation() {
    for (one, other) in [
        ("2026-01-01", "2026-01-01T00:00:00Z"),
        ("2026", "2026-01-01"),
        ("2026-01", "1767225600"),
        ("2026-01-01T00:00Z", "1767225600.0"),
        ("2026-01-01T02:30:00+02:30", "2025-12-31T24:00:00Z"),
        ("2025-12-31T19:00:00-05", "2026-01-01T00:00:00.000Z"),
        ("2025-12-31T18:30:00-0530", "1.7672256e9"),
        ("1969-12-31T23:59:59.75Z", "-0.25"),
    ] {
        for operator in ["DateEquals", "DateGreaterThan", "DateNotEquals"] {
            check(
                DATE,
                (operator, json!(one)),
                (operator, json!(other)),
                expect!["equivalent"],
            );
        }
    }
}

#[test]
fn fractions_of_a_second_count() {
    check(
        DATE,
        ("DateLessThan", json!("2026-01-01T00:00:00Z")),
        ("DateLessThan", json!("2026-01-01T00:00:00.001Z")),
        expect![[r#"
            widened
            + 2026-01-01T00:00:00Z"#]],
    );
    check(
        DATE,
        ("DateLessThan", json!("1767225600.000000001")),
        ("DateLessThanEquals", json!("1767225600")),
        expect!["equivalent"],
    );
}

#[test]
fn invalid_values_match_nothing() {
    for (key, operator, wrong) in [
        (NUMBER, "NumericLessThan", "1,000"),
        (NUMBER, "NumericLessThan", "1e"),
        (NUMBER, "NumericLessThan", "infinity"),
        (DATE, "DateLessThan", "2026-01-01 00:00:00"),
        (DATE, "DateLessThan", "2026-01-01T24:00:01Z"),
        (DATE, "DateLessThan", "2026-02-29"),
        (ADDRESS, "IpAddress", "10.0.0.0/+8"),
        (ADDRESS, "IpAddress", "10.0.0.0/33"),
    ] {
        check(
            key,
            (operator, json!(wrong)),
            (operator, json!([])),
            expect!["equivalent"],
        );
    }
}

#[test]
fn address_ranges() {
    check(
        ADDRESS,
        ("IpAddress", json!(["10.0.0.0/9", "10.128.0.0/9"])),
        ("IpAddress", json!("10.1.2.3/8")),
        expect!["equivalent"],
    );
    check(
        ADDRESS,
        ("NotIpAddress", json!(["0.0.0.0/0", "::/1"])),
        ("NotIpAddress", json!(["0.0.0.0/00", "::/0"])),
        expect![[r#"
            narrowed
            - 8000::1"#]],
    );
    check(
        ADDRESS,
        ("IpAddress", json!("2001:db8::/127")),
        ("IpAddress", json!(["2001:db8::", "2001:DB8:0::1/128"])),
        expect!["equivalent"],
    );
}

#[test]
fn keys_compared_as_text_and_otherwise() {
    check(
        ADDRESS,
        ("StringLike", json!("10.*")),
        ("IpAddress", json!("10.0.0.0/8")),
        expect![[r#"
            unknown
            it depends on `aws:SourceIp`, which is compared both as a string and as another type"#]],
    );
    check(
        NUMBER,
        ("StringEquals", json!(["1", "10"])),
        ("NumericLessThanEquals", json!("10")),
        expect![[r#"
            widened
            + 0"#]],
    );
    check(
        DATE,
        ("StringEquals", json!("2027-01-01")),
        ("DateGreaterThan", json!("2026-12-31T00:00:00Z")),
        expect![[r#"
            widened
            + 2027-01-01T00:00:01Z"#]],
    );
    check(
        ADDRESS,
        ("StringEquals", json!("10.0.0.1")),
        ("IpAddress", json!("10.0.0.0/8")),
        expect![[r#"
            widened
            + 10.0.0.0"#]],
    );
}
