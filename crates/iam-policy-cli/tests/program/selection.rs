//! `FILE.toml#POLICY` selects a policy of a spec, and `--color` decides about colors, for every command.

use expect_test::expect;

use crate::support::{Folder, GOOD};

/// Each part has a mistake or a finding.
const SPEC: &str = r#"
[policy.user]
[[policy.user.statement]]
id        = "read"
reason    = "Reads reports."
actions   = ["s3:GetObjcet"]
resources = ["arn:aws:s3:::reports/*"]

[policy.user.extension.archive]
[[policy.user.extension.archive.statement]]
id        = "write"
reason    = "Writes reports."
actions   = ["s3:PutObjcet"]
resources = ["arn:aws:s3:::reports/*"]

[policy.role]
[[policy.role.statement]]
id        = "list"
reason    = "Lists reports."
actions   = ["s3:ListBukcet"]
resources = ["arn:aws:s3:::reports"]
"#;

fn folder() -> Folder {
    let valid = SPEC.replace("bjcet", "bject").replace("Bukcet", "Bucket");
    Folder::with(&[("bad.toml", SPEC), ("good.toml", &valid), ("good.json", GOOD)])
}

#[test]
fn check_reports_about_the_selected_policy_only() {
    let folder = folder();
    for (selection, found) in [
        ("", "GetObjcet PutObjcet ListBukcet"),
        ("#user", "GetObjcet PutObjcet"),
        ("#user+archive", "GetObjcet PutObjcet"),
        ("#role", "ListBukcet"),
    ] {
        let ran = folder.run(&["check", &format!("bad.toml{selection}"), "--format", "json"]);
        let actions = ["GetObjcet", "PutObjcet", "ListBukcet"];
        let reported: Vec<_> = actions
            .into_iter()
            .filter(|action| ran.stdout.contains(&format!("`s3:{action}`")))
            .collect();
        assert_eq!((ran.code, reported.join(" ").as_str()), (1, found), "{ran}");
    }
    folder.check(
        &["check", "good.toml#role"],
        expect![[r#"
        ---
        1 file checked, no findings
        exit code 0
    "#]],
    );
}

#[test]
fn what_is_selected_must_exist() {
    let folder = folder();
    folder.check(
        &["check", "good.toml#rloe", "good.toml#user+archiv", "good.json#user"],
        expect![[r#"
            ---
            error: there is no policy `rloe` in `good.toml`
              = help: did you mean `role`?
              = help: the policies are `user` and `role`
            error: there is no extension `archiv` in `good.toml`
              = help: did you mean `archive`?
              = help: the extensions are `archive`
            error: `good.json#user` is not a spec, so it has no policy `user`
              = help: write `good.json`
            nothing checked; 3 could not be read
            exit code 2
        "#]],
    );
    folder.check(
        &["explain", "good.toml#rloe"],
        expect![[r#"
        ---
        error: there is no policy `rloe` in `good.toml`
          = help: did you mean `role`?
          = help: the policies are `user` and `role`
        exit code 2
    "#]],
    );
    folder.check(
        &["explain", "good.json#user"],
        expect![[r#"
        ---
        error: `good.json#user` is not a spec, so it has no policy `user`
          = help: write `good.json`
        exit code 2
    "#]],
    );
}

#[test]
fn explain_shows_the_selected_policy_only() {
    let folder = folder();
    for (selection, headings) in [
        ("", "# user, # Extension `archive`, # role"),
        ("#user", "# user, # Extension `archive`"),
        ("#user+archive", "# user, # Extension `archive`"),
        ("#role", "# role"),
    ] {
        let ran = folder.run(&["explain", &format!("good.toml{selection}")]);
        let found: Vec<_> = ran.stdout.lines().filter(|line| line.starts_with("# ")).collect();
        assert_eq!((ran.code, found.join(", ").as_str()), (0, headings), "{ran}");
    }
}

#[test]
fn explain_reads_revisions() {
    let folder = folder();
    folder.init();
    folder.commit("first");
    let ran = folder.run(&["explain", "first:good.toml#role"]);
    assert!(ran.stdout.starts_with("# role\n"), "{ran}");
}

#[test]
fn colors_can_be_forced_and_forbidden() {
    let folder = folder();
    for (color, is_colored) in [("always", true), ("never", false), ("auto", false)] {
        for command in [
            &["check", "bad.toml"][..],
            &["explain", "none.json"],
            &["diff", "none.json", "good.json"],
            &["chekc"],
        ] {
            let ran = folder.run(&[command, &["--color", color]].concat());
            let colored = ran.stdout.contains('\u{1b}') || ran.stderr.contains('\u{1b}');
            assert_eq!(colored, is_colored, "{color} {command:?}: {ran}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = folder();
    let ran = folder.run(&["man"]);
    assert!(ran.code == 0 && ran.stdout.contains("\n.TH iam-policy 1"), "{ran}");
    let ran = folder.run(&["man", "check"]);
    assert!(
        ran.code == 0 && ran.stdout.contains("\n.TH iam-policy-check 1"),
        "{ran}"
    );
    folder.check(&["man", "chekc"], expect![[r#"
        ---
        error: `iam-policy` has no command `chekc`
          = help: did you mean `check`?
          = help: the commands are `check`, `calls`, `rule`, `explain`, `simulate`, `diff`, `covers`, `import`, `needs`, `generate`, `serve`, `completions` and `man`
        exit code 2
    "#]]);
}
