//! The steps of the README, taken from it word for word, make a crate that works.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, io};

const README: &str = include_str!("../../../README.md");

/// The files that the README shows: each code block whose first line is a comment with a path. What is shown in two blocks is
/// put together.
fn files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut lines = README.lines();
    while let Some(line) = lines.next() {
        let Some(indent) = line
            .find("```")
            .filter(|indent| line[..*indent].trim().is_empty() && line.len() > indent + 3)
        else {
            continue;
        };
        let block: Vec<&str> = lines
            .by_ref()
            .take_while(|line| line.trim() != "```")
            .map(|line| line.get(indent..).unwrap_or(""))
            .collect();
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

fn cargo(folder: &Path, arguments: &[&str]) -> io::Result<Output> {
    let target = folder.join("target");
    Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .output()
}

#[test]
fn the_five_steps_work() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let _ = fs::remove_dir_all(folder.join("generated"));
    let files = files();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["Cargo.toml", "policies.toml", "src/lib.rs", "xtask/src/main.rs"]
    );
    for (name, text) in &files {
        let text = match name.as_str() {
            "Cargo.toml" => {
                let package =
                    "[package]\nname = \"reporter\"\nedition = \"2024\"\n\n[workspace]\nmembers = [\"xtask\"]\n\n";
                let path = root.join("crates/iam-policy").display().to_string().replace('\\', "/");
                package.to_owned() + &text.replace("../iam-policy/crates/iam-policy", &path)
            }
            _ => text.clone(),
        };
        write(&folder.join(name), &text).unwrap();
    }
    let artifacts = root
        .join("crates/policy-artifacts")
        .display()
        .to_string()
        .replace('\\', "/");
    let xtask = format!(
        "[package]\nname = \"xtask\"\nedition = \"2024\"\n\n[dependencies]\npolicy-artifacts = {{ path = \"{artifacts}\" }}\n"
    );
    write(&folder.join("xtask/Cargo.toml"), &xtask).unwrap();
    // The versions of the workspace are those that are at hand without the network.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();

    let built = cargo(&folder, &["check", "--offline"]).unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));

    let regenerate = ["run", "--offline", "-q", "-p", "xtask", "--"];
    let written = cargo(&folder, &[regenerate.as_slice(), &["regenerate"]].concat()).unwrap();
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    assert_eq!(
        String::from_utf8_lossy(&written.stdout),
        "wrote generated/user.json\nwrote generated/PERMISSIONS.md\n"
    );

    let check = [regenerate.as_slice(), &["regenerate", "--check"]].concat();
    assert!(cargo(&folder, &check).unwrap().status.success());
    write(&folder.join("generated/user.json"), "{}\n").unwrap();
    assert_eq!(cargo(&folder, &check).unwrap().status.code(), Some(1));
}
