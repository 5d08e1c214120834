//! Policies whose difference depends on the value of a policy variable.

use expect_test::{Expect, expect};
use iam_policy_compare::compare;
use serde_json::{Value, json};

const USERNAME: &str = "aws:username";

/// A key whose values may contain anything, or be empty.
const TAG: &str = "aws:PrincipalTag/name";

/// Compares two lists of statements; shows the verdict, and the resource and user name of the first witness in each
/// direction.
fn check(old: Value, new: Value, expected: Expect) {
    let read = |statements: &Value| {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        iam_policy_document::json::read(policy.to_string().as_bytes()).document
    };
    let comparison = compare(&read(&old), &read(&new));
    let mut lines = vec![comparison.verdict.as_str().to_owned()];
    for (sign, witness) in [
        ("+", comparison.newly_allowed.first()),
        ("-", comparison.newly_denied.first()),
    ] {
        let Some(witness) = witness else { continue };
        let name = witness
            .context
            .iter()
            .find(|(key, _)| [USERNAME, TAG].contains(&key.as_str()));
        let name = name.and_then(|(_, values)| values.first()).map_or("", String::as_str);
        lines.push(format!("{sign} {} by `{name}`", witness.resource));
    }
    expected.assert_eq(&lines.join("\n"));
}

/// The same statements about the tag.
fn tagged(statements: &Value) -> Value {
    serde_json::from_str(&statements.to_string().replace(USERNAME, TAG)).unwrap_or_default()
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
fn names_are_not_empty() {
    check(
        json!([
            statement("Allow", "x${aws:username}/*"),
            statement("Deny", "x?*b"),
            statement("Deny", "x/*?")
        ]),
        json!([statement("Allow", "x${aws:username}/*"), statement("Deny", "x?*b")]),
        expect!["equivalent"],
    );
    let allow = || json!([statement("Allow", "${aws:username}/*"), statement("Deny", "?*?")]);
    let nothing = || json!([statement("Deny", "?*?")]);
    check(allow(), nothing(), expect!["equivalent"]);
    // A tag may be, and AWS's reference does not rule out an ARN without the name of a bucket.
    check(
        tagged(&allow()),
        tagged(&nothing()),
        expect![[r#"
        narrowed
        - arn:aws:s3:::/ by ``"#]],
    );
}

#[test]
fn values_may_contain_slashes() {
    let both = json!([
        statement("Allow", "x${aws:username}/*"),
        statement("Deny", "x?*b"),
        statement("Deny", "x/*?")
    ]);
    let one = json!([statement("Allow", "x${aws:username}/*"), statement("Deny", "x?*b")]);
    check(
        tagged(&both),
        tagged(&one),
        expect![[r#"
            widened
            + arn:aws:s3:::x/a by ``"#]],
    );
}

#[test]
fn a_single_resource_determines_the_value() {
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
fn values_may_extend_past_other_patterns() {
    let own = || statement("Allow", "home/${aws:username}/docs/*");
    let old = json!([own()]);
    let new = json!([
        own(),
        with(statement("Deny", "home/ann/*"), "StringNotEquals", json!("ann"))
    ]);
    check(
        tagged(&old),
        tagged(&new),
        expect![[r#"
            narrowed
            - arn:aws:s3:::home/ann/a/docs/ by `ann/a`"#]],
    );
    // The names of users have no slashes.
    check(old, new, expect!["unknown"]);
}

#[test]
fn names_outside_all_conditions_exist() {
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
            - arn:aws:s3:::a/a by `heidi`"#]],
    );
}

#[test]
fn defaults_may_be_empty() {
    check(
        json!([statement("Allow", "x${aws:username, ''}/*"), statement("Deny", "x?*/*")]),
        json!([statement("Deny", "x?*/*")]),
        expect![[r#"
            narrowed
            - arn:aws:s3:::x/a by ``"#]],
    );
}

/// The statement for callers without a user name.
fn nameless(statement: Value) -> Value {
    with(statement, "Null", json!("true"))
}

#[test]
fn defaults_apply_without_a_value() {
    check(
        json!([statement("Allow", "home/${aws:username}/*")]),
        json!([statement("Allow", "home/${aws:username, 'anonymous'}/*")]),
        expect![[r#"
            widened
            + arn:aws:s3:::home/anonymous/ by ``"#]],
    );
    // A user may be named like the default.
    check(
        json!([statement("Allow", "home/${aws:username, 'anonymous'}/*")]),
        json!([
            statement("Allow", "home/${aws:username}/*"),
            statement("Allow", "home/anonymous/*")
        ]),
        expect![[r#"
            widened
            + arn:aws:s3:::home/anonymous/ by `ann`"#]],
    );
}

#[test]
fn defaults_are_a_separate_case() {
    for (with_default, plain, default) in [
        (
            "home/${aws:username, 'anonymous'}/*",
            "home/${aws:username}/*",
            "home/anonymous/*",
        ),
        ("x${aws:username, ''}/*", "x${aws:username}/*", "x/*"),
        (
            "${aws:username, 'a'}-${aws:username, 'b'}",
            "${aws:username}-${aws:username}",
            "a-b",
        ),
    ] {
        for effect in ["Allow", "Deny"] {
            let everything = || statement("Allow", if effect == "Allow" { "public/*" } else { "*" });
            check(
                json!([everything(), statement(effect, with_default)]),
                json!([
                    everything(),
                    statement(effect, plain),
                    nameless(statement(effect, default))
                ]),
                expect!["equivalent"],
            );
        }
    }
}

#[test]
fn a_default_under_a_condition() {
    let list = |condition: Value| json!({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::home", "Condition": condition});
    check(
        json!([list(
            json!({"StringLike": {"s3:prefix": ["${aws:username, 'all'}/*", "public/*"]}})
        )]),
        json!([
            list(json!({"StringLike": {"s3:prefix": "public/*"}})),
            list(json!({"StringLike": {"s3:prefix": "${aws:username}/*"}})),
            list(json!({"StringLike": {"s3:prefix": "all/*"}, "Null": {USERNAME: "true"}})),
        ]),
        expect!["equivalent"],
    );
    // A variable without a value does not affect a negated operator.
    check(
        json!([list(
            json!({"StringNotLike": {"s3:prefix": "${aws:username, 'all'}/*"}})
        )]),
        json!([list(json!({"StringNotLike": {"s3:prefix": "${aws:username}/*"}}))]),
        expect![[r#"
            widened
            + arn:aws:s3:::home by ``"#]],
    );
}

#[test]
fn defaults_of_several_keys() {
    let tagged = |effect: &str, resource: &str, absent: &[&str]| {
        let absent: serde_json::Map<String, Value> =
            absent.iter().map(|key| ((*key).to_owned(), json!("true"))).collect();
        let Value::Object(mut members) = statement(effect, resource) else {
            return Value::Null;
        };
        members.insert("Condition".to_owned(), json!({"Null": absent}));
        Value::Object(members)
    };
    let team = "aws:PrincipalTag/team";
    let cases = || {
        vec![
            statement("Allow", "${aws:PrincipalTag/team}/${aws:username}"),
            tagged("Allow", "all/${aws:username}", &[team]),
            tagged("Allow", "${aws:PrincipalTag/team}/anonymous", &[USERNAME]),
            tagged("Allow", "all/anonymous", &[team, USERNAME]),
        ]
    };
    let both = || {
        json!([statement(
            "Allow",
            "${aws:PrincipalTag/team, 'all'}/${aws:username, 'anonymous'}"
        )])
    };
    check(both(), json!(cases()), expect!["equivalent"]);
    for (left_out, expected) in [
        (
            1,
            expect![[r#"
                narrowed
                - arn:aws:s3:::all/ann by `ann`"#]],
        ),
        (
            3,
            expect![[r#"
            narrowed
            - arn:aws:s3:::all/anonymous by ``"#]],
        ),
    ] {
        let mut cases = cases();
        cases.remove(left_out);
        check(both(), json!(cases), expected);
    }
}

#[test]
fn values_equal_themselves() {
    let own = |operator: &str, names: Value| json!([with(statement("Allow", "a/b"), operator, names)]);
    let named = || own("Null", json!("false"));
    for (operator, name) in [
        ("StringEquals", "${aws:username}"),
        ("StringEqualsIgnoreCase", "${aws:username, 'x'}"),
        ("StringLike", "*${aws:username}*"),
        ("ArnLike", "*${aws:username}"),
    ] {
        check(own(operator, json!([name, "ann"])), named(), expect!["equivalent"]);
    }
    for name in [
        "x${aws:username}",
        "${aws:username}${aws:username}",
        "?${aws:username}*",
    ] {
        check(own("StringLike", json!(name)), json!([]), expect!["equivalent"]);
        check(
            own("StringLike", json!([name, "ann"])),
            own("StringEquals", json!("ann")),
            expect!["equivalent"],
        );
    }
    check(
        own("StringNotEquals", json!("${aws:username, 'x'}")),
        own("Null", json!("true")),
        expect!["equivalent"],
    );
}
