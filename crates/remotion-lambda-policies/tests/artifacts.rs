//! The files in `generated/` match the constants, and the page is complete.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::path::Path;

use iam_policy::{Action, Explanation, Options, Partition, Policy, Resource};
use remotion_lambda_policies::{ALL, ROLE, USER};

fn generated(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("generated").join(name)).unwrap()
}

fn check(policy: &Policy<'_>, partition: Partition, file: &str) {
    let options = Options::DEFAULT.partition(partition);
    assert_eq!(policy.render(options).unwrap().to_string(), generated(file), "{file}");
}

#[test]
fn the_json_matches_the_constants() {
    assert_eq!(USER.json, generated("user.json"));
    assert_eq!(ROLE.json, generated("role.json"));
    assert_eq!(ROLE.trust.unwrap().json, generated("role.trust.json"));
    check(&USER, Partition::Standard, "user.json");
    check(&USER, Partition::China, "user.aws-cn.json");
    check(&ROLE, Partition::Standard, "role.json");
    check(&ROLE, Partition::China, "role.aws-cn.json");
}

#[test]
fn the_page_has_the_json_and_the_sections() {
    let page = generated("PERMISSIONS.md");
    let has = |part: String| assert!(page.contains(&part), "{part}");
    for policy in ALL {
        has(policy.json.to_owned());
        has(policy
            .explanation()
            .sections()
            .level(3)
            .anchors(policy.name)
            .to_string());
        has(policy
            .explanation()
            .accepted_findings()
            .anchors(policy.name)
            .to_string());
        for extension in policy.extensions {
            has(extension
                .explanation()
                .sections()
                .level(4)
                .anchors(policy.name)
                .to_string());
        }
    }
}

#[test]
fn every_action_and_resource_has_a_row() {
    for policy in ALL {
        let extensions = policy
            .extensions
            .iter()
            .map(|extension| (extension.statements, extension.explanation()));
        for (statements, explanation) in [(policy.statements, policy.explanation())]
            .into_iter()
            .chain(extensions)
        {
            for statement in statements {
                for action in statement.actions {
                    assert!(
                        has_action(explanation, statement.id, action),
                        "{} {}",
                        statement.id,
                        action.pattern
                    );
                }
                for resource in statement.resources {
                    assert!(
                        has_resource(explanation, statement.id, resource),
                        "{} {}",
                        statement.id,
                        resource.arn.text
                    );
                }
            }
        }
    }
}

fn has_action(explanation: Explanation<'_>, id: &str, action: &Action<'_>) -> bool {
    let mut rows = explanation
        .rows()
        .filter(|row| row.statement().id == id && !row.reason().is_empty());
    rows.any(|row| row.actions().any(|other| other == action))
}

fn has_resource(explanation: Explanation<'_>, id: &str, resource: &Resource<'_>) -> bool {
    let mut rows = explanation
        .rows()
        .filter(|row| row.statement().id == id && !row.reason().is_empty());
    rows.any(|row| row.resources().any(|other| other == resource))
}

/// Mistakes of the original page.
#[test]
fn mistakes_of_the_original_are_fixed() {
    let page = generated("PERMISSIONS.md");
    for wrong in [
        "`s3.",
        "lambda:CreateLogStream",
        "lambda:PutLogEvents",
        "remotion-render*",
        "permissions validate",
        "websites",
    ] {
        assert!(!page.contains(wrong), "{wrong}");
    }
    for row in [
        "| [`s3:PutLifecycleConfiguration`](",
        "| [`logs:PutRetentionPolicy`](",
        "LambdaInsightsExtension*` (only in `aws-cn`): ",
        "`arn:aws:logs:*:*:log-group:/aws/lambda-insights:*`: ",
    ] {
        assert!(page.contains(row), "{row}");
    }
}
