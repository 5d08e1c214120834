//! Generates every generated file of this repository.

use std::process::ExitCode;

use iam_policy_gen::{Mode, Regenerate};

/// - `base`: the revision to compare with; policies that allow more need a line in the changelog
pub(crate) fn run(mode: Mode, base: Option<&str>) -> ExitCode {
    let files = files();
    match base {
        Some(base) => files.base(base).run(mode),
        None => files.run(mode),
    }
}

fn files() -> Regenerate {
    let folder = "crates/remotion-lambda-policies";
    Regenerate::new("cargo xtask regenerate")
        .root(crate::root())
        .spec(format!("{folder}/policies.toml"), format!("{folder}/generated"))
        .file("policy-spec/reference.md", iam_policy_gen::reference())
        .file("policy-spec/spec.schema.json", iam_policy_gen::schema())
}

#[cfg(test)]
mod tests {
    /// So that `cargo test` alone detects outdated files.
    #[test]
    fn everything_is_up_to_date() {
        let changes = super::files().changes().unwrap();
        let shown: String = changes.iter().map(ToString::to_string).collect();
        assert!(changes.is_empty(), "run `cargo xtask regenerate`:\n{shown}");
    }
}
