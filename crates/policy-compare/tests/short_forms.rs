//! Policies of REST APIs, which shorten the ARNs of their methods.

use expect_test::{Expect, expect};
use iam_policy_compare::compare;
use serde_json::{Value, json};

/// Compares two lists of statements; shows the verdict, and the first witness in each direction.
fn check(old: &[Value], new: &[Value], expected: Expect) {
    let read = |statements: &[Value]| {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        iam_policy_document::json::read(policy.to_string().as_bytes()).document
    };
    let comparison = compare(&read(old), &read(new));
    let mut lines = vec![comparison.verdict.as_str().to_owned()];
    for (sign, witness) in [
        ("+", comparison.newly_allowed.first()),
        ("-", comparison.newly_denied.first()),
    ] {
        if let Some(witness) = witness {
            lines.push(format!("{sign} {} on {}", witness.action, witness.resource));
        }
    }
    expected.assert_eq(&lines.join("\n"));
}

fn statement(effect: &str, resource: &str) -> Value {
    json!({"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource})
}

#[test]
fn removed_denials_are_found() {
    let allow = statement("Allow", "execute-api:/*");
    check(
        &[allow.clone(), statement("Deny", "execute-api:/prod/GET/secret")],
        std::slice::from_ref(&allow),
        expect![[r#"
            widened
            + execute-api:Invoke on arn:aws:execute-api:us-east-1:123456789012:/prod/GET/secret"#]],
    );
    check(
        std::slice::from_ref(&allow),
        std::slice::from_ref(&allow),
        expect!["equivalent"],
    );
    check(
        &[allow],
        &[
            statement("Allow", "execute-api:/prod/*"),
            statement("Allow", "execute-api:/dev/GET/*"),
        ],
        expect![[r#"
            narrowed
            - execute-api:Invoke on arn:aws:execute-api:us-east-1:123456789012:a/a/a"#]],
    );
}

/// The ID of an API has no slash, so the short form does not start at a later one.
#[test]
fn the_short_form_starts_after_the_api() {
    check(
        &[statement("Allow", "execute-api:/prod/GET/*")],
        &[statement("Allow", "arn:aws:execute-api:*:*:*/prod/GET/*")],
        expect![[r#"
            incomparable
            + execute-api:Invoke on arn:aws:execute-api:us-east-1:123456789012://prod/GET/
            - execute-api:Invoke on arn:a:execute-api:a:a:a/prod/GET/a"#]],
    );
    check(
        &[statement("Allow", "execute-api:/prod/GET/*")],
        &[statement(
            "Allow",
            "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/*",
        )],
        expect![[r#"
            narrowed
            - execute-api:Invoke on arn:aws:execute-api:us-east-1:123456789012:a/prod/GET/"#]],
    );
}

/// Only services that store resource policies complete it.
#[test]
fn identity_policies_have_no_short_form() {
    let identity = |resource: &str| json!({"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource});
    check(
        &[identity("arn:aws:execute-api:*:*:*"), identity("execute-api:/*")],
        &[identity("arn:aws:execute-api:*:*:*")],
        expect!["equivalent"],
    );
}
