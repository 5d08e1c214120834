//! The constants need neither `std` nor `alloc` nor an allocator, and behave the same without them.

use std::io;
use std::process::{Command, Output};

use testing_no_alloc::{Buffer, decide, explain, render};

/// Builds the crate as a complete library.
fn build(features: &[&str]) -> io::Result<Output> {
    Command::new(env!("CARGO"))
        .args(["rustc", "--offline", "--quiet", "--lib", "--crate-type", "staticlib"])
        .args(["--config", "profile.dev.panic='abort'"])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .args(["--target-dir", env!("CARGO_TARGET_TMPDIR")])
        .args(features)
        .output()
}

#[test]
fn it_builds_without_an_allocator() {
    let output = build(&[]).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn linking_alloc_fails_the_build() {
    let output = build(&["--features", "alloc"]).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("no global memory allocator found"), "{said}");
}

#[test]
fn renders_into_an_array() {
    let mut out = Buffer::new();
    render("audit", &mut out).unwrap();
    assert_eq!(
        out.as_str(),
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"Upload","Effect":"Allow","Action":["s3:PutObject"],"Resource":["arn:aws-cn:s3:::audit/*"]}]}"#
    );
    let mut out = Buffer::new();
    render("a*", &mut out).unwrap();
    assert_eq!(
        out.as_str(),
        "`a*` cannot be the value of `bucket`: it contains `*`, which would widen the resources that use it"
    );
}

#[test]
fn a_full_array_is_an_error_not_a_panic() {
    let mut out = Buffer::new();
    let filled = std::iter::repeat_with(|| explain(&mut out))
        .take(10)
        .collect::<Result<Vec<_>, _>>();
    assert!(filled.is_err());
}

#[test]
fn decides_at_run_time() {
    let allowed = |action, resource| decide(action, resource).0;
    assert!(allowed("s3:PutObject", "arn:aws:s3:::uploads/cat.jpg"));
    assert!(!allowed("s3:GetObject", "arn:aws:s3:::uploads/cat.jpg"));
}
