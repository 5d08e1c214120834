use expect_test::{Expect, expect};
use tempfile::TempDir;

use super::*;
use crate::MANIFEST;

const SPEC: &str = r#"
[policy.user]
[[policy.user.statement]]
id        = "list"
reason    = "Finds the bucket."
actions   = ["s3:ListAllMyBuckets"]
resources = ["*"]
"#;

fn repository(spec: &str) -> (TempDir, Regenerate) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("policies.toml"), spec).unwrap();
    let regenerate = Regenerate::new("cargo xtask regenerate")
        .root(folder.path())
        .spec("policies.toml", "generated");
    (folder, regenerate)
}

/// Adds names to a folder's manifest.
fn list(folder: &Path, names: &[&str]) {
    let manifest = fs::read_to_string(folder.join(MANIFEST)).unwrap() + &names.join("\n") + "\n";
    fs::write(folder.join(MANIFEST), manifest).unwrap();
}

/// The names of the files and folders in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn check(regenerate: &Regenerate, mode: Mode, expected: Expect) {
    let (mut out, mut err) = (Vec::new(), StyledText::new());
    let outcome = regenerate.report(mode, &mut out, &mut err).unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    expected.assert_eq(&format!("{}---\n{}{outcome:?}\n", text(out), err));
}

#[test]
fn written_files_are_up_to_date() {
    let (folder, regenerate) = repository(SPEC);
    check(
        &regenerate,
        Mode::Write,
        expect![[r"
            wrote generated/user.json
            wrote generated/PERMISSIONS.md
            wrote generated/.iam-policy-generated
            ---
            Done
        "]],
    );
    check(
        &regenerate,
        Mode::Check,
        expect![[r"
            everything is up to date
            ---
            Done
        "]],
    );
    assert_eq!(
        names(&folder.path().join("generated")),
        [MANIFEST, "PERMISSIONS.md", "user.json"]
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "it shows whole files")]
fn check_shows_drift_and_write_repairs_it() {
    let (folder, regenerate) = repository(SPEC);
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    let generated = folder.path().join("generated");
    let drifted = fs::read_to_string(generated.join("user.json"))
        .unwrap()
        .replace("ListAllMyBuckets", "*");
    fs::write(generated.join("user.json"), &drifted).unwrap();
    fs::remove_file(generated.join("PERMISSIONS.md")).unwrap();
    fs::write(generated.join("old.json"), "{}\n").unwrap();
    list(&generated, &["old.json"]);
    fs::write(generated.join(".gitkeep"), "").unwrap();
    check(
        &regenerate,
        Mode::Check,
        expect![[r#"
            --- a/generated/user.json
            +++ b/generated/user.json
            @@ -5,7 +5,7 @@
                   "Sid": "List",
                   "Effect": "Allow",
                   "Action": [
            -        "s3:*"
            +        "s3:ListAllMyBuckets"
                   ],
                   "Resource": [
                     "*"
            --- /dev/null
            +++ b/generated/PERMISSIONS.md
            @@ -0,0 +1,49 @@
            +<!-- Written by `cargo xtask regenerate` from `../policies.toml`. Do not edit: change that file instead. -->
            +
            +# Permissions
            +
            +- [user](#user)
            +  - [`List`](#user-list)
            +
            +<a id="user"></a>
            +
            +## user
            +
            +| Allowed actions | List |
            +|---|--:|
            +| Amazon S3 | 1 |
            +
            +Size in characters: 120 in `aws`.
            +
            +<details>
            +<summary>The policy as JSON</summary>
            +
            +```json
            +{
            +  "Version": "2012-10-17",
            +  "Statement": [
            +    {
            +      "Sid": "List",
            +      "Effect": "Allow",
            +      "Action": [
            +        "s3:ListAllMyBuckets"
            +      ],
            +      "Resource": [
            +        "*"
            +      ]
            +    }
            +  ]
            +}
            +```
            +
            +</details>
            +
            +<a id="user-list"></a>
            +
            +### `List`
            +
            +**Allow** on all resources, `*`
            +
            +| Permission | Access | Reason |
            +|---|---|---|
            +| [`s3:ListAllMyBuckets`](https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-ListAllMyBuckets) | List | Finds the bucket. |
            --- a/generated/old.json
            +++ /dev/null
            @@ -1 +0,0 @@
            -{}
            --- a/generated/.iam-policy-generated
            +++ b/generated/.iam-policy-generated
            @@ -1,4 +1,3 @@
             # Generated from `../policies.toml`. Only the files listed here are replaced or removed.
             user.json
             PERMISSIONS.md
            -old.json
            ---
            error: 4 files are not up to date
              = help: run `cargo xtask regenerate`
            Refused
        "#]],
    );
    assert_eq!(fs::read_to_string(generated.join("user.json")).unwrap(), drifted);
    check(
        &regenerate,
        Mode::Write,
        expect![[r#"
            wrote generated/user.json
            wrote generated/PERMISSIONS.md
            removed generated/old.json
            wrote generated/.iam-policy-generated
            ---
            Done
        "#]],
    );
    assert_eq!(regenerate.changes().unwrap(), []);
}

#[test]
fn a_bad_spec_touches_nothing() {
    let (folder, regenerate) = repository(&SPEC.replace("s3:", "s3."));
    let regenerate = regenerate.spec("none.toml", "none").file("other.txt", "new\n");
    check(
        &regenerate,
        Mode::Write,
        expect![[r#"
            ---
            error[INVALID_SPEC]: `s3.ListAllMyBuckets` is not an action
             --> policies.toml:6:14
              |
            6 | actions   = ["s3.ListAllMyBuckets"]
              |              ^^^^^^^^^^^^^^^^^^^^^
              = help: did you mean `s3:ListAllMyBuckets`?

            error: there is no file `none.toml`
            Unreadable
        "#]],
    );
    assert!(!folder.path().join("generated").exists() && !folder.path().join("other.txt").exists());
}

#[cfg(unix)]
#[test]
fn links_are_replaced_and_removed_not_followed() {
    use std::os::unix::fs::symlink;

    let (folder, regenerate) = repository(SPEC);
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    let generated = folder.path().join("generated");
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("user.json"), "mine\n").unwrap();
    fs::remove_file(generated.join("user.json")).unwrap();
    symlink("../elsewhere/user.json", generated.join("user.json")).unwrap();
    symlink("../elsewhere/user.json", generated.join("old.json")).unwrap();
    symlink("nowhere.json", generated.join("gone.json")).unwrap();
    symlink("../elsewhere", generated.join("folder.json")).unwrap();
    symlink("nowhere.json", generated.join("mine.json")).unwrap();
    list(&generated, &["old.json", "gone.json", "folder.json"]);
    check(
        &regenerate,
        Mode::Write,
        expect![[r#"
            wrote generated/user.json
            removed generated/gone.json
            removed generated/old.json
            wrote generated/.iam-policy-generated
            ---
            Done
        "#]],
    );
    assert_eq!(fs::read_to_string(elsewhere.join("user.json")).unwrap(), "mine\n");
    assert_eq!(
        names(&generated),
        [MANIFEST, "PERMISSIONS.md", "folder.json", "mine.json", "user.json"]
    );
    assert!(!generated.join("user.json").is_symlink());
    assert_eq!(regenerate.changes().unwrap(), []);
}

#[test]
fn folders_in_the_way_are_reported_with_all_other_errors() {
    let (folder, regenerate) = repository(SPEC);
    for taken in ["generated/user.json", "generated/PERMISSIONS.md", "list.txt"] {
        fs::create_dir_all(folder.path().join(taken)).unwrap();
    }
    fs::write(folder.path().join("bad.toml"), SPEC.replace("s3:", "s3.")).unwrap();
    let regenerate = regenerate.file("list.txt", "new\n").spec("bad.toml", "bad");
    check(
        &regenerate,
        Mode::Write,
        expect![[r#"
            ---
            error: `generated/user.json` is a folder, not a file
              = help: move it away, or choose another folder
            error: `generated/PERMISSIONS.md` is a folder, not a file
              = help: move it away, or choose another folder
            error[INVALID_SPEC]: `s3.ListAllMyBuckets` is not an action
             --> bad.toml:6:14
              |
            6 | actions   = ["s3.ListAllMyBuckets"]
              |              ^^^^^^^^^^^^^^^^^^^^^
              = help: did you mean `s3:ListAllMyBuckets`?

            error: `list.txt` is a folder, not a file
              = help: move it away, or choose another folder
            Unreadable
        "#]],
    );
    assert!(!folder.path().join("bad").exists());
}

#[test]
fn nothing_changes_when_a_folder_cannot_be_written() {
    let (folder, regenerate) = repository(SPEC);
    let regenerate = regenerate.file("blocked/file.txt", "new\n");
    let changes = regenerate.changes().unwrap();
    fs::write(folder.path().join("blocked"), "a file where a folder should be").unwrap();
    let error = regenerate.write(&changes).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("error: cannot access `blocked/file.txt`: "),
        "{error}"
    );
    assert_eq!(names(&folder.path().join("generated")), [] as [&str; 0]);
}

#[test]
fn no_temporary_file_remains_when_a_file_cannot_be_replaced() {
    let (folder, regenerate) = repository(SPEC);
    let changes = regenerate.changes().unwrap();
    let generated = folder.path().join("generated");
    fs::create_dir_all(generated.join("user.json/in-the-way")).unwrap();
    let error = regenerate.write(&changes).unwrap_err();
    assert!(
        error.to_string().starts_with("error: `generated/user.json` "),
        "{error}"
    );
    assert_eq!(names(&generated), ["user.json"]);
}

#[test]
fn a_stale_temporary_file_is_not_reused() {
    let (folder, regenerate) = repository(SPEC);
    let stale = format!("generated/.user.json.{}-0.new", std::process::id());
    fs::create_dir(folder.path().join("generated")).unwrap();
    fs::write(folder.path().join(&stale), "mine\n").unwrap();
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    assert_eq!(fs::read_to_string(folder.path().join(&stale)).unwrap(), "mine\n");
    assert_eq!(regenerate.changes().unwrap(), []);
}

#[test]
fn two_specs_cannot_share_a_folder() {
    let (folder, regenerate) = repository(SPEC);
    fs::write(folder.path().join("other.toml"), SPEC).unwrap();
    check(
        &regenerate.spec_in_shared_folder("other.toml", "./other/../generated"),
        Mode::Write,
        expect![[r#"
            ---
            error: `policies.toml` and `other.toml` are both generated into the folder `./other/../generated`
              = help: give each spec a folder of its own
            Refused
        "#]],
    );
    assert!(!folder.path().join("generated").exists());
}
