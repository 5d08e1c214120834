#![expect(
    clippy::needless_raw_string_hashes,
    reason = "`expect!` writes its texts with hashes"
)]

use crate::Lines;
use expect_test::{Expect, expect};
use iam_policy_core::Style;
use proptest::prelude::*;
use std::fmt::Write;

use super::*;

/// The document that was read, followed by each problem with its position and the text it underlines.
fn check(source: impl AsRef<[u8]>, expected: Expect) {
    let source = source.as_ref();
    let reading = read(source);
    let mut answer = String::new();
    reading.document.write(&mut answer, Style::MINIFIED).unwrap();
    answer.push('\n');
    let lines = Lines::new(source);
    for problem in &reading.problems {
        let span = problem.location.span.unwrap();
        let underlined = source.get(span.start..span.end).unwrap();
        writeln!(
            answer,
            "{}: {} <{}>",
            lines.position(span.start),
            problem.message,
            String::from_utf8_lossy(underlined)
        )
        .unwrap();
    }
    expected.assert_eq(&answer);
}

#[test]
fn every_kind_of_value() {
    check(
        "\t{\"a\": [1, -0.5e+3, true, false, null, \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\uD83D\\uDE00ü\"], \"b\": {}, \"c\": []}\n",
        expect![[r#"
            {"a":[1,-0.5e+3,true,false,null,"\"\\/\u0008\u000c\n\r\tä😀ü"],"b":{},"c":[]}
        "#]],
    );
}

#[test]
fn positions_are_those_of_the_text() {
    let source = r#"{ "a" : [ "x\n" , 12 ] }"#;
    let reading = read(source.as_bytes());
    let root = reading.document.root();
    let a = root.get("a").unwrap();
    let texts: Vec<_> = [root.span(), a.key_span(), a.value.span()]
        .into_iter()
        .chain(a.value.items().map(Value::span))
        .map(|span| span.unwrap().of(source).unwrap())
        .collect();
    assert_eq!(texts, [source, "\"a\"", r#"[ "x\n" , 12 ]"#, r#""x\n""#, "12"]);
}

#[test]
fn commas_and_colons() {
    check(
        r#"{"a" 1, "b": [1 2, 3,], "c", "d": }"#,
        expect![[r#"
            {"a":1,"b":[1,3],"c":null,"d":null}
            1:6: expected a colon, found `1` <1>
            1:17: expected a comma or `]`, found `2` <2>
            1:21: trailing comma <,>
            1:28: expected a colon, found `,` <,>
            1:35: expected a value, found `}` <}>
        "#]],
    );
    check(
        r#"{"a": 1,}"#,
        expect![[r#"
            {"a":1}
            1:8: trailing comma <,>
        "#]],
    );
    check(
        r#"{"a": [, ,1]}"#,
        expect![[r#"
        {"a":[1]}
        1:8: expected a value or `]`, found `,` <,>
        1:10: expected a value, found `,` <,>
    "#]],
    );
    check(
        r#"{"a": 1 "b": {} "c": 2}"#,
        expect![[r#"
        {"a":1,"b":{},"c":2}
        1:9: expected a comma or `}`, found `"b"` <"b">
        1:17: expected a comma or `}`, found `"c"` <"c">
    "#]],
    );
}

#[test]
fn words_without_quotes() {
    check(
        r"{Version: 2012-10-17, 'Id': nil, x y}",
        expect![[r#"
            {"Version":null,"Id":null}
            1:2: expected a key or `}`, found `Version` <Version>
            1:11: `2012-10-17` is not a valid number <2012-10-17>
            1:23: expected `"`, found `'` <'Id'>
            1:29: expected a value, found `nil` <nil>
            1:34: expected a key, found `x` <x>
            1:36: expected a comma or `}`, found `y` <y>
        "#]],
    );
    check(
        "[01, 1., .5, +1, 1e, -, NaN]",
        expect![[r#"
            [null,null,null,null,null,null,null]
            1:2: `01` is not a valid number <01>
            1:6: `1.` is not a valid number <1.>
            1:10: expected a value, found `.5` <.5>
            1:14: expected a value, found `+1` <+1>
            1:18: `1e` is not a valid number <1e>
            1:22: `-` is not a valid number <->
            1:25: expected a value, found `NaN` <NaN>
        "#]],
    );
}

#[test]
fn other_quotes_are_reported_once() {
    check(
        "{“Version”: “2012-10-17\", 'Id': ‘a’, `b`: «c», \"d\": 'e\n}",
        expect![[r#"
            {"Version":"2012-10-17","Id":"a","b":"c","d":null}
            1:2: expected `"`, found `“` <“Version”>
            1:53: expected a value, found `'e` <'e>
        "#]],
    );
    check(
        "[“a, \"b”]",
        expect![[r#"
            ["a, "]
            1:2: expected `"`, found `“` <“a, ">
            1:7: expected a comma or `]`, found `b”` <b”>
        "#]],
    );
    check(
        "[“a”, “b”,]",
        expect![[r#"
            ["a","b"]
            1:2: expected `"`, found `“` <“a”>
            1:10: trailing comma <,>
        "#]],
    );
}

#[test]
fn comments() {
    check(
        "// a\r\n{ # b\n\"Version\" /* c\nd */ : /**/ \"1\", /* e */\n// f\n} // g",
        expect![[r#"
            {"Version":"1"}
            1:1: JSON does not allow comments <// a>
            2:3: JSON does not allow comments <# b>
            3:11: JSON does not allow comments </* c
            d */>
            4:8: JSON does not allow comments </**/>
            4:16: trailing comma <,>
            4:18: JSON does not allow comments </* e */>
            5:1: JSON does not allow comments <// f>
            6:3: JSON does not allow comments <// g>
        "#]],
    );
    check(
        "[1, /* 2]",
        expect![[r#"
            [1,null]
            1:5: JSON does not allow comments </* 2]>
            1:10: expected a value, found the end of the text <>
        "#]],
    );
    check(
        "[1 / 2, 3 # 4",
        expect![[r#"
            [1,3]
            1:4: expected a comma or `]`, found `/` </>
            1:6: expected a comma or `]`, found `2` <2>
            1:11: JSON does not allow comments <# 4>
            1:14: expected a comma or `]`, found the end of the text <>
        "#]],
    );
}

/// Each problem with its help.
fn check_help(source: &[u8], expected: &Expect) {
    let problems = read(source).problems;
    let shown = problems.iter().map(|problem| match problem.help_texts().next() {
        Some(help) => format!("{}\n  help: {help}\n", problem.message),
        None => format!("{}\n", problem.message),
    });
    expected.assert_eq(&shown.collect::<String>());
}

#[test]
fn templates_and_terraform_are_recognized() {
    let cases: [(&[u8], Expect); 2] = [
        (
            b"AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n",
            expect![[r#"
                expected a value, found `AWSTemplateFormatVersion`
                  help: this looks like a CloudFormation template, which is not supported: check the deployed policy
            "#]],
        ),
        (
            b"// shared\n/* by\n all */ # here\nterraform {\n}\n",
            expect![[r#"
                expected a value, found `terraform`
                  help: this looks like Terraform configuration, which is not supported: save the policy itself as JSON
            "#]],
        ),
    ];
    for (source, expected) in cases {
        check_help(source, &expected);
    }
}

#[test]
fn other_languages_are_one_problem_with_help() {
    let cases: [(&[u8], Expect); 12] = [
        (
            b"# who reads\nVersion: '2012-10-17'\n",
            expect![[r#"
                expected a value, found `Version`
                  help: this looks like YAML, but a policy is JSON
            "#]],
        ),
        (
            b"---\nVersion: '2012-10-17'\n",
            expect![[r#"
                `---` is not a valid number
                  help: this looks like YAML, but a policy is JSON
            "#]],
        ),
        (
            b"data \"aws_iam_policy_document\" \"a\" {\n}\n",
            expect![[r#"
                expected a value, found `data`
                  help: this looks like Terraform configuration, which is not supported: save the policy itself as JSON
            "#]],
        ),
        (
            b" jsonencode({ Version = \"2012-10-17\" })",
            expect![[r#"
                expected a value, found `jsonencode(`
                  help: this looks like Terraform configuration, which is not supported: save the policy itself as JSON
            "#]],
        ),
        (
            b"%7B%22Version%22%3A%222012-10-17%22%7D",
            expect![[r#"
                expected a value, found `%7B%22Version%22%3A%222012-10-17%22%7D`
                  help: this looks percent-encoded, which is how IAM's API returns policies: decode it first
            "#]],
        ),
        (
            b"<!DOCTYPE html>\n<html></html>",
            expect![[r#"
                expected a value, found `<!DOCTYPE`
                  help: this looks like a web page, but a policy is JSON
            "#]],
        ),
        (
            b"oops {}",
            expect![[r#"
            expected a value, found `oops`
        "#]],
        ),
        (
            b" \n",
            expect![[r#"
            expected a value, found the end of the text
              help: the file is empty
        "#]],
        ),
        (
            b"\xEF\xBB\xBF{}",
            expect![[r#"
                the document starts with a byte order mark
                  help: save the file as UTF-8 without a byte order mark
            "#]],
        ),
        (
            b"\xFF\xFE{\0}\0",
            expect![[r#"
                this is UTF-16, but JSON must be UTF-8
                  help: save the file as UTF-8
            "#]],
        ),
        (
            b"{\0}\0",
            expect![[r#"
                this is UTF-16, but JSON must be UTF-8
                  help: save the file as UTF-8
            "#]],
        ),
        (
            b"{\"a\": Version: 1}",
            expect![[r#"
            expected a value, found `Version`
            expected a comma or `}`, found `:`
            expected a comma or `}`, found `1`
        "#]],
        ),
    ];
    for (source, expected) in cases {
        check_help(source, &expected);
    }
}

#[test]
fn truncated_input() {
    check(
        "",
        expect![[r#"
        null
        1:1: expected a value, found the end of the text <>
    "#]],
    );
    check(
        "  \n",
        expect![[r#"
        null
        2:1: expected a value, found the end of the text <>
    "#]],
    );
    check(
        r#"{"Statement": [{"Action": "s3:Get"#,
        expect![[r#"
            {"Statement":[{"Action":"s3:Get"}]}
            1:27: unterminated string <"s3:Get>
            1:34: expected a comma or `}`, found the end of the text <>
        "#]],
    );
    check(
        r#"{"Statement": [{"Action": "#,
        expect![[r#"
        {"Statement":[{"Action":null}]}
        1:27: expected a value, found the end of the text <>
    "#]],
    );
    check(
        r#"{"Statement"#,
        expect![[r#"
            {}
            1:2: unterminated string <"Statement>
            1:12: expected a colon, found the end of the text <>
        "#]],
    );
    check(
        r#"["\"#,
        expect![[r#"
            [""]
            1:2: unterminated string <"\>
            1:4: expected a comma or `]`, found the end of the text <>
        "#]],
    );
    check(
        r#"["\u12"#,
        expect![[r#"
            [""]
            1:2: unterminated string <"\u12>
            1:3: invalid escape sequence <\u12>
            1:7: expected a comma or `]`, found the end of the text <>
        "#]],
    );
}

#[test]
fn mismatched_brackets() {
    check(
        r#"{"a": [1}, "b": 2}"#,
        expect![[r#"
            {"a":[1]}
            1:9: expected a comma or `]`, found `}` <}>
            1:10: unexpected text after the document <, "b": 2}>
        "#]],
    );
    check(
        r#"[1}]"#,
        expect![[r#"
        [1]
        1:3: expected a comma or `]`, found `}` <}>
    "#]],
    );
    check(
        "}",
        expect![[r#"
        null
        1:1: expected a value, found `}` <}>
    "#]],
    );
    check(
        "[1] ]",
        expect![[r#"
            [1]
            1:5: unexpected text after the document <]>
        "#]],
    );
}

#[test]
fn strings() {
    check(
        "[\"a\tb\", \"c\nd\", 1]",
        expect![[r#"
            ["a\tb","c",", 1]"]
            1:4: the character \t must be escaped in a string <	>
            1:9: unterminated string <"c>
            2:1: expected a comma or `]`, found `d` <d>
            2:2: expected a comma or `]`, found `"` <">
            2:2: unterminated string <", 1]>
            2:7: expected a comma or `]`, found the end of the text <>
        "#]],
    );
    check(
        r#"["\q", "\ud800", "\udc00", "\ud800\u0041", "\u00g0"]"#,
        expect![[r#"
            ["","�","�","�A","g0"]
            1:3: invalid escape sequence <\q>
            1:9: unpaired surrogate in an escape sequence <\ud800>
            1:19: unpaired surrogate in an escape sequence <\udc00>
            1:29: unpaired surrogate in an escape sequence <\ud800>
            1:45: invalid escape sequence <\u00>
        "#]],
    );
}

#[test]
fn invalid_utf8() {
    check(
        b"[\"a\xFFb\", \"\xC3\", \"\xE2\x82\"]",
        expect![[r#"
            ["ab","",""]
            1:4: invalid UTF-8 <�>
            1:10: invalid UTF-8 <�>
            1:15: invalid UTF-8 <�>
        "#]],
    );
    check(
        "\u{FEFF}{}",
        expect![[r#"
            {}
            1:1: the document starts with a byte order mark <﻿>
        "#]],
    );
    check(
        b"\xFE\xFF{",
        expect![[r#"
            null
            1:1: this is UTF-16, but JSON must be UTF-8 <��>
        "#]],
    );
}

#[test]
fn duplicate_keys() {
    check(
        r#"{"a": 1, "\u0061": 2, "A": 3}"#,
        expect![[r#"
            {"a":1,"a":2,"A":3}
            1:10: duplicate key `a` <"\u0061">
        "#]],
    );
    let mut many = String::from("{");
    for number in 0..40 {
        write!(many, "\"k{number}\": 0, ").unwrap();
    }
    let reading = read((many + "\"k3\": 1}").as_bytes());
    assert_eq!(reading.problems.len(), 1);
}

#[test]
fn duplicate_keys_have_paths_and_leave_the_text_well_formed() {
    let source = br#"{"Statement": [{"Sid": "a", "Sid": "b"}]}"#;
    let reading = read(source);
    assert!(reading.is_well_formed);
    let locations = reading.problems[0].locations();
    let found: Vec<_> = locations
        .map(|location| (location.path.to_string(), location.span.unwrap().start))
        .collect();
    assert_eq!(
        found,
        [("Statement[0].Sid".to_owned(), 28), ("Statement[0].Sid".to_owned(), 16)]
    );
}

#[test]
fn deep_nesting_is_reported_where_it_becomes_too_deep() {
    for (deep, column) in [("[".repeat(10_000), 128), ("{\"a\":".repeat(10_000), 128 * 5)] {
        let reading = read(deep.as_bytes());
        assert!(
            reading.problems[0]
                .message
                .starts_with("objects and arrays are nested deeper")
        );
        assert_eq!(reading.problems[0].start(), column);
        assert_eq!(reading.problems.len(), 1);
    }
}

/// The benchmark `repetitive_json` shows that the time grows linearly.
#[test]
fn repetitive_text_is_read() {
    for (piece, problems) in [
        ("1,", 0),
        ("\"\\\"\",", 0),
        ("{},", 0),
        (",", 1),
        ("\"a\" ", 1),
        ("\" ", 1),
        ("\\", 1),
        ("{\"a\":1},", 0),
        ("x ", 1),
        ("}", 1),
    ] {
        let reading = read(format!("[{}1]", piece.repeat(20_000 / piece.len())).as_bytes());
        assert_eq!(reading.problems.len().min(1), problems, "{piece}");
    }
    let keys = (0..2_000).fold(String::from("{"), |keys, number| keys + &format!("\"{number}\":0,"));
    assert_eq!(read((keys + "\"a\":0}").as_bytes()).problems, []);
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        (-100i32..100).prop_map(|number| number.to_string()),
        "\"[a-z ü]{0,6}\"",
    ];
    leaf.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::btree_map("[a-zA-Z]{1,5}", inner, 0..5).prop_map(|members| {
                let members: Vec<_> = members
                    .iter()
                    .map(|(key, value)| format!("\"{key}\": {value}"))
                    .collect();
                format!("{{{}}}", members.join(" , "))
            }),
        ]
    })
}

fn has_a_position(source: &[u8], reading: &Reading) -> Result<(), TestCaseError> {
    for problem in &reading.problems {
        let span = problem.location.span.unwrap();
        prop_assert!(span.start <= span.end && span.end <= source.len());
        prop_assert!(!problem.message.is_empty());
    }
    Ok(())
}

proptest! {
    #[test]
    fn valid_json_is_read_faithfully(source in json()) {
        let reading = read(source.as_bytes());
        prop_assert_eq!(&reading.problems, &[]);
        let mut written = String::new();
        reading.document.write(&mut written, Style::MINIFIED).unwrap();
        let ours: serde_json::Value = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(ours, serde_json::from_str::<serde_json::Value>(&source).unwrap());
    }

    #[test]
    fn invalid_json_has_a_problem(source in json(), at in 0usize..80, with in "[\\[\\]{},:\"\\\\a1 \u{1}é]{0,2}", cut in 0usize..3) {
        let mut bytes = source.into_bytes();
        let at = at.min(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, with.into_bytes());
        let reading = read(&bytes);
        has_a_position(&bytes, &reading)?;
        prop_assert_eq!(reading.is_well_formed, serde_json::from_slice::<serde_json::Value>(&bytes).is_ok(), "{:?}", reading.problems);
    }

    #[test]
    fn plain_text_ends_at_special_bytes(text in "[a!\"#\\[\\\\\\] \u{1f}\n\u{7f}é\u{22}]{0,24}", before in 0usize..24) {
        let text = "x".repeat(before) + &text;
        let special = text.bytes().position(|byte| matches!(byte, b'"' | b'\\') || byte < 0x20);
        prop_assert_eq!(plain(text.as_bytes()), special.unwrap_or(text.len()));
    }

    #[test]
    fn reads_any_bytes(source in prop::collection::vec(any::<u8>(), 0..60)) {
        has_a_position(&source, &read(&source))?;
    }

    #[test]
    fn reads_json_like_input(source in "[\\[\\]{},:\"\\\\atrue1 \n]{0,60}") {
        has_a_position(source.as_bytes(), &read(source.as_bytes()))?;
    }
}
