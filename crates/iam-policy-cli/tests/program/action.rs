//! The scripts of the GitHub Action, with the real program and a `gh` that only records what it is asked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect;
use testing_support::{Ran, run};

use crate::support::{BAD, Folder, GOOD, PROGRAM, SPEC};

/// Names that would do something if a shell, git, GitHub or Markdown took them for more than names.
const HOSTILE: [&str; 6] = [
    "--format=json.json",
    "a$(touch pwned)`touch pwned`.json",
    "b;touch pwned #.json",
    "c\n::error::pwned.json",
    "d ``` [x](http:a) <img src=x>.json",
    ":(exclude)e.json",
];

/// A repository, and what the scripts write.
struct Runner {
    repository: Folder,
    /// The summary, the program `gh`, and temporary files.
    around: Folder,
}

impl Runner {
    fn with(files: &[(&str, &str)]) -> Self {
        let repository = Folder::with(files);
        repository.init();
        repository.write("README.md", "");
        repository.commit("base");
        let around = Folder::with(&[("summary.md", ""), ("changes.md", "")]);
        Self { repository, around }
    }

    fn script(&self, name: &str, variables: &[(&str, &str)]) -> Ran {
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../.github/action")
            .join(name);
        let mut command = Command::new("bash");
        command.arg(script).current_dir(self.repository.root());
        let mut path = vec![
            self.around.path("bin"),
            PathBuf::from(PROGRAM).parent().unwrap().to_owned(),
        ];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        command
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("GITHUB_WORKSPACE", self.repository.root())
            .env("GITHUB_STEP_SUMMARY", self.around.path("summary.md"))
            .env("GITHUB_PATH", self.around.path("path"))
            .env("GITHUB_REPOSITORY", "owner/name")
            .env("RUNNER_TEMP", self.around.root())
            .env("IAM_POLICY_SARIF", self.around.path("findings.sarif"))
            .env("IAM_POLICY_CHANGES", self.around.path("changes.md"))
            .env("IAM_POLICY_PULL_REQUEST", "7")
            .envs(variables.iter().copied());
        let ran = run(&mut command);
        assert!(!self.repository.path("pwned").exists(), "{ran}");
        ran
    }

    /// Installs a `gh`, a script for bash.
    fn gh(&self, script: &str) {
        use std::os::unix::fs::PermissionsExt;

        let log = self.around.path("gh.log");
        let script = format!(
            "#!/usr/bin/env bash\nprintf '%s\\n' \"$*\" >>{}\n{script}\n",
            log.display()
        );
        self.around.write("bin/gh", script);
        fs::set_permissions(self.around.path("bin/gh"), fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn changes(&self, variables: &[(&str, &str)]) -> (Ran, String) {
        let ran = self.script("compare", &[&[("IAM_POLICY_BASE", "base")], variables].concat());
        (ran, self.around.read("changes.md"))
    }
}

/// Lines that GitHub would run as workflow commands: those outside a stretch where they are stopped.
fn commands(log: &str) -> Vec<&str> {
    let mut stopped: Option<&str> = None;
    let mut commands = Vec::new();
    for line in log.lines() {
        match stopped {
            Some(token) if line == format!("::{token}::") => stopped = None,
            Some(_) => {}
            None => match line.strip_prefix("::stop-commands::") {
                Some(token) => stopped = Some(token),
                None if line.starts_with("::") => commands.push(line),
                None => {}
            },
        }
    }
    commands
}

#[test]
fn a_check_writes_annotations_a_summary_and_sarif() {
    let runner = Runner::with(&[
        ("policies/bad.json", BAD),
        ("policies/good.json", GOOD),
        ("package.json", "{\"name\": \"a\"}"),
    ]);
    let ran = runner.script("check", &[("IAM_POLICY_PATHS", "policies\n\npackage.json/..")]);
    assert_eq!(ran.code, 2, "{ran}");
    let ran = runner.script("check", &[]);
    assert_eq!(ran.code, 1, "{ran}");
    assert_eq!(commands(&ran.stdout).len(), 2, "{ran}");
    assert!(
        commands(&ran.stdout)[0].starts_with("::error file=policies/bad.json,line=4,"),
        "{ran}"
    );
    let summary = runner.around.read("summary.md");
    let (_, summary) = summary.rsplit_once("## IAM policies").unwrap();
    expect![[r#"


        | Location | Severity | Finding |
        |---|---|---|
        | `policies/bad.json:4:36` | error | `INVALID_ACTION`: the action `s3:GetObjcet` does not exist (as of 2026-10-27); did you mean `s3:GetObject`? |
        | `policies/bad.json:4:81` | error | `ACTION_MATCHES_NO_RESOURCE`: `s3:PutObject` applies to objects, but the resource is a bucket; also list the objects: `arn:aws:s3:::reports/*` |

        2 files checked: 2 errors in 1 file; 1 file without policies was skipped
    "#]].assert_eq(summary);
    let sarif: serde_json::Value = serde_json::from_str(&runner.around.read("findings.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2);
}

#[test]
fn changes_are_compared_with_the_base() {
    let runner = Runner::with(&[
        ("same.json", GOOD),
        ("wider.json", GOOD),
        ("narrower.json", &GOOD.replace("reports/*", "*")),
        ("removed.json", GOOD),
        ("policies.toml", SPEC),
        ("package.json", "{\"name\": \"a\"}"),
    ]);
    let (ran, changes) = runner.changes(&[("IAM_POLICY_DENY_WIDENING", "true")]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), changes.as_str()),
        (0, "no policy has changed\n", "")
    );

    let repository = &runner.repository;
    repository.write("narrower.json", GOOD);
    repository.write("package.json", "{\"name\": \"b\"}");
    let (ran, changes) = runner.changes(&[("IAM_POLICY_DENY_WIDENING", "true")]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(changes.contains("### ` narrower.json `, changed\n"), "{changes}");
    assert!(!changes.contains("package.json"), "{changes}");

    repository.write("wider.json", GOOD.replace("reports/*", "*"));
    repository.write("new.json", GOOD);
    repository.git(&["add", "-N", "new.json"]);
    fs::remove_file(repository.path("removed.json")).unwrap();
    let (ran, changes) = runner.changes(&[]);
    assert_eq!(ran.code, 0, "{ran}");
    let headings: Vec<_> = changes.lines().filter(|line| line.starts_with("### ")).collect();
    assert_eq!(
        headings,
        [
            "### ` narrower.json `, changed",
            "### ` new.json `, new",
            "### ` removed.json `, removed",
            "### ` wider.json `, changed"
        ]
    );
    assert_eq!(
        runner
            .around
            .read("summary.md")
            .matches("## Changes of IAM policies\n")
            .count(),
        2
    );
    let (ran, _) = runner.changes(&[("IAM_POLICY_DENY_WIDENING", "true")]);
    assert_eq!(ran.code, 1, "{ran}");
    let (_, changes) = runner.changes(&[("IAM_POLICY_PATHS", "narrower.json")]);
    assert!(!changes.contains("wider.json"), "{changes}");
}

#[test]
fn names_are_only_names() {
    let files: Vec<_> = HOSTILE.iter().map(|name| (*name, GOOD)).collect();
    let runner = Runner::with(&files);
    for name in HOSTILE {
        runner.repository.write(name, BAD.replace("reports\"", "*\""));
    }
    let ran = runner.script("check", &[]);
    assert_eq!(ran.code, 1, "{ran}");
    // Every command is an annotation of this program.
    for command in commands(&ran.stdout) {
        assert!(
            command.contains(",title=") || command.starts_with("::error title="),
            "{command}"
        );
    }
    let (ran, changes) = runner.changes(&[]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(commands(&ran.stdout), Vec::<&str>::new(), "{ran}");
    let headings: Vec<_> = changes.lines().filter(|line| line.starts_with("### ")).collect();
    assert_eq!(headings.len(), HOSTILE.len(), "{changes}");
    assert!(
        headings.contains(&"### ```` d ``` [x](http:a) <img src=x>.json ````, changed"),
        "{changes}"
    );
    for paths in HOSTILE {
        let ran = runner.script("check", &[("IAM_POLICY_PATHS", paths)]);
        assert!(ran.code > 0, "{ran}");
        let (ran, _) = runner.changes(&[("IAM_POLICY_PATHS", paths)]);
        assert_eq!(ran.code, 0, "{ran}");
    }
    for base in ["--output=pwned", "$(touch pwned)", "-x"] {
        let ran = runner.script("compare", &[("IAM_POLICY_BASE", base)]);
        assert!(ran.code > 0, "{ran}");
    }
}

#[test]
fn a_link_is_not_followed_out_of_the_repository() {
    let runner = Runner::with(&[("a.json", GOOD)]);
    runner.around.write("secret.json", BAD);
    fs::remove_file(runner.repository.path("a.json")).unwrap();
    std::os::unix::fs::symlink(runner.around.path("secret.json"), runner.repository.path("a.json")).unwrap();
    let (ran, changes) = runner.changes(&[]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        changes.contains("### ` a.json `, removed\n") && !changes.contains("GetObjcet"),
        "{changes}"
    );
}

#[test]
fn comments_are_written_once_and_updated() {
    let runner = Runner::with(&[]);
    let log = || {
        let log = fs::read_to_string(runner.around.path("gh.log")).unwrap();
        fs::remove_file(runner.around.path("gh.log")).unwrap();
        let requests = log.lines().filter(|line| line.contains("--method"));
        requests
            .map(|line| line.split(" --field").next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    // Nothing has changed, and there is no comment.
    runner.gh("exit 0");
    assert_eq!(runner.script("comment", &[]).code, 0);
    assert_eq!(log(), Vec::<String>::new());

    runner.around.write("changes.md", "## Changes\n");
    let body = runner.around.path("body.md");
    runner.gh(&format!(
        "for a in \"$@\"; do case $a in body=@*) cp \"${{a#body=@}}\" {} ;; esac; done",
        body.display()
    ));
    assert_eq!(runner.script("comment", &[]).code, 0);
    assert_eq!(log(), ["api --silent --method POST repos/owner/name/issues/7/comments"]);
    assert_eq!(
        runner.around.read("body.md"),
        "<!-- iam-policy: changes -->\n## Changes\n"
    );

    runner.gh("case $* in *--jq*) echo 42; echo 43 ;; esac");
    assert_eq!(runner.script("comment", &[]).code, 0);
    assert_eq!(
        log(),
        ["api --silent --method PATCH repos/owner/name/issues/comments/42"]
    );

    // A comment is limited in size.
    runner.around.write("changes.md", "a line\n".repeat(20_000));
    runner.gh(&format!(
        "for a in \"$@\"; do case $a in body=@*) cp \"${{a#body=@}}\" {} ;; esac; done",
        body.display()
    ));
    assert_eq!(runner.script("comment", &[]).code, 0);
    let cut = runner.around.read("body.md");
    assert!(cut.len() < 65_536 && cut.ends_with("a line\n\n\nThe rest is too long to be shown here.\n"));

    // A token that may not write comments is not an error.
    runner.gh("echo 'Resource not accessible by integration' >&2; exit 1");
    let ran = runner.script("comment", &[]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "this token cannot write comments: the changes are in the summary\n")
    );
    assert_eq!(
        runner
            .script("comment", &[("IAM_POLICY_PULL_REQUEST", "7; touch pwned")])
            .code,
        2
    );
}

#[test]
fn the_installed_archive_has_the_checksum_of_the_release() {
    let runner = Runner::with(&[]);
    let install = |version: &str| {
        let _ = fs::remove_dir_all(runner.around.path("iam-policy-program"));
        runner.script(
            "install",
            &[
                ("IAM_POLICY_VERSION", version),
                ("IAM_POLICY_REPOSITORY", "owner/iam-policy"),
            ],
        )
    };
    // `gh` finds an archive with a program, and its checksum.
    let release = r#"
name=${8%.tar.gz}
mkdir "$name"
printf '#!/bin/sh\necho installed "$@"\n' >"$name/iam-policy"
chmod +x "$name/iam-policy"
tar -czf "$name.tar.gz" "$name"
sha256sum "$name.tar.gz" >"$name.tar.gz.sha256"
"#;
    runner.gh(release);
    let ran = install("9.8.7");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "installed --version\n"), "{ran}");
    assert!(runner.around.read("path").contains("iam-policy-program"));
    assert!(
        runner
            .around
            .read("gh.log")
            .starts_with("release download v9.8.7 --repo owner/iam-policy --clobber --pattern iam-policy-9.8.7-")
    );

    runner.gh(&format!("{release}\necho >>\"$name.tar.gz\""));
    let ran = install("9.8.7");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(
        ran.stderr.contains("does not have the checksum of the release"),
        "{ran}"
    );

    // Another version than that of the checkout cannot be built from it.
    runner.gh("exit 1");
    let ran = install("v9.8.7");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("there is no archive of version 9.8.7"), "{ran}");
    for version in ["$(touch pwned)", "1.0 --x", "../1", "-x"] {
        assert_eq!(install(version).code, 2, "{version}");
    }
}

/// Values of the workflow are passed as variables, and every script that the action names exists.
#[test]
fn the_action_contains_no_values_in_scripts() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let action = fs::read_to_string(root.join("action.yml")).unwrap();
    let mut is_script = false;
    let mut scripts = 0;
    for line in action.lines() {
        let indent = line.len() - line.trim_start().len();
        if line.trim_start().starts_with("run:") {
            is_script = true;
            scripts += 1;
        } else if indent <= 6 && !line.trim().is_empty() {
            is_script = false;
        }
        assert!(
            !(is_script && line.contains("${{") && indent > 6 && !line.trim_start().contains(": ${{")),
            "{line}"
        );
        if let Some((_, rest)) = line.split_once("$GITHUB_ACTION_PATH/") {
            let path = rest.split(['"', '\'']).next().unwrap();
            assert!(root.join(path).is_file(), "{path}");
        }
    }
    assert_eq!(scripts, 6);
}
