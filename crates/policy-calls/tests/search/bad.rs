//! Workspaces that cannot be searched as a whole.

use std::fmt::Write;

use expect_test::{Expect, expect};
use iam_policy_calls::Search;
use testing_support::Folder;

use crate::sdk;

fn manifest(name: &str, more: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{more}")
}

const SDK: &str = "[dependencies]\naws-sdk-s3 = { path = \"../../sdk/aws-sdk-s3\" }\n";

const GOOD: &str = "pub fn run(client: &aws_sdk_s3::Client) {\n    drop(client.get_object().send());\n}\n";

/// Searches in `program`, and shows the calls and what was not checked.
fn check(folder: &Folder, path: &str, expected: Expect) {
    sdk::write(folder);
    let mut shown = String::new();
    match Search::new(folder.path(path)).run(&mut |_| {}) {
        Ok(calls) => {
            for warning in &calls.warnings {
                writeln!(shown, "{warning}").unwrap();
            }
            for call in calls.calls.iter().filter(|call| call.origin.is_none()) {
                let by = if call.is_confirmed { "compiler" } else { "names" };
                writeln!(shown, "{}:{}: {} by {by}", call.file, call.line, call.operation).unwrap();
            }
            for unchecked in &calls.unchecked {
                writeln!(shown, "{}: {}", unchecked.subject, unchecked.reason).unwrap();
            }
            writeln!(shown, "{} mode", calls.mode).unwrap();
        }
        Err(problem) => writeln!(shown, "{problem}").unwrap(),
    }
    let shown = shown.replace(&folder.root().display().to_string(), "<folder>");
    expected.assert_eq(&shown);
}

#[test]
fn packages_that_do_not_compile() {
    let folder = Folder::with(&[
        (
            "program/Cargo.toml",
            "[workspace]\nmembers = [\"*\"]\nexclude = [\"target\"]\nresolver = \"2\"\n",
        ),
        ("program/good/Cargo.toml", &manifest("good", SDK)),
        ("program/good/src/lib.rs", GOOD),
        ("program/wrong/Cargo.toml", &manifest("wrong", SDK)),
        (
            "program/wrong/src/lib.rs",
            &format!("{GOOD}\nfn wrong() -> u8 {{ \"text\" }}\n"),
        ),
        ("program/torn/Cargo.toml", &manifest("torn", SDK)),
        (
            "program/torn/src/lib.rs",
            &format!("{GOOD}\nfn torn( {{\nmod missing;\n"),
        ),
        (
            "program/user/Cargo.toml",
            &manifest("user", &format!("{SDK}wrong = {{ path = \"../wrong\" }}\n")),
        ),
        ("program/user/src/main.rs", &format!("{GOOD}\nfn main() {{}}\n")),
    ]);
    check(
        &folder,
        "program",
        expect![[r#"
        good/src/lib.rs:2: GetObject by compiler
        torn/src/lib.rs:2: GetObject by names
        user/src/main.rs:2: GetObject by names
        wrong/src/lib.rs:2: GetObject by names
        torn (lib `torn`): it does not compile: torn/src/lib.rs:6: this file contains an unclosed delimiter
        user (bin `user`): something that it depends on does not compile
        wrong (lib `wrong`): it does not compile: wrong/src/lib.rs:5: mismatched types
        exact mode
    "#]],
    );
}

#[test]
fn a_dependency_that_does_not_compile() {
    let needs_broken = format!("{SDK}broken = {{ path = \"../../broken\" }}\n");
    let folder = Folder::with(&[
        ("broken/Cargo.toml", &manifest("broken", "")),
        ("broken/src/lib.rs", "pub fn broken() -> u8 {\n    \"text\"\n}\n"),
        ("program/a/Cargo.toml", &manifest("a", &needs_broken)),
        ("program/a/src/lib.rs", GOOD),
    ]);
    check(
        &folder,
        "program/a",
        expect![[r#"
        src/lib.rs:2: GetObject by names
        a (lib `a`): something that it depends on does not compile: `broken`: <folder>/broken/src/lib.rs:2: mismatched types
        exact mode
    "#]],
    );
    folder.write("broken/src/lib.rs", "");
    folder.write("broken/build.rs", "fn main() {\n    panic!(\"no such library\");\n}\n");
    check(
        &folder,
        "program/a",
        expect![[r#"
        src/lib.rs:2: GetObject by names
        a (lib `a`): something that it depends on does not compile: failed to run custom build command for `broken v0.1.0 (<folder>/broken)`
        exact mode
    "#]],
    );
}

#[test]
fn a_workspace_without_the_sdk() {
    let folder = Folder::with(&[
        ("program/Cargo.toml", &manifest("plain", "")),
        ("program/src/lib.rs", ""),
    ]);
    check(
        &folder,
        "program",
        expect![[r#"
        exact mode
    "#]],
    );
    assert!(
        Search::new(folder.path("program"))
            .quick()
            .run(&mut |_| {})
            .unwrap()
            .is_without_sdk
    );
}

#[test]
fn one_package_of_a_workspace() {
    let folder = Folder::with(&[
        (
            "program/Cargo.toml",
            "[workspace]\nmembers = [\"*\"]\nexclude = [\"target\"]\nresolver = \"2\"\n",
        ),
        ("program/a/Cargo.toml", &manifest("a", SDK)),
        ("program/a/src/lib.rs", GOOD),
        ("program/b/Cargo.toml", &manifest("b", SDK)),
        ("program/b/src/lib.rs", GOOD),
    ]);
    check(
        &folder,
        "program/b/src",
        expect![[r#"
        b/src/lib.rs:2: GetObject by compiler
        exact mode
    "#]],
    );
}

#[test]
fn a_dependency_that_does_not_exist() {
    let folder = Folder::with(&[
        (
            "program/a/Cargo.toml",
            &manifest("a", &format!("{SDK}gone = {{ path = \"../gone\" }}\n")),
        ),
        ("program/a/src/lib.rs", GOOD),
    ]);
    check(
        &folder,
        "program/a",
        expect![[r#"
        warning: `cargo` failed: failed to get `gone` as a dependency of package `a v0.1.0 (<folder>/program/a)`
          = note: failed to load source for dependency `gone`
          = note: unable to update <folder>/program/gone
          = note: failed to read `<folder>/program/gone/Cargo.toml`
          = note: No such file or directory (os error 2)
          = note: the search was done by names alone, as with `--quick`
        src/lib.rs:2: GetObject by names
        quick mode
    "#]],
    );
}

#[test]
fn generated_code() {
    let folder = Folder::with(&[
        ("program/a/Cargo.toml", &manifest("a", SDK)),
        (
            "program/a/build.rs",
            "fn main() {\n    let out = std::env::var(\"OUT_DIR\").unwrap();\n    std::fs::write(format!(\"{out}/code.rs\"), \"pub fn made(client: &aws_sdk_s3::Client) {\\n    drop(client.head_bucket().send());\\n}\\n\").unwrap();\n}\n",
        ),
        (
            "program/a/src/lib.rs",
            "include!(concat!(env!(\"OUT_DIR\"), \"/code.rs\"));\n",
        ),
    ]);
    sdk::write(&folder);
    let calls = Search::new(folder.path("program/a")).run(&mut |_| {}).unwrap();
    let found: Vec<_> = calls.calls.iter().filter(|call| call.origin.is_none()).collect();
    let [call] = found.as_slice() else { panic!("{calls:#?}") };
    assert_eq!((call.line, call.operation.as_str()), (2, "HeadBucket"));
    let quick = Search::new(folder.path("program/a")).quick().run(&mut |_| {}).unwrap();
    let unchecked: Vec<_> = quick
        .unchecked
        .iter()
        .map(|unchecked| format!("{}: {}", unchecked.subject, unchecked.reason))
        .collect();
    expect!["src/lib.rs: the code that it includes at 1:1 is not searched"].assert_eq(&unchecked.join("\n"));
}

#[test]
fn paths_without_a_package() {
    let folder = Folder::with(&[("empty/readme", "")]);
    check(
        &folder,
        "empty",
        expect![[r#"
        error: there is no `Cargo.toml` in `<folder>/empty` or any folder around it
          = help: pass the folder of a Cargo package or workspace
    "#]],
    );
    check(
        &folder,
        "nowhere",
        expect![[r#"
        error: there is no folder `<folder>/nowhere`
    "#]],
    );
    let folder = Folder::with(&[("program/Cargo.toml", "[package\n")]);
    check(
        &folder,
        "program",
        expect![[r#"
            error: `cargo` failed: unclosed table, expected `]`
              = note: it is at Cargo.toml:1:9
        "#]],
    );
}
