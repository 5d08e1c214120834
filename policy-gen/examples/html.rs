//! Writes a spec's page as HTML to the standard output: `cargo run --package iam-policy-gen --example html -- SPEC`.

use std::error::Error;
use std::io::Write;

use iam_policy_gen::{Format, Origin, artifacts_in};
use iam_policy_spec::Source;
use iam_policy_spec::compile::compile;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("the spec is missing")?;
    let compiled = compile(&Source::new(&*path, std::fs::read_to_string(&path)?));
    let origin = Origin {
        command: "cargo run --example html",
        spec: &path,
    };
    for page in artifacts_in(&compiled.spec, origin, &[Format::Html]) {
        std::io::stdout().write_all(page.contents.as_bytes())?;
    }
    Ok(())
}
