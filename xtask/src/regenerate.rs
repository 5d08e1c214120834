//! Writes or checks all generated files of this repository.

use std::process::ExitCode;

use iam_policy_gen::{Mode, Regenerate};

/// Writes or checks the files.
///
/// - `base`: the revision to compare policies with; a policy that allows more needs a line in the changelog
pub(crate) fn run(mode: Mode, base: Option<&str>) -> ExitCode {
    let files = files();
    match base {
        Some(base) => files.base(base).run(mode),
        None => files.run(mode),
    }
}

/// A spec with every key.
const EXAMPLE: &str = include_str!("../../policy-spec/example.toml");

fn files() -> Regenerate {
    let folder = "crates/remotion-lambda-policies";
    let files = Regenerate::new("cargo xtask regenerate")
        .root_from_package("..")
        .spec(format!("{folder}/policies.toml"), format!("{folder}/generated"))
        .spec(
            "crates/example-reports/policies.toml",
            "crates/example-reports/generated",
        )
        .spec(
            "crates/example-uploads/policies.toml",
            "crates/example-uploads/generated",
        )
        .file("policy-spec/reference.md", iam_policy_gen::reference())
        // The facade documents the language as well, and a package only contains its own files.
        .file("crates/iam-policy/reference.md", iam_policy_gen::reference())
        .file("crates/iam-policy/example.toml", EXAMPLE)
        .file("policy-spec/spec.schema.json", iam_policy_gen::schema())
        .file(
            "policy-spec/configuration.md",
            iam_policy_gen::configuration_reference(),
        )
        .file(
            "policy-spec/iam-policy.schema.json",
            iam_policy_gen::configuration_schema(),
        );
    rules(files)
}

/// The documentation of the rules: pages, and tables in the README.
fn rules(mut files: Regenerate) -> Regenerate {
    for (name, contents) in iam_policy_check::pages() {
        files = files.file(format!("{RULES}/docs/rules/{name}"), contents);
    }
    let path = format!("{RULES}/README.md");
    // If it cannot be read, it is reported as not up to date.
    let readme = std::fs::read_to_string(crate::workspace::root().join(&path)).unwrap_or_default();
    let (before, rest) = readme.split_once(START).unwrap_or((&readme, ""));
    let (_, after) = rest.split_once(END).unwrap_or_default();
    files.file(
        path,
        format!("{before}{START}{}\n{END}{after}", iam_policy_check::overview()),
    )
}

const RULES: &str = "crates/policy-check";

/// The markers around the generated part of the README.
const START: &str = "<!-- rules -->\n";
const END: &str = "<!-- /rules -->";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// A plain `cargo test` detects outdated files.
    #[test]
    fn everything_is_up_to_date() {
        let changes = super::files().changes().unwrap();
        let shown: String = changes.iter().map(ToString::to_string).collect();
        assert!(changes.is_empty(), "run `cargo xtask regenerate`:\n{shown}");
    }

    /// Pages about topics that no longer exist are detected.
    #[test]
    fn all_pages_about_rules_are_generated() {
        let folder = crate::workspace::root().join(super::RULES).join("docs/rules");
        let entries = std::fs::read_dir(folder).unwrap();
        let files: BTreeSet<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let pages: BTreeSet<_> = iam_policy_check::pages().into_iter().map(|(name, _)| name).collect();
        assert_eq!(files, pages);
    }
}
