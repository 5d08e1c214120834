//! Compares verdicts with trying every request over a small alphabet.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic fails the test"
)]

mod naive;
mod possible;

use std::collections::{BTreeMap, BTreeSet};

use iam_policy_compare::Verdict::{Equivalent, Narrowed, Widened};
use iam_policy_compare::{Comparison, Options, Verdict, Witness};
use naive::Request;
use proptest::prelude::*;
use serde_json::{Value, json};

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "S3:getobject",
    "s3:*",
    "s3:Get*",
    "*",
    "s3:?utObject",
    "sqs:*",
];

fn one_or_many(items: Vec<&str>) -> Value {
    if let [only] = &*items {
        json!(only)
    } else {
        json!(items)
    }
}

fn some_of(from: &'static [&'static str], most: usize) -> impl Strategy<Value = Value> {
    prop::collection::vec(prop::sample::select(from), 1..=most).prop_map(one_or_many)
}

fn resource() -> impl Strategy<Value = String> {
    let tail = prop_oneof![
        4 => "[ab*?]{1,2}/[ab*?]{1,2}",
        1 => "[ab*?]{1,3}",
        1 => Just("a/${aws:username}".to_owned()),
        1 => Just("${aws:username, 'b'}/*".to_owned()),
        1 => Just("${aws:username, 'a'}/${aws:PrincipalTag/t, ''}b".to_owned()),
        1 => Just("a/${*}".to_owned()),
    ];
    prop_oneof![
        1 => Just("*".to_owned()),
        1 => Just("arn:aws:s3:*".to_owned()),
        8 => tail.prop_map(|tail| format!("arn:aws:s3:::{tail}")),
    ]
}

/// A condition and its key.
fn condition() -> impl Strategy<Value = (String, &'static str, Value)> {
    let text = || prop::sample::select(vec!["", "Not"]);
    let exists = || prop::sample::select(vec!["", "", "IfExists"]);
    let names = || some_of(&["a", "b", "ab", "A"], 2);
    let globs = || some_of(&["a*", "?", "*b", "*", "b"], 2);
    let set = || prop::sample::select(vec!["ForAllValues:", "ForAnyValue:"]);
    prop_oneof![
        3 => (text(), exists(), names()).prop_map(|(not, exists, values)| (format!("String{not}Equals{exists}"), "aws:username", values)),
        2 => (text(), exists(), globs()).prop_map(|(not, exists, values)| (format!("String{not}Like{exists}"), "aws:username", values)),
        1 => (text(), names()).prop_map(|(not, values)| (format!("String{not}EqualsIgnoreCase"), "aws:username", values)),
        1 => (text(), some_of(&["${aws:PrincipalTag/t}", "x${aws:username}", "${aws:PrincipalTag/t, 'x'}${aws:username, 'a'}"], 2))
            .prop_map(|(not, values)| (format!("String{not}Like"), "aws:PrincipalTag/u", values)),
        3 => (set(), text(), exists(), globs()).prop_map(|(set, not, exists, values)| (format!("{set}String{not}Like{exists}"), "aws:TagKeys", values)),
        1 => (text(), names()).prop_map(|(not, values)| (format!("String{not}Equals"), "aws:TagKeys", values)),
        2 => (prop::sample::select(vec!["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]), exists(), some_of(&["1", "2", "3.5", "20e-1", "1e1"], 2))
            .prop_map(|(order, exists, values)| (format!("Numeric{order}{exists}"), "s3:max-keys", values)),
        1 => (prop::sample::select(vec!["IpAddress", "NotIpAddress"]), some_of(&["10.0.0.0/8", "10.128.0.0/9", "10.0.0.1", "0.0.0.0/0"], 2))
            .prop_map(|(operator, values)| (operator.to_owned(), "aws:SourceIp", values)),
        1 => (exists(), some_of(&["true", "false"], 1)).prop_map(|(exists, values)| (format!("Bool{exists}"), "aws:SecureTransport", values)),
        1 => (prop::sample::select(vec!["DateLessThan", "DateGreaterThanEquals"]), some_of(&["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"], 1))
            .prop_map(|(operator, values)| (operator.to_owned(), "aws:CurrentTime", values)),
        1 => (some_of(&["true", "false"], 1), prop::sample::select(vec!["aws:username", "aws:TagKeys", "aws:SecureTransport", "aws:PrincipalArn", "aws:SourceIp"]))
            .prop_map(|(values, key)| ("Null".to_owned(), key, values)),
        2 => (text(), exists(), some_of(&["arn:aws:iam::111111111111:user/ann", "arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*", "arn:aws:iam::*:user/a*", "arn:*:iam::1*:*"], 2))
            .prop_map(|(not, exists, values)| (format!("Arn{not}Like{exists}"), "aws:PrincipalArn", values)),
        1 => (text(), exists(), some_of(&["111111111111", "222222222222", "1*"], 2))
            .prop_map(|(not, exists, values)| (format!("String{not}Like{exists}"), "aws:PrincipalAccount", values)),
        1 => (text(), some_of(&["User", "AssumedRole", "A*"], 2))
            .prop_map(|(not, values)| (format!("String{not}Like"), "aws:PrincipalType", values)),
        1 => (exists(), some_of(&["true", "false"], 1)).prop_map(|(exists, values)| (format!("Bool{exists}"), "aws:PrincipalIsAWSService", values)),
        1 => (set(), text(), some_of(&["", "a", "a*"], 2)).prop_map(|(set, not, values)| (format!("{set}String{not}Like"), "s3:prefix", values)),
        2 => (text(), exists(), some_of(&["", "a", "a*"], 2)).prop_map(|(not, exists, values)| (format!("String{not}Like{exists}"), "s3:prefix", values)),
        1 => (text(), some_of(&["vpce-1", "vpce-*"], 2)).prop_map(|(not, values)| (format!("String{not}Like"), "aws:SourceVpce", values)),
        1 => (text(), some_of(&["arn:aws:s3:*:*:a*", "arn:*:b", "arn:aws:s3:::a:b", "arn:aws:*"], 2))
            .prop_map(|(not, values)| (format!("Arn{not}Like"), "aws:SourceArn", values)),
    ]
}

fn statement() -> impl Strategy<Value = Value> {
    (
        prop::sample::select(vec!["Allow", "Allow", "Deny"]),
        prop::bool::weighted(0.15),
        some_of(ACTIONS, 2),
        prop::bool::weighted(0.15),
        prop::collection::vec(resource(), 1..3),
        prop::collection::vec(condition(), 0..3),
    )
        .prop_map(|(effect, not_action, actions, not_resource, resources, conditions)| {
            let mut block: BTreeMap<String, BTreeMap<&str, Value>> = BTreeMap::new();
            for (operator, key, values) in conditions {
                block.entry(operator).or_default().insert(key, values);
            }
            let mut statement = json!({
                "Effect": effect,
                if not_action { "NotAction" } else { "Action" }: actions,
                if not_resource { "NotResource" } else { "Resource" }: resources,
            });
            if !block.is_empty() {
                statement["Condition"] = json!(block);
            }
            statement
        })
}

fn policy() -> impl Strategy<Value = Value> {
    (prop::bool::weighted(0.8), prop::collection::vec(statement(), 1..4)).prop_map(
        |(new, statements)| json!({"Version": if new { "2012-10-17" } else { "2008-10-17" }, "Statement": statements}),
    )
}

/// The principals that a resource policy may name.
fn principal() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!("*")),
        Just(json!({"AWS": "*"})),
        some_of(
            &[
                "111111111111",
                "arn:aws:iam::222222222222:root",
                "arn:aws:iam::111111111111:user/ann",
                "arn:aws:iam::222222222222:role/r"
            ],
            2
        )
        .prop_map(|names| json!({"AWS": names})),
        Just(json!({"Service": "lambda.amazonaws.com"})),
    ]
}

/// Resource policies: every statement names principals.
fn resource_pair() -> impl Strategy<Value = (Value, Value)> {
    (pair(), prop::collection::vec(principal(), 10)).prop_map(|((mut old, mut new), principals)| {
        let mut principals = principals.into_iter().cycle();
        for policy in [&mut old, &mut new] {
            for statement in policy["Statement"].as_array_mut().unwrap() {
                statement["Principal"] = principals.next().unwrap();
            }
        }
        (old, new)
    })
}

/// A policy and a variant with a changed statement or two, which is harder to decide than two unrelated policies.
fn pair() -> impl Strategy<Value = (Value, Value)> {
    (policy(), policy(), any::<u8>(), prop::bool::weighted(0.3)).prop_map(|(old, other, choice, unrelated)| {
        let mut new = old.clone();
        if unrelated {
            return (old, other);
        }
        let statements = new["Statement"].as_array_mut().unwrap();
        let at = usize::from(choice) % statements.len();
        let changed = other["Statement"][0].clone();
        match choice / 64 {
            0 => statements.push(changed),
            1 => {
                statements.remove(at);
            }
            2 => statements[at]["Resource"] = changed.get("Resource").cloned().unwrap_or(json!("*")),
            _ => match changed.get("Condition") {
                Some(condition) => statements[at]["Condition"] = condition.clone(),
                None => {
                    statements[at].as_object_mut().unwrap().remove("Condition");
                }
            },
        }
        if let Some(statement) = statements.get_mut(at)
            && statement.get("Resource").is_some()
        {
            statement.as_object_mut().unwrap().remove("NotResource");
        }
        (old, new)
    })
}

fn keys_of(policy: &Value, keys: &mut BTreeSet<&'static str>) {
    // Without variables, only conditions have keys.
    let text = if policy["Version"] == "2012-10-17" {
        policy.to_string()
    } else {
        let statements = policy["Statement"].as_array().into_iter().flatten();
        statements.map(|statement| statement["Condition"].to_string()).collect()
    };
    for key in [
        "aws:username",
        "aws:PrincipalTag/t",
        "aws:PrincipalTag/u",
        "aws:TagKeys",
        "s3:max-keys",
        "aws:SourceIp",
        "aws:SecureTransport",
        "aws:CurrentTime",
        "aws:SourceArn",
        "aws:PrincipalArn",
        "aws:PrincipalAccount",
        "aws:PrincipalType",
        "aws:PrincipalIsAWSService",
        "s3:prefix",
        "aws:SourceVpce",
    ] {
        if text.contains(key) {
            keys.insert(key);
        }
    }
}

fn contexts(keys: &BTreeSet<&'static str>) -> Vec<BTreeMap<String, Vec<String>>> {
    let mut contexts = vec![BTreeMap::new()];
    for key in keys {
        let values: &[&[&str]] = match *key {
            "aws:username" => &[
                &[],
                &["a"],
                &["b"],
                &["ab"],
                &["A"],
                &["z"],
                &["az"],
                &["zb"],
                &["zz"],
                &["ann"],
                &["bob"],
                &["carol"],
                &["dave"],
            ],
            "aws:PrincipalArn" => &[
                &[],
                &["arn:aws:iam::111111111111:user/ann"],
                &["arn:aws:iam::111111111111:user/team/bob"],
                &["arn:aws:iam::222222222222:role/r"],
                &["arn:aws:iam::222222222222:user/carol"],
                &["arn:aws:iam::333333333333:user/dave"],
                &["arn:aws:iam::111111111111:user/a"],
                &["arn:aws:iam::111111111111:user/z"],
            ],
            "aws:PrincipalAccount" => &[
                &[],
                &["111111111111"],
                &["222222222222"],
                &["333333333333"],
                &["anonymous"],
            ],
            "aws:PrincipalType" => &[&[], &["User"], &["AssumedRole"], &["Anonymous"]],
            "s3:prefix" => &[&[], &[""], &["a"], &["ab"], &["z"]],
            "aws:SourceVpce" => &[&[], &["vpce-1"], &["vpce-2"], &["z"]],
            "aws:PrincipalTag/t" => &[&[], &[""], &["a"], &["z"]],
            "aws:PrincipalTag/u" => &[&[], &[""], &["a"], &["z"], &["xa"], &["xab"], &["xz"]],
            "aws:TagKeys" => &[
                &[],
                &["a"],
                &["b"],
                &["ab"],
                &["zz"],
                &["a", "b"],
                &["zz", "b"],
                &["a", "zz"],
                &["ab", "b", "A"],
                &["zb", "az"],
            ],
            "s3:max-keys" => &[&[], &["0"], &["1"], &["1.5"], &["2"], &["3"], &["3.5"], &["9"]],
            "aws:SourceIp" => &[&[], &["10.0.0.1"], &["10.0.0.2"], &["10.128.0.1"], &["1.1.1.1"]],
            "aws:SecureTransport" | "aws:PrincipalIsAWSService" => &[&[], &["true"], &["false"]],
            "aws:CurrentTime" => &[
                &[],
                &["2025-01-01T00:00:00Z"],
                &["2026-01-01T00:00:00Z"],
                &["2026-06-01T00:00:00Z"],
                &["2027-01-01T00:00:00Z"],
            ],
            "aws:SourceArn" => &[
                &[],
                &["arn:aws:s3:x:x:a"],
                &["arn:x:b"],
                &["arn:aws:s3:::a:b"],
                &["arn:aws:x"],
                &["z"],
            ],
            other => panic!("{other}"),
        };
        contexts = contexts
            .iter()
            .flat_map(|context: &BTreeMap<String, Vec<String>>| {
                values.iter().map(move |values| {
                    let mut context = context.clone();
                    context.insert(
                        (*key).to_owned(),
                        values.iter().map(|value| (*value).to_owned()).collect(),
                    );
                    context
                })
            })
            .collect();
    }
    contexts
}

const PRINCIPALS: &[&str] = &[
    "arn:aws:iam::111111111111:user/ann",
    "arn:aws:iam::111111111111:user/bob",
    "arn:aws:iam::111111111111:user/team/bob",
    "arn:aws:sts::222222222222:assumed-role/r/s",
    "arn:aws:iam::222222222222:user/carol",
    "arn:aws:iam::333333333333:user/dave",
    "arn:aws:iam::111111111111:user/a",
    "*",
    "lambda.amazonaws.com",
    "sns.amazonaws.com",
];

/// Among all requests tried, one that only the new policy allows, and one that only the old policy allows.
fn try_all(old: &Value, new: &Value, principals: &[Option<&str>]) -> (Option<Request>, Option<Request>) {
    let mut keys = BTreeSet::new();
    keys_of(old, &mut keys);
    keys_of(new, &mut keys);
    // Enough to find a mistake in a rule quickly, and few enough to try many policies.
    let asked: Vec<&str> = keys.iter().copied().collect();
    let all = contexts(&keys);
    let (mut more, mut less) = (None, None);
    let names = ["a", "b", "ab", "z", "*"];
    let mut resources = vec!["*".to_owned()];
    for bucket in names {
        resources.extend(names.map(|object| format!("arn:aws:s3:::{bucket}/{object}")));
    }
    let request = |action: &str, resource: &str, principal: Option<&str>, context: &BTreeMap<_, _>| Request {
        action: action.to_owned(),
        resource: resource.to_owned(),
        principal: principal.map(str::to_owned),
        context: context.clone(),
    };
    let callers: Vec<_> = principals
        .iter()
        .flat_map(|principal| all.iter().map(move |context| (*principal, context)))
        .filter(|(principal, context)| possible::problems(&request("", "", *principal, context), &asked).is_empty())
        .collect();
    // Enough to find a mistake in a rule quickly, and few enough to try many policies.
    let callers: Vec<_> = callers.iter().step_by((callers.len() / 100).max(1) | 1).collect();
    for action in ["s3:GetObject", "s3:PutObject", "s3:GetSomethingNew"] {
        for resource in &resources {
            if resource == "*" && action != "s3:GetSomethingNew" {
                continue;
            }
            for (principal, context) in &callers {
                let request = request(action, resource, *principal, context);
                let (before, after) = (request.is_allowed(old), request.is_allowed(new));
                if after && !before && more.is_none() {
                    more = Some(request);
                } else if before && !after && less.is_none() {
                    less = Some(request);
                }
            }
        }
    }
    (more, less)
}

fn compare(old: &Value, new: &Value) -> Comparison {
    let read = |policy: &Value| iam_policy_document::json::read(policy.to_string().as_bytes()).document;
    Options::default().compare([&read(old)], [&read(new)])
}

fn request(witness: &Witness) -> Request {
    Request {
        action: witness.action.clone(),
        resource: witness.resource.clone(),
        principal: witness.principal.clone(),
        context: witness.context.iter().cloned().collect(),
    }
}

fn check(old: &Value, new: &Value, principals: &[Option<&str>]) -> Result<Verdict, TestCaseError> {
    let comparison = compare(old, new);
    let mut keys = BTreeSet::new();
    keys_of(old, &mut keys);
    keys_of(new, &mut keys);
    let asked: Vec<&str> = keys.iter().copied().collect();
    for witness in comparison.newly_allowed.iter().chain(&comparison.newly_denied) {
        let problems = possible::problems(&request(witness), &asked);
        prop_assert!(problems.is_empty(), "{problems:?}\n{witness:#?}\n{old:#}\n{new:#}");
    }
    for witness in &comparison.newly_allowed {
        let request = request(witness);
        prop_assert!(
            request.is_allowed(new) && !request.is_allowed(old),
            "{witness:#?}\n{old:#}\n{new:#}"
        );
    }
    for witness in &comparison.newly_denied {
        let request = request(witness);
        prop_assert!(
            request.is_allowed(old) && !request.is_allowed(new),
            "{witness:#?}\n{old:#}\n{new:#}"
        );
    }
    if keys.len() > 3 {
        return Ok(comparison.verdict);
    }
    let (more, less) = try_all(old, new, principals);
    let said = |verdicts: &[Verdict]| verdicts.contains(&comparison.verdict);
    prop_assert!(
        more.is_none() || !said(&[Equivalent, Narrowed]),
        "{} but {more:#?}\n{old:#}\n{new:#}",
        comparison.verdict
    );
    prop_assert!(
        less.is_none() || !said(&[Equivalent, Widened]),
        "{} but {less:#?}\n{old:#}\n{new:#}",
        comparison.verdict
    );
    Ok(comparison.verdict)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(40), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn verdicts_agree_with_brute_force((old, new) in pair()) {
        check(&old, &new, &[None])?;
    }

    #[test]
    fn resource_policy_verdicts_agree((old, new) in resource_pair()) {
        let principals: Vec<_> = PRINCIPALS.iter().map(|principal| Some(*principal)).collect();
        check(&old, &new, &principals)?;
    }
}

/// How many of many pairs are unknown: only variables in both directions should remain.
#[test]
fn unknown_is_rare() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut unknown, all) = (Vec::new(), 400);
    for _ in 0..all {
        let (old, new) = pair().new_tree(&mut runner).unwrap().current();
        let comparison = compare(&old, &new);
        if comparison.verdict == Verdict::Unknown {
            unknown.push(format!("{}\n{old}\n{new}\n", comparison.because));
        }
    }
    assert!(
        unknown.len() * 200 <= all,
        "{} of {all}:\n{}",
        unknown.len(),
        unknown.join("\n")
    );
}
