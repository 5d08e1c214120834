//! Policies whose difference hangs on the value of a policy variable.

use expect_test::{Expect, expect};
use policy_compare::compare;
use serde_json::{Value, json};

const USERNAME: &str = "aws:username";

/// Compares two lists of statements, and shows the verdict with the resource and the user name of the first witness in each direction.
fn check(old: Value, new: Value, expected: Expect) {
    let read = |statements: &Value| {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        policy_json::read(policy.to_string().as_bytes()).document
    };
    let comparison = compare(&read(&old), &read(&new));
    let mut lines = vec![comparison.verdict.as_str().to_owned()];
    for (sign, witness) in [
        ("+", comparison.newly_allowed.first()),
        ("-", comparison.newly_denied.first()),
    ] {
        let Some(witness) = witness else { continue };
        let name = witness.context.iter().find(|(key, _)| key == USERNAME);
        let name = name.and_then(|(_, values)| values.first()).map_or("", String::as_str);
        lines.push(format!("{sign} {} by `{name}`", witness.resource));
    }
    expected.assert_eq(&lines.join("\n"));
}

fn statement(effect: &str, resource: &str) -> Value {
    json!({"Effect": effect, "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{resource}")})
}

fn with(statement: Value, operator: &str, names: Value) -> Value {
    let Value::Object(mut members) = statement else {
        return statement;
    };
    members.insert("Condition".to_owned(), json!({operator: {USERNAME: names}}));
    Value::Object(members)
}

#[test]
fn a_value_is_not_empty() {
    check(
        json!([
            statement("Allow", "${aws:username}/*"),
            statement("Deny", "?*b"),
            statement("Deny", "/*?")
        ]),
        json!([statement("Allow", "${aws:username}/*"), statement("Deny", "?*b")]),
        expect![[r#"
            widened
            + arn:aws:s3::://a by `/`"#]],
    );
    check(
        json!([statement("Allow", "${aws:username}/*"), statement("Deny", "?*?")]),
        json!([statement("Deny", "?*?")]),
        expect!["equivalent"],
    );
}

#[test]
fn the_only_resource_says_what_the_value_is() {
    let allow = || statement("Allow", "home/ann");
    let deny = || statement("Deny", "home/${aws:username}");
    check(
        json!([allow(), deny()]),
        json!([allow(), with(deny(), "StringEquals", json!("ann"))]),
        expect!["equivalent"],
    );
    check(
        json!([allow(), deny()]),
        json!([allow(), with(deny(), "StringNotEquals", json!("ann"))]),
        expect![[r#"
            widened
            + arn:aws:s3:::home/ann by `ann`"#]],
    );
}

#[test]
fn a_value_may_go_beyond_what_another_pattern_names() {
    let own = || statement("Allow", "home/${aws:username}/docs/*");
    check(
        json!([own()]),
        json!([
            own(),
            with(statement("Deny", "home/ann/*"), "StringNotEquals", json!("ann"))
        ]),
        expect![[r#"
            narrowed
            - arn:aws:s3:::home/ann/a/docs/ by `ann/a`"#]],
    );
}

#[test]
fn somebody_has_a_name_that_no_condition_has() {
    check(
        json!([with(
            statement("Allow", "a/?"),
            "StringNotEqualsIgnoreCase",
            json!(["ANN", "bob"])
        )]),
        json!([with(
            statement("Allow", "${aws:username}/*"),
            "StringNotEqualsIgnoreCase",
            json!(["ANN", "bob"])
        )]),
        expect![[r#"
            incomparable
            + arn:aws:s3:::a/x-1 by `a`
            - arn:aws:s3:::a/a by ``"#]],
    );
}

#[test]
fn a_default_may_be_empty() {
    check(
        json!([statement("Allow", "x${aws:username, ''}/*"), statement("Deny", "x?*/*")]),
        json!([statement("Deny", "x?*/*")]),
        expect![[r#"
            narrowed
            - arn:aws:s3:::x/a by ``"#]],
    );
}
