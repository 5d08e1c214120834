//! YAML as a tree, and what is wrong with it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fmt::Write;

use expect_test::{Expect, expect};
use iam_policy_document::Lines;
use iam_policy_templates::yaml;
use proptest::prelude::*;

fn check(source: &str, expected: Expect) {
    let reading = yaml::read(source.as_bytes());
    let lines = Lines::new(source.as_bytes());
    let mut text = format!("{:?}\n", reading.document);
    for problem in &reading.problems {
        let at = problem.location.span.unwrap();
        writeln!(
            text,
            "{} {:?}: {problem}",
            lines.position(at.start),
            at.of(source).unwrap()
        )
        .unwrap();
    }
    expected.assert_eq(&text);
}

/// The text of every value and key at its span.
fn spans(source: &str, expected: Expect) {
    let reading = yaml::read(source.as_bytes());
    assert_eq!(reading.problems, []);
    let mut text = String::new();
    for value in reading.document.values() {
        let at = value.span().unwrap();
        writeln!(text, "{}: {:?}", value.path(), at.of(source).unwrap()).unwrap();
    }
    expected.assert_eq(&text);
}

#[test]
fn values() {
    check(
        "a: [1, true, ~, 2012-10-17, 'x', \"y\\n\"]\nb:\n- |\n  c\n  d\n- >-\n  e\n  f\n'g': {}\n",
        expect![[r#"
            {"a":["1",true,null,"2012-10-17","x","y\n"],"b":["c\nd\n","e f"],"g":{}}
        "#]],
    );
    check(
        "- !Ref A\n- !GetAtt A.B\n- !Sub ['${x}', {x: !Ref B}]\n- !If [C, !Ref 'AWS::NoValue', 1]\n- !Unknown z\n- !!str 5\n",
        expect![[r#"
            [{"Ref":"A"},{"Fn::GetAtt":"A.B"},{"Fn::Sub":["${x}",{"x":{"Ref":"B"}}]},{"Fn::If":["C",{"Ref":"AWS::NoValue"},"1"]},"z","5"]
        "#]],
    );
    check(
        "",
        expect![[r#"
        null
    "#]],
    );
    check(
        "a: 1\n---\nb: 2\n",
        expect![[r#"
        {"a":"1"}
    "#]],
    );
}

#[test]
fn locations() {
    spans(
        "é: !Ref Ä\nb:\n  - 'c'\n  - {d: e}\nf: |\n  g\nh: i\n",
        expect![[r#"
            : "é: !Ref Ä\nb:\n  - 'c'\n  - {d: e}\nf: |\n  g\nh: i"
            "é": "!Ref Ä"
            "é".Ref: "!Ref Ä"
            b: "- 'c'\n  - {d: e}"
            b[0]: "'c'"
            b[1]: "{d: e}"
            b[1].d: "e"
            f: "g\n"
            h: "i"
        "#]],
    );
    spans(
        "\u{feff}a: b\n",
        expect![[r#"
        : "a: b"
        a: "b"
    "#]],
    );
}

#[test]
fn aliases_and_merge_keys() {
    check(
        "base: &base {a: 1, b: 2}\nlist: [*base, &x y, *x]\nown: {<<: *base, b: 3}\nmany: {<<: [*base, {c: 4}]}\n",
        expect![[r#"
            {"base":{"a":"1","b":"2"},"list":[{"a":"1","b":"2"},"y","y"],"own":{"b":"3","a":"1"},"many":{"a":"1","b":"2","c":"4"}}
        "#]],
    );
    check(
        "a: &a\n  b: *a\n",
        expect![[r#"
        {"a":{"b":null}}
        2:6 "*a": error[YAML_SYNTAX_ERROR]: an alias inside the value that it names
    "#]],
    );
    check(
        "a: *b\n",
        expect![[r#"
        {"a":null}
        1:4 "*": error[YAML_SYNTAX_ERROR]: invalid YAML: while parsing node, found unknown anchor
    "#]],
    );
}

#[test]
fn a_billion_laughs() {
    let mut source = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(source, "a{level}: &a{level} [{before}]").unwrap();
    }
    let reading = yaml::read(source.as_bytes());
    assert_eq!(reading.problems.len(), 1, "{:?}", reading.problems);
    assert_eq!(reading.problems[0].message, "the aliases add too many values");
    assert!(!reading.is_well_formed);
    assert!(reading.document.values().count() < 100_000);
}

#[test]
fn mistakes() {
    check(
        "a: 1\nb: 2\na: 3\n",
        expect![[r#"
        {"a":"1","b":"2","a":"3"}
        3:1 "a": error[YAML_SYNTAX_ERROR]: duplicate key `a`
    "#]],
    );
    check(
        "a:\n\tb: 1\n",
        expect![[r#"
        {"a":null}
        2:2 "b": error[YAML_SYNTAX_ERROR]: invalid YAML: tabs disallowed within this context (block indentation)
          = help: indent with spaces: YAML does not allow tabs
    "#]],
    );
    check(
        "a: [1, 2\nb: 3\n",
        expect![[r#"
        {"a":["1"]}
        2:2 ":": error[YAML_SYNTAX_ERROR]: invalid YAML: illegal placement of ':' indicator
    "#]],
    );
    check(
        "a: \"x\n",
        expect![[r#"
        {"a":null}
        1:4 "\"": error[YAML_SYNTAX_ERROR]: invalid YAML: while scanning a quoted scalar, found unexpected end of stream
    "#]],
    );
    check(
        "? [a]\n: b\n",
        expect![[r#"
        {"":"b"}
        1:3 "[": error[YAML_SYNTAX_ERROR]: a key must be a string
    "#]],
    );
    check(
        "a: b: c\n",
        expect![[r#"
        {"a":"b"}
        1:5 ":": error[YAML_SYNTAX_ERROR]: invalid YAML: mapping values are not allowed in this context
    "#]],
    );
    let deep = "[".repeat(5000);
    assert_eq!(yaml::read(deep.as_bytes()).problems.len(), 1);
    assert_eq!(yaml::read(b"a: \xff").problems[0].message, "invalid UTF-8");
}

proptest! {
    #[test]
    fn no_text_panics(text in "[a-b:\\-\\[\\]{}&*!|>'\"#%@`,?~ \n\t\u{e9}]{0,60}") {
        let reading = yaml::read(text.as_bytes());
        for value in reading.document.values() {
            let span = value.span();
            prop_assert!(span.is_none_or(|span| span.of(&text).is_some()), "{:?} {:?}", span, text);
        }
        for problem in &reading.problems {
            let span = problem.location.span;
            prop_assert!(span.is_some_and(|span| span.of(&text).is_some()), "{:?} {:?}", problem, text);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = yaml::read(&bytes);
    }
}
