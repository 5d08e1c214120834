//! A crate is rebuilt if and only if its spec has changed.

use std::fs;

mod scratch;

use scratch::{Run, Scratch};

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

#[test]
fn editing_the_spec_rebuilds() {
    let scratch = Scratch::new("rebuilt", "").unwrap();
    scratch.write("Cargo.toml", MANIFEST).unwrap();
    scratch.write("src/main.rs", MAIN).unwrap();
    let run = |spec: &str| -> Run {
        scratch.write("policies.toml", spec).unwrap();
        scratch.cargo("", &["run"]).unwrap()
    };

    let first = run(SPEC);
    assert!(first.succeeded, "{}", first.messages);
    assert_eq!(first.printed, "s3:GetObject\n");

    let again = scratch.cargo("", &["run"]).unwrap();
    assert!(!again.messages.contains("Compiling"), "{}", again.messages);

    let edited = run(&SPEC.replace("GetObject", "PutObject"));
    assert!(edited.succeeded, "{}", edited.messages);
    assert_eq!(edited.printed, "s3:PutObject\n");
    assert_eq!(edited.messages.matches("Compiling").count(), 1, "{}", edited.messages);

    let broken = run(&SPEC.replace("s3:", "s3."));
    assert!(
        !broken.succeeded && broken.messages.contains("--> policies.toml:7:14"),
        "{}",
        broken.messages
    );

    let mended = run(SPEC);
    assert!(mended.succeeded, "{}", mended.messages);
    assert_eq!(mended.printed, "s3:GetObject\n");

    fs::remove_file(scratch.folder.join("policies.toml")).unwrap();
    let missing = scratch.cargo("", &["run"]).unwrap();
    assert!(
        !missing.succeeded && missing.messages.contains("there is no file `policies.toml`"),
        "{}",
        missing.messages
    );
}
