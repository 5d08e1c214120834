//! `iam-policy.toml`: which one applies to which file, and what the command line overrides.

use std::fs;

use expect_test::expect;

use crate::support::{BAD, Folder, GOOD, SPEC};

const IGNORES: &str = "[check]\nignore = [\"INVALID_ACTION\"]\n";

fn codes(folder: &Folder, arguments: &[&str]) -> String {
    codes_with(folder, arguments, b"")
}

fn codes_with(folder: &Folder, arguments: &[&str], stdin: &[u8]) -> String {
    let ran = folder.run_with(&[&["check", "--format", "json"], arguments].concat(), stdin);
    let found = ["INVALID_ACTION", "ACTION_MATCHES_NO_RESOURCE"];
    let found: Vec<_> = found.into_iter().filter(|code| ran.stdout.contains(code)).collect();
    format!("{} {}", ran.code, found.join(" "))
}

const ALL: &str = "1 INVALID_ACTION ACTION_MATCHES_NO_RESOURCE";
const IGNORED: &str = "1 ACTION_MATCHES_NO_RESOURCE";

#[test]
fn the_nearest_configuration_applies() {
    let folder = Folder::with(&[
        ("iam-policy.toml", IGNORES),
        ("a/b/bad.json", BAD),
        (
            "c/iam-policy.toml",
            "[check]\nignore = [\"ACTION_MATCHES_NO_RESOURCE\"]\n",
        ),
        ("c/bad.json", BAD),
        ("d/iam-policy.toml", ""),
        ("d/e/bad.json", BAD),
    ]);
    assert_eq!(codes(&folder, &["a/b/bad.json"]), IGNORED);
    assert_eq!(codes(&folder, &["a"]), IGNORED);
    assert_eq!(codes(&folder, &["a/../c/bad.json"]), "1 INVALID_ACTION");
    assert_eq!(codes(&folder, &["d"]), ALL);
    assert_eq!(codes(&folder, &["a", "--no-config"]), ALL);
    let absolute = folder.root().join("a/b/bad.json");
    assert_eq!(codes(&folder, &[absolute.to_str().unwrap()]), IGNORED);
}

#[test]
fn the_search_ends_at_the_root_of_a_repository() {
    let folder = Folder::with(&[("iam-policy.toml", IGNORES), ("repository/a/bad.json", BAD)]);
    assert_eq!(codes(&folder, &["repository/a/bad.json"]), IGNORED);
    fs::create_dir(folder.root().join("repository/.git")).unwrap();
    assert_eq!(codes(&folder, &["repository/a/bad.json"]), ALL);
    folder.write("repository/iam-policy.toml", IGNORES);
    assert_eq!(codes(&folder, &["repository/a/bad.json"]), IGNORED);
}

#[test]
fn the_command_line_takes_precedence() {
    let folder = Folder::with(&[
        (
            "iam-policy.toml",
            "[check]\nselect = [\"INVALID_ACTION\"]\ntype = \"service-control\"\nbaseline = \"none.json\"\n",
        ),
        ("bad.json", BAD),
        ("known.json", "{\"version\": 1, \"findings\": []}"),
    ]);
    let baseline = ["--baseline", "known.json"];
    assert_eq!(
        codes(&folder, &[&["bad.json"], &baseline[..]].concat()),
        "1 INVALID_ACTION"
    );
    let select = [
        "bad.json",
        "--select",
        "ACTION_MATCHES_NO_RESOURCE",
        "--type",
        "identity",
    ];
    assert_eq!(codes(&folder, &[&select[..], &baseline[..]].concat()), IGNORED);
    folder.write("iam-policy.toml", IGNORES);
    assert_eq!(
        codes(&folder, &["bad.json", "--select", "INVALID_ACTION"]),
        "1 INVALID_ACTION"
    );
    assert_eq!(
        codes(&folder, &["bad.json", "--ignore", "ACTION_MATCHES_NO_RESOURCE"]),
        "0 "
    );
}

#[test]
fn paths_have_settings_of_their_own() {
    let scp = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}}"#;
    let configuration = r#"
[[check.path]]
files  = ["scp/*.json"]
type   = "service-control"

[[check.path]]
files  = ["old/"]
ignore = ["INVALID_ACTION", "ACTION_MATCHES_NO_RESOURCE"]

[[check.path]]
files  = ["old/strict.json"]
select = ["MISSING_VERSION"]
deny-warnings = true
"#;
    let folder = Folder::with(&[
        ("iam-policy.toml", configuration),
        ("scp/a.json", scp),
        ("old/a/bad.json", BAD),
        ("old/strict.json", &GOOD.replace("  \"Version\": \"2012-10-17\",\n", "")),
        ("new/bad.json", BAD),
    ]);
    folder.check(&["check", "scp", "--format", "github"], expect![[r#"
        ::error file=scp/a.json,line=1,endLine=1,col=60,endColumn=71,title=SCP_SYNTAX_ERROR_PRINCIPAL::SCPs do not support specifying principals; remove the Principal or NotPrincipal element
        ---
        1 file checked: 1 error in 1 file
        exit code 1
    "#]]);
    assert_eq!(codes(&folder, &["old/a"]), "0 ");
    assert_eq!(codes(&folder, &["new"]), ALL);
    assert_eq!(folder.run(&["check", "old/strict.json"]).code, 1);
    // The configuration decides what its patterns are relative to, not the current folder.
    let ran = crate::support::run_in(&folder.root().join("old"), &["check", "a"], b"");
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn excluded_files_are_skipped_in_folders() {
    let folder = Folder::with(&[
        ("iam-policy.toml", "[check]\nexclude = [\"vendor/\", \"*.tmp.json\"]\n"),
        ("good.json", GOOD),
        ("vendor/a/bad.json", BAD),
        ("a/bad.tmp.json", BAD),
    ]);
    folder.check(
        &["check", "."],
        expect![[r#"
        ---
        1 file checked, no findings
        exit code 0
    "#]],
    );
    assert_eq!(codes(&folder, &["vendor/a/bad.json"]), ALL);
}

#[test]
fn a_configuration_is_never_a_spec() {
    let folder = Folder::with(&[("iam-policy.toml", "[chekc]\n[policy.user]\n"), ("policies.toml", SPEC)]);
    folder.check(
        &["check", "."],
        expect![[r#"
        ---
        error[INVALID_CONFIGURATION]: unknown key `chekc` in a configuration
         --> iam-policy.toml:1:2
          |
        1 | [chekc]
          |  ^^^^^
          = help: did you mean `check`?

        error[INVALID_CONFIGURATION]: unknown key `policy` in a configuration
         --> iam-policy.toml:2:2
          |
        2 | [policy.user]
          |  ^^^^^^
          = help: `iam-policy.toml` is never a spec: give specs another name

        1 file checked, no findings; 1 could not be read
        exit code 2
    "#]],
    );
    folder.check(
        &["check", "iam-policy.toml", "--no-config"],
        expect![[r#"
        error[INVALID_CONFIGURATION]: unknown key `chekc` in a configuration
         --> iam-policy.toml:1:2
          |
        1 | [chekc]
          |  ^^^^^
          = help: did you mean `check`?

        error[INVALID_CONFIGURATION]: unknown key `policy` in a configuration
         --> iam-policy.toml:2:2
          |
        2 | [policy.user]
          |  ^^^^^^
          = help: `iam-policy.toml` is never a spec: give specs another name

        ---
        1 file checked: 2 errors in 1 file
        exit code 1
    "#]],
    );
    folder.check(
        &["explain", "iam-policy.toml"],
        expect![[r#"
        ---
        error: `iam-policy.toml` configures this program: it is not a policy or a spec
        exit code 2
    "#]],
    );
}

#[test]
fn mistakes_are_reported_once_and_the_rest_applies() {
    let folder = Folder::with(&[
        (
            "iam-policy.toml",
            "[check]\nignore = [\"INVALID_ACTION\"]\nslect = []\nexclude = [\"[a\", \"../b\"]\n",
        ),
        ("a/bad.json", BAD),
        ("b/bad.json", BAD),
    ]);
    folder.check(&["check", "."], expect![[r#"
        error[ACTION_MATCHES_NO_RESOURCE]: `s3:PutObject` applies to objects, but the resource is a bucket
         --> a/bad.json:4:81
          |
        4 |     {"Effect": "Allow", "Action": ["s3:GetObjcet", "s3:PutObject"], "Resource": "arn:aws:s3:::reports"}
          |                                                    --------------               ^^^^^^^^^^^^^^^^^^^^^^
          = help: also list the objects: `arn:aws:s3:::reports/*`

        error[ACTION_MATCHES_NO_RESOURCE]: `s3:PutObject` applies to objects, but the resource is a bucket
         --> b/bad.json:4:81
          |
        4 |     {"Effect": "Allow", "Action": ["s3:GetObjcet", "s3:PutObject"], "Resource": "arn:aws:s3:::reports"}
          |                                                    --------------               ^^^^^^^^^^^^^^^^^^^^^^
          = help: also list the objects: `arn:aws:s3:::reports/*`

        ---
        error[INVALID_CONFIGURATION]: unknown key `slect` in the settings of `check`
         --> iam-policy.toml:3:1
          |
        3 | slect = []
          | ^^^^^
          = help: did you mean `select`?

        error[INVALID_CONFIGURATION]: `select` is empty
         --> iam-policy.toml:3:9
          |
        3 | slect = []
          |         ^^
          = help: add at least one element, or remove the key

        error[INVALID_CONFIGURATION]: `[a` is not a pattern: unclosed character class; missing ']'
         --> iam-policy.toml:4:12
          |
        4 | exclude = ["[a", "../b"]
          |            ^^^^

        error[INVALID_CONFIGURATION]: `../b` is not a pattern: it is relative to the folder of this file, and names nothing outside it
         --> iam-policy.toml:4:18
          |
        4 | exclude = ["[a", "../b"]
          |                  ^^^^^^

        2 files checked: 2 errors in 2 files; 1 could not be read
        exit code 2
    "#]]);
}

#[test]
fn the_standard_input_can_have_a_name() {
    let folder = Folder::with(&[
        ("a/iam-policy.toml", IGNORES),
        ("iam-policy.toml", ""),
        ("policies.toml", SPEC),
    ]);
    assert_eq!(codes_with(&folder, &["-"], BAD.as_bytes()), ALL);
    let named = |name: &str| codes_with(&folder, &["-", "--stdin-name", name], BAD.as_bytes());
    assert_eq!(named("a/unsaved.json"), IGNORED);
    assert_eq!(named("a/new/folder/unsaved.json"), IGNORED);
    assert_eq!(named("unsaved.json"), ALL);
    folder.check_with(
        &["check", "-", "--stdin-name", "a/policies.toml"],
        SPEC.replace("GetObject", "GetBucketAcl").as_bytes(),
        expect![[r#"
            error[ACTION_MATCHES_NO_RESOURCE]: `s3:GetBucketAcl` does not apply to any of the statement's resources
             --> a/policies.toml:6:14
              |
            6 | actions   = ["s3:GetBucketAcl"]
              |              ^^^^^^^^^^^^^^^^^
              = help: it applies to `arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}`, `arn:${Partition}:s3:::${BucketName}`; did you mean `arn:aws:s3:::reports`?

            ---
            1 file checked: 1 error in 1 file
            exit code 1
        "#]],
    );
    folder.check_with(
        &["check", "-", "--stdin-name", "a/iam-policy.toml"],
        b"[chekc]",
        expect![[r#"
        error[INVALID_CONFIGURATION]: unknown key `chekc` in a configuration
         --> a/iam-policy.toml:1:2
          |
        1 | [chekc]
          |  ^^^^^
          = help: did you mean `check`?

        ---
        1 file checked: 1 error in 1 file
        exit code 1
    "#]],
    );
}

#[cfg(unix)]
#[test]
fn symbolic_links() {
    use std::os::unix::fs::symlink;

    let folder = Folder::with(&[
        ("a/iam-policy.toml", IGNORES),
        ("a/bad.json", BAD),
        ("b/bad.json", BAD),
        ("secret", "password = 5"),
    ]);
    let root = folder.root();
    // A link to a folder leads to that folder; a link to a file is where it is.
    symlink(root.join("a"), root.join("to-a")).unwrap();
    symlink(root.join("a/bad.json"), root.join("b/link.json")).unwrap();
    assert_eq!(codes(&folder, &["to-a/bad.json"]), IGNORED);
    assert_eq!(codes(&folder, &["to-a"]), IGNORED);
    assert_eq!(codes(&folder, &["b/link.json"]), ALL);
    // A link does not make messages quote another file.
    symlink(root.join("secret"), root.join("b/iam-policy.toml")).unwrap();
    folder.check(
        &["check", "b/bad.json", "--select", "INVALID_ACTION"],
        expect![[r#"
        error[INVALID_ACTION]: the action `s3:GetObjcet` does not exist (as of 2026-09-26)
         --> b/bad.json:4:36
          |
        4 |     {"Effect": "Allow", "Action": ["s3:GetObjcet", "s3:PutObject"], "Resource": "arn:aws:s3:::reports"}
          |                                    ^^^^^^^^^^^^^^
          = help: did you mean `s3:GetObject`?

        ---
        error: `b/iam-policy.toml` is a link to a file elsewhere, so it is not read
        1 file checked: 1 error in 1 file; 1 could not be read
        exit code 2
    "#]],
    );
}

#[test]
fn a_folder_in_place_of_a_configuration() {
    let folder = Folder::with(&[("good.json", GOOD), ("iam-policy.toml/a.txt", "")]);
    folder.check(
        &["check", "good.json"],
        expect![[r#"
        ---
        error: `iam-policy.toml` is not a regular file, so it is not read
        1 file checked, no findings; 1 could not be read
        exit code 2
    "#]],
    );
}

#[test]
fn a_baseline_belongs_to_its_configuration() {
    let folder = Folder::with(&[
        ("a/iam-policy.toml", "[check]\nbaseline = \"known.json\"\n"),
        ("a/policies/bad.json", BAD),
        ("b/bad.json", BAD),
    ]);
    folder.check(
        &["check", "a", "--write-baseline"],
        expect![[r#"
        ---
        note: wrote `a/known.json`: 2 findings in 1 file
        1 file checked, no findings
        exit code 0
    "#]],
    );
    assert!(
        fs::read_to_string(folder.root().join("a/known.json"))
            .unwrap()
            .contains("\"file\": \"policies/bad.json\"")
    );
    assert_eq!(codes(&folder, &["a"]), "0 ");
    assert_eq!(codes(&folder, &["a", "b"]), ALL);
}
