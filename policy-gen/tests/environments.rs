//! The files of environments: their contents, and their folders on disk.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic fails the test")]

use std::fs;
use std::path::PathBuf;

use expect_test::{Expect, expect};
use iam_policy_document::StyledText;
use iam_policy_gen::{MANIFEST, Mode, Origin, Regenerate, artifacts};
use iam_policy_spec::{Source, read};
use tempfile::TempDir;

const SPEC: &str = r#"
[parameters]
account = { kind = "account" }
buckets = { kind = "list", default = ["logs"] }

[environment.prod]
account = "111122223333"
buckets = ["a", "b"]

[environment.dev]
account = "444455556666"

[policy.user]
[[policy.user.statement]]
id        = "read"
reason    = "Reads."
actions   = ["s3:GetObject"]
resources = ["arn:aws:s3:::{buckets}-{account}/*"]
"#;

/// A repository with the spec `policies.toml` and the output folder `out`.
struct Repository(TempDir);

impl Repository {
    fn new(spec: &str) -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.write("policies.toml", spec);
        repository
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, contents: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), contents).unwrap();
    }

    fn regenerate(&self) -> Regenerate {
        Regenerate::new("cargo xtask regenerate")
            .root(self.0.path())
            .spec("policies.toml", "out")
    }

    fn check(&self, mode: Mode, expected: Expect) {
        said(&self.regenerate(), mode, expected);
    }

    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for folder in ["out", "out/prod", "out/dev"] {
            let Ok(entries) = self.path(folder).read_dir() else {
                continue;
            };
            names.extend(entries.map(|entry| format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap())));
        }
        names.sort();
        names
    }
}

fn said(regenerate: &Regenerate, mode: Mode, expected: Expect) {
    let (mut out, mut err) = (Vec::new(), StyledText::new());
    let outcome = regenerate.report(mode, &mut out, &mut err).unwrap();
    expected.assert_eq(&format!("{}---\n{err}{outcome:?}\n", String::from_utf8(out).unwrap()));
}

fn resources(name: &str) -> String {
    let (spec, mistakes) = read(&Source::new("policies.toml", SPEC));
    assert_eq!(mistakes, []);
    let origin = Origin {
        command: "cargo xtask regenerate",
        spec: "policies.toml",
    };
    let files = artifacts(&spec, origin);
    let file = files.iter().find(|file| file.name == name).unwrap();
    let json: serde_json::Value = serde_json::from_str(&file.contents).unwrap();
    json["Statement"][0]["Resource"].to_string()
}

#[test]
fn each_environment_has_its_own_values() {
    assert_eq!(resources("user.json"), r#"["arn:aws:s3:::logs-<account>/*"]"#);
    assert_eq!(
        resources("prod/user.json"),
        r#"["arn:aws:s3:::a-111122223333/*","arn:aws:s3:::b-111122223333/*"]"#
    );
    assert_eq!(resources("dev/user.json"), r#"["arn:aws:s3:::logs-444455556666/*"]"#);
}

#[test]
fn folders_come_and_go_with_their_environments() {
    let repository = Repository::new(SPEC);
    repository.check(
        Mode::Write,
        expect![[r#"
        wrote out/user.json
        wrote out/prod/user.json
        wrote out/dev/user.json
        wrote out/PERMISSIONS.md
        wrote out/.iam-policy-generated
        ---
        Done
    "#]],
    );
    repository.check(
        Mode::Check,
        expect![[r#"
        everything is up to date
        ---
        Done
    "#]],
    );
    repository.write("out/dev/notes.txt", "mine");
    // An interrupted run has left a temporary file.
    repository.write("out/prod/.user.json.0123456789abcdef.new", "{");
    repository.check(
        Mode::Write,
        expect![[r#"
        removed out/prod/.user.json.0123456789abcdef.new
        ---
        Done
    "#]],
    );
    // The environment `prod` is renamed, and `dev` is gone.
    let spec = SPEC.replace("[environment.prod]", "[environment.test]");
    let without = spec.split("[environment.dev]").next().unwrap();
    let policy = &spec[spec.find("[policy.user]").unwrap()..];
    repository.write("policies.toml", &format!("{without}{policy}"));
    repository.check(
        Mode::Write,
        expect![[r#"
        wrote out/test/user.json
        removed out/dev/user.json
        removed out/prod/user.json
        wrote out/.iam-policy-generated
        ---
        Done
    "#]],
    );
    assert_eq!(
        repository.names(),
        [
            "out/.iam-policy-generated",
            "out/PERMISSIONS.md",
            "out/dev",
            "out/dev/notes.txt",
            "out/test",
            "out/user.json"
        ]
    );
}

#[test]
fn a_hostile_manifest_reaches_no_other_file() {
    let repository = Repository::new(SPEC);
    repository.check(
        Mode::Write,
        expect![[r#"
        wrote out/user.json
        wrote out/prod/user.json
        wrote out/dev/user.json
        wrote out/PERMISSIONS.md
        wrote out/.iam-policy-generated
        ---
        Done
    "#]],
    );
    for name in [
        "user.json",
        "out/a/b/user.json",
        "out/old/user.json",
        "out/old/README.md",
    ] {
        repository.write(name, "mine");
    }
    let manifest = repository.path("out").join(MANIFEST);
    let listed = fs::read_to_string(&manifest).unwrap();
    let hostile = "../user.json\nprod/../../user.json\na/b/user.json\nold/README.md\n/user.json\nold/user.json\n";
    fs::write(&manifest, listed + hostile).unwrap();
    // Only the last could have been generated by this program.
    repository.check(
        Mode::Write,
        expect![[r#"
        removed out/old/user.json
        wrote out/.iam-policy-generated
        ---
        Done
    "#]],
    );
    for name in ["user.json", "out/a/b/user.json", "out/old/README.md"] {
        assert_eq!(fs::read_to_string(repository.path(name)).unwrap(), "mine", "{name}");
    }
}

#[cfg(unix)]
#[test]
fn links_in_place_of_folders_are_not_followed() {
    use std::os::unix::fs::symlink;

    let repository = Repository::new(SPEC);
    repository.write("elsewhere/user.json", "mine");
    fs::create_dir_all(repository.path("out")).unwrap();
    symlink(repository.path("elsewhere"), repository.path("out/prod")).unwrap();
    repository.check(
        Mode::Write,
        expect![[r#"
        ---
        error: `out/prod` is a link, so it cannot be a folder for generated files
          = help: move it away, or choose another folder
        Refused
    "#]],
    );
    assert_eq!(repository.names(), ["out/prod", "out/prod/user.json"]);

    // A link to another environment's folder would mix their files.
    fs::remove_file(repository.path("out/prod")).unwrap();
    fs::create_dir(repository.path("out/dev")).unwrap();
    symlink("dev", repository.path("out/prod")).unwrap();
    repository.check(
        Mode::Write,
        expect![[r#"
        ---
        error: `out/prod` is a link, so it cannot be a folder for generated files
          = help: move it away, or choose another folder
        Refused
    "#]],
    );

    // Files that are no longer generated are not removed through a link either.
    fs::remove_file(repository.path("out/prod")).unwrap();
    repository.check(
        Mode::Write,
        expect![[r#"
        wrote out/user.json
        wrote out/prod/user.json
        wrote out/dev/user.json
        wrote out/PERMISSIONS.md
        wrote out/.iam-policy-generated
        ---
        Done
    "#]],
    );
    fs::remove_dir_all(repository.path("out/prod")).unwrap();
    symlink(repository.path("elsewhere"), repository.path("out/prod")).unwrap();
    repository.write(
        "policies.toml",
        &SPEC.replace("[environment.prod]", "[environment.test]"),
    );
    repository.check(
        Mode::Write,
        expect![[r#"
        wrote out/test/user.json
        wrote out/.iam-policy-generated
        ---
        Done
    "#]],
    );
    assert_eq!(
        fs::read_to_string(repository.path("elsewhere/user.json")).unwrap(),
        "mine"
    );
}

#[test]
fn a_file_in_place_of_a_folder_is_reported() {
    let repository = Repository::new(SPEC);
    repository.write("out/prod", "mine");
    repository.check(
        Mode::Write,
        expect![[r#"
        ---
        error: `out/prod` is a file, not a folder
          = help: move it away, or choose another folder
        Unreadable
    "#]],
    );
    assert_eq!(repository.names(), ["out/prod"]);
}

#[test]
fn names_that_windows_reserves_are_reported() {
    let repository = Repository::new(&SPEC.replace("[environment.prod]", "[environment.Con]"));
    if cfg!(unix) {
        repository.check(
            Mode::Write,
            expect![[r#"
            wrote out/user.json
            wrote out/Con/user.json
            wrote out/dev/user.json
            wrote out/PERMISSIONS.md
            wrote out/.iam-policy-generated
            ---
            warning: the name `Con` is reserved on Windows, so `Con/` cannot be created there
             --> policies.toml:6:14
              |
            6 | [environment.Con]
              |              ^^^
              = help: rename the environment

            Done
        "#]],
        );
    }
}

#[test]
fn another_spec_cannot_have_the_folder_of_an_environment() {
    let repository = Repository::new(SPEC);
    repository.write(
        "other.toml",
        &SPEC[SPEC.find("[policy").unwrap()..].replace("{buckets}-{account}", "b"),
    );
    let regenerate = repository.regenerate().spec("other.toml", "out/./prod");
    said(
        &regenerate,
        Mode::Write,
        expect![[r#"
        ---
        error: the environment `prod` of `policies.toml` and the spec `other.toml` are both generated into the folder `out/prod`
          = help: give the spec another folder
        Refused
    "#]],
    );
    assert_eq!(repository.names(), [""; 0]);
}
