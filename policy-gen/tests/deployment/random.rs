//! Specs with hostile text wherever a spec can have text.

use proptest::prelude::*;

/// A string of TOML.
fn quoted(text: &str) -> String {
    // Every escape of JSON is one of TOML, except for the slash, which serde_json does not escape.
    serde_json::to_string(text).unwrap().replace('\u{7f}', "\\u007f")
}

/// A template that ends up in a policy.
fn template() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[a-z\"\\\\'#%&<>~|@!`=+,;/-]{1,6}",
        1 => Just("{{".to_owned()),
        1 => Just("}}".to_owned()),
        1 => Just("${aws:username}".to_owned()),
        1 => Just("${aws:PrincipalTag/team, 'a!b'}".to_owned()),
        1 => Just("{partition}".to_owned()),
        2 => prop::sample::select(vec!["{p-one}", "{p_one}", "{version}"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["$", "%", "&", "%{{x", "&{{x}}", "$$", "%%{{", "$ {{", "&&{{", "\u{e9}\u{ff}", "<<EOT"])
            .prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 1..6).prop_map(|parts| {
        let mut text = String::new();
        for part in parts {
            // `${` begins a variable of IAM.
            if text.ends_with('$') && part.starts_with('{') {
                text.push('-');
            }
            text.push_str(&part);
        }
        text
    })
}

/// Prose of one or several lines.
fn prose() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[a-z #`*_\\[\\]()<>!\"'\\\\/-]{1,20}",
        prop::sample::select(vec![
            "\n",
            "\n\n  - a: b\n",
            "*/",
            "EOT\n",
            "${x}",
            "%{{if true}}",
            "\u{2028}",
            "\u{feff}",
            "- !Ref X",
            "\t",
            "---\n",
            "\u{1f600}",
            "&a",
            "{{{{",
            "\u{fffe}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 1..5).prop_map(|parts| format!("r{}.", parts.concat()))
}

fn key() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "aws:PrincipalTag/a b",
        "aws:RequestTag/\"q\"",
        "aws:SourceArn",
        "aws:ResourceTag/yes: #",
        "s3:prefix",
    ])
    .prop_map(str::to_owned)
}

pub(crate) fn spec() -> impl Strategy<Value = String> {
    let statement = || {
        (
            template(),
            template(),
            prose(),
            prose(),
            prop::collection::btree_map(key(), prop::collection::vec(template(), 1..3), 0..3),
            any::<(bool, bool, bool, bool)>(),
        )
    };
    let statements = prop::collection::vec(statement(), 1..4);
    (statements, prop::option::of(statement()), prose(), prose())
        .prop_map(|(own, extension, title, about)| {
            let title = title.replace(['\n', '\r'], " ");
            let mut text = format!("[page]\ntitle = {}\nabout = {}\n", quoted(&title), quoted(&about));
            let about = quoted(&about);
            text += &format!(
                "[parameters]\np-one = {{ default = \"one\", about = {about} }}\np_one = {{ default = \"a&\", allow-slash = true }}\nversion = {{ default = \"%\" }}\n"
            );
            text += &format!("[policy.a]\ntitle = {}\npartitions = [\"aws\", \"aws-cn\"]\n", quoted(&title));
            for (number, one) in own.iter().enumerate() {
                text += &format!("[[policy.a.statement]]\n{}", statement_text(number, one));
            }
            // Every parameter must be used.
            text += "[[policy.a.statement]]\nid = \"all\"\nreason = \"Uses all.\"\nactions = [\"s3:GetObject\"]\nresources = [\"arn:{partition}:s3:::{p-one}{p_one}{version}\"]\n";
            text += &format!("[policy.a.trust]\nservices = [\"lambda\"]\n{}", conditions(&own[0].4));
            if let Some(extension) = &extension {
                text += &format!("[policy.a.extension.e]\ntitle = {}\n", quoted(&title));
                text += &format!("[[policy.a.extension.e.statement]]\n{}", statement_text(100, extension));
            }
            text
        })
        .prop_filter("the spec has errors", |text| {
            let (_, diagnostics) = iam_policy_spec::read(&iam_policy_spec::Source::new("s", text.as_str()));
            diagnostics.is_empty()
        })
}

type Parts = (
    String,
    String,
    String,
    String,
    std::collections::BTreeMap<String, Vec<String>>,
    (bool, bool, bool, bool),
);

fn statement_text(number: usize, (first, second, reason, without, keys, flags): &Parts) -> String {
    let (is_negative, is_limited, has_own, is_statement_limited) = *flags;
    let not = if is_negative { "not-" } else { "" };
    let limit = if is_limited { ", partitions = [\"aws-cn\"]" } else { "" };
    let own = if has_own {
        format!(", reason = {}, without = {}", quoted(reason), quoted(without))
    } else {
        String::new()
    };
    let mut text = format!(
        "id = \"s{number}\"\nreason = {}\nwithout = {}\n",
        quoted(reason),
        quoted(without)
    );
    text += &format!("actions = [\"s3:GetObject\", {{ action = \"s3:Put*\"{own} }}]\n");
    text += &format!(
        "{not}resources = [{}, {{ arn = {}{limit}{own} }}]\n",
        quoted(&format!("arn:{{partition}}:s3:::{first}")),
        quoted(&format!("arn:{{partition}}:s3:::x{second}")),
    );
    if is_statement_limited {
        text += "partitions = [\"aws-cn\"]\n";
    }
    text + &conditions(keys)
}

fn conditions(keys: &std::collections::BTreeMap<String, Vec<String>>) -> String {
    let mut text = String::new();
    for (key, values) in keys {
        let values: Vec<_> = values.iter().map(|value| quoted(value)).collect();
        text += &format!("condition.StringLike.{} = [{}]\n", quoted(key), values.join(", "));
    }
    text
}
