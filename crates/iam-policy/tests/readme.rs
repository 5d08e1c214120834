//! The steps for adopting the crate work: they create a crate, and the other examples run in it.

#![expect(clippy::unwrap_used, reason = "a panic fails the test, in helpers too")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, io};

use testing_support::git;
use testing_support::markdown::{Session, blocks, sessions};

const README: &str = include_str!("../../../README.md");
const ADOPT: &str = include_str!("../../../docs/adopt.md");
const RELEASE: &str = include_str!("../../../docs/release.md");

/// The files of the steps: each code block that begins with a comment with a path. Blocks with the same path are joined.
fn files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for block in blocks(ADOPT) {
        let (first, text) = block.text.split_once('\n').unwrap_or_default();
        let name = first.strip_prefix("# ").or(first.strip_prefix("// "));
        let Some(name) = name.filter(|name| Path::new(name).extension().is_some()) else {
            continue;
        };
        match files.iter_mut().find(|(earlier, _)| earlier == name) {
            Some((_, earlier)) => earlier.push_str(text),
            None => files.push((name.to_owned(), text.to_owned())),
        }
    }
    files
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::write(path, text)
}

fn cargo(folder: &Path, target: &Path, arguments: &[&str]) -> io::Result<Output> {
    Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_NET_OFFLINE", "true")
        .output()
}

#[test]
fn the_steps_work() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let _ = fs::remove_dir_all(folder.join("generated"));
    let files = files();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Cargo.toml",
            "policies.toml",
            "src/lib.rs",
            ".cargo/config.toml",
            "xtask/Cargo.toml",
            "xtask/src/main.rs"
        ]
    );
    let checkout = root.display().to_string().replace('\\', "/");
    for (name, text) in &files {
        let text = text
            .replace("../../iam-policy", &checkout)
            .replace("../iam-policy", &checkout);
        let package = "[package]\nname = \"reporter\"\nedition = \"2024\"\n\n";
        let before = if name == "Cargo.toml" { package } else { "" };
        write(&folder.join(name), &format!("{before}{text}")).unwrap();
    }
    // Only the versions that the workspace uses are available offline.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();

    let examples: Vec<_> = blocks(ADOPT)
        .into_iter()
        .filter(|block| block.language == "rust")
        .collect();
    for (number, block) in examples.iter().enumerate() {
        let text = format!("fn main() {{\n{}}}\n", block.text);
        write(&folder.join(format!("examples/readme{number}.rs")), &text).unwrap();
    }
    let spec = fs::read_to_string(root.join("crates/iam-policy/example/policies.toml")).unwrap();
    write(&folder.join("example/policies.toml"), &spec).unwrap();

    let target = folder.join("target");
    let built = cargo(&folder, &target, &["check"]).unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));

    let written = cargo(&folder, &target, &["xtask", "regenerate"]).unwrap();
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    assert_eq!(
        String::from_utf8_lossy(&written.stdout),
        "wrote generated/user.json\nwrote generated/PERMISSIONS.md\nwrote generated/.iam-policy-generated\n"
    );

    let check = ["xtask", "regenerate", "--check"];
    assert!(cargo(&folder.join("src"), &target, &check).unwrap().status.success());
    write(&folder.join("generated/user.json"), "{}\n").unwrap();
    assert_eq!(cargo(&folder, &target, &check).unwrap().status.code(), Some(1));
    assert_eq!(
        cargo(&folder, &target, &["xtask", "--chek"]).unwrap().status.code(),
        Some(2)
    );

    // Another checkout with the same target folder shares the program, but not the files.
    let other = folder.with_file_name("readme-other");
    let _ = fs::remove_dir_all(&other);
    for name in files.iter().map(|(name, _)| name.as_str()).chain(["Cargo.lock"]) {
        write(&other.join(name), &fs::read_to_string(folder.join(name)).unwrap()).unwrap();
    }
    assert_eq!(cargo(&other, &target, &check).unwrap().status.code(), Some(1));
    let written = cargo(&other, &target, &["xtask", "regenerate"]).unwrap();
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    assert!(cargo(&other, &target, &check).unwrap().status.success());
    assert_eq!(fs::read_to_string(folder.join("generated/user.json")).unwrap(), "{}\n");
    assert_ne!(fs::read_to_string(other.join("generated/user.json")).unwrap(), "{}\n");

    the_comparison_is_real(&folder, &target);
    the_error_is_real(&folder, &target);

    assert!(!examples.is_empty());
    for number in 0..examples.len() {
        let ran = cargo(&folder, &target, &["run", "--example", &format!("readme{number}")]).unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
}

/// `docs/release.md` shows what the check prints if the spec has a new action since `v1.4.0`.
fn the_comparison_is_real(folder: &Path, target: &Path) {
    let _ = fs::remove_dir_all(folder.join(".git"));
    let git = |arguments: &[&str]| git(folder, arguments);
    let spec = fs::read_to_string(folder.join("policies.toml")).unwrap();
    let before: Vec<&str> = spec.lines().filter(|line| !line.contains("s3:DeleteObject")).collect();
    write(&folder.join("policies.toml"), &(before.join("\n") + "\n")).unwrap();
    write(&folder.join("CHANGELOG.md"), "# Changelog\n").unwrap();
    git(&["init", "-q"]);
    git(&["add", "policies.toml", "CHANGELOG.md"]);
    git(&["commit", "-qm", "v1.4.0"]);
    git(&["tag", "v1.4.0"]);
    write(&folder.join("policies.toml"), &spec).unwrap();
    assert!(
        cargo(folder, target, &["xtask", "regenerate"])
            .unwrap()
            .status
            .success()
    );

    let sessions = sessions(RELEASE, "cargo");
    assert_eq!(sessions.len(), 1);
    for session in sessions {
        assert_printed(folder, target, &session);
    }
    let _ = fs::remove_dir_all(folder.join(".git"));
}

fn assert_printed(folder: &Path, target: &Path, session: &Session) {
    let arguments: Vec<&str> = session.command.split(' ').skip(1).collect();
    let ran = cargo(folder, target, &arguments).unwrap();
    let printed = [ran.stdout, ran.stderr].concat();
    session.assert_printed(&String::from_utf8_lossy(&printed));
}

/// The README shows what the compiler prints if an action is misspelled.
fn the_error_is_real(folder: &Path, target: &Path) {
    let spec = fs::read_to_string(folder.join("policies.toml")).unwrap();
    write(&folder.join("policies.toml"), &spec.replace("s3:Del", "s3.Del")).unwrap();
    let built = cargo(folder, target, &["check"]).unwrap();
    write(&folder.join("policies.toml"), &spec).unwrap();
    let stderr = String::from_utf8_lossy(&built.stderr);
    let shown = blocks(README)
        .into_iter()
        .find(|block| block.language == "text")
        .unwrap();
    assert!(
        stderr.contains(&shown.text),
        "{stderr}\ndoes not contain\n{}",
        shown.text
    );
}
