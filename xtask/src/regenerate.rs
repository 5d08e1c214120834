//! Every file of this repository that is made of something else in it.

use std::process::ExitCode;

use policy_artifacts::{Mode, Regenerate};

pub(crate) fn run(check: bool) -> ExitCode {
    let folder = "crates/remotion-lambda-policies";
    Regenerate::new("cargo xtask regenerate")
        .root(crate::root())
        .spec(format!("{folder}/policies.toml"), format!("{folder}/generated"))
        .file("policy-spec/reference.md", policy_gen::reference())
        .file("policy-spec/spec.schema.json", policy_gen::schema())
        .run(if check { Mode::Check } else { Mode::Write })
}
