//! What the example promises, in each environment.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::path::Path;

use example_reports::{ALL, DEPLOY, FUNCTION, LIMIT, QUEUE, USER, environment};
use iam_policy::{Options, Policy, Style};
use iam_policy_compare::compare;
use iam_policy_document::Document;

const ENVIRONMENTS: [(&str, Options<'_>, &str); 2] = [
    ("dev", environment::DEV, "444455556666"),
    ("prod", environment::PROD, "111122223333"),
];

fn generated(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("generated").join(name)).unwrap()
}

fn document(policy: &Policy<'_>, options: Options<'_>) -> Document {
    let json = policy.render(options).unwrap().to_string();
    iam_policy_document::json::read(json.as_bytes()).document
}

#[test]
fn files_and_constants_are_the_same() {
    for policy in ALL {
        assert_eq!(policy.json, generated(&format!("{}.json", policy.name)));
        for (name, options, account) in ENVIRONMENTS {
            let json = policy.render(options).unwrap().to_string();
            assert_eq!(json, generated(&format!("{name}/{}.json", policy.name)));
            if policy.name != LIMIT.name {
                assert!(json.contains(account), "{json}");
            }
            if policy.trust.is_some() {
                let trust = policy.render_trust(options).unwrap().to_string();
                assert_eq!(trust, generated(&format!("{name}/{}.trust.json", policy.name)));
                assert!(trust.contains(account), "{trust}");
            }
        }
    }
}

/// The function never needs more than its boundary allows.
#[test]
fn the_boundary_leaves_the_function_everything() {
    for (name, options, _) in ENVIRONMENTS {
        let comparison = compare(&document(&LIMIT, options), &document(&FUNCTION, options));
        assert!(
            comparison.verdict.grants_nothing_new(),
            "{name}: {}",
            comparison.because
        );
    }
}

#[test]
fn only_releases_are_deployed_to_production() {
    let subject = |options| {
        let trust = DEPLOY.render_trust(options).unwrap().to_string();
        let start = trust.find("repo:octo-org").unwrap();
        trust.get(start..).unwrap().split('"').next().unwrap().to_owned()
    };
    assert_eq!(subject(environment::DEV), "repo:octo-org/reports:ref:refs/heads/main");
    assert_eq!(
        subject(environment::PROD),
        "repo:octo-org/reports:ref:refs/tags/release"
    );
}

/// The key is never usable directly.
#[test]
fn the_key_is_only_used_through_s3() {
    iam_policy::require_allowed!(USER, "kms:Decrypt" on "arn:aws:kms:eu-west-1:444455556666:key/k",
        given "kms:ViaService" = "s3.eu-west-1.amazonaws.com");
    for policy in [&USER, &FUNCTION] {
        let key = policy.statements.iter().filter(|statement| {
            statement
                .actions
                .iter()
                .any(|action| action.pattern.starts_with("kms:"))
        });
        for statement in key {
            assert!(
                statement
                    .conditions
                    .iter()
                    .any(|condition| condition.key == "kms:ViaService")
            );
        }
    }
}

#[test]
fn only_the_own_bucket_sends_messages() {
    let json = QUEUE
        .render(environment::PROD.style(Style::MINIFIED))
        .unwrap()
        .to_string();
    assert!(
        json.contains(r#""aws:SourceArn":["arn:aws:s3:::reports-prod-111122223333"]"#),
        "{json}"
    );
}
