//! The code in the README works: its steps create a crate, and its other examples run in that crate.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, io};

const README: &str = include_str!("../../../README.md");

/// The language of each code block in the README, and its lines.
fn blocks() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut blocks = Vec::new();
    let mut lines = README.lines();
    while let Some(line) = lines.next() {
        let Some((before, language)) = line.split_once("```") else {
            continue;
        };
        let block = lines
            .by_ref()
            .take_while(|line| line.trim() != "```")
            .map(|line| line.get(before.len()..).unwrap_or(""));
        blocks.push((language, block.collect()));
    }
    blocks
}

/// The files in the README: each code block that begins with a comment with a path. Blocks with the same path are joined.
fn files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for (_, block) in blocks() {
        let name = block
            .first()
            .and_then(|first| first.strip_prefix("# ").or(first.strip_prefix("// ")));
        let Some(name) = name.filter(|name| Path::new(name).extension().is_some()) else {
            continue;
        };
        let text = block.iter().skip(1).flat_map(|line| [line, "\n"]).collect::<String>();
        match files.iter_mut().find(|(earlier, _)| earlier == name) {
            Some((_, earlier)) => earlier.push_str(&text),
            None => files.push((name.to_owned(), text)),
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
fn the_readme_steps_work() {
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

    let examples: Vec<_> = blocks()
        .into_iter()
        .filter(|(language, _)| *language == "rust")
        .collect();
    for (number, (_, lines)) in examples.iter().enumerate() {
        let text = format!("fn main() {{\n{}\n}}\n", lines.join("\n"));
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

    assert!(!examples.is_empty());
    for number in 0..examples.len() {
        let ran = cargo(&folder, &target, &["run", "--example", &format!("readme{number}")]).unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
}
