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

/// The root is that of the checkout in which Cargo runs the program, wherever the program was built.
#[test]
fn the_root_is_found_at_run_time() {
    let (folder, _) = repository(SPEC);
    let from = |package: Option<&str>| {
        let package = package.map(|package| folder.path().join(package).into_os_string());
        Regenerate::new("cargo xtask regenerate")
            .root_from(package, Path::new(".."))
            .spec("policies.toml", "generated")
    };
    fs::create_dir(folder.path().join("xtask")).unwrap();
    let changes = from(Some("xtask")).changes().unwrap();
    from(Some("xtask")).write(&changes).unwrap();
    assert!(folder.path().join("generated/user.json").exists());
    check(
        &from(None),
        Mode::Write,
        expect![[r"
            ---
            error: cannot find the root folder, because Cargo does not run this program
              = help: run `cargo xtask regenerate`
            Unreadable
        "]],
    );
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
fn stale_temporary_files_are_reported_and_removed() {
    let (folder, regenerate) = repository(SPEC);
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    let regenerate = regenerate.file("list.txt", "new\n");
    let stale = [
        "generated/.user.json.0123456789abcdef.new",
        "generated/.old.trust.json.fedcba9876543210.new",
        "generated/..iam-policy-generated.0123456789abcdef.new",
        // As earlier versions named them.
        "generated/.PERMISSIONS.md.4711-0.new",
        ".list.txt.0123456789abcdef.new",
    ];
    let mine = [
        "generated/.notes.txt.0123456789abcdef.new",
        "generated/.user.json.new",
        "generated/user.json.0123456789abcdef.new",
        ".policies.toml.0123456789abcdef.new",
    ];
    fs::write(folder.path().join("list.txt"), "new\n").unwrap();
    for name in stale.iter().chain(&mine) {
        fs::write(folder.path().join(name), "half a fi").unwrap();
    }
    fs::create_dir(folder.path().join("generated/.user.json.0000000000000000.new")).unwrap();
    check(
        &regenerate,
        Mode::Check,
        expect![[r"
            --- a/.list.txt.0123456789abcdef.new
            +++ /dev/null
            --- a/generated/..iam-policy-generated.0123456789abcdef.new
            +++ /dev/null
            --- a/generated/.PERMISSIONS.md.4711-0.new
            +++ /dev/null
            --- a/generated/.old.trust.json.fedcba9876543210.new
            +++ /dev/null
            --- a/generated/.user.json.0123456789abcdef.new
            +++ /dev/null
            ---
            error: 5 files are not up to date
              = help: run `cargo xtask regenerate`
            Refused
        "]],
    );
    // While another run writes, they are its own, not stale.
    let lock = Lock::wait(&folder.path().join("generated")).unwrap();
    assert_eq!(regenerate.changes().unwrap().len(), 1);
    drop(lock);
    check(
        &regenerate,
        Mode::Write,
        expect![[r"
            removed .list.txt.0123456789abcdef.new
            removed generated/..iam-policy-generated.0123456789abcdef.new
            removed generated/.PERMISSIONS.md.4711-0.new
            removed generated/.old.trust.json.fedcba9876543210.new
            removed generated/.user.json.0123456789abcdef.new
            ---
            Done
        "]],
    );
    assert!(stale.iter().all(|name| !folder.path().join(name).exists()));
    assert!(mine.iter().all(|name| folder.path().join(name).exists()));
    assert_eq!(regenerate.changes().unwrap(), []);
}

#[test]
fn a_file_that_is_already_gone_is_removed() {
    let (folder, regenerate) = repository(SPEC);
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    let generated = folder.path().join("generated");
    fs::write(generated.join("old.json"), "{}\n").unwrap();
    fs::write(generated.join(".user.json.0123456789abcdef.new"), "{").unwrap();
    list(&generated, &["old.json"]);
    let changes = regenerate.changes().unwrap();
    assert_eq!(changes.len(), 3);
    fs::remove_file(generated.join("old.json")).unwrap();
    fs::remove_file(generated.join(".user.json.0123456789abcdef.new")).unwrap();
    regenerate.write(&changes).unwrap();
    assert_eq!(regenerate.changes().unwrap(), []);
}

#[test]
fn a_file_that_was_changed_in_between_is_not_overwritten() {
    let (folder, regenerate) = repository(SPEC);
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    let user = folder.path().join("generated/user.json");
    fs::write(&user, "old\n").unwrap();
    let changes = regenerate.changes().unwrap();
    fs::write(&user, "mine\n").unwrap();
    let error = regenerate.write(&changes).unwrap_err();
    expect![[r"
        error: `generated/user.json` has been changed since it was compared
          = help: run the command again"]]
    .assert_eq(&error.to_string());
    assert_eq!(fs::read_to_string(&user).unwrap(), "mine\n");
    // Another run may have done the same.
    fs::write(&user, "old\n").unwrap();
    regenerate.write(&changes).unwrap();
    regenerate.write(&changes).unwrap();
    assert_eq!(regenerate.changes().unwrap(), []);
}

#[test]
fn concurrent_runs_leave_one_complete_set() {
    let folder = tempfile::tempdir().unwrap();
    let spec = |number: usize| {
        let policies = (0..=number).map(|policy| {
            SPEC.replace("user", &format!("p{policy}"))
                .replace("Finds", &format!("{number} finds"))
        });
        policies.collect::<String>()
    };
    // The same spec in different states, as in two checkouts that share a folder.
    let run = |number: usize| {
        let regenerate = Regenerate::new("x").root(folder.path());
        regenerate.bytes_in_shared_folder("policies.toml", spec(number).into_bytes(), "generated")
    };
    for _ in 0..5 {
        std::thread::scope(|scope| {
            for first in 0..4 {
                scope.spawn(move || {
                    // Each run removes files that another one is comparing, and adds files that it does not know yet.
                    for number in (0..10).map(|turn| (first + turn) % 4) {
                        let (mut out, mut err) = (Vec::new(), StyledText::new());
                        let outcome = run(number).report(Mode::Write, &mut out, &mut err).unwrap();
                        assert_eq!((outcome, err.as_str()), (Outcome::Done, ""));
                    }
                });
            }
        });
        let complete = (0..4).filter(|number| run(*number).changes().unwrap().is_empty());
        assert_eq!(complete.count(), 1);
    }
}

#[test]
fn files_of_an_unfinished_run_are_not_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let run = || {
        let regenerate = Regenerate::new("x").root(folder.path());
        let regenerate = regenerate.bytes_in_shared_folder("policies.toml", SPEC.into(), "generated");
        let (mut out, mut err) = (Vec::new(), StyledText::new());
        let outcome = regenerate.report(Mode::Write, &mut out, &mut err).unwrap();
        (outcome, err.to_string())
    };
    let done = (Outcome::Done, String::new());
    assert_eq!(run(), done);
    let generated = folder.path().join("generated");
    let manifest = fs::read(generated.join(MANIFEST)).unwrap();
    std::thread::scope(|scope| {
        let held = Lock::wait(&generated).unwrap();
        // As if the manifest had been read before the other run wrote it, and the files after.
        fs::write(generated.join("user.json"), "old\n").unwrap();
        fs::remove_file(generated.join(MANIFEST)).unwrap();
        let waiting = scope.spawn(run);
        std::thread::sleep(std::time::Duration::from_millis(100));
        fs::write(generated.join(MANIFEST), manifest).unwrap();
        drop(held);
        assert_eq!(waiting.join().unwrap(), done);
    });
}

#[test]
fn names_that_windows_reserves_are_reported() {
    let (_folder, regenerate) = repository(&SPEC.replace("user", "aux"));
    let inspection = regenerate.inspect();
    let message = match &inspection {
        Ok(inspection) => inspection.remarks.as_str(),
        Err(error) => error.messages.as_str(),
    };
    let message = message.replacen("error", "warning", 1);
    expect![[r"
        warning: the name `aux` is reserved on Windows, so `aux.json` cannot be created there
         --> policies.toml:2:9
          |
        2 | [policy.aux]
          |         ^^^
          = help: rename the policy

    "]]
    .assert_eq(&message);
    assert_eq!(inspection.is_err(), cfg!(windows));
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_not_read() {
    use std::os::unix::fs::symlink;

    let (folder, regenerate) = repository(SPEC);
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    let generated = folder.path().join("generated");
    let user = fs::read_to_string(generated.join("user.json")).unwrap();
    // Even if the target is up to date, the file itself must be in the folder.
    fs::write(folder.path().join("same.json"), &user).unwrap();
    fs::write(folder.path().join("secret"), "hunter2\n").unwrap();
    for (name, target) in [
        ("user.json", "../same.json"),
        ("PERMISSIONS.md", "../secret"),
        (".iam-policy-generated", "../secret"),
        ("old.json", "../secret"),
    ] {
        let _ = fs::remove_file(generated.join(name));
        symlink(target, generated.join(name)).unwrap();
    }
    let changes = regenerate.changes().unwrap();
    let shown: String = changes.iter().map(ToString::to_string).collect();
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("\n-../secret\n"), "{shown}");
    regenerate.write(&changes).unwrap();
    assert_eq!(fs::read_to_string(folder.path().join("secret")).unwrap(), "hunter2\n");
    assert!(!generated.join("user.json").is_symlink());
    assert_eq!(fs::read_to_string(generated.join("user.json")).unwrap(), user);
    assert_eq!(regenerate.changes().unwrap(), []);

    // A link within the folder is as good as a file.
    fs::rename(generated.join("user.json"), generated.join("real")).unwrap();
    symlink("real", generated.join("user.json")).unwrap();
    assert_eq!(regenerate.changes().unwrap(), []);
}

#[cfg(unix)]
#[test]
fn modes_are_kept() {
    use std::os::unix::fs::PermissionsExt;

    let (folder, regenerate) = repository(SPEC);
    regenerate.write(&regenerate.changes().unwrap()).unwrap();
    let generated = folder.path().join("generated");
    for mode in [0o600, 0o640, 0o444, 0o755] {
        for name in ["user.json", MANIFEST] {
            let path = generated.join(name);
            fs::remove_file(&path).unwrap();
            fs::write(&path, "# Generated from `../policies.toml`\nuser.json\n").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        regenerate.write(&regenerate.changes().unwrap()).unwrap();
        for name in ["user.json", MANIFEST] {
            let found = fs::metadata(generated.join(name)).unwrap().permissions().mode();
            assert_eq!(found & 0o7777, mode, "{name}");
        }
    }
}

#[cfg(unix)]
#[test]
fn names_need_not_be_utf8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = tempfile::tempdir().unwrap();
    let name = |bytes: &'static [u8]| Path::new(OsStr::from_bytes(bytes));
    for spec in [name(b"a\xff.toml"), name(b"a\xfe.toml")] {
        fs::write(folder.path().join(spec), SPEC).unwrap();
    }
    let regenerate = |spec| Regenerate::new("x").root(folder.path()).spec(spec, name(b"out\xff"));
    let first = regenerate(name(b"a\xff.toml"));
    first.write(&first.changes().unwrap()).unwrap();
    assert_eq!(first.changes().unwrap(), []);
    fs::write(
        folder
            .path()
            .join(name(b"out\xff"))
            .join(name(b".user.json\xff.0123456789abcdef.new")),
        "",
    )
    .unwrap();
    assert_eq!(first.changes().unwrap(), []);
    let error = regenerate(name(b"a\xfe.toml")).changes().unwrap_err();
    assert!(
        error
            .to_string()
            .contains(r"already contains the files generated from `../a\xFF.toml`"),
        "{error}"
    );
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
