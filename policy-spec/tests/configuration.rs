//! Configurations: the table of keys, and the messages about mistakes.

use expect_test::{Expect, expect};
use iam_policy_spec::Source;
use iam_policy_spec::configuration::keys::SECTIONS;
use iam_policy_spec::configuration::read;
use iam_policy_spec::keys::Section;

fn check(text: &str, expected: Expect) {
    let source = Source::new("iam-policy.toml", text);
    let (_, diagnostics) = read(&source);
    expected.assert_eq(&source.show_all(&diagnostics).to_string());
}

/// A configuration in which `lines` are the contents of the section.
fn around(section: &Section, lines: &str) -> String {
    match section.name {
        "configuration" => lines.to_owned(),
        "check" => format!("[check]\n{lines}"),
        "path" => format!("[[check.path]]\n{lines}"),
        other => unreachable!("unknown section {other}"),
    }
}

#[test]
fn the_reader_knows_every_key_and_its_type() {
    for section in SECTIONS {
        for key in section.keys {
            let text = around(section, &format!("{} = 1979-05-27", key.name));
            let (_, diagnostics) = read(&Source::new("iam-policy.toml", text));
            let expected = format!("`{}` must be ", key.name);
            assert!(
                diagnostics.iter().any(|found| found.message.starts_with(&expected)),
                "{} {}: {diagnostics:?}",
                section.name,
                key.name
            );
            let is_unknown = |message: &str| message.contains("unknown key");
            assert!(
                !diagnostics.iter().any(|found| is_unknown(&found.message)),
                "{}",
                key.name
            );
        }
    }
}

#[test]
fn every_example_is_valid() {
    for section in SECTIONS {
        for key in section.keys {
            let more = if key.name == "path" { "\nfiles = [\"a\"]" } else { "" };
            let text = format!("{}{more}", key.example);
            let files = if section.name == "path" && key.name != "files" {
                "files = [\"a\"]\n"
            } else {
                ""
            };
            let (_, diagnostics) = read(&Source::new(
                "iam-policy.toml",
                around(section, &format!("{files}{text}")),
            ));
            assert_eq!(diagnostics, [], "{text}");
        }
    }
}

#[test]
fn settings_are_read() {
    let source = Source::new(
        "iam-policy.toml",
        r#"
[check]
ignore        = ["REDUNDANT_ACTION"]
deny-warnings = true
baseline      = "known.json"
exclude       = ["vendor/"]

[[check.path]]
files  = ["scp/*.json"]
select = ["INVALID_ACTION"]
type   = "service-control"
attach = ["service-control"]
"#,
    );
    let (configuration, diagnostics) = read(&source);
    assert_eq!(diagnostics, []);
    let check = configuration.check;
    expect![[r#"
        Settings { select: None, ignore: [RedundantAction], deny_warnings: Some(true), policy_type: None, resource_type: None, attach: None }
        Settings { select: Some([InvalidAction]), ignore: [], deny_warnings: None, policy_type: Some(ServiceControl), resource_type: None, attach: Some([ServiceControl]) }
        known.json vendor/ scp/*.json"#]]
    .assert_eq(&format!(
        "{:?}\n{:?}\n{} {} {}",
        check.settings, check.paths[0].settings, check.baseline.unwrap().value, check.exclude[0].value, check.paths[0].files[0].value
    ));
}

#[test]
fn unknown_names() {
    check(
        r#"
[check]
ingore = ["INVALID_ACTION"]
select = ["INVALID_ACTON", "JSON_SYNTAX_ERROR"]
type   = "scp"
[[check.path]]
file = "a"
[chekc]
"#,
        expect![[r#"
            error[INVALID_CONFIGURATION]: unknown key `ingore` in the settings of `check`
             --> iam-policy.toml:3:1
              |
            3 | ingore = ["INVALID_ACTION"]
              | ^^^^^^
              = help: did you mean `ignore`?

            error[INVALID_CONFIGURATION]: `INVALID_ACTON` is not a code that can be selected or ignored
             --> iam-policy.toml:4:11
              |
            4 | select = ["INVALID_ACTON", "JSON_SYNTAX_ERROR"]
              |           ^^^^^^^^^^^^^^^
              = help: did you mean `INVALID_ACTION`?

            error[INVALID_CONFIGURATION]: `JSON_SYNTAX_ERROR` is not a code that can be selected or ignored
             --> iam-policy.toml:4:28
              |
            4 | select = ["INVALID_ACTON", "JSON_SYNTAX_ERROR"]
              |                            ^^^^^^^^^^^^^^^^^^^
              = help: `iam-policy rule` lists all codes

            error[INVALID_CONFIGURATION]: `scp` is not a type of policies
             --> iam-policy.toml:5:10
              |
            5 | type   = "scp"
              |          ^^^^^
              = help: valid values are `identity`, `resource`, `trust`, `service-control` and `resource-control`

            error[INVALID_CONFIGURATION]: unknown key `file` in the settings of a path
             --> iam-policy.toml:7:1
              |
            7 | file = "a"
              | ^^^^
              = help: did you mean `files`?

            error[INVALID_CONFIGURATION]: `files` must be a list, not a string
             --> iam-policy.toml:7:8
              |
            7 | file = "a"
              |        ^^^
              = help: write `["a"]`

            error[INVALID_CONFIGURATION]: unknown key `chekc` in a configuration
             --> iam-policy.toml:8:2
              |
            8 | [chekc]
              |  ^^^^^
              = help: did you mean `check`?

        "#]],
    );
}

#[test]
fn impossible_combinations() {
    check(
        r#"
[check]
type          = "trust"
resource-type = "s3:bucket"
ignore        = ["INVALID_ACTION", "INVALID_ACTION"]
[[check.path]]
ignore = []
"#,
        expect![[r#"
            error[INVALID_CONFIGURATION]: `s3:bucket` is for resource policies, not for the type `trust`
             --> iam-policy.toml:4:1
              |
            4 | resource-type = "s3:bucket"
              | ^^^^^^^^^^^^^
              = help: write `type = "resource"`, or remove one of the keys

            error[INVALID_CONFIGURATION]: duplicate `INVALID_ACTION` in `ignore`
             --> iam-policy.toml:5:36
              |
            5 | ignore        = ["INVALID_ACTION", "INVALID_ACTION"]
              |                                    ^^^^^^^^^^^^^^^^

            error[INVALID_CONFIGURATION]: missing key `files` in the settings of a path
             --> iam-policy.toml:6:1
              |
            6 | [[check.path]]
              | ^^^^^^^^^^^^^^
              = help: for example, `files = ["organization/scp/*.json"]`

            error[INVALID_CONFIGURATION]: `ignore` is empty
             --> iam-policy.toml:7:10
              |
            7 | ignore = []
              |          ^^
              = help: add at least one element, or remove the key

        "#]],
    );
}

#[test]
fn a_spec_is_not_a_configuration() {
    check(
        r#"
[policy.user]
[[policy.user.statement]]
id = "a"
"#,
        expect![[r#"
            error[INVALID_CONFIGURATION]: unknown key `policy` in a configuration
             --> iam-policy.toml:2:2
              |
            2 | [policy.user]
              |  ^^^^^^
              = help: `iam-policy.toml` is never a spec: give specs another name

        "#]],
    );
}

#[test]
fn syntax_errors() {
    check(
        r#"
[check]
ignore = ["INVALID_ACTION"
[[check.path]]
type = "trust"
"#,
        expect![[r#"
            error[TOML_SYNTAX_ERROR]: invalid TOML: missing comma between array elements, expected `,`
             --> iam-policy.toml:4:1
              |
            4 | [[check.path]]
              | ^

        "#]],
    );
}
