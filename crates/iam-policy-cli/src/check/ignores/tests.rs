use std::fmt::Write;

use expect_test::{Expect, expect};

use super::*;

/// Which lines each comment covers, and what is wrong with the comments.
fn check(syntax: Syntax, text: &str, expected: Expect) {
    let (ignores, problems) = read(text.as_bytes(), syntax);
    let mut out = String::new();
    for ignore in &ignores {
        let covered = text[ignore.cover.clone()].lines().map(str::trim);
        let code = ignore.code.map_or("-", Code::name);
        let _ = writeln!(out, "{code}: {}", covered.collect::<Vec<_>>().join(" | "));
    }
    for problem in &problems {
        let at = problem.location.span.and_then(|span| span.of(text)).unwrap();
        let _ = writeln!(out, "{at}: {}", problem.details());
    }
    expected.assert_eq(&out);
}

#[test]
fn toml() {
    check(
        Syntax::Toml,
        r#"
# iam-policy: ignore INVALID_ACTION: the whole table
# another comment

[[policy.user.statement]]
id = "a"
# iam-policy: ignore REDUNDANT_ACTION: the list
actions = [
  "s3:Get*", # iam-policy: ignore INVALID_SERVICE: the line
  "s3:GetObject",
]
# iam-policy: ignore EMPTY_VARIABLE: a long text
reason = """
[not.a.header]
"""
resources = ["*"]
[policy.role]
title = "iam-policy: ignore INVALID_ACTION: no comment"
# iam-policy: ignore MISSING_VERSION: nothing follows
"#,
        expect![[r#"
            INVALID_ACTION: [[policy.user.statement]] | id = "a" | # iam-policy: ignore REDUNDANT_ACTION: the list | actions = [ | "s3:Get*", # iam-policy: ignore INVALID_SERVICE: the line | "s3:GetObject", | ] | # iam-policy: ignore EMPTY_VARIABLE: a long text | reason = """ | [not.a.header] | """ | resources = ["*"]
            REDUNDANT_ACTION: actions = [ | "s3:Get*", # iam-policy: ignore INVALID_SERVICE: the line | "s3:GetObject", | ]
            INVALID_SERVICE: "s3:Get*", # iam-policy: ignore INVALID_SERVICE: the line
            EMPTY_VARIABLE: reason = """ | [not.a.header] | """
            MISSING_VERSION: 
        "#]],
    );
}

#[test]
fn yaml() {
    check(
        Syntax::Yaml,
        r#"
Statement:
  # iam-policy: ignore INVALID_ACTION: the item
  - Sid: A

    Action:
      - "s3:*" # iam-policy: ignore REDUNDANT_ACTION: the line
  # iam-policy: ignore INVALID_SERVICE: the item below
  - Sid: B
  # iam-policy: ignore EMPTY_VARIABLE: a list as deep as its key
  Action:
  - a
  - b
  Other: 1
# iam-policy: ignore MISSING_VERSION: a block
Policy: |
  {
    # iam-policy: ignore MISSING_ACTION: text
  }
# iam-policy: ignore MISSING_EFFECT: a flow
Flow: {a: [1,
2],
b: 3}
End: 1
"#,
        expect![[r#"
            INVALID_ACTION: - Sid: A |  | Action: | - "s3:*" # iam-policy: ignore REDUNDANT_ACTION: the line | # iam-policy: ignore INVALID_SERVICE: the item below
            REDUNDANT_ACTION: - "s3:*" # iam-policy: ignore REDUNDANT_ACTION: the line
            INVALID_SERVICE: - Sid: B | # iam-policy: ignore EMPTY_VARIABLE: a list as deep as its key
            EMPTY_VARIABLE: Action: | - a | - b
            MISSING_VERSION: Policy: | | { | # iam-policy: ignore MISSING_ACTION: text | } | # iam-policy: ignore MISSING_EFFECT: a flow
            MISSING_EFFECT: Flow: {a: [1, | 2], | b: 3}
        "#]],
    );
}

#[test]
fn hcl() {
    check(
        Syntax::Hcl,
        r#"
# iam-policy: ignore INVALID_ACTION: the resource
resource "aws_iam_policy" "a" {
  // iam-policy: ignore REDUNDANT_ACTION: the argument
  policy = jsonencode({
    Action = ["a", /* iam-policy: ignore INVALID_SERVICE: the line */ "b"]
  })
  /* iam-policy: ignore EMPTY_VARIABLE:
     a heredoc */
  other = <<EOT
    # iam-policy: ignore MISSING_ACTION: text
  EOT
  name = "a"
}
resource "b" "c" {}
"#,
        expect![[r#"
            INVALID_ACTION: resource "aws_iam_policy" "a" { | // iam-policy: ignore REDUNDANT_ACTION: the argument | policy = jsonencode({ | Action = ["a", /* iam-policy: ignore INVALID_SERVICE: the line */ "b"] | }) | /* iam-policy: ignore EMPTY_VARIABLE: | a heredoc */ | other = <<EOT | # iam-policy: ignore MISSING_ACTION: text | EOT | name = "a" | }
            REDUNDANT_ACTION: policy = jsonencode({ | Action = ["a", /* iam-policy: ignore INVALID_SERVICE: the line */ "b"] | })
            INVALID_SERVICE: Action = ["a", /* iam-policy: ignore INVALID_SERVICE: the line */ "b"]
            EMPTY_VARIABLE: other = <<EOT | # iam-policy: ignore MISSING_ACTION: text | EOT
        "#]],
    );
}

#[test]
fn jsonc() {
    check(
        Syntax::Jsonc,
        r#"
// iam-policy: ignore MISSING_VERSION: the policy
{"Statement": [
  // iam-policy: ignore INVALID_ACTION: one statement
  {
    "Action": ["a"], "Resource": ["b"]
  }, {
    // iam-policy: ignore REDUNDANT_ACTION: one line
    "Action": ["c"], "Resource": ["d"]
  }
]}
"#,
        expect![[r#"
            MISSING_VERSION: {"Statement": [ | // iam-policy: ignore INVALID_ACTION: one statement | { | "Action": ["a"], "Resource": ["b"] | }, { | // iam-policy: ignore REDUNDANT_ACTION: one line | "Action": ["c"], "Resource": ["d"] | } | ]}
            INVALID_ACTION: { | "Action": ["a"], "Resource": ["b"] | }
            REDUNDANT_ACTION: "Action": ["c"], "Resource": ["d"]
        "#]],
    );
}

#[test]
fn mistakes() {
    check(
        Syntax::Hcl,
        r#"
# iam-policy: ignore
# iam-policy: ignore:
# iam-policy: ignore INVALID_ACTION
# iam-policy: ignore INVALID_ACTION:
# iam-policy: ignore INVALID_ACTON: r
# iam-policy: ignore NONSENSE: r
# iam-policy: ignore INVALID_ACTION, REDUNDANT_ACTION: r
# iam-policy: ignore JSON_SYNTAX_ERROR: r
# iam-policy: ingore INVALID_ACTION: r
# iam-policy: Ignore INVALID_ACTION: r
# iam-policy: see the README
# use iam-policy: ignore INVALID_ACTION: r
#iam-policy:ignore INVALID_ACTION:r
a = 1
"#,
        expect![[r#"
            -: a = 1
            -: a = 1
            INVALID_ACTION: a = 1
            INVALID_ACTION: a = 1
            INVALID_ACTION: a = 1
            -: a = 1
            -: a = 1
            JSON_SYNTAX_ERROR: a = 1
            -: a = 1
            -: a = 1
            INVALID_ACTION: a = 1
            iam-policy: ignore: the comment names no code; write `# iam-policy: ignore CODE: reason`
            iam-policy: ignore:: the comment names no code; write `# iam-policy: ignore CODE: reason`
            INVALID_ACTION: the comment gives no reason; write `# iam-policy: ignore CODE: reason`
            INVALID_ACTION: the comment gives no reason; write `# iam-policy: ignore CODE: reason`
            INVALID_ACTON: there is no code `INVALID_ACTON`; did you mean `INVALID_ACTION`?
            NONSENSE: there is no code `NONSENSE`; `iam-policy rule` lists all codes
            INVALID_ACTION, REDUNDANT_ACTION: `INVALID_ACTION, REDUNDANT_ACTION` is not one code; write a comment for each code, with its reason
            JSON_SYNTAX_ERROR: `JSON_SYNTAX_ERROR` cannot be ignored; remove the comment
            ingore: `ingore` is not an instruction; did you mean `ignore`?
            Ignore: `Ignore` is not an instruction; did you mean `ignore`?
        "#]],
    );
}
