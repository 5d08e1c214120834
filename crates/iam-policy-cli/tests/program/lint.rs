//! What is reported: codes, warnings, baselines, and the formats of services.

use std::fs;

use expect_test::expect;
use iam_policy_check::Rule;
use serde_json::Value;
use testing_support::Ran;

use crate::support::{BAD, Folder, GOOD, SPEC};

/// A policy with an error, a warning and a suggestion.
const MIXED: &str = r#"{
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObjcet", "s3:Get*", "s3:GetObject"], "Resource": "arn:aws:s3:::reports/*"}
  ]
}
"#;

/// The codes of the findings.
fn codes(ran: &Ran) -> String {
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    let files = answer.as_array().unwrap().iter();
    let findings = files.flat_map(|file| file["findings"].as_array().unwrap());
    let codes: Vec<_> = findings.map(|finding| finding["issueCode"].as_str().unwrap()).collect();
    format!("{} {}", ran.code, codes.join(" "))
}

fn check(folder: &Folder, arguments: &[&str]) -> String {
    codes(&folder.run(&[&["check", "--format", "json"], arguments].concat()))
}

#[test]
fn codes_are_selected_and_ignored() {
    let folder = Folder::with(&[("user.json", MIXED)]);
    for (options, expected) in [
        ("", "1 MISSING_VERSION INVALID_ACTION REDUNDANT_ACTION"),
        ("--select INVALID_ACTION", "1 INVALID_ACTION"),
        (
            "--select INVALID_ACTION,MISSING_VERSION",
            "1 MISSING_VERSION INVALID_ACTION",
        ),
        (
            "--select INVALID_ACTION --select REDUNDANT_ACTION",
            "1 INVALID_ACTION REDUNDANT_ACTION",
        ),
        ("--ignore INVALID_ACTION", "0 MISSING_VERSION REDUNDANT_ACTION"),
        (
            "--ignore INVALID_ACTION --deny-warnings",
            "1 MISSING_VERSION REDUNDANT_ACTION",
        ),
        (
            "--ignore INVALID_ACTION,MISSING_VERSION --deny-warnings",
            "0 REDUNDANT_ACTION",
        ),
        ("--select INVALID_ACTION --ignore INVALID_ACTION", "0 "),
    ] {
        let options: Vec<_> = options.split_whitespace().chain(["user.json"]).collect();
        assert_eq!(check(&folder, &options), expected, "{options:?}");
    }
}

#[test]
fn what_cannot_be_read_is_always_reported() {
    let folder = Folder::with(&[
        ("broken.json", "{\"Statement\": ["),
        ("broken.toml", "[policy.user]\ntitle = 5"),
    ]);
    let said = check(&folder, &["--select", "REDUNDANT_ACTION", "broken.json"]);
    assert_eq!(said, "2 JSON_SYNTAX_ERROR");
    let said = check(&folder, &["--select", "REDUNDANT_ACTION", "broken.toml"]);
    assert!(said.starts_with("1 INVALID_SPEC"), "{said}");
}

#[test]
fn options_are_checked_together() {
    Folder::with(&[("user.json", GOOD)]).check(
        &[
            "check",
            "--select",
            "INVALID_ACTON,NONSENSE",
            "--ignore",
            "JSON_SYNTAX_ERROR",
            "--stdin-name",
            "a.json",
            "user.json",
        ],
        expect![[r#"
            ---
            error: `--select INVALID_ACTON`: there is no code `INVALID_ACTON`
              = help: did you mean `INVALID_ACTION`?
            error: `--select NONSENSE`: there is no code `NONSENSE`
              = help: `iam-policy rule` lists all codes
            error: `--ignore JSON_SYNTAX_ERROR`: findings with this code are always reported
            error: `--stdin-name` is for the standard input, which is not checked
              = help: add the file `-`
            exit code 2
        "#]],
    );
}

#[test]
fn denied_warnings_are_mentioned() {
    Folder::with(&[("user.json", MIXED)]).check(
        &["check", "--deny-warnings", "--select", "MISSING_VERSION", "user.json"],
        expect![[r#"
            warning[MISSING_VERSION]: we recommend that you specify the Version element to help you with debugging permission issues
             --> user.json:1:1
              |
            1 | {
              | ^

            ---
            1 file checked: 1 warning in 1 file (warnings are denied)
            exit code 1
        "#]],
    );
}

#[test]
fn a_baseline_accepts_known_findings() {
    let folder = Folder::with(&[("policies/user.json", MIXED), ("policies/role.json", BAD)]);
    folder.check(
        &["check", "policies", "--baseline", "known.json"],
        expect![[r#"
        ---
        error: there is no file `known.json`
          = help: write it with `--write-baseline`
        exit code 2
    "#]],
    );
    folder.check(
        &["check", "policies", "--baseline", "known.json", "--write-baseline"],
        expect![[r#"
            ---
            note: wrote `known.json`: 5 findings in 2 files
            2 files checked, no findings
            exit code 0
        "#]],
    );
    let written = fs::read_to_string(folder.root().join("known.json")).unwrap();
    expect![[r#"
        {
          "version": 1,
          "findings": [
            {"file": "policies/role.json", "code": "ACTION_MATCHES_NO_RESOURCE", "text": "arn:aws:s3:::reports, s3:PutObject", "count": 1},
            {"file": "policies/role.json", "code": "INVALID_ACTION", "text": "s3:GetObjcet", "count": 1},
            {"file": "policies/user.json", "code": "INVALID_ACTION", "sid": "Read", "text": "s3:GetObjcet", "count": 1},
            {"file": "policies/user.json", "code": "MISSING_VERSION", "count": 1},
            {"file": "policies/user.json", "code": "REDUNDANT_ACTION", "sid": "Read", "text": "s3:GetObjcet, s3:Get*, s3:GetObject", "count": 1}
          ]
        }
    "#]].assert_eq(&written);
    folder.check(
        &["check", "policies", "--baseline", "known.json"],
        expect![[r#"
        ---
        2 files checked, no findings; 5 findings are in the baseline
        exit code 0
    "#]],
    );
    // Lines move, and a finding is added.
    let moved = MIXED
        .replace("\n  \"Statement\"", "\n\n  \"Statement\"")
        .replace("\"s3:GetObject\"", "\"s3:GetObject\", \"s3:PutObjcet\"");
    folder.write("policies/user.json", &moved);
    assert_eq!(
        check(&folder, &["policies", "--baseline", "known.json"]),
        "1 INVALID_ACTION"
    );
    // The same again changes nothing.
    let again = folder.run(&["check", "policies", "--baseline", "known.json", "--write-baseline"]);
    assert_eq!(again.code, 0, "{again}");
    let first = fs::read(folder.root().join("known.json")).unwrap();
    folder.run(&["check", "policies", "--baseline", "known.json", "--write-baseline"]);
    assert_eq!(fs::read(folder.root().join("known.json")).unwrap(), first);
}

#[test]
fn stale_entries_are_reported() {
    let folder = Folder::with(&[("a.json", MIXED), ("b.json", MIXED), ("c.json", BAD)]);
    folder.run(&["check", ".", "--baseline", "known.json", "--write-baseline"]);
    folder.write("a.json", MIXED.replace("GetObjcet", "PutObject"));
    fs::remove_file(folder.root().join("c.json")).unwrap();
    // Only what has been checked is stale, and what does not exist any more.
    assert_eq!(
        check(&folder, &["b.json", "--baseline", "known.json"]),
        "0 STALE_BASELINE_ENTRY STALE_BASELINE_ENTRY"
    );
    folder.check(
        &["check", "a.json", "b.json", "--baseline", "known.json", "--deny-warnings"],
        expect![[r#"
            suggestion[REDUNDANT_ACTION]: the 2 actions are redundant because they provide similar permissions; remove redundant actions such as s3:GetObject
             --> a.json:3:67
              |
            3 |     {"Sid": "Read", "Effect": "Allow", "Action": ["s3:PutObject", "s3:Get*", "s3:GetObject"], "Resource": "arn:aws:s3:::reports/*"}
              |                                                                   ^^^^^^^^^  --------------

            warning[STALE_BASELINE_ENTRY]: `INVALID_ACTION` is not reported in `a.json` any more
             --> known.json:4:5
              |
            4 |     {"file": "a.json", "code": "INVALID_ACTION", "sid": "Read", "text": "s3:GetObjcet", "count": 1},
              |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: write the baseline again with `--write-baseline`

            warning[STALE_BASELINE_ENTRY]: `REDUNDANT_ACTION` is not reported in `a.json` any more
             --> known.json:6:5
              |
            6 |     {"file": "a.json", "code": "REDUNDANT_ACTION", "sid": "Read", "text": "s3:GetObjcet, s3:Get*, s3:GetObject", "count": 1},
              |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              = help: write the baseline again with `--write-baseline`

            warning[STALE_BASELINE_ENTRY]: `ACTION_MATCHES_NO_RESOURCE` is not reported in `c.json` any more
              --> known.json:10:5
               |
            10 |     {"file": "c.json", "code": "ACTION_MATCHES_NO_RESOURCE", "text": "arn:aws:s3:::reports, s3:PutObject", "count": 1},
               |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: write the baseline again with `--write-baseline`

            warning[STALE_BASELINE_ENTRY]: `INVALID_ACTION` is not reported in `c.json` any more
              --> known.json:11:5
               |
            11 |     {"file": "c.json", "code": "INVALID_ACTION", "text": "s3:GetObjcet", "count": 1}
               |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               = help: write the baseline again with `--write-baseline`

            ---
            2 files checked: 4 warnings, 1 suggestion in 2 files (warnings are denied); 4 findings are in the baseline
            exit code 1
        "#]],
    );
    // The text of this finding is another one: it listed the action that is gone.
    assert_eq!(
        check(
            &folder,
            &["a.json", "--baseline", "known.json", "--ignore", "STALE_BASELINE_ENTRY"]
        ),
        "0 REDUNDANT_ACTION"
    );
    // Entries for codes that are not reported are not stale, and stay when the baseline is written.
    folder.run(&[
        "check",
        "b.json",
        "--baseline",
        "known.json",
        "--write-baseline",
        "--select",
        "REDUNDANT_ACTION",
    ]);
    let written = fs::read_to_string(folder.root().join("known.json")).unwrap();
    assert_eq!(written.matches("\"file\": \"b.json\"").count(), 3, "{written}");
    assert!(!written.contains("c.json"), "{written}");
}

#[test]
fn a_baseline_counts() {
    let twice = MIXED.replace("\"s3:GetObjcet\"", "\"s3:GetObjcet\", \"s3:GetObjcet\"");
    let folder = Folder::with(&[("user.json", &twice)]);
    folder.run(&[
        "check",
        "user.json",
        "--baseline",
        "known.json",
        "--write-baseline",
        "--select",
        "INVALID_ACTION",
    ]);
    folder.write("user.json", MIXED);
    let arguments = [
        "user.json",
        "--baseline",
        "known.json",
        "--select",
        "INVALID_ACTION,STALE_BASELINE_ENTRY",
    ];
    assert_eq!(check(&folder, &arguments), "0 STALE_BASELINE_ENTRY");
    folder.write("user.json", twice.replace("\"s3:Get*\"", "\"s3:GetObjcet\""));
    assert_eq!(check(&folder, &arguments), "1 INVALID_ACTION");
}

#[test]
fn findings_in_specs_and_accounts_have_names() {
    let answer = r#"{"Policies": [
        {"PolicyName": "a", "PolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObjcet", "Resource": "*"}}},
        {"PolicyName": "b", "PolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObjcet", "Resource": "*"}}}]}"#;
    let folder = Folder::with(&[
        ("answer.json", answer),
        ("policies.toml", &SPEC.replace("GetObject", "GetObjcet")),
    ]);
    folder.run(&[
        "check",
        "answer.json",
        "policies.toml",
        "--baseline",
        "known.json",
        "--write-baseline",
        "--select",
        "INVALID_ACTION",
    ]);
    let written = fs::read_to_string(folder.root().join("known.json")).unwrap();
    expect![[r#"
        {
          "version": 1,
          "findings": [
            {"file": "answer.json", "code": "INVALID_ACTION", "resource": "`a`", "text": "s3:GetObjcet", "count": 1},
            {"file": "answer.json", "code": "INVALID_ACTION", "resource": "`b`", "text": "s3:GetObjcet", "count": 1},
            {"file": "policies.toml", "code": "INVALID_ACTION", "resource": "user", "sid": "Read", "text": "s3:GetObjcet", "count": 1}
          ]
        }
    "#]].assert_eq(&written);
    assert_eq!(
        check(
            &folder,
            &[
                "answer.json",
                "policies.toml",
                "--baseline",
                "known.json",
                "--select",
                "INVALID_ACTION"
            ]
        ),
        "0 "
    );
}

#[test]
fn invalid_baselines() {
    let folder = Folder::with(&[
        ("user.json", GOOD),
        (
            "known.json",
            r#"{"version": 1, "findings": [{"fiel": "a", "code": 5, "count": 0}, 1, {"file": "a", "code": "B", "count": 1}, {"file": "a", "code": "B", "count": 2}]}"#,
        ),
        ("newer.json", r#"{"version": 2, "findings": []}"#),
    ]);
    folder.check(&["check", "user.json", "--baseline", "known.json"], expect![[r#"
        ---
        error: unknown key `fiel` in a finding
         --> known.json:1:30
          |
        1 | {"version": 1, "findings": [{"fiel": "a", "code": 5, "count": 0}, 1, {"file": "a", "code": "B", "count": 1}, {"file": "a", "code": "B", "cou…
          |                              ^^^^^^
          = help: did you mean `file`?

        error: missing key `file` in a finding
         --> known.json:1:29
          |
        1 | {"version": 1, "findings": [{"fiel": "a", "code": 5, "count": 0}, 1, {"file": "a", "code": "B", "count": 1}, {"file": "a", "code": "B", "cou…
          |                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        error: `code` must be a string
         --> known.json:1:51
          |
        1 | {"version": 1, "findings": [{"fiel": "a", "code": 5, "count": 0}, 1, {"file": "a", "code": "B", "count": 1}, {"file": "a", "code": "B", "cou…
          |                                                   ^

        exit code 2
    "#]]);
    folder.check(
        &["check", "user.json", "--baseline", "newer.json"],
        expect![[r#"
        ---
        error: the version of this baseline is not 1
         --> newer.json:1:13
          |
        1 | {"version": 2, "findings": []}
          |             ^
          = help: write it again with `--write-baseline`

        exit code 2
    "#]],
    );
    folder.check(
        &["check", "user.json", "--write-baseline"],
        expect![[r#"
        ---
        error: `--write-baseline`: no baseline is named
          = help: name it with `--baseline FILE`, or as `baseline` in `iam-policy.toml`
        1 file checked, no findings; 1 could not be read
        exit code 2
    "#]],
    );
}

#[test]
fn annotations_for_github() {
    let folder = Folder::with(&[("a,b: c.json", BAD), ("user.json", MIXED)]);
    folder.check(
        &["check", "--format", "github", "a,b: c.json", "user.json", "none.json"],
        expect![[r#"
            ::error file=a%2Cb%3A c.json,line=4,endLine=4,col=36,endColumn=50,title=INVALID_ACTION::the action `s3:GetObjcet` does not exist (as of 2026-10-27); did you mean `s3:GetObject`?
            ::error file=a%2Cb%3A c.json,line=4,endLine=4,col=81,endColumn=103,title=ACTION_MATCHES_NO_RESOURCE::`s3:PutObject` applies to objects, but the resource is a bucket; also list the objects: `arn:aws:s3:::reports/*`
            ::warning file=user.json,line=1,endLine=5,title=MISSING_VERSION::we recommend that you specify the Version element to help you with debugging permission issues
            ::error file=user.json,line=3,endLine=3,col=51,endColumn=65,title=INVALID_ACTION::the action `s3:GetObjcet` does not exist (as of 2026-10-27); did you mean `s3:GetObject`?
            ::notice file=user.json,line=3,endLine=3,col=51,endColumn=65,title=REDUNDANT_ACTION::the 3 actions are redundant because they provide similar permissions; remove redundant actions such as s3:GetObjcet
            ::error title=iam-policy::there is no file `none.json`
            ---
            error: there is no file `none.json`
            2 files checked: 3 errors, 1 warning, 1 suggestion in 2 files; 1 could not be read
            exit code 2
        "#]],
    );
}

#[test]
fn code_quality_for_gitlab() {
    let folder = Folder::with(&[("a.json", MIXED), ("b.json", MIXED)]);
    let report = |folder: &Folder| -> Vec<Value> {
        let ran = folder.run(&["check", "--format", "gitlab", "./a.json", "b.json"]);
        assert_eq!(ran.code, 1, "{ran}");
        serde_json::from_str(&ran.stdout).unwrap()
    };
    let before = report(&folder);
    expect![[r#"{"description":"we recommend that you specify the Version element to help you with debugging permission issues","check_name":"MISSING_VERSION","fingerprint":"70767d652185c3c33c0dcf7535e50838","severity":"minor","location":{"path":"a.json","lines":{"begin":1,"end":5}}}"#]].assert_eq(&before[0].to_string());
    let fingerprints =
        |issues: &[Value]| -> Vec<String> { issues.iter().map(|issue| issue["fingerprint"].to_string()).collect() };
    let mut unique = fingerprints(&before);
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), 6);
    folder.write("a.json", MIXED.replace('\n', "\n\n"));
    assert_eq!(fingerprints(&report(&folder)), fingerprints(&before));
    let none = folder.run(&["check", "--format", "gitlab", "none.json"]);
    assert_eq!(none.stdout, "[]\n", "{none}");
}

#[test]
fn comments_ignore_findings() {
    let spec = r#"
[policy.user]
# iam-policy: ignore REDUNDANT_ACTION: shows both on the page
[[policy.user.statement]]
id        = "read"
reason    = "Reads."
actions   = ["s3:Get*", "s3:GetObject", "s3:GetObjcet"] # iam-policy: ignore INVALID_ACTION: announced last week
# iam-policy: ignore INVALID_SERVICE: nothing to see
resources = ["arn:aws:s3:::reports/*"]
"#;
    let folder = Folder::with(&[("policies.toml", spec)]);
    folder.check(
        &["check", "policies.toml"],
        expect![[r#"
            warning[UNUSED_IGNORE]: `INVALID_SERVICE` is not reported here
             --> policies.toml:8:22
              |
            8 | # iam-policy: ignore INVALID_SERVICE: nothing to see
              |                      ^^^^^^^^^^^^^^^
              = help: remove the comment, or move it before the element that the finding points to

            ---
            1 file checked: 1 warning in 1 file; 2 findings are ignored by comments
            exit code 0
        "#]],
    );
    assert_eq!(check(&folder, &["policies.toml", "--ignore", "UNUSED_IGNORE"]), "0 ");
    // What is not reported anyway is not said to be unused.
    assert_eq!(check(&folder, &["policies.toml", "--ignore", "INVALID_SERVICE"]), "0 ");
    let select = ["policies.toml", "--select", "UNUSED_IGNORE,INVALID_SERVICE"];
    assert_eq!(check(&folder, &select), "0 UNUSED_IGNORE");
    // Where the policy cannot be read, nothing is known to be unused.
    folder.write("policies.toml", spec.replace("id        =", "idd       ="));
    assert_eq!(check(&folder, &["policies.toml"]), "1 INVALID_SPEC");
    folder.write("policies.toml", spec.replace(": announced last week", ""));
    assert_eq!(check(&folder, &["policies.toml"]), "1 INVALID_IGNORE UNUSED_IGNORE");
}

#[test]
fn json_may_have_comments_in_files_for_it() {
    let policy = MIXED.replace(
        "{\n  \"Statement\"",
        "// iam-policy: ignore MISSING_VERSION: old\n{ /* a */\n  \"Statement\"",
    );
    let folder = Folder::with(&[("a/user.jsonc", &policy), ("b/user.json", &policy)]);
    assert_eq!(check(&folder, &["a"]), "1 INVALID_ACTION REDUNDANT_ACTION");
    assert!(check(&folder, &["b"]).starts_with("2 JSON_SYNTAX_ERROR"));
    folder.check(
        &["check", "a/user.jsonc", "--select", "INVALID_ACTION"],
        expect![[r#"
            error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-10-27)
             --> a/user.jsonc:4:51
              |
            4 |     {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObjcet", "s3:Get*", "s3:GetObject"], "Resource": "arn:aws:s3:::reports/*"}
              |                                                   ^^^^^^^^^^^^^^
              = help: did you mean `s3:GetObject`?

            ---
            1 file checked: 1 error in 1 file
            exit code 1
        "#]],
    );
    assert_eq!(folder.run(&["explain", "a/user.jsonc"]).code, 0);
    assert_eq!(folder.run(&["diff", "a/user.jsonc", "a/user.jsonc"]).code, 0);
}

#[test]
fn each_location_needs_a_comment_if_each_is_a_problem() {
    let spec = r#"
[policy.user]
[[policy.user.statement]]
id        = "read"
reason    = "Reads."
actions   = [
  # iam-policy: ignore ACTION_SUPPORTS_RESOURCES: the names are not known in advance
  "lambda:GetFunction",
  "lambda:InvokeFunction",
]
resources = ["*"]
"#;
    let folder = Folder::with(&[("policies.toml", spec)]);
    assert_eq!(check(&folder, &["policies.toml"]), "0 ACTION_SUPPORTS_RESOURCES");
    let second = "  \"lambda:InvokeFunction\", # iam-policy: ignore ACTION_SUPPORTS_RESOURCES: neither\n";
    folder.write("policies.toml", spec.replace("  \"lambda:InvokeFunction\",\n", second));
    assert_eq!(check(&folder, &["policies.toml"]), "0 ");
}

/// Rules about files that only this program reads: each bad example has the finding and the good one does not.
#[test]
fn examples_of_rules_about_files() {
    let mut count = 0;
    for rule in Rule::all() {
        let documentation = rule.documentation();
        let Some(name) = documentation.bad.file_name() else {
            continue;
        };
        for (example, is_bad) in [(&documentation.bad, true), (&documentation.good, false)] {
            let folder = Folder::with(&[("user.json", GOOD), (name, example.text())]);
            let said = match name {
                "iam-policy-baseline.json" => check(&folder, &["user.json", "--baseline", name]),
                _ => check(&folder, &[name]),
            };
            assert_eq!(said.contains(rule.code().name()), is_bad, "{}: {said}", rule.code());
        }
        count += 1;
    }
    assert_eq!(count, 7);
}

#[test]
fn unrelated_files_can_be_skipped() {
    let folder = Folder::with(&[
        ("iam-policy.toml", "[check]\nexclude = [\"old.json\"]\n"),
        ("package.json", "{\"name\": \"a\"}"),
        ("Cargo.toml", "[package]"),
        ("notes.txt", "Statement"),
        ("old.json", BAD),
        ("bad.json", BAD),
    ]);
    let unrelated = ["package.json", "Cargo.toml", "notes.txt", "old.json", "iam-policy.toml"];
    let ran = folder.run(&[&["check", "--skip-unrelated"], &unrelated[..]].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran}");
    assert_eq!(
        check(&folder, &["--skip-unrelated", "package.json", "bad.json"]),
        "1 INVALID_ACTION ACTION_MATCHES_NO_RESOURCE"
    );
    assert_eq!(folder.run(&["check", "package.json"]).code, 1);
    assert_eq!(folder.run(&["check", "--skip-unrelated", "none.json"]).code, 2);
}

#[test]
fn findings_as_markdown() {
    let hostile = BAD.replace("s3:PutObject", "s3:a|b <img> @team");
    let folder = Folder::with(&[("a|b.json", &hostile), ("good.json", GOOD)]);
    folder.check(
        &["check", "--format", "markdown", "a|b.json", "good.json", "none.json"],
        expect![[r#"
            | Location | Severity | Finding |
            |---|---|---|
            | <code>a&#124;b.json:4:36</code> | error | `INVALID_ACTION`: the action `s3:GetObjcet` does not exist (as of 2026-10-27); did you mean `s3:GetObject`? |
            | <code>a&#124;b.json:4:52</code> | error | `INVALID_ACTION`: the action <code>s3:a&#124;b &#60;img&#62; &#64;team</code> does not exist (as of 2026-10-27) |
            | `-` | error | there is no file `none.json` |

            2 files checked: 2 errors in 1 file; 1 could not be read
            ---
            error: there is no file `none.json`
            exit code 2
        "#]],
    );
    folder.check(
        &["check", "--format", "markdown", "good.json"],
        expect![[r#"
        1 file checked, no findings
        ---
        exit code 0
    "#]],
    );
}
