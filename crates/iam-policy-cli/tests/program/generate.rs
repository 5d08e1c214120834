use expect_test::expect;

use crate::support::{Folder, SPEC, run_in};

#[test]
fn generated_files_are_up_to_date_from_any_folder() {
    let folder = Folder::with(&[("policies.toml", SPEC), ("sub/x", "")]);
    folder.check(
        &["generate", "--spec", "policies.toml", "--out", "generated"],
        expect![[r#"
            wrote generated/user.json
            wrote generated/PERMISSIONS.md
            wrote generated/.iam-policy-generated
            ---
            exit code 0
        "#]],
    );
    expect!["<!-- Written by `iam-policy generate --spec policies.toml --out generated` from `../policies.toml`. Do not edit: change that file instead. -->"].assert_eq(folder.read("generated/PERMISSIONS.md").lines().next().unwrap());
    folder.check(
        &["generate", "--spec", "policies.toml", "--out", "generated", "--check"],
        expect![[r#"
            everything is up to date
            ---
            exit code 0
        "#]],
    );
    let sub = folder.path("sub");
    let ran = run_in(
        &sub,
        &[
            "generate",
            "--spec",
            "../policies.toml",
            "--out",
            "../generated",
            "--check",
        ],
        b"",
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let spec = folder.path("policies.toml");
    let arguments = [
        "generate",
        "--spec",
        spec.to_str().unwrap(),
        "--out",
        "../generated",
        "--check",
    ];
    assert_eq!(run_in(&sub, &arguments, b"").code, 0);
    assert_eq!(folder.run(&["check", "."]).code, 0);
}

#[test]
fn outputs_are_chosen_by_the_spec_or_the_command_line() {
    let spec = format!("outputs = [\"terraform\"]\n{SPEC}");
    let folder = Folder::with(&[("policies.toml", &spec)]);
    let arguments = ["generate", "--spec", "policies.toml", "--out", "out"];
    folder.check(
        &arguments,
        expect![[r#"
        wrote out/permissions.tf
        wrote out/.iam-policy-generated
        ---
        exit code 0
    "#]],
    );
    let outputs = [&arguments[..], &["--outputs", "json,cloudformation"]].concat();
    folder.check(
        &outputs,
        expect![[r#"
        wrote out/user.json
        wrote out/permissions.template.yaml
        removed out/permissions.tf
        wrote out/.iam-policy-generated
        ---
        exit code 0
    "#]],
    );
    expect!["# Written by `iam-policy generate --spec policies.toml --out out --outputs json,cloudformation` from"]
        .assert_eq(folder.read("out/permissions.template.yaml").lines().next().unwrap());
    folder.check(
        &[&arguments[..], &["--outputs", "pdf"]].concat(),
        expect![[r#"
            ---
            error: invalid value 'pdf' for '--outputs <FORMATS>'
              [possible values: json, markdown, html, terraform, cloudformation, cdk-typescript, cdk-python]

            For more information, try '--help'.
            exit code 2
        "#]],
    );
}

#[test]
fn reads_the_spec_from_stdin() {
    let folder = Folder::with(&[]);
    let arguments = ["generate", "--spec", "-", "--out", "generated"];
    // Editors may have added a byte order mark.
    let spec = format!("\u{feff}{SPEC}");
    folder.check_with(
        &arguments,
        spec.as_bytes(),
        expect![[r#"
        wrote generated/user.json
        wrote generated/PERMISSIONS.md
        wrote generated/.iam-policy-generated
        ---
        exit code 0
    "#]],
    );
    expect!["<!-- Written by `iam-policy generate --spec - --out generated` from `<stdin>`. Do not edit: change that file instead. -->"].assert_eq(folder.read("generated/PERMISSIONS.md").lines().next().unwrap());
    let check = [&arguments[..], &["--check"]].concat();
    folder.check_with(
        &check,
        SPEC.as_bytes(),
        expect![[r#"
        everything is up to date
        ---
        exit code 0
    "#]],
    );
    folder.check_with(
        &check,
        SPEC.replace("s3:", "s3.").as_bytes(),
        expect![[r#"
            ---
            error[INVALID_SPEC]: `s3.GetObject` is not an action
             --> <stdin>:6:14
              |
            6 | actions   = ["s3.GetObject"]
              |              ^^^^^^^^^^^^^^
              = help: did you mean `s3:GetObject`?

            error[INVALID_SPEC]: an ARN has six segments, this one has 5
             --> <stdin>:7:14
              |
            7 | resources = ["arn:aws:s3.::reports/*"]
              |              ^^^^^^^^^^^^^^^^^^^^^^^^
              = help: write `arn:{partition}:service:region:account:resource`, or `*` for everything

            exit code 1
        "#]],
    );
    folder.check(
        &[&check[..], &["--base", "HEAD"]].concat(),
        expect![[r#"
            ---
            error: `--base` compares a file with an earlier revision, but `--spec -` is not a file
            exit code 2
        "#]],
    );
}

#[test]
fn widening_needs_a_changelog_line() {
    let folder = Folder::with(&[("policies.toml", SPEC), ("news.md", "")]);
    folder.init();
    folder.commit("first");
    folder.write("policies.toml", SPEC.replace("reports/*", "*"));
    let arguments = ["generate", "--spec", "policies.toml", "--out", "generated"];
    assert_eq!(folder.run(&arguments).code, 0);
    let since = |base| [&arguments[..], &["--check", "--changelog", "news.md", "--base", base]].concat();
    folder.check(
        &since("HEAD"),
        expect![[r#"
            everything is up to date

            # Policy `user`

            **Widened**: everything allowed before is still allowed, and some requests are newly allowed.

            ## Newly allowed

            ### `s3`: Read

            - `s3:GetObject`
              - allowed by statement `Read` (policies.toml:3): Downloads reports.
              - for example `s3:GetObject` on `arn:aws:s3:::a/a`
            ---
            error: `user` allows more than at `HEAD`, and no new line in `news.md` mentions it
              = help: grant less, or add a line that contains `` `user` `` and explains why
            exit code 1
        "#]],
    );
    folder.write("news.md", "- `user` reads everything.\n");
    assert_eq!(folder.run(&since("HEAD")).code, 0);
    folder.check(
        &since("v1"),
        expect![[r#"
            ---
            error: git does not know the revision `v1`
              = help: name a commit, a branch or a tag, such as `HEAD^1`, `origin/main` or `v1.0.0`
            exit code 2
        "#]],
    );
    folder.check(
        &[&arguments[..], &["--base", "HEAD"]].concat(),
        expect![[r#"
        ---
        error: the following required arguments were not provided:
          --check

        Usage: iam-policy generate --spec <FILE> --out <DIR> --check --base <REVISION>

        For more information, try '--help'.
        exit code 2
    "#]],
    );
}

#[test]
fn drift_is_shown() {
    let folder = Folder::with(&[("policies.toml", SPEC)]);
    let arguments = ["generate", "--spec", "policies.toml", "--out", "my files"];
    assert_eq!(folder.run(&arguments).code, 0);
    let drifted = folder.read("my files/user.json").replace("GetObject", "*");
    folder.write("my files/user.json", &drifted);
    folder.check(
        &[&arguments[..], &["--check"]].concat(),
        expect![[r#"
            --- a/my files/user.json
            +++ b/my files/user.json
            @@ -5,7 +5,7 @@
                   "Sid": "Read",
                   "Effect": "Allow",
                   "Action": [
            -        "s3:*"
            +        "s3:GetObject"
                   ],
                   "Resource": [
                     "arn:aws:s3:::reports/*"
            ---
            error: 1 file is not up to date
              = help: run `iam-policy generate --spec policies.toml --out 'my files'`
            exit code 1
        "#]],
    );
    assert_eq!(folder.read("my files/user.json"), drifted);
    folder.check(
        &arguments,
        expect![[r#"
        wrote my files/user.json
        ---
        exit code 0
    "#]],
    );
}

#[test]
fn foreign_files_are_untouched() {
    let folder = Folder::with(&[
        ("policies.toml", SPEC),
        ("out/notes.md", "mine"),
        ("out/admin.json", "mine"),
        ("out/src/main.rs", "mine"),
    ]);
    let arguments = ["generate", "--spec", "policies.toml", "--out", "out"];
    assert_eq!(folder.run(&arguments).code, 0);
    folder.write("policies.toml", SPEC.replace("user", "reader"));
    folder.check(
        &arguments,
        expect![[r#"
        wrote out/reader.json
        wrote out/PERMISSIONS.md
        removed out/user.json
        wrote out/.iam-policy-generated
        ---
        exit code 0
    "#]],
    );
    for name in ["out/notes.md", "out/admin.json", "out/src/main.rs"] {
        assert_eq!(folder.read(name), "mine");
    }
    folder.write("policies.toml", SPEC.replace("user", "admin"));
    folder.check(
        &arguments,
        expect![[r#"
            ---
            error: `out/admin.json` already exists, and `.iam-policy-generated` does not list it as a generated file
              = help: move it away, or choose another folder
            exit code 1
        "#]],
    );
    assert_eq!(folder.read("out/admin.json"), "mine");
}

#[test]
fn a_spec_next_to_its_output() {
    let folder = Folder::with(&[("policies.toml", SPEC), ("Cargo.toml", "mine")]);
    folder.check(
        &["generate", "--spec", "policies.toml", "--out", "."],
        expect![[r#"
        wrote ./user.json
        wrote ./PERMISSIONS.md
        wrote ./.iam-policy-generated
        ---
        exit code 0
    "#]],
    );
    assert_eq!(
        (
            folder.read("policies.toml").as_str(),
            folder.read("Cargo.toml").as_str()
        ),
        (SPEC, "mine")
    );
}

#[test]
fn ungenerable_input() {
    let folder = Folder::with(&[
        ("bad.toml", &SPEC.replace("reason", "reson")),
        ("policies.toml", SPEC),
        ("file", ""),
    ]);
    folder.check(
        &["generate", "--spec", "bad.toml", "--out", "out"],
        expect![[r#"
            ---
            error[INVALID_SPEC]: unknown key `reson` in a statement
             --> bad.toml:5:1
              |
            5 | reson    = "Downloads reports."
              | ^^^^^
              = help: did you mean `reason`?

            exit code 1
        "#]],
    );
    folder.check(
        &["generate", "--spec", "none.toml", "--out", "out"],
        expect![[r#"
            ---
            error: there is no file `none.toml`
            exit code 2
        "#]],
    );
    folder.check(
        &["generate", "--spec", "policies.toml", "--out", "file"],
        expect![[r#"
            ---
            error: `file` is a file, not a folder
              = help: move it away, or choose another folder
            exit code 2
        "#]],
    );
    folder.check(
        &["generate", "--spec", "policies.toml"],
        expect![[r#"
        ---
        error: the following required arguments were not provided:
          --out <DIR>

        Usage: iam-policy generate --spec <FILE> --out <DIR>

        For more information, try '--help'.
        exit code 2
    "#]],
    );
    assert!(!folder.path("out").exists());
}

#[cfg(unix)]
#[test]
fn paths_need_not_be_utf8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::process::Command;

    let folder = Folder::with(&[]);
    let (spec, out) = (OsStr::from_bytes(b"a\xff1's.toml"), OsStr::from_bytes(b"out\xfe"));
    std::fs::write(folder.root().join(spec), SPEC).unwrap();
    let mut command = Command::new(crate::support::PROGRAM);
    command
        .current_dir(folder.root())
        .arg("generate")
        .arg("--spec")
        .arg(spec)
        .arg("--out")
        .arg(out);
    assert_eq!(testing_support::run(&mut command).code, 0);
    let page = std::fs::read_to_string(folder.root().join(out).join("PERMISSIONS.md")).unwrap();
    let line = page.lines().next().unwrap();
    expect![[r#"<!-- Written by `iam-policy generate --spec 'a'"$(printf '\377')"'1'\''s.toml' --out 'out'"$(printf '\376')"` from `../a\xFF1's.toml`. Do not edit: change that file instead. -->"#]].assert_eq(line);
    assert_eq!(testing_support::run(command.arg("--check")).code, 0);
    // The command that messages suggest is one.
    std::fs::remove_file(folder.root().join(out).join("user.json")).unwrap();
    let ran = testing_support::run(&mut command);
    let suggested = ran.stderr.split('`').nth(1).unwrap();
    let shell = format!(
        "{}{}",
        crate::support::PROGRAM,
        suggested.strip_prefix("iam-policy").unwrap()
    );
    let mut bash = Command::new("bash");
    assert_eq!(
        testing_support::run(bash.current_dir(folder.root()).args(["-c", &shell])).code,
        0
    );
    assert_eq!(testing_support::run(&mut command).code, 0);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_output_folder_is_not_opened() {
    let folder = Folder::with(&[("policies.toml", SPEC), ("generated/x", "")]);
    let made = std::process::Command::new("mkfifo")
        .arg(folder.path("generated/user.json"))
        .status()
        .unwrap();
    assert!(made.success());
    for arguments in [
        &["generate", "--spec", "policies.toml", "--out", "generated"][..],
        &["generate", "--spec", "policies.toml", "--out", "generated", "--check"],
    ] {
        folder.check(
            arguments,
            expect![[r#"
                ---
                error: cannot access `generated/user.json`: not a regular file
                exit code 2
            "#]],
        );
    }
}

/// A spec with a parameter that has no default.
const PARAMETERS: &str = r#"
[parameters]
account = { kind = "account" }

[environment.prod]
account = "444455556666"

[policy.role]
[[policy.role.trust.statement]]
id       = "monitor"
reason   = "Reads metrics."
accounts = ["{account}"]
condition.StringEquals."sts:ExternalId" = "reports-7f3a"
[[policy.role.statement]]
id        = "send"
reason    = "Tells the user."
actions   = ["sqs:SendMessage"]
resources = ["arn:aws:sqs:eu-west-1:{account}:done"]
"#;

#[test]
fn generated_files_may_show_parameters_without_a_default() {
    let folder = Folder::with(&[("policies.toml", PARAMETERS)]);
    folder.run(&["generate", "--spec", "policies.toml", "--out", "out"]);
    expect![[r#"
        # Generated from `../policies.toml`. Only the files listed here are replaced or removed.
        # `<account>` is a parameter without a default, of the kind `account`.
        role.json
        role.trust.json
        prod/role.json
        prod/role.trust.json
        PERMISSIONS.md
    "#]]
    .assert_eq(&folder.read("out/.iam-policy-generated"));
    folder.check(
        &["check", "out", "policies.toml"],
        expect![[r#"
        ---
        5 files checked, no findings
        exit code 0
    "#]],
    );

    // A file that was not generated is not excused, wherever it is, nor is another placeholder.
    let policy = folder.read("out/role.json");
    folder.write("out/mine.json", &policy);
    folder.write("role.json", &policy);
    folder.write("out/role.json", policy.replace("<account>", "<id>"));
    folder.write("out/prod/role.json", policy.replace("SendMessage", "SendMesage"));
    folder.check(
        &["check", "out", "role.json"],
        expect![[r#"
        error[INVALID_ARN_ACCOUNT]: the resource ARN account ID `<account>` is not valid; provide a 12-digit account ID
          --> out/mine.json:11:9
           |
        11 |         "arn:aws:sqs:eu-west-1:<account>:done"
           |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        error[INVALID_ACTION]: the action `sqs:SendMesage` does not exist (as of 2026-10-27)
         --> out/prod/role.json:8:9
          |
        8 |         "sqs:SendMesage"
          |         ^^^^^^^^^^^^^^^^
          = help: did you mean `sqs:SendMessage`?

        error[INVALID_ARN_ACCOUNT]: the resource ARN account ID `<id>` is not valid; provide a 12-digit account ID
          --> out/role.json:11:9
           |
        11 |         "arn:aws:sqs:eu-west-1:<id>:done"
           |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        error[INVALID_ARN_ACCOUNT]: the resource ARN account ID `<account>` is not valid; provide a 12-digit account ID
          --> role.json:11:9
           |
        11 |         "arn:aws:sqs:eu-west-1:<account>:done"
           |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        ---
        6 files checked: 4 errors in 4 files
        exit code 1
    "#]],
    );
}
