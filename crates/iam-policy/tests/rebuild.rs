//! A crate is rebuilt if and only if its spec has changed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

const MANIFEST: &str = r#"
[package]
name = "rebuilt"
edition = "2024"

[dependencies]
iam-policy = { path = "FACADE" }

# The crate is not a member of the enclosing workspace.
[workspace]
"#;

const MAIN: &str = r#"
iam_policy::policies!("../policies.toml");

fn main() {
    println!("{}", USER.statements[0].actions[0].pattern);
}
"#;

const SPEC: &str = r#"
[policy.user]

[[policy.user.statement]]
id        = "only"
reason    = "Shows which spec was read."
actions   = ["s3:GetObject"]
resources = ["*"]
"#;

/// A separate crate that uses the facade.
struct Crate {
    folder: PathBuf,
}

impl Crate {
    fn new() -> io::Result<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rebuilt");
        fs::create_dir_all(folder.join("src"))?;
        // The versions in the workspace's lock file are available offline.
        let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
        fs::copy(lock, folder.join("Cargo.lock"))?;
        let facade = env!("CARGO_MANIFEST_DIR").replace('\\', "/");
        fs::write(folder.join("Cargo.toml"), MANIFEST.replace("FACADE", &facade))?;
        fs::write(folder.join("src/main.rs"), MAIN)?;
        Ok(Self { folder })
    }

    fn write(&self, spec: &str) -> io::Result<()> {
        fs::write(self.folder.join("policies.toml"), spec)
    }

    /// Builds and runs it; returns whether that succeeded, its output, and cargo's messages.
    fn run(&self) -> io::Result<(bool, String, String)> {
        let output = Command::new(env!("CARGO"))
            .args(["run", "--offline"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .output()?;
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Ok((output.status.success(), text(&output.stdout), text(&output.stderr)))
    }
}

#[test]
fn editing_the_spec_rebuilds() {
    let built = Crate::new().unwrap();

    built.write(SPEC).unwrap();
    let (good, printed, said) = built.run().unwrap();
    assert!(good, "{said}");
    assert_eq!(printed, "s3:GetObject\n");

    let (_, _, said) = built.run().unwrap();
    assert!(!said.contains("Compiling"), "{said}");

    built.write(&SPEC.replace("GetObject", "PutObject")).unwrap();
    let (good, printed, said) = built.run().unwrap();
    assert!(good, "{said}");
    assert_eq!(printed, "s3:PutObject\n");
    assert_eq!(said.matches("Compiling").count(), 1, "{said}");

    built.write(&SPEC.replace("s3:", "s3.")).unwrap();
    let (good, _, said) = built.run().unwrap();
    assert!(!good && said.contains("--> policies.toml:7:14"), "{said}");

    built.write(SPEC).unwrap();
    let (good, printed, said) = built.run().unwrap();
    assert!(good, "{said}");
    assert_eq!(printed, "s3:GetObject\n");

    fs::remove_file(built.folder.join("policies.toml")).unwrap();
    let (good, _, said) = built.run().unwrap();
    assert!(!good && said.contains("there is no file `policies.toml`"), "{said}");
}
