//! The examples in the reference of the language compile.
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use iam_policy_core::Options;
use iam_policy_spec::compile::compile;
use iam_policy_spec::{Source, with_policies};

/// The trust policies in the reference of the language compile, and have the expected actions.
#[test]
fn examples_of_the_reference() {
    let reference = include_str!("../src/language/trust.md");
    let mut found = Vec::new();
    for block in reference.split("```toml\n").skip(1) {
        let spec = block.split("```").next().unwrap();
        let source = Source::new("policies.toml", format!("{}{spec}", short_role(spec)));
        let compiled = compile(&source);
        let mut problems = compiled.mistakes.clone();
        problems.extend(compiled.findings.clone());
        let shown: Vec<String> = problems
            .iter()
            .map(|problem| source.show(problem).to_string())
            .collect();
        assert_eq!(shown, [""; 0]);
        with_policies(&compiled.spec, |policies| {
            let trust = policies[0].trust.unwrap();
            let mut actions: Vec<&str> = Vec::new();
            for statement in trust.statements {
                actions.extend(
                    statement
                        .actions
                        .iter()
                        .map(|action| action.pattern.trim_start_matches("sts:")),
                );
            }
            found.push(actions.join(" "));
            assert!(policies[0].render_trust(Options::DEFAULT).is_ok());
        });
    }
    assert_eq!(
        found,
        [
            "AssumeRoleWithWebIdentity",
            "AssumeRoleWithWebIdentity",
            "AssumeRoleWithWebIdentity",
            "AssumeRoleWithWebIdentity",
            "AssumeRole TagSession",
            "AssumeRole TagSession SetSourceIdentity",
            "AssumeRoleWithSAML",
            "AssumeRole",
            "AssumeRole",
        ]
    );
}

/// The policy that a trust policy of the reference belongs to.
fn short_role(spec: &str) -> String {
    let name = spec
        .split("policy.")
        .nth(1)
        .and_then(|rest| rest.split('.').next())
        .unwrap();
    format!(
        "[policy.{name}]\n[[policy.{name}.statement]]\nid = \"own\"\nreason = \"r\"\nactions = [\"s3:GetObject\"]\nresources = [\"arn:aws:s3:::b/*\"]\n\n"
    )
}
