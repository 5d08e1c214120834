use expect_test::{Expect, expect};
use tempfile::TempDir;

use super::*;

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

fn check(regenerate: &Regenerate, mode: Mode, expected: Expect) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = regenerate.report(mode, &mut out, &mut err).unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    expected.assert_eq(&format!("{}---\n{}{outcome:?}\n", text(out), text(err)));
}

#[test]
fn what_was_written_is_up_to_date() {
    let (folder, regenerate) = repository(SPEC);
    check(
        &regenerate,
        Mode::Write,
        expect![[r"
            wrote generated/user.json
            wrote generated/PERMISSIONS.md
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
    let files: Vec<_> = fs::read_dir(folder.path().join("generated")).unwrap().collect();
    assert_eq!(files.len(), 2, "nothing is left aside: {files:?}");
}

#[test]
fn drift_is_shown_and_not_mended() {
    let (folder, regenerate) = repository(SPEC);
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    let generated = folder.path().join("generated");
    let drifted = fs::read_to_string(generated.join("user.json"))
        .unwrap()
        .replace("ListAllMyBuckets", "*");
    fs::write(generated.join("user.json"), &drifted).unwrap();
    fs::remove_file(generated.join("PERMISSIONS.md")).unwrap();
    fs::write(generated.join("old.json"), "{}\n").unwrap();
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
            @@ -0,0 +1,34 @@
            +<!-- Written by `cargo xtask regenerate` from `../policies.toml`. Do not edit: change that file instead. -->
            +
            +# Permissions
            +
            +## user
            +
            +120 characters.
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
            +| Sid | Permission | Scope | Reason |
            +|---|---|---|---|
            +| `List` | `s3:ListAllMyBuckets` List | `*` | Finds the bucket. |
            --- a/generated/old.json
            +++ /dev/null
            @@ -1 +0,0 @@
            -{}
            ---
            error: 3 files are not up to date
             = help: run `cargo xtask regenerate`
            Refused
        "#]],
    );
    assert_eq!(fs::read_to_string(generated.join("user.json")).unwrap(), drifted);
    check(
        &regenerate,
        Mode::Write,
        expect![[r"
            wrote generated/user.json
            wrote generated/PERMISSIONS.md
            removed generated/old.json
            ---
            Done
        "]],
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
            error: `s3.ListAllMyBuckets` is not an action
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
fn links_are_replaced_and_removed_themselves() {
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
    symlink("../elsewhere", generated.join("folder")).unwrap();
    check(
        &regenerate,
        Mode::Write,
        expect![[r"
            wrote generated/user.json
            removed generated/gone.json
            removed generated/old.json
            ---
            Done
        "]],
    );
    assert_eq!(fs::read_to_string(elsewhere.join("user.json")).unwrap(), "mine\n");
    assert_eq!(names(&generated), ["PERMISSIONS.md", "folder", "user.json"]);
    assert!(!generated.join("user.json").is_symlink());
    assert_eq!(regenerate.changes().unwrap(), []);
}

#[test]
fn folders_in_the_place_of_files_are_told_with_all_else() {
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
        error: `generated/user.json` is a folder, and should be a file
         = help: move it away, or choose another folder

        error: `generated/PERMISSIONS.md` is a folder, and should be a file
         = help: move it away, or choose another folder

        error: `s3.ListAllMyBuckets` is not an action
         --> bad.toml:6:14
          |
        6 | actions   = ["s3.ListAllMyBuckets"]
          |              ^^^^^^^^^^^^^^^^^^^^^
          = help: did you mean `s3:ListAllMyBuckets`?

        error: `list.txt` is a folder, and should be a file
         = help: move it away, or choose another folder

        Unreadable
    "#]],
    );
    assert!(!folder.path().join("bad").exists());
}

#[test]
fn a_folder_that_cannot_be_written_loses_nothing() {
    let (folder, regenerate) = repository(SPEC);
    let regenerate = regenerate.file("blocked/file.txt", "new\n");
    let changes = regenerate.changes().unwrap();
    fs::write(folder.path().join("blocked"), "a file where a folder should be").unwrap();
    let error = regenerate.write(&changes).unwrap_err();
    assert!(error.to_string().starts_with("`blocked/file.txt`: "), "{error}");
    assert_eq!(names(&folder.path().join("generated")), [] as [&str; 0]);
}

#[test]
fn nothing_is_left_aside_when_a_file_cannot_be_put_in_its_place() {
    let (folder, regenerate) = repository(SPEC);
    let changes = regenerate.changes().unwrap();
    let generated = folder.path().join("generated");
    fs::create_dir_all(generated.join("user.json/in-the-way")).unwrap();
    let error = regenerate.write(&changes).unwrap_err();
    assert!(error.to_string().starts_with("`generated/user.json` "), "{error}");
    assert_eq!(names(&generated), ["user.json"]);
}

fn shared(folder: &TempDir, spec: &str) -> Regenerate {
    Regenerate::new("iam-policy generate")
        .root(folder.path())
        .spec_in_shared_folder(spec, "out")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_shared_folder_keeps_what_is_not_ours() {
    let (folder, _) = repository(SPEC);
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    for name in ["notes.md", "admin.json", "old.json"] {
        fs::write(out.join(name), "mine\n").unwrap();
    }
    let regenerate = shared(&folder, "policies.toml");
    check(
        &regenerate,
        Mode::Write,
        expect![[r#"
        wrote out/user.json
        wrote out/PERMISSIONS.md
        wrote out/.iam-policy-generated
        ---
        Done
    "#]],
    );
    assert_eq!(
        names(&out),
        [
            LIST,
            "PERMISSIONS.md",
            "admin.json",
            "notes.md",
            "old.json",
            "user.json"
        ]
    );
    expect![[r#"
        # Made of `../policies.toml`. Files that are named here are replaced and removed when it changes, no others.
        user.json
        PERMISSIONS.md
    "#]]
    .assert_eq(&fs::read_to_string(out.join(LIST)).unwrap());

    // What has been made of the spec is replaced, and removed when it is no longer made.
    fs::write(out.join("user.json"), "edited\n").unwrap();
    fs::write(folder.path().join("policies.toml"), SPEC.replace("user", "reader")).unwrap();
    check(
        &regenerate,
        Mode::Write,
        expect![[r#"
        wrote out/reader.json
        wrote out/PERMISSIONS.md
        removed out/user.json
        wrote out/.iam-policy-generated
        ---
        Done
    "#]],
    );
    assert_eq!(
        names(&out),
        [
            LIST,
            "PERMISSIONS.md",
            "admin.json",
            "notes.md",
            "old.json",
            "reader.json"
        ]
    );
    assert_eq!(regenerate.changes().unwrap(), []);
}

#[test]
fn a_shared_folder_is_not_overwritten() {
    let (folder, _) = repository(SPEC);
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("user.json"), "mine\n").unwrap();
    let regenerate = shared(&folder, "policies.toml");
    check(
        &regenerate,
        Mode::Write,
        expect![[r#"
        ---
        error: `out/user.json` would be replaced, and is not known to be made of this spec
         = help: remove it, or choose another folder

        Refused
    "#]],
    );
    assert!(regenerate.changes().is_err());
    assert_eq!(names(&out), ["user.json"]);
    assert_eq!(fs::read_to_string(out.join("user.json")).unwrap(), "mine\n");
}

#[test]
fn files_that_are_as_they_should_be_are_ours() {
    let (folder, regenerate) = repository(SPEC);
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    fs::rename(folder.path().join("generated"), folder.path().join("out")).unwrap();
    fs::remove_file(folder.path().join("out/PERMISSIONS.md")).unwrap();
    let regenerate = shared(&folder, "policies.toml");
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    assert_eq!(names(&folder.path().join("out")), [LIST, "PERMISSIONS.md", "user.json"]);
}

#[test]
fn a_folder_is_for_one_spec() {
    let (folder, _) = repository(SPEC);
    fs::write(folder.path().join("other.toml"), SPEC.replace("user", "role")).unwrap();
    let first = shared(&folder, "policies.toml");
    first.write(&first.changes().unwrap()).unwrap();
    check(
        &shared(&folder, "other.toml"),
        Mode::Write,
        expect![[r#"
        ---
        error: the folder `out` has what is made of `../policies.toml`
         = help: choose another folder, or remove `out/.iam-policy-generated` if this is to take its place

        Refused
    "#]],
    );
    assert_eq!(first.changes().unwrap(), []);
}

#[test]
fn a_list_cannot_name_what_is_not_ours() {
    let (folder, _) = repository(SPEC);
    let regenerate = shared(&folder, "policies.toml");
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    let out = folder.path().join("out");
    fs::write(folder.path().join("victim.json"), "mine\n").unwrap();
    fs::write(out.join(".hidden.json"), "mine\n").unwrap();
    fs::write(out.join("main.rs"), "mine\n").unwrap();
    let list = fs::read_to_string(out.join(LIST)).unwrap();
    fs::write(
        out.join(LIST),
        list + "../victim.json\n.hidden.json\nmain.rs\ngone.json\n",
    )
    .unwrap();
    check(
        &regenerate,
        Mode::Write,
        expect![[r#"
        wrote out/.iam-policy-generated
        ---
        Done
    "#]],
    );
    assert!(
        folder.path().join("victim.json").exists() && out.join(".hidden.json").exists() && out.join("main.rs").exists()
    );
}
