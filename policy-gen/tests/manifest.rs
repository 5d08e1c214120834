//! Which files of an output folder are replaced and removed.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::Command;

use expect_test::{Expect, expect};
use iam_policy_document::StyledText;
use iam_policy_gen::{MANIFEST, Mode, Outcome, Regenerate};
use proptest::prelude::*;
use tempfile::TempDir;

const SPEC: &str = r#"
[policy.user]
[[policy.user.statement]]
id        = "list"
reason    = "Finds the bucket."
actions   = ["s3:ListAllMyBuckets"]
resources = ["*"]
"#;

/// How an output folder is added.
#[derive(Clone, Copy, Debug)]
enum Api {
    Dedicated,
    Shared,
}

use Api::{Dedicated, Shared};

const BOTH: [Api; 2] = [Dedicated, Shared];

/// A repository with the spec `policies.toml` and the output folder `out`.
struct Repository(TempDir);

impl Repository {
    /// - `files`: their names and contents
    fn with(files: &[(&str, &str)]) -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        fs::create_dir(repository.path("out")).unwrap();
        repository.write("policies.toml", SPEC);
        for (name, contents) in files {
            repository.write(name, contents);
        }
        repository
    }

    /// A repository whose output folder has been generated, with additional files.
    fn generated(files: &[(&str, &str)]) -> Self {
        let repository = Self::with(&[]);
        let regenerate = repository.regenerate(Shared);
        regenerate.write(&regenerate.changes().unwrap()).unwrap();
        for (name, contents) in files {
            repository.write(name, contents);
        }
        repository
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), contents).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Adds lines to the manifest.
    fn list(&self, lines: impl AsRef<[u8]>) {
        let manifest = [
            fs::read(self.path("out").join(MANIFEST)).unwrap().as_slice(),
            lines.as_ref(),
        ]
        .concat();
        fs::write(self.path("out").join(MANIFEST), manifest).unwrap();
    }

    fn regenerate(&self, api: Api) -> Regenerate {
        let regenerate = Regenerate::new("cargo xtask regenerate").root(self.0.path());
        match api {
            Dedicated => regenerate.spec("policies.toml", "out"),
            Shared => regenerate.spec_in_shared_folder("policies.toml", "out"),
        }
    }

    fn check(&self, api: Api, mode: Mode, expected: Expect) {
        let (mut out, mut err) = (Vec::new(), StyledText::new());
        let outcome = self.regenerate(api).report(mode, &mut out, &mut err).unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        expected.assert_eq(&format!("{}---\n{}{outcome:?}\n", text(out), err));
    }

    /// Every file with its contents.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(self.0.path(), self.0.path(), &mut files);
        files
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.insert(name, fs::read(path).unwrap());
        }
    }
}

#[test]
fn foreign_files_stay() {
    for api in BOTH {
        let mine = [
            ("out/notes.md", "mine\n"),
            ("out/admin.json", "mine\n"),
            ("out/.gitkeep", ""),
            ("out/src/user.json", "mine\n"),
        ];
        let repository = Repository::with(&mine);
        repository.check(
            api,
            Mode::Write,
            expect![[r#"
                wrote out/user.json
                wrote out/PERMISSIONS.md
                wrote out/.iam-policy-generated
                ---
                Done
            "#]],
        );
        expect![[r#"
            # Generated from `../policies.toml`. Only the files listed here are replaced or removed.
            user.json
            PERMISSIONS.md
        "#]]
        .assert_eq(&repository.read("out/.iam-policy-generated"));

        // A listed file is replaced, and removed once it is no longer generated.
        repository.write("out/user.json", "edited\n");
        repository.write("policies.toml", SPEC.replace("user", "reader"));
        repository.check(
            api,
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
        for (name, contents) in mine {
            assert_eq!(repository.read(name), contents);
        }
        assert_eq!(repository.regenerate(api).changes().unwrap(), []);
    }
}

#[test]
fn a_file_that_is_not_listed_is_not_replaced() {
    for api in BOTH {
        let repository = Repository::generated(&[("out/admin.json", "mine\n"), ("out/root.json", "mine\n")]);
        let spec = ["user", "admin", "root"]
            .map(|name| SPEC.replace("user", name))
            .concat();
        repository.write("policies.toml", spec);
        let before = repository.files();
        for mode in [Mode::Check, Mode::Write] {
            repository.check(
                api,
                mode,
                expect![[r#"
                    ---
                    error: `out/admin.json` already exists, and `.iam-policy-generated` does not list it as a generated file
                      = help: move it away, or choose another folder
                    error: `out/root.json` already exists, and `.iam-policy-generated` does not list it as a generated file
                      = help: move it away, or choose another folder
                    Refused
                "#]],
            );
        }
        assert_eq!(repository.files(), before);
    }
}

#[test]
fn without_a_manifest_a_shared_folder_is_not_overwritten() {
    let repository = Repository::with(&[("out/user.json", "mine\n"), ("out/old.json", "mine\n")]);
    let before = repository.files();
    repository.check(
        Shared,
        Mode::Write,
        expect![[r#"
            ---
            error: `out/user.json` already exists, and `.iam-policy-generated` does not list it as a generated file
              = help: move it away, or choose another folder
            Refused
        "#]],
    );
    assert_eq!(repository.files(), before);
}

#[test]
fn without_a_manifest_a_dedicated_folder_is_overwritten_but_nothing_is_removed() {
    let repository = Repository::with(&[
        ("out/user.json", "outdated\n"),
        ("out/old.json", "mine\n"),
        ("out/notes.md", "mine\n"),
    ]);
    repository.check(
        Dedicated,
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
        (repository.read("out/old.json"), repository.read("out/notes.md")),
        ("mine\n".into(), "mine\n".into())
    );
    assert_eq!(repository.regenerate(Dedicated).changes().unwrap(), []);
}

#[test]
fn files_with_the_right_contents_are_adopted() {
    for api in BOTH {
        let repository = Repository::generated(&[]);
        fs::remove_file(repository.path("out/.iam-policy-generated")).unwrap();
        repository.check(
            api,
            Mode::Check,
            expect![[r#"
                --- /dev/null
                +++ b/out/.iam-policy-generated
                @@ -0,0 +1,3 @@
                +# Generated from `../policies.toml`. Only the files listed here are replaced or removed.
                +user.json
                +PERMISSIONS.md
                ---
                error: 1 file is not up to date
                  = help: run `cargo xtask regenerate`
                Refused
            "#]],
        );
        repository.check(
            api,
            Mode::Write,
            expect![[r#"
                wrote out/.iam-policy-generated
                ---
                Done
            "#]],
        );
        repository.write("policies.toml", SPEC.replace("user", "reader"));
        let regenerate = repository.regenerate(api);
        regenerate.write(&regenerate.changes().unwrap()).unwrap();
        assert!(!repository.path("out/user.json").exists());
    }
}

#[test]
fn an_outdated_manifest_is_not_up_to_date() {
    for api in BOTH {
        let repository = Repository::generated(&[]);
        repository.list("gone.json\n");
        repository.check(
            api,
            Mode::Check,
            expect![[r#"
                --- a/out/.iam-policy-generated
                +++ b/out/.iam-policy-generated
                @@ -1,4 +1,3 @@
                 # Generated from `../policies.toml`. Only the files listed here are replaced or removed.
                 user.json
                 PERMISSIONS.md
                -gone.json
                ---
                error: 1 file is not up to date
                  = help: run `cargo xtask regenerate`
                Refused
            "#]],
        );
    }
}

#[test]
fn the_manifest_of_an_earlier_version_is_understood() {
    let manifest = "# Made of `../policies.toml`. Files that are named here are replaced and removed when it changes, \
                    no others.\nuser.json\nold.json\nPERMISSIONS.md\n";
    for api in BOTH {
        let repository = Repository::with(&[
            ("out/.iam-policy-generated", manifest),
            ("out/user.json", "outdated\n"),
            ("out/old.json", "outdated\n"),
        ]);
        repository.check(
            api,
            Mode::Write,
            expect![[r#"
                wrote out/user.json
                wrote out/PERMISSIONS.md
                removed out/old.json
                wrote out/.iam-policy-generated
                ---
                Done
            "#]],
        );
    }
}

#[test]
fn a_manifest_with_merge_conflicts_is_repaired() {
    for api in BOTH {
        let repository = Repository::generated(&[("out/user.json", "outdated\n"), ("out/old.json", "outdated\n")]);
        let manifest = repository.read("out/.iam-policy-generated");
        let conflict = format!("<<<<<<< ours\n{manifest}=======\nold.json\n>>>>>>> theirs\n");
        repository.write("out/.iam-policy-generated", conflict);
        repository.check(
            api,
            Mode::Write,
            expect![[r#"
                wrote out/user.json
                removed out/old.json
                wrote out/.iam-policy-generated
                ---
                Done
            "#]],
        );
        assert_eq!(repository.read("out/.iam-policy-generated"), manifest);
    }
}

#[test]
fn a_folder_contains_the_files_of_one_spec() {
    for api in BOTH {
        let repository = Repository::generated(&[("other.toml", SPEC)]);
        let other =
            "# Generated from `../other.toml`. Only the files listed here are replaced or removed.\nuser.json\n";
        repository.write("out/.iam-policy-generated", other);
        let before = repository.files();
        repository.check(
            api,
            Mode::Write,
            expect![[r#"
                ---
                error: the folder `out` already contains the files generated from `../other.toml`
                  = help: choose another folder, or remove `out/.iam-policy-generated` to generate into this one
                Refused
            "#]],
        );
        assert_eq!(repository.files(), before);
    }
}

#[test]
fn a_file_that_is_not_a_manifest_is_an_error() {
    for api in BOTH {
        for contents in [
            "",
            "user.json\n",
            "\u{FEFF}",
            "# Generated from ../policies.toml\nuser.json\n",
        ] {
            let repository = Repository::generated(&[("out/.iam-policy-generated", contents)]);
            let before = repository.files();
            repository.check(
                api,
                Mode::Write,
                expect![[r#"
                    ---
                    error: `out/.iam-policy-generated` is not a list of generated files
                      = help: remove it, or choose another folder
                    Refused
                "#]],
            );
            assert_eq!(repository.files(), before);
        }
    }
}

#[test]
fn an_oversized_manifest_is_an_error() {
    let repository = Repository::generated(&[("out/old.json", "mine\n")]);
    repository.list(b"old.json\n".repeat(2 << 20));
    let before = repository.files();
    repository.check(
        Dedicated,
        Mode::Write,
        expect![[r#"
            ---
            error: cannot access `out/.iam-policy-generated`: file too large
            Unreadable
        "#]],
    );
    assert_eq!(repository.files(), before);
}

#[cfg(unix)]
#[test]
fn devices_are_not_read() {
    use std::os::unix::fs::symlink;

    for name in ["out/.iam-policy-generated", "out/user.json"] {
        let repository = Repository::with(&[]);
        symlink("/dev/zero", repository.path(name)).unwrap();
        let error = repository.regenerate(Dedicated).changes().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("error: cannot access `{name}`: not a regular file")
        );
    }
}

#[cfg(unix)]
#[test]
fn pipes_are_not_read() {
    for name in [
        "out/.iam-policy-generated",
        "out/user.json",
        "out/.user.json.0123456789abcdef.new",
    ] {
        let repository = Repository::with(&[]);
        let made = Command::new("mkfifo").arg(repository.path(name)).status().unwrap();
        assert!(made.success());
        match repository.regenerate(Dedicated).changes() {
            Err(error) => assert_eq!(
                error.to_string(),
                format!("error: cannot access `{name}`: not a regular file")
            ),
            // A pipe is no temporary file.
            Ok(changes) => assert_eq!((name, changes.len()), ("out/.user.json.0123456789abcdef.new", 3)),
        }
    }
}

/// If the file system ignores case, the old and the new name refer to the same file.
#[cfg(unix)]
#[test]
fn a_name_in_different_case_does_not_remove_the_file() {
    use std::os::unix::fs::symlink;

    let repository = Repository::generated(&[]);
    symlink("user.json", repository.path("out/User.json")).unwrap();
    repository.list("User.json\n");
    repository.check(
        Dedicated,
        Mode::Write,
        expect![[r#"
            wrote out/.iam-policy-generated
            ---
            Done
        "#]],
    );

    // If case matters, they are two files.
    fs::remove_file(repository.path("out/User.json")).unwrap();
    repository.write("out/User.json", "outdated\n");
    repository.list("User.json\n");
    repository.check(
        Dedicated,
        Mode::Write,
        expect![[r#"
            removed out/User.json
            wrote out/.iam-policy-generated
            ---
            Done
        "#]],
    );
}

#[test]
fn a_line_break_in_the_name_of_a_spec_adds_nothing_to_the_manifest() {
    let repository = Repository::with(&[("out/admin.json", "mine\n")]);
    for _ in 0..2 {
        let regenerate = Regenerate::new("cargo xtask regenerate").root(repository.0.path());
        let name = "x`\nadmin.json\n# Generated from `y";
        let regenerate = regenerate.bytes_in_shared_folder(name, SPEC.into(), "out");
        regenerate.write(&regenerate.changes().unwrap()).unwrap();
    }
    assert_eq!(repository.read("out/admin.json"), "mine\n");
}

/// Whether a format can generate a file with this name. Only covers the names in [`FILES`].
fn can_be_generated(name: &str) -> bool {
    let in_environment = ["sub/user.json", "out/user.json", "elsewhere/user.json"];
    ["user.json", "PERMISSIONS.md", "old.json", "old.trust.aws-cn.json"].contains(&name)
        || in_environment.contains(&name)
}

/// The files that exist beforehand, all with the same contents.
const FILES: [&str; 17] = [
    "victim.json",
    "elsewhere/user.json",
    "out/user.json",
    "out/PERMISSIONS.md",
    "out/old.json",
    "out/old.trust.aws-cn.json",
    "out/old.trust.aws-xx.json",
    "out/package-lock.aws.json.json",
    "out/.hidden.json",
    "out/README.md",
    "out/permissions.md",
    "out/main.rs",
    "out/old.json~",
    "out/a b.json",
    "out/sub/user.json",
    "out/sub/PERMISSIONS.md",
    "out/sub/deep/user.json",
];

/// A line of a hostile manifest.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let name = prop::sample::select(FILES.to_vec()).prop_map(|name| name.trim_start_matches("out/").to_owned());
    prop_oneof![
        4 => name.clone().prop_map(String::into_bytes),
        2 => (prop::sample::select(vec!["../", "./", "sub/", "sub/../", "sub/deep/", "//", "\\", " ", "\0", "../out/"]), name.clone())
            .prop_map(|(prefix, name)| format!("{prefix}{name}").into_bytes()),
        1 => (name.clone(), prop::sample::select(vec!["/", "/.", " ", "\0", "\r", "\u{85}", "\t"]))
            .prop_map(|(name, suffix)| format!("{name}{suffix}").into_bytes()),
        1 => name.prop_flat_map(|name| prop::collection::vec(any::<u8>(), 1..3)
            .prop_map(move |bytes| [name.as_bytes(), &bytes].concat())),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// For any manifest, only files that are listed and can be generated are replaced or removed.
    #[test]
    fn manifests_never_affect_files_that_cannot_be_generated(
        api in prop::sample::select(BOTH.to_vec()),
        head in prop::bool::weighted(0.9),
        complete in prop::bool::weighted(0.8),
        seed in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        lines in prop::collection::vec(line(), 0..8),
    ) {
        let files: Vec<_> = FILES.iter().map(|name| (*name, "mine\n")).collect();
        let repository = Repository::with(&files);
        let mut manifest = Vec::new();
        if head {
            manifest.extend(b"# Generated from `../policies.toml`. \n");
        }
        if complete {
            manifest.extend(b"user.json\nPERMISSIONS.md\n");
        }
        // Absolute paths of files that exist.
        let absolute = seed.iter().map(|index| repository.path(FILES[index.index(FILES.len())]).display().to_string().into_bytes());
        for line in lines.into_iter().chain(absolute) {
            manifest.extend(line);
            manifest.push(b'\n');
        }
        repository.write("out/.iam-policy-generated", &manifest);
        let before = repository.files();

        let outcome = repository.regenerate(api).report(Mode::Write, &mut Vec::new(), &mut StyledText::new()).unwrap();

        let mut after = repository.files();
        let listed = |name: &str| manifest.split(|byte| *byte == b'\n').any(|line| {
            line.strip_suffix(b"\r").unwrap_or(line) == name.as_bytes()
        });
        for (path, contents) in &before {
            let now = after.remove(path);
            if now.as_ref() == Some(contents) {
                continue;
            }
            let name = path.strip_prefix("out/");
            prop_assert!(outcome == Outcome::Done, "{path} was touched despite an error");
            prop_assert!(
                name.is_some_and(|name| name == MANIFEST || (can_be_generated(name) && listed(name))),
                "{path} was touched"
            );
            // Replaced files have the contents generated from the spec.
            prop_assert_eq!(
                now.is_some(),
                name.is_some_and(|name| [MANIFEST, "user.json", "PERMISSIONS.md"].contains(&name)),
                "{}", path
            );
        }
        prop_assert!(after.is_empty(), "new files: {after:?}");
    }
}
